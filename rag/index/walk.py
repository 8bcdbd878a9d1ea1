"""The files of a corpus, in an order that depends on their names alone."""

from __future__ import annotations

import os
import stat
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from rag.errors import CorpusError
from rag.retrieval.catalogue import Skipped

# Queries and settings kept beside the reports are no reports, and need no mention.
_COMPANIONS = frozenset({".jsonl", ".json", ".toml"})


@dataclass(frozen=True, slots=True)
class Found:
    """A file that may be a report. ``name`` and ``source`` are those of its document."""

    name: str
    source: str
    path: Path


@dataclass(frozen=True, slots=True)
class Listing:
    """What lies in a corpus, sorted by source.

    ``sidecars`` are its TOML files, by path relative to it. ``whole`` says that all of a folder
    is listed; else ``files`` is one file, named alone, and ``sidecars`` lie beside it.
    """

    files: tuple[Found, ...]
    skipped: tuple[Skipped, ...]
    sidecars: Mapping[str, Path] = field(default_factory=dict)
    whole: bool = True


def walk(corpus: Path, suffixes: frozenset[str], *, leave_out: Path | None = None) -> Listing:
    """List the reports in the folder ``corpus``, or the one file that it is.

    Left out without mention: hidden files and folders, ``~$…`` (an editor's lock files),
    ``*.json``, ``*.jsonl`` and the folder ``leave_out``; ``*.toml`` are listed apart. Links are
    followed where they stay within the corpus, folders entered once. Raises CorpusError when
    ``corpus`` does not exist, cannot be opened or holds no file with one of ``suffixes``.
    """
    try:
        mode = corpus.stat().st_mode
        if stat.S_ISDIR(mode):
            os.scandir(corpus).close()
    except OSError as error:
        raise CorpusError(
            f"The corpus {clean(corpus)} cannot be opened: {error.strerror}. "
            "Name the folder or file with your reports: `rag index CORPUS`."
        ) from error
    walker = _Walker(corpus, suffixes, leave_out)
    if stat.S_ISDIR(mode):
        walker.folder(corpus)
    else:
        walker.file(corpus, corpus.stat())
        walker.beside(corpus)
    if not walker.paths:
        formats = ", ".join(sorted(suffixes))
        raise CorpusError(
            f"There are no reports in {clean(corpus)}: none of its files ends in {formats}. "
            "Put reports there, or name another folder: `rag index CORPUS`."
        )
    names = document_names(walker.paths)
    return Listing(
        tuple(Found(names[s], s, walker.paths[s]) for s in sorted(walker.paths)),
        tuple(sorted(walker.skipped, key=lambda one: (one.source, one.reason))),
        walker.sidecars,
        stat.S_ISDIR(mode),
    )


def clean(path: Path | str) -> str:
    """``path`` as text that any encoding can carry, with forward slashes.

    Bytes of a file name that are not UTF-8, and lone surrogates, become backslash escapes.
    """
    text = path.as_posix() if isinstance(path, Path) else path
    try:
        raw = text.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:
        raw = text.encode("utf-8", "backslashreplace")
    return raw.decode("utf-8", "backslashreplace")


def document_names(sources: Iterable[str]) -> Mapping[str, str]:
    """The name of each source: without its last suffix, unless two would then share a name."""
    names = {source: _stem(source) for source in sources}
    while True:
        counts = Counter(names.values())
        shared = [s for s, name in names.items() if counts[name] > 1 and name != s]
        if not shared:
            return names
        names.update((source, source) for source in shared)


def _stem(source: str) -> str:
    folder, slash, file = source.rpartition("/")
    stem = file.rpartition(".")[0]
    return folder + slash + (stem or file)


class _Walker:
    def __init__(self, corpus: Path, suffixes: frozenset[str], leave_out: Path | None) -> None:
        self.paths: dict[str, Path] = {}
        self.sidecars: dict[str, Path] = {}
        self.skipped: list[Skipped] = []
        self._base = corpus if corpus.is_dir() else corpus.parent
        self._real_base = self._base.resolve()
        self._suffixes = suffixes
        self._leave_out = leave_out.resolve() if leave_out else None
        self._entered: set[tuple[int, int]] = set()

    def folder(self, top: Path) -> None:
        # Real folders first: one that can be reached by a link as well keeps its own name.
        pending: list[Path] = [top]
        linked: list[Path] = []
        while pending or linked:
            if not pending:
                pending.append(linked.pop(0))
            here = pending.pop()
            try:
                status = here.stat()
                if (key := (status.st_dev, status.st_ino)) in self._entered:
                    continue
                self._entered.add(key)
                if self._leave_out is not None and here.resolve() == self._leave_out:
                    continue
                entries = sorted(os.scandir(here), key=lambda entry: entry.name)
            except OSError as error:
                self._skip(here, f"cannot be opened: {error.strerror}")
                continue
            for entry in entries:
                if not entry.name.startswith((".", "~$")):
                    self._entry(Path(entry.path), entry.is_symlink(), pending, linked)
            linked.sort()

    def _entry(self, path: Path, is_link: bool, pending: list[Path], linked: list[Path]) -> None:
        try:
            status = path.stat()
        except OSError as error:
            if path.suffix.lower() not in _COMPANIONS:
                self._skip(path, self._why_not(is_link, error))
            return
        is_folder = stat.S_ISDIR(status.st_mode)
        if is_link and not path.resolve().is_relative_to(self._real_base):
            if is_folder or path.suffix.lower() not in _COMPANIONS:
                self._skip(path, "is a link to something outside the corpus")
        elif is_folder:
            (linked if is_link else pending).append(path)
        else:
            self.file(path, status)

    @staticmethod
    def _why_not(is_link: bool, error: OSError) -> str:
        return "is a link to nothing" if is_link else f"cannot be opened: {error.strerror}"

    def file(self, path: Path, status: os.stat_result) -> None:
        suffix = path.suffix.lower()
        if suffix in self._suffixes:
            if not stat.S_ISREG(status.st_mode):
                self._skip(path, "is not a regular file")
            elif (source := self._source(path)) in self.paths:
                self._skip(path, "has a name that cannot be told from another file's")
            else:
                self.paths[source] = path
        elif suffix == ".toml":
            self.sidecars[self._source(path)] = path
        elif suffix not in _COMPANIONS:
            self._skip(path, "is not in a format that is read")

    def beside(self, path: Path) -> None:
        """The TOML files that can speak for a corpus of one file."""
        for name in ("corpus.toml", f"{path.stem}.toml", f"{path.name}.toml"):
            one = path.with_name(name)
            if one.is_file():
                self.sidecars[self._source(one)] = one

    def _skip(self, path: Path, reason: str) -> None:
        self.skipped.append(Skipped(self._source(path), reason))

    def _source(self, path: Path) -> str:
        return clean(path.relative_to(self._base)) if path != self._base else "."
