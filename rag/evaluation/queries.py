"""Test queries: the values, and reading them from a file of JSON lines."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rag.errors import QueryFileError

_EXAMPLE = (
    '{"id": "q1", "query": "Who supervises trust banks?", "lang": "en", '
    '"answers": ["the agency"], "evidence": [{"doc": "report-2024", "quote": "the agency"}]}'
)


@dataclass(frozen=True, slots=True)
class Reference:
    """A place in a document as a person names it: a ``quote``, or a ``page`` counted from 1.

    ``doc`` is a document's name or source. Exactly one of ``quote`` and ``page`` is not None.
    """

    doc: str
    quote: str | None = None
    page: int | None = None

    def __str__(self) -> str:
        if self.page is not None:
            return f"page {self.page} of {self.doc}"
        return f"“{_shortened(self.quote or '')}” in {self.doc}"


@dataclass(frozen=True, slots=True)
class Evidence:
    """One fact to be found; any one of ``alternatives`` (at least one) is enough."""

    alternatives: tuple[Reference, ...]

    def __str__(self) -> str:
        return " or ".join(map(str, self.alternatives))


@dataclass(frozen=True, slots=True)
class Query:
    """A test query. Without ``evidence`` the right answer is a refusal.

    ``rejected`` are places that a person found not to answer; where there are such and no evidence,
    nothing is known of a right answer. ``answers`` are strings of which a right answer contains
    one; ``kind`` is the file's own grouping of queries, empty where it has none.
    """

    id: str
    query: str
    lang: str
    answers: tuple[str, ...]
    evidence: tuple[Evidence, ...]
    kind: str = ""
    rejected: tuple[Reference, ...] = ()

    @property
    def answerable(self) -> bool:
        """Whether the corpus has evidence for it."""
        return bool(self.evidence)

    @property
    def open(self) -> bool:
        """Whether nothing is known of a right answer, but of wrong ones."""
        return bool(self.rejected) and not self.evidence


def read_queries(path: Path) -> tuple[Query, ...]:
    """The queries of a UTF-8 file, one JSON object a line; blank lines are passed over.

    Raises QueryFileError naming file, line and fault for the first line that is not a query, for
    an id that is there twice, and for a file that is missing or has no queries.
    """
    queries: list[Query] = []
    lines: dict[str, int] = {}
    for number, line in enumerate(_read_text(path).split("\n"), start=1):
        if not line.strip():
            continue
        try:
            query = _query(line)
            if query.id in lines:
                raise _LineError(f'the id "{query.id}" is already that of line {lines[query.id]}')
        except _LineError as fault:
            raise QueryFileError(
                f"{path}, line {number}: {fault}. A right line looks like this: {_EXAMPLE}"
            ) from fault
        lines[query.id] = number
        queries.append(query)
    if not queries:
        raise QueryFileError(f"{path} has no test queries. A line looks like this: {_EXAMPLE}")
    return tuple(queries)


class _LineError(Exception):
    """What is wrong with a line, as a clause without a full stop."""


def _read_text(path: Path) -> str:
    try:
        return path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise QueryFileError(
            f"{path} is not UTF-8 text (byte {error.start}); save it as UTF-8."
        ) from error
    except OSError as error:
        raise QueryFileError(
            f"The test queries {path} cannot be read: {error.strerror or error}. "
            "Give the path of a file of JSON lines."
        ) from error


def _query(line: str) -> Query:
    try:
        entry = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise _LineError(f"this is not JSON ({error})") from error
    if not isinstance(entry, dict):
        raise _LineError(f"a JSON object is needed, not {_type_name(entry)}")
    return Query(
        id=_string(entry, "id"),
        query=_string(entry, "query"),
        lang=_string(entry, "lang"),
        answers=_answers(entry),
        evidence=tuple(
            _evidence(item, f"evidence {i}")
            for i, item in enumerate(_list(entry, "evidence"), start=1)
        ),
        kind=_string(entry, "kind") if "kind" in entry else "",
        rejected=tuple(
            _reference(item, f"rejected {i}")
            for i, item in enumerate(_list(entry, "rejected") if "rejected" in entry else (), 1)
        ),
    )


def _evidence(item: object, where: str) -> Evidence:
    if isinstance(item, dict) and "any" in item:
        if {"doc", "quote", "page"} & item.keys():
            raise _LineError(
                f'{where} has "any" beside a place of its own; put all places into "any"'
            )
        alternatives = _list(item, "any", where)
        if not alternatives:
            raise _LineError(f'{where}: "any" is empty')
        return Evidence(
            tuple(
                _reference(alternative, f"{where}, alternative {i}")
                for i, alternative in enumerate(alternatives, start=1)
            )
        )
    return Evidence((_reference(item, where),))


def _reference(item: object, where: str) -> Reference:
    if not isinstance(item, dict):
        raise _LineError(f'{where} must be {{"doc", "quote"}} or {{"doc", "page"}}')
    doc = _string(item, "doc", where)
    if ("quote" in item) == ("page" in item):
        raise _LineError(f'{where} needs either "quote" or "page", and not both')
    if "quote" in item:
        return Reference(doc, quote=_string(item, "quote", where))
    page = item["page"]
    if not isinstance(page, int) or isinstance(page, bool) or page < 1:
        raise _LineError(f'{where}: "page" must be a whole number from 1, not {json.dumps(page)}')
    return Reference(doc, page=page)


def _answers(entry: Mapping[str, Any]) -> tuple[str, ...]:
    answers = _list(entry, "answers")
    for answer in answers:
        if not isinstance(answer, str) or not answer.strip():
            raise _LineError('"answers" must be a list of strings that are not blank')
    return tuple(answers)


def _string(entry: Mapping[str, Any], key: str, where: str = "") -> str:
    value = _value(entry, key, where)
    if not isinstance(value, str):
        raise _LineError(f'{_prefix(where)}"{key}" must be a string, not {_type_name(value)}')
    if not value.strip():
        raise _LineError(f'{_prefix(where)}"{key}" is blank')
    return value


def _list(entry: Mapping[str, Any], key: str, where: str = "") -> list[Any]:
    value = _value(entry, key, where)
    if not isinstance(value, list):
        raise _LineError(f'{_prefix(where)}"{key}" must be a list, not {_type_name(value)}')
    return value


def _value(entry: Mapping[str, Any], key: str, where: str) -> Any:
    if key not in entry:
        raise _LineError(f'{_prefix(where)}"{key}" is missing')
    return entry[key]


def _prefix(where: str) -> str:
    return f"{where}: " if where else ""


def _type_name(value: object) -> str:
    names = {dict: "an object", list: "a list", str: "a string", bool: "true or false"}
    return "null" if value is None else names.get(type(value), "a number")


def _shortened(text: str, longest: int = 160) -> str:
    line = " ".join(text.split())
    return line if len(line) <= longest else f"{line[: longest - 1]}…"
