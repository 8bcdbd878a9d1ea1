"""The engine that needs no server: generations in a folder."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from rag.index.builder import build
from rag.index.generations import generations
from rag.index.reader import open_index
from rag.index.stages import BuildReport, Progress, Stages
from rag.index.verification import rollback, verify
from rag.retrieval.protocol import Index


@dataclass(frozen=True, slots=True)
class FolderEngine:
    """The generations in ``root``; see ``rag.index.protocol.Engine``."""

    root: Path

    def open(
        self, *, require: Mapping[str, str] | None = None, generation: str | None = None
    ) -> Index:
        """Open the current generation, or the one of that name."""
        return open_index(self.root, require=require, generation=generation)

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
        """Bring the index up to date with ``corpus``."""
        return build(
            self.root, corpus, stages, progress=progress, say=say, rebuild=rebuild, keep=keep
        )

    def verify(self) -> tuple[str | None, list[str]]:
        """Read every byte of the current generation."""
        return verify(self.root)

    def rollback(self) -> str:
        """Make the generation before the current one current, and return its name."""
        return rollback(self.root)

    def generations(self) -> list[str]:
        """The names of all whole generations, earliest first."""
        return generations(self.root)
