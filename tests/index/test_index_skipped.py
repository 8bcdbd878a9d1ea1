"""One bad file does not stop the others; it is tried again when that may help."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from index_fakes import read, read_all, stages, write

from rag.errors import ReadError
from rag.index import Skipped, build, hashing, open_index
from rag.index.manifest import file_sha256
from rag.ingest import Outcome, ReadingJournal, Source
from rag.schema import Reading

FILES = {"a.txt": "alpha one\nalpha two", "b.txt": "beta one", "c/d.md": "资本 充足\nalpha one"}


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    return write(tmp_path / "corpus", FILES)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return tmp_path / "index"


def lenient(path: Path) -> Reading:
    """Reads the bad file as if it were a good one."""
    return read(path.parent / "b.txt") if path.name == "bad.txt" else read(path)


def fail(*_: object) -> Any:
    raise AssertionError("read though nothing changed")


def test_a_file_that_cannot_be_read_is_not_read_again_until_it_changes(
    corpus: Path, root: Path
) -> None:
    (corpus / "bad.txt").write_bytes(b"\xff")
    report = build(root, corpus, stages())
    assert report.skipped == (Skipped("bad.txt", "is not UTF-8 text"),)
    assert report.documents == 3
    with open_index(root) as index:
        assert index.skipped == report.skipped
    again = build(root, corpus, stages(read=fail))
    assert again.generation == report.generation and again.skipped == report.skipped
    # A build for another reason keeps what it knows of the file, too.
    (corpus / "c/d.md").unlink()
    assert build(root, corpus, stages(read=fail)).skipped == report.skipped
    assert build(root, corpus, stages(read=fail)).skipped == report.skipped
    (corpus / "bad.txt").write_bytes(b"good")
    assert build(root, corpus, stages()).added == ("bad",)


def test_what_was_not_for_the_bytes_is_tried_again(corpus: Path, root: Path) -> None:
    (corpus / "bad.txt").write_bytes(b"\xff")

    def refuse(path: Path) -> Reading:
        if path.name == "bad.txt":
            raise PermissionError(13, "Permission denied")
        return read(path)

    report = build(root, corpus, stages(read=refuse))
    assert build(root, corpus, stages(read=refuse)).generation == report.generation
    assert build(root, corpus, stages(read=lenient)).added == ("bad",)


def test_other_readers_and_a_rebuild_read_what_was_skipped(corpus: Path, root: Path) -> None:
    (corpus / "bad.txt").write_bytes(b"\xff")
    build(root, corpus, stages())
    newer = {"readers": "2", "chunking": "1", "analysis": "1"}
    assert build(root, corpus, stages(read=lenient, fingerprints=newer)).added == ("bad",)
    (corpus / "bad.txt").write_bytes(b"\xfe")
    build(root, corpus, stages())
    assert build(root, corpus, stages(read=lenient), rebuild=True).added == ("bad",)


def limited(files: Sequence[Source], journal: ReadingJournal) -> Generator[Outcome]:
    """``bad.txt`` is too much for the limits, and of ``b.txt`` a page is."""
    for one in read_all()(files, journal):
        name = one.path.name
        if name == "bad.txt":
            yield replace(one, reading=None, reason="It takes too long.", limited=True)
        elif name == "b.txt" and one.reading:
            noted = replace(one.reading, notes=("Page 1 could not be read.",))
            yield replace(one, reading=noted, limited=True)
        else:
            yield one


def test_what_the_limits_cost_is_read_again_when_they_change(corpus: Path, root: Path) -> None:
    (corpus / "bad.txt").write_bytes(b"slow")
    report = build(root, corpus, stages(read_all=limited, limits="1 s"))
    assert report.skipped == (Skipped("bad.txt", "It takes too long."),)
    again = build(root, corpus, stages(read=fail, limits="1 s"))
    assert again.generation == report.generation
    assert again.skipped == report.skipped
    # No better with two seconds; that is known then, too.
    assert build(root, corpus, stages(read_all=limited, limits="2 s")).skipped == report.skipped
    build(root, corpus, stages(read=fail, limits="2 s"))
    better = build(root, corpus, stages(limits="3 s"))
    assert (better.added, better.updated, better.skipped) == (("bad",), ("b",), ())
    build(root, corpus, stages(read=fail, limits="9 s"))


def test_pages_lost_by_chance_are_tried_again(corpus: Path, root: Path) -> None:
    def unlucky(files: Sequence[Source], journal: ReadingJournal) -> Generator[Outcome]:
        for one in read_all()(files, journal):
            yield replace(one, limited=True, settled=False)

    build(root, corpus, stages(read_all=unlucky))
    with pytest.raises(AssertionError, match="though nothing changed"):
        build(root, corpus, stages(read=fail))
    build(root, corpus, stages())
    build(root, corpus, stages(read=fail))


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (ReadError("is encrypted"), "is encrypted"),
        (PermissionError(13, "Permission denied"), "cannot be opened: Permission denied"),
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

    monkeypatch.setattr(hashing, "file_sha256", refuse)
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
