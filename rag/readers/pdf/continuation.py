"""What runs on over the ends of columns and pages, with the footnotes out of the way."""

from __future__ import annotations

import re
from collections.abc import Sequence

from rag.readers.builder import BLOCK
from rag.readers.pdf.bidi import is_right_to_left
from rag.readers.pdf.blocks import Block
from rag.readers.pdf.joining import space_between
from rag.readers.pdf.lines import Line
from rag.readers.pdf.paragraphs import Paragraph, goes_on

_MARK = re.compile(
    r"[¹²³⁰⁴-⁹]|[0-9٠-٩]{1,3}[\s.)]|[*†‡§※]|[(（\[][0-9a-z]{1,2}[)）\]]|[①-⑳]|[註注][0-9一二三:：]?"
)
_SMALL = 0.92


def columns_joined(blocks: Sequence[Block]) -> list[Block]:
    """The blocks of a page, a paragraph that goes on at the top of the next column being one."""
    joined: list[Block] = []
    for block in blocks:
        last = joined[-1] if joined else None
        if (
            isinstance(last, Paragraph)
            and isinstance(block, Paragraph)
            and block.lines[0].y > last.lines[-1].y + last.size
            and _runs_on(last, block, [last, block])
        ):
            joined[-1] = Paragraph((*last.lines, *block.lines), last.apart)
        else:
            joined.append(block)
    return joined


def feet_apart(blocks: Sequence[Block], body: float) -> tuple[list[Block], list[Block]]:
    """A page's blocks without its footnotes, and those.

    Footnotes are set smaller than ``body``, the first behind a mark, and nothing else stands lower.
    """
    small = [isinstance(b, Paragraph) and b.size <= _SMALL * body for b in blocks]
    lowest = min(
        (
            b.lines[-1].y
            for b, s in zip(blocks, small, strict=True)
            if isinstance(b, Paragraph) and not s
        ),
        default=0.0,
    )
    main: list[Block] = []
    feet: list[Block] = []
    for block, is_small in zip(blocks, small, strict=True):
        foot = (
            is_small
            and isinstance(block, Paragraph)
            and block.lines[0].y < lowest
            and (bool(feet) or _MARK.match(block.lines[0].text.strip()) is not None)
        )
        (feet if foot else main).append(block)
    return main, feet


def separator(before: Sequence[Block], after: Sequence[Block]) -> str:
    """What stands between two pages: a blank line unless a paragraph goes on over them."""
    last = before[-1] if before else None
    first = after[0] if after else None
    if not isinstance(last, Paragraph) or not isinstance(first, Paragraph):
        return BLOCK
    if not _runs_on(last, first, before):
        return BLOCK
    return space_between(last.lines[-1].text, first.lines[0].text)


def _runs_on(last: Paragraph, first: Paragraph, page: Sequence[Block]) -> bool:
    """Whether a paragraph goes on in another: alike in type, and its last line full."""
    end, start = last.lines[-1], first.lines[0]
    alike = abs(end.size - start.size) < 0.05 * start.size and last.bold == first.bold
    if not alike or not goes_on(end.text, start.text):
        return False
    widths = [
        _width(line)
        for block in page
        if isinstance(block, Paragraph)
        for line in block.lines
        if abs(line.size - end.size) < 0.05 * end.size and _in_column(line, end)
    ]
    return _width(end) >= 0.7 * max(widths)


def _in_column(line: Line, other: Line) -> bool:
    """Whether two lines begin at one edge; an indent counts as the edge."""
    if is_right_to_left(other.text):
        return abs(line.x1 - other.x1) < 3 * other.size
    return abs(line.x0 - other.x0) < 3 * other.size


def _width(line: Line) -> float:
    return line.x1 - line.x0
