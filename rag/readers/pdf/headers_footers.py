"""Running headers, footers and printed page numbers: what repeats at the edges of pages."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from rag.readers.pdf.rows import PageLayout, Row

_EDGE = 0.13
_DEEPEST = 4
_OUTERMOST = 3
_NUMBER = re.compile(r"[0-9٠-٩０-９]+")
_ROMAN = re.compile(r"(?<![A-Za-z])[ivxlc]{1,7}(?![A-Za-z])")
_ALONE = re.compile(
    r"[\s\-–—|·.]*(?:page|p\.?|第|صفحة|ص)?[\s\-–—]*#[\s\-–—]*(?:頁|页|ページ)?"
    r"(?:\s*(?:of|/|共|من)\s*#\s*(?:頁|页|ページ)?)?[\s\-–—|·.]*",
    re.IGNORECASE,
)

Key = tuple[str, int]
_ANYWHERE = -1


def without_margins(pages: Sequence[PageLayout], labels: Sequence[str] = ()) -> list[PageLayout]:
    """The pages without the lines that come back at the edges of other pages.

    At one height near the edge it is enough to come back twice (in short documents once). Files
    printed from the web have footers wherever a page's text ended: there, what stands outermost
    must come back on a fifth of the pages, and numbers must count from page to page. ``labels`` are
    the pages' printed numbers, where the file states them; a line that is one goes.
    """
    counts = Counter[Key]()
    for page in pages:
        counts.update({key for row in page.rows for key in _keys(row, page)})
        outer = {i for top in (True, False) for i in _from_edge(page, top)[:_OUTERMOST]}
        counts.update({(_pattern(page.rows[i]), _ANYWHERE) for i in outer})
    numbers = [_outer_numbers(page) for page in pages]
    cleaned = []
    for index, page in enumerate(pages):
        beside = [
            (step, numbers[index + step])
            for step in (-2, -1, 1, 2)
            if 0 <= index + step < len(pages)
        ]
        counting = {n for n in numbers[index] if any(n + step in others for step, others in beside)}
        label = labels[index] if index < len(labels) else ""
        cleaned.append(_without_label(_cleaned(page, counts, len(pages), counting), label))
    return cleaned


def _keys(row: Row, page: PageLayout) -> list[Key]:
    """What a row near the edge is counted as: at its own height and the two next to it."""
    text = _pattern(row) if _at_edge(row, page) else ""
    if not text:
        return []
    height = _height(row)
    return [(text, height - 1), (text, height), (text, height + 1)]


def _height(row: Row) -> int:
    return round(row.lines[0].y / 4)


def _at_edge(row: Row, page: PageLayout) -> bool:
    if len(row.lines) > _DEEPEST:
        return False
    y = row.lines[0].y
    return y < _EDGE * page.height or y > (1 - _EDGE) * page.height


def _pattern(row: Row) -> str:
    """The row's text with numbers as ``#``; nothing for figures, which differ in number only."""
    if len(row.lines) > _DEEPEST:
        return ""
    text = " ".join(line.text for line in row.lines)
    text = " ".join(_ROMAN.sub("#", _NUMBER.sub("#", text)).split()).casefold()
    if not any(character.isalpha() for character in text) and not _ALONE.fullmatch(text):
        return ""
    return text


def _from_edge(page: PageLayout, top: bool) -> list[int]:
    """Rows of the upper or the lower half, the outermost first."""

    def height(index: int) -> float:
        return page.rows[index].lines[0].y

    half = [i for i in range(len(page.rows)) if (height(i) > page.height / 2) == top]
    return sorted(half, key=height, reverse=top)[: 2 * _OUTERMOST]


def _outer_numbers(page: PageLayout) -> set[int]:
    """The numbers that stand alone outermost on a page."""
    found: set[int] = set()
    for top in (True, False):
        for index in _from_edge(page, top)[:2]:
            row = page.rows[index]
            if _ALONE.fullmatch(_pattern(row)) and (
                match := _NUMBER.search(" ".join(line.text for line in row.lines))
            ):
                found.add(int(match.group()))
    return found


def _cleaned(page: PageLayout, counts: Counter[Key], total: int, numbers: set[int]) -> PageLayout:
    dropped: set[int] = set()
    for top in (True, False):
        for place, index in enumerate(_from_edge(page, top)):
            row = page.rows[index]
            outer = place < _OUTERMOST and _comes_back(row, counts, total, numbers)
            if not outer and not (_at_edge(row, page) and _repeats(row, counts, total)):
                break
            dropped.add(index)
    return replace(page, rows=tuple(r for i, r in enumerate(page.rows) if i not in dropped))


def _repeats(row: Row, counts: Counter[Key], total: int) -> bool:
    """Whether a row comes back at this height."""
    text = _pattern(row)
    seen = counts[(text, _height(row))] if text else 0
    if _ALONE.fullmatch(text):
        return seen >= 2
    # The head of a table may stand first on several pages too.
    if len(row.cells) > 2:
        return seen >= 3 and seen * 3 >= total
    return seen >= 3 or (seen == 2 and total <= 4)


def _comes_back(row: Row, counts: Counter[Key], total: int, numbers: set[int]) -> bool:
    """Whether a row is outermost on many pages, or a number that counts from page to page."""
    text = _pattern(row)
    if not text:
        return False
    if _ALONE.fullmatch(text):
        match = _NUMBER.search(" ".join(line.text for line in row.lines))
        return match is not None and int(match.group()) in numbers
    seen = counts[(text, _ANYWHERE)]
    return seen >= 4 and seen * 5 >= total


def _without_label(page: PageLayout, label: str) -> PageLayout:
    """Without the rows at the edges that are the page's label, dashes and the like aside."""
    outer = {i for top in (True, False) for i in _from_edge(page, top)[:1]}
    dropped = {
        i
        for i in outer
        if label
        and _at_edge(page.rows[i], page)
        and " ".join(line.text for line in page.rows[i].lines).strip(" -–—|·") == label
    }
    return replace(page, rows=tuple(r for i, r in enumerate(page.rows) if i not in dropped))
