"""A build on a Ray of this machine gives the index of a build without, whoever dies.

Processes that are killed are real ones of Ray, started by these tests.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
from cli_tools import Rag
from cluster_fakes import Maker, failing, other_model
from index_fakes import FakeEncoder, chunk, files_of, write
from index_fakes import stages as fake_stages

from rag.backends.ray import Cluster, ClusterEncoder, ClusterReading
from rag.errors import ModelError, RagError
from rag.index import Stages, build
from rag.ingest import Limits, ReadingPool
from rag.readers.ocr import OFF
from rag.schema import Chunk, Document, Heading

pytestmark = [
    pytest.mark.ray,
    pytest.mark.skipif(find_spec("ray") is None, reason="needs Ray: make test-ray"),
    pytest.mark.skipif(sys.platform != "linux", reason="looks for Ray's processes in /proc"),
]

LIMITS = Limits()
# Five blocks of the model, the last one short.
PASSAGES = 1100


@pytest.fixture(scope="module")
def cluster() -> Iterator[Cluster]:
    with pytest.MonkeyPatch.context() as patch, Cluster(processors=2) as one:
        # Workers find what they encode with here.
        patch.setenv("PYTHONPATH", str(Path(__file__).parents[1]))
        yield one


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    lines = [f"passage {n} on liquidity" for n in range(PASSAGES)]
    return write(tmp_path / "corpus", {f"{n}.txt": "\n".join(lines[n::40]) for n in range(40)})


def stages(**changes: Any) -> Stages:
    """The fake stages, for text whose reader finds no headings."""

    def cut(document: Document) -> list[Chunk]:
        headings = (Heading(0, 0, 1, "Report"),)
        return chunk(replace(document, reading=replace(document.reading, headings=headings)))

    return fake_stages(chunk=cut, **changes)


def plain(tmp_path: Path, corpus: Path) -> dict[str, bytes]:
    """The files of the index that a build without Ray gives."""
    with ReadingPool(LIMITS, readers=1, ocr=OFF) as pool:
        build(tmp_path / "plain", corpus, stages(read_all=pool.read_all))
    return files_of(tmp_path / "plain")


def encoded(log: Path) -> tuple[int, int]:
    """How many texts were encoded, and by how many processes."""
    lines = [line.split() for line in log.read_text().splitlines()]
    return sum(int(count) for _, count in lines), len({process for process, _ in lines})


def test_the_index_is_that_of_a_build_without(
    cluster: Cluster, corpus: Path, tmp_path: Path
) -> None:
    log = tmp_path / "log"
    encoder = ClusterEncoder(cluster, FakeEncoder(), Maker(log), actors=2)
    reading = ClusterReading(cluster, LIMITS, OFF).read_all
    build(tmp_path / "index", corpus, stages(read_all=reading, encoder=encoder))
    assert files_of(tmp_path / "index") == plain(tmp_path, corpus)
    assert encoded(log) == (PASSAGES, 2)


def test_a_worker_that_dies_while_encoding_is_replaced(
    cluster: Cluster, corpus: Path, tmp_path: Path
) -> None:
    log, died = tmp_path / "log", tmp_path / "died"
    encoder = ClusterEncoder(cluster, FakeEncoder(), Maker(log, died), actors=2)
    build(tmp_path / "index", corpus, stages(encoder=encoder))
    assert died.exists()
    build(tmp_path / "plain", corpus, stages())
    assert files_of(tmp_path / "index") == files_of(tmp_path / "plain")


def descendants(process: int) -> dict[int, str]:
    """The processes below ``process``, with their command lines."""
    parents, lines = {}, {}
    for folder in Path("/proc").glob("[0-9]*"):
        with suppress(OSError, IndexError, ValueError):
            own = int(folder.name)
            parents[own] = int((folder / "stat").read_text().rpartition(")")[2].split()[1])
            lines[own] = (folder / "cmdline").read_text().replace("\0", " ")

    def below(one: int) -> bool:
        while one in parents:
            one = parents[one]
            if one == process:
                return True
        return False

    return {one: line for one, line in lines.items() if below(one)}


def test_workers_that_die_while_reading_are_replaced(
    cluster: Cluster, corpus: Path, tmp_path: Path
) -> None:
    cluster.connect()
    killed: list[int] = []
    done = threading.Event()

    def kill() -> None:
        while not done.is_set() and len(killed) < 2:
            for process, line in descendants(os.getpid()).items():
                if line.startswith("ray::_read") and len(killed) < 2 and process not in killed:
                    killed.append(process)
                    os.kill(process, signal.SIGKILL)
            time.sleep(0.01)

    killer = threading.Thread(target=kill)
    killer.start()
    try:
        reading = ClusterReading(cluster, LIMITS, OFF).read_all
        build(tmp_path / "index", corpus, stages(read_all=reading))
    finally:
        done.set()
        killer.join()
    assert len(killed) == 2
    assert files_of(tmp_path / "index") == plain(tmp_path, corpus)


def test_a_driver_that_dies_is_gone_on_with(cluster: Cluster, corpus: Path, tmp_path: Path) -> None:
    log, again, root = tmp_path / "log", tmp_path / "again", tmp_path / "index"
    command = [sys.executable, str(Path(__file__).parents[1].joinpath("cluster_fakes.py"))]
    # 40 files are read first; then it dies once 512 of the texts are encoded and kept.
    ended = subprocess.run(
        [*command, str(root), str(corpus), str(log), str(40 + 512)],
        check=False,
        capture_output=True,
        text=True,
    )
    assert ended.returncode == -signal.SIGKILL, ended.stderr
    assert not (root / "current.json").exists()
    encoder = ClusterEncoder(cluster, FakeEncoder(), Maker(again), actors=2)
    report = build(root, corpus, stages(encoder=encoder))
    # Progress is told before a block is kept: of the two blocks told, one was.
    assert report.chunks_encoded == encoded(again)[0] == PASSAGES - 256
    build(tmp_path / "plain", corpus, stages())
    assert files_of(root) == files_of(tmp_path / "plain")


def test_a_cluster_with_another_model_is_refused(
    cluster: Cluster, corpus: Path, tmp_path: Path
) -> None:
    encoder = ClusterEncoder(cluster, FakeEncoder(), other_model, actors=1)
    with pytest.raises(ModelError, match="another embedding model"):
        build(tmp_path / "index", corpus, stages(encoder=encoder))
    encoder = ClusterEncoder(cluster, FakeEncoder(), failing, actors=1)
    with pytest.raises(RagError, match="could not load the embedding model"):
        build(tmp_path / "index", corpus, stages(encoder=encoder))
    assert not (tmp_path / "index" / "current.json").exists()


def test_the_command_builds_on_ray(rag: Rag, cluster: Cluster) -> None:
    cluster.connect()
    write(rag.place / "corpus", {"a.txt": "The bank met its limits.", "b.md": "# T\n\nWords."})
    result = rag("index", "--workers", "ray", "--json", RAG_RAY_ENCODERS="1")
    assert result.json["chunks_encoded"] == 2, result.err
    here = rag("index", "--index", "here", "--json").json
    assert here["generation"] == result.json["generation"]


def test_a_cluster_that_is_not_there_is_said(tmp_path: Path) -> None:
    # In a process of its own: this one is connected.
    code = "from rag.backends.ray import Cluster; Cluster('ray://127.0.0.1:1').connect()"
    ended = subprocess.run(
        [sys.executable, "-c", code], check=False, capture_output=True, text=True
    )
    said = "RagError: The Ray cluster at ray://127.0.0.1:1 cannot be reached"
    assert said in ended.stderr
