"""Document to chunks: exact spans that follow the report's structure.

A chunk never crosses a page, nor a heading that stands on a line of its own; within them
paragraphs, list items and table rows are packed up to the size wanted. A paragraph that is too long
is cut between sentences, and a sentence that is too long between words. A table's later pieces
carry its header row.
"""

from __future__ import annotations

import hashlib
import re
from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise, takewhile

from rag.documents.sections import Sections
from rag.schema import Chunk, Document, Page, Table
from rag.text.sentences import sentence_spans

VERSION = 7

CountTokens = Callable[[Sequence[str]], list[int]]
DetectLanguage = Callable[[str], str]

_LINE = re.compile(r"[^\n]+")
_CUT = re.compile(r"[\s,;:，；：、،؛]+|(?<=[\u3041-\u30ff\u3400-\u9fff])(?=.)")


@dataclass(frozen=True, slots=True)
class _Unit:
    """A span that is packed whole. ``opens`` starts a new chunk whatever the size."""

    start: int
    end: int
    tokens: int
    page: int
    section: tuple[str, ...]
    heading: bool
    opens: bool
    table: Table | None


def chunk_document(
    document: Document,
    *,
    max_tokens: int,
    count_tokens: CountTokens,
    detect_language: DetectLanguage,
) -> list[Chunk]:
    """The chunks of ``document`` in order, each at most ``max_tokens`` tokens.

    ``count_tokens`` gives the number of tokens of each text, special tokens left out. White space
    between chunks belongs to none. Only a single word longer than ``max_tokens`` exceeds it.
    """
    units = list(_units(document, max_tokens, count_tokens))
    return [
        _make_chunk(document, group, detect_language) for group in _pack(units, max_tokens) if group
    ]


def _make_chunk(document: Document, group: list[_Unit], detect: DetectLanguage) -> Chunk:
    start, end = group[0].start, group[-1].end
    text = document.text[start:end]
    table = group[0].table
    header = ""
    if table is not None:
        first, last = table.header
        # A table that goes on from the page before has its header there.
        header = document.text[first:last].strip() if first < last <= start else ""
    place = f"{document.name}\0{start}\0{end}\0{text}"
    return Chunk(
        id=hashlib.sha256(place.encode("utf-8", "surrogatepass")).hexdigest()[:16],
        document=document.name,
        start=start,
        end=end,
        text=text,
        language=detect(text),
        section=_common_path(group),
        header=header,
    )


def _pack(units: list[_Unit], max_tokens: int) -> Iterator[list[_Unit]]:
    group: list[_Unit] = []
    size = 0
    for unit in units:
        only_headings = all(member.heading for member in group)
        new_page = bool(group) and group[-1].page != unit.page
        # A heading goes with what it heads, unless that stands on the next page.
        breaks = new_page or (unit.opens and not only_headings)
        if group and (breaks or size + unit.tokens > max_tokens):
            yield group
            group, size = [], 0
        group.append(unit)
        size += unit.tokens
    if group:
        yield group


def _units(document: Document, max_tokens: int, count_tokens: CountTokens) -> Iterator[_Unit]:
    text, reading = document.text, document.reading
    spans = list(_line_spans(text, reading.pages))
    counts = count_tokens([text[start:end] for start, end in spans])
    sections = Sections(reading.headings)
    page_starts = [page.start for page in reading.pages]
    previous_page, previous_section = -1, None
    for (start, end), tokens in zip(spans, counts, strict=True):
        page = bisect_right(page_starts, start)
        section, heading = sections.at(start), sections.is_heading(start, end)
        table = next((t for t in reading.tables if t.start <= start < t.end), None)
        # A number or title that runs on into its clause does not set the clause apart.
        opens = page != previous_page or (heading and section != previous_section)
        previous_page, previous_section = page, section
        pieces = [(start, end, tokens)]
        if tokens > max_tokens:
            pieces = list(_cut(document, (start, end), max_tokens, count_tokens))
        for first, last, size in pieces:
            yield _Unit(first, last, size, page, section, heading, opens, table)
            opens = False


def _line_spans(text: str, pages: Sequence[Page]) -> Iterator[tuple[int, int]]:
    """Spans of the lines with something on them, cut where a page begins."""
    for page in pages or [Page(1, 0, len(text))]:
        for line in _LINE.finditer(text, page.start, page.end):
            stripped = line[0].strip()
            if stripped:
                start = line.start() + line[0].index(stripped[0])
                yield start, start + len(stripped)


def _common_path(group: Sequence[_Unit]) -> tuple[str, ...]:
    """The headings that all of the passage stands under; title lines that open it do not count."""
    paths = [unit.section for unit in group if not unit.heading] or [unit.section for unit in group]
    common = paths[-1]
    for path in paths:
        shared = sum(
            1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(common, path, strict=False))
        )
        common = common[:shared]
    return common


def _cut(
    document: Document, span: tuple[int, int], max_tokens: int, count_tokens: CountTokens
) -> Iterator[tuple[int, int, int]]:
    """Pieces of one long line with their tokens: sentences packed, long sentences cut at words."""
    text, (start, end) = document.text, span
    sentences = sentence_spans(text[start:end], document.language)
    spans = [(start + first, start + last) for first, last in sentences]
    for first, last, tokens in _packed(text, spans, max_tokens, count_tokens):
        if tokens <= max_tokens:
            yield first, last, tokens
        else:
            yield from _packed(text, _word_spans(text, first, last), max_tokens, count_tokens)


def _word_spans(text: str, start: int, end: int) -> list[tuple[int, int]]:
    edges = [start, *(m.end() for m in _CUT.finditer(text, start, end) if m.end() < end), end]
    spans = []
    for first, last in pairwise(edges):
        stripped = text[first:last].strip()
        if stripped:
            at = first + text[first:last].index(stripped[0])
            spans.append((at, at + len(stripped)))
    return spans


def _packed(
    text: str, spans: list[tuple[int, int]], max_tokens: int, count_tokens: CountTokens
) -> Iterator[tuple[int, int, int]]:
    """Neighbouring spans joined as long as their tokens together fit."""
    counts = count_tokens([text[start:end] for start, end in spans])
    first, last, size = -1, -1, 0
    for (start, end), tokens in zip(spans, counts, strict=True):
        if first >= 0 and size + tokens > max_tokens:
            yield first, last, size
            first, size = -1, 0
        if first < 0:
            first = start
        last, size = end, size + tokens
    if first >= 0:
        yield first, last, size


def facts_line(document: Document) -> str:
    """What the report is, whose and of when: name, title, issuer, kind and date."""
    facts = document.reading.facts
    name = document.name.rsplit("/", 1)[-1]
    return " ".join(filter(None, (name, facts.title, facts.issuer, facts.kind, facts.date)))


def context_of(document: Document, chunk: Chunk, max_characters: int = 240) -> str:
    """What the passage belongs to, a line: the report's title and facts, and the section path.

    A heading that begins the passage is not repeated. Long paths keep title and innermost parts.
    """
    facts = document.reading.facts
    title = facts.title or document.name.rsplit("/", 1)[-1]
    known = [part for part in (facts.issuer, facts.kind, facts.date[:4]) if part not in title]
    section = [part for part in chunk.section if part and not chunk.text.startswith(part)]
    parts = [" ".join([title, *known]), *(part for part in section if part != title)]
    while len(parts) > 2 and len(" > ".join(parts)) > max_characters:
        parts.pop(1)
    return " > ".join(parts)[:max_characters]
