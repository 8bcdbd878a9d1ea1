"""What a question costs beside the encoder, alone and eight at a time.

    python -m bench.question [--chunks 100000] [--texts DIR] [--index DIR]

Over made-up reports (bench/synthetic.py); the index is built first, in --index where given and kept
there, else in a folder for the moment. Questions are encoded by the real encoder, which takes its
own time ("encoder"), but searched with a vector near a passage of the made-up reports, so that
dense search has something to find. "search" is everything of a hybrid search for ten passages but
the encoding; the first time, what it reads may come from disk. "answer" is a whole answer of the
assistant, its sentences encoded. "as all ranked" is how many of the first ten are those of
comparing with every passage. The processor's time stands beside the clock's: on a machine that
others use it is the one that tells.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np

from bench.measuring import Timed, machine, resident_mb, say, table
from bench.synthetic import Synthetic, Vectors, load_synthetic
from bench.synthetic_stages import SyntheticStages
from rag.answering import Assistant
from rag.answering.evidence import load_evidence
from rag.app import make_encoder
from rag.config import load_settings
from rag.encoder import Encoder
from rag.index import FolderEngine, FolderIndex, build, open_index
from rag.retrieval.fusion import group_numbers
from rag.retrieval.ranking import Question, gather, rank, signals_of
from rag.retrieval.retriever import Retriever
from rag.text.languages import detect

AT_ONCE = 8


class Asked(Encoder):
    """The real encoder; a question's vector is exchanged for the one made for it, in no time."""

    def __init__(self, vectors: dict[str, Vectors]) -> None:
        super().__init__(cache=load_settings().cache)
        self.real = True
        self._made = vectors

    def encode_queries(self, texts: Sequence[str], languages: Sequence[str]) -> Vectors:
        """The vectors made for ``texts``; ``real``: the model's own are computed besides."""
        if self.real:
            super().encode_queries(texts, languages)
        return np.stack([self._made[text] for text in texts])


@contextmanager
def built(corpus: Synthetic, root: Path | None) -> Iterator[Path]:
    """The folder of an index of ``corpus``, in ``root`` if given, else gone afterwards."""
    with tempfile.TemporaryDirectory() as temporary:
        folder = root or Path(temporary) / "index"
        if not (folder / "generations").is_dir():
            say(f"building {corpus.passages:,} passages in {folder}")
            dimension = make_encoder(load_settings()).dimension
            stages = SyntheticStages(corpus, dimension)
            files = stages.write(Path(temporary) / "reports")
            build(folder, files, stages.stages())
        yield folder


def as_all_ranked(index: FolderIndex, questions: Sequence[tuple[str, Vectors]]) -> float:
    """The share of the first ten that comparing with every passage gives too."""
    codes, languages = index.language_codes()
    groups = group_numbers(languages)[codes]
    same = total = 0
    for text, vector in questions:
        language = detect(text)
        question = Question(text, language, vector)
        everything = signals_of(question, index.sparse, index.dense.scores(vector))
        wanted, _ = rank(everything, groups, language, 10)
        pool, signals = gather(index.sparse, index.dense, question, None)
        found, _ = rank(signals, groups if pool is None else groups[pool], language, 10)
        same += len(np.intersect1d(wanted, found if pool is None else pool[found]))
        total += len(wanted)
    return same / total


def throughput(ask: Callable[[str], Any], questions: Sequence[str], at_once: int) -> float:
    """Questions a second."""
    begun = time.perf_counter()
    with ThreadPoolExecutor(at_once) as pool:
        list(pool.map(ask, questions))
    return len(questions) / (time.perf_counter() - begun)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--chunks", type=int, default=100_000)
    parser.add_argument("--questions", type=int, default=200)
    parser.add_argument("--texts", type=Path, help="more texts to make passages of")
    parser.add_argument("--index", type=Path)
    arguments = parser.parse_args()
    corpus = load_synthetic(arguments.chunks, arguments.texts)
    questions = list(corpus.questions(arguments.questions))
    texts = [text for text, _ in questions]
    encoder = Asked(dict(questions))
    with built(corpus, arguments.index) as folder:
        index = open_index(folder)
        retriever = Retriever(index, encoder)
        assistant = Assistant(
            FolderEngine(folder), encoder, require={}, mode="hybrid", evidence=load_evidence()
        )
        encoding, search, answer = Timed("encoder"), Timed("search"), Timed("answer")
        first = Timed("search, the first time")
        for text in texts[:20]:
            assistant.ask(text)
        say("questions")
        encoder.real = False
        for text in texts:
            first.run(retriever.search, text)
        for text in texts:
            encoder.real = True
            encoding.run(encoder.encode_queries, [text], [detect(text)])
            encoder.real = False
            search.run(retriever.search, text)
        encoder.real = True
        for text in texts[: len(texts) // 4]:
            answer.run(assistant.ask, text)
        say("eight at once")
        rates: dict[int, list[float]] = {1: [], AT_ONCE: []}
        for _ in range(3):
            for at_once, rate in rates.items():
                rate.append(throughput(retriever.search, texts, at_once))
        share = as_all_ranked(index, questions)
        print(
            f"{len(index):,} passages, {len(texts)} questions, {machine()}; "
            f"{'exact' if index.dense.exact else 'approximate'} dense search, "
            f"first ten as all ranked: {share:.4f}; resident {resident_mb():.0f} MB\n"
        )
        head = ["", "median, ms", "99 of 100 within, ms", "of the processor, ms"]
        rows = [
            [timed.name, timed.ms, timed.percentile(99), timed.processor_ms]
            for timed in (encoding, first, search, answer)
        ]
        print(table(head, rows))
        print()
        print(
            table(
                ["questions at once", "questions a second"],
                [[at_once, float(np.median(rate))] for at_once, rate in rates.items()],
            )
        )
        index.close()


if __name__ == "__main__":
    main()
