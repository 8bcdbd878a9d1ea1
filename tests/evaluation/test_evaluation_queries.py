"""Files of test queries."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from rag.errors import QueryFileError
from rag.evaluation.queries import Evidence, Query, Reference, read_queries

GOOD: dict[str, Any] = {
    "id": "q1",
    "query": "Who?",
    "lang": "en",
    "answers": ["the agency"],
    "evidence": [{"doc": "report.pdf", "quote": "the agency"}],
}


def write(path: Path, *entries: object) -> Path:
    lines = [e if isinstance(e, str) else json.dumps(e, ensure_ascii=False) for e in entries]
    path.write_text("\n".join(lines), encoding="utf-8")
    return path


def test_all_forms_of_evidence(tmp_path: Path) -> None:
    evidence = [
        {"doc": "a", "quote": "乙", "note": "extra keys are kept out of the way"},
        {"doc": "b", "page": 3},
        {"any": [{"doc": "a", "quote": "x"}, {"doc": "b", "page": 1}]},
    ]
    path = write(
        tmp_path / "q.jsonl",
        {**GOOD, "evidence": evidence, "source": "extra", "kind": "table"},
        "",
        {**GOOD, "id": "q2", "answers": [], "evidence": []},
    )
    first, second = read_queries(path)
    assert first == Query(
        id="q1",
        query="Who?",
        lang="en",
        answers=("the agency",),
        evidence=(
            Evidence((Reference("a", quote="乙"),)),
            Evidence((Reference("b", page=3),)),
            Evidence((Reference("a", quote="x"), Reference("b", page=1))),
        ),
        kind="table",
    )
    assert first.answerable
    assert not second.answerable


def test_a_byte_order_mark_and_windows_line_ends_do_no_harm(tmp_path: Path) -> None:
    path = tmp_path / "q.jsonl"
    path.write_bytes(b"\xef\xbb\xbf" + json.dumps(GOOD).encode() + b"\r\n\r\n")
    assert len(read_queries(path)) == 1


def without(key: str) -> dict[str, Any]:
    return {name: value for name, value in GOOD.items() if name != key}


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ('{"id": ', "not JSON"),
        ("[1]", "a JSON object is needed, not a list"),
        (without("id"), '"id" is missing'),
        (without("query"), '"query" is missing'),
        (without("lang"), '"lang" is missing'),
        (without("answers"), '"answers" is missing'),
        (without("evidence"), '"evidence" is missing'),
        ({**GOOD, "id": 7}, '"id" must be a string, not a number'),
        ({**GOOD, "query": "  "}, '"query" is blank'),
        ({**GOOD, "answers": "25"}, '"answers" must be a list, not a string'),
        ({**GOOD, "answers": [25]}, '"answers" must be a list of strings'),
        ({**GOOD, "evidence": None}, '"evidence" must be a list, not null'),
        ({**GOOD, "kind": 1}, '"kind" must be a string'),
        ({**GOOD, "evidence": ["x"]}, "evidence 1 must be"),
        ({**GOOD, "evidence": [{"doc": "a"}]}, 'either "quote" or "page"'),
        ({**GOOD, "evidence": [{"doc": "a", "quote": "x", "page": 1}]}, "and not both"),
        ({**GOOD, "evidence": [{"quote": "x"}]}, 'evidence 1: "doc" is missing'),
        ({**GOOD, "evidence": [{"doc": "a", "quote": " "}]}, '"quote" is blank'),
        ({**GOOD, "evidence": [{"doc": "a", "page": 0}]}, "whole number from 1, not 0"),
        ({**GOOD, "evidence": [{"doc": "a", "page": "3"}]}, "whole number from 1"),
        ({**GOOD, "evidence": [{"doc": "a", "page": True}]}, "whole number from 1"),
        ({**GOOD, "evidence": [{"any": []}]}, '"any" is empty'),
        ({**GOOD, "evidence": [{"any": [{"doc": "a"}]}]}, "evidence 1, alternative 1"),
        ({**GOOD, "evidence": [{"any": [], "doc": "a"}]}, '"any" beside'),
        (GOOD, "already that of line 1"),
    ],
)
def test_a_wrong_line_is_told_with_its_place_and_an_example(
    tmp_path: Path, line: object, told: str
) -> None:
    path = write(tmp_path / "queries.jsonl", GOOD, "", line)
    with pytest.raises(QueryFileError) as raised:
        read_queries(path)
    message = str(raised.value)
    assert f"{path}, line 3" in message
    assert told in message
    assert message.rstrip().endswith("}")


def test_the_example_in_the_error_is_itself_right(tmp_path: Path) -> None:
    with pytest.raises(QueryFileError) as raised:
        read_queries(write(tmp_path / "q.jsonl", "nonsense"))
    example = str(raised.value).split("looks like this: ")[1]
    assert read_queries(write(tmp_path / "example.jsonl", example))[0].answerable


@pytest.mark.parametrize(
    ("content", "told"), [(b"", "no test queries"), (b"\n \n", "no test"), (b"\xff\xfe", "UTF-8")]
)
def test_a_file_without_queries(tmp_path: Path, content: bytes, told: str) -> None:
    path = tmp_path / "q.jsonl"
    path.write_bytes(content)
    with pytest.raises(QueryFileError, match=told):
        read_queries(path)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(QueryFileError, match=r"gone\.jsonl cannot be read"):
        read_queries(tmp_path / "gone.jsonl")
