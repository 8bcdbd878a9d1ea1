"""The two JSON files of an index: which generation is current, and what a generation holds.

Each is sealed: it carries the SHA-256 of the rest of itself, so that a changed byte in it shows.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from rag.errors import IndexUnusable
from rag.retrieval.catalogue import Counts, File, Manifest

FORMAT = 7
MANIFEST = "manifest.json"
DOCUMENTS = "documents.sqlite"
VECTORS = "vectors.faiss"
BM25 = "bm25"
TERMS = "terms"


def write_manifest(folder: Path, manifest: Manifest) -> None:
    """Write ``manifest`` into ``folder``. Raises OSError when that fails."""
    (folder / MANIFEST).write_bytes(seal({"format": FORMAT, **asdict(manifest)}))


def read_manifest(folder: Path) -> Manifest:
    """The manifest in ``folder``.

    Raises FileNotFoundError without one, IndexUnusable when it is damaged or of another format.
    """
    path = folder / MANIFEST
    values = read_sealed(path)
    if values.get("format") != FORMAT:
        raise IndexUnusable(
            f"The index in {folder} has format {values.get('format')} and this version reads "
            f"format {FORMAT}. Build it anew with `rag index --rebuild`."
        )
    try:
        return Manifest(
            generation=values["generation"],
            created=values["created"],
            corpus=values["corpus"],
            fingerprints=values["fingerprints"],
            counts=Counts(**values["counts"]),
            files={name: File(**file) for name, file in values["files"].items()},
        )
    except (KeyError, TypeError, AttributeError) as error:
        raise damaged(path, "it lacks what a manifest has") from error


def damaged(path: Path, what: str) -> IndexUnusable:
    """The error for a damaged file of the index."""
    return IndexUnusable(
        f"The index is damaged: {path} ({what}). Build it anew with `rag index --rebuild`."
    )


def read_sealed(path: Path) -> dict[str, Any]:
    """The values of a sealed file, or IndexUnusable; an OSError where there is none."""
    try:
        content = path.read_bytes()
    except (FileNotFoundError, NotADirectoryError):
        raise
    except OSError as error:
        raise IndexUnusable(
            f"{path} cannot be read ({error.strerror}). See that you may read this folder."
        ) from error
    try:
        values = json.loads(content)
        if isinstance(values, dict) and seal(values) == content:
            return {name: value for name, value in values.items() if name != "sha256"}
    except (ValueError, RecursionError):
        pass
    raise damaged(path, "its bytes are not those that were written")


def seal(values: Mapping[str, Any]) -> bytes:
    """``values`` as JSON in one canonical form, with the SHA-256 of that form as ``sha256``."""
    bare = {name: value for name, value in values.items() if name != "sha256"}
    digest = hashlib.sha256(_canonical(bare)).hexdigest()
    return _canonical({**bare, "sha256": digest})


def file_sha256(path: Path) -> str:
    """The SHA-256 of a file's bytes, hexadecimal. Raises OSError."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def stamped(path: Path) -> File:
    """What the manifest says of a finished file. Raises OSError."""
    status = path.stat()
    return File(status.st_size, file_sha256(path), status.st_mtime_ns)


def compare_sizes(folder: Path, manifest: Manifest) -> None:
    """Raise IndexUnusable if a file of the generation in ``folder`` is missing, cut or too long."""
    for name, file in manifest.files.items():
        try:
            size = (folder / name).stat().st_size
        except OSError as error:
            raise damaged(folder / name, error.strerror or "cannot be opened") from error
        if size != file.size:
            raise damaged(folder / name, f"{size} bytes instead of {file.size}")


def require_whole(folder: Path, manifest: Manifest, part: str) -> None:
    """Raise IndexUnusable if ``part``, a file or folder in ``folder``, is not what was written.

    Bytes are read only where the file system says that they were written at another time: a file
    that was copied, or changed. What a disk loses by itself ``rag verify`` finds.
    """
    for name, file in manifest.files.items():
        if name == part or name.startswith(f"{part}/"):
            path = folder / name
            try:
                changed = path.stat().st_mtime_ns != file.modified
                if changed and file_sha256(path) != file.sha256:
                    raise damaged(path, "its bytes are not those that were written")
            except OSError as error:
                raise damaged(path, error.strerror or "cannot be opened") from error


def digest_of(parts: Iterable[str]) -> str:
    """The SHA-256 of ``parts`` in their order, hexadecimal."""
    return hashlib.sha256(_canonical(list(parts))).hexdigest()


def _canonical(values: Any) -> bytes:
    return (json.dumps(values, indent=1, sort_keys=True) + "\n").encode("ascii")
