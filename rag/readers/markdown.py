"""Markdown: kept as it is, marks included, with its headings and tables known.

A table of Markdown keeps its bars: its rows are lines, its cells stand between ``|``.
"""

from __future__ import annotations

import re
from itertools import pairwise

from markdown_it import MarkdownIt
from markdown_it.token import Token

from rag.readers.facts import facts_of
from rag.readers.text import kept_text, pages_at_form_feeds
from rag.schema import Heading, Reading, Table

_FRONT_MATTER = re.compile(r"\A---\n(.*?)\n(?:---|\.\.\.)(?:\n|\Z)", re.DOTALL)


def read_markdown(data: bytes) -> Reading:
    """Reads Markdown (CommonMark with GFM tables); raises ReadError when the bytes are no text."""
    text = kept_text(data)
    starts = _line_starts(text)
    # Same length, so that offsets hold; front matter would parse as a rule and a heading.
    matter = _FRONT_MATTER.match(text)
    body = re.sub(r"[^\n]", " ", matter.group(0)) + text[matter.end() :] if matter else text
    tokens = MarkdownIt("commonmark", {"maxNesting": 50}).enable("table").parse(body)
    headings = tuple(_headings(text, starts, tokens))
    tables = tuple(_tables(text, starts, tokens))
    title = _matter_value(matter.group(1), "title") if matter else ""
    date = _matter_value(matter.group(1), "date") if matter else ""
    if not title and headings:
        title = headings[0].title
    pages = pages_at_form_feeds(text)
    first = text[pages[0].start : pages[0].end]
    return Reading(text, pages, headings, tables, facts_of(first, title=title, stated_date=date))


def _line_starts(text: str) -> list[int]:
    return [0, *(match.end() for match in re.finditer("\n", text)), len(text) + 1]


def _span(text: str, starts: list[int], lines: list[int]) -> tuple[int, int]:
    start, end = starts[lines[0]], min(starts[min(lines[1], len(starts) - 1)] - 1, len(text))
    content = text[start:end]
    return start + len(content) - len(content.lstrip()), start + len(content.rstrip())


def _headings(text: str, starts: list[int], tokens: list[Token]) -> list[Heading]:
    found = []
    for opening, inline in pairwise(tokens):
        if opening.type == "heading_open" and opening.map and inline.children is not None:
            title = " ".join("".join(_shown(inline.children)).split())
            start, end = _span(text, starts, opening.map)
            if title and start < end:
                found.append(Heading(start, end, int(opening.tag[1]), title))
    return found


def _shown(tokens: list[Token]) -> list[str]:
    return [
        " " if t.type in ("softbreak", "hardbreak") else t.content
        for t in tokens
        if t.type != "html_inline"
    ]


def _tables(text: str, starts: list[int], tokens: list[Token]) -> list[Table]:
    found = []
    for token in tokens:
        if token.type == "table_open" and token.map:
            start, end = _span(text, starts, token.map)
            # The header row and the row of dashes under it.
            header_end = min(starts[token.map[0] + 2] - 1, end)
            found.append(Table(start, end, header_end))
    return found


def _matter_value(matter: str, key: str) -> str:
    match = re.search(rf"^{key}:[ \t]*(.+)$", matter, re.MULTILINE)
    return match.group(1).strip().strip("\"'") if match else ""
