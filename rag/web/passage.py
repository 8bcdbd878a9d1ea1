"""A passage of a report as HTML: its text as text, its table rows as a table, the quote marked.

Whatever a report says is shown and never obeyed: every character goes through ``html.escape``, and
no tag but those written here is made.
"""

from __future__ import annotations

from collections.abc import Iterator
from html import escape
from itertools import groupby

from rag.web.texts import RIGHT_TO_LEFT

Span = tuple[int, int]
"""A half-open range of offsets; empty when it ends where it starts."""

NOTHING: Span = (0, 0)


def language_attributes(language: str) -> str:
    """The ``lang`` and ``dir`` attributes of a piece of text, with a space before them.

    ``dir`` is ``auto`` where the language is unknown or set from left to right, so that a line in
    another script still falls the right way.
    """
    lang = f' lang="{escape(language)}"' if language else ""
    right_to_left = language.partition("-")[0] in RIGHT_TO_LEFT
    return f'{lang} dir="{"rtl" if right_to_left else "auto"}"'


def passage_html(text: str, quote: Span = NOTHING, header: str = "") -> str:
    """``text`` with the characters ``quote`` marked, as HTML.

    Consecutive lines with tabs become rows of a table; ``header`` is the header row of a table
    whose rows come first in the text. Every other line keeps its breaks. All characters but the
    tabs and the line breaks around table rows are kept, in order.
    """
    blocks = [list(block) for _, block in groupby(_lines(text), key=lambda line: "\t" in line[1])]
    parts = []
    for number, block in enumerate(blocks):
        start = block[0][0]
        lines = [line for _, line in block]
        if "\t" in lines[0]:
            parts.append(_table(lines, start, quote, header if number == 0 else ""))
        else:
            parts.append(_prose("\n".join(lines), start, quote))
    return "".join(parts)


def _lines(text: str) -> Iterator[tuple[int, str]]:
    """Each line and the offset it starts at."""
    offset = 0
    for line in text.split("\n"):
        yield offset, line
        offset += len(line) + 1


def _prose(text: str, start: int, quote: Span) -> str:
    """Running text; blank lines at its ends are left to the spacing between blocks."""
    body = text.strip("\n")
    if not body:
        return ""
    begin = start + text.index(body)
    return f'<p class="prose">{_marked(body, begin, quote)}</p>'


def _table(lines: list[str], start: int, quote: Span, header: str) -> str:
    rows = []
    offset = start
    for line in lines:
        cells = []
        for cell in line.split("\t"):
            cells.append(f"<td>{_marked(cell, offset, quote)}</td>")
            offset += len(cell) + 1
        rows.append(f"<tr>{''.join(cells)}</tr>")
    head = "".join(f'<th scope="col">{escape(cell)}</th>' for cell in header.split("\t"))
    thead = f"<thead><tr>{head}</tr></thead>" if header else ""
    return (
        f'<div class="table" tabindex="0"><table>{thead}'
        f"<tbody>{''.join(rows)}</tbody></table></div>"
    )


def _marked(text: str, start: int, quote: Span) -> str:
    """``text``, which begins at offset ``start``, escaped, with its share of ``quote`` marked."""
    begin = min(max(quote[0] - start, 0), len(text))
    end = min(max(quote[1] - start, begin), len(text))
    if begin == end:
        return escape(text)
    return f"{escape(text[:begin])}<mark>{escape(text[begin:end])}</mark>{escape(text[end:])}"
