"""Small stand-ins for the stages of a build: plain text files, one paragraph a chunk."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np

from rag.errors import ReadError
from rag.index import Stages
from rag.ingest import Outcome, ReadingJournal, Source
from rag.schema import Chunk, Document, Facts, Heading, Page, Reading, Table


def read(path: Path) -> Reading:
    """UTF-8 text; form feeds end pages, and a first line ``issuer|kind|date`` gives the facts."""
    try:
        text = path.read_bytes().decode("utf-8", "surrogatepass")
    except UnicodeDecodeError as error:
        raise ReadError("is not UTF-8 text") from error
    if not text:
        raise ReadError("is empty")
    pages, start = [], 0
    for number, part in enumerate(text.split("\f"), 1):
        pages.append(Page(number, start, start + len(part), f"p. {number}"))
        start += len(part) + 1
    first = text.partition("\n")[0]
    facts = Facts("", *first.split("|")) if first.count("|") == 2 else Facts()
    heading = Heading(0, len(first), 1, first)
    return Reading(text, tuple(pages), (heading,), (Table(0, len(first), 0),), facts, ("a note",))


def read_all(read: Callable[[Path], Reading] = read) -> Any:
    """``read`` for many files: what it raises is why there is no reading.

    A ReadError is of the bytes and will be raised again; other errors may be gone next time.
    """

    def all_of(files: Sequence[Source], journal: ReadingJournal) -> Generator[Outcome]:
        for file in files:
            try:
                data = file.path.read_bytes()
                reading = read(file.path)
                # A file that is another afterwards may have been so while it was read.
                data = file.path.read_bytes()
            except ReadError as error:
                yield Outcome(file.path, sha256(data), None, str(error))
            except OSError as error:
                reason = f"cannot be opened: {error.strerror}"
                yield Outcome(file.path, "", None, reason, settled=False)
            else:
                yield Outcome(file.path, sha256(data), reading)

    return all_of


def sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def detect_language(text: str) -> str:
    return "zh" if any("\u4e00" <= c <= "\u9fff" for c in text) else "en"


def chunk(document: Document) -> list[Chunk]:
    """One chunk a line that is not empty."""
    chunks, start = [], 0
    for line in document.text.split("\n"):
        if line.strip():
            place = f"{document.name}\0{start}\0{line}".encode("utf-8", "surrogatepass")
            chunks.append(
                Chunk(
                    id=hashlib.sha256(place).hexdigest()[:16],
                    document=document.name,
                    start=start,
                    end=start + len(line),
                    text=line,
                    language=detect_language(line),
                    section=(document.reading.headings[0].title,),
                    header="Year\tAmount",
                )
            )
        start += len(line) + 1
    return chunks


def describe(document: Document, chunk: Chunk) -> str:
    return f"{document.name}\n{chunk.text}"


def analyse(document: Document, chunk: Chunk) -> list[str]:
    return [chunk.language, *describe(document, chunk).split()]


@dataclass
class FakeEncoder:
    """Unit vectors from a hash of the text; remembers what it was asked to encode."""

    fingerprint: str = "fake-1"
    dimension: int = 8
    encoded: list[str] = field(default_factory=list)

    def encode_passages(
        self,
        texts: Sequence[str],
        languages: Sequence[str],
        progress: Callable[[int], None] | None,
    ) -> np.ndarray[Any, np.dtype[np.float32]]:
        self.encoded.extend(texts)
        rows = [self.vector(*one) for one in zip(texts, languages, strict=True)]
        if progress:
            progress(len(rows))
        return np.array(rows, np.float32).reshape(len(rows), self.dimension)

    def vector(self, text: str, language: str) -> np.ndarray[Any, np.dtype[np.float32]]:
        """The vector of one text."""
        seed = hashlib.sha256(f"{self.fingerprint}{language}{text}".encode("utf-8", "replace"))
        random = np.random.default_rng(int.from_bytes(seed.digest()[:8], "big"))
        row = random.standard_normal(self.dimension)
        return (row / np.linalg.norm(row)).astype(np.float32)


def stages(*, read: Callable[[Path], Reading] = read, **changes: Any) -> Stages:
    """The fake stages, with another ``read`` for one file or some of their fields changed."""
    return replace(
        Stages(
            read_all=read_all(read),
            detect_language=detect_language,
            chunk=chunk,
            describe=describe,
            analyse=analyse,
            encoder=FakeEncoder(),
            suffixes=frozenset({".txt", ".md"}),
            fingerprints={"readers": "1", "chunking": "1", "analysis": "1"},
        ),
        **changes,
    )


def write(folder: Path, files: dict[str, str]) -> Path:
    """Put text files into ``folder``, making what folders they need."""
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text.encode("utf-8", "surrogatepass"))
    return folder


def files_of(root: Path) -> dict[str, bytes]:
    """Everything in an index but its generation's manifest, whose time differs."""
    return {
        path.relative_to(root).as_posix(): path.read_bytes()
        for path in sorted(root.rglob("*"))
        if path.is_file() and path.name not in ("manifest.json", "build.lock", "hashes.json")
    }
