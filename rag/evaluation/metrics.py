"""Retrieval metrics over ranked passages and located evidence.

The things to be found are evidence items, not passages, so passages are first turned into a
ranking of items. Going down the hits of a query, each hit stands for the items that it meets and
that no earlier hit met:

- none: one entry that is not relevant (also when it repeats items that were met before);
- one: that item;
- several: all of them, one entry after another, so that one passage with two facts is worth as
  much as two passages with one each.

``recall@k`` is the share of a query's items met by its first ``k`` hits. The other metrics are
those of ``ir_measures`` over that ranking, every item judged relevant; a cutoff of 10 hits is
moved by the additional entries within them, so that it always falls after the tenth hit.
Each metric lies between 0 and 1 and is averaged over the answerable queries.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rag.evaluation.locate import Item

METRICS = ("recall@1", "recall@5", "recall@10", "mrr@10", "ndcg@10", "map@10")
"""In the order in which they are reported."""

CUTOFF = 10
RECALL_CUTOFFS = (1, 5, 10)


@dataclass(frozen=True, slots=True)
class Passage:
    """A passage found: ``[start, end)`` of the text of ``document``."""

    document: str
    start: int
    end: int


def item_ranks(passages: Sequence[Passage], items: Sequence[Item]) -> tuple[int | None, ...]:
    """For each item the rank, from 1, of the first passage that meets it, or None."""
    return tuple(
        next(
            (
                rank
                for rank, passage in enumerate(passages, start=1)
                if item.met_by(passage.document, passage.start, passage.end)
            ),
            None,
        )
        for item in items
    )


def recall(ranks: Sequence[int | None], k: int) -> float:
    """The share, 0 to 1, of items found at rank ``k`` or before; ``ranks`` must not be empty."""
    return sum(rank is not None and rank <= k for rank in ranks) / len(ranks)


def evidence_metrics(
    ranks: Mapping[str, Sequence[int | None]], depths: Mapping[str, int]
) -> dict[str, dict[str, float]]:
    """``METRICS`` for each query, from its ``item_ranks`` (not empty) and the number of its hits.

    Queries are evaluated together, grouped by where their cutoff falls.
    """
    import ir_measures
    from ir_measures import AP, RR, nDCG

    by_cutoff: defaultdict[int, list[str]] = defaultdict(list)
    for query, found in ranks.items():
        by_cutoff[CUTOFF + _additional(found, CUTOFF)].append(query)
    values: dict[str, dict[str, float]] = {}
    for cutoff, queries in by_cutoff.items():
        names = {nDCG @ cutoff: "ndcg@10", AP @ cutoff: "map@10", RR @ cutoff: "mrr@10"}
        qrels = {query: {f"item {i}": 1 for i in range(len(ranks[query]))} for query in queries}
        run = {query: _scored(ranks[query], depths[query]) for query in queries}
        for query in queries:
            values[query] = {f"recall@{k}": recall(ranks[query], k) for k in RECALL_CUTOFFS}
        for metric in ir_measures.iter_calc(list(names), qrels, run):
            values[metric.query_id][names[metric.measure]] = float(metric.value)
    return {query: {name: values[query][name] for name in METRICS} for query in ranks}


def mean_metrics(values: Sequence[Mapping[str, float]]) -> dict[str, float | None]:
    """The mean of each of ``METRICS`` over queries; None where there is no query."""
    if not values:
        return dict.fromkeys(METRICS)
    means = as_matrix(values).mean(axis=0)
    return {name: float(mean) for name, mean in zip(METRICS, means, strict=True)}


def as_matrix(values: Sequence[Mapping[str, float]]) -> NDArray[np.float64]:
    """Queries by ``METRICS``, shape ``(len(values), 6)``."""
    rows = [[value[name] for name in METRICS] for value in values]
    return np.array(rows, dtype=np.float64).reshape(len(values), len(METRICS))


def _additional(ranks: Sequence[int | None], cutoff: int) -> int:
    """How many more entries than hits the ranking of items has within the first ``cutoff`` hits."""
    found = [rank for rank in ranks if rank is not None and rank <= cutoff]
    return len(found) - len(set(found))


def _scored(ranks: Sequence[int | None], depth: int) -> dict[str, float]:
    """The ranking of items and other passages, with scores that fall by one from entry to entry."""
    by_rank: defaultdict[int, list[str]] = defaultdict(list)
    for i, rank in enumerate(ranks):
        if rank is not None:
            by_rank[rank].append(f"item {i}")
    entries: list[str] = []
    for rank in range(1, depth + 1):
        entries.extend(by_rank.get(rank, [f"other {rank}"]))
    return {entry: -float(position) for position, entry in enumerate(entries)}
