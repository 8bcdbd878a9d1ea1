"""One bad file does not stop the others: it is named with its reason, and tried again."""

from __future__ import annotations

from pathlib import Path

import pytest
from index_fakes import read, stages, write

from rag.errors import ReadError
from rag.index import Skipped, build, builder, open_index
from rag.index.manifest import file_sha256
from rag.schema import Reading

FILES = {"a.txt": "alpha one\nalpha two", "b.txt": "beta one", "c/d.md": "资本 充足\nalpha one"}


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    return write(tmp_path / "corpus", FILES)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return tmp_path / "index"


def test_a_file_that_cannot_be_read_is_skipped_and_tried_again(corpus: Path, root: Path) -> None:
    (corpus / "bad.txt").write_bytes(b"\xff")
    report = build(root, corpus, stages())
    assert report.skipped == (Skipped("bad.txt", "is not UTF-8 text"),)
    assert report.documents == 3
    with open_index(root) as index:
        assert index.skipped == report.skipped
    again = build(root, corpus, stages())
    assert again.generation == report.generation and again.skipped == report.skipped

    def lenient(path: Path) -> Reading:
        return read(corpus / "b.txt") if path.name == "bad.txt" else read(path)

    assert build(root, corpus, stages(read=lenient)).added == ("bad",)


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (ReadError("is encrypted"), "is encrypted"),
        (PermissionError(13, "Permission denied"), "cannot be opened: Permission denied"),
        (MemoryError(), "needs more memory than there is"),
        (RecursionError(), "is nested too deeply"),
    ],
)
def test_one_bad_file_does_not_stop_the_others(
    corpus: Path, root: Path, error: Exception, reason: str
) -> None:
    def failing(path: Path) -> Reading:
        if path.name == "b.txt":
            raise error
        return read(path)

    report = build(root, corpus, stages(read=failing))
    assert report.skipped == (Skipped("b.txt", reason),) and report.added == ("a", "c/d")


def test_a_file_that_cannot_be_opened_is_skipped(
    corpus: Path, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(path: Path) -> str:
        if path.name == "b.txt":
            raise PermissionError(13, "Permission denied")
        return file_sha256(path)

    monkeypatch.setattr(builder, "file_sha256", refuse)
    report = build(root, corpus, stages())
    assert report.skipped == (Skipped("b.txt", "cannot be opened: Permission denied"),)
    assert build(root, corpus, stages()).generation == report.generation
    monkeypatch.undo()
    assert build(root, corpus, stages()).added == ("b",)


def test_a_reason_can_always_be_printed(corpus: Path, root: Path) -> None:
    def failing(path: Path) -> Reading:
        if path.name == "b.txt":
            raise ReadError("holds \ud800 and \udcff")
        return read(path)

    (skipped,) = build(root, corpus, stages(read=failing)).skipped
    assert skipped.reason.encode() == rb"holds \ud800 and \udcff"


def test_a_file_that_changes_under_the_reader_is_skipped(corpus: Path, root: Path) -> None:
    def moving(path: Path) -> Reading:
        reading = read(path)
        if path.name == "b.txt":
            path.write_text("changed")
        return reading

    assert build(root, corpus, stages(read=moving)).skipped == (
        Skipped("b.txt", "was changed while it was being read"),
    )
