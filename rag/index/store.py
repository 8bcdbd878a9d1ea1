"""``documents.sqlite``: texts and everything about them, by row.

Texts are UTF-8 with lone surrogates passed through, since PDFs contain them, and are stored as
bytes; a chunk knows its bytes, so that it is read without its document. What else comes from
files is JSON in ASCII for the same reason.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence
from dataclasses import asdict, astuple
from pathlib import Path
from threading import Lock
from typing import Any
from weakref import finalize

import numpy as np

from rag.errors import IndexUnusable
from rag.index.manifest import damaged
from rag.index.stages import Verdict
from rag.retrieval.catalogue import Correction, DetectedFacts, DocumentInfo, Skipped
from rag.schema import Chunk, Document, Facts, Heading, Page, Reading, Table

_SCHEMA = """
PRAGMA page_size = 16384;
PRAGMA journal_mode = OFF;
PRAGMA synchronous = OFF;
PRAGMA temp_store = MEMORY;
CREATE TABLE documents (
    id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, source TEXT NOT NULL UNIQUE,
    sha256 TEXT NOT NULL, language TEXT NOT NULL, page_count INTEGER NOT NULL,
    characters INTEGER NOT NULL, first_row INTEGER NOT NULL, chunk_count INTEGER NOT NULL,
    facts TEXT NOT NULL, notes TEXT NOT NULL, pages TEXT NOT NULL, headings TEXT NOT NULL,
    tables TEXT NOT NULL, found TEXT NOT NULL, correction TEXT NOT NULL, spoken TEXT NOT NULL,
    text BLOB NOT NULL
) STRICT;
CREATE TABLE chunks (
    row INTEGER PRIMARY KEY, document INTEGER NOT NULL REFERENCES documents,
    start INTEGER NOT NULL, "end" INTEGER NOT NULL, byte_start INTEGER NOT NULL,
    byte_end INTEGER NOT NULL, language TEXT NOT NULL, id TEXT NOT NULL, section TEXT NOT NULL,
    header TEXT NOT NULL, encoded BLOB NOT NULL
) STRICT;
CREATE TABLE skipped (source TEXT NOT NULL, reason TEXT NOT NULL) STRICT;
CREATE TABLE verdicts (
    source TEXT PRIMARY KEY, sha256 TEXT NOT NULL, limits TEXT NOT NULL
) STRICT;
"""
_AT_ONCE = 500


class StoreWriter:
    """Writes a new ``documents.sqlite``; documents in the order of their rows.

    ``former`` is another one, of the same schema, that documents may be copied from.
    """

    def __init__(self, path: Path, former: Path | None = None) -> None:
        address = path.absolute().as_uri()
        self._connection = sqlite3.connect(address, uri=True, isolation_level=None)
        try:
            self._connection.executescript(_SCHEMA)
            if former is not None:
                self._connection.execute("ATTACH ? AS former", (_read_only(former),))
                self._copied = {
                    table: self._copying(table, own)
                    for table, own in (
                        ("documents", ("id", "first_row")),
                        ("chunks", ("row", "document")),
                    )
                }
            self._connection.execute("BEGIN")
        except BaseException:
            # On a full disk the room must be free again at once, not when this is collected.
            self._connection.close()
            raise
        self.documents = self.pages = self.rows = 0

    def add(
        self,
        document: Document,
        chunks: Sequence[Chunk],
        keys: Sequence[bytes],
        found: DetectedFacts,
        correction: Correction,
    ) -> None:
        """Add ``document`` with its ``chunks``; ``keys`` are the digests of their texts.

        ``document`` holds what ``correction`` made of what was ``found``.
        """
        reading = document.reading
        facts_and_notes = (_json(asdict(reading.facts)), _json(reading.notes))
        lists = [
            _json([astuple(one) for one in many])
            for many in (reading.pages, reading.headings, reading.tables)
        ]
        self.documents += 1
        self._connection.execute(
            f"INSERT INTO documents VALUES ({','.join('?' * 18)})",
            (
                *(self.documents, document.name, document.source, document.sha256),
                *(document.language, len(reading.pages), len(reading.text), self.rows),
                *(len(chunks), *facts_and_notes, *lists),
                *(_json(asdict(found)), _json(asdict(correction))),
                _json(sorted({chunk.language for chunk in chunks})),
                reading.text.encode("utf-8", "surrogatepass"),
            ),
        )
        at = _byte_offsets(reading.text)
        self._connection.executemany(
            f"INSERT INTO chunks VALUES ({','.join('?' * 11)})",
            (
                (
                    *(self.rows + i, self.documents, chunk.start, chunk.end),
                    *(int(at[chunk.start]), int(at[chunk.end]), chunk.language, chunk.id),
                    *(_json(chunk.section), _json(chunk.header), key),
                )
                for i, (chunk, key) in enumerate(zip(chunks, keys, strict=True))
            ),
        )
        self.pages += len(reading.pages)
        self.rows += len(chunks)

    def copy(self, info: DocumentInfo) -> None:
        """Add a document of the former database, with its chunks, as it stands there."""
        self.documents += 1
        ids = {"id": self.documents, "first_row": self.rows, "name": info.name}
        self._connection.execute(f"{self._copied['documents']} WHERE name = :name", ids)
        rows = {"row": self.rows, "document": self.documents, "first": info.first_row}
        self._connection.execute(
            f"{self._copied['chunks']} WHERE row >= :first AND row < :first + :count ORDER BY row",
            {**rows, "count": info.chunks},
        )
        self.pages += info.pages
        self.rows += info.chunks

    def _copying(self, table: str, own: Sequence[str]) -> str:
        """The statement that copies rows of ``table``; ``own`` columns get new values."""
        names = [row[1] for row in self._connection.execute(f"PRAGMA main.table_info({table})")]
        new = {name: f":{name}" for name in own} | {"row": "row - :first + :row"}
        values = (new.get(name, f'"{name}"') for name in names)
        return f"INSERT INTO main.{table} SELECT {','.join(values)} FROM former.{table}"

    def finish(self, skipped: Sequence[Skipped], verdicts: Sequence[Verdict]) -> None:
        """Add what was skipped, and what need not be read again; complete the file."""
        self._connection.executemany(
            "INSERT INTO skipped VALUES (?, ?)", [astuple(one) for one in skipped]
        )
        self._connection.executemany(
            "INSERT INTO verdicts VALUES (?, ?, ?)", [astuple(one) for one in verdicts]
        )
        self._connection.execute("COMMIT")
        self.close()

    def close(self) -> None:
        """Let go of the file, complete or not."""
        self._connection.close()


class Store:
    """Reads a ``documents.sqlite``, from any thread. Raises IndexUnusable when it is damaged."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = Lock()
        try:
            self._connection = connect(path)
        except sqlite3.Error as error:
            raise damaged(path, str(error)) from error
        # A connection refers to itself through its cache of statements: left alone, it would keep
        # the file open until the garbage collector comes by.
        finalize(self, self._connection.close)

    def close(self) -> None:
        """Let go of the file."""
        with self._lock:
            self._connection.close()

    def documents(self) -> tuple[DocumentInfo, ...]:
        """All documents, in the order of their rows."""
        rows = self.select(
            "SELECT name, source, sha256, language, page_count, characters, first_row, "
            "chunk_count, facts, notes, found, correction, spoken FROM documents ORDER BY id"
        )
        return tuple(_info(row) for row in rows)

    def document(self, name: str) -> Document | None:
        """The whole document called ``name``, or None."""
        rows = self.select(
            "SELECT name, source, sha256, language, text, pages, headings, tables, facts, notes "
            "FROM documents WHERE name = ?",
            (name,),
        )
        if not rows:
            return None
        *about, text, pages, headings, tables, facts, notes = rows[0]
        reading = Reading(
            text=text.decode("utf-8", "surrogatepass"),
            pages=_pages(pages),
            headings=tuple(Heading(*one) for one in json.loads(headings)),
            tables=tuple(Table(*one) for one in json.loads(tables)),
            facts=Facts(**json.loads(facts)),
            notes=tuple(json.loads(notes)),
        )
        name, source, sha256, language = about
        return Document(name, source, sha256, language, reading)

    def pages(self, name: str) -> tuple[Page, ...] | None:
        """The pages of the document called ``name``, or None."""
        rows = self.select("SELECT pages FROM documents WHERE name = ?", (name,))
        return _pages(rows[0][0]) if rows else None

    def chunks(self, rows: Sequence[int]) -> list[Chunk]:
        """The chunks of ``rows``, in their order. Raises IndexError for a row there is not."""
        found: dict[int, Chunk] = {}
        wanted = sorted(set(rows))
        for i in range(0, len(wanted), _AT_ONCE):
            part = wanted[i : i + _AT_ONCE]
            for row, *values in self.select(
                'SELECT row, c.id, d.name, start, "end", '
                "substr(d.text, byte_start + 1, byte_end - byte_start), c.language, section, "
                "header FROM chunks c JOIN documents d ON d.id = c.document "
                f"WHERE row IN ({','.join('?' * len(part))})",
                part,
            ):
                identity, name, start, end, text, language, section, header = values
                found[row] = Chunk(
                    identity,
                    name,
                    start,
                    end,
                    text.decode("utf-8", "surrogatepass"),
                    language,
                    tuple(json.loads(section)),
                    json.loads(header),
                )
        if len(found) < len(wanted):
            missing = next(row for row in wanted if row not in found)
            raise IndexError(f"there is no chunk in row {missing}")
        return [found[row] for row in rows]

    def skipped(self) -> tuple[Skipped, ...]:
        """What was left out of the index, sorted by source."""
        return tuple(Skipped(*row) for row in self.select("SELECT * FROM skipped ORDER BY rowid"))

    def verdicts(self) -> tuple[Verdict, ...]:
        """What reading came to for files that were skipped or not wholly read."""
        return tuple(Verdict(*row) for row in self.select("SELECT * FROM verdicts ORDER BY source"))

    def select(self, sql: str, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """The rows of a query."""
        try:
            with self._lock:
                return self._connection.execute(sql, values).fetchall()
        except sqlite3.ProgrammingError as error:
            raise IndexUnusable("The index was closed while it was still in use.") from error
        except sqlite3.Error as error:
            raise damaged(self._path, str(error)) from error


def connect(path: Path) -> sqlite3.Connection:
    """A connection to a finished database, for reading, from any thread. Raises sqlite3.Error."""
    return sqlite3.connect(_read_only(path), uri=True, check_same_thread=False)


def _read_only(path: Path) -> str:
    # Immutable: no locks are taken, so that it works on media that cannot be written.
    return f"{path.absolute().as_uri()}?mode=ro&immutable=1"


def _pages(stored: str) -> tuple[Page, ...]:
    return tuple(
        Page(number, start, end, label, quality, tuple(faults))
        for number, start, end, label, quality, faults in json.loads(stored)
    )


def _json(value: Any) -> str:
    return json.dumps(value, separators=(",", ":"))


def _byte_offsets(text: str) -> np.ndarray[Any, np.dtype[np.int64]]:
    """For each offset into ``text``, and its end, the offset into its UTF-8."""
    points = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.uint32)
    widths = 1 + (points >= 0x80).astype(np.int64) + (points >= 0x800) + (points >= 0x10000)
    return np.concatenate((np.zeros(1, np.int64), np.cumsum(widths)))


def _info(row: tuple[Any, ...]) -> DocumentInfo:
    name, source, sha256, language, pages, characters, first_row, chunks, *rest = row
    facts, notes, found, correction, spoken = map(json.loads, rest)
    return DocumentInfo(
        name=name,
        source=source,
        sha256=sha256,
        language=language,
        pages=pages,
        characters=characters,
        first_row=first_row,
        chunks=chunks,
        facts=Facts(**facts),
        notes=tuple(notes),
        found=DetectedFacts(Facts(**found["facts"]), found["language"]),
        correction=Correction(**correction),
        spoken=tuple(spoken),
    )
