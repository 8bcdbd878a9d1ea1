"""The values that travel between the stages.

All are frozen. Offsets count Unicode code points in ``Document.text``; every span is half-open,
``text[start:end]``. Pages count from 1. Nothing here knows how it was made or where it is stored.
"""

from __future__ import annotations

from dataclasses import dataclass, field

LOW_QUALITY = 0.8
"""A page whose ``quality`` is below it is to be checked against the report itself."""

EMPTY, PICTURE, GARBLED = "empty", "picture", "garbled"
DISAGREEMENT, SCRIPT, UNREAD, OCR = "disagreement", "script", "unread", "ocr"
FAULTS = (UNREAD, PICTURE, GARBLED, SCRIPT, DISAGREEMENT, OCR, EMPTY)
"""What may be wrong with the text of a page, the gravest first."""


@dataclass(frozen=True, slots=True)
class Page:
    """One page: ``text[start:end]`` of its document.

    Pages are in order and do not overlap; a format without pages has one page.
    ``label`` is the number printed on the page (``"iv"``, ``"12"``), where the file has one.

    ``quality``, 0 to 1, is how far the text can be trusted to be what the page shows; None where
    nothing was judged. ``faults`` are of ``FAULTS``: the page shows nothing (``empty``) or
    a picture whose text was not read (``picture``), the text is no text of any language
    (``garbled``) or, besides, not in the report's script (``script``), two readers make different
    text of it (``disagreement``), it is damaged (``unread``), or its text was recognised from a
    picture (``ocr``).
    """

    number: int
    start: int
    end: int
    label: str | None = None
    quality: float | None = None
    faults: tuple[str, ...] = ()

    @property
    def doubtful(self) -> bool:
        """Whether a quotation from this page is to be checked against the report itself."""
        return doubtful(self.quality, self.faults)


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading at ``text[start:end]``; ``level`` 1 is the outermost, ``title`` is one line."""

    start: int
    end: int
    level: int
    title: str


@dataclass(frozen=True, slots=True)
class Table:
    """A table at ``text[start:end]``: one row a line, cells separated by a tab.

    ``text[start:header_end]`` are the header rows; ``header_end == start`` where there are none.
    A table that goes on from an earlier page without a header has there its header rows,
    ``text[carried_start:carried_end]``; elsewhere these are equal. What heads several columns
    stands at the first of them.
    """

    start: int
    end: int
    header_end: int
    carried_start: int = 0
    carried_end: int = 0

    @property
    def header(self) -> tuple[int, int]:
        """The span of the header rows that name its columns, its own or those carried over."""
        if self.header_end > self.start or self.carried_end <= self.carried_start:
            return self.start, self.header_end
        return self.carried_start, self.carried_end


@dataclass(frozen=True, slots=True)
class Facts:
    """What the report says of itself; empty strings where it does not.

    ``date`` is ISO 8601 at the precision known: ``"2024"``, ``"2024-06"`` or ``"2024-06-28"``.
    """

    title: str = ""
    issuer: str = ""
    kind: str = ""
    date: str = ""


@dataclass(frozen=True, slots=True)
class Reading:
    """What a reader makes of one file; ``notes`` are sentences about what was not read well."""

    text: str
    pages: tuple[Page, ...]
    headings: tuple[Heading, ...] = ()
    tables: tuple[Table, ...] = ()
    facts: Facts = field(default_factory=Facts)
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Document:
    """A report of the corpus.

    ``name`` is what users and test queries call it: the path relative to the corpus without its
    last suffix, unless two files would then share it. ``source`` is that path with its suffix,
    always with forward slashes. ``sha256`` is that of the file's bytes. ``language`` is a code of
    ``rag.text.languages``, the one most of the text is in.
    """

    name: str
    source: str
    sha256: str
    language: str
    reading: Reading

    @property
    def text(self) -> str:
        """The extracted text that every offset counts."""
        return self.reading.text


@dataclass(frozen=True, slots=True)
class PageText:
    """``text[start:end]`` of a document; ``page`` is None for the whole of its ``pages``."""

    document: str
    source: str
    language: str
    page: Page | None
    pages: int
    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class Chunk:
    """A passage: ``document.text[start:end] == text``.

    ``id`` comes from content and place: the same corpus gives the same ids. ``section`` is the
    path of headings above it, outermost first. ``language`` is that of this passage. ``header`` is
    the header row of the table that the passage continues, empty otherwise.
    """

    id: str
    document: str
    start: int
    end: int
    text: str
    language: str
    section: tuple[str, ...] = ()
    header: str = ""


@dataclass(frozen=True, slots=True)
class Filters:
    """Which passages may be found; None lets all pass.

    ``language`` is the passage's, ``document`` a name or source, ``issuer`` and ``kind`` are the
    report's; ``since`` and ``until`` are ISO dates at any precision.
    """

    language: str | None = None
    document: str | None = None
    issuer: str | None = None
    kind: str | None = None
    since: str | None = None
    until: str | None = None


@dataclass(frozen=True, slots=True)
class Hit:
    """A passage found. ``score`` is the mode's own, higher is better, comparable within one query.

    ``cosine`` (-1 to 1) is between question and passage with the languages' means removed, and
    ``bm25`` (0 and up) is the term score; None where that side was not asked. ``quality`` and
    ``faults`` are those of the page.
    """

    rank: int
    score: float
    chunk: Chunk
    source: str
    page: int
    page_label: str | None = None
    cosine: float | None = None
    bm25: float | None = None
    quality: float | None = None
    faults: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Citation:
    """A quote: ``quote == text[start:end]`` of ``document``. ``id`` counts from 1 in its answer.

    ``quality`` and ``faults`` are those of the page.
    """

    id: int
    document: str
    source: str
    page: int
    page_label: str | None
    start: int
    end: int
    quote: str
    section: tuple[str, ...] = ()
    language: str = ""
    quality: float | None = None
    faults: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence of an answer and the ids of the citations that carry it.

    ``unverified`` has the kinds of things in it (``rag.answering.grounding.REASONS``) that its
    passages do not bear out; empty for a quote, and for a sentence that passed.
    """

    text: str
    citations: tuple[int, ...]
    unverified: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Checks:
    """How many sentences of a language model were borne out, marked and taken out.

    ``reasons`` are kinds of failure and how many sentences failed by each; one may fail by several.
    """

    kept: int
    marked: int
    removed: int
    reasons: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer made of sentences, or a refusal: then ``citations`` is empty and ``text`` says so.

    ``hits`` are the passages that were looked at. ``generator`` is ``"extractive"`` or
    ``"llm:NAME"``. ``evidence``, 0 to 1, is how likely the best sentence found answers.
    ``searched`` is the question that was searched for, where a conversation completed the one
    asked. ``notice`` is a sentence for the reader in the answer's language: why the reports' own
    sentences stand in for a language model's, or that reports differ. ``checks`` is None where no
    model's text was checked. Of a refusal, ``reports`` is how many reports were searched and
    ``missing`` has the words of the question that none of them has.
    """

    query: str
    language: str
    refused: bool
    text: str
    sentences: tuple[Sentence, ...]
    citations: tuple[Citation, ...]
    hits: tuple[Hit, ...]
    generator: str
    evidence: float = 0.0
    searched: str = ""
    notice: str = ""
    checks: Checks | None = None
    reports: int = 0
    missing: tuple[str, ...] = ()


def doubtful(quality: float | None, faults: tuple[str, ...]) -> bool:
    """Whether a page of this quality with these faults is to be checked against the report."""
    return OCR in faults or (quality is not None and quality < LOW_QUALITY)
