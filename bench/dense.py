"""Dense search: comparing with all vectors beside the approximate index.

    python -m bench.dense [--chunks 100000] [--texts DIR]

Vectors are made (bench/synthetic.py), and questions 0.6 near a passage, as real ones are. "FAISS,
all" is IndexFlatIP, "inverted lists" FAISS's IndexIVFScalarQuantizer at the probes that a number
of lists allows; recall is the share of the ten nearest among the candidates, 512 for ours and as
many for the lists.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import faiss
import numpy as np

from bench.measuring import Timed, machine, say, table, taking_turns
from bench.synthetic import load_synthetic
from rag.retrieval.approximate import ApproximateIndex
from rag.retrieval.dense import DenseIndex
from rag.retrieval.ranking import CANDIDATES

_NEAREST = 10
_PROBES = (32, 128)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--chunks", type=int, default=100_000)
    parser.add_argument("--questions", type=int, default=200)
    parser.add_argument("--texts", type=Path, help="more texts whose vectors are taken as a model")
    arguments = parser.parse_args()
    corpus = load_synthetic(arguments.chunks, arguments.texts)
    say("making vectors")
    vectors = np.concatenate([corpus.vectors(report) for report in range(corpus.reports)])
    questions = np.stack([vector for _, vector in corpus.questions(arguments.questions)])
    dimension, built = vectors.shape[1], {}

    def timed_build(name: str, make: Callable[[], Any]) -> Any:
        say(f"building: {name}")
        begun = time.perf_counter()
        made = make()
        built[name] = time.perf_counter() - begun
        return made

    exact = timed_build("rag, all", lambda: DenseIndex.build(vectors, exact_up_to=len(vectors)))
    ours = timed_build("rag, candidates", lambda: ApproximateIndex.build(vectors))
    lists = faiss.IndexIVFScalarQuantizer(
        faiss.IndexFlatIP(dimension),
        dimension,
        int(4 * np.sqrt(len(vectors))),
        faiss.ScalarQuantizer.QT_8bit,
        faiss.METRIC_INNER_PRODUCT,
        False,
    )

    def fill() -> None:
        lists.train(vectors[:: max(1, len(vectors) // (40 * lists.nlist))])
        lists.add(vectors)

    timed_build("inverted lists", fill)
    flat = exact._index  # the same vectors, as FAISS searches them
    faiss.omp_set_num_threads(1)
    nearest = exact.search(questions, _NEAREST)[1]

    def probing(probes: int) -> Callable[[Any], Any]:
        parameters = faiss.SearchParametersIVF()
        parameters.nprobe = probes
        return lambda query: lists.search(query[None], CANDIDATES, params=parameters)[1][0]

    ways: dict[str, tuple[Callable[[Any], Any], float]] = {
        "FAISS, all": (lambda query: flat.search(query[None], _NEAREST)[1][0], 4 * dimension),
        "rag, all": (lambda query: np.argpartition(-exact.scores(query), 10)[:10], 4 * dimension),
        "rag, candidates": (lambda query: ours.candidates(query, CANDIDATES), dimension / 4),
    } | {f"inverted lists, {probes} probes": (probing(probes), dimension) for probes in _PROBES}
    times = {name: Timed(name) for name in ways}
    say("questions")
    taking_turns([(times[name], work) for name, (work, _) in ways.items()], questions)
    rows = []
    for name, (work, size) in ways.items():
        found = [work(query) for query in questions]
        hits = sum(len(np.intersect1d(a, b)) for a, b in zip(nearest, found, strict=True))
        making = built.get(name, built["inverted lists"] if "lists" in name else built["rag, all"])
        recall = hits / nearest.size
        rows.append([name, times[name].ms, times[name].processor_ms, f"{recall:.4f}", size, making])
    print(
        f"{len(vectors):,} vectors of {dimension}, {len(questions)} questions, {machine()}, one "
        f"thread; medians. Measured when built: {ours.measured}\n"
    )
    head = ["", "one question, ms", "of the processor, ms", "recall@10", "bytes a vector"]
    print(table([*head, "build, s"], rows))


if __name__ == "__main__":
    main()
