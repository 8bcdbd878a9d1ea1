"""Ask every test query and measure what comes back."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence

from rag.evaluation.answers import AnswerOutcome, answer_metrics, judge
from rag.evaluation.locate import Item, Located
from rag.evaluation.metrics import Passage, evidence_metrics, item_ranks
from rag.evaluation.queries import Query
from rag.evaluation.result import Case, EvaluationResult, Found, summarise
from rag.schema import Answer, Hit

SHOWN = 5
"""How many of the first passages of each query are kept for showing."""

_SNIPPET = 240


def evaluate_queries(
    queries: Sequence[Query],
    located: Located,
    *,
    search: Callable[[str], Sequence[Hit]],
    ask: Callable[[str], Answer] | None = None,
    mode: str = "hybrid",
    progress: Callable[[int, int], None] | None = None,
) -> EvaluationResult:
    """Measure ``search`` and, where given, ``ask`` with ``queries``.

    ``search`` gives the hits of a question, best first; 20 of them fill the recall curve, fewer
    than 10 lower the metrics. ``progress(done, all)`` is called after every query.
    """
    began = time.perf_counter()
    hits: dict[str, tuple[Hit, ...]] = {}
    outcomes: dict[str, AnswerOutcome] = {}
    for done, query in enumerate(queries, start=1):
        hits[query.id] = tuple(search(query.query))
        if ask is not None:
            answer = ask(query.query)
            outcomes[query.id] = judge(answer, query, located.items[query.id], located.documents)
        if progress is not None:
            progress(done, len(queries))
    passages = {query: tuple(map(_passage, found)) for query, found in hits.items()}
    shown = {query.id: _found(hits[query.id], located.items[query.id]) for query in queries}
    cosines = {query: _best_cosine(found) for query, found in hits.items()}
    return _summary(
        queries,
        located,
        passages,
        mode=mode,
        seconds=time.perf_counter() - began,
        shown=shown,
        cosines=cosines,
        outcomes=outcomes if ask is not None else None,
    )


def evaluate_passages(
    queries: Sequence[Query],
    located: Located,
    passages: Mapping[str, Sequence[Passage]],
    *,
    mode: str,
) -> EvaluationResult:
    """Measure a ranking that was made before, best first; a query it lacks found nothing."""
    complete = {query.id: tuple(passages.get(query.id, ())) for query in queries}
    return _summary(queries, located, complete, mode=mode, seconds=0.0)


def _summary(
    queries: Sequence[Query],
    located: Located,
    passages: Mapping[str, Sequence[Passage]],
    *,
    mode: str,
    seconds: float,
    shown: Mapping[str, tuple[Found, ...]] | None = None,
    cosines: Mapping[str, float | None] | None = None,
    outcomes: Mapping[str, AnswerOutcome] | None = None,
) -> EvaluationResult:
    ranks = {query.id: item_ranks(passages[query.id], located.items[query.id]) for query in queries}
    values = evidence_metrics(
        {query.id: ranks[query.id] for query in queries if query.answerable},
        {query.id: len(passages[query.id]) for query in queries},
    )
    cases = tuple(
        Case(
            id=query.id,
            query=query.query,
            lang=query.lang,
            kinds=_kinds(query, located.items[query.id]),
            expected=tuple(str(item.evidence) for item in located.items[query.id]),
            ranks=ranks[query.id],
            languages=tuple(map(_languages, located.items[query.id])),
            metrics=values.get(query.id, {}),
            found=(shown or {}).get(query.id, ()),
            best_cosine=(cosines or {}).get(query.id),
            answer=(outcomes or {}).get(query.id),
        )
        for query in queries
    )
    return summarise(
        mode,
        cases,
        answers=None if outcomes is None else answer_metrics(tuple(outcomes.values())),
        seconds=seconds,
        notes=located.notes,
    )


def _passage(hit: Hit) -> Passage:
    return Passage(hit.chunk.document, hit.chunk.start, hit.chunk.end)


def _found(hits: Sequence[Hit], items: Sequence[Item]) -> tuple[Found, ...]:
    return tuple(
        Found(
            rank=rank,
            document=hit.chunk.document,
            page=hit.page,
            score=hit.score,
            text=hit.chunk.text[:_SNIPPET],
            relevant=any(
                item.met_by(hit.chunk.document, hit.chunk.start, hit.chunk.end) for item in items
            ),
        )
        for rank, hit in enumerate(hits[:SHOWN], start=1)
    )


def _best_cosine(hits: Sequence[Hit]) -> float | None:
    return max((hit.cosine for hit in hits if hit.cosine is not None), default=None)


def _kinds(query: Query, items: Sequence[Item]) -> tuple[str, ...]:
    """The kinds a query counts in, each once."""
    own = (query.kind,) if query.kind else ()
    return tuple(dict.fromkeys((*own, *(item.kind for item in items))))


def _languages(item: Item) -> tuple[str, ...]:
    return tuple(dict.fromkeys(place.language for place in item.places if place.language))
