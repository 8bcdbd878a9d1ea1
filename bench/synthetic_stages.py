"""The stages of a build over made-up reports: ``rag.index.build`` without reading and encoding."""

from __future__ import annotations

from collections.abc import Callable, Generator, Sequence
from pathlib import Path

import numpy as np

from bench.synthetic import PASSAGES_A_PAGE, Synthetic, Vectors
from rag.index import Stages
from rag.ingest import Outcome, ReadingJournal, Source
from rag.retrieval.sparse import Bm25
from rag.schema import Chunk, Document, Facts, Heading, Page, Reading
from rag.text.languages import detect


class SyntheticStages:
    """The stages of a build over files that hold a report's number; nothing is encoded."""

    fingerprint = "synthetic"

    def __init__(self, corpus: Synthetic, dimension: int) -> None:
        self.corpus = corpus
        self.dimension = dimension
        self._report = -1
        self._terms: list[list[str]] = []

    def write(self, folder: Path) -> Path:
        """A file for each report in ``folder``."""
        folder.mkdir(parents=True, exist_ok=True)
        for report in range(self.corpus.reports):
            (folder / f"{report:06}.txt").write_text(str(report))
        return folder

    def stages(self) -> Stages:
        """For ``rag.index.build``."""
        return Stages(
            read_all=self._read_all,
            detect_language=lambda text: detect(text[:400]),
            chunk=self._chunk,
            describe=lambda document, chunk: f"{document.name} {chunk.start}",
            analyse=self._analyse,
            encoder=self,
            suffixes=frozenset({".txt"}),
            fingerprints={"readers": "1", "chunking": "1", "analysis": "1"},
            bm25=Bm25(k1=0.6),
        )

    def encode_passages(
        self,
        texts: Sequence[str],
        languages: Sequence[str],
        progress: Callable[[int], None] | None,
    ) -> Vectors:
        """The vectors of described passages, in the order they were described."""
        made = np.empty((len(texts), self.dimension), np.float32)
        for i, text in enumerate(texts):
            name, start = text.split()
            if int(name) != self._report:
                self._report, self._vectors = int(name), self.corpus.vectors(int(name))
                self._seen: dict[str, int] = {}
            made[i] = self._vectors[self._seen.setdefault(start, len(self._seen))]
        if progress:
            progress(len(texts))
        return made

    def _read_all(self, files: Sequence[Source], _: ReadingJournal) -> Generator[Outcome]:
        for file in files:
            yield Outcome(file.path, file.sha256 or "", self._read(file.path))

    def _read(self, path: Path) -> Reading:
        _, texts, self._terms = self.corpus.texts(int(path.read_text()))
        pages, start = [], 0
        for number, first in enumerate(range(0, len(texts), PASSAGES_A_PAGE), 1):
            length = len("\n".join(texts[first : first + PASSAGES_A_PAGE]))
            pages.append(Page(number, start, start + length, str(number)))
            start += length + 1
        facts = Facts(f"Report {path.stem}", f"Issuer {path.stem[-2:]}", "report", "2024")
        return Reading("\n".join(texts), tuple(pages), (Heading(0, 5, 1, texts[0][:5]),), (), facts)

    def _analyse(self, _: Document, chunk: Chunk) -> Sequence[str]:
        return self._terms[int(chunk.id.rsplit("-", 1)[1])]

    def _chunk(self, document: Document) -> list[Chunk]:
        chunks, start = [], 0
        for number, text in enumerate(document.text.split("\n")):
            end = start + len(text)
            chunks.append(
                Chunk(
                    f"{document.name}-{number}",
                    document.name,
                    start,
                    end,
                    text,
                    document.language,
                    ("Section",),
                    "",
                )
            )
            start = end + 1
        return chunks
