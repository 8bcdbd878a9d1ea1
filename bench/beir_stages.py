"""The stages of a build over a BEIR data set: a hundred passages a report, each one a chunk."""

from __future__ import annotations

from collections.abc import Callable, Generator, Sequence
from pathlib import Path

import numpy as np

from bench.synthetic import Vectors
from rag.evaluation.beir_run import Ranker
from rag.index import Stages
from rag.ingest import Outcome, ReadingJournal, Source
from rag.retrieval.sparse import Bm25
from rag.schema import Chunk, Document, Page, Reading
from rag.text.terms import terms

_A_REPORT = 100


class BeirStages:
    """The passages of ``ranker`` with their ``ids``, in the order of the data set."""

    fingerprint = "beir"

    def __init__(self, ranker: Ranker, ids: Sequence[str], bm25: Bm25) -> None:
        self._texts, self._languages, self._ids = ranker.texts, ranker.languages, ids
        self._vectors = ranker.vectors()
        self._bm25 = bm25
        self._number = {name: number for number, name in enumerate(ids)}

    @property
    def dimension(self) -> int:
        return int(self._vectors.shape[1])

    def write(self, folder: Path) -> Path:
        """A file for each report in ``folder``."""
        folder.mkdir(parents=True, exist_ok=True)
        for first in range(0, len(self._ids), _A_REPORT):
            (folder / f"{first:09}.txt").write_text(str(first))
        return folder

    def stages(self) -> Stages:
        """For ``rag.index.build``."""
        return Stages(
            read_all=self._read_all,
            detect_language=lambda _: "en",
            chunk=self._chunk,
            describe=lambda _, chunk: chunk.id,
            analyse=lambda _, chunk: terms(chunk.text, chunk.language),
            encoder=self,
            suffixes=frozenset({".txt"}),
            fingerprints={"readers": "1", "chunking": "1", "analysis": "1"},
            bm25=self._bm25,
        )

    def encode_passages(
        self,
        texts: Sequence[str],
        languages: Sequence[str],
        progress: Callable[[int], None] | None,
    ) -> Vectors:
        """The vectors of passages described by their ids."""
        if progress:
            progress(len(texts))
        return np.array(self._vectors[[self._number[text] for text in texts]])

    def _read_all(self, files: Sequence[Source], _: ReadingJournal) -> Generator[Outcome]:
        for file in files:
            text = "\n\n".join(self._texts[i] for i in self._part(int(file.path.read_text())))
            pages = (Page(1, 0, len(text)),)
            yield Outcome(file.path, file.sha256, Reading(text, pages))

    def _part(self, first: int) -> range:
        return range(first, min(first + _A_REPORT, len(self._ids)))

    def _chunk(self, document: Document) -> list[Chunk]:
        chunks, start = [], 0
        for i in self._part(int(document.name)):
            end = start + len(self._texts[i])
            # A section of its own: neighbours are not joined.
            section = (self._ids[i],)
            chunks.append(
                Chunk(
                    self._ids[i],
                    document.name,
                    start,
                    end,
                    self._texts[i],
                    self._languages[i],
                    section,
                )
            )
            start = end + 2
        return chunks
