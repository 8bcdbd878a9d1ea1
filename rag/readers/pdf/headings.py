"""Which paragraphs of a PDF are headings: by its outline, their numbers, their type."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

from rag.readers.numbering import (
    LONE_BELOW,
    Numbered,
    is_contents_entry,
    is_east_asian,
    numbered_heading,
)
from rag.readers.pdf.blocks import Block
from rag.readers.pdf.paragraphs import Paragraph
from rag.text.fold import fold

Outline = dict[tuple[int, str], int]
_SENTENCE_END = re.compile(r"[.,;。，；、،؛]$")
_LONGEST = 150
_LONE = re.compile(r"([0-9]{1,2})[.．、)]\s*\D")
_MOST_SIZES = 5


@dataclass(frozen=True, slots=True)
class Style:
    """How a document is set: its body's type, and its headings'.

    ``sizes`` are those above the body's, from the largest. ``numbered`` holds, for each size that
    numbered headings are set in, the deepest level of those that stand out from the body.
    ``east_asian`` says that sections are numbered 一、.
    """

    body: float
    body_bold: bool
    sizes: tuple[float, ...]
    numbered: tuple[tuple[float, int], ...]
    east_asian: bool

    def stands_out(self, paragraph: Paragraph) -> bool:
        """Whether a paragraph is set larger than the body, or bold where the body is not."""
        return _half(paragraph.size) > self.body or (paragraph.bold and not self.body_bold)


def style_of(pages: Sequence[Sequence[Block]]) -> Style:
    """Body type by how much is set in it; heading sizes are those above it that are used."""
    paragraphs = [block for page in pages for block in page if isinstance(block, Paragraph)]
    letters = Counter[tuple[float, bool]]()
    for line in (line for paragraph in paragraphs for line in paragraph.lines):
        letters[(_half(line.size), line.bold)] += len(line.text)
    (body, bold), _ = letters.most_common(1)[0] if letters else ((0.0, False), 0)
    larger = {_half(p.size) for p in paragraphs if p.size >= 1.12 * body and len(p.lines) <= 3}
    plain = Style(body, bold, tuple(sorted(larger, reverse=True)[:_MOST_SIZES]), (), False)
    numbered: dict[float, int] = {}
    east_asian = False
    for paragraph in paragraphs:
        found = numbered_heading(_first(paragraph)) if len(paragraph.lines) == 1 else None
        if found is None:
            continue
        east_asian = east_asian or is_east_asian(_first(paragraph))
        if plain.stands_out(paragraph):
            size = _half(paragraph.size)
            numbered[size] = max(found.level, numbered.get(size, 0))
    return replace(plain, numbered=tuple(sorted(numbered.items())), east_asian=east_asian)


def _first(paragraph: Paragraph) -> str:
    return paragraph.lines[0].text.strip()


def _half(size: float) -> float:
    return round(size * 2) / 2


def heading_of(
    paragraph: Paragraph, text: str, page: int, style: Style, outline: Outline
) -> tuple[int, int] | None:
    """Length and level of the heading that a paragraph is or begins with, else None.

    An entry of the outline for this page decides; then numbers; then type that is larger than the
    body's, or bold where the body is not. Such type ranks below the numbered headings that are set
    as large or larger. The number of a clause that its text follows ranks below all of these.
    """
    level = outline.get((page, outline_key(text)))
    if level is not None:
        return len(text), level
    found = _numbered(paragraph, text)
    if found is not None:
        if found.end < len(text):
            return found.end, max(found.level, _deepest(style, outline) + 1)
        return found.end, LONE_BELOW if found.lone and style.east_asian else found.level
    if not _may_head(paragraph, text):
        return None
    rank = _rank(paragraph, text, style)
    if rank is None:
        return None
    return len(text), min(rank + _above(paragraph, style, outline), 9)


def _above(paragraph: Paragraph, style: Style, outline: Outline) -> int:
    """The level of the headings that those of this type stand under."""
    size = _half(paragraph.size)
    levels = [level for other, level in style.numbered if other >= size]
    return max(levels + list(outline.values()), default=0)


def _deepest(style: Style, outline: Outline) -> int:
    """The deepest level of headings that stand out; the clauses of a section lie below it."""
    if outline:
        return max(outline.values())
    levels = [level for _, level in style.numbered]
    return max(levels, default=0) + 1


def _numbered(paragraph: Paragraph, text: str) -> Numbered | None:
    """A heading by its number; one that is bold may be longer."""
    if len(text) > 3 * _LONGEST:
        return None
    stands_out = paragraph.bold or text.isupper()
    found = numbered_heading(text, _LONGEST) if stands_out else numbered_heading(text)
    return found if found and (found.end < len(text) or len(paragraph.lines) <= 3) else None


def _rank(paragraph: Paragraph, text: str, style: Style) -> int | None:
    """1 for the largest type of headings, and so on; bold type of the body's size comes last."""
    size = _half(paragraph.size)
    # Sizes of numbered headings have their levels; what is larger than they are ranks above them.
    known = [other for other, _ in style.numbered if other >= size]
    sizes = [s for s in style.sizes if s not in known and (not known or s < max(known))]
    if paragraph.size >= 1.12 * style.body:
        return 1 + sum(1 for other in sizes if other > size)
    bold = paragraph.bold and not style.body_bold and text[-1] not in ":："
    return len(sizes) + 1 if bold and paragraph.size >= 0.9 * style.body else None


def _may_head(paragraph: Paragraph, text: str) -> bool:
    if len(paragraph.lines) > 3 or len(text) > _LONGEST or text[0] in "(（[•·☐☒☑þ¨":
        return False
    if is_contents_entry(text):
        return False
    letters = sum(character.isalpha() for character in text)
    return letters * 2 > len(text.replace(" ", "")) and not _SENTENCE_END.search(text)


def outline_key(text: str) -> str:
    """Text as a heading and an entry of the outline are compared."""
    return fold(text, letters=False, accents=False, space="none")


def list_items(blocks: Sequence[Block], style: Style) -> set[int]:
    """Which blocks are items of a list, though numbered as headings may be.

    Items follow one another without text between, count on, and are set as the body is.
    """
    items: set[int] = set()
    before: tuple[int, int] | None = None
    for index, block in enumerate(blocks):
        match = _LONE.match(_first(block)) if isinstance(block, Paragraph) else None
        if not match or not isinstance(block, Paragraph) or style.stands_out(block):
            before = None
            continue
        number = int(match.group(1))
        if before == (index - 1, number - 1):
            items |= {index - 1, index}
        before = (index, number)
    return items
