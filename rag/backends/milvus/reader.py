"""A generation on a Milvus server, open for reading."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from rag.backends.milvus.collections import DOCUMENTS, PASSAGES, TERMS, collection_name
from rag.backends.milvus.connection import CollectionMissing, Server
from rag.backends.milvus.contents import DocumentRecord, GenerationRecord, PassageRecord, key_of
from rag.backends.milvus.filters import expression
from rag.backends.milvus.loading import contents, current, manifest_of
from rag.backends.milvus.search import Asked, Searcher
from rag.backends.milvus.text import digest, joined, literal, unescaped
from rag.errors import IndexUnusable, RagError
from rag.index import DocumentInfo, Manifest, Skipped
from rag.index.reader import require_fingerprints
from rag.recent import Recent
from rag.retrieval.ranking import Gathered, Question
from rag.retrieval.sparse import Known
from rag.schema import Chunk, Document, Filters, Page, Reading

Result = TypeVar("Result")

_REMEMBERED = 16_384
_PASSAGE = ("id", "document", "start", "stop", "text", "language", "about")


def open_generation(
    server: Server,
    alias: str,
    *,
    require: Mapping[str, str] | None = None,
    generation: str | None = None,
) -> MilvusIndex:
    """Open the generation that ``alias`` names, or the one of that name.

    Raises IndexUnusable where there is none, where it was left half-written, where it was not built
    with the fingerprints in ``require``, and where the server cannot be reached.
    """
    place = f"{alias} on the Milvus server at {server.uri}"
    name = generation or current(server, alias)
    if name is None:
        raise IndexUnusable(f"There is no index {place}. Build one with `rag index`.")
    loaded = manifest_of(server, alias, name)
    if loaded is None:
        raise IndexUnusable(
            f"Generation {name} of {place} is not there, or was not loaded to its end. Run "
            "`rag index`, which goes on with it."
        )
    require_fingerprints(loaded.manifest, require or {}, place)
    return MilvusIndex(server, alias, loaded)


class MilvusIndex:
    """See ``rag.retrieval.protocol.Index``. Texts are read when asked for, and remembered."""

    def __init__(self, server: Server, alias: str, loaded: GenerationRecord) -> None:
        self.manifest: Manifest = loaded.manifest
        self._server = server
        self._alias = alias
        name = self.manifest.generation
        self._documents_in = collection_name(alias, name, DOCUMENTS)
        self._terms_in = collection_name(alias, name, TERMS)
        self._searcher = Searcher(
            server, collection_name(alias, name, PASSAGES), dense=loaded.dense
        )
        self._closed = False
        # An empty tuple stands for a term that the index does not have.
        self._terms: Recent[str, tuple[int, Known] | tuple[()]] = Recent(_REMEMBERED)
        self._stored: Recent[str, DocumentRecord] = Recent(_REMEMBERED)
        self._page_at: Recent[tuple[str, int], Page] = Recent(_REMEMBERED)
        self._all: tuple[DocumentInfo, ...] | None = None
        self._read = lru_cache(maxsize=16)(_reading_of(server, self._documents_in))
        self._paged = lru_cache(maxsize=1024)(_pages_of(server, self._documents_in))

    def __len__(self) -> int:
        """The number of rows."""
        return self.manifest.counts.chunks

    @property
    def generation(self) -> str:
        """The name of this generation."""
        return self.manifest.generation

    @property
    def measured(self) -> None:
        """Nothing is measured of the server's search."""
        return

    @property
    def skipped(self) -> tuple[Skipped, ...]:
        """The files that were left out, and why."""
        found = self._contents("skipped", "", 1)
        pairs: list[tuple[str, str]] = joined(list[tuple[str, str]], found)
        return tuple(Skipped(*one) for one in pairs)

    def close(self) -> None:
        """Let go of what reads; the server's connection stays for others."""
        self._closed = True
        self._searcher.close()

    def is_current(self) -> bool:
        """Whether the alias still names this generation."""
        return current(self._server, self._alias) == self.generation

    def gather(
        self, question: Question, filters: Filters | None, *, with_terms: bool, k: int
    ) -> Gathered:
        """The candidates of the server, with what is known of them."""
        filters = filters or Filters()
        documents = None
        if filters.document is not None:
            try:
                documents = [self.info(filters.document).name]
            except IndexUnusable:
                raise
            except RagError:
                documents = []
        asked = Asked.of(question, self._look_up, with_terms=with_terms)
        where = expression(filters, documents)
        return self._asking(lambda: self._searcher.gather(asked, where, k, len(self)))

    def known(self, terms: Sequence[str]) -> tuple[Known, ...]:
        """What the index knows of each of ``terms``, in their order."""
        found = self._look_up(terms)
        return tuple(found[t][1] if t in found else Known(t, 0.0, 0) for t in terms)

    def documents(self) -> tuple[DocumentInfo, ...]:
        """All documents without their texts, in the order of their rows."""
        if self._all is None:
            rows = self._asking(self._every_info)
            infos = [joined(DocumentRecord, [row["content"]]).info for row in rows]
            # Those without chunks share their first row with the next.
            infos.sort(key=lambda info: (info.first_row, info.chunks > 0, info.source))
            self._all = tuple(infos)
        return self._all

    def info(self, name: str) -> DocumentInfo:
        """What is known of the document with this name or source. RagError if there is none."""
        return self._document(name).info

    def document(self, name: str) -> Document:
        """The document with this name or source. Raises RagError if there is none."""
        stored = self._document(name)
        info = stored.info
        reading = self._asking(lambda: self._read(info.name, stored.reading))
        return Document(info.name, info.source, info.sha256, info.language, reading)

    def chunks(self, rows: Sequence[int] | NDArray[np.int64]) -> list[Chunk]:
        """The chunks of ``rows``, in their order. Raises IndexError for a row there is not."""
        wanted = [int(row) for row in rows]
        found = self._asking(lambda: self._searcher.fetch(wanted, _PASSAGE))
        return [self._chunk(row) for row in found]

    def pages(self, document: str) -> tuple[Page, ...]:
        """The pages of the document with this name or source. Raises RagError if there is none."""
        stored = self._document(document)
        return self._asking(lambda: self._paged(stored.info.name, stored.pages))

    def page_of(self, document: str, start: int) -> Page:
        """The page that the offset ``start`` of the document with this name lies on."""
        page = self._page_at.get((document, start), None)
        if page is not None:
            return page
        pages = self.pages(document)
        if not pages:
            return Page(1, 0, self.info(document).characters)
        return pages[max(0, bisect_right([one.start for one in pages], start) - 1)]

    def _chunk(self, row: Mapping[str, Any]) -> Chunk:
        name, start, end = unescaped(row["document"]), row["start"], row["stop"]
        about: PassageRecord = joined(PassageRecord, [row["about"]])
        self._page_at.put((name, start), about.page)
        text = unescaped(row["text"]) or self.document(name).text[start:end]
        language = row["language"]
        return Chunk(row["id"], name, start, end, text, language, about.section, about.header)

    def _document(self, name: str) -> DocumentRecord:
        if (stored := self._stored.get(name, None)) is not None:
            return stored
        # A name goes before a source.
        found = self._contents("info", name, 1)
        if not found and (source := self._contents("source", name, 1)):
            found = self._contents("info", joined(str, source), 1)
        if not found:
            raise RagError(
                f"There is no document {name!r} in the index. `rag info` lists those there are."
            )
        known: DocumentRecord = joined(DocumentRecord, found)
        self._stored.put(name, known)
        return known

    def _contents(self, what: str, name: str, count: int) -> list[str]:
        keys = [key_of(what, name, number) for number in range(count)]
        return self._asking(lambda: contents(self._server, self._documents_in, keys))

    def _every_info(self) -> list[dict[str, Any]]:
        return self._server.everything(
            self._documents_in, 'what == "info"', ["content"], at_once=500
        )

    def _look_up(self, terms: Sequence[str]) -> dict[str, tuple[int, Known]]:
        """The numbers of those of ``terms`` that there are, and what is known of them."""
        looked_up: dict[str, tuple[int, Known] | tuple[()]] = {}
        for term in terms:
            remembered = self._terms.get(term, None)
            if remembered is not None:
                looked_up[term] = remembered
        unknown = {digest(term): term for term in terms if term not in looked_up}
        if unknown:
            looked_up.update((term, ()) for term in unknown.values())
            for row in self._asking(lambda: self._rows_of_terms(list(unknown))):
                term = unknown[row["key"]]
                known = Known(term, float(row["idf"]), int(row["frequency"]))
                looked_up[term] = int(row["number"]), known
            for term in unknown.values():
                self._terms.put(term, looked_up[term])
        return {term: known for term, known in looked_up.items() if known}

    def _rows_of_terms(self, keys: Sequence[str]) -> list[dict[str, Any]]:
        return self._server.ask(
            lambda client, seconds: client.query(
                self._terms_in,
                filter=f"key in [{','.join(map(literal, keys))}]",
                output_fields=["key", "number", "idf", "frequency"],
                timeout=seconds,
            ),
            load=self._terms_in,
        )

    def _asking(self, ask: Callable[[], Result]) -> Result:
        """What ``ask`` gives, where this generation is open and there."""
        if self._closed:
            raise IndexUnusable("The index was closed while it was still in use.")
        try:
            return ask()
        except CollectionMissing as error:
            raise IndexUnusable(
                f"Generation {self.generation} was removed from the Milvus server at "
                f"{self._server.uri} while it was in use. Ask again."
            ) from error


def _reading_of(server: Server, collection: str) -> Callable[[str, int], Reading]:
    return lambda name, count: joined(Reading, _all_of(server, collection, "reading", name, count))


def _pages_of(server: Server, collection: str) -> Callable[[str, int], tuple[Page, ...]]:
    return lambda name, count: joined(
        tuple[Page, ...], _all_of(server, collection, "pages", name, count)
    )


def _all_of(server: Server, collection: str, what: str, name: str, count: int) -> list[str]:
    keys = [key_of(what, name, number) for number in range(count)]
    found = contents(server, collection, keys)
    if len(found) < count:
        raise IndexUnusable(
            f"{count - len(found)} parts of {name} are missing on the Milvus server at "
            f"{server.uri}. `rag verify` says what else is; `rag index --rebuild` loads it anew."
        )
    return found
