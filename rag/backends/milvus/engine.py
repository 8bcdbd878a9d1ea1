"""Building in a folder, serving from a Milvus server."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from rag import index as folder
from rag.backends.milvus.connection import Server
from rag.backends.milvus.loading import current, drop, load, make_current, manifest_of, stored
from rag.backends.milvus.reader import open_generation
from rag.backends.milvus.verification import problems_of
from rag.errors import IndexUnusable, RagError
from rag.index import BuildReport, Index, Progress, Stages, open_index
from rag.index.generations import current_generation, number_of, writing
from rag.index.generations import make_current as make_current_in
from rag.index.lock import write_lock


@dataclass(frozen=True, slots=True)
class MilvusEngine:
    """Generations built in ``root`` and served by ``server`` under ``alias``.

    ``root`` is needed where the index is built, not where it is searched. ``kind`` is how the
    server indexes vectors, ``FLAT`` or ``HNSW``, of more than ``exact_up_to``; fewer are compared
    with all (a graph of few is not always connected). See ``rag.index.protocol.Engine``.
    """

    root: Path
    server: Server
    alias: str
    kind: str
    exact_up_to: int = 50_000

    def open(
        self, *, require: Mapping[str, str] | None = None, generation: str | None = None
    ) -> Index:
        """Open the generation that is served, or the one of that name."""
        return open_generation(self.server, self.alias, require=require, generation=generation)

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
        """Bring the folder up to date, load what it has onto the server, and swap it in.

        Until then the former generation is served; what a run that was killed has loaded is kept.
        """
        # A server that cannot be reached is told before hours of work, not after.
        current(self.server, self.alias)
        report = folder.build(
            self.root, corpus, stages, progress=progress, say=say, rebuild=rebuild, keep=keep
        )
        with write_lock(self.root), _still_served(), open_index(self.root) as index:
            kind = self.kind if len(index) > self.exact_up_to else "FLAT"
            load(self.server, self.alias, index, kind, progress)
            make_current(self.server, self.alias, index.generation)
            needed = {index.generation, *folder.generations(self.root)}
            for name, collections in stored(self.server, self.alias).items():
                if name not in needed:
                    drop(self.server, collections)
        return report

    def verify(self) -> tuple[str | None, list[str]]:
        """Read back every row that is served, and compare with what was loaded."""
        try:
            name = current(self.server, self.alias)
            if name is None:
                self.open()
            return name, problems_of(self.server, self.alias, str(name))
        except IndexUnusable as error:
            return None, [str(error)]

    def rollback(self) -> str:
        """Serve the generation before the current one, in the folder and on the server.

        Raises RagError when there is none or one of the two has it no longer whole.
        """
        before = current_generation(self.root)
        earlier = [n for n in folder.generations(self.root) if number_of(n) < number_of(before)]
        if earlier and manifest_of(self.server, self.alias, earlier[-1]) is None:
            raise RagError(
                f"The earlier generation {earlier[-1]} is not whole on the Milvus server at "
                f"{self.server.uri}. Nothing was changed; rebuild it from its reports with "
                "`rag index`."
            )
        name = folder.rollback(self.root)
        try:
            make_current(self.server, self.alias, name)
        except BaseException:
            with writing(self.root):
                make_current_in(self.root, before)
            raise
        return name

    def generations(self) -> list[str]:
        """The names of all generations that are whole on the server, earliest first."""
        names = stored(self.server, self.alias)
        whole = [n for n in names if manifest_of(self.server, self.alias, n) is not None]
        return sorted(whole, key=number_of)


@contextmanager
def _still_served() -> Iterator[None]:
    try:
        yield
    except IndexUnusable as error:
        raise RagError(
            f"{error} The former generation is still served; `rag index` goes on where this "
            "stopped."
        ) from error
