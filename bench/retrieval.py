"""Retrieval on the half of the development data that nothing was chosen on.

    python -m bench.retrieval DATA [--general DIR] [--index DIR]

DATA is a folder in BEIR's layout. Its queries are split by their place in the file: settings were
chosen on the even ones, and the table is about the odd ones. With --general, a folder of general
text as tools/language_means.py takes it, the languages' means are made from the first half of that
text and only questions about passages outside it are measured; without it the shipped means are
used. Ways of fusing are compared with ours in the same run: reciprocal rank fusion (Cormack,
Clarke, Buettcher, SIGIR 2009; k = 60), and normalised scores half and half.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from rag.app import make_encoder
from rag.config import load_settings
from rag.encoder import Encoder, LanguageMeans
from rag.evaluation.beir import BeirData, evaluate_run, load_beir
from rag.evaluation.beir_run import Ranker, Run
from rag.evaluation.result import EvaluationResult, compare
from rag.evaluation.text import render_text
from rag.retrieval.fusion import normalise
from rag.retrieval.sparse import Bm25

Ranking = Sequence[tuple[str, float]]


def fused(
    data: BeirData,
    dense: Mapping[str, Ranking],
    bm25: Mapping[str, Ranking],
    score: Callable[[NDArray[np.float32], NDArray[np.float32]], NDArray[np.float32]],
) -> Run:
    """Both rankings, 1,000 deep, as one; ``score`` gets arrays with 0 for what was not found."""
    run: Run = {}
    for query in data.queries:
        first, second = dict(dense[query.id]), dict(bm25[query.id])
        names = list({**first, **second})
        least = min(first.values(), default=0.0)
        a = np.array([first.get(name, least) for name in names], dtype=np.float32)
        b = np.array([second.get(name, 0.0) for name in names], dtype=np.float32)
        scores = score(a, b)
        order = np.argsort(-scores, kind="stable")[:100]
        run[query.id] = [(names[i], float(scores[i])) for i in order]
    return run


def reciprocal_rank(a: NDArray[np.float32], b: NDArray[np.float32]) -> NDArray[np.float32]:
    total = np.zeros(len(a), dtype=np.float32)
    for scores in (a, b):
        ranks = np.empty(len(scores))
        ranks[np.argsort(-scores, kind="stable")] = np.arange(1, len(scores) + 1)
        total += (1 / (60 + ranks)).astype(np.float32)
    return total


def half_and_half(a: NDArray[np.float32], b: NDArray[np.float32]) -> NDArray[np.float32]:
    return np.asarray(normalise(a) + normalise(b), dtype=np.float32)


def held_out(data: BeirData, seen: frozenset[str]) -> BeirData:
    """The odd queries, less those about a passage of ``seen``."""
    texts = {passage.id: passage.text for passage in data.corpus}
    odd = tuple(
        query
        for query in data.queries[1::2]
        if not any(texts[name] in seen for name in data.qrels[query.id])
    )
    return replace(data, queries=odd, qrels={query.id: data.qrels[query.id] for query in odd})


def half_means(folder: Path, encoder: Encoder) -> tuple[LanguageMeans, frozenset[str]]:
    """Means of the first half of the text in ``folder``, and the passages they were made of."""
    means: dict[str, dict[str, NDArray[np.float32]]] = {"query": {}, "passage": {}}
    seen: set[str] = set()
    for file in sorted(folder.glob("*.jsonl")):
        entries = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]
        for kind, encode in (
            ("query", encoder.encode_queries),
            ("passage", encoder.encode_passages),
        ):
            texts = [entry["text"] for entry in entries if entry["kind"] == kind]
            texts = texts[: len(texts) // 2]
            language = {"zh": "zh-Hans"}.get(file.stem, file.stem)
            vectors = encode(texts, ["und"] * len(texts))
            means[kind][language] = np.asarray(vectors.mean(axis=0), dtype=np.float32)
            if kind == "passage":
                seen.update(texts)
    return LanguageMeans(means["query"], means["passage"]), frozenset(seen)


def starter(name: str, total: int) -> Callable[[int], None]:
    print(f"{name}: {total}", file=sys.stderr, flush=True)
    return lambda _: None


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("data", type=Path)
    parser.add_argument("--general", type=Path)
    parser.add_argument("--index", type=Path, default=Path("index"))
    arguments = parser.parse_args()
    settings = load_settings(index=arguments.index)
    encoder, seen = make_encoder(settings), frozenset[str]()
    if arguments.general:
        plain = Encoder(settings.model, cache=settings.cache, means=LanguageMeans())
        means, seen = half_means(arguments.general, plain)
        encoder = Encoder(settings.model, cache=settings.cache, means=means)
    data = held_out(load_beir(arguments.data), seen)
    ranker = Ranker(
        data,
        encoder,
        cache=settings.index / "beir",
        bm25=Bm25(k1=settings.bm25_k1, b=settings.bm25_b),
        progress=starter,
    )
    dense, bm25 = ranker.run("dense", 1000), ranker.run("bm25", 1000)
    runs: dict[str, Run] = {
        "hybrid": ranker.run("hybrid"),
        "dense": dense,
        "bm25": bm25,
        "rrf": fused(data, dense, bm25, reciprocal_rank),
        "half/half": fused(data, dense, bm25, half_and_half),
    }
    results: list[EvaluationResult] = [
        evaluate_run(data, run, mode=mode, seconds=0.0) for mode, run in runs.items()
    ]
    print(render_text(compare(results)).split("\n\nWithout evidence")[0])


if __name__ == "__main__":
    main()
