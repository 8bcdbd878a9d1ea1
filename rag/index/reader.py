"""Opening an index and asking it for what it holds."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict
from functools import lru_cache
from pathlib import Path
from threading import RLock
from types import TracebackType
from typing import TYPE_CHECKING, BinaryIO, Self

import numpy as np
from numpy.typing import NDArray

from rag.errors import IndexUnusable, RagError
from rag.index.generations import current_generation, generation_folder, generations, lease
from rag.index.language_codes import Codes, language_codes
from rag.index.manifest import (
    BM25,
    DOCUMENTS,
    VECTORS,
    compare_sizes,
    damaged,
    read_manifest,
    require_whole,
)
from rag.index.stages import Verdict
from rag.index.store import Store
from rag.retrieval import ranking
from rag.retrieval.catalogue import DocumentInfo, Manifest, Skipped
from rag.retrieval.filters import matching
from rag.retrieval.fusion import group_numbers
from rag.retrieval.ranking import Gathered, Question
from rag.schema import Chunk, Document, Filters, Page

if TYPE_CHECKING:
    from rag.retrieval.approximate import CandidateRecall
    from rag.retrieval.dense import DenseIndex
    from rag.retrieval.sparse import Known, SparseIndex

Rows = NDArray[np.int64]
Facets = tuple[tuple[str, str | None], ...]
_Conditions = tuple[str | None, tuple[str, ...] | None, Facets]

_ATTEMPTS = 10
# Answers of ``rows_where`` that are kept: a person asks again with the same filters.
_FILTERS = 4
_REMEDIES = {
    "model": "with another embedding model",
    "bm25": "with other BM25 parameters",
    "readers": "by another version of the readers",
    "chunking": "with other rules for passages",
    "analysis": "with other rules for search terms",
}


def open_index(
    root: Path, *, require: Mapping[str, str] | None = None, generation: str | None = None
) -> FolderIndex:
    """Open the current generation of the index in ``root``, or the ``generation`` of that name.

    Costs little: sizes are compared, texts and vectors are read when they are asked for, checked
    then where they were not written when the manifest says. Raises IndexUnusable, naming the
    command that mends it, when there is no such index, when it is damaged or of another format, or
    when it was not built with the fingerprints in ``require``.
    """
    for _ in range(_ATTEMPTS):
        name = generation or current_generation(root)
        if generation is not None and generation not in generations(root):
            raise IndexUnusable(
                f"Generation {generation} is not in the index in {root} any more. The setting "
                "`generations` says how many are kept."
            )
        folder = generation_folder(root, name)
        try:
            hold = lease(folder)
        except FileNotFoundError:
            # Replaced and removed between reading its name and holding it: look again.
            continue
        try:
            manifest = read_manifest(folder)
            compare_sizes(folder, manifest)
            require_whole(folder, manifest, DOCUMENTS)
            index = FolderIndex(root, folder, manifest, hold)
        except BaseException:
            hold.close()
            raise
        try:
            index.require(require or {})
        except BaseException:
            index.close()
            raise
        return index
    raise damaged(folder, "the current generation is missing")


def require_fingerprints(manifest: Manifest, fingerprints: Mapping[str, str], place: str) -> None:
    """Raise IndexUnusable unless the generation in ``place`` was built with ``fingerprints``."""
    for key, wanted in fingerprints.items():
        built = manifest.fingerprints.get(key)
        if built != wanted:
            how = _REMEDIES.get(key, f"with another {key}")
            raise IndexUnusable(
                f"The index in {place} was built {how} ({built}, now {wanted}). "
                "Bring it up to date with `rag index`."
            )


class FolderIndex:
    """One generation of an index in a folder, open for reading.

    Rows number the chunks from 0: documents by source, chunks by place. Every method may be
    called from several threads at once. A generation stays readable while it is open, whatever
    is built meanwhile.
    """

    def __init__(self, root: Path, folder: Path, manifest: Manifest, hold: BinaryIO) -> None:
        self.manifest = manifest
        self._root = root
        self._folder = folder
        self._hold = hold
        self._store = Store(folder / DOCUMENTS)
        self._lock = RLock()
        self._closed = False
        self._dense: DenseIndex | None = None
        self._sparse: SparseIndex | None = None
        self._infos: tuple[DocumentInfo, ...] | None = None
        self._by_key: dict[str, DocumentInfo] = {}
        self._languages: Codes | None = None
        self._group_of: NDArray[np.uint8] | None = None
        # No cache of a bound method: in a circle the index would hold its generation until the
        # garbage collector comes by.
        self._filtered: dict[_Conditions, Rows] = {}
        self._documents = lru_cache(maxsize=16)(self._store.document)
        self._pages = lru_cache(maxsize=1024)(self._store.pages)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the files; what is asked after that raises IndexUnusable."""
        with self._lock:
            self._closed = True
            self._dense = self._sparse = None
        self._store.close()
        self._hold.close()

    @property
    def generation(self) -> str:
        """The name of this generation."""
        return self.manifest.generation

    @property
    def folder(self) -> Path:
        """Where its files lie."""
        return self._folder

    @property
    def root(self) -> Path:
        """The folder the index was opened from."""
        return self._root

    def __len__(self) -> int:
        """The number of rows."""
        return self.manifest.counts.chunks

    def is_current(self) -> bool:
        """Whether this is still the generation that would be opened now; reads one small file."""
        with suppress(IndexUnusable):
            return current_generation(self._root) == self.generation
        return False

    def require(self, fingerprints: Mapping[str, str]) -> None:
        """Raise IndexUnusable unless the index was built with these ``fingerprints``."""
        require_fingerprints(self.manifest, fingerprints, str(self._root))

    @property
    def dense(self) -> DenseIndex:
        """The chunks' vectors, by row."""
        with self._lock:
            self._check_open()
            if self._dense is None:
                # Here, because FAISS takes longer to import than most commands to run.
                from rag.retrieval.dense import DenseIndex

                require_whole(self._folder, self.manifest, VECTORS)
                try:
                    self._dense = DenseIndex.load(self._folder / VECTORS)
                except (OSError, ValueError) as error:
                    raise damaged(self._folder / VECTORS, str(error)) from error
            return self._dense

    @property
    def sparse(self) -> SparseIndex:
        """The chunks' terms, by row."""
        with self._lock:
            self._check_open()
            if self._sparse is None:
                from rag.retrieval.sparse import SparseIndex

                require_whole(self._folder, self.manifest, BM25)
                try:
                    self._sparse = SparseIndex.load(self._folder / BM25)
                except (OSError, ValueError) as error:
                    raise damaged(self._folder / BM25, str(error)) from error
            return self._sparse

    def gather(
        self, question: Question, filters: Filters | None, *, with_terms: bool, k: int
    ) -> Gathered:
        """What ``rag.retrieval.ranking.gather`` finds among passages that ``filters`` let pass."""
        rows = None
        if filters is not None and filters != Filters():
            rows = self.rows_where(**asdict(filters))
        found, signals = ranking.gather(
            self.sparse if with_terms else None,
            None if question.vector is None else self.dense,
            question,
            rows,
        )
        groups = self._groups()
        return Gathered(found, signals, groups if found is None else groups[found])

    def known(self, terms: Sequence[str]) -> tuple[Known, ...]:
        """What the index knows of each of ``terms``, in their order."""
        return self.sparse.known(terms)

    def _groups(self) -> NDArray[np.uint8]:
        """For every row a number that those share whose languages share terms, (n,)."""
        with self._lock:
            if self._group_of is None:
                codes, languages = self.language_codes()
                self._group_of = group_numbers(languages).astype(np.uint8)[codes]
            return self._group_of

    def _check_open(self) -> None:
        if self._closed:
            raise IndexUnusable("The index was closed while it was still in use.")

    def documents(self) -> tuple[DocumentInfo, ...]:
        """All documents without their texts, in the order of their rows."""
        with self._lock:
            if self._infos is None:
                self._infos = self._store.documents()
                # A name goes before a source, the first document before the next.
                by_source = {info.source: info for info in reversed(self._infos)}
                self._by_key = by_source | {info.name: info for info in reversed(self._infos)}
            return self._infos

    def info(self, name: str) -> DocumentInfo:
        """What is known of the document with this name or source. RagError if there is none."""
        self.documents()
        if (info := self._by_key.get(name)) is not None:
            return info
        raise RagError(
            f"There is no document {name!r} in the index. `rag info` lists those there are."
        )

    def document(self, name: str) -> Document:
        """The document with this name or source. Raises RagError if there is none."""
        document = self._documents(name) or self._documents(self.info(name).name)
        if document is None:
            raise damaged(self._folder / DOCUMENTS, f"{name} is missing")
        return document

    def chunks(self, rows: Sequence[int] | Rows) -> list[Chunk]:
        """The chunks of ``rows``, in their order. Raises IndexError for a row there is not."""
        return self._store.chunks([int(row) for row in rows])

    def pages(self, document: str) -> tuple[Page, ...]:
        """The pages of the document with this name or source. Raises RagError if there is none."""
        pages = self._pages(document)
        return self._pages(self.info(document).name) or () if pages is None else pages

    def page_of(self, document: str, start: int) -> Page:
        """The page that the offset ``start`` of the document with this name lies on.

        Between two pages it is the one before; before the first it is the first. Raises RagError
        if there is no such document.
        """
        pages = self.pages(document)
        if not pages:
            return Page(1, 0, self.info(document).characters)
        return pages[max(0, bisect_right([page.start for page in pages], start) - 1)]

    def rows_where(
        self,
        *,
        language: str | None = None,
        document: str | Sequence[str] | None = None,
        issuer: str | None = None,
        kind: str | None = None,
        since: str | None = None,
        until: str | None = None,
    ) -> Rows:
        """The rows that meet every condition given, ascending; all rows if there is none.

        ``language`` is the passage's; ``document`` one or several names or sources; ``issuer``
        and ``kind`` are compared without case and width. ``since`` and ``until`` are ISO dates
        at any precision: a report is kept when its own date, at its precision, may lie within
        them, and left out when it has none.
        """
        names = (document,) if isinstance(document, str) else document
        facts = (("issuer", issuer), ("kind", kind), ("since", since), ("until", until))
        wanted = (language, None if names is None else tuple(names), facts)
        with self._lock:
            found = self._filtered.pop(wanted, None)
            rows = self._rows_where(*wanted) if found is None else found
            self._filtered[wanted] = rows
            if len(self._filtered) > _FILTERS:
                del self._filtered[next(iter(self._filtered))]
        return rows.copy()

    def _rows_where(
        self, language: str | None, names: tuple[str, ...] | None, facts: Facets
    ) -> Rows:
        kept = [
            np.arange(info.first_row, info.first_row + info.chunks, dtype=np.int64)
            for info in self.documents()
            if matching(info, names=names, **dict(facts))
        ]
        rows = np.concatenate(kept) if kept else np.empty(0, np.int64)
        if language is None:
            return rows
        codes, known = self.language_codes()
        return rows[codes[rows] == known.index(language)] if language in known else rows[:0]

    def languages(self) -> NDArray[np.str_]:
        """The language of every row, (n,)."""
        codes, known = self.language_codes()
        return np.array(known, np.str_)[codes] if known else np.empty(0, np.str_)

    def language_codes(self) -> Codes:
        """For every row, (n,), the place of its language among those that are told besides."""
        with self._lock:
            if self._languages is None:
                self._languages = language_codes(self._store, len(self))
            return self._languages

    def document_numbers(self) -> Rows:
        """For every row the place of its document in ``documents()``, (n,)."""
        infos = self.documents()
        return np.repeat(np.arange(len(infos)), [info.chunks for info in infos])

    def vector_keys(self) -> list[bytes]:
        """The digest of the text that each row's vector was made from."""
        return [key for (key,) in self._store.select("SELECT encoded FROM chunks ORDER BY row")]

    @property
    def measured(self) -> CandidateRecall | None:
        """What was measured of the approximate dense search; None where it is exact."""
        from rag.retrieval.dense import measured_of

        try:
            return measured_of(self._folder / VECTORS)
        except (OSError, ValueError) as error:
            raise damaged(self._folder / VECTORS, str(error)) from error

    @property
    def skipped(self) -> tuple[Skipped, ...]:
        """The files that were left out, and why."""
        return self._store.skipped()

    @property
    def verdicts(self) -> tuple[Verdict, ...]:
        """What reading came to for files that were skipped or not wholly read."""
        return self._store.verdicts()
