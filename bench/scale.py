"""What building, memory and questions cost as the index grows.

    python -m bench.scale [--sizes 1000,10000,100000] [--texts DIR] [--plot FILE.svg] [--keep DIR]

Made-up reports (bench/synthetic.py) whose vectors are given, so that nothing is encoded. Each size
is built, and then asked, in a process of its own: memory is that process's, mapped files that are
in memory counted. Questions are searched as people's are, hybrid for ten passages, but for the
encoding; all once and then again, for the first time much is read from disk. A million passages
take some 7 GB of disk. With --keep an index that is in DIR already is asked and not built again.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from bench.measuring import Timed, machine, peak_mb, resident_mb, say, table
from bench.scale_plot import plot
from bench.synthetic import Synthetic, Vectors, load_synthetic
from bench.synthetic_stages import SyntheticStages
from rag.index import build, open_index
from rag.retrieval.retriever import Retriever

_QUESTIONS = 300
_DIMENSION = 384
_BUILD = "build.json"


class Given:
    """Vectors made for questions, in place of an encoder."""

    def __init__(self, vectors: dict[str, Vectors]) -> None:
        self._vectors = vectors

    def encode_queries(self, texts: Sequence[str], languages: Sequence[str]) -> Vectors:
        """Those of ``texts``."""
        return np.stack([self._vectors[text] for text in texts])


def build_one(corpus: Synthetic, folder: Path) -> dict[str, Any]:
    """Build the index in ``folder``: seconds, and how much more memory than before at most."""
    files = SyntheticStages(corpus, _DIMENSION).write(folder / "reports")
    before, begun = resident_mb(), time.perf_counter()
    processor = time.process_time()
    build(folder / "index", files, SyntheticStages(corpus, _DIMENSION).stages())
    found = {
        "build_s": time.perf_counter() - begun,
        "build_processor_s": time.process_time() - processor,
        "build_mb": peak_mb() - before,
    }
    (folder / _BUILD).write_text(json.dumps(found), "utf-8")
    return found


def ask(corpus: Synthetic, folder: Path) -> dict[str, Any]:
    """Open the index and ask: seconds to the first answer, milliseconds of one, memory."""
    questions = list(corpus.questions(_QUESTIONS))
    before, begun = resident_mb(), time.perf_counter()
    index = open_index(folder / "index")
    retriever = Retriever(index, Given(dict(questions)))
    retriever.search(questions[0][0])
    first = time.perf_counter() - begun
    cold, timed = Timed("first time"), Timed("again")
    for way in (cold, timed):
        for text, _ in questions:
            way.run(retriever.search, text)
    disk = sum(file.size for file in index.manifest.files.values())
    return {
        "first_s": first,
        "cold_p99_ms": cold.percentile(99),
        "median_ms": timed.ms,
        "p99_ms": timed.percentile(99),
        "processor_ms": timed.processor_ms,
        "serving_mb": resident_mb() - before,
        "disk_mb": disk / 2**20,
        "exact": index.dense.exact,
    }


def measure(size: int, texts: Path | None, folder: Path) -> dict[str, Any]:
    """Both, each in a process of its own."""
    built = (folder / _BUILD).is_file()
    found: dict[str, Any] = {"size": size}
    if built:
        found |= json.loads((folder / _BUILD).read_text("utf-8"))
    for step in ("ask",) if built else ("build", "ask"):
        say(f"{size:,} passages: {step}")
        command = [sys.executable, "-m", "bench.scale", "--step", step, "--sizes", str(size)]
        command += ["--keep", str(folder), *(["--texts", str(texts)] if texts else [])]
        found |= json.loads(
            subprocess.run(command, check=True, capture_output=True, text=True).stdout
        )
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--sizes", default="1000,10000,100000")
    parser.add_argument("--texts", type=Path, help="more texts to make passages of")
    parser.add_argument("--plot", type=Path)
    parser.add_argument("--keep", type=Path)
    parser.add_argument("--step", choices=("build", "ask"), help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    sizes = [int(size) for size in arguments.sizes.split(",")]
    if arguments.step:
        corpus = load_synthetic(sizes[0], arguments.texts)
        step = build_one if arguments.step == "build" else ask
        print(json.dumps(step(corpus, arguments.keep)))
        return
    results = []
    for size in sizes:
        with tempfile.TemporaryDirectory() as temporary:
            folder = (arguments.keep or Path(temporary)) / str(size)
            folder.mkdir(parents=True, exist_ok=True)
            results.append(measure(size, arguments.texts, folder))
    head = [
        "passages",
        "build, s",
        "most memory, MB",
        "on disk, MB",
        "first answer, s",
        "first time asked, 99 of 100 within, ms",
        "again, ms",
        "99 of 100 within, ms",
        "of the processor, ms",
        "serving, MB",
        "dense",
    ]
    keys = "build_s build_mb disk_mb first_s cold_p99_ms median_ms p99_ms processor_ms"
    rows = [
        [
            f"{one['size']:,}",
            *(one.get(key, "") for key in [*keys.split(), "serving_mb"]),
            "exact" if one["exact"] else "approximate",
        ]
        for one in results
    ]
    print(f"{machine()}, {_QUESTIONS} questions each\n")
    print(table(head, rows))
    if arguments.plot:
        arguments.plot.write_text(plot(results), "utf-8")


if __name__ == "__main__":
    main()
