"""Whether the two engines agree, and what a question costs on each.

    python -m bench.engines beir DATA [--questions 500] [--uri URI] [--alias A] [--index FLAT|HNSW]
    python -m bench.engines corpus [QUERIES] …
    python -m bench.engines latency [--chunks 100000] …

The same generation is searched in its folder and on a Milvus server: --uri, or a milvus-lite that
is started for the moment, in a process of its own. ``beir`` takes each entry of a data set as a
passage and compares rankings without joining neighbours; ``corpus`` compares what ``rag eval``
measures on corpus/. "same ten" is the share of questions whose first ten are the same passages, in
any order, "in order" in the same one. ``latency`` asks both in turns over made-up reports
(bench/synthetic.py); nothing is encoded. What milvus-lite takes says little of a Milvus server:
it is Python, in one process.
"""

from __future__ import annotations

import argparse
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np

from bench.beir_stages import BeirStages
from bench.measuring import Timed, machine, say, table, taking_turns
from bench.scale import Given
from bench.synthetic import load_synthetic
from bench.synthetic_stages import SyntheticStages
from rag.answering import Assistant
from rag.answering.evidence import load_evidence
from rag.app import make_encoder, make_stages
from rag.backends.milvus import MilvusEngine, Server
from rag.config import load_settings
from rag.errors import RagError
from rag.evaluation.beir import evaluate_run, load_beir
from rag.evaluation.beir_run import Ranker
from rag.evaluation.session import measure_queries
from rag.index import Engine, FolderEngine, Index, Stages
from rag.retrieval.ranking import Question, rank
from rag.retrieval.retriever import Retriever
from rag.retrieval.sparse import Bm25
from rag.text.languages import detect

REPOSITORY = Path(__file__).parents[1]
DEPTH = 10


class Quiet:
    """Progress that says how far loading has come."""

    def stage(self, name: str, total: int) -> None:
        self._name, self._total, self._done, self._last = name, total, 0, time.monotonic()

    def advance(self, count: int = 1) -> None:
        self._done += count
        if time.monotonic() - self._last > 30:
            self._last = time.monotonic()
            say(f"{self._name}: {self._done} of {self._total}")


@contextmanager
def served(uri: str | None, folder: Path) -> Iterator[Server]:
    """The server at ``uri``, or a milvus-lite over ``folder``."""
    if uri:
        yield Server(uri, seconds=120)
        return
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    program = Path(sys.executable).with_name("milvus-lite")
    command = [str(program), "server", "--data-dir", str(folder), "--host", "127.0.0.1"]
    process = subprocess.Popen([*command, "--port", str(port)], stdout=subprocess.DEVNULL)
    try:
        yield Server(f"http://127.0.0.1:{port}", seconds=120)
    finally:
        process.kill()
        process.wait()


def build(engine: Engine, corpus: Path, stages: Stages) -> float:
    """Build, and seconds that took."""
    begun = time.perf_counter()
    engine.build(corpus, stages, progress=Quiet(), say=say, rebuild=False, keep=2)
    return time.perf_counter() - begun


def ranking(index: Index, question: Question) -> list[tuple[str, float]]:
    """The ids of the best passages and their scores."""
    known = index.gather(question, None, with_terms=True, k=DEPTH)
    found, scores = rank(known.signals, known.groups, question.language, DEPTH)
    chunks = index.chunks(found if known.rows is None else known.rows[found])
    return [(chunk.id, float(score)) for chunk, score in zip(chunks, scores, strict=True)]


def agreement(one: dict[str, Any], other: dict[str, Any]) -> str:
    """How alike two runs are: id to ranking."""
    names = [[[doc for doc, _ in run[q][:DEPTH]] for run in (one, other)] for q in one]
    differences = [
        abs(a[1] - b[1])
        for q in one
        for a, b in zip(one[q][:DEPTH], other[q][:DEPTH], strict=False)
        if a[0] == b[0]
    ]
    return (
        f"same ten {np.mean([set(a) == set(b) for a, b in names]):.4f}, in order "
        f"{np.mean([a == b for a, b in names]):.4f}, scores of the same passage at the same place "
        f"differ by {max(differences, default=0.0):.1e} at most"
    )


def beir(arguments: argparse.Namespace, engines: dict[str, Engine]) -> None:
    settings = load_settings()
    encoder = make_encoder(settings)
    data = load_beir(arguments.data)
    bm25 = Bm25(k1=settings.bm25_k1, b=settings.bm25_b)
    cache = arguments.cache or settings.index / "beir"
    ranker = Ranker(data, encoder, cache=cache, bm25=bm25, progress=lambda *_: lambda _: None)
    stages = BeirStages(ranker, [passage.id for passage in data.corpus], bm25)
    for name, engine in engines.items():
        say(f"{name}: {build(engine, stages.write(arguments.folder / 'reports'), stages.stages())}")
    queries = data.queries[:: max(1, len(data.queries) // arguments.questions)]
    languages = [detect(query.text) for query in queries]
    vectors = encoder.encode_queries([query.text for query in queries], languages)
    runs: dict[str, dict[str, Any]] = {name: {} for name in engines}
    for name, engine in engines.items():
        index = engine.open()
        for query, language, vector in zip(queries, languages, vectors, strict=True):
            runs[name][query.id] = ranking(index, Question(query.text, language, vector))
        index.close()
        say(f"{name}: asked")
    asked = [replaced(data, queries), *runs.values()]
    results = {n: evaluate_run(asked[0], run, mode=n, seconds=0.0) for n, run in runs.items()}
    head = ["", "recall@10", "map@10"]
    rows = [[n, r.metrics["recall@10"], r.metrics["map@10"]] for n, r in results.items()]
    print(f"{len(data.corpus):,} passages, {len(queries)} questions; {agreement(*runs.values())}\n")
    print(table(head, rows))


def replaced(data: Any, queries: Sequence[Any]) -> Any:
    """``data`` with these queries alone."""
    from dataclasses import replace

    qrels = {query.id: data.qrels[query.id] for query in queries}
    return replace(data, queries=tuple(queries), qrels=qrels)


def corpus(arguments: argparse.Namespace, engines: dict[str, Engine]) -> None:
    settings = load_settings()
    encoder = make_encoder(settings)
    runs, rows = [], []
    for name, engine in engines.items():
        build(engine, REPOSITORY / "corpus", make_stages(settings, encoder))
        assistant = Assistant(engine, encoder, require={}, mode="hybrid", evidence=load_evidence())
        (result,) = measure_queries(
            assistant,
            arguments.data or REPOSITORY / "corpus" / "queries.jsonl",
            modes=["hybrid"],
            baseline=None,
            progress=lambda *_: lambda _: None,
        )
        runs.append(result.run)
        rows.append([name, result.metrics["recall@10"], result.metrics["map@10"]])
    print(f"{len(runs[0])} questions; {agreement(*runs)}\n")
    print(table(["", "recall@10", "map@10"], rows))


def latency(arguments: argparse.Namespace, engines: dict[str, Engine]) -> None:
    made = load_synthetic(arguments.chunks, None)
    stages = SyntheticStages(made, make_encoder(load_settings()).dimension)
    files = stages.write(arguments.folder / "reports")
    for name, engine in engines.items():
        say(f"{name}: built in {build(engine, files, stages.stages()):.0f} s")
    questions = list(made.questions(arguments.questions))
    retrievers = [Retriever(e.open(), Given(dict(questions))) for e in engines.values()]
    ways: list[tuple[Timed, Callable[[str], object]]] = [
        (Timed(name), one.search) for name, one in zip(engines, retrievers, strict=True)
    ]
    texts = [text for text, _ in questions]
    for _, way in ways:
        for text in texts[:5]:
            way(text)
    taking_turns(ways, texts)
    head = ["", "median, ms", "99 of 100 within, ms", "of this process's processor, ms"]
    rows = [[t.name, t.ms, t.percentile(99), t.processor_ms] for t, _ in ways]
    print(f"{len(retrievers[0].index):,} passages, {len(texts)} questions, {machine()}\n")
    print(table(head, rows))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("what", choices=("beir", "corpus", "latency"))
    parser.add_argument("data", type=Path, nargs="?")
    parser.add_argument("--questions", type=int, default=500)
    parser.add_argument("--chunks", type=int, default=100_000)
    parser.add_argument("--cache", type=Path, help="where encoded data sets are kept")
    parser.add_argument("--folder", type=Path, help="where everything is kept for the next time")
    parser.add_argument("--uri")
    parser.add_argument("--alias", default="bench")
    parser.add_argument("--index", default="FLAT", choices=("FLAT", "HNSW"))
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        arguments.folder = arguments.folder or Path(temporary)
        with served(arguments.uri, arguments.folder / "milvus-lite") as server:
            root = arguments.folder / "index"
            engines: dict[str, Engine] = {
                "folder": FolderEngine(root),
                "Milvus": MilvusEngine(root, server, arguments.alias, arguments.index),
            }
            try:
                {"beir": beir, "corpus": corpus, "latency": latency}[arguments.what](
                    arguments, engines
                )
            except RagError as error:
                raise SystemExit(str(error)) from error


if __name__ == "__main__":
    main()
