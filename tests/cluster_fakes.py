"""What the tests of clusters encode with, also in processes of their own; and a cluster of none."""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from index_fakes import FakeEncoder

from rag.errors import ModelError


class LoggingEncoder(FakeEncoder):
    """Writes how many texts it encoded, and by which process, to ``log``; dies once, if asked to.

    ``dies`` is a file that is there once a process has died over its second block.
    """

    def __init__(self, log: Path, dies: Path | None = None, seconds: float = 0.0) -> None:
        super().__init__()
        self._log, self._dies, self._seconds = log, dies, seconds
        self._blocks = 0

    def encode_passages(
        self, texts: Sequence[str], languages: Sequence[str], progress: Any = None
    ) -> Any:
        self._blocks += 1
        if self._dies is not None and self._blocks == 2 and not self._dies.exists():
            self._dies.touch()
            os.kill(os.getpid(), signal.SIGKILL)
        time.sleep(self._seconds)
        with self._log.open("a") as file:
            file.write(f"{os.getpid()} {len(texts)}\n")
        return super().encode_passages(texts, languages, progress)


def other_model() -> FakeEncoder:
    """Another model than that of the driver."""
    return FakeEncoder(fingerprint="other")


def failing() -> FakeEncoder:
    raise ModelError("The model is not on this machine.")


class NoCluster:
    """Does at once, here, what a cluster would; counts it. Lost workers are lost in ``fails``."""

    def __init__(self, fails: Callable[..., bool] = lambda *_: False) -> None:
        self.tasks = 0
        self._fails = fails

    def connect(self) -> Any:
        error = type("RayError", (Exception,), {})

        def get(reference: Any) -> Any:
            if isinstance(reference, Exception):
                raise reference
            return reference[0]

        def remote(**_: object) -> Any:
            def of(function: Callable[..., Any]) -> Any:
                def call(*arguments: Any) -> Any:
                    self.tasks += 1
                    if self._fails(*arguments):
                        return error("worker lost")
                    # A list is told from another with the same content by its identity.
                    return Reference([function(*arguments)])

                return SimpleNamespace(remote=call)

            return of

        return SimpleNamespace(
            remote=remote,
            get=get,
            wait=lambda found, **_: (found[-1:], found[:-1]),
            cancel=lambda _: None,
            exceptions=SimpleNamespace(RayError=error),
        )

    def cores(self) -> int:
        return 2

    def machines(self) -> int:
        return 1


class Reference(list[Any]):
    """Compared and hashed by identity."""

    __hash__ = object.__hash__  # type: ignore[assignment]
    __eq__ = object.__eq__


def main() -> None:
    """Build in a process of its own, which dies once so many texts are encoded."""
    from index_fakes import stages

    from rag.backends.ray import Cluster, ClusterEncoder
    from rag.index import build

    root, corpus, log, after = Path(sys.argv[1]), Path(sys.argv[2]), Path(sys.argv[3]), sys.argv[4]

    class Dying:
        done = 0

        def stage(self, name: str, total: int) -> None: ...

        def advance(self, count: int = 1) -> None:
            self.done += count
            if self.done >= int(after) and log.exists():
                os.kill(os.getpid(), signal.SIGKILL)

    make = Maker(log, seconds=0.2)
    with Cluster(processors=2) as cluster:
        encoder = ClusterEncoder(cluster, FakeEncoder(), make, actors=2)
        build(root, corpus, stages(encoder=encoder), progress=Dying())


class Maker:
    """Makes a ``LoggingEncoder`` on a worker."""

    def __init__(self, log: Path, dies: Path | None = None, seconds: float = 0.0) -> None:
        self._arguments = log, dies, seconds

    def __call__(self) -> LoggingEncoder:
        return LoggingEncoder(*self._arguments)


if __name__ == "__main__":
    main()
