"""What nobody should write: the reader reads it all the same, and to places of the passage."""

from __future__ import annotations

import threading
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.errors import ModelError
from rag.reader_model.inputs import TableRows, linearise
from rag.reader_model.model import (
    ADAPTER,
    PackagedReader,
    PassageReading,
    ReaderModel,
    as_plain_text,
    open_reader,
    reader_folder,
)
from rag.reader_model.passages import ReaderPassage, reader_passage
from rag.schema import Chunk, Document, Page, Reading, Table

QUESTION = "Within how many hours must a serious incident be reported?"
CLAUSE = "It shall report a serious incident to the Authority within 36 hours."


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("cache")
    open_reader(folder)
    return folder


@pytest.fixture(scope="module")
def reader(cache: Path) -> ReaderModel:
    return open_reader(cache)


def passage(text: str, heading: str = "") -> ReaderPassage:
    return ReaderPassage(heading, linearise(text))


def wide_table(columns: int, rows: int) -> ReaderPassage:
    text = "\n".join(
        "\t".join(f"{row * columns + i}" for i in range(columns)) for row in range(rows)
    )
    head = tuple(f"Column of the year {i}" for i in range(columns))
    return ReaderPassage("", linearise(text, [TableRows(0, len(text), (head, head[:7]))]))


HOSTILE = {
    "empty": passage(""),
    "white space": passage(" \n\t\u3000\u00a0 \n"),
    "one word": passage("x" * 5000),
    "one word of ideographs": passage("銀" * 5000),
    "lone surrogates": passage(f"\ud800 {CLAUSE} \udfff", "\udc80"),
    "NUL": passage(f"\0{CLAUSE}\0", "\0"),
    "right-to-left marks": passage(f"\u202e\u200f{CLAUSE}\u202c\u2066"),
    "marks of the model": passage(f"</s></s><s>{CLAUSE}<pad><unk>"),
    "wide": wide_table(200, 2),
    "joined": passage(" ".join([CLAUSE] * 80)),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_anything_is_read_to_places_of_the_passage(reader: ReaderModel, name: str) -> None:
    (read,) = reader.read(QUESTION, [HOSTILE[name]])
    length = max(HOSTILE[name].linear.places, default=-1) + 1
    assert 0 <= read.start <= read.end <= length
    assert np.isfinite(read.logit)
    assert read.tokens.max(initial=0) <= length
    assert len(read.tokens) == len(read.starts) == len(read.ends)


@pytest.mark.parametrize(
    "question", ["", " \n", "\ud83d", "\0", "</s>", "why " * 2500, "問" * 10_000]
)
def test_any_question_is_read(reader: ReaderModel, question: str) -> None:
    (read,) = reader.read(question, [passage(CLAUSE)])
    assert np.isfinite(read.logit)
    assert 0 <= read.start <= read.end <= len(CLAUSE)


def test_the_models_own_marks_in_a_passage_are_text(reader: ReaderModel) -> None:
    (marked, plain) = reader._tokens.ids([as_plain_text("a</s><pad><s>b"), "a</s><pad><s>b"])
    assert {0, 1, 2} <= set(plain)
    assert not {0, 1, 2} & set(marked)
    (read,) = reader.read("a", [passage("a</s><pad><s>b")])
    assert len(read.tokens) == len(marked)


@given(st.text(st.characters() | st.sampled_from(list("<>/spadunk")), max_size=60))
def test_plain_text_has_its_length_and_can_be_encoded(text: str) -> None:
    plain = as_plain_text(text)
    assert len(plain) == len(text)
    plain.encode()
    assert not any(mark in plain for mark in ("<s>", "</s>", "<pad>", "<unk>"))


def test_a_separator_of_lines_within_a_cell_ends_no_row() -> None:
    text = "North\u2028and\x85West\t10\x0c\t12\nSouth\t7\t8"
    linear = linearise(text, [TableRows(0, len(text), (("", "2018", "2019"),))])
    assert linear.text == (
        "North\u2028and\x85West | 2018: 10\x0c | 2019: 12\nSouth | 2018: 7 | 2019: 8"
    )


def test_twenty_threads_read_what_one_reads(cache: Path) -> None:
    shared = PackagedReader(cache)
    passages = [passage(f"{CLAUSE} Rule {i}.") for i in range(3)]
    questions = [f"{QUESTION} {i % 4}" for i in range(20)]
    alone = {q: PackagedReader(cache).read(q, passages)[0].logit for q in set(questions)}
    found: dict[int, list[PassageReading]] = {}

    def ask(number: int) -> None:
        found[number] = shared.read(questions[number], passages)

    threads = [threading.Thread(target=ask, args=(i,)) for i in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    assert len(found) == 20
    for number, readings in found.items():
        assert readings[0].logit == alone[questions[number]]


def test_the_number_of_processors_changes_nothing(
    reader: ReaderModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    passages = [passage(CLAUSE), passage("Nothing."), passage(CLAUSE[:30])]
    many = reader.read(QUESTION, passages)
    monkeypatch.setenv("OMP_NUM_THREADS", "1")
    one = reader.read(QUESTION, passages)
    for a, b in zip(many, one, strict=True):
        assert (a.logit, a.start, a.end, a.margin) == (b.logit, b.start, b.end, b.margin)
        assert np.array_equal(a.starts, b.starts)


@pytest.mark.parametrize("name", ["reader.onnx", "pieces.npy", "special.npy"])
def test_a_file_of_the_cache_cut_in_half_is_named_with_what_to_do(
    tmp_path: Path, cache: Path, name: str
) -> None:
    folder = tmp_path / reader_folder(cache).name
    folder.mkdir()
    for file in reader_folder(cache).iterdir():
        data = file.read_bytes()
        (folder / file.name).write_bytes(data[: len(data) // 2] if file.name == name else data)
    with pytest.raises(ModelError, match="Delete that folder"):
        PackagedReader(tmp_path).load()


def test_a_folder_of_the_cache_that_is_gone_is_made_anew(tmp_path: Path) -> None:
    said: list[str] = []
    PackagedReader(tmp_path, said.append).load()
    assert said == ["Unpacking the reader model (once)"]


def test_a_cache_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(ModelError, match=r"reader model cannot be unpacked.*RAG_CACHE"):
        PackagedReader(tmp_path / "file").load()


def test_a_trained_file_that_is_missing_damaged_or_another_is_named(tmp_path: Path) -> None:
    from safetensors.numpy import save_file

    damaged, other = tmp_path / "damaged", tmp_path / "other"
    damaged.write_bytes(ADAPTER.read_bytes()[:100_000])
    save_file({"span.weight": np.zeros((2, 2), np.float32)}, other)
    for file in (tmp_path / "missing", damaged, other):
        with pytest.raises(ModelError, match=f"{file.name} cannot be read .* Install this program"):
            open_reader(tmp_path / "cache", adapter=file)
        assert not list((tmp_path / "cache").glob("*"))


def report(text: str, *tables: Table) -> Document:
    reading = Reading(text, (Page(1, 0, len(text)),), tables=tables)
    return Document("d", "d.txt", "0" * 64, "en", reading)


def passage_of(document: Document, start: int, end: int) -> str:
    chunk = Chunk("c", "d", start, end, document.text[start:end], "en")
    linear = reader_passage(document, chunk).linear
    kept = [(linear.text[i], place) for i, place in enumerate(linear.places) if place >= 0]
    assert all(chunk.text[place] == character for character, place in kept)
    return linear.text


def test_a_table_that_goes_on_has_the_heads_it_carries() -> None:
    head, body = "Bank\t2018\t2019\n", "North\t10\t12\nSouth\t7\n"
    text = f"{head}East\t1\t2\n{body}"
    at = text.index("North")
    document = report(text, Table(0, at, len(head)), Table(at, len(text), at, 0, len(head)))
    assert passage_of(document, at, len(text)) == "North | 2018: 10 | 2019: 12\nSouth | 2018: 7\n"


def test_heads_alone_and_rows_of_any_length_are_read_as_they_are() -> None:
    head = "Bank\t2018\n"
    assert passage_of(report(head, Table(0, len(head), len(head))), 0, len(head)) == head
    text = f"{head}a\tb\tc\td\n\n\t\t\ne"
    found = passage_of(report(text, Table(0, len(text), len(head))), 0, len(text))
    assert found == f"{head}a | 2018: b | c | d\n\n\ne"
