"""What people have on their disks: each fault gets a sentence, and the rest is still indexed."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from cli_tools import REPOSITORY, TEXTS, Library, Rag, Result, call, write_corpus
from pypdf import PdfReader, PdfWriter

from rag.index.manifest import MANIFEST, seal

PDF = REPOSITORY / "corpus" / "rulebook" / "outsourcing-cloud-rules-2022.en.pdf"
CHINESE = (
    "监管机构发现,三家银行没有按照规定保存客户资料。\n董事会应当在三十日内提出改善计划。\n" * 3
)
ARABIC = "وجدت السلطة أن ثلاثة مصارف لم تحفظ سجلات العملاء.\nيجب على مجلس الإدارة تقديم خطة.\n" * 3
JAPANESE = "監督当局は、三行が顧客の記録を保存していなかったことを確認した。\n" * 3
ENGLISH = "The board’s report — “final” — was not filed with the Authority for two years.\n" * 3

ENCODED = {
    "gb18030.txt": (CHINESE, "gb18030"),
    "big5.txt": (TEXTS["通報/流動性.zh-Hant.txt"] * 2, "big5"),
    "windows 1256.txt": (ARABIC, "cp1256"),
    "shift-jis.txt": (JAPANESE, "shift_jis"),
    "windows 1252.txt": (ENGLISH, "cp1252"),
    "utf-16.txt": (CHINESE, "utf-16"),
    "utf-8 bom.md": (ENGLISH, "utf-8-sig"),
}
GOOD = {
    "with spaces in its name.txt": "The capital buffer was raised to two per cent.",
    "資本緩衝 報告.txt": "資本緩衝提高至百分之二。",
    "line\nbreak.txt": "The liquidity buffer was lowered to one per cent.",
    "UPPER.TXT": "The leverage ratio stayed at three per cent.",
}


@dataclass(frozen=True)
class Mess:
    """An index of a folder where much is wrong, and what was said of it."""

    corpus: Path
    index: Path
    result: Result

    @property
    def reasons(self) -> dict[str, str]:
        """Why each file was left out."""
        return {item["source"]: item["reason"] for item in self.result.json["skipped"]}


def write_bad_files(folder: Path) -> None:
    """Files that are no reports, or not any more."""
    whole = PDF.read_bytes()
    (folder / "truncated.pdf").write_bytes(whole[: len(whole) // 3])
    (folder / "zero.pdf").write_bytes(b"")
    (folder / "zero.txt").write_bytes(b"")
    (folder / "picture.pdf").write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 40)
    (folder / "word inside.pdf").write_bytes(
        (REPOSITORY / "corpus/drills/tlpt-summary-2023.ja.docx").read_bytes()
    )
    (folder / "damaged.docx").write_bytes(b"PK\x03\x04" + b"\0" * 400)
    (folder / "program.txt").write_bytes(b"\x7fELF\x02\x01\x01" + bytes(range(256)) * 8)
    locked = PdfWriter(clone_from=PdfReader(PDF))
    locked.encrypt(user_password="secret", algorithm="AES-256")
    locked.write(folder / "locked.pdf")
    scan = PdfWriter()
    for _ in range(2):
        scan.add_blank_page(595, 842)
    scan.write(folder / "scan.pdf")
    (folder / "dangling.txt").symlink_to(folder / "gone.txt")
    (folder / "loop").symlink_to(folder, target_is_directory=True)
    (folder / "ring.txt").symlink_to(folder / "ring.txt")


@pytest.fixture(scope="module")
def mess(tmp_path_factory: pytest.TempPathFactory) -> Mess:
    root = tmp_path_factory.mktemp("mess")
    corpus = root / "corpus"
    corpus.mkdir()
    for name, text in GOOD.items():
        (corpus / name).write_text(text, encoding="utf-8")
    for name, (text, encoding) in ENCODED.items():
        (corpus / name).write_bytes(text.encode(encoding))
    write_bad_files(corpus)
    (corpus / "notes.xlsx").write_bytes(b"PK\x03\x04")
    (corpus / ".hidden.txt").write_text("The hidden report says nothing.")
    (corpus / "~$open.docx").write_bytes(b"lock")
    (corpus / "queries.jsonl").write_text("{}\n")
    unreadable = corpus / "no rights.txt"
    unreadable.write_text("The report that nobody may read was filed in May.")
    unreadable.chmod(0)
    return Mess(corpus, root / "index", call("index", corpus, "--index", root / "index", "--json"))


@pytest.mark.parametrize(
    ("source", "says"),
    [
        ("truncated.pdf", ("damaged", "malformed", "incomplete", "truncated", "ends early")),
        ("zero.pdf", ("empty",)),
        ("zero.txt", ("empty",)),
        ("picture.pdf", ("PNG", "image", "picture")),
        ("word inside.pdf", ("Word",)),
        ("damaged.docx", ("damaged",)),
        ("program.txt", ("not a report", "program", "binary", "no text")),
        ("locked.pdf", ("password", "encrypted")),
        ("scan.pdf", ("scan", "no text", "image")),
        ("dangling.txt", ("link",)),
        ("ring.txt", ("link", "symbolic")),
    ],
)
def test_each_fault_is_named_with_what_to_do(
    mess: Mess, source: str, says: tuple[str, ...]
) -> None:
    reason = mess.reasons[source]
    assert any(word in reason for word in says), reason
    assert "\n" not in reason
    assert "Traceback" not in reason and "Error(" not in reason


def test_the_rest_is_indexed(mess: Mess) -> None:
    assert mess.result.code == 0, mess.result.err
    expected = {name.rpartition(".")[0] for name in (*GOOD, *ENCODED)}
    if os.geteuid() == 0:
        expected.add("no rights")
    assert set(mess.result.json["added"]) == expected


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_without_rights_is_named(mess: Mess) -> None:
    assert "opened" in mess.reasons["no rights.txt"]


def test_hidden_files_and_companions_are_passed_over_silently(mess: Mess) -> None:
    silent = {".hidden.txt", "~$open.docx", "queries.jsonl"}
    assert not silent & set(mess.reasons)


def test_a_loop_of_links_is_walked_once(mess: Mess) -> None:
    assert not any(name.startswith("loop/") for name in (*mess.result.json["added"], *mess.reasons))


@pytest.mark.parametrize("name", list(ENCODED))
def test_text_in_any_encoding_is_read_to_the_character(mess: Mess, name: str) -> None:
    found = call("show", name, "--index", mess.index).out
    assert found.split() == ENCODED[name][0].split()


@pytest.mark.parametrize("name", list(GOOD))
def test_any_file_name_can_be_asked_for(mess: Mess, name: str) -> None:
    assert call("show", name, "--index", mess.index).out.split() == GOOD[name].split()
    found = call("search", GOOD[name], "--document", name, "--index", mess.index, "--json").json
    assert {hit["source"] for hit in found["hits"]} == {name}
    listed = call("search", GOOD[name], "--document", name, "--index", mess.index).out
    assert listed.splitlines()[0].startswith("1. " + " ".join(name.split("\n")))


def test_what_was_left_out_is_told_to_people_and_kept(mess: Mess) -> None:
    again = call("index", mess.corpus, "--index", mess.index)
    assert again.code == 0
    assert "locked.pdf" in again.out and "password" in again.out
    skipped = call("info", "--index", mess.index, "--json").json["skipped"]
    assert {item["source"] for item in skipped} == set(mess.reasons)


def test_a_file_that_breaks_leaves_the_index_without_it(rag: Rag) -> None:
    corpus = rag.place / "corpus"
    corpus.mkdir()
    for name in ("one", "two"):
        (corpus / f"{name}.txt").write_text(f"The report numbered {name} was filed.")
    assert rag("index", "corpus").code == 0
    (corpus / "two.txt").write_bytes(b"")
    report = rag("index", "corpus", "--json").json
    assert (report["unchanged"], report["removed"]) == (["one"], ["two"])
    assert [item["source"] for item in report["skipped"]] == ["two.txt"]


@pytest.mark.parametrize("fault", ["missing", "empty", "other files", "all broken", "a picture"])
def test_a_corpus_with_nothing_to_index_leaves_the_former_index(
    rag: Rag, library: Library, fault: str
) -> None:
    corpus = rag.place / "my reports"
    if fault != "missing":
        corpus.mkdir()
    if fault == "other files":
        (corpus / "table.xlsx").write_bytes(b"PK\x03\x04")
    if fault == "all broken":
        (corpus / "zero.pdf").write_bytes(b"")
    if fault == "a picture":
        corpus = corpus / "chart.png"
        corpus.write_bytes(b"\x89PNG")
    index = library.copy(rag.place)
    message = rag.fails("index", corpus, "--index", index)
    assert "my reports" in message
    assert "rag index" in message
    verified = rag("verify", "--index", index, "--json").json
    assert (verified["ok"], verified["generation"]) == (True, library.report["generation"])


def test_one_file_is_a_corpus_too(rag: Rag) -> None:
    (rag.place / "only one.md").write_text("# Review\n\nThe board met once.\n")
    assert rag("index", "only one.md", "--json").json["added"] == ["only one"]


@pytest.mark.parametrize("command", [["search", "q"], ["ask", "q"], ["info"], ["verify"],
                                     ["show", "d"], ["rollback"], ["serve"]])  # fmt: skip
def test_without_an_index_the_command_that_makes_one_is_named(rag: Rag, command: list[str]) -> None:
    assert "rag index" in rag.fails(*command, "--index", "nowhere")


def test_a_folder_that_is_no_index_is_named(rag: Rag, library: Library) -> None:
    assert "rag index" in rag.fails("info", "--index", library.corpus)
    (rag.place / "file").write_text("in the way")
    assert "file" in rag.fails("index", library.corpus, "--index", rag.place / "file")


def test_an_empty_question_is_refused(rag: Rag, library: Library) -> None:
    assert "empty" in rag.fails("search", "  ", "--index", library.index)
    assert "empty" in rag.fails("ask", "", "--index", library.index)


def test_a_document_that_is_not_there_is_named(rag: Rag, library: Library) -> None:
    message = rag.fails("show", "absent", "--index", library.index)
    assert "absent" in message and "rag info" in message
    found = rag("search", "theft", "--document", "absent", "--index", library.index, "--json")
    assert (found.code, found.json["hits"]) == (0, [])


def change_manifest(index: Path, generation: str, **changes: Any) -> None:
    """Write the manifest anew with other values, sealed as a build would."""
    file = index / "generations" / generation / MANIFEST
    values = json.loads(file.read_bytes())
    sealed = set(json.loads(seal({})))
    file.write_bytes(seal({k: v for k, v in values.items() if k not in sealed} | changes))


@pytest.mark.parametrize(
    ("stage", "says"),
    [("readers", "version"), ("chunking", "passages"), ("analysis", "terms"), ("model", "model")],
)
def test_an_index_of_another_version_names_the_command_that_mends_it(
    rag: Rag, library: Library, stage: str, says: str
) -> None:
    index, generation = library.copy(rag.place), library.report["generation"]
    manifest = json.loads((index / "generations" / generation / MANIFEST).read_bytes())
    other = {**manifest["fingerprints"], stage: "another"}
    change_manifest(index, generation, fingerprints=other)
    message = rag.fails("search", "theft", "--index", index)
    assert says in message and "rag index" in message


def test_an_index_of_a_later_format_is_not_guessed_at(rag: Rag, library: Library) -> None:
    index = library.copy(rag.place)
    change_manifest(index, library.report["generation"], format=99)
    message = rag.fails("search", "theft", "--index", index)
    assert "99" in message and "rag index --rebuild" in message


@pytest.mark.parametrize("name", ["documents.sqlite", "vectors.faiss", MANIFEST])
def test_a_truncated_file_is_noticed_before_it_answers(
    rag: Rag, library: Library, name: str
) -> None:
    index = library.copy(rag.place)
    file = index / "generations" / library.report["generation"] / name
    file.write_bytes(file.read_bytes()[:-20])
    message = rag.fails("search", "theft", "--index", index)
    assert "rag index" in message


@contextmanager
def no_file_larger_than(size: int) -> Iterator[None]:
    """As on a full disk, writing fails; here beyond ``size`` bytes of any one file."""
    resource = pytest.importorskip("resource", reason="limits are POSIX's")
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def test_a_full_disk_leaves_the_former_index(rag: Rag, library: Library) -> None:
    index = library.copy(rag.place)
    corpus = write_corpus(rag.place / "corpus")
    (corpus / "new.txt").write_text("The board approved the plan for recovery in May.")
    with no_file_larger_than(20_000):
        rag.fails("index", corpus, "--index", index)
    verified = rag("verify", "--index", index, "--json").json
    assert (verified["ok"], verified["generation"]) == (True, library.report["generation"])
    assert rag("search", "theft", "--index", index).code == 0
    assert rag("index", corpus, "--index", index, "--json").json["added"] == ["new"]


def test_an_index_that_may_only_be_read_still_answers(rag: Rag, library: Library) -> None:
    index = library.copy(rag.place)
    for path in (index, *index.rglob("*")):
        path.chmod(0o555 if path.is_dir() else 0o444)
    try:
        assert rag("search", "theft", "--index", index).code == 0
    finally:
        for path in (index, *index.rglob("*")):
            path.chmod(0o755)
        shutil.rmtree(index)
