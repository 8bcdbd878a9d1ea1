"""Writing one generation into an empty folder."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import Self

from rag.index.cost_estimate import announce_other_model
from rag.index.generations import next_name, publish, writing
from rag.index.journal import Journal
from rag.index.manifest import BM25, DOCUMENTS, TERMS, VECTORS, digest_of, stamped, write_manifest
from rag.index.previous_generation import PreviousGeneration
from rag.index.stages import Progress, Stages, Verdict
from rag.index.store import StoreWriter
from rag.index.vectors import Vectors
from rag.retrieval.bm25 import check_parameters
from rag.retrieval.catalogue import (
    Correction,
    Counts,
    DetectedFacts,
    DocumentInfo,
    Manifest,
    Skipped,
)
from rag.retrieval.sparse import SparseIndex
from rag.retrieval.term_counts import TermCounter, TermCounts
from rag.schema import Chunk, Document


class GenerationWriter:
    """Takes documents in the order of their rows; ``publish`` makes them the current generation.

    What ``former`` has and would be made the same now is taken from it.
    """

    def __init__(
        self, root: Path, folder: Path, stages: Stages, former: PreviousGeneration
    ) -> None:
        check_parameters(stages.bm25)
        self._root = root
        self._folder = folder
        self._stages = stages
        self._former = former
        self._terms = TermCounter()
        reused = former.index if former.reusable else None
        self._vectors = Vectors.reusing(reused, stages.encoder)
        with writing(root):
            known = None if reused is None else reused.folder / DOCUMENTS
            self._store = StoreWriter(folder / DOCUMENTS, known)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._store.close()

    def add(
        self,
        document: Document,
        chunks: Sequence[Chunk],
        found: DetectedFacts,
        correction: Correction,
    ) -> None:
        """The next document, with its chunks in the order of their rows.

        It holds what ``correction`` made of what was ``found``.
        """
        keys = []
        for chunk in chunks:
            text = self._stages.describe(document, chunk)
            self._terms.add(self._stages.analyse(document, chunk))
            keys.append(self._vectors.add(text, chunk.language))
        with writing(self._root):
            self._store.add(document, chunks, keys, found, correction)

    def keep(self, info: DocumentInfo) -> None:
        """The next document is one that ``former`` has, with its chunks as they are there."""
        with writing(self._root):
            self._store.copy(info)
        first, last = info.first_row, info.first_row + info.chunks
        counts, vectors = self._known_terms, self._vectors
        if counts is not None:
            self._terms.take(counts, first, last)
        if vectors.former is not None:
            vectors.keep(first, last)
        if counts is None or vectors.former is None:
            document, chunks = self._former.cut(info)
            for chunk in chunks:
                if counts is None:
                    self._terms.add(self._stages.analyse(document, chunk))
                if vectors.former is None:
                    vectors.add(self._stages.describe(document, chunk), chunk.language)

    @cached_property
    def _known_terms(self) -> TermCounts | None:
        return self._former.term_counts()

    def publish(
        self,
        corpus: str,
        skipped: Sequence[Skipped],
        verdicts: Sequence[Verdict],
        progress: Progress,
        say: Callable[[str], None],
    ) -> tuple[Manifest, int]:
        """Complete the generation and swap it in: its manifest, and how many texts were encoded."""
        with writing(self._root):
            self._store.finish(skipped, verdicts)
        self._write_terms()
        encoder, vectors = self._stages.encoder, self._vectors
        if self._former.reusable and "model" in self._former.changed:
            announce_other_model(encoder, vectors.texts, vectors.languages, say)
        progress.stage("encoding", len(vectors.texts))
        with Journal(self._root, encoder.fingerprint, encoder.dimension) as journal:
            encoded = self._write_vectors(journal, progress.advance)
            with writing(self._root):
                manifest = self._manifest(corpus)
                write_manifest(self._folder, manifest)
                publish(self._root, self._folder, manifest.generation)
            journal.discard()
        return manifest, encoded

    def _write_terms(self) -> None:
        counts = self._terms.finish()
        sparse = SparseIndex.of(counts, self._stages.bm25)
        # As large as the index itself, and not needed beside the vectors.
        del self._terms
        with writing(self._root):
            counts.save(self._folder / TERMS)
            sparse.save(self._folder / BM25)

    def _write_vectors(self, journal: Journal, advance: Callable[[int], None]) -> int:
        # Here, because FAISS takes longer to import than most commands to run.
        from rag.retrieval.dense import DenseIndex

        matrix, encoded = self._vectors.matrix(self._stages.encoder, journal, advance)
        dense = DenseIndex.build(matrix)
        with writing(self._root):
            dense.save(self._folder / VECTORS)
        return encoded

    def _manifest(self, corpus: str) -> Manifest:
        fingerprints = self._stages.all_fingerprints()
        files = {
            path.relative_to(self._folder).as_posix(): stamped(path)
            for path in sorted(self._folder.rglob("*"))
            if path.is_file()
        }
        content = [
            *(f"{name} {file.sha256}" for name, file in sorted(files.items())),
            *(f"{key} {value}" for key, value in sorted(fingerprints.items())),
        ]
        store = self._store
        return Manifest(
            generation=next_name(self._root, digest_of(content)),
            created=datetime.now(UTC).isoformat(timespec="seconds"),
            corpus=corpus,
            fingerprints=fingerprints,
            counts=Counts(store.documents, store.pages, store.rows, self._stages.encoder.dimension),
            files=files,
        )
