"""SHA-256 of the corpus's files, without reading those again that nobody has touched.

``hashes.json`` in the index's folder remembers digests by what the file system says of a file:
size, times of the last change of content and of inode, inode. A file changed so shortly before it
was read that a second change might bear the same times is not remembered, as in git's index.
"""

from __future__ import annotations

import os
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from rag.errors import IndexUnusable
from rag.index.manifest import file_sha256, read_sealed, seal
from rag.index.stages import Progress
from rag.index.walk import Found, clean
from rag.retrieval.catalogue import Skipped

_RACY_NS = 3_000_000_000
"""The coarsest clock of a file system, FAT's, ticks every two seconds."""

Stamp = tuple[int, ...]


@dataclass(frozen=True, slots=True)
class File:
    """A file of the corpus and the SHA-256 of its bytes."""

    found: Found
    sha256: str


@dataclass(slots=True)
class Hashes:
    """Digests by source, each with the file's stamp. A help: what cannot be read is not known."""

    path: Path
    corpus: str
    known: dict[str, tuple[Stamp, str]] = field(default_factory=dict)
    fresh: dict[str, tuple[Stamp, str]] = field(default_factory=dict)

    @classmethod
    def load(cls, root: Path, corpus: str, *, rebuild: bool) -> Hashes:
        """Those of the last build of ``corpus``; none with ``rebuild``."""
        hashes = cls(root / "hashes.json", corpus)
        with suppress(OSError, IndexUnusable, ValueError, TypeError):
            values = read_sealed(hashes.path)
            if values["corpus"] == corpus and not rebuild:
                hashes.known = {
                    source: (tuple(stamp), sha256)
                    for source, (stamp, sha256) in values["files"].items()
                }
        return hashes

    def sha256(self, found: Found) -> str:
        """The SHA-256 of a file's bytes, hexadecimal. Raises OSError."""
        begun, stamp = time.time_ns(), _stamp(found.path)
        known = self.known.get(found.source)
        if known is not None and known[0] == stamp and os.access(found.path, os.R_OK):
            self.fresh[found.source] = known
            return known[1]
        digest = file_sha256(found.path)
        after = _stamp(found.path)
        if after == stamp and max(stamp[1:3]) < begun - _RACY_NS:
            self.fresh[found.source] = (stamp, digest)
        return digest

    def save(self) -> None:
        """Remember what was asked for since ``load``, where there is room for it."""
        if self.fresh == self.known:
            return
        try:
            # A file half written is as good as none: it is sealed.
            self.path.write_bytes(seal({"corpus": self.corpus, "files": self.fresh}))
        except OSError:
            with suppress(OSError):
                self.path.unlink(missing_ok=True)


def hash_files(
    found: Sequence[Found], hashes: Hashes, progress: Progress
) -> tuple[list[File], list[Skipped]]:
    """The files with their digests, and those that cannot be opened."""
    progress.stage("hashing", len(found))
    files, skipped = [], []
    for one in found:
        try:
            files.append(File(one, hashes.sha256(one)))
        except OSError as error:
            skipped.append(Skipped(one.source, _cannot_open(error)))
        progress.advance()
    return files, skipped


def _stamp(path: Path) -> Stamp:
    status = path.stat()
    return (
        *(status.st_size, status.st_mtime_ns, status.st_ctime_ns),
        *(status.st_ino, status.st_dev),
    )


def _cannot_open(error: OSError) -> str:
    return f"cannot be opened: {error.strerror or clean(str(error))}"
