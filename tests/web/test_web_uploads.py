"""The folder of reports: names that strangers send, and files that come and go whole."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.errors import RagError
from rag.readers import SUFFIXES, format_of
from rag.web.uploads import AlreadyThere, CorpusFolder, clean_name
from rag.web.uploads.names import LONGEST

TEXT = b"The board did not review the risk.\n"


@pytest.fixture
def folder(tmp_path: Path) -> CorpusFolder:
    place = tmp_path / "corpus"
    place.mkdir()
    return CorpusFolder(place, format_of, suffixes=SUFFIXES, largest=1 << 20)


def send(folder: CorpusFolder, name: str, content: bytes = TEXT, *, replace: bool = False) -> str:
    with folder.receive(clean_name(name, SUFFIXES), replace=replace) as reception:
        for start in range(0, len(content), 1000):
            reception.write(content[start : start + 1000])
        reception.keep()
    return reception.source


def listed(folder: CorpusFolder) -> list[str]:
    return sorted(path.name for path in folder.path.iterdir())


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("report.pdf", "report.pdf"),
        ("通報 2024.PDF", "通報 2024.PDF"),
        ("تقرير المصرف.docx", "تقرير المصرف.docx"),
        ("../../etc/cron.d/report.txt", "report.txt"),
        ("C:\\Users\\x\\report.txt", "report.txt"),
        ("/report.txt", "report.txt"),
        (".hidden.txt", "hidden.txt"),
        ("~$lock.docx", "lock.docx"),
        (".. .txt.txt", "txt.txt"),
        ("a\x00b\x1f\u202ecod.txt", "abcod.txt"),
        ("a\n b\u2028c.txt", "a b c.txt"),
        ('a<b>"|?*:.md', "ab.md"),
        ("con.txt", "_con.txt"),
        ("LPT1.2024.txt", "_LPT1.2024.txt"),
        ("console.txt", "console.txt"),
        ("report. .txt", "report.txt"),
        ("report.html. ", "report.html"),
        (unicodedata.normalize("NFD", "Prüfung.txt"), unicodedata.normalize("NFC", "Prüfung.txt")),
        ("می\u200cخواهم.txt", "می\u200cخواهم.txt"),
    ],
)
def test_a_name_is_made_fit(sent: str, kept: str) -> None:
    assert clean_name(sent, SUFFIXES) == kept


@pytest.mark.parametrize(
    "sent",
    ["", ".", "..", "/", ".pdf", "  .pdf", "report", "report.exe", "report.pdf.exe", "corpus.toml",
     "queries.jsonl", "report.pdf\x00.exe", "a.txt/", "\ud800"],
)  # fmt: skip
def test_a_name_that_cannot_be_a_reports_is_refused(sent: str) -> None:
    with pytest.raises(RagError):
        clean_name(sent, SUFFIXES)


@given(st.text(max_size=300), st.sampled_from(SUFFIXES))
def test_whatever_is_sent_stays_within_the_folder_and_can_be_seen(stem: str, suffix: str) -> None:
    try:
        name = clean_name(stem + suffix, SUFFIXES)
    except RagError:
        return
    assert Path(name).name == name
    assert not name.startswith((".", "~"))
    assert len(name.encode()) <= LONGEST
    assert Path(name).suffix.lower() == suffix
    assert all(c in {"\u200c", "\u200d"} or unicodedata.category(c)[0] != "C" for c in name)
    assert clean_name(name, SUFFIXES) == name, "a name that is fit stays as it is"


def test_a_report_is_there_whole_or_not_at_all(folder: CorpusFolder) -> None:
    with folder.receive("a.txt") as reception:
        reception.write(TEXT)
        assert all(name.startswith(".") for name in listed(folder)), "hidden until it is whole"
        reception.keep()
        assert "a.txt" in listed(folder)
    assert listed(folder) == ["a.txt"]
    with pytest.raises(KeyError), folder.receive("b.txt") as reception:
        reception.write(TEXT)
        raise KeyError("the sender went away")
    assert listed(folder) == ["a.txt"]


@pytest.mark.parametrize("name", ["a.txt", "A.TXT"])
def test_a_report_is_replaced_only_when_asked(folder: CorpusFolder, name: str) -> None:
    send(folder, "a.txt")
    with pytest.raises(AlreadyThere):
        send(folder, name, b"Another text altogether.")
    assert (folder.path / "a.txt").read_bytes() == TEXT
    assert send(folder, name, b"Another text altogether.", replace=True) == "a.txt"
    assert (folder.path / "a.txt").read_bytes() == b"Another text altogether."
    assert listed(folder) == ["a.txt"]


def test_of_two_senders_of_one_name_one_is_told(folder: CorpusFolder) -> None:
    with folder.receive("a.txt") as first, folder.receive("a.txt") as second:
        first.write(TEXT)
        second.write(b"The other one's text.")
        first.keep()
        with pytest.raises(AlreadyThere):
            second.keep()
    assert (folder.path / "a.txt").read_bytes() == TEXT
    assert listed(folder) == ["a.txt"]


def test_a_file_system_without_hard_links_does_as_well(
    folder: CorpusFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unsupported(*_: object) -> None:
        raise OSError("not supported")

    monkeypatch.setattr(Path, "hardlink_to", unsupported)
    send(folder, "a.txt")
    assert listed(folder) == ["a.txt"]
    with folder.receive("b.txt") as first, folder.receive("b.txt") as second:
        first.write(TEXT)
        first.keep()
        second.write(b"The other one's text.")
        with pytest.raises(AlreadyThere):
            second.keep()
    assert (folder.path / "b.txt").read_bytes() == TEXT


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("a.pdf", b"MZ\x90\x00 a program", "a program"),
        ("a.pdf", b"<html><script>1</script></html>", "HTML"),
        ("a.docx", b"PK\x03\x04 no archive", "damaged"),
        ("a.txt", b"\x7fELF\x02\x01", "a program"),
        ("a.txt", b"", "empty"),
        ("a.xlsx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"x" * 100, "old kind"),
        ("a.txt", b"x" * ((1 << 20) + 1), "larger than 1 MB"),
    ],
)
def test_a_file_that_is_no_report_is_refused_with_its_reason(
    folder: CorpusFolder, name: str, content: bytes, reason: str
) -> None:
    with pytest.raises(RagError, match=reason):
        send(folder, name, content)
    assert listed(folder) == []


def test_what_is_removed_is_gone_and_nothing_outside_is(
    folder: CorpusFolder, tmp_path: Path
) -> None:
    outside = tmp_path / "outside.txt"
    outside.write_bytes(TEXT)
    (folder.path / "sub").mkdir()
    (folder.path / "sub" / "b.txt").write_bytes(TEXT)
    (folder.path / "notes.key").write_bytes(TEXT)
    (folder.path / "away").symlink_to(tmp_path)
    send(folder, "a.txt")
    for source in ("../outside.txt", str(outside), "away/outside.txt", "notes.key", "", "sub"):
        with pytest.raises(RagError, match="no report"):
            folder.remove(source)
    folder.remove("a.txt")
    folder.remove("sub/b.txt")
    assert outside.read_bytes() == TEXT
    assert listed(folder) == ["away", "notes.key", "sub"]


def test_a_link_that_is_removed_leaves_what_it_leads_to(
    folder: CorpusFolder, tmp_path: Path
) -> None:
    outside = tmp_path / "outside.txt"
    outside.write_bytes(TEXT)
    (folder.path / "link.txt").symlink_to(outside)
    folder.remove("link.txt")
    assert outside.exists() and listed(folder) == []


def test_a_full_disk_is_said(folder: CorpusFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    usage: Callable[[object], object] = lambda _: type("Usage", (), {"free": 1000})()  # noqa: E731
    monkeypatch.setattr("rag.web.uploads.folder.shutil.disk_usage", usage)
    with pytest.raises(RagError, match="no room"):
        send(folder, "a.txt")
    assert listed(folder) == []


def test_a_corpus_of_one_file_takes_none(tmp_path: Path) -> None:
    file = tmp_path / "a.txt"
    file.write_bytes(TEXT)
    folder = CorpusFolder(file, format_of, suffixes=SUFFIXES, largest=1000)
    assert not folder.editable
    with pytest.raises(RagError, match="single file"):
        folder.receive("b.txt")
