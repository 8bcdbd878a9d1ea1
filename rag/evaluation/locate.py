"""Where the evidence of test queries stands in the documents of a corpus."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from rag.errors import QueryFileError, RagError
from rag.evaluation.folding import Folded, fold, fold_hard
from rag.evaluation.matching import Spans, exact_spans, inexact_match
from rag.evaluation.queries import Evidence, Query, Reference
from rag.schema import Document

_NAMED_PROBLEMS = 10


Documents = Callable[[str], Document]
"""A name or source, suffix given or not, to the document; KeyError or RagError for none."""


@dataclass(frozen=True, slots=True)
class Place:
    """Spans of a document's text, in code points; a passage overlapping any of them is there.

    ``language`` is that of the document at the place.
    """

    document: str
    spans: Spans
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
    ``rag.evaluation.matching`` allows for what extraction does to a text, and ``notes`` tell it.

    Raises QueryFileError when any evidence is not in the corpus: the first ten and how many.
    """
    outcomes = _sought(
        [r for query in queries for evidence in query.evidence for r in evidence.alternatives],
        documents,
        language_at or (lambda document, _: document.language),
    )
    problems: list[str] = []
    notes: list[str] = []
    items: dict[str, tuple[Item, ...]] = {}
    for query in queries:
        found: list[Item] = []
        for evidence in query.evidence:
            tried = [(reference, outcomes[reference]) for reference in evidence.alternatives]
            places = tuple(outcome.place for _, outcome in tried if outcome.place is not None)
            kind = "quote" if evidence.alternatives[0].page is None else "page"
            found.append(Item(evidence, places, kind))
            # An alternative that is not there does no harm while another one is.
            told = notes if places else problems
            told.extend(
                f"query {query.id}, {reference}: {outcome.remark}"
                for reference, outcome in tried
                if outcome.remark
            )
        items[query.id] = tuple(found)
    if problems:
        raise QueryFileError(_told(problems))
    return Located(items, documents, tuple(f"{note[0].upper()}{note[1:]}." for note in notes))


@dataclass(frozen=True, slots=True)
class _Outcome:
    """A place, or None and the reason as the remark; a remark beside a place is a note."""

    place: Place | None
    remark: str = ""


def _sought(
    references: Iterable[Reference],
    documents: Documents,
    language_at: Callable[[Document, int], str],
) -> dict[Reference, _Outcome]:
    """What became of each of ``references``; one document at a time is folded and kept."""
    outcomes: dict[Reference, _Outcome] = {}
    by_doc: dict[str, list[Reference]] = {}
    for reference in dict.fromkeys(references):
        by_doc.setdefault(reference.doc, []).append(reference)
    for doc, wanted in by_doc.items():
        try:
            document = documents(doc)
        except (KeyError, RagError) as error:
            reason = str(error).rstrip(".") if isinstance(error, RagError) else ""
            missing = _Outcome(None, reason or f"no document is called {doc}")
            outcomes.update(dict.fromkeys(wanted, missing))
            continue
        texts = _Texts(document.text)
        for reference in wanted:
            if reference.page is not None:
                spans, remark = _page(document, reference.page)
            else:
                spans, remark = _quote(reference.quote or "", texts)
            place = None
            if spans:
                place = Place(document.name, spans, language_at(document, spans[0][0]))
            outcomes[reference] = _Outcome(place, remark)
    return outcomes


class _Texts:
    """A text folded, and folded hard, each only when it is needed."""

    def __init__(self, text: str) -> None:
        self._text = text

    @cached_property
    def folded(self) -> Folded:
        return fold(self._text)

    @cached_property
    def folded_hard(self) -> Folded:
        return fold_hard(self.folded)


def _page(document: Document, number: int) -> tuple[Spans, str]:
    pages = document.reading.pages
    for page in pages:
        if page.number == number:
            blank = not document.text[page.start : page.end].strip()
            remark = "the page has no text, so no passage can lie on it" if blank else ""
            return ((page.start, page.end),), remark
    last = max((page.number for page in pages), default=0)
    return (), f"the document has pages 1 to {last}"


def _quote(quote: str, texts: _Texts) -> tuple[Spans, str]:
    folded = fold(quote)
    if spans := exact_spans(folded, texts.folded):
        return spans, ""
    match = inexact_match(folded, _words(quote), texts.folded_hard)
    if match is None:
        return (), "the quote is not in the document's text"
    return match.spans, match.remark


def _words(quote: str) -> tuple[str, ...]:
    words = (fold_hard(fold(word)).text for word in quote.split())
    return tuple(word for word in words if word)


def _told(problems: list[str]) -> str:
    shown = "\n".join(f"  {problem}" for problem in problems[:_NAMED_PROBLEMS])
    more = len(problems) - _NAMED_PROBLEMS
    rest = f"\n  and {more} more" if more > 0 else ""
    return (
        f"The evidence of test queries is not in the corpus ({len(problems)} in all); mend the "
        f"queries, or index the documents they name:\n{shown}{rest}"
    )
