"""Which files of a folder become documents, and what they are called."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from index_fakes import write

from rag.errors import CorpusError
from rag.index.walk import Listing, document_names, walk
from rag.retrieval.catalogue import Skipped

SUFFIXES = frozenset({".txt", ".md"})
posix = pytest.mark.skipif(os.name == "nt", reason="POSIX file systems only")


def names(listing: Listing) -> dict[str, str]:
    return {found.source: found.name for found in listing.files}


def test_reports_are_found_below_and_sorted_by_source(tmp_path: Path) -> None:
    write(tmp_path, {"z.txt": "", "a/b/c.MD": "", "a.txt": "", "年 报.txt": "", "a\nb.txt": ""})
    listing = walk(tmp_path, SUFFIXES)
    sources = [found.source for found in listing.files]
    assert sources == ["a\nb.txt", "a.txt", "a/b/c.MD", "z.txt", "年 报.txt"]
    assert names(listing)["a/b/c.MD"] == "a/b/c"
    assert listing.skipped == ()


def test_hidden_files_locks_and_companions_are_no_reports(tmp_path: Path) -> None:
    files = ["a.txt", ".b.txt", "~$c.txt", ".git/d.txt", "q.jsonl", "r.toml", "s.json"]
    write(tmp_path, dict.fromkeys(files, "x"))
    assert names(walk(tmp_path, SUFFIXES)) == {"a.txt": "a"}
    assert walk(tmp_path, SUFFIXES).skipped == ()


def test_other_formats_are_skipped_with_the_reason(tmp_path: Path) -> None:
    write(tmp_path, {"a.txt": "x", "b.xls": "x", "LICENSE": "x"})
    reason = "is not in a format that is read"
    assert walk(tmp_path, SUFFIXES).skipped == (
        Skipped("LICENSE", reason),
        Skipped("b.xls", reason),
    )


def test_one_file_is_a_corpus(tmp_path: Path) -> None:
    write(tmp_path, {"a.txt": "x", "b.txt": "x"})
    assert names(walk(tmp_path / "b.txt", SUFFIXES)) == {"b.txt": "b"}


@pytest.mark.parametrize("files", [{}, {"a.xls": "x"}, {".a.txt": "x"}])
def test_a_folder_without_reports_is_an_error(tmp_path: Path, files: dict[str, str]) -> None:
    with pytest.raises(CorpusError, match=r"no reports in .*rag index CORPUS"):
        walk(write(tmp_path, files), SUFFIXES)


def test_a_missing_folder_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(CorpusError, match="cannot be opened: No such file"):
        walk(tmp_path / "nowhere", SUFFIXES)


def test_the_index_in_the_corpus_is_left_out(tmp_path: Path) -> None:
    write(tmp_path, {"a.txt": "x", "index/README.md": "x"})
    assert names(walk(tmp_path, SUFFIXES, leave_out=tmp_path / "index")) == {"a.txt": "a"}


@pytest.mark.parametrize(
    ("sources", "expected"),
    [
        (["a.pdf", "b.pdf"], ["a", "b"]),
        (["a.pdf", "a.docx", "b.pdf"], ["a.pdf", "a.docx", "b"]),
        (["x/a.pdf", "y/a.pdf"], ["x/a", "y/a"]),
        # "a.pdf" is the full name of one and, without its suffix, the name of another
        (["a.pdf", "a.txt", "a.pdf.txt"], ["a.pdf", "a.txt", "a.pdf.txt"]),
        (["v1.2/a"], ["v1.2/a"]),
    ],
)
def test_a_suffix_stays_where_two_would_share_a_name(
    sources: list[str], expected: list[str]
) -> None:
    assert [document_names(sources)[source] for source in sources] == expected


@settings(deadline=None)
@given(st.sets(st.text("ab./", min_size=1, max_size=6).filter(lambda s: not s.endswith("/"))))
def test_names_are_never_shared(sources: set[str]) -> None:
    assert len(set(document_names(sources).values())) == len(sources)


@posix
def test_links_are_followed_within_the_corpus_and_never_round(tmp_path: Path) -> None:
    corpus = write(tmp_path / "corpus", {"real/a.txt": "x", ".store/b": "x", "c.txt": "x"})
    write(tmp_path, {"outside.txt": "x", "other/d.txt": "x"})
    for name, target in {
        "real/round": corpus,
        "again": corpus / "real",
        "b.txt": corpus / ".store/b",
        "out.txt": tmp_path / "outside.txt",
        "other": tmp_path / "other",
        "gone.txt": corpus / "nothing",
        "self.txt": corpus / "self.txt",
    }.items():
        (corpus / name).symlink_to(target)
    listing = walk(corpus, SUFFIXES)
    assert set(names(listing)) == {"real/a.txt", "b.txt", "c.txt"}
    assert {one.source: one.reason for one in listing.skipped} == {
        "out.txt": "is a link to something outside the corpus",
        "other": "is a link to something outside the corpus",
        "gone.txt": "is a link to nothing",
        "self.txt": "is a link to nothing",
    }


@posix
def test_a_corpus_may_itself_be_a_link(tmp_path: Path) -> None:
    write(tmp_path / "corpus", {"a/b.txt": "x"})
    (tmp_path / "link").symlink_to(tmp_path / "corpus")
    assert names(walk(tmp_path / "link", SUFFIXES)) == {"a/b.txt": "a/b"}


@posix
def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    write(tmp_path, {"a.txt": "x"})
    os.mkfifo(tmp_path / "b.txt")
    assert walk(tmp_path, SUFFIXES).skipped == (Skipped("b.txt", "is not a regular file"),)


@pytest.mark.skipif(sys.platform != "linux", reason="file names of any bytes are Linux's")
def test_a_name_that_is_not_utf_8_becomes_one_that_is(tmp_path: Path) -> None:
    path = tmp_path / os.fsdecode(b"r\xe9sum\xe9.txt")
    path.write_text("x")
    (found,) = walk(tmp_path, SUFFIXES).files
    assert (found.name, found.source) == (r"r\xe9sum\xe9", r"r\xe9sum\xe9.txt")
    assert found.path.read_text() == "x"
    json.dumps(found.source, ensure_ascii=False).encode("utf-8")
    # Nothing tells its escaped name from a file that is really called so: one of them is left out.
    (tmp_path / r"r\xe9sum\xe9.txt").write_text("y")
    listing = walk(tmp_path, SUFFIXES)
    assert len(listing.files) == len(listing.skipped) == 1


def test_a_folder_that_may_not_be_opened_is_skipped(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path, {"a.txt": "x", "closed/b.txt": "x"})
    scandir = os.scandir

    def refuse(path: Path) -> object:
        if Path(path).name == "closed":
            raise PermissionError(13, "Permission denied")
        return scandir(path)

    monkeypatch.setattr(os, "scandir", refuse)
    listing = walk(tmp_path, SUFFIXES)
    assert listing.skipped == (Skipped("closed", "cannot be opened: Permission denied"),)
    assert names(listing) == {"a.txt": "a"}
