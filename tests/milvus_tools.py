"""A real server process for the tests: milvus-lite, started, killed and started again."""

from __future__ import annotations

import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from importlib.util import find_spec
from pathlib import Path

import pytest

from rag.backends.milvus import MilvusEngine, Server
from rag.index import FolderEngine, FolderIndex, Progress, open_index

needs_milvus = pytest.mark.skipif(
    find_spec("pymilvus") is None or find_spec("milvus_lite") is None,
    reason="needs pymilvus (the extra `milvus`) and the server of the tests, milvus-lite",
)


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


class LiteServer:
    """A server over ``folder`` at one address, whatever process serves it."""

    def __init__(self, folder: Path) -> None:
        self.port = free_port()
        self.uri = f"http://127.0.0.1:{self.port}"
        self._folder = folder
        self._process: subprocess.Popen[bytes] | None = None

    def start(self, *, wait: bool = True) -> None:
        program = Path(sys.executable).with_name("milvus-lite")
        where = ["--data-dir", str(self._folder), "--host", "127.0.0.1", "--port", str(self.port)]
        self._process = subprocess.Popen(
            [str(program), "server", *where], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        if wait:
            # The last of its steps is to listen.
            while self._process.poll() is None and not _listens(self.port):
                time.sleep(0.05)

    def kill(self) -> None:
        """As a lost machine would: nothing is finished or said."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None


def _listens(port: int) -> bool:
    with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
        return True
    return False


@contextmanager
def running(folder: Path) -> Iterator[LiteServer]:
    server = LiteServer(folder)
    server.start()
    try:
        yield server
    finally:
        server.kill()


@contextmanager
def silent_proxy(port: int, *, lets_pass: int) -> Iterator[int]:
    """The port of a way to ``port`` on which answers stop after ``lets_pass`` bytes of them."""
    listener = socket.create_server(("127.0.0.1", 0))
    passed = [0]

    def carry(source: socket.socket, target: socket.socket, *, answers: bool) -> None:
        with suppress(OSError):
            while data := source.recv(65_536):
                passed[0] += len(data) * answers
                if not answers or passed[0] <= lets_pass:
                    target.sendall(data)

    def serve() -> None:
        with suppress(OSError):
            while True:
                client, _ = listener.accept()
                server = socket.create_connection(("127.0.0.1", port))
                for source, target, answers in ((client, server, False), (server, client, True)):
                    threading.Thread(
                        target=carry,
                        args=(source, target),
                        kwargs={"answers": answers},
                        daemon=True,
                    ).start()

    threading.Thread(target=serve, daemon=True).start()
    try:
        yield listener.getsockname()[1]
    finally:
        listener.close()


class Watched:
    """Progress that calls ``then`` once so many passages are loaded."""

    def __init__(self, after: int = -1, then: object = None) -> None:
        self._after, self._then, self._done, self._loading = after, then, 0, False

    def stage(self, name: str, total: int) -> None:
        self._loading = name == "loading"

    def advance(self, count: int = 1) -> None:
        if not self._loading:
            return
        self._done += count
        if callable(self._then) and self._done >= self._after:
            then, self._then = self._then, None
            then()


QUIET: Progress = Watched()


def engine_at(uri: str, root: Path, *, seconds: float = 30.0, **more: object) -> MilvusEngine:
    values = {"alias": "rag", "kind": "FLAT", **more}
    return MilvusEngine(root, Server(uri, seconds=seconds), **values)  # type: ignore[arg-type]


def build(
    engine: MilvusEngine | FolderEngine,
    corpus: Path,
    stages: object,
    *,
    progress: Progress = QUIET,
    keep: int = 2,
) -> str:
    """Build, and the generation that is current then."""
    report = engine.build(
        corpus,
        stages,  # type: ignore[arg-type]
        progress=progress,
        say=lambda _: None,
        rebuild=False,
        keep=keep,
    )
    return report.generation


def in_folder(engine: MilvusEngine) -> FolderIndex:
    """What was built in the engine's folder."""
    return open_index(engine.root)
