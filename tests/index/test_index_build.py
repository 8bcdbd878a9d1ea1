"""What a build reads, encodes, keeps and reports."""

from __future__ import annotations

import threading
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from index_fakes import FakeEncoder, chunk, files_of, read, stages, write

from rag.errors import CorpusError, IndexUnusable, ModelError, RagError
from rag.index import build, open_index, verify
from rag.json_contract import build_to_json
from rag.retrieval.sparse import Bm25
from rag.schema import Chunk, Document, Reading

FILES = {"a.txt": "alpha one\nalpha two", "b.txt": "beta one", "c/d.md": "资本 充足\nalpha one"}


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    return write(tmp_path / "corpus", FILES)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return tmp_path / "index"


def test_a_first_build_adds_everything(corpus: Path, root: Path) -> None:
    report = build(root, corpus, stages())
    assert (report.added, report.updated, report.unchanged, report.removed) == (
        ("a", "b", "c/d"),
        (),
        (),
        (),
    )
    assert (report.documents, report.pages, report.chunks, report.chunks_encoded) == (3, 3, 5, 5)
    assert report.skipped == () and report.seconds >= 0
    assert report.generation.startswith("000001-")
    assert set(build_to_json(report)) == {
        *("added", "updated", "unchanged", "removed", "skipped", "documents", "pages"),
        *("chunks", "chunks_encoded", "seconds", "generation", "notes"),
    }
    assert verify(root) == (report.generation, [])


def test_nothing_is_written_when_nothing_changed(corpus: Path, root: Path) -> None:
    first = build(root, corpus, stages())
    before = files_of(root)

    def fail(*_: object) -> Any:
        raise AssertionError("asked though nothing changed")

    second = build(root, corpus, stages(read=fail, chunk=fail, describe=fail, analyse=fail))
    assert second.unchanged == first.added and second.added == ()
    assert second.chunks_encoded == 0 and second.generation == first.generation
    assert (second.documents, second.pages, second.chunks) == (3, 3, 5)
    assert files_of(root) == before


def test_only_what_changed_is_read_and_encoded(corpus: Path, root: Path) -> None:
    build(root, corpus, stages())
    write(corpus, {"a.txt": "alpha one\nalpha three", "e.txt": "epsilon"})
    (corpus / "b.txt").unlink()
    seen: list[str] = []
    encoder = FakeEncoder()

    def watched(path: Path) -> Reading:
        seen.append(path.name)
        return read(path)

    report = build(root, corpus, stages(read=watched, encoder=encoder))
    assert seen == ["a.txt", "e.txt"]
    assert encoder.encoded == ["a\nalpha three", "e\nepsilon"]
    assert (report.added, report.updated, report.unchanged, report.removed) == (
        ("e",),
        ("a",),
        ("c/d",),
        ("b",),
    )
    assert report.chunks_encoded == 2 and report.generation.startswith("000002-")


def test_a_text_is_encoded_once_in_a_build(tmp_path: Path, root: Path) -> None:
    corpus = write(tmp_path / "corpus", {"a.txt": "same\nsame\nother"})
    encoder = FakeEncoder()
    report = build(root, corpus, stages(encoder=encoder))
    assert encoder.encoded == ["a\nsame", "a\nother"] and report.chunks_encoded == 2
    with open_index(root) as index:
        vectors = index.dense.reconstruct(np.arange(3))
    assert np.array_equal(vectors[0], vectors[1])
    assert np.array_equal(vectors[2], encoder.vector("a\nother", "en"))


@pytest.mark.parametrize(
    ("changes", "read_again", "encoded"),
    [
        ({"bm25": Bm25(k1=0.9)}, 0, 0),
        ({"fingerprints": {"readers": "1", "chunking": "1", "analysis": "2"}}, 0, 0),
        ({"fingerprints": {"readers": "1", "chunking": "2", "analysis": "1"}}, 0, 0),
        ({"fingerprints": {"readers": "2", "chunking": "1", "analysis": "1"}}, 3, 0),
        ({"encoder": FakeEncoder("fake-2")}, 0, 5),
        ({"encoder": FakeEncoder("fake-9", 9)}, 0, 5),
    ],
)
def test_what_a_change_of_the_stages_costs(
    corpus: Path, root: Path, changes: dict[str, Any], read_again: int, encoded: int
) -> None:
    build(root, corpus, stages())
    seen: list[Path] = []

    def watched(path: Path) -> Reading:
        seen.append(path)
        return read(path)

    report = build(root, corpus, stages(read=watched, **changes))
    assert report.generation.startswith("000002-")
    assert (len(seen), report.chunks_encoded) == (read_again, encoded)
    assert report.unchanged == ("a", "b", "c/d")
    assert verify(root)[1] == []


def test_another_reading_of_the_same_file_is_an_update(corpus: Path, root: Path) -> None:
    build(root, corpus, stages())

    def shout(path: Path) -> Reading:
        reading = read(path)
        return replace(reading, text=reading.text.upper()) if path.name == "b.txt" else reading

    prints = {"readers": "2", "chunking": "1", "analysis": "1"}
    report = build(root, corpus, stages(read=shout, fingerprints=prints))
    assert (report.updated, report.unchanged) == (("b",), ("a", "c/d"))


def test_rebuild_takes_nothing_over(corpus: Path, root: Path) -> None:
    first = build(root, corpus, stages())
    encoder = FakeEncoder()
    second = build(root, corpus, stages(encoder=encoder), rebuild=True)
    assert len(encoder.encoded) == 5 and second.unchanged == first.added
    # The same corpus gives the same content, whose digest is in the name.
    assert second.generation == first.generation.replace("000001", "000002")


def test_the_same_corpus_gives_the_same_index(corpus: Path, tmp_path: Path) -> None:
    one, two = tmp_path / "one", tmp_path / "two"
    build(one, corpus, stages())
    other = tmp_path / "other"
    write(other, dict(reversed(FILES.items())))
    build(two, other, stages())
    assert files_of(one) == files_of(two)


def test_documents_and_chunks_come_back_as_they_were(corpus: Path, root: Path) -> None:
    write(corpus, {"odd.txt": "\ud800 lone\n\0 null\n😀 wide é\nبيان"})
    build(root, corpus, stages())
    with open_index(root) as index:
        for info in index.documents():
            document = index.document(info.name)
            assert document.reading == read(corpus / info.source)
            rows = range(info.first_row, info.first_row + info.chunks)
            assert index.chunks(rows) == chunk(document)
            assert index.document(info.source) == document
        assert len(index) == 9


def test_a_document_that_gets_a_namesake_is_called_in_full(corpus: Path, root: Path) -> None:
    build(root, corpus, stages())
    write(corpus, {"a.md": "another a"})
    report = build(root, corpus, stages())
    assert (report.added, report.removed) == (("a.md", "a.txt"), ("a",))
    with open_index(root) as index:
        assert [c.document for c in index.chunks(range(3))] == ["a.md", "a.txt", "a.txt"]


@pytest.mark.parametrize("files", [{}, {"a.txt": ""}, {"a.xyz": "x"}])
def test_a_corpus_of_nothing_leaves_the_index_alone(
    corpus: Path, root: Path, tmp_path: Path, files: dict[str, str]
) -> None:
    build(root, corpus, stages())
    before = files_of(root)
    empty = write(tmp_path / "empty", files)
    empty.mkdir(exist_ok=True)
    with pytest.raises(CorpusError):
        build(root, empty, stages())
    with pytest.raises(CorpusError):
        build(root, tmp_path / "missing", stages())
    assert files_of(root) == before


def test_other_files_in_the_index_folder_stay(corpus: Path, root: Path) -> None:
    write(root, {"README.md": "note", "beir/x.npy": "vectors", "generations/note.txt": "mine"})
    for word in ("one", "two", "three"):
        write(corpus, {"n.txt": word})
        build(root, corpus, stages())
    for name in ("README.md", "beir/x.npy", "generations/note.txt"):
        assert (root / name).exists()


def test_a_model_that_gives_no_unit_vectors_is_refused(corpus: Path, root: Path) -> None:
    build(root, corpus, stages())
    before = files_of(root)

    class Long(FakeEncoder):
        def vector(self, text: str, language: str) -> Any:
            return 2 * super().vector(text, language)

    with pytest.raises(ModelError, match="length is not 1"):
        build(root, corpus, stages(encoder=Long("long")))
    assert files_of(root) == before


def test_a_chunk_that_is_no_span_is_a_fault(corpus: Path, root: Path) -> None:
    def wrong(document: Document) -> list[Chunk]:
        return [Chunk("x", document.name, 0, 3, "xyz", "en")]

    with pytest.raises(ValueError, match="not a span"):
        build(root, corpus, stages(chunk=wrong))
    with pytest.raises(IndexUnusable, match="no index"):
        open_index(root)


def test_documents_without_chunks_are_kept(tmp_path: Path, root: Path) -> None:
    corpus = write(tmp_path / "corpus", {"a.txt": "\n\n", "b.txt": "x\ny", "c.txt": " "})
    report = build(root, corpus, stages())
    assert (report.documents, report.chunks) == (3, 2)
    with open_index(root) as index:
        assert [chunk.document for chunk in index.chunks([0, 1])] == ["b", "b"]
    assert verify(root)[1] == []
    (corpus / "b.txt").unlink()
    assert build(root, corpus, stages()).chunks == 0
    assert verify(root)[1] == []


def test_a_second_writer_is_told_of_the_first(corpus: Path, root: Path) -> None:
    started, go_on = threading.Event(), threading.Event()

    def slow(path: Path) -> Reading:
        started.set()
        go_on.wait(30)
        return read(path)

    first = threading.Thread(target=build, args=(root, corpus, stages(read=slow)))
    first.start()
    started.wait(30)
    try:
        with pytest.raises(RagError, match=r"Another build .*process \d+ on .*, since 2"):
            build(root, corpus, stages())
    finally:
        go_on.set()
        first.join()
    assert build(root, corpus, stages()).chunks_encoded == 0
