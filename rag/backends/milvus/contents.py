"""A finished generation in a folder as the rows of its collections, always in the same order."""

from __future__ import annotations

import hashlib
import struct
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import chain
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rag.backends.milvus.collections import DOCUMENTS, NO_TERMS, PASSAGES, STORED, UNUSED
from rag.backends.milvus.text import LONGEST, digest, escaped, parts
from rag.errors import RagError
from rag.index import DocumentInfo, FolderIndex, Manifest
from rag.retrieval.filters import earliest, label_key, latest
from rag.schema import Page

Row = dict[str, Any]

_AT_ONCE = 1000
_DIGEST_BYTES = 32
_NOWHERE = [0.0, 0.0]


@dataclass(frozen=True, slots=True)
class Content:
    """What a collection holds: how many rows, and a digest of them all (``Digest``)."""

    rows: int
    digest: str


@dataclass(frozen=True, slots=True)
class GenerationRecord:
    """The manifest of a generation on a server; ``collections`` by their parts' names."""

    manifest: Manifest
    collections: Mapping[str, Content]
    dense: str


@dataclass(frozen=True, slots=True)
class DocumentRecord:
    """What is known of a document, and in how many parts its reading and its pages are kept."""

    info: DocumentInfo
    reading: int
    pages: int


@dataclass(frozen=True, slots=True)
class PassageRecord:
    """What is kept of a passage besides its text."""

    section: tuple[str, ...]
    header: str
    page: Page


class Digest:
    """A digest of a set of rows in any order: the sum of their SHA-256, modulo 2^256.

    (M. Bellare, D. Micciancio, "A new paradigm for collision-free hashing", EUROCRYPT 1997; it
    shows what was lost or changed by accident, not what someone made to look the same.)
    """

    def __init__(self) -> None:
        self._sum = 0
        self._rows = 0

    def add(self, part: str, row: Row) -> None:
        """One more row of the collection ``part``."""
        own = hashlib.sha256()
        for name in STORED[part]:
            own.update(_bytes(name, row[name]))
        self._sum = (self._sum + int.from_bytes(own.digest(), "big")) % 2 ** (8 * _DIGEST_BYTES)
        self._rows += 1

    def content(self) -> Content:
        """The rows so far."""
        return Content(self._rows, self._sum.to_bytes(_DIGEST_BYTES, "big").hex())


def _bytes(name: str, value: Any) -> bytes:
    if name == "dense":
        data = np.asarray(value, "<f4").tobytes()
    elif name == "sparse":
        weights = sorted((int(term), float(weight)) for term, weight in value.items())
        data = b"".join(struct.pack("<If", *one) for one in weights)
    elif isinstance(value, str):
        data = value.encode("utf-8")
    else:
        data = struct.pack("<d" if name == "idf" else "<q", value)
    return struct.pack("<I", len(data)) + data


def rows_of(index: FolderIndex, part: str) -> Iterator[Row]:
    """The rows of the collection ``part``."""
    if part == PASSAGES:
        return _passages(index)
    return _documents(index) if part == DOCUMENTS else _terms(index)


def key_of(what: str, name: str = "", part: int = 0) -> str:
    """The key of one part of what is stored under ``name``."""
    return f"{what}:{digest(name)}:{part:06}"


def pieces(what: str, name: str, value: object) -> Iterator[Row]:
    """Rows of the documents' collection that hold ``value``."""
    for number, content in enumerate(parts(value)):
        key = key_of(what, name, number)
        yield {"key": key, "what": what, "content": content, UNUSED: _NOWHERE}


def _documents(index: FolderIndex) -> Iterator[Row]:
    for info in index.documents():
        reading = list(pieces("reading", info.name, index.document(info.name).reading))
        pages = list(pieces("pages", info.name, index.pages(info.name)))
        stored = DocumentRecord(info, len(reading), len(pages))
        # One part each: names and facts are short.
        own = chain(pieces("info", info.name, stored), pieces("source", info.source, info.name))
        yield from chain(own, pages, reading)
    yield from pieces("skipped", "", [(one.source, one.reason) for one in index.skipped])


def _terms(index: FolderIndex) -> Iterator[Row]:
    for number, known in enumerate(index.sparse.terms()):
        row = {"key": digest(known.term), "number": number, UNUSED: _NOWHERE}
        yield {**row, "idf": known.idf, "frequency": known.frequency}


def _passages(index: FolderIndex) -> Iterator[Row]:
    starts, terms, scores = index.sparse.by_row()
    infos = index.documents()
    numbers = index.document_numbers()
    for first in range(0, len(index), _AT_ONCE):
        rows = np.arange(first, min(first + _AT_ONCE, len(index)))
        vectors = index.dense.reconstruct(rows)
        for row, chunk, vector in zip(rows.tolist(), index.chunks(rows), vectors, strict=True):
            info = infos[numbers[row]]
            text = escaped(chunk.text)
            about = PassageRecord(
                chunk.section, chunk.header, index.page_of(info.name, chunk.start)
            )
            part = slice(int(starts[row]), int(starts[row + 1]))
            yield {
                "row": row,
                "id": chunk.id,
                # A text too long for a field is cut out of its document instead.
                "text": text if len(text.encode("utf-8")) <= LONGEST else "",
                "start": chunk.start,
                "stop": chunk.end,
                "language": chunk.language,
                "about": _fitting(about, chunk.id),
                "document": escaped(info.name),
                "document_key": digest(info.name),
                "issuer": escaped(label_key(info.facts.issuer)),
                "kind": escaped(label_key(info.facts.kind)),
                "date_from": earliest(info.facts.date),
                "date_to": latest(info.facts.date),
                "dense": vector,
                "sparse": _weights(terms[part], scores[part]),
            }


def _weights(terms: NDArray[np.int32], scores: NDArray[np.float64]) -> dict[int, float]:
    # A server takes no weights below 0, which BM25 gives only where its mean idf is: in corpora of
    # a few passages.
    weights = {
        term + 1: score
        for term, score in zip(terms.tolist(), scores.tolist(), strict=True)
        if score > 0
    }
    return weights or {NO_TERMS: 1.0}


def _fitting(about: PassageRecord, chunk: str) -> str:
    strings = parts(about)
    if len(strings) > 1:
        raise RagError(
            f"The passage {chunk} stands under headings of more than {LONGEST} bytes, which a "
            "Milvus server cannot keep. Shorten them, or keep this index with `engine = "
            '"embedded"`.'
        )
    return strings[0]
