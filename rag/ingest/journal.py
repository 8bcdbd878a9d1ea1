"""What was read in a build that is under way, so that one that was interrupted reads on.

``read.partial`` begins with the SHA-256 of the readers' fingerprint; then follow records: a key
(32 bytes), the length of the content (4) and the CRC-32 of both, then the content and the CRC-32
of key and content. What a killed build left half-written ends the file; a record whose content is
damaged is as good as none.
"""

from __future__ import annotations

import hashlib
import struct
import zlib
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO, Self

_KEY = 32
_HEAD = struct.Struct("<32sII")
_CRC = struct.Struct("<I")


class ReadingJournal:
    """Keeps contents by key until ``discard``. One thread at a time uses it.

    It is a help and no more: when it cannot be read or written, it holds nothing.
    """

    def __init__(self, path: Path, fingerprint: str) -> None:
        self._path = path
        self._header = hashlib.sha256(fingerprint.encode()).digest()
        self._places: dict[bytes, tuple[int, int]] | None = None
        self._file: BinaryIO | None = None
        self._given_up = False

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the file, which stays."""
        if self._file is not None:
            with suppress(OSError):
                self._file.close()
        self._file, self._places = None, None

    def get(self, key: bytes) -> bytes | None:
        """The content kept under ``key`` (32 bytes), or None."""
        place = self._known().get(key)
        if place is None or self._file is None:
            return None
        at, length = place
        try:
            self._file.seek(at)
            content = self._file.read(length)
            (crc,) = _CRC.unpack(self._file.read(_CRC.size))
        except (OSError, struct.error):
            return None
        return content if len(content) == length and crc == zlib.crc32(key + content) else None

    def add(self, key: bytes, content: bytes) -> None:
        """Keep ``content`` under ``key``."""
        places = self._known()
        if self._given_up:
            return
        try:
            if self._file is None:
                self._file = self._path.open("w+b")
                self._file.write(self._header)
            at = self._file.seek(0, 2)
            check = zlib.crc32(key + struct.pack("<I", len(content)))
            self._file.write(_HEAD.pack(key, len(content), check) + content)
            self._file.write(_CRC.pack(zlib.crc32(key + content)))
            self._file.flush()
            places[key] = (at + _HEAD.size, len(content))
        except OSError:
            # Most likely the disk is full: leave the room to the index itself.
            self._given_up = True
            self.discard()

    def discard(self) -> None:
        """Forget everything."""
        self.close()
        with suppress(OSError):
            self._path.unlink(missing_ok=True)

    def _known(self) -> dict[bytes, tuple[int, int]]:
        """Where every content lies; what is after the last whole record is cut off."""
        if self._places is None:
            self._places = {}
            with suppress(OSError):
                file = self._path.open("r+b")
                if file.read(_KEY) == self._header:
                    self._file = file
                    file.truncate(self._scan(file))
                else:
                    file.close()
        return self._places

    def _scan(self, file: BinaryIO) -> int:
        places = self._places if self._places is not None else {}
        size, at = file.seek(0, 2), _KEY
        while at + _HEAD.size + _CRC.size <= size:
            file.seek(at)
            key, length, check = _HEAD.unpack(file.read(_HEAD.size))
            end = at + _HEAD.size + length + _CRC.size
            if check != zlib.crc32(key + struct.pack("<I", length)) or end > size:
                break
            places[key] = (at + _HEAD.size, length)
            at = end
        return at
