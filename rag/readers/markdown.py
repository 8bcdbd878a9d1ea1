"""Markdown: kept as it is, marks included, with its headings known; tables become rows of tabs.

Lists stand as they are, and so do footnotes (``[^1]``), at the place where the file has them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from markdown_it import MarkdownIt
from markdown_it.token import Token

from rag.readers.builder import row_line
from rag.readers.facts import facts_of
from rag.readers.text import kept_text, pages_at_form_feeds
from rag.schema import Heading, Reading, Table

_FRONT_MATTER = re.compile(r"\A---\n(.*?)\n(?:---|\.\.\.)(?:\n|\Z)", re.DOTALL)


def read_markdown(data: bytes) -> Reading:
    """Reads Markdown (CommonMark with GFM tables); raises ReadError when the bytes are no text."""
    source = kept_text(data)
    # Same length, so that offsets hold; front matter would parse as a rule and a heading.
    matter = _FRONT_MATTER.match(source)
    body = re.sub(r"[^\n]", " ", matter.group(0)) + source[matter.end() :] if matter else source
    tokens = MarkdownIt("commonmark", {"maxNesting": 50}).enable("table").parse(body)
    text, tables, place = _with_rows(source, list(_tables(tokens)))
    headings = tuple(_headings(text, place, tokens))
    title = _matter_value(matter.group(1), "title") if matter else ""
    issuer = _matter_value(matter.group(1), "issuer") if matter else ""
    date = _matter_value(matter.group(1), "date") if matter else ""
    if not title and headings:
        title = headings[0].title
    pages = pages_at_form_feeds(text)
    first = text[pages[0].start : pages[0].end]
    if matter and text.startswith(matter.group(0)):
        first = first[matter.end() :]
    facts = facts_of(first, title=title, issuer=issuer, stated_date=date)
    return Reading(text, pages, headings, tables, facts)


@dataclass(slots=True)
class _Table:
    """Lines ``first`` to ``last`` (from 0, half-open) of the source, and their rows."""

    first: int
    last: int
    rows: list[list[str]]


def _tables(tokens: list[Token]) -> Iterator[_Table]:
    """The tables, of which the first row is the header; none lies in another."""
    table: _Table | None = None
    for token in tokens:
        if token.type == "table_open" and token.map:
            table = _Table(token.map[0], token.map[1], [])
        elif table is not None and token.type == "tr_open":
            table.rows.append([])
        elif table is not None and token.type == "inline":
            table.rows[-1].append("".join(_shown(token.children or [])))
        elif table is not None and token.type == "table_close":
            yield table
            table = None


def _with_rows(source: str, tables: list[_Table]) -> tuple[str, tuple[Table, ...], list[int]]:
    """The source with rows of tabs for its tables, their spans, and where each line begins.

    Lines of a table begin where the table does; one more place stands for the end.
    """
    lines = source.split("\n")
    by_first = {table.first: table for table in tables}
    parts: list[str] = []
    spans: list[Table] = []
    place: list[int] = []
    at = number = 0
    while number < len(lines):
        table = by_first.get(number)
        rows = [row_line(row) for row in table.rows] if table else []
        written = "\n".join(row for row in rows if row.strip())
        last = table.last if table else number + 1
        if table and written:
            spans.append(Table(at, at + len(written), at + len(rows[0])))
        place += [at] * (last - number)
        parts.append(written if table else lines[number])
        at += len(parts[-1]) + 1
        number = last
    return "\n".join(parts), tuple(spans), [*place, at]


def _headings(text: str, place: list[int], tokens: list[Token]) -> Iterator[Heading]:
    for opening, inline in pairwise(tokens):
        if opening.type == "heading_open" and opening.map and inline.children is not None:
            title = " ".join("".join(_shown(inline.children)).split())
            start = place[opening.map[0]]
            content = text[start : place[min(opening.map[1], len(place) - 1)] - 1]
            end = start + len(content.rstrip())
            start += len(content) - len(content.lstrip())
            if title and start < end:
                yield Heading(start, end, int(opening.tag[1]), title)


def _shown(tokens: list[Token]) -> list[str]:
    return [
        " " if t.type in ("softbreak", "hardbreak") else t.content
        for t in tokens
        if t.type != "html_inline"
    ]


def _matter_value(matter: str, key: str) -> str:
    match = re.search(rf"^{key}:[ \t]*(.+)$", matter, re.MULTILINE)
    return match.group(1).strip().strip("\"'") if match else ""
