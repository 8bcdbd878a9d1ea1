"""``rag ask`` with a record, ``rag audit``, and generations that are kept."""

from __future__ import annotations

import gc
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from cli_tools import Library, Rag, write_corpus

THEFT = "How many hours did it take to notice the theft?"
CHESS = "Who won the chess championship in Reykjavik?"
SCRIPT = "كم بلغ عدد العقود غير المسجلة؟"


@pytest.fixture
def recorded(rag: Rag, library: Library) -> Path:
    """A record of three answers, in the command line's folder."""
    for question in (THEFT, CHESS, SCRIPT):
        result = rag("ask", question, "--index", library.index, RAG_RECORD="answers.jsonl")
        assert result.code == 0, result.err
    return rag.place / "answers.jsonl"


def test_nothing_is_recorded_unless_it_is_asked_for(rag: Rag, library: Library):
    assert rag("ask", THEFT, "--index", library.index).code == 0
    assert list(rag.place.iterdir()) == []
    assert rag("ask", THEFT, "--index", library.index, RAG_RECORD="off").code == 0
    assert list(rag.place.iterdir()) == []
    assert rag("ask", THEFT, "--index", library.index, RAG_RECORD="on").code == 0
    assert (rag.place / "record.jsonl").exists()
    rag("eval", library.queries, "--index", library.index, RAG_RECORD="on")
    assert len((rag.place / "record.jsonl").read_bytes().splitlines()) == 1, "tests are no answers"


def test_an_entry_holds_what_the_answer_rests_on(rag: Rag, recorded: Path, library: Library):
    entry = json.loads(recorded.read_bytes().splitlines()[0])
    said = rag("ask", THEFT, "--index", library.index, "--json").json
    found = rag("search", THEFT, "--index", library.index, "-k", "8", "--json").json
    assert entry["question"] == THEFT
    assert entry["generation"] == library.report["generation"]
    assert [entry[name] for name in ("answer", "sentences", "citations", "generator")] == [
        said[name] for name in ("answer", "sentences", "citations", "generator")
    ]
    assert [(p["document"], p["start"], p["score"]) for p in entry["passages"]] == [
        (hit["document"], hit["start"], hit["score"]) for hit in found["hits"]
    ]
    assert set(entry["documents"]) == {c["document"] for c in said["citations"]}
    assert found["hits"][0]["text"] not in recorded.read_text()


def test_a_whole_record_comes_out_the_same(rag: Rag, recorded: Path, library: Library):
    result = rag("audit", recorded, "--index", library.index, "--json")
    assert result.code == 0, result.err
    assert result.json["ok"] is True
    assert [one["outcome"] for one in result.json["replayed"]] == ["same"] * 3
    head = result.json["head"]
    assert head in rag("audit", recorded, "--index", library.index).out
    assert rag("audit", recorded, "--chain-only", "--head", head).code == 0
    cut = recorded.read_bytes().splitlines(keepends=True)
    recorded.write_bytes(b"".join(cut[:2]))
    assert rag("audit", recorded, "--chain-only").code == 0
    assert rag("audit", recorded, "--chain-only", "--head", head).code == 1


def test_answers_are_recorded_and_repeated_in_their_mode(rag: Rag, library: Library):
    index = ("--index", library.index)
    for mode in ("dense", "bm25"):
        assert rag("ask", THEFT, *index, "--mode", mode, RAG_RECORD="on").code == 0
    assert rag("ask", THEFT, *index, RAG_RECORD="on", RAG_MODE="bm25").code == 0
    record = rag.place / "record.jsonl"
    kept = [json.loads(line) for line in record.read_bytes().splitlines()]
    assert [entry["settings"]["mode"] for entry in kept] == ["dense", "bm25", "bm25"]
    for mode, entry in zip(("dense", "bm25", "bm25"), kept, strict=True):
        found = rag("search", THEFT, *index, "-k", "8", "--mode", mode, "--json").json["hits"]
        assert [one["score"] for one in entry["passages"]] == [one["score"] for one in found]
    replayed = rag("audit", record, *index, "--json").json["replayed"]
    assert [one["outcome"] for one in replayed] == ["same"] * 3


def test_entries_of_the_first_format_are_repeated_as_they_were_made(
    rag: Rag, recorded: Path, library: Library
):
    from rag.audit import FIRST, sealed

    values = json.loads(recorded.read_bytes().splitlines()[0])
    own = {k: v for k, v in values.items() if k not in ("number", "previous", "sha256")}
    for written, outcome in ((1, "same"), (2, "differs")):
        own |= {"format": written, "settings": {**own["settings"], "mode": "bm25"}}
        recorded.write_bytes(sealed(own, 1, FIRST) + b"\n")
        (one,) = rag("audit", recorded, "--index", library.index, "--json").json["replayed"]
        assert one["outcome"] == outcome


def test_a_record_that_was_changed_fails(rag: Rag, recorded: Path):
    lines = recorded.read_bytes().splitlines(keepends=True)
    recorded.write_bytes(lines[0] + lines[1].replace(b"refused", b"rEfused") + lines[2])
    result = rag("audit", recorded, "--chain-only", "--json")
    assert result.code == 1
    assert [fault["line"] for fault in result.json["faults"]] == [2]
    recorded.write_bytes(b"".join(lines)[:-30])
    result = rag("audit", recorded, "--chain-only", "--json")
    assert result.code == 1
    assert "cut off" in result.json["faults"][0]["what"]


def test_a_forged_answer_in_a_chain_made_anew_differs_from_what_comes_out(
    rag: Rag, recorded: Path, library: Library
):
    from rag.audit import FIRST, line_hash, sealed

    lines: list[bytes] = []
    for line in recorded.read_bytes().splitlines():
        values = json.loads(line)
        own = {k: v for k, v in values.items() if k not in ("number", "previous", "sha256")}
        if not lines:
            own["answer"] = own["answer"].replace("19", "29")
            own["passages"][0]["score"] += 1e-5
        lines.append(sealed(own, len(lines) + 1, line_hash(lines[-1]) if lines else FIRST))
    recorded.write_bytes(b"\n".join(lines) + b"\n")
    result = rag("audit", recorded, "--index", library.index, "--json")
    assert result.code == 1
    assert result.json["faults"] == []
    assert [one["outcome"] for one in result.json["replayed"]] == ["differs", "same", "same"]
    details = " ".join(result.json["replayed"][0]["details"])
    assert "score" in details
    assert "answer" in details


@pytest.fixture
def uncollected() -> Iterator[None]:
    """What is let go must be let go at once, not when the garbage collector comes by."""
    gc.collect()
    gc.disable()
    yield
    gc.enable()


@pytest.mark.usefixtures("uncollected")
def test_answers_are_repeated_from_their_own_generation_while_it_is_kept(rag: Rag):
    corpus = write_corpus(rag.place / "corpus")
    for file in corpus.iterdir():
        if file.suffix in {".pdf", ".docx"}:
            file.unlink()

    def build(**environment: str) -> str:
        return rag("index", "--json", **environment).json["generation"]

    def outcomes(**environment: str) -> list[str]:
        result = rag("audit", "--json", RAG_RECORD="on", **environment)
        assert result.code == 0, result.err
        return [one["outcome"] for one in result.json["replayed"]]

    first = build()
    assert rag("ask", THEFT, RAG_RECORD="on").code == 0
    build(RAG_CHUNK_TOKENS="320")
    report = corpus / "theft-review.en.md"
    for hours in ("20", "21", "22"):
        report.write_text(report.read_text("utf-8").replace("19 hours", f"{hours} hours"), "utf-8")
        assert build(RAG_GENERATIONS="3") != first
        report.write_text(report.read_text("utf-8").replace(f"{hours} hours", "19 hours"), "utf-8")
        if hours == "21":
            assert rag("ask", THEFT, RAG_RECORD="on").code == 0
            assert outcomes() == ["same", "same"], "three generations are kept"
    assert outcomes() == ["gone", "same"]
    assert len(list((rag.place / "index" / "generations").iterdir())) == 3
    report.write_text(report.read_text("utf-8") + "\nMore.\n", "utf-8")
    build()
    assert len(list((rag.place / "index" / "generations").iterdir())) == 2
    assert outcomes() == ["gone", "gone"]


def test_without_a_record_the_command_says_how_to_have_one(rag: Rag):
    assert "`record`" in rag.fails("audit")
    assert "rag audit FILE" in rag.fails("audit", "none.jsonl")
