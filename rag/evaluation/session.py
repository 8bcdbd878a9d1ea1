"""Evaluate an open index, or this project's stages on a BEIR data set."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from time import perf_counter

from rag.answering import Assistant
from rag.config import Mode
from rag.errors import QueryFileError
from rag.evaluation.beir import evaluate_run, load_beir
from rag.evaluation.beir_run import Encoder, Ranker
from rag.evaluation.evaluate import evaluate_queries, evaluate_ranking
from rag.evaluation.feedback import locate_rejected, settled
from rag.evaluation.locate import locate
from rag.evaluation.queries import Query, read_queries
from rag.evaluation.result import EvaluationResult
from rag.evaluation.runs import read_run
from rag.retrieval.sparse import Bm25
from rag.schema import Answer, Document, Hit
from rag.text.languages import detect, normalise_code

DEPTH = 20
"""Passages asked for; metrics need 10, the recall curve 20."""

_AROUND = 100

StartProgress = Callable[[str, int], Callable[[int], None]]


def measure_queries(
    assistant: Assistant,
    file: Path,
    *,
    modes: Sequence[Mode],
    baseline: Path | None,
    progress: StartProgress,
) -> tuple[EvaluationResult, ...]:
    """Ask the test queries of ``file`` in every mode; answers are judged for the first.

    With ``baseline``, a TREC run, its result comes last under the file's name. Raises
    QueryFileError for a malformed file and for evidence that the corpus does not have.
    """
    documents = assistant.index().document
    queries, lost = settled(_with_codes(read_queries(file)), documents)
    located = locate(queries, documents, _passage_language)
    located = replace(located, notes=(*lost, *located.notes))
    rejected = locate_rejected(queries, documents)
    results: list[EvaluationResult] = []
    for mode in modes:
        advance = progress(f"asking, {mode}", len(queries))
        results.append(
            evaluate_queries(
                queries,
                located,
                search=_searcher(assistant, mode),
                ask=_asker(assistant, mode) if mode == modes[0] else None,
                mode=mode,
                progress=_step(advance),
                rejected=rejected,
            )
        )
    if baseline is not None:
        results.append(
            evaluate_ranking(queries, located, read_run(baseline), mode=_name(baseline, modes))
        )
    return tuple(results)


def _searcher(assistant: Assistant, mode: Mode) -> Callable[[str], Sequence[Hit]]:
    return lambda question: assistant.search(question, k=DEPTH, mode=mode).hits


def _asker(assistant: Assistant, mode: Mode) -> Callable[[str], Answer]:
    return lambda question: assistant.ask(question, mode=mode, k=DEPTH)


def _step(advance: Callable[[int], None]) -> Callable[[int, int], None]:
    return lambda _done, _all: advance(1)


def _passage_language(document: Document, offset: int) -> str:
    """The language at ``offset``: a report may have parts in another language than its own."""
    around = document.text[max(0, offset - _AROUND) : offset + _AROUND]
    return detect(around, document.language)


def _name(baseline: Path, modes: Sequence[Mode]) -> str:
    return f"{baseline.stem} (baseline)" if baseline.stem in modes else baseline.stem


def _with_codes(queries: Sequence[Query]) -> tuple[Query, ...]:

    return tuple(replace(query, lang=normalise_code(query.lang)) for query in queries)


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
) -> tuple[EvaluationResult, ...]:
    """Rank the data set in ``folder`` in every mode and measure it, ``baseline`` last."""
    data = load_beir(folder, split)
    ranker = Ranker(data, encoder, cache=cache, bm25=bm25, progress=progress)
    results: list[EvaluationResult] = []
    for mode in modes:
        began = perf_counter()
        run = ranker.run(mode)
        results.append(evaluate_run(data, run, mode=mode, seconds=perf_counter() - began))
    if baseline is not None:
        kept = read_run(baseline)
        if not any(query.id in kept for query in data.queries):
            raise QueryFileError(f"{baseline} ranks none of the queries of this data set.")
        results.append(evaluate_run(data, kept, mode=_name(baseline, modes), seconds=0.0))
    return tuple(results)
