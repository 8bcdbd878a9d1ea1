"""What is asked of whatever keeps the generations of an index: a folder, or a Milvus server."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Protocol

from rag.index.stages import BuildReport, Progress, Stages
from rag.retrieval.protocol import Index


class Engine(Protocol):
    """Where the generations of one index are kept, built and searched."""

    def open(
        self, *, require: Mapping[str, str] | None = None, generation: str | None = None
    ) -> Index:
        """Open the current generation, or the one of that name.

        Raises IndexUnusable, naming what mends it, where that cannot be done or it was not built
        with the fingerprints in ``require``.
        """

    def build(
        self,
        corpus: Path,
        stages: Stages,
        *,
        progress: Progress,
        say: Callable[[str], None],
        rebuild: bool,
        keep: int,
    ) -> BuildReport:
        """As ``rag.index.build``: what is current afterwards is served by this engine."""

    def verify(self) -> tuple[str | None, list[str]]:
        """The name of the current generation and what is wrong with it, a sentence a problem."""

    def rollback(self) -> str:
        """Make the generation before the current one current, and return its name."""

    def generations(self) -> list[str]:
        """The names of all whole generations, earliest first."""
