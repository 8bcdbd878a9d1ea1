"""Lines that follow one another downward, as paragraphs and list items."""

from __future__ import annotations

import re
import statistics
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from rag.readers.pdf.lines import Line
from rag.readers.pdf.rows import PageLayout

_BULLET = re.compile(
    r"\s*(?:[•●○◦▪■□◆◇‣⁃∙·★※þ¨☐☒☑✓➢]\s*\S|[-–—*]\s+\S|o\s+[A-Z]"
    r"|[(（]?(?:[0-9]{1,3}|[a-zA-Z]|[ivx]{1,5}|[一二三四五六七八九十]{1,3})[)）]\s*\S"
    r"|[0-9]{1,2}(?:\.[0-9]{1,2}){0,4}[.．、]\s*\D|[一二三四五六七八九十壹貳參肆伍陸柒捌玖拾]{1,3}[、．]"
    r"|[①-⑳⑴-⒇]|第[0-9一二三四五六七八九十百]{1,5}[條条章節节]|[¹²³⁰⁴-⁹]{1,3}\s*\S)"
)
_WIDE = re.compile("[\u2e80-\uffef]")
# What may not begin a line goes with the character before it.
_FIRST_WIDE = re.compile("[「『（《〈【]*.[、。，．：；？！」』）》〉】,.:;?!)]*")
# An end from which a line that begins in lower case goes on.
_OPEN_END = re.compile(r"[^\W_][,，、،\-\u2010\xad]?$")
# Type this large is that of a title, whose lines end where they look best.
_TITLE = 17.0
_FIRST_WORD = re.compile(r"\S+")


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Lines that make one paragraph. ``apart`` says that white space sets it off from above."""

    lines: tuple[Line, ...]
    apart: bool

    @property
    def size(self) -> float:
        """The height of the largest type in it."""
        return max(line.size for line in self.lines)

    @property
    def bold(self) -> bool:
        """Whether all of it is bold."""
        return all(line.bold for line in self.lines)


def paragraphs_of(lines: Sequence[Line], page: PageLayout, body: float) -> Iterator[Paragraph]:
    """Splits lines that follow one another downward into paragraphs."""
    drops = [a.y - b.y for a, b in pairwise(lines)]
    usual = page.leading * max((line.size for line in lines), default=0.0)
    leading = statistics.median(drops) if len(drops) > 3 else usual
    right = page.right
    edge = max((_end(line, right) for line in lines), default=0.0)
    paragraph: list[Line] = []
    apart = True
    for line in lines:
        if paragraph:
            previous = paragraph[-1]
            title = line.bold and line.size > _TITLE
            room = max(1.25 * leading, (1.45 if title else 1.1) * line.size)
            gap = previous.y - line.y > room
            styled = abs(line.size - previous.size) > 0.08 * line.size or line.bold != previous.bold
            if gap or styled or _starts_anew(paragraph, line, right, edge, body):
                yield Paragraph(tuple(paragraph), apart)
                paragraph = []
                apart = gap or styled
        paragraph.append(line)
    if paragraph:
        yield Paragraph(tuple(paragraph), apart)


def goes_on(end: str, start: str) -> bool:
    """Whether the text of one page's end may go on in the text of the next page's start.

    Latin text goes on in lower case; most other scripts have none, so that the end alone tells.
    """
    end, start = end.rstrip(), start.lstrip()
    if not end or not start or _BULLET.match(start):
        return False
    return _OPEN_END.search(end) is not None and (start[0].islower() or start[0] >= "\u0590")


def _start(line: Line, right: bool) -> float:
    return -line.x1 if right else line.x0


def _end(line: Line, right: bool) -> float:
    return -line.x0 if right else line.x1


def _starts_anew(
    paragraph: Sequence[Line], line: Line, right: bool, edge: float, body: float
) -> bool:
    """Whether a line begins a paragraph, though no white space says so."""
    previous = paragraph[-1]
    if _BULLET.match(line.text):
        return True
    if line.bold and line.size > _TITLE and len(paragraph) < 3:
        return False
    if line.text.lstrip()[:1].islower() and _OPEN_END.search(previous.text.rstrip()):
        return False
    # A line that had room for the next word was ended on purpose.
    width = line.x1 - line.x0
    wide = bool(_WIDE.match(line.text))
    word = (_FIRST_WIDE if wide else _FIRST_WORD).match(line.text.strip())
    length = len(word.group()) if word else 1
    first = width * min(length / max(len(line.text), 1), 1.0)
    if _end(previous, right) + first + 1.3 * line.size < edge:
        return True
    narrow = previous.x1 - previous.x0 < 0.55 * body
    if narrow and not line.text.lstrip()[:1].islower() and not wide and len(paragraph) == 1:
        return not previous.text.rstrip().endswith((",", "-", "–"))
    indent = _start(line, right) - _start(previous, right)
    hanging = _BULLET.match(paragraph[0].text) is not None
    return not hanging and len(paragraph) > 1 and 0.8 * line.size < indent < 5 * line.size
