"""BM25 beside the libraries it is measured against: rank_bm25 and bm25s.

    python -m bench.bm25 [--chunks 100000] [--texts DIR]

All index the same term lists (bench/synthetic.py) and answer the same questions, taking turns on
each. rank_bm25 is the definition: ours must give its very scores. bm25s keeps float32 sums, in
NumPy or compiled by numba; ours float64. "scores" are those of all passages, "top 10" the best ten
with their scores. Start-up is opening what was saved, memory-mapped, and one question.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np

from bench.measuring import Timed, machine, say, table, taking_turns
from bench.synthetic import load_synthetic
from rag.retrieval.ranking import question_terms
from rag.retrieval.sparse import SparseIndex
from rag.text.languages import detect

_K = 10
_SLOW_QUESTIONS = 7


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--chunks", type=int, default=100_000)
    parser.add_argument("--questions", type=int, default=60)
    parser.add_argument("--texts", type=Path, help="more texts to make passages of")
    arguments = parser.parse_args()

    import bm25s
    from bm25s.numba.retrieve_utils import _compute_relevance_from_scores_jit_ready as jitted
    from rank_bm25 import BM25Okapi

    corpus = load_synthetic(arguments.chunks, arguments.texts)
    say("making passages")
    passages = [found for report in range(corpus.reports) for found in corpus.texts(report)[2]]
    questions = [
        question_terms(text, detect(text)) for text, _ in corpus.questions(arguments.questions)
    ]
    questions = [terms for terms in questions if terms]
    built = {}
    say("rank_bm25")
    begun = time.perf_counter()
    okapi = BM25Okapi(passages, k1=0.6, b=0.75)
    built["rank_bm25"] = time.perf_counter() - begun
    say("ours")
    begun = time.perf_counter()
    ours = SparseIndex.build(passages, k1=0.6, b=0.75, epsilon=0.25)
    built["rag"] = time.perf_counter() - begun
    say("bm25s")
    peer, compiled = bm25s.BM25(k1=0.6, b=0.75), bm25s.BM25(k1=0.6, b=0.75, backend="numba")
    begun = time.perf_counter()
    peer.index(passages, show_progress=False)
    built["bm25s"] = built["bm25s, numba"] = time.perf_counter() - begun
    postings = sum(len(set(passage)) for passage in passages)
    del passages

    with tempfile.TemporaryDirectory() as folder:
        ours.save(Path(folder) / "rag")
        peer.save(Path(folder) / "bm25s", show_progress=False)
        compiled = bm25s.BM25.load(Path(folder) / "bm25s")
        compiled.backend = "numba"
        compiled.activate_numba_scorer()
        first = questions[0]
        starts = {name: Timed(name) for name in ("rag", "bm25s")}

        def open_ours(_: int) -> None:
            SparseIndex.load(Path(folder) / "rag").search(first, _K)

        def open_peer(_: int) -> None:
            opened = bm25s.BM25.load(Path(folder) / "bm25s", mmap=True)
            opened.retrieve([first], k=_K, show_progress=False)

        taking_turns([(starts["rag"], open_ours), (starts["bm25s"], open_peer)], range(7))
        mapped = SparseIndex.load(Path(folder) / "rag")
        say("questions")
        scores = {name: Timed(name) for name in ("rank_bm25", "rag", "bm25s", "bm25s, numba")}
        best = {name: Timed(name) for name in ("rag", "bm25s", "bm25s, numba")}

        def known(terms: list[str]) -> Any:
            return [term for term in terms if term in peer.vocab_dict]

        def numba_scores(terms: list[str]) -> Any:
            numbers = np.array([peer.vocab_dict[term] for term in known(terms)], np.int32)
            data = compiled.scores
            return jitted(
                data["data"],
                data["indptr"],
                data["indices"],
                data["num_docs"],
                numbers,
                np.dtype("float32"),
            )

        ways = [
            (scores["rag"], mapped.scores),
            (scores["bm25s"], lambda terms: peer.get_scores(known(terms))),
            (scores["bm25s, numba"], numba_scores),
            (best["rag"], lambda terms: mapped.search(terms, _K)),
            (best["bm25s"], lambda terms: peer.retrieve([terms], k=_K, show_progress=False)),
            (
                best["bm25s, numba"],
                lambda terms: compiled.retrieve([terms], k=_K, show_progress=False),
            ),
        ]
        for _, work in ways:
            work(first)
        taking_turns(ways, [terms for terms in questions if known(terms)] * 3)
        different = 0

        def check(terms: list[str]) -> None:
            nonlocal different
            different += not np.array_equal(okapi_scores[-1], mapped.scores(terms))

        okapi_scores: list[Any] = []

        def ask_okapi(terms: list[str]) -> None:
            okapi_scores.append(okapi.get_scores(terms))

        for terms in questions[:_SLOW_QUESTIONS]:
            scores["rank_bm25"].run(ask_okapi, terms)
            check(terms)

    base = scores["rank_bm25"]
    print(
        f"{arguments.chunks:,} passages, {postings / arguments.chunks:.0f} terms each, "
        f"{len(questions)} questions of {np.mean([len(q) for q in questions]):.0f} terms, "
        f"{machine()}; medians. Scores other than rank_bm25's: {different} of {_SLOW_QUESTIONS} "
        "questions.\n"
    )
    print(
        table(
            [
                "",
                "all scores, ms",
                "of the processor, ms",
                "times rank_bm25",
                "top 10, ms",
                "of the processor, ms",
                "open and ask, ms",
                "build, s",
            ],
            [
                [
                    name,
                    timed.ms,
                    timed.processor_ms,
                    base.processor_ms / timed.processor_ms,
                    best[name].ms if name in best else "",
                    best[name].processor_ms if name in best else "",
                    starts[name].ms if name in starts else "",
                    built[name],
                ]
                for name, timed in scores.items()
            ],
        )
    )


if __name__ == "__main__":
    main()
