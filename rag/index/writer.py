"""Writing one generation into an empty folder."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Self

from rag.index.generations import next_name, publish, writing
from rag.index.journal import Journal
from rag.index.manifest import (
    BM25,
    DOCUMENTS,
    VECTORS,
    Counts,
    File,
    Manifest,
    digest_of,
    file_sha256,
    write_manifest,
)
from rag.index.reader import Index
from rag.index.stages import Progress, Skipped, Stages
from rag.index.store import StoreWriter
from rag.index.vectors import Vectors
from rag.schema import Chunk, Document
from rag.sparse import SparseBuilder


class GenerationWriter:
    """Takes documents in the order of their rows; ``publish`` makes them the current generation.

    Vectors of texts that ``reuse`` knows are taken from it.
    """

    def __init__(self, root: Path, folder: Path, stages: Stages, reuse: Index | None) -> None:
        self._root = root
        self._folder = folder
        self._stages = stages
        self._terms = SparseBuilder(stages.bm25)
        self._vectors = Vectors.reusing(reuse, stages.encoder)
        with writing(root):
            self._store = StoreWriter(folder / DOCUMENTS)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._store.close()

    def add(self, document: Document, chunks: Sequence[Chunk]) -> None:
        """The next document, with its chunks in the order of their rows."""
        keys = []
        for chunk in chunks:
            text = self._stages.describe(document, chunk)
            self._terms.add(self._stages.analyse(document, chunk))
            keys.append(self._vectors.add(text, chunk.language))
        with writing(self._root):
            self._store.add(document, chunks, keys)

    def publish(
        self, corpus: str, skipped: Sequence[Skipped], progress: Progress
    ) -> tuple[Manifest, int]:
        """Complete the generation and swap it in: its manifest, and how many texts were encoded."""
        with writing(self._root):
            self._store.finish(skipped)
        self._write_terms()
        progress.stage("encoding", len(self._vectors.texts))
        encoder = self._stages.encoder
        with Journal(self._root, encoder.fingerprint, encoder.dimension) as journal:
            encoded = self._write_vectors(journal, progress.advance)
            with writing(self._root):
                manifest = self._manifest(corpus)
                write_manifest(self._folder, manifest)
                publish(self._root, self._folder, manifest.generation)
            journal.discard()
        return manifest, encoded

    def _write_terms(self) -> None:
        sparse = self._terms.finish()
        # As large as the index itself, and not needed beside the vectors.
        del self._terms
        with writing(self._root):
            sparse.save(self._folder / BM25)

    def _write_vectors(self, journal: Journal, advance: Callable[[int], None]) -> int:
        # Here, because FAISS takes longer to import than most commands to run.
        from rag.dense import DenseIndex

        matrix, encoded = self._vectors.matrix(self._stages.encoder, journal, advance)
        dense = DenseIndex.build(matrix)
        with writing(self._root):
            dense.save(self._folder / VECTORS)
        return encoded

    def _manifest(self, corpus: str) -> Manifest:
        fingerprints = self._stages.all_fingerprints()
        files = {
            path.relative_to(self._folder).as_posix(): File(path.stat().st_size, file_sha256(path))
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
