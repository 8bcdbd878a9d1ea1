"""Vectors of a build that is under way, so that one that was interrupted need not start anew.

``encoded.partial`` begins with the SHA-256 of model and dimension; then follow records of the
text's digest (32 bytes), the vector (float32) and the CRC-32 of both. What a killed build left
half-written ends the file.
"""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO, Self

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]

_DIGEST = 32
_CRC = 4


class Journal:
    """Keeps vectors in the index's folder until ``discard``. Only the writer uses it.

    It is a help, not a part of the index: when it cannot be read or written, it holds nothing.
    """

    def __init__(self, root: Path, model: str, dimension: int) -> None:
        self._path = _path(root)
        self._dimension = dimension
        self._header = hashlib.sha256(f"{dimension}\0{model}".encode()).digest()
        self._file: BinaryIO | None = None
        self._given_up = False

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._file is not None:
            with suppress(OSError):
                self._file.close()

    def vectors(self) -> dict[bytes, Floats]:
        """The vectors it holds, by the digest of their text."""
        try:
            content = self._path.read_bytes()
        except OSError:
            return {}
        if not content.startswith(self._header):
            return {}
        found: dict[bytes, Floats] = {}
        body = _DIGEST + 4 * self._dimension
        for start in range(_DIGEST, len(content) - body - _CRC + 1, body + _CRC):
            record = content[start : start + body]
            if _crc(record) != content[start + body : start + body + _CRC]:
                break
            found[record[:_DIGEST]] = np.frombuffer(record, "<f4", offset=_DIGEST)
        return found

    def add(self, keys: Sequence[bytes], vectors: Floats) -> None:
        """Keep the ``vectors`` (n, d) of the texts with these digests."""
        if self._given_up:
            return
        records = [
            key + row.tobytes() for key, row in zip(keys, vectors.astype("<f4"), strict=True)
        ]
        try:
            if self._file is None:
                self._file = self._open()
            self._file.write(b"".join(record + _crc(record) for record in records))
            self._file.flush()
        except OSError:
            # Most likely the disk is full: leave the room to the index itself.
            self._given_up = True
            self.discard()

    def discard(self) -> None:
        """Forget everything."""
        with suppress(OSError):
            if self._file is not None:
                self._file.close()
        forget(self._path.parent)

    def _open(self) -> BinaryIO:
        whole = len(self.vectors()) * (_DIGEST + 4 * self._dimension + _CRC)
        if not whole:
            fresh = self._path.open("wb")
            fresh.write(self._header)
            return fresh
        file = self._path.open("r+b")
        file.truncate(_DIGEST + whole)
        file.seek(_DIGEST + whole)
        return file


def forget(root: Path) -> None:
    """Remove the journal in ``root``, if there is one."""
    with suppress(OSError):
        _path(root).unlink(missing_ok=True)


def _path(root: Path) -> Path:
    return root / "encoded.partial"


def _crc(record: bytes) -> bytes:
    return zlib.crc32(record).to_bytes(_CRC, "little")
