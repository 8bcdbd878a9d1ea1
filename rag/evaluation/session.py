"""Evaluate an open index, or this project's stages on a BEIR data set."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from time import perf_counter

from rag.answering import Assistant
from rag.config import Mode
from rag.errors import QueryFileError
from rag.evaluation.beir import BeirData, evaluate_run, load_beir
from rag.evaluation.beir_run import Encoder, Ranker
from rag.evaluation.evaluate import evaluate_passages, evaluate_queries
from rag.evaluation.locate import Located, locate
from rag.evaluation.metrics import Passage
from rag.evaluation.queries import Query, read_queries
from rag.evaluation.result import EvaluationResult
from rag.evaluation.runs import parse_passage_id, passage_id, read_run
from rag.index import Index
from rag.languages import normalise_code
from rag.schema import Document, Hit
from rag.sparse import Bm25

DEPTH = 20
"""Passages asked for; metrics need 10, the recall curve 20."""

Runs = dict[str, dict[str, list[tuple[str, float]]]]
StartProgress = Callable[[str, int], Callable[[int], None]]


@dataclass(frozen=True, slots=True)
class Measured:
    """Results, one a mode, and the rankings they were made from."""

    results: tuple[EvaluationResult, ...]
    runs: Runs


class IndexDocuments:
    """The documents of an index, by name, with or without suffix."""

    def __init__(self, index: Index) -> None:
        self._get = lru_cache(maxsize=64)(index.document)

    def lookup(self, doc: str, /) -> Document:
        """The document; raises RagError where there is none."""
        return self._get(doc)


def measure_queries(
    assistant: Assistant,
    file: Path,
    *,
    modes: Sequence[Mode],
    baseline: Path | None,
    progress: StartProgress,
) -> Measured:
    """Ask the test queries of ``file`` in every mode; answers are judged for the first.

    Raises QueryFileError for a malformed file and for evidence that the corpus does not have.
    """
    queries = _with_codes(read_queries(file))
    located = locate(queries, IndexDocuments(assistant.index()))
    results: list[EvaluationResult] = []
    runs: Runs = {}
    for mode in modes:
        advance = progress(f"asking, {mode}", len(queries))
        ranking: dict[str, list[tuple[str, float]]] = {}
        searched = _searcher(assistant, mode, {query.query: query.id for query in queries}, ranking)
        results.append(
            evaluate_queries(
                queries,
                located,
                search=searched,
                ask=assistant.ask if mode == modes[0] else None,
                mode=mode,
                progress=lambda *_, advance=advance: advance(1),
            )
        )
        runs[mode] = ranking
    if baseline is not None:
        results.append(_baseline(queries, located, baseline))
    return Measured(tuple(results), runs)


def _searcher(
    assistant: Assistant,
    mode: Mode,
    ids: Mapping[str, str],
    ranking: dict[str, list[tuple[str, float]]],
) -> Callable[[str], Sequence[Hit]]:
    def search(question: str) -> Sequence[Hit]:
        hits = assistant.search(question, k=DEPTH, mode=mode).hits
        ranking[ids[question]] = [
            (passage_id(Passage(h.chunk.document, h.chunk.start, h.chunk.end)), h.score)
            for h in hits
        ]
        return hits

    return search


def _with_codes(queries: Sequence[Query]) -> tuple[Query, ...]:
    from dataclasses import replace

    return tuple(replace(query, lang=normalise_code(query.lang)) for query in queries)


def _baseline(queries: Sequence[Query], located: Located, file: Path) -> EvaluationResult:
    run = read_run(file)
    passages = {
        query: [parse_passage_id(name) for name, _ in ranking] for query, ranking in run.items()
    }
    return evaluate_passages(queries, located, passages, mode=file.stem)


def measure_beir(
    folder: Path,
    encoder: Encoder,
    *,
    split: str | None,
    modes: Sequence[Mode],
    baseline: Path | None,
    cache: Path,
    bm25: Bm25,
    progress: StartProgress,
) -> Measured:
    """Rank the data set in ``folder`` in every mode and measure it."""
    data = load_beir(folder, split)
    ranker = Ranker(data, encoder, cache=cache, bm25=bm25, progress=progress)
    results: list[EvaluationResult] = []
    runs: Runs = {}
    for mode in modes:
        began = perf_counter()
        runs[mode] = ranker.run(mode)
        seconds = perf_counter() - began
        results.append(evaluate_run(data, runs[mode], mode=mode, seconds=seconds))
    if baseline is not None:
        results.append(_beir_baseline(data, baseline))
    return Measured(tuple(results), runs)


def _beir_baseline(data: BeirData, file: Path) -> EvaluationResult:
    run = read_run(file)
    if not any(query.id in run for query in data.queries):
        raise QueryFileError(f"{file} ranks none of the queries of this data set.")
    return evaluate_run(data, run, mode=file.stem, seconds=0.0)


