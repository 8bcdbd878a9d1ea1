"""Reports coming into the corpus folder and leaving it, one whole file at a time."""

from __future__ import annotations

import os
import secrets
import shutil
import time
import unicodedata
from collections.abc import Callable, Collection
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO

from rag.errors import RagError

MOST = 10_000
"""Files that the folder may hold before more are refused."""

_PART = ".upload-"
_STALE = 3600
_SPARE = 64 << 20


class AlreadyThere(RagError):
    """A report of that name is there, and it was not asked to replace it."""


class CorpusFolder:
    """The folder ``path``. ``check`` is given a file's content and its suffix in lower case.

    ``check`` raises RagError where that is no report. ``largest`` is in bytes. Safe to share by
    threads and with builds that read the folder: a file is there whole or not at all.
    """

    def __init__(
        self,
        path: Path,
        check: Callable[[bytes, str], object],
        *,
        suffixes: Collection[str],
        largest: int,
    ) -> None:
        self.path = path
        self.suffixes = suffixes
        self.largest = largest
        self._check = check

    @property
    def editable(self) -> bool:
        """Whether reports can be put there: a corpus may be a single file."""
        return self.path.is_dir()

    def receive(self, name: str, *, replace: bool = False) -> Reception:
        """Begin to take in a report under a name that ``clean_name`` gave.

        Raises AlreadyThere where there is one of that name, whatever the case of its letters, and
        RagError where the folder takes no more.
        """
        if not self.editable:
            raise RagError("The corpus is a single file; reports cannot be added to it.")
        self._tidy()
        entries = [entry.name for entry in self.path.iterdir()]
        if len(entries) >= MOST:
            raise RagError(f"The library has {MOST} files, which is as many as it takes.")
        there = next((one for one in entries if _same(one, name)), None)
        if there is not None and not replace:
            raise AlreadyThere(f"There is a report called {name} already.")
        return Reception(self, self.path / (there or name), replace=replace)

    def place(self, part: Path, target: Path, *, replace: bool) -> None:
        """Check the file ``part`` and give it its name. Raises RagError where it is no report."""
        self._check(part.read_bytes(), target.suffix.lower())
        if replace:
            part.replace(target)
            return
        try:
            target.hardlink_to(part)
        except FileExistsError:
            raise AlreadyThere(f"There is a report called {target.name} already.") from None
        except OSError:
            # Not every file system has hard links; there a name is claimed before it is filled.
            self._claim(part, target)

    def remove(self, source: str) -> None:
        """Delete the report at the path ``source`` within the folder. Raises RagError."""
        path = self.path / source
        try:
            inside = path.parent.resolve().is_relative_to(self.path.resolve())
            if not inside or path.suffix.lower() not in self.suffixes or not path.is_file():
                raise RagError(f"There is no report {source} in the library.")
            path.unlink()
        except (OSError, ValueError) as error:
            raise RagError(f"{source} cannot be deleted: {error}.") from error

    def room(self, size: int) -> None:
        """Raise RagError where ``size`` bytes are more than is taken or than there is room for."""
        if size > self.largest:
            raise RagError(f"The file is larger than {self.largest >> 20} MB, which is the limit.")
        if shutil.disk_usage(self.path).free < size + _SPARE:
            raise RagError("There is no room for it on the server's disk.")

    def _claim(self, part: Path, target: Path) -> None:
        try:
            os.close(os.open(target, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o644))
        except FileExistsError:
            raise AlreadyThere(f"There is a report called {target.name} already.") from None
        part.replace(target)

    def _tidy(self) -> None:
        """Remove what senders left half sent."""
        for part in self.path.glob(f"{_PART}*"):
            with suppress(OSError):
                if time.time() - part.stat().st_mtime > _STALE:
                    part.unlink()


class Reception:
    """A report that is being sent: written piece by piece, then kept or, without that, forgotten.

    A hidden file in the folder holds what has come so far; builds pass such files over.
    """

    def __init__(self, folder: CorpusFolder, target: Path, *, replace: bool) -> None:
        self._folder = folder
        self._target = target
        self._replace = replace
        self._part = folder.path / f"{_PART}{secrets.token_hex(8)}"
        self._file: BinaryIO | None = None
        self._size = 0

    def __enter__(self) -> Reception:
        self._file = self._part.open("xb")
        return self

    def __exit__(self, *_: object) -> None:
        if self._file is not None:
            self._file.close()
        self._part.unlink(missing_ok=True)

    @property
    def source(self) -> str:
        """What the report is called in the corpus."""
        return self._target.name

    def write(self, piece: bytes) -> None:
        """Add a piece. Raises RagError where it becomes too large, OSError where the disk is."""
        assert self._file is not None
        self._size += len(piece)
        self._folder.room(self._size)
        self._file.write(piece)

    def keep(self) -> None:
        """Put the whole file into the folder; raises RagError where it is no report."""
        assert self._file is not None
        self._file.flush()
        os.fsync(self._file.fileno())
        self._file.close()
        self._folder.place(self._part, self._target, replace=self._replace)


def _same(one: str, other: str) -> bool:
    return _key(one) == _key(other)


def _key(name: str) -> str:
    return unicodedata.normalize("NFC", name).casefold()
