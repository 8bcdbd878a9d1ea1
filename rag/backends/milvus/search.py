"""Candidates of a question, found by the server, and what is known of them, computed here.

The server finds: by vectors those nearest and a few furthest, by terms those with the highest
scores. What is known of a passage is then computed from its own vector and its own weights, as in
``rag.retrieval.ranking``, so that scores do not depend on how it was found, on the server's index
or on the order in which a server adds. Weights are kept as float32: scores differ from those of the
embedded engine by their rounding.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rag.backends.milvus.connection import Server
from rag.backends.milvus.filters import among
from rag.retrieval.fusion import Span, group_numbers
from rag.retrieval.ranking import (
    CANDIDATES,
    LONGER,
    WORST,
    Gathered,
    Question,
    Signals,
    question_terms,
    specifics_weights,
)
from rag.retrieval.sparse import Known
from rag.retrieval.specifics import specific_terms

Floats = NDArray[np.float32]
Rows = NDArray[np.int64]
Weights = Mapping[int, float]

_MOST = 16_384
"""The longest list that a server gives."""

_AT_ONCE = 1000


@dataclass(frozen=True, slots=True)
class Asked:
    """A question as it is put to the server; ``terms`` None where they are not asked.

    Terms go by their places in the server's vectors: ``terms`` says how often each was asked,
    ``specific`` what share each is of all that is asked for by name.
    """

    vector: Floats | None
    terms: Weights | None
    specific: Weights = field(default_factory=dict)

    @classmethod
    def of(
        cls,
        question: Question,
        look_up: Callable[[Sequence[str]], Mapping[str, tuple[int, Known]]],
        *,
        with_terms: bool,
    ) -> Asked:
        """``question`` with what ``look_up`` knows of its terms; those of no passage left out."""
        if not with_terms:
            return cls(question.vector, None)
        counts = Counter(question_terms(question.text, question.language))
        special = specific_terms(question.text, question.language)
        found = look_up([*counts, *special])

        def placed(weights: Mapping[str, float]) -> Weights:
            # Place 0 is no term's.
            return {found[t][0] + 1: float(w) for t, w in weights.items() if t in found}

        by_name = (found[term][1] for term in special if term in found)
        specific = specifics_weights(by_name) if question.vector is not None else {}
        return cls(question.vector, placed(counts), placed(specific))


class Searcher:
    """Searches the collection of one generation's passages."""

    def __init__(self, server: Server, collection: str, *, dense: str) -> None:
        self._server = server
        self._collection = collection
        self._dense = dense
        self._pool = ThreadPoolExecutor(4, thread_name_prefix="milvus")

    def close(self) -> None:
        """Let go of the threads."""
        self._pool.shutdown(wait=False, cancel_futures=True)

    def gather(self, asked: Asked, where: str, k: int, size: int) -> Gathered:
        """What is known of the candidates for the ``k`` best of those that meet ``where``.

        ``size`` is the number of all passages. See ``rag.retrieval.ranking.gather``, whose
        candidates these are; only of those that have what is asked for by name, no more than the
        ``CANDIDATES`` where it weighs most are added for that alone.
        """
        limit = min(max(CANDIDATES, k), _MOST)
        longer = min(LONGER * limit, _MOST) if asked.specific else limit
        vector, weights = asked.vector, asked.terms or {}
        names = dict.fromkeys(asked.specific, 1.0)
        lists = self._lists(
            [
                ("dense", vector, longer),
                ("dense", None if vector is None else -vector, WORST),
                ("sparse", weights, limit),
                ("sparse", names, min(LONGER * limit, _MOST)),
            ],
            where,
        )
        near, worst, best, named = lists
        chosen = [near[:limit], best]
        if vector is not None and asked.terms is not None:
            chosen += [worst, named[:limit], np.intersect1d(near, named)]
        rows = np.unique(np.concatenate(chosen))
        signals, languages = self._known(rows, asked)
        if signals.bm25 is not None and signals.cosines is not None:
            passing = size if not where else len(near) if len(near) < longer else size
            everything = len(best) >= min(passing, limit + 1)
            high = float(signals.bm25.max(initial=0.0))
            low = float(signals.bm25.min(initial=high)) if everything else 0.0
            spans = (Span.of(signals.cosines), Span(low, high))
            signals = Signals(signals.cosines, signals.bm25, signals.specifics, spans)
        return Gathered(rows, signals, group_numbers(languages))

    def _lists(self, wanted: Sequence[tuple[str, Any, int]], where: str) -> list[Rows]:
        """The rows of each search, best first; none where nothing is asked."""
        futures = [
            self._pool.submit(self._search, field, asked, limit, where)
            if asked is not None and len(asked)
            else None
            for field, asked, limit in wanted
        ]
        return [np.empty(0, np.int64) if future is None else future.result() for future in futures]

    def _search(self, field: str, asked: Any, limit: int, where: str) -> Rows:
        parameters: dict[str, Any] = {"metric_type": "IP"}
        if field == "dense" and self._dense == "HNSW":
            parameters["params"] = {"ef": limit}
        (found,) = self._server.ask(
            lambda client, seconds: client.search(
                self._collection,
                data=[asked],
                anns_field=field,
                filter=where,
                limit=limit,
                output_fields=["row"],
                search_params=parameters,
                timeout=seconds,
            ),
            load=self._collection,
        )
        return np.array([hit["row"] for hit in found], np.int64)

    def _known(self, rows: Rows, asked: Asked) -> tuple[Signals, list[str]]:
        """The signals of ``rows`` and their languages."""
        fields = ["row", "language"]
        fields += ["dense"] if asked.vector is not None else []
        fields += ["sparse"] if asked.terms is not None else []
        found = self.fetch(rows.tolist(), fields)
        cosines = bm25 = specifics = None
        if asked.vector is not None:
            vectors = np.array([row["dense"] for row in found], np.float32)
            cosines = np.asarray(
                np.vecdot(vectors.reshape(-1, len(asked.vector)), asked.vector), np.float32
            )
        if asked.terms is not None:
            sparse = [row["sparse"] for row in found]
            bm25 = np.array([_product(one, asked.terms) for one in sparse], np.float32)
            if asked.specific:
                had = [sum(w for t, w in asked.specific.items() if t in one) for one in sparse]
                specifics = np.array(had, np.float32)
        return Signals(cosines, bm25, specifics), [row["language"] for row in found]

    def fetch(self, rows: Sequence[int], fields: Sequence[str]) -> list[dict[str, Any]]:
        """``fields`` of ``rows``, in their order. Raises IndexError for a row there is not."""
        found: dict[int, dict[str, Any]] = {}
        for start in range(0, len(rows), _AT_ONCE):
            part = rows[start : start + _AT_ONCE]
            found.update((row["row"], row) for row in self._query(part, fields))
        missing = next((row for row in rows if row not in found), None)
        if missing is not None:
            raise IndexError(f"there is no chunk in row {missing}")
        return [found[row] for row in rows]

    def _query(self, rows: Sequence[int], fields: Sequence[str]) -> list[dict[str, Any]]:
        return self._server.ask(
            lambda client, seconds: client.query(
                self._collection,
                filter=among(rows),
                output_fields=["row", *fields],
                timeout=seconds,
            ),
            load=self._collection,
        )


def _product(scores: Weights, asked: Weights) -> float:
    return sum(scores.get(term, 0.0) * count for term, count in asked.items())
