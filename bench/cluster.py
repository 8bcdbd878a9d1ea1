"""What a build on Ray costs: passages a second with one and two workers, beside a plain build.

    python -m bench.cluster DATA [--passages 1200] [--ray-data]

DATA is a BEIR data set, whose passages are written as reports of fifty. Every build is `rag index`
in a process of its own, from nothing; the clock includes starting Ray and loading models, which a
longer build hides ("start": with a corpus of one passage). --ray-data encodes the same blocks of
texts once with this project's actors and once with a Ray Data pipeline over the same actors, in
turns, models loaded each time: what it would bring and cost.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from bench.measuring import machine, resident_mb, say, table
from rag.app import make_encoder
from rag.config import load_settings
from rag.evaluation.beir import load_beir

_A_REPORT = 50
_BLOCK = 64
_WAYS: Mapping[str, Mapping[str, str]] = {
    "plain, one processor": {"OMP_NUM_THREADS": "1", "RAG_READERS": "1"},
    "plain, two": {"OMP_NUM_THREADS": "2", "RAG_READERS": "2"},
    "Ray, one worker": {"RAG_WORKERS": "ray", "RAG_READERS": "1", "RAG_RAY_ENCODERS": "1"},
    "Ray, two workers": {"RAG_WORKERS": "ray", "RAG_READERS": "2", "RAG_RAY_ENCODERS": "2"},
}


def write(folder: Path, texts: Sequence[str]) -> Path:
    """Reports of the ``texts``."""
    folder.mkdir()
    for first in range(0, len(texts), _A_REPORT):
        part = texts[first : first + _A_REPORT]
        sections = [f"# {first + i}\n\n{text}" for i, text in enumerate(part)]
        (folder / f"{first:06}.md").write_text("\n\n".join(sections), "utf-8")
    return folder


def build(corpus: Path, root: Path, more: Mapping[str, str]) -> dict[str, Any]:
    """What `rag index` says, and the seconds it took with everything."""
    command = [str(Path(sys.executable).with_name("rag")), "index", str(corpus), "--json"]
    begun = time.perf_counter()
    ended = subprocess.run(
        [*command, "--index", str(root)],
        env={**os.environ, **more},
        check=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )
    return {**json.loads(ended.stdout), "all": time.perf_counter() - begun}


def builds(corpus: Path, folder: Path, one: Path) -> None:
    rows, digests = [], set()
    for number, (name, more) in enumerate(_WAYS.items()):
        say(name)
        start = build(one, folder / f"one{number}", more)["all"]
        found = build(corpus, folder / f"all{number}", more)
        digests.add(found["generation"].partition("-")[2])
        seconds = found["all"]
        chunks = found["chunks"]
        rows.append([name, seconds, start, chunks / seconds, chunks / max(seconds - start, 0.1)])
    head = ["", "build, s", "start, s", "passages a second", "without the start"]
    print(f"{chunks} passages, {machine()}; {'the same index' if len(digests) == 1 else digests}\n")
    print(table(head, rows))


class DataActor:
    """A stage of a Ray Data pipeline."""

    def __init__(self, make: Any) -> None:
        self._encoder = make()

    def __call__(self, batch: dict[str, Any]) -> dict[str, Any]:
        vectors = self._encoder.encode_passages(list(batch["text"]), list(batch["language"]), None)
        return {"number": batch["number"], "vector": vectors}


def ray_data(texts: Sequence[str], make: Any) -> None:
    from rag.backends.ray import Cluster, ClusterEncoder

    with Cluster(processors=2) as cluster:
        cluster.connect()
        blocks = [
            (texts[i : i + _BLOCK], ["en"] * len(texts[i : i + _BLOCK]))
            for i in range(0, len(texts), _BLOCK)
        ]

        def core() -> Any:
            encoder = ClusterEncoder(cluster, make(), make, actors=2)
            return np.concatenate(list(encoder.encode_blocks(blocks)))

        def data() -> Any:
            import ray.data

            ray.data.DataContext.get_current().enable_progress_bars = False
            items = [{"number": i, "text": t, "language": "en"} for i, t in enumerate(texts)]
            found = (
                ray.data.from_items(items)
                .map_batches(
                    DataActor,
                    fn_constructor_args=(make,),
                    compute=ray.data.ActorPoolStrategy(size=2),
                    batch_size=_BLOCK,
                )
                .take_all()
            )
            return np.stack([row["vector"] for row in sorted(found, key=lambda r: r["number"])])

        rows: list[list[Any]] = []
        made = []
        for name, way in (("actors", core), ("Ray Data", data)) * 2:
            before, begun = resident_mb(), time.perf_counter()
            made.append(way())
            seconds = time.perf_counter() - begun
            rows.append([name, seconds, len(texts) / seconds, resident_mb() - before])
        same = max(float(np.abs(one - made[0]).max()) for one in made)
        print(f"\n{len(texts)} texts, two actors; vectors differ by {same:.1e} at most\n")
        print(table(["", "s", "texts a second", "more memory here, MB"], rows))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("data", type=Path)
    parser.add_argument("--passages", type=int, default=1200)
    parser.add_argument("--ray-data", action="store_true")
    arguments = parser.parse_args()
    every = load_beir(arguments.data).corpus
    texts = [one.text for one in every if len(one.text) > 200][: arguments.passages]
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        builds(write(folder / "all", texts), folder, write(folder / "one", texts[:1]))
    if arguments.ray_data:
        ray_data(texts, partial(make_encoder, load_settings()))


if __name__ == "__main__":
    main()
