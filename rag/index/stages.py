"""What a build is made of, and what it reports."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from rag.ingest import Outcome, ReadingJournal, Source
from rag.retrieval.catalogue import Skipped
from rag.retrieval.sparse import Bm25
from rag.schema import Chunk, Document


class Encoder(Protocol):
    """Text to unit vectors."""

    @property
    def fingerprint(self) -> str:
        """Changes whenever the same text would get another vector."""

    @property
    def dimension(self) -> int:
        """The number d of components of a vector."""

    def encode_passages(
        self,
        texts: Sequence[str],
        languages: Sequence[str],
        progress: Callable[[int], None] | None,
    ) -> NDArray[np.float32]:
        """Unit vectors (len(texts), d).

        ``languages`` are those of the texts; ``progress`` is told how many texts were finished
        since it was last called.
        """


@runtime_checkable
class BlockEncoder(Protocol):
    """An encoder that works on several blocks of texts at once."""

    def encode_blocks(
        self, blocks: Iterable[tuple[Sequence[str], Sequence[str]]]
    ) -> Iterator[NDArray[np.float32]]:
        """The unit vectors of each block, texts and their languages, in the order of blocks.

        More blocks may be asked for than were given out.
        """


class Progress(Protocol):
    """Told how far a build has come."""

    def stage(self, name: str, total: int) -> None:
        """A stage begins: ``hashing`` and ``reading`` count files, ``encoding`` texts."""

    def advance(self, count: int = 1) -> None:
        """``count`` more of the stage's total are done."""


class Silent:
    """Progress that nobody looks at."""

    def stage(self, name: str, total: int) -> None:
        """Nothing."""

    def advance(self, count: int = 1) -> None:
        """Nothing."""


@dataclass(frozen=True, slots=True)
class Stages:
    """What turns files into an index; plain functions, the same input giving the same output.

    ``read_all`` gives the outcomes of files in their order, and keeps what it read of them in the
    journal until the build is done; ``limits`` changes with what reading may cost. ``describe``
    gives the text that is encoded for a chunk, ``analyse`` the terms it is found by.
    ``suffixes`` are those of the formats that are read, lower case with the dot.

    ``fingerprints`` has the keys ``readers``, ``chunking`` and ``analysis``, each changing with
    the output of its stage (``chunking`` stands for ``chunk`` and ``describe``), and may have
    others. A build reuses former readings while all but ``chunking`` and ``analysis`` are what
    they were, and former chunks while ``chunking`` is too; where ``ocr`` alone is another, readings
    are reused but those that OCR made or might make better. ``model`` and ``bm25`` are added from
    ``encoder`` and ``bm25``; vectors are reused by the text they were made from.
    """

    read_all: Callable[[Sequence[Source], ReadingJournal], Generator[Outcome]]
    detect_language: Callable[[str], str]
    chunk: Callable[[Document], Sequence[Chunk]]
    describe: Callable[[Document, Chunk], str]
    analyse: Callable[[Document, Chunk], Sequence[str]]
    encoder: Encoder
    suffixes: frozenset[str]
    fingerprints: Mapping[str, str]
    bm25: Bm25 = field(default_factory=Bm25)
    limits: str = ""

    def all_fingerprints(self) -> dict[str, str]:
        """``fingerprints`` with those of the model and of BM25's parameters."""
        bm25 = self.bm25
        return {
            **self.fingerprints,
            "model": self.encoder.fingerprint,
            "bm25": f"k1={bm25.k1!r} b={bm25.b!r} epsilon={bm25.epsilon!r}",
        }


@dataclass(frozen=True, slots=True)
class Verdict:
    """What reading a file came to and would come to again: that it is skipped, or has notes.

    It holds for the file's bytes (``sha256``) and, where not empty, for these ``limits``.
    """

    source: str
    sha256: str
    limits: str


@dataclass(frozen=True, slots=True)
class FileNote:
    """A file that is in the index and what of it was not read well: ``note`` is a sentence."""

    source: str
    note: str


@dataclass(frozen=True, slots=True)
class BuildReport:
    """What a build did. The first four are names of documents, sorted.

    ``documents``, ``pages`` and ``chunks`` count what is in the index now, ``chunks_encoded`` the
    texts that went through the model, ``seconds`` is wall time. ``generation`` is the current one.
    ``notes`` are those of the files that were read.
    """

    added: tuple[str, ...]
    updated: tuple[str, ...]
    unchanged: tuple[str, ...]
    removed: tuple[str, ...]
    skipped: tuple[Skipped, ...]
    documents: int
    pages: int
    chunks: int
    chunks_encoded: int
    seconds: float
    generation: str
    notes: tuple[FileNote, ...] = ()
