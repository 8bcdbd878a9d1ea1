"""A passage of a report as HTML: its text as text, its table rows as a table, the quote marked.

Whatever a report says is shown and never obeyed: every character goes through ``html.escape``, and
no tag but those written here is made.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from html import escape
from itertools import groupby, pairwise
from typing import NamedTuple

from rag.web.texts import RIGHT_TO_LEFT


class Quote(NamedTuple):
    """The half-open range of a passage's characters that the citation called ``id`` quotes."""

    start: int
    end: int
    id: str


def language_attributes(language: str) -> str:
    """The ``lang`` and ``dir`` attributes of a piece of text, with a space before them.

    ``dir`` is ``auto`` where the language is unknown or set from left to right, so that a line in
    another script still falls the right way.
    """
    lang = f' lang="{escape(language)}"' if language else ""
    right_to_left = language.partition("-")[0] in RIGHT_TO_LEFT
    return f'{lang} dir="{"rtl" if right_to_left else "auto"}"'


def passage_html(text: str, quotes: Sequence[Quote] = (), header: str = "") -> str:
    """``text`` with its ``quotes`` marked, as HTML.

    Consecutive lines with tabs become rows of a table; ``header`` is the header row of a table
    whose rows come first in the text. Every other line keeps its breaks. All characters but the
    tabs and the line breaks around table rows are kept, in order. A mark names in ``data-quote``
    the quotes it belongs to; one quote has several marks where it spans cells or paragraphs.
    """
    blocks = [list(block) for _, block in groupby(_lines(text), key=lambda line: "\t" in line[1])]
    parts = []
    for number, block in enumerate(blocks):
        start = block[0][0]
        lines = [line for _, line in block]
        if "\t" in lines[0]:
            parts.append(_table(lines, start, quotes, header if number == 0 else ""))
        else:
            parts.append(_prose("\n".join(lines), start, quotes))
    return "".join(parts)


def _lines(text: str) -> Iterator[tuple[int, str]]:
    """Each line and the offset it starts at."""
    offset = 0
    for line in text.split("\n"):
        yield offset, line
        offset += len(line) + 1


def _prose(text: str, start: int, quotes: Sequence[Quote]) -> str:
    """Running text; blank lines at its ends are left to the spacing between blocks."""
    body = text.strip("\n")
    if not body:
        return ""
    begin = start + text.index(body)
    return f'<p class="prose">{_marked(body, begin, quotes)}</p>'


def _table(lines: list[str], start: int, quotes: Sequence[Quote], header: str) -> str:
    rows = []
    offset = start
    for line in lines:
        cells = []
        for cell in line.split("\t"):
            cells.append(f"<td>{_marked(cell, offset, quotes)}</td>")
            offset += len(cell) + 1
        rows.append(f"<tr>{''.join(cells)}</tr>")
    head = "".join(f'<th scope="col">{escape(cell)}</th>' for cell in header.split("\t"))
    thead = f"<thead><tr>{head}</tr></thead>" if header else ""
    return (
        f'<div class="table" tabindex="0"><table>{thead}'
        f"<tbody>{''.join(rows)}</tbody></table></div>"
    )


def _marked(text: str, start: int, quotes: Sequence[Quote]) -> str:
    """``text``, which begins at offset ``start``, escaped, with its share of ``quotes`` marked."""
    edges = (edge - start for quote in quotes for edge in (quote.start, quote.end))
    cuts = sorted({0, len(text), *(edge for edge in edges if 0 < edge < len(text))})
    parts = []
    for begin, end in pairwise(cuts):
        piece = escape(text[begin:end])
        names = " ".join(
            quote.id
            for quote in quotes
            if quote.start <= start + begin and start + end <= quote.end
        )
        parts.append(f'<mark data-quote="{escape(names)}">{piece}</mark>' if names else piece)
    return "".join(parts)
