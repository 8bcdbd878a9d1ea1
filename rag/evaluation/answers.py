"""How good answers are: the expected strings, the citations, and the refusals."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rag.errors import RagError
from rag.evaluation.answer_match import states
from rag.evaluation.locate import Documents, Item
from rag.evaluation.queries import Query
from rag.schema import Answer

ANSWER_METRICS = (
    "contains_answer",
    "citation_recall",
    "citations_exact",
    "false_answer_rate",
    "false_refusal_rate",
)
"""In the order in which they are reported."""

REJECTED_CITED = "rejected_cited"
"""Reported after them where queries have places that do not answer."""


@dataclass(frozen=True, slots=True)
class AnswerOutcome:
    """One answer held against its query.

    ``contains_answer`` is None where the query expects no string. ``items_met`` of ``items``
    evidence items are met by a citation; ``exact`` of ``citations`` quote their document to the
    character. ``evidence``, 0 to 1, is how likely the best sentence found answers. ``open`` says
    that nothing is known of a right answer; of ``rejected`` places that do not answer,
    ``rejected_cited`` are cited.
    """

    answerable: bool
    refused: bool
    text: str
    contains_answer: bool | None
    items_met: int
    items: int
    exact: int
    citations: int
    evidence: float = 0.0
    open: bool = False
    rejected: int = 0
    rejected_cited: int = 0


def judge(
    answer: Answer,
    query: Query,
    items: Sequence[Item],
    documents: Documents,
    rejected: Sequence[Item] = (),
) -> AnswerOutcome:
    """Hold ``answer`` against ``query``, the places of its evidence and those ``rejected``.

    An expected string counts when the answer or a quote it cites states it (``states``). A refusal
    contains nothing. A citation of a document that is not there is not exact.
    """
    texts = [(answer.text, query.lang), *((c.quote, c.language) for c in answer.citations)]
    contains: bool | None = None
    if query.answerable and query.answers:
        contains = not answer.refused and any(
            states(text, language, expected, query.lang)
            for expected in query.answers
            for text, language in texts
        )
    return AnswerOutcome(
        answerable=query.answerable,
        refused=answer.refused,
        text=answer.text,
        contains_answer=contains,
        items_met=_met(items, answer),
        items=len(items),
        exact=sum(
            _is_exact(c.document, c.start, c.end, c.quote, documents) for c in answer.citations
        ),
        citations=len(answer.citations),
        evidence=answer.evidence,
        open=query.open,
        rejected=len(rejected),
        rejected_cited=_met(rejected, answer),
    )


def answer_metrics(outcomes: Sequence[AnswerOutcome]) -> dict[str, float | None]:
    """``ANSWER_METRICS``, each 0 to 1, or None where there is nothing that it could be a share of.

    - contains_answer: of the answerable queries that expect a string, those whose answer has one;
    - citation_recall: of all evidence items, those met by a citation;
    - citations_exact: of all citations, those whose quote is the document's text;
    - false_answer_rate: of the unanswerable queries, those that were answered;
    - false_refusal_rate: of the answerable queries, those that were refused;
    - rejected_cited, where there are any: of all rejected places, those cited again.

    A query that is ``open`` counts for citations_exact and rejected_cited alone.
    """
    answerable = [outcome for outcome in outcomes if outcome.answerable]
    unanswerable = [outcome for outcome in outcomes if not (outcome.answerable or outcome.open)]
    rejected = sum(outcome.rejected for outcome in outcomes)
    expecting = [o for o in answerable if o.contains_answer is not None]
    metrics = {
        "contains_answer": _share(
            sum(o.contains_answer is True for o in expecting), len(expecting)
        ),
        "citation_recall": _share(
            sum(o.items_met for o in answerable), sum(o.items for o in answerable)
        ),
        "citations_exact": _share(
            sum(o.exact for o in outcomes), sum(o.citations for o in outcomes)
        ),
        "false_answer_rate": _share(sum(not o.refused for o in unanswerable), len(unanswerable)),
        "false_refusal_rate": _share(sum(o.refused for o in answerable), len(answerable)),
    }
    if rejected:
        metrics[REJECTED_CITED] = _share(sum(o.rejected_cited for o in outcomes), rejected)
    return metrics


def _met(items: Sequence[Item], answer: Answer) -> int:
    """How many of ``items`` a citation lies on."""
    return sum(
        any(item.met_by(c.document, c.start, c.end) for c in answer.citations) for item in items
    )


def _share(part: int, whole: int) -> float | None:
    return part / whole if whole else None


def _is_exact(document: str, start: int, end: int, quote: str, documents: Documents) -> bool:
    try:
        text = documents(document).text
    except (KeyError, RagError):
        return False
    return 0 <= start < end <= len(text) and text[start:end] == quote
