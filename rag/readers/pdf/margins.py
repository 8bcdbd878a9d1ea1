"""Running headers, footers and printed page numbers: what repeats at the edges of pages."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from rag.readers.pdf.lines import PageLayout, Row

_EDGE = 0.13
_DEEPEST = 4
_NUMBER = re.compile(r"[0-9٠-٩０-９]+")
_ROMAN = re.compile(r"(?<![A-Za-z])[ivxlc]{1,7}(?![A-Za-z])")
_ALONE = re.compile(
    r"[\s\-–—|·.]*(?:page|p\.?|第|صفحة|ص)?[\s\-–—]*#[\s\-–—]*(?:頁|页|ページ)?"
    r"(?:\s*(?:of|/|共|من)\s*#\s*(?:頁|页|ページ)?)?[\s\-–—|·.]*",
    re.IGNORECASE,
)

Key = tuple[str, int]


def without_margins(pages: Sequence[PageLayout]) -> list[PageLayout]:
    """The pages without lines at their edges that come back on other pages at the same height.

    A number alone at the edge goes if such numbers stand there on other pages too. Rows of several
    cells must come back on a third of the pages, because the head of a table may repeat as well.
    """
    counts = Counter[Key]()
    for page in pages:
        counts.update({key for row in page.rows for key in _keys(row, page)})
    return [_cleaned(page, counts, len(pages)) for page in pages]


def _keys(row: Row, page: PageLayout) -> list[Key]:
    """What a row at the edge is counted as, at its own height and the two next to it."""
    if not _at_edge(row, page):
        return []
    text = _pattern(row)
    if not text:
        return []
    height = round(row.lines[0].y / 4)
    return [(text, height - 1), (text, height), (text, height + 1)]


def _at_edge(row: Row, page: PageLayout) -> bool:
    if len(row.lines) > _DEEPEST:
        return False
    middle = row.lines[0].y
    return middle < _EDGE * page.height or middle > (1 - _EDGE) * page.height


def _pattern(row: Row) -> str:
    """The row's text with numbers as ``#``; nothing for figures, which differ in number only."""
    text = " ".join(line.text for line in row.lines)
    text = " ".join(_ROMAN.sub("#", _NUMBER.sub("#", text)).split()).casefold()
    if not any(character.isalpha() for character in text) and not _ALONE.fullmatch(text):
        return ""
    return text


def _cleaned(page: PageLayout, counts: Counter[Key], total: int) -> PageLayout:
    dropped: set[int] = set()
    for ordered in (_from_edge(page, top=True), _from_edge(page, top=False)):
        for index in ordered:
            if not _repeats(page.rows[index], page, counts, total):
                break
            dropped.add(index)
    rows = tuple(row for index, row in enumerate(page.rows) if index not in dropped)
    return replace(page, rows=rows)


def _from_edge(page: PageLayout, top: bool) -> list[int]:
    """Rows within the upper or the lower edge, the outermost first."""

    def height(index: int) -> float:
        return page.rows[index].lines[0].y

    chosen = [
        index for index, row in enumerate(page.rows) if (height(index) > page.height / 2) == top
    ]
    return sorted(chosen, key=height, reverse=top)[:6]


def _repeats(row: Row, page: PageLayout, counts: Counter[Key], total: int) -> bool:
    if not _at_edge(row, page):
        return False
    text = _pattern(row)
    seen = counts[(text, round(row.lines[0].y / 4))] if text else 0
    if seen < 2:
        return False
    if _ALONE.fullmatch(text):
        return True
    if len(row.cells) > 2:
        return seen >= 3 and seen * 3 >= total
    return seen >= 3 or total <= 4
