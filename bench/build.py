"""What a build costs besides the model: seconds by stage, and the ratio to encoding alone.

    python -m bench.build DIR [--rounds 1]

Builds an index of the reports in DIR, in a folder that is removed, and then encodes the same texts
once more, with nothing around it. Seconds are processor seconds of all threads and of the reading
processes, since wall time says little on a machine that is shared; wall time stands beside them.
A stage within another counts for itself only.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any
from unittest.mock import patch

import numpy as np

from rag.app import make_encoder, make_stages
from rag.config import load_settings
from rag.encoder import Encoder
from rag.index import BuildReport, build
from rag.index.stages import Stages
from rag.index.vectors import BLOCK

try:
    import resource
except ImportError:  # Windows
    resource = None  # type: ignore[assignment]

# Where what is done stands, and what it is called in the table.
PLACES = {
    "rag.app.detect": "language",
    "rag.index.builder.hash_files": "hashing the corpus",
    "rag.index.writer.StoreWriter.add": "database",
    "rag.index.writer.StoreWriter.finish": "database",
    "rag.index.writer.GenerationWriter._write_terms": "BM25",
    "rag.index.writer.GenerationWriter._write_vectors": "vectors",
    "rag.index.writer.GenerationWriter._manifest": "hashing the index",
    "rag.index.writer.publish": "to disk",
}


class Clock:
    """Processor and wall seconds by stage; a stage within another stops the other's clock."""

    def __init__(self) -> None:
        self.processor: dict[str, float] = defaultdict(float)
        self.wall: dict[str, float] = defaultdict(float)
        self._open = ["elsewhere"]
        self._since = (time.process_time(), time.perf_counter())

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """What is done within counts for ``name``."""
        self._turn()
        self._open.append(name)
        try:
            yield
        finally:
            self._turn()
            self._open.pop()

    def timed(self, name: str, work: Callable[..., Any]) -> Callable[..., Any]:
        """``work``, counted for ``name``."""

        def counted(*arguments: Any, **named: Any) -> Any:
            with self.stage(name):
                return work(*arguments, **named)

        return counted

    def _turn(self) -> None:
        now = (time.process_time(), time.perf_counter())
        self.processor[self._open[-1]] += now[0] - self._since[0]
        self.wall[self._open[-1]] += now[1] - self._since[1]
        self._since = now


class Watched:
    """The encoder, counted; it keeps what it was given, so that it can be given it again."""

    def __init__(self, encoder: Encoder, clock: Clock) -> None:
        self._encoder = encoder
        self._clock = clock
        self.given: list[tuple[list[str], list[str]]] = []
        self.fingerprint, self.dimension = encoder.fingerprint, encoder.dimension

    def encode_passages(
        self,
        texts: Sequence[str],
        languages: Sequence[str],
        progress: Callable[[int], None] | None = None,
    ) -> np.ndarray[Any, np.dtype[np.float32]]:
        """What the encoder gives; the texts are kept."""
        self.given.append(([*texts], [*languages]))
        with self._clock.stage("encoding"):
            return self._encoder.encode_passages(texts, languages, progress)

    def again(self) -> tuple[float, float]:
        """Processor and wall seconds of the same texts, with nothing around them."""
        texts = [text for block, _ in self.given for text in block]
        languages = [language for _, block in self.given for language in block]
        processor, wall = time.process_time(), time.perf_counter()
        for at in range(0, len(texts), BLOCK):
            self._encoder.encode_passages(texts[at : at + BLOCK], languages[at : at + BLOCK])
        return time.process_time() - processor, time.perf_counter() - wall


def watched(stages: Stages, clock: Clock, encoder: Watched) -> Stages:
    """``stages`` whose work is counted."""

    def read_all(*arguments: Any) -> Any:
        before = children()
        with clock.stage("reading, waited for"):
            outcomes = stages.read_all(*arguments)
        try:
            while True:
                with clock.stage("reading, waited for"):
                    outcome = next(outcomes, None)
                if outcome is None:
                    break
                yield outcome
        finally:
            outcomes.close()
            clock.processor["reading processes"] += children() - before

    return replace(
        stages,
        read_all=read_all,
        chunk=clock.timed("passages", stages.chunk),
        describe=clock.timed("describing", stages.describe),
        analyse=clock.timed("terms", stages.analyse),
        encoder=encoder,
    )


def children() -> float:
    """Processor seconds of the processes that have ended."""
    if resource is None:
        return 0.0
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return float(used.ru_utime + used.ru_stime)


def measure(corpus: Path) -> tuple[Clock, BuildReport, tuple[float, float]]:
    """One build of ``corpus``; its clock, its report, and what encoding alone takes."""
    settings = load_settings()
    encoder = make_encoder(settings)
    encoder.load()
    encoder.encode_passages(["once, before anything is timed"] * 4, ["en"] * 4)
    encoder.count_tokens(["the whole tokenizer " * 1000])
    clock = Clock()
    seen = Watched(encoder, clock)
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        for place, name in PLACES.items():
            target = _found(place)
            stack.enter_context(patch(place, clock.timed(name, target)))
        count = clock.timed("counting tokens", encoder.count_tokens)
        stack.enter_context(patch.object(encoder, "count_tokens", count))
        stages = watched(make_stages(settings, encoder), clock, seen)
        report = build(Path(folder) / "index", corpus, stages)
    with clock.stage("end"):
        pass
    return clock, report, seen.again()


def _found(place: str) -> Any:
    import importlib

    parts = place.split(".")
    for split in range(len(parts) - 1, 0, -1):
        try:
            found: Any = importlib.import_module(".".join(parts[:split]))
        except ImportError:
            continue
        for name in parts[split:]:
            found = getattr(found, name)
        return found
    raise ValueError(place)


def table(clock: Clock, alone: tuple[float, float]) -> str:
    """Seconds by stage, most first, in Markdown."""
    lines = ["| stage | processor s | % of encoding alone | wall s |", "|---|---|---|---|"]
    for name, seconds in sorted(clock.processor.items(), key=lambda one: -one[1]):
        share = 100 * seconds / alone[0]
        lines.append(f"| {name} | {seconds:.2f} | {share:.1f} | {clock.wall[name]:.2f} |")
    whole, wall = sum(clock.processor.values()), sum(clock.wall.values())
    lines.append(f"| whole build | {whole:.2f} | {100 * whole / alone[0]:.1f} | {wall:.2f} |")
    lines.append(f"| encoding alone | {alone[0]:.2f} | 100.0 | {alone[1]:.2f} |")
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("corpus", type=Path, help="a folder of reports")
    parser.add_argument("--rounds", type=int, default=1)
    arguments = parser.parse_args()
    for _ in range(arguments.rounds):
        clock, report, alone = measure(arguments.corpus)
        print(
            f"{report.documents} reports, {report.pages} pages, {report.chunks} passages, "
            f"{report.chunks_encoded} texts encoded\n"
        )
        print(table(clock, alone))
        whole = sum(clock.processor.values()) / alone[0]
        wall = sum(clock.wall.values()) / alone[1]
        print(f"\nratio to encoding alone: {whole:.3f} (processor), {wall:.3f} (wall)")


if __name__ == "__main__":
    main()
