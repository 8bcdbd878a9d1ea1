"""What a build has read is not read again by the next, however the first one ended."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Generator, Sequence
from functools import partial
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from index_fakes import files_of, stages
from ingest_fakes import plan
from reader_pdfs import latin, pdf

from rag.index import Stages, build
from rag.ingest import Limits, Outcome, ReadingJournal, ReadingPool, Source
from rag.ingest.codec import packed, unpacked
from rag.pipes import receive, send
from rag.schema import Facts, Heading, Page, Reading, Table

PAGES = 40
KEYS = [bytes([number]) * 32 for number in range(5)]


def read_in_pool(
    files: Sequence[Source], journal: ReadingJournal, *, limits: Limits | None = None
) -> Generator[Outcome]:
    with ReadingPool(limits, readers=2, steps="ingest_fakes") as pool:
        yield from pool.read_all(files, journal)


def pool_stages(limits: Limits | None = None) -> Stages:
    """Fake stages that read in a pool, and keep documents without chunks."""
    return stages(
        read_all=partial(read_in_pool, limits=limits),
        chunk=lambda document: [],
        suffixes=frozenset({".txt", ".pdf"}),
        limits=(limits or Limits()).fingerprint,
    )


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    """A report of many pages between two short ones."""
    folder = tmp_path / "corpus"
    folder.mkdir()
    words = [f"{'abcdefghij'[n % 10]}{'klmn'[n // 10]} is supervised" for n in range(PAGES)]
    report = pdf([latin(word, 60, 100 + 17 * n) for n, word in enumerate(words)])
    (folder / "b.pdf").write_bytes(report)
    (folder / "a.txt").write_text("first")
    (folder / "c.txt").write_text("last")
    return folder


_BUILD = """
import sys
from pathlib import Path
sys.path[:0] = sys.argv[1:4]
from rag.index import build
from test_ingest_resume import pool_stages
build(Path(sys.argv[4]), Path(sys.argv[5]), pool_stages())
"""


def test_a_killed_build_reads_on_where_it_was(
    corpus: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root, log = tmp_path / "index", tmp_path / "log"
    folders = map(str, Path(__file__).parents[:3])
    killed = subprocess.Popen(
        [sys.executable, "-c", _BUILD, *folders, str(root), str(corpus)],
        env={**os.environ, "READING_FAKES": plan(all="pause", log=str(log))},
    )
    while not log.exists() or len(log.read_text().split()) < PAGES // 2:
        assert killed.poll() is None
        time.sleep(0.02)
    killed.kill()
    killed.wait()
    before = Counter(log.read_text().split())
    # The journal's last record may be half-written.
    with (root / "read.partial").open("ab") as file:
        file.write(b"half a record")
    log.unlink()
    monkeypatch.setenv("READING_FAKES", plan(log=str(log)))
    build(root, corpus, pool_stages())
    after = Counter(log.read_text().split())
    pages = [str(number) for number in range(PAGES)]
    # Each of the two processes was at one page.
    assert sum(before[page] + after[page] for page in pages) <= PAGES + 2
    assert all(before[page] + after[page] for page in pages)
    assert after["open"] <= 1 and after["assemble"] == 1
    assert not (root / "read.partial").exists()
    monkeypatch.delenv("READING_FAKES")
    build(tmp_path / "scratch", corpus, pool_stages())
    assert files_of(root) == files_of(tmp_path / "scratch")


def outcomes_of(
    corpus: Path, journal: Path, limits: Limits | None = None, readers: str = "1"
) -> list[Outcome]:
    """Reads the corpus as a build would that never comes to its end."""
    from rag.index.manifest import file_sha256

    files = [Source(path, file_sha256(path)) for path in sorted(corpus.iterdir())]
    with ReadingJournal(journal, readers) as kept:
        return list(read_in_pool(files, kept, limits=limits))


def test_what_was_read_needs_no_process(
    corpus: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = outcomes_of(corpus, tmp_path / "journal")
    monkeypatch.setenv("READING_FAKES", plan(open="exit", all="exit"))
    assert outcomes_of(corpus, tmp_path / "journal") == first
    # Other bytes, and other readers, are read.
    (corpus / "c.txt").write_text("other")
    assert [one.reading is None for one in outcomes_of(corpus, tmp_path / "journal")] == [
        *(False, False),
        True,
    ]
    assert all(one.reading is None for one in outcomes_of(corpus, tmp_path / "journal", None, "2"))


def test_hostile_pages_cost_their_time_once(
    corpus: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    limits = Limits(page_seconds=0.2)
    log = tmp_path / "log"
    monkeypatch.setenv("READING_FAKES", plan(page_3="spin", log=str(log)))
    first = outcomes_of(corpus, tmp_path / "journal", limits)
    assert log.read_text().split().count("3") == 1
    assert outcomes_of(corpus, tmp_path / "journal", limits) == first
    assert log.read_text().split().count("3") == 1
    # With other limits the page gets another chance, and the others are not read again.
    monkeypatch.setenv("READING_FAKES", plan(log=str(log)))
    log.unlink()
    again = outcomes_of(corpus, tmp_path / "journal", Limits(page_seconds=5))
    assert again[1].reading is not None and again[1].reading.notes == ()
    assert log.read_text().split() == ["3", "assemble"]


@pytest.mark.parametrize("place", [40, 70, 500, -300, -2])
def test_damage_in_the_journal_costs_a_reading_and_no_more(
    corpus: Path, tmp_path: Path, place: int
) -> None:
    journal = tmp_path / "journal"
    first = outcomes_of(corpus, journal)
    content = bytearray(journal.read_bytes())
    content[place] ^= 0xFF
    journal.write_bytes(content)
    assert outcomes_of(corpus, journal) == first


def kept(journal: Path, fingerprint: str = "1") -> list[bytes | None]:
    with ReadingJournal(journal, fingerprint) as opened:
        return [opened.get(key) for key in KEYS]


def test_the_journal_gives_back_what_was_added(tmp_path: Path) -> None:
    path = tmp_path / "journal"
    with ReadingJournal(path, "1") as journal:
        assert journal.get(KEYS[0]) is None
        assert not path.exists()
        journal.add(KEYS[0], b"first")
        assert journal.get(KEYS[0]) == b"first"
        journal.add(KEYS[1], b"")
        journal.add(KEYS[0], b"first, anew")
    assert kept(path) == [b"first, anew", b"", None, None, None]
    assert kept(path, "2") == [None] * 5
    with ReadingJournal(path, "2") as journal:
        journal.add(KEYS[2], b"third")
    assert kept(path, "2") == [None, None, b"third", None, None]
    with ReadingJournal(path, "2") as journal:
        journal.discard()
    assert not path.exists()


def test_every_cut_of_the_journal_keeps_the_records_before_it(tmp_path: Path) -> None:
    path = tmp_path / "journal"
    ends = []
    with ReadingJournal(path, "1") as journal:
        for key in KEYS:
            journal.add(key, key[:3])
            ends.append(path.stat().st_size)
    content = path.read_bytes()
    for cut in range(len(content)):
        path.write_bytes(content[:cut])
        whole = sum(end <= cut for end in ends)
        assert kept(path) == [key[:3] for key in KEYS[:whole]] + [None] * (5 - whole)
        # What is added after a cut stands on whole records.
        if cut == ends[2] + 7:
            with ReadingJournal(path, "1") as journal:
                journal.add(KEYS[4], b"more")
            assert kept(path)[2:] == [KEYS[2][:3], None, b"more"]


def test_a_journal_that_cannot_be_written_keeps_nothing(tmp_path: Path) -> None:
    with ReadingJournal(tmp_path / "no" / "journal", "1") as journal:
        journal.add(KEYS[0], b"x")
        assert journal.get(KEYS[0]) is None


# Lone surrogates, side by side too: PDFs contain them.
texts = st.text(st.characters() | st.sampled_from("\ud83d\ude00\udc80\0\u2028"))
spans = st.integers(0, 10**9)
readings = st.builds(
    Reading,
    texts,
    st.lists(st.builds(Page, spans, spans, spans, st.none() | texts)).map(tuple),
    st.lists(st.builds(Heading, spans, spans, spans, texts)).map(tuple),
    st.lists(st.builds(Table, spans, spans, spans)).map(tuple),
    st.builds(Facts, texts, texts, texts, texts),
    st.lists(texts).map(tuple),
)


@given(readings)
def test_readings_come_back_as_they_were(reading: Reading) -> None:
    assert unpacked(Reading, packed(reading)) == reading


@given(st.lists(st.tuples(st.floats(allow_nan=False), texts)).map(tuple))
def test_numbers_come_back_to_the_last_bit(values: tuple[tuple[float, str], ...]) -> None:
    found = unpacked(tuple[tuple[float, str], ...], packed(values))
    assert found == values and repr(found) == repr(values)


@pytest.mark.parametrize(
    "data", [b"", b"x", packed(None), packed("text"), packed([1, 2]), packed(Facts())[:-1]]
)
def test_other_bytes_are_no_reading(data: bytes) -> None:
    with pytest.raises(ValueError, match=r"."):
        unpacked(Reading, data)


def test_messages_come_back_and_cut_ones_do_not(tmp_path: Path) -> None:
    path = tmp_path / "pipe"
    with path.open("wb") as stream:
        send(stream, {"is": "page", "path": "\udcff"}, b"body")
    content = path.read_bytes()
    for cut in range(len(content)):
        path.write_bytes(content[:cut])
        with path.open("rb") as stream:
            assert receive(stream) is None
    path.write_bytes(content)
    with path.open("rb") as stream:
        assert receive(stream) == ({"is": "page", "path": "\udcff"}, b"body")
