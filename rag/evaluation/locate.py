"""Where the evidence of test queries stands in the documents of a corpus."""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Protocol

from rag.errors import QueryFileError, RagError
from rag.evaluation.folding import Folded, fold, fold_hard, occurrences
from rag.evaluation.queries import Evidence, Query, Reference
from rag.schema import Document

_LEAST_SCORE = 90.0
"""Percent of agreement from which an approximate place counts as the quote's."""

_LEAST_LENGTH = 8
"""Folded characters below which a quote is too short to be found approximately."""

_LONGEST_GAP = 200
"""Folded characters of running headers and footers that may stand in a quote across pages."""

_NAMED_PROBLEMS = 10


class Documents(Protocol):
    """The documents of a corpus by name or source, suffix given or not."""

    def lookup(self, doc: str, /) -> Document:
        """The document called ``doc``; raises KeyError or a RagError where there is none."""


class DocumentTable:
    """Documents held in memory, for ``Documents``."""

    def __init__(self, documents: Iterable[Document]) -> None:
        self._by_name: dict[str, list[Document]] = {}
        for document in documents:
            without_suffix = str(PurePosixPath(document.source).with_suffix(""))
            for name in {document.name, document.source, without_suffix}:
                self._by_name.setdefault(_name_key(name), []).append(document)

    def lookup(self, doc: str, /) -> Document:
        """The document of that name; raises QueryFileError where none or several have it."""
        found = self._by_name.get(_name_key(doc), [])
        if len(found) > 1:
            sources = ", ".join(sorted(document.source for document in found))
            raise QueryFileError(f"{doc} may be any of {sources}; give it with its suffix")
        if not found:
            raise QueryFileError(f"no document is called {doc}")
        return found[0]


@dataclass(frozen=True, slots=True)
class Place:
    """Spans of a document's text, in code points; a passage overlapping any of them is there.

    ``language`` is that of the document at the place.
    """

    document: str
    spans: tuple[tuple[int, int], ...]
    language: str

    def meets(self, document: str, start: int, end: int) -> bool:
        """Whether the passage ``[start, end)`` of ``document`` overlaps the place."""
        return document == self.document and any(
            start < span_end and span_start < end for span_start, span_end in self.spans
        )


@dataclass(frozen=True, slots=True)
class Item:
    """An evidence item, located; a passage that meets any of its places (at least one) has it.

    ``kind`` is ``"quote"`` or ``"page"``, that of the first alternative.
    """

    evidence: Evidence
    places: tuple[Place, ...]
    kind: str

    def met_by(self, document: str, start: int, end: int) -> bool:
        """Whether the passage ``[start, end)`` of ``document`` meets one of the places."""
        return any(place.meets(document, start, end) for place in self.places)


@dataclass(frozen=True, slots=True)
class Located:
    """The evidence items of every query by its id (none where it is unanswerable).

    ``notes`` are sentences for the person: places that were found only approximately.
    """

    items: Mapping[str, tuple[Item, ...]]
    documents: Documents
    notes: tuple[str, ...] = ()


def locate(
    queries: Sequence[Query],
    documents: Documents,
    language_at: Callable[[Document, int], str] | None = None,
) -> Located:
    """Find the evidence of all ``queries`` in ``documents``.

    ``language_at(document, offset)`` gives the language at a place; by default the document's.
    A quote's place is every occurrence after NFKC and without white space. Where there is none,
    punctuation, diacritics and case are set aside, then running headers inside it, and at last
    the nearest place with an agreement of 90 % (indel similarity, 0 to 100) and the same digits
    is taken; each of these is told in ``notes``.

    Raises QueryFileError when any evidence is not in the corpus: the first ten and how many.
    """
    finder = _Finder(documents, language_at or (lambda document, _: document.language))
    items: dict[str, tuple[Item, ...]] = {}
    for query in queries:
        items[query.id] = tuple(finder.item(query, evidence) for evidence in query.evidence)
    if finder.problems:
        raise QueryFileError(_told(finder.problems))
    return Located(items, documents, tuple(finder.notes))


class _Finder:
    """Keeps folded documents between quotes, and collects problems and notes."""

    def __init__(self, documents: Documents, language_at: Callable[[Document, int], str]) -> None:
        self.problems: list[str] = []
        self.notes: list[str] = []
        self._documents = documents
        self._language_at = language_at
        self._folded: dict[str, Folded] = {}
        self._folded_hard: dict[str, Folded] = {}

    def item(self, query: Query, evidence: Evidence) -> Item:
        places = tuple(
            place
            for reference in evidence.alternatives
            if (place := self._place(query, reference)) is not None
        )
        kind = "quote" if evidence.alternatives[0].page is None else "page"
        return Item(evidence, places, kind)

    def _place(self, query: Query, reference: Reference) -> Place | None:
        try:
            document = self._documents.lookup(reference.doc)
        except (KeyError, RagError) as error:
            reason = str(error).rstrip(".") if isinstance(error, RagError) else ""
            self._problem(query, reference, reason or f"no document is called {reference.doc}")
            return None
        if reference.page is not None:
            spans = self._page(query, reference, document)
        else:
            spans = self._quote(query, reference, document)
        if not spans:
            return None
        return Place(document.name, spans, self._language_at(document, spans[0][0]))

    def _page(
        self, query: Query, reference: Reference, document: Document
    ) -> tuple[tuple[int, int], ...]:
        pages = document.reading.pages
        for page in pages:
            if page.number == reference.page:
                if not document.text[page.start : page.end].strip():
                    self._note(query, reference, "the page has no text, so nothing can be found")
                return ((page.start, page.end),)
        last = max((page.number for page in pages), default=0)
        self._problem(query, reference, f"the document has pages 1 to {last}")
        return ()

    def _quote(
        self, query: Query, reference: Reference, document: Document
    ) -> tuple[tuple[int, int], ...]:
        quote = fold(reference.quote or "")
        text = self._fold(document)
        spans = _exact(quote, text)
        if spans:
            return spans
        hard_quote, hard_text = fold_hard(quote), self._fold_hard(document)
        spans = _exact(hard_quote, hard_text) if len(hard_quote.text) >= _LEAST_LENGTH else ()
        if spans:
            self._note(query, reference, "found with other punctuation, accents or case")
            return spans
        spans = _interrupted(hard_quote, hard_text)
        if spans:
            self._note(query, reference, "found with other text in between, as at a page's end")
            return spans
        score, spans = _approximate(hard_quote, hard_text)
        if spans:
            self._note(query, reference, f"found approximately, {score:.0f} % alike")
            return spans
        self._problem(query, reference, "the quote is not in the document's text")
        return ()

    def _fold(self, document: Document) -> Folded:
        if document.name not in self._folded:
            self._folded[document.name] = fold(document.text)
        return self._folded[document.name]

    def _fold_hard(self, document: Document) -> Folded:
        if document.name not in self._folded_hard:
            self._folded_hard[document.name] = fold_hard(self._fold(document))
        return self._folded_hard[document.name]

    def _problem(self, query: Query, reference: Reference, reason: str) -> None:
        self.problems.append(f"query {query.id}, {reference}: {reason}")

    def _note(self, query: Query, reference: Reference, remark: str) -> None:
        self.notes.append(f"Query {query.id}, {reference}: {remark}.")


def _exact(quote: Folded, text: Folded) -> tuple[tuple[int, int], ...]:
    if not quote.text:
        return ()
    return tuple(text.span(at, at + len(quote.text)) for at in occurrences(quote.text, text.text))


def _interrupted(quote: Folded, text: Folded) -> tuple[tuple[int, int], ...]:
    """The quote's two halves where a page's end tears it apart: both spans, or none.

    The halves may be of any two lengths of four characters and more, with at most
    ``_LONGEST_GAP`` folded characters in between.
    """
    size = len(quote.text)
    if size < _LEAST_LENGTH:
        return ()
    longest_head = _longest(lambda n: quote.text[:n] in text.text, size)
    longest_tail = _longest(lambda n: quote.text[size - n :] in text.text, size)
    for cut in range(min(longest_head, size - 4), max(size - longest_tail, 4) - 1, -1):
        for at in occurrences(quote.text[:cut], text.text):
            head_end = at + cut
            reach = head_end + _LONGEST_GAP + size - cut
            tail = text.text.find(quote.text[cut:], head_end, reach)
            if tail >= 0:
                return (text.span(at, head_end), text.span(tail, tail + size - cut))
    return ()


def _longest(holds: Callable[[int], bool], most: int) -> int:
    """The largest n of 0 to ``most`` for which ``holds``, which is true up to it and then false."""
    low, high = 0, most
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if holds(middle) else (low, middle - 1)
    return low


def _approximate(quote: Folded, text: Folded) -> tuple[float, tuple[tuple[int, int], ...]]:
    """The nearest place, with its score, or no place below the least score.

    A place whose surroundings lack a digit of the quote is not taken: another figure is another
    fact, however alike the words are.
    """
    from rapidfuzz import fuzz

    if len(quote.text) < _LEAST_LENGTH or not text.text:
        return 0.0, ()
    found = fuzz.partial_ratio_alignment(quote.text, text.text, score_cutoff=_LEAST_SCORE)
    if found is None or found.dest_end <= found.dest_start:
        return 0.0, ()
    near = text.text[max(0, found.dest_start - 40) : found.dest_end + 40]
    if _digits(quote.text) - _digits(near):
        return 0.0, ()
    return found.score, (text.span(found.dest_start, found.dest_end),)


def _digits(text: str) -> Counter[str]:
    return Counter(
        str(value) for char in text if (value := unicodedata.decimal(char, None)) is not None
    )


def _name_key(name: str) -> str:
    return unicodedata.normalize("NFC", name.replace("\\", "/"))


def _told(problems: list[str]) -> str:
    shown = "\n".join(f"  {problem}" for problem in problems[:_NAMED_PROBLEMS])
    more = len(problems) - _NAMED_PROBLEMS
    rest = f"\n  and {more} more" if more > 0 else ""
    return (
        f"The evidence of test queries is not in the corpus ({len(problems)} in all); mend the "
        f"queries, or index the documents they name:\n{shown}{rest}"
    )
