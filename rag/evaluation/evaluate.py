"""Ask every test query and measure what comes back."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence

from rag.evaluation.answers import AnswerOutcome, answer_metrics, judge
from rag.evaluation.locate import Item, Located
from rag.evaluation.metrics import Passage, evidence_metrics, item_ranks
from rag.evaluation.queries import Query
from rag.evaluation.result import Case, EvaluationResult, Found, shortened, summarise
from rag.evaluation.runs import Run, parse_passage_id, passage_id
from rag.schema import Answer, Hit

SHOWN = 5
"""How many of the first passages of each query are kept for showing."""


def evaluate_queries(
    queries: Sequence[Query],
    located: Located,
    *,
    search: Callable[[str], Sequence[Hit]],
    ask: Callable[[str], Answer] | None = None,
    mode: str = "hybrid",
    progress: Callable[[int, int], None] | None = None,
    rejected: Mapping[str, tuple[Item, ...]] | None = None,
) -> EvaluationResult:
    """Measure ``search`` or, where given, ``ask`` with ``queries``.

    ``search`` gives the hits of a question, best first; 20 of them fill the recall curve, fewer
    than 10 lower the metrics. ``ask`` gives an answer with such hits, and nothing is searched
    besides. ``rejected`` are, by query, the places that do not answer. ``progress(done, all)`` is
    called after every query.
    """
    began = time.perf_counter()
    hits: dict[str, tuple[Hit, ...]] = {}
    outcomes: dict[str, AnswerOutcome] = {}
    for done, query in enumerate(queries, start=1):
        if ask is None:
            hits[query.id] = tuple(search(query.query))
        else:
            answer = ask(query.query)
            hits[query.id] = answer.hits
            outcomes[query.id] = judge(
                answer,
                query,
                located.items[query.id],
                located.documents,
                (rejected or {}).get(query.id, ()),
            )
        if progress is not None:
            progress(done, len(queries))
    return _summary(
        queries,
        located,
        {query: [(_passage(hit), hit.score) for hit in found] for query, found in hits.items()},
        mode=mode,
        seconds=time.perf_counter() - began,
        hits=hits,
        outcomes=outcomes if ask is not None else None,
    )


def evaluate_ranking(
    queries: Sequence[Query],
    located: Located,
    run: Run,
    *,
    mode: str,
) -> EvaluationResult:
    """Measure a run that was written before (``rag.evaluation.runs``), best first.

    A query that it lacks found nothing. Raises QueryFileError where an id is not a passage's.
    """
    rankings = {
        query.id: [(parse_passage_id(name), score) for name, score in run.get(query.id, ())]
        for query in queries
    }
    return _summary(queries, located, rankings, mode=mode, seconds=0.0)


def _summary(
    queries: Sequence[Query],
    located: Located,
    rankings: Mapping[str, Sequence[tuple[Passage, float]]],
    *,
    mode: str,
    seconds: float,
    hits: Mapping[str, Sequence[Hit]] | None = None,
    outcomes: Mapping[str, AnswerOutcome] | None = None,
) -> EvaluationResult:
    ranks = {
        query.id: item_ranks(
            [passage for passage, _ in rankings[query.id]], located.items[query.id]
        )
        for query in queries
    }
    values = evidence_metrics(
        {query.id: ranks[query.id] for query in queries if query.answerable},
        {query.id: len(rankings[query.id]) for query in queries},
    )
    cases: list[Case] = []
    for query in queries:
        items = located.items[query.id]
        found = () if hits is None else hits[query.id]
        cases.append(
            Case(
                id=query.id,
                query=query.query,
                lang=query.lang,
                kinds=_kinds(query, items),
                expected=tuple(str(item.evidence) for item in items),
                ranks=ranks[query.id],
                languages=tuple(map(_languages, items)),
                metrics=values.get(query.id, {}),
                ranking=tuple(
                    (passage_id(passage), score) for passage, score in rankings[query.id]
                ),
                found=_found(found, items),
                answer=None if outcomes is None else outcomes[query.id],
                open=query.open,
            )
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
            text=shortened(hit.chunk.text),
            relevant=any(
                item.met_by(hit.chunk.document, hit.chunk.start, hit.chunk.end) for item in items
            ),
        )
        for rank, hit in enumerate(hits[:SHOWN], start=1)
    )


def _kinds(query: Query, items: Sequence[Item]) -> tuple[str, ...]:
    """The kinds a query counts in, each once."""
    own = (query.kind,) if query.kind else ()
    return tuple(dict.fromkeys((*own, *(item.kind for item in items))))


def _languages(item: Item) -> tuple[str, ...]:
    return tuple(dict.fromkeys(place.language for place in item.places if place.language))
