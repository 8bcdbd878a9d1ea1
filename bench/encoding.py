"""How fast texts become vectors: the program's ways and sentence-transformers as it comes.

    python -m bench.encoding [--passages 120] [--rounds 5]

The passages are those that the index of corpus/ has, spread evenly over the reports. All ways take
turns on the same texts within each round; the table gives medians. Start-up is a process that ends
with the first question's vector. Whatever has to be made once is made before anything is timed.

Taking turns is not enough on a busy machine: PyTorch's threads wait for one another, so that one
other process on two cores makes it several times slower, and ONNX Runtime, one text a thread, only
by its share. "processors used" is processor time by wall time; where it is well below what there
is, figures of wall time say little. Pinned to one core (taskset -c 0), no thread waits, and the
ratio of passages per processor second holds whatever else runs.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

import numpy as np
from numpy.typing import NDArray

from rag import readers
from rag.app import make_encoder, make_stages
from rag.config import BackendName, load_settings
from rag.encoder import Encoder, LanguageMeans, packaged
from rag.encoder.onnx_backend import processors
from rag.errors import ReadError
from rag.index.walk import walk
from rag.schema import Document

REPOSITORY = Path(__file__).parents[1]
QUESTION = "When must an outsourcing be notified to the authority?"
_QUESTIONS_A_ROUND = 10

Vectors = NDArray[np.float32]


@dataclass
class Way:
    """One way of encoding, and what it took: seconds of each round."""

    name: str
    passages: Callable[[Sequence[str]], Vectors]
    question: Callable[[str], Vectors]
    start: str
    vectors: Vectors = field(default_factory=lambda: np.zeros((0, 0), dtype=np.float32))
    passage_seconds: list[float] = field(default_factory=list)
    processor_seconds: list[float] = field(default_factory=list)
    question_seconds: list[float] = field(default_factory=list)
    start_seconds: list[float] = field(default_factory=list)


def corpus_passages(count: int) -> list[str]:
    """``count`` passages of corpus/ as they are encoded for the index, evenly spread."""
    settings = load_settings()
    stages = make_stages(settings, make_encoder(settings))
    texts = []
    for found in walk(REPOSITORY / "corpus", stages.suffixes).files:
        try:
            reading = readers.read(found.path)
        except ReadError:
            continue
        language = stages.detect_language(reading.text)
        document = Document(found.name, found.source, "", language, reading)
        texts += [stages.describe(document, chunk) for chunk in stages.chunk(document)]
    places = np.linspace(0, len(texts) - 1, min(count, len(texts))).astype(int)
    return [texts[place] for place in places]


def as_it_comes(cache: Path) -> Way:
    """sentence-transformers with its own defaults."""
    from sentence_transformers import SentenceTransformer

    folder = str(packaged.model_folder(cache))
    model = SentenceTransformer(folder, device="cpu")
    return Way(
        "sentence-transformers, as it comes",
        lambda texts: np.asarray(model.encode(list(texts), prompt_name="document")),
        lambda text: np.asarray(model.encode([text], prompt_name="query")),
        "from sentence_transformers import SentenceTransformer\n"
        f"model = SentenceTransformer({folder!r}, device='cpu')\n"
        f"model.encode([{QUESTION!r}], prompt_name='query')",
    )


def ours(cache: Path, backend: BackendName) -> Way:
    """The program's encoder; no means are removed, so that vectors can be compared."""
    encoder = Encoder(cache=cache, backend=backend, means=LanguageMeans())
    encoder.load()
    return Way(
        f"rag, backend {backend}",
        lambda texts: encoder.encode_passages(texts, ["und"] * len(texts)),
        lambda text: encoder.encode_queries([text], ["und"]),
        "from pathlib import Path\nfrom rag.encoder import Encoder\n"
        f"encoder = Encoder(cache=Path({str(cache)!r}), backend={backend!r})\n"
        f"encoder.encode_queries([{QUESTION!r}], ['en'])",
    )


def seconds(work: Callable[[], object]) -> float:
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


def measure(way: Way, texts: list[str]) -> None:
    """One round: all the passages, the question some times, one start."""

    def encode() -> None:
        way.vectors = way.passages(texts)

    before = time.process_time()
    way.passage_seconds.append(seconds(encode))
    way.processor_seconds.append(time.process_time() - before)
    way.question_seconds += [
        seconds(lambda: way.question(QUESTION)) for _ in range(_QUESTIONS_A_ROUND)
    ]
    command = [sys.executable, "-c", way.start]
    way.start_seconds.append(
        seconds(lambda: subprocess.run(command, cwd=REPOSITORY, check=True, capture_output=True))
    )


def table(ways: list[Way], count: int) -> str:
    """Medians in Markdown; the ratio is of passages per processor second, to the first way."""
    first = median(ways[0].processor_seconds)
    lines = [
        "| | passages/s | processors used | passages per processor second | ratio "
        "| one question, ms | start to first vector, s | cosine |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for way in ways:
        took, used = median(way.passage_seconds), median(way.processor_seconds)
        cosine = float((way.vectors * ways[0].vectors).sum(axis=1).mean())
        lines.append(
            f"| {way.name} | {count / took:.1f} | {used / took:.2f} | {count / used:.1f} "
            f"| {first / used:.2f} "
            f"| {1000 * median(way.question_seconds):.1f} | {median(way.start_seconds):.2f} "
            f"| {cosine:.4f} |"
        )
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--passages", type=int, default=120, help="how many are encoded a round")
    parser.add_argument("--rounds", type=int, default=5, help="how often all take their turn")
    arguments = parser.parse_args()
    cache = load_settings().cache
    texts = corpus_passages(arguments.passages)
    ways = [as_it_comes(cache), ours(cache, "torch"), ours(cache, "onnx")]
    tokens = median(make_encoder(load_settings()).count_tokens(texts))
    for way in ways:
        way.passages(texts[:8])
        way.question(QUESTION)
    for number in range(arguments.rounds):
        print(f"round {number + 1} of {arguments.rounds}", file=sys.stderr, flush=True)
        for way in ways:
            measure(way, texts)
    print(
        f"{len(texts)} passages of {tokens:.0f} tokens (median), {processors()} processors, "
        f"medians of {arguments.rounds} rounds; cosine: mean, to the first row\n"
    )
    print(table(ways, len(texts)))


if __name__ == "__main__":
    main()
