"""The JSON of the commands: their shapes as schema, and values to the byte."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from cli_tools import Library, Rag
from jsonschema import Draft202012Validator
from pydantic import TypeAdapter

from rag.json_contract import SHAPES, answer_to_json, page_to_json, schema, search_to_json
from rag.schema import Answer, Checks, Chunk, Citation, Hit, Page, PageText, Sentence

QUESTION = "How many hours did it take to notice the theft?"
NOBODY = "Who won the chess championship in Reykjavik?"
CHUNK = Chunk("c1", "review", 3, 7, "text", "en", ("1 Rules", "1.2 Keys"), "a\tb")
HIT = Hit(1, 0.5, CHUNK, "review.pdf", 2, "ii", 0.4, 3.0, 0.75, ("ocr",))
CITATION = Citation(1, "review", "review.pdf", 2, "ii", 3, 7, "text", ("1 Rules",), "en", 0.75)

COMMANDS = [
    ("search", QUESTION, "-k", "3"),
    ("search", "zzzzqqqq", "--mode", "bm25"),
    ("ask", QUESTION),
    ("ask", NOBODY),
    ("info",),
    ("verify",),
]


def test_an_answer_to_the_byte() -> None:
    answer = Answer(
        query="q",
        language="en",
        refused=False,
        text="Said.",
        sentences=(Sentence("Said.", (1,)), Sentence("More.", (1,), ("number",))),
        citations=(CITATION,),
        hits=(HIT,),
        generator="llm:m",
        evidence=0.9,
        checks=Checks(1, 1, 0, (("number", 1),)),
    )
    assert json.dumps(answer_to_json(answer)) == (
        '{"query": "q", "language": "en", "refused": false, "answer": "Said.", '
        '"sentences": [{"text": "Said.", "citations": [1]}, '
        '{"text": "More.", "citations": [1], "unverified": ["number"]}], '
        '"citations": [{"id": 1, "document": "review", "source": "review.pdf", "page": 2, '
        '"page_label": "ii", "start": 3, "end": 7, "quote": "text", "quality": 0.75, '
        '"faults": []}], "generator": "llm:m", "searched": "q", "notice": "", '
        '"checks": {"kept": 1, "marked": 1, "removed": 0, "reasons": {"number": 1}}, '
        '"reports": 0, "missing": [], "nearest": []}'
    )


def test_a_refusal_comes_with_the_three_nearest_passages() -> None:
    answer = Answer("q", "en", True, "No.", (), (), (HIT,) * 4, "extractive", missing=("moon",))
    made = answer_to_json(answer)
    assert made["nearest"] == search_to_json("q", "en", "hybrid", [HIT] * 3)["hits"]
    assert (made["missing"], made["checks"]) == (["moon"], None)


def test_a_search_to_the_byte() -> None:
    assert json.dumps(search_to_json("q", "en", "bm25", [HIT])) == (
        '{"query": "q", "language": "en", "mode": "bm25", "hits": [{"rank": 1, "score": 0.5, '
        '"document": "review", "source": "review.pdf", "page": 2, "page_label": "ii", '
        '"section": ["1 Rules", "1.2 Keys"], "language": "en", "start": 3, "end": 7, '
        '"text": "text", "quality": 0.75, "faults": ["ocr"]}]}'
    )


def test_a_page_and_a_whole_report() -> None:
    page = page_to_json(PageText("d", "d.pdf", "en", Page(2, 3, 7, "ii", 0.5), 9, 3, 7, "text"))
    assert json.dumps(page) == (
        '{"document": "d", "source": "d.pdf", "language": "en", "page": 2, "page_label": "ii", '
        '"pages": 9, "start": 3, "end": 7, "text": "text", "quality": 0.5, "faults": []}'
    )
    whole = page_to_json(PageText("d", "d.pdf", "en", None, 9, 0, 7, "all"))
    assert (whole["page"], whole["page_label"], whole["quality"]) == (None, None, None)


def test_what_no_encoding_holds_passes_as_it_is() -> None:
    text = "lone \ud800 surrogate"
    page = page_to_json(PageText("d", "d.pdf", "en", None, 1, 0, len(text), text))
    assert page["text"] == text


def fits(command: str, printed: str) -> None:
    """The output has the fields of the shape, no others, and is what the schema allows."""
    value = json.loads(printed)
    assert json.dumps(TypeAdapter(SHAPES[command]).validate_json(printed)) == json.dumps(value)
    Draft202012Validator(schema(command)).validate(value)


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_what_a_command_prints_has_its_shape(
    rag: Rag, library: Library, command: tuple[str, ...]
) -> None:
    fits(command[0], rag(*command, "--index", library.index, "--json").out)


def test_what_a_build_an_audit_and_an_evaluation_print_has_its_shape(
    rag: Rag, library: Library, tmp_path: Path
) -> None:
    index = ("--index", library.copy(tmp_path))
    fits("index", rag("index", library.corpus, *index, "--json").out)
    rag("ask", QUESTION, *index, RAG_RECORD="on")
    with (rag.place / "record.jsonl").open("ab") as record:
        record.write(b"{}\n")
    fits("audit", rag("audit", "record.jsonl", *index, "--json").out)
    fits("eval", rag("eval", library.queries, *index, "--json").out)
    modes = ("--mode", "dense", "--mode", "bm25")
    fits("eval", rag("eval", library.queries, *modes, *index, "--json").out)


def test_the_schema_names_what_must_be_there() -> None:
    ask = schema("ask")
    assert ask["required"][:7] == [
        *("query", "language", "refused", "answer", "sentences", "citations", "generator"),
    ]
    assert ask["properties"]["answer"] == {"title": "Answer", "type": "string"}
    assert "answers" not in schema("eval")["required"]
    with pytest.raises(KeyError):
        schema("dance")
