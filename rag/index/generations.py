"""Generations as folders: which is current, swapping, and removing what is no longer needed."""

from __future__ import annotations

import os
import re
import shutil
import sqlite3
from collections.abc import Collection, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from rag.errors import IndexUnusable, RagError
from rag.index.manifest import MANIFEST, read_sealed, seal

try:
    import fcntl
except ImportError:  # Windows, where an open file cannot be removed anyway
    fcntl = None  # type: ignore[assignment]

_NAME = re.compile(r"(\d{6,})-[0-9a-f]{8}")
_BUILDING = ".building-"
_REMOVED = ".removed-"


def current_file(root: Path) -> Path:
    """The file that names the current generation."""
    return root / "current.json"


def generation_folder(root: Path, name: str) -> Path:
    """The folder of the generation ``name``."""
    return root / "generations" / name


def current_generation(root: Path) -> str:
    """The name of the current generation; IndexUnusable where there is none or it is damaged."""
    try:
        name = read_sealed(current_file(root)).get("generation")
    except (FileNotFoundError, NotADirectoryError):
        raise IndexUnusable(
            f"There is no index in {root}. Build one from your reports with `rag index`."
        ) from None
    if not isinstance(name, str) or not _NAME.fullmatch(name):
        raise IndexUnusable(
            f"The index is damaged: {current_file(root)} names no generation. "
            "Build it anew with `rag index --rebuild`."
        )
    return name


def number_of(name: str) -> int:
    """The number of the generation ``name``; a later build has a higher one."""
    return int(name.partition("-")[0])


def generations(root: Path) -> list[str]:
    """The names of all whole generations, earliest first."""
    folder = root / "generations"
    if not folder.is_dir():
        return []
    return sorted((p.name for p in folder.iterdir() if _NAME.fullmatch(p.name)), key=number_of)


@contextmanager
def building(root: Path) -> Iterator[Path]:
    """An empty folder to build a generation in, where readers never look.

    It is removed at the end, unless it was published. What killed builds left goes as well.
    """
    folder = root / "generations" / f"{_BUILDING}{os.getpid()}"
    with writing(root):
        _sweep(root)
        folder.mkdir(parents=True)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def next_name(root: Path, digest: str) -> str:
    """The name of the next generation; ``digest`` is of its content."""
    number = 1 + max((number_of(name) for name in generations(root)), default=0)
    return f"{number:06}-{digest[:8]}"


def publish(root: Path, folder: Path, name: str) -> None:
    """Make the ``folder`` that was built the current generation, called ``name``.

    Everything is on disk before the one step that makes it current; when this raises OSError,
    the former generation still is.
    """
    for path in (*folder.rglob("*"), folder):
        _to_disk(path)
    published = generation_folder(root, name)
    folder.rename(published)
    try:
        _to_disk(published.parent)
        make_current(root, name)
    except BaseException:
        shutil.rmtree(published, ignore_errors=True)
        raise


def make_current(root: Path, name: str) -> None:
    """Let ``current.json`` name the generation ``name``, in one step."""
    target = current_file(root)
    fresh = target.with_suffix(".tmp")
    try:
        with fresh.open("wb") as file:
            file.write(seal({"generation": name}))
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(target)
    except BaseException:
        with suppress(OSError):
            fresh.unlink(missing_ok=True)
        raise
    with suppress(OSError):
        _to_disk(root)


def lease(folder: Path) -> BinaryIO:
    """Hold the generation in ``folder`` until the returned file is closed.

    Raises FileNotFoundError when it is gone or about to go.
    """
    file = (folder / MANIFEST).open("rb")
    if not _lock(file, shared=True) or not (folder / MANIFEST).exists():
        file.close()
        raise FileNotFoundError(folder)
    return file


def prune(root: Path, keep: Collection[str]) -> None:
    """Remove the generations not in ``keep`` that no reader holds.

    Only the writer calls this. What cannot be removed now is left for the next time.
    """
    folder = root / "generations"
    for name in generations(root):
        if name not in keep:
            with suppress(OSError):
                _retire(folder, name)
    _sweep(root)


def _sweep(root: Path) -> None:
    for path in (root / "generations").glob(".*"):
        if path.name.startswith((_BUILDING, _REMOVED)):
            shutil.rmtree(path, ignore_errors=True)
    with suppress(OSError):
        current_file(root).with_suffix(".tmp").unlink(missing_ok=True)


@contextmanager
def writing(root: Path) -> Iterator[None]:
    """Turn what goes wrong on disk into an error for a person."""
    try:
        yield
    except (OSError, sqlite3.Error) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise RagError(
            f"The index in {root} could not be written: {reason}. What was there before is "
            "unchanged; make room or see that you may write there, and run `rag index` again."
        ) from error


def _retire(folder: Path, name: str) -> None:
    manifest = folder / name / MANIFEST
    if manifest.exists():
        with manifest.open("r+b") as file:
            if not _lock(file, shared=False):
                return
            # Renamed first: a reader finds all of a generation or nothing.
            (folder / name).rename(folder / f"{_REMOVED}{name}")
    else:
        (folder / name).rename(folder / f"{_REMOVED}{name}")


def _lock(file: BinaryIO, *, shared: bool) -> bool:
    """Whether the lock was got; where the file system has none, it always is."""
    if fcntl is None:
        return True
    try:
        fcntl.flock(file, (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError:
        return True
    return True


def _to_disk(path: Path) -> None:
    if path.is_dir() and os.name == "nt":
        return
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
