"""Proving that an index is what was built, and going back to the one before."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from rag.errors import IndexUnusable, RagError
from rag.index.generations import (
    current_generation,
    generation_folder,
    generations,
    lease,
    make_current,
    number_of,
    writing,
)
from rag.index.lock import write_lock
from rag.index.manifest import (
    BM25,
    DOCUMENTS,
    MANIFEST,
    VECTORS,
    damaged,
    file_sha256,
    read_manifest,
)
from rag.index.store import connect
from rag.retrieval.catalogue import Manifest

_AT_ONCE = 8192


def verify(root: Path) -> tuple[str | None, list[str]]:
    """Read every byte of the current generation of the index in ``root``.

    Returns its name, None where that cannot be told, and what is wrong with it, one sentence a
    problem: none at all if sizes and SHA-256 of all files are those of the manifest, the database
    is sound, texts, vectors and terms have the same number of rows, and vectors have length 1.
    """
    try:
        name = current_generation(root)
    except IndexUnusable as error:
        return None, [str(error)]
    folder = generation_folder(root, name)
    try:
        with lease(folder):
            manifest = read_manifest(folder)
            problems = [*changed_files(folder, manifest)]
            if manifest.generation != name:
                problems.append(f"{folder / MANIFEST} is that of another generation.")
            # Only bytes known to be right are parsed.
            return name, problems or [*_contradictions(folder, manifest)]
    except FileNotFoundError:
        return name, [str(damaged(folder, "the current generation is missing"))]
    except IndexUnusable as error:
        return name, [str(error)]


def rollback(root: Path) -> str:
    """Make the generation before the current one current, and return its name.

    Raises RagError when there is none before it or it is damaged; then nothing has changed.
    """
    with write_lock(root):
        current = current_generation(root)
        earlier = [name for name in generations(root) if number_of(name) < number_of(current)]
        if not earlier:
            raise RagError(f"There is no earlier generation of the index in {root} to go back to.")
        folder = generation_folder(root, earlier[-1])
        try:
            problems = [*changed_files(folder, read_manifest(folder))]
        except FileNotFoundError:
            problems = [f"{folder / MANIFEST} is missing."]
        if problems:
            raise IndexUnusable(
                f"The earlier generation {earlier[-1]} is damaged: {problems[0]} "
                "The index was left as it is."
            )
        with writing(root):
            make_current(root, earlier[-1])
        return earlier[-1]


def changed_files(folder: Path, manifest: Manifest) -> Iterator[str]:
    """A sentence for each file of ``manifest`` that is not, byte for byte, what was written."""
    for name, file in sorted(manifest.files.items()):
        path = folder / name
        try:
            size = path.stat().st_size
            if size != file.size:
                yield f"{path} has {size} bytes instead of {file.size}."
            elif file_sha256(path) != file.sha256:
                yield f"{path} has been changed: its SHA-256 is not that of the manifest."
        except FileNotFoundError:
            yield f"{path} is missing."
        except OSError as error:
            yield f"{path} cannot be read: {error.strerror}."


def _contradictions(folder: Path, manifest: Manifest) -> Iterator[str]:
    counts = manifest.counts
    yield from _database(folder / DOCUMENTS, manifest)
    from rag.retrieval.dense import DenseIndex
    from rag.retrieval.sparse import SparseIndex

    try:
        dense = DenseIndex.load(folder / VECTORS)
        sparse = SparseIndex.load(folder / BM25)
    except (OSError, ValueError) as error:
        yield f"{folder} cannot be searched: {error}."
        return
    if (len(dense), dense.dimension) != (counts.chunks, counts.dimension):
        yield f"{folder / VECTORS} does not have {counts.chunks} rows of {counts.dimension}."
        return
    if len(sparse) != counts.chunks:
        yield f"{folder / BM25} has {len(sparse)} rows instead of {counts.chunks}."
    for start in range(0, len(dense), _AT_ONCE):
        rows = np.arange(start, min(start + _AT_ONCE, len(dense)))
        lengths = np.linalg.norm(dense.reconstruct(rows), axis=1)
        if not np.allclose(lengths, 1, atol=1e-3):
            yield f"{folder / VECTORS} holds vectors whose length is not 1."
            return


def _database(path: Path, manifest: Manifest) -> Iterator[str]:
    counts = manifest.counts
    try:
        connection = connect(path)
        try:
            for (line,) in connection.execute("PRAGMA integrity_check").fetchall():
                if line != "ok":
                    yield f"{path}: {line}."
            found = connection.execute(
                "SELECT (SELECT count(*) FROM documents), "
                "(SELECT coalesce(sum(page_count), 0) FROM documents), "
                "(SELECT count(*) FROM chunks), (SELECT coalesce(max(row), -1) FROM chunks)"
            ).fetchone()
        finally:
            connection.close()
    except sqlite3.Error as error:
        yield f"{path} is no sound database: {error}."
        return
    if found != (counts.documents, counts.pages, counts.chunks, counts.chunks - 1):
        yield f"{path} does not hold as many documents, pages and chunks as the manifest says."
