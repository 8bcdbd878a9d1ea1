"""The JSON that other programs read: the shape of what each command prints with ``--json``.

Every face returns the same objects, so they are made here, once: the fields that a shape has are
taken from the values that the stages give. Offsets count Unicode code points, pages count from 1,
and ``page_label`` is null where the file prints none. ``quality`` (0 to 1 or null) and ``faults``
are those of the page that the passage or quote begins on. Fields may be added; those that stand
here do not change. ``schema`` gives a shape as JSON schema.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, fields
from typing import Any, NotRequired

from pydantic import SkipValidation, TypeAdapter
from typing_extensions import TypedDict

from rag.index import BuildReport
from rag.schema import Answer, Hit, PageText, Sentence

# PDFs have lone surrogates, which no validator lets pass; they are the text all the same.
Text = SkipValidation[str]


class HitJson(TypedDict):
    """A passage found; ``score`` is comparable within one query only, higher is better."""

    rank: int
    score: float
    document: Text
    source: Text
    page: int
    page_label: Text | None
    section: list[Text]
    language: str
    start: int
    end: int
    text: Text
    quality: float | None
    faults: list[str]


class SearchJson(TypedDict):
    """What ``rag search --json`` prints."""

    query: Text
    language: str
    mode: str
    hits: list[HitJson]


class SentenceJson(TypedDict):
    """A sentence of the answer with the ids of the citations that carry it.

    ``unverified`` is there only for a model's sentence that is shown although its passages do not
    bear it out: the kinds of things that they lack.
    """

    text: Text
    citations: list[int]
    unverified: NotRequired[list[str]]


class ChecksJson(TypedDict):
    """A model's sentences: borne out, marked, taken out, and how many failed by each reason."""

    kept: int
    marked: int
    removed: int
    reasons: dict[str, int]


class CitationJson(TypedDict):
    """A quote: ``quote == text[start:end]`` of ``document``."""

    id: int
    document: Text
    source: Text
    page: int
    page_label: Text | None
    start: int
    end: int
    quote: Text
    quality: float | None
    faults: list[str]


class AnswerJson(TypedDict):
    """What ``rag ask --json`` prints; ``citations`` is empty when ``refused``.

    ``searched`` is the question as it was searched for, ``notice`` why quotes stand in for a
    language model's words, or that reports differ (empty otherwise); ``checks`` is null for an
    answer of quotes. A refusal says how many ``reports`` were searched, which words of the question
    none of them has (``missing``) and which passages came ``nearest``; else 0 and empty.
    """

    query: Text
    language: str
    refused: bool
    answer: Text
    sentences: list[SentenceJson]
    citations: list[CitationJson]
    generator: str
    searched: Text
    notice: Text
    checks: ChecksJson | None
    reports: int
    missing: list[Text]
    nearest: list[HitJson]


_NEAREST = 3
"""Passages that a refusal comes with."""


class PageJson(TypedDict):
    """``text[start:end]`` of a report, the text that ``rag show`` prints.

    ``page`` is null, and so are its label and quality, where it is the whole of the report's
    ``pages``.
    """

    document: str
    source: str
    language: str
    page: int | None
    page_label: str | None
    pages: int
    start: int
    end: int
    text: str
    quality: float | None
    faults: list[str]


class SkippedJson(TypedDict):
    """A file that is not in the index, and why."""

    source: Text
    reason: str


class NotedJson(TypedDict):
    """A file that is in the index, and what of it was not read well."""

    source: Text
    note: str


class BuildJson(TypedDict):
    """What ``rag index --json`` prints; the first four are names of documents."""

    added: list[Text]
    updated: list[Text]
    unchanged: list[Text]
    removed: list[Text]
    skipped: list[SkippedJson]
    documents: int
    pages: int
    chunks: int
    chunks_encoded: int
    seconds: float
    generation: str
    notes: list[NotedJson]


class QualityJson(TypedDict):
    """How well the pages of a report were read, 0 to 1."""

    mean: float | None
    lowest: float | None
    pages_with_faults: int


class WorstPageJson(TypedDict):
    """A page that is to be checked against the report itself."""

    page: int
    quality: float | None
    faults: list[str]


class ReportJson(TypedDict):
    """A report of the index; ``origins`` says where each fact is from.

    ``found`` has what the reader found where people say something else.
    """

    document: Text
    source: Text
    title: Text
    issuer: Text
    kind: Text
    date: Text
    language: str
    pages: int
    chunks: int
    sha256: str
    notes: list[str]
    quality: QualityJson
    worst_pages: list[WorstPageJson]
    origins: dict[str, str]
    found: dict[str, Text]


class DenseJson(TypedDict):
    """How vectors are searched; but for ``exact`` what was measured of an approximate search."""

    exact: bool
    kind: NotRequired[str]
    recall: NotRequired[float]
    candidates: NotRequired[int]
    questions: NotRequired[int]


class InfoJson(TypedDict):
    """What ``rag info --json`` prints; ``languages`` counts reports."""

    generation: str
    created: str
    corpus: Text
    documents: int
    pages: int
    chunks: int
    languages: dict[str, int]
    fingerprints: dict[str, str]
    dense: DenseJson
    reports: list[ReportJson]
    skipped: list[SkippedJson]


class VerifyJson(TypedDict):
    """What ``rag verify --json`` prints; ``generation`` is null where none can be opened."""

    ok: bool
    generation: str | None
    problems: list[str]


class FaultJson(TypedDict):
    """What is wrong at a line of the record, from 1."""

    line: int
    what: str


class ReplayedJson(TypedDict):
    """What came of asking an entry's question again."""

    line: int
    generation: str
    outcome: str
    details: list[Text]


class AuditJson(TypedDict):
    """What ``rag audit --json`` prints."""

    ok: bool
    lines: int
    head: str
    faults: list[FaultJson]
    replayed: list[ReplayedJson]


class ComparisonJson(TypedDict):
    """The difference of a metric's means over the queries that two modes have."""

    first: str
    second: str
    metric: str
    difference: float
    p: float
    p_holm: float


Group = dict[str, int | float | None]


class ModeJson(TypedDict):
    """One mode measured; null stands for a mean over nothing."""

    queries: int
    answerable: int
    mode: str
    metrics: dict[str, float | None]
    intervals: dict[str, list[float] | None]
    by_language: dict[str, Group]
    answers: NotRequired[dict[str, float | None]]
    seconds: float
    by_pair: dict[str, Group]
    by_kind: dict[str, Group]
    failed: list[Text]
    notes: list[Text]


class EvaluationJson(ModeJson):
    """What ``rag eval --json`` prints: the first mode, and with several each of them."""

    modes: NotRequired[dict[str, ModeJson]]
    comparison: NotRequired[list[ComparisonJson]]


SHAPES: Mapping[str, Any] = {
    "index": BuildJson,
    "search": SearchJson,
    "ask": AnswerJson,
    "eval": EvaluationJson,
    "info": InfoJson,
    "verify": VerifyJson,
    "audit": AuditJson,
    "show": PageJson,
}
"""By command; that of ``show`` is given by the interfaces alone."""


def schema(command: str) -> dict[str, Any]:
    """The JSON schema of what ``command`` prints with ``--json``; KeyError for another word."""
    return TypeAdapter(SHAPES[command]).json_schema()


_SEARCH = TypeAdapter(SearchJson)
_ANSWER = TypeAdapter(AnswerJson)
_PAGE = TypeAdapter(PageJson)
_BUILD = TypeAdapter(BuildJson)


def search_to_json(query: str, language: str, mode: str, hits: Sequence[Hit]) -> SearchJson:
    """A whole search: the question, its language, the mode asked for, and the hits in order."""
    found = [_of_hit(hit) for hit in hits]
    return _SEARCH.validate_python(
        {"query": query, "language": language, "mode": mode, "hits": found}
    )


def answer_to_json(answer: Answer) -> AnswerJson:
    """An answer or a refusal."""
    checks = answer.checks
    return _ANSWER.validate_python(
        {
            **_own(answer),
            "answer": answer.text,
            "sentences": [_of_sentence(sentence) for sentence in answer.sentences],
            "citations": [_own(citation) for citation in answer.citations],
            "searched": answer.searched or answer.query,
            "checks": {**_own(checks), "reasons": dict(checks.reasons)} if checks else None,
            "nearest": [_of_hit(hit) for hit in answer.hits[:_NEAREST]] if answer.refused else [],
        }
    )


def page_to_json(text: PageText) -> PageJson:
    """A page of a report, or all of it."""
    page = text.page
    return _PAGE.validate_python(
        {
            **_own(text),
            "page": page.number if page else None,
            "page_label": page.label if page else None,
            "quality": page.quality if page else None,
            "faults": page.faults if page else (),
        }
    )


def build_to_json(report: BuildReport) -> BuildJson:
    """What a build did."""
    return _BUILD.validate_python(asdict(report))


def _own(value: Any) -> dict[str, Any]:
    """The fields of a dataclass, as they are."""
    return {field.name: getattr(value, field.name) for field in fields(value)}


def _of_hit(hit: Hit) -> dict[str, Any]:
    return {**_own(hit), **_own(hit.chunk)}


def _of_sentence(sentence: Sentence) -> dict[str, Any]:
    own = _own(sentence)
    if not sentence.unverified:
        del own["unverified"]
    return own
