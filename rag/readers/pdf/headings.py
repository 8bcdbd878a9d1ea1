"""Which paragraphs of a PDF are headings: by its outline, their numbers, their type."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from rag.readers.numbering import LONE_BELOW, Numbered, is_east_asian, numbered_heading
from rag.readers.pdf.blocks import Block
from rag.readers.pdf.paragraphs import Paragraph

Outline = dict[tuple[int, str], int]
_SENTENCE_END = re.compile(r"[.,;。，；、،؛]$")
_LONGEST = 150
_MOST_SIZES = 5


@dataclass(frozen=True, slots=True)
class Style:
    """How a document is set: its body's type, and its headings'.

    ``sizes`` are those above the body's, from the largest. ``numbered`` is the largest size of a
    numbered heading, 0 where there is none. ``east_asian`` says that sections are numbered 一、.
    """

    body: float
    body_bold: bool
    sizes: tuple[float, ...]
    numbered: float
    east_asian: bool


def style_of(pages: Sequence[Sequence[Block]]) -> Style:
    """Body type by how much is set in it; heading sizes are those above it that are used."""
    paragraphs = [block for page in pages for block in page if isinstance(block, Paragraph)]
    letters = Counter[tuple[float, bool]]()
    for line in (line for paragraph in paragraphs for line in paragraph.lines):
        letters[(_half(line.size), line.bold)] += len(line.text)
    (body, bold), _ = letters.most_common(1)[0] if letters else ((0.0, False), 0)
    larger = {_half(p.size) for p in paragraphs if p.size >= 1.12 * body and len(p.lines) <= 3}
    numbered = [p for p in paragraphs if len(p.lines) == 1 and numbered_heading(_first(p))]
    return Style(
        body=body,
        body_bold=bold,
        sizes=tuple(sorted(larger, reverse=True)[:_MOST_SIZES]),
        numbered=max((_half(p.size) for p in numbered), default=0.0),
        east_asian=any(is_east_asian(_first(p)) for p in numbered),
    )


def _first(paragraph: Paragraph) -> str:
    return paragraph.lines[0].text.strip()


def _half(size: float) -> float:
    return round(size * 2) / 2


def heading_of(
    paragraph: Paragraph, text: str, page: int, style: Style, outline: Outline
) -> tuple[int, int] | None:
    """Length and level of the heading that a paragraph is or begins with, else None.

    An entry of the outline for this page decides; then numbers; then type that is larger than the
    body's, or bold where the body is not. Such type ranks below the numbered headings unless it is
    larger than they are.
    """
    level = outline.get((page, folded(text)))
    if level is not None:
        return len(text), level
    found = _numbered(paragraph, text)
    if found is not None:
        return found.end, LONE_BELOW if found.lone and style.east_asian else found.level
    rank = _rank(paragraph, text, style) if _may_head(paragraph, text) else None
    if rank is None:
        return None
    above = max(outline.values(), default=0)
    if style.numbered and _half(paragraph.size) <= style.numbered:
        above = max(above, LONE_BELOW)
    return len(text), min(rank + above, 9)


def _numbered(paragraph: Paragraph, text: str) -> Numbered | None:
    """A heading by its number; one that is bold may be longer."""
    if len(text) > 3 * _LONGEST:
        return None
    stands_out = paragraph.bold or text.isupper()
    found = numbered_heading(text, _LONGEST) if stands_out else numbered_heading(text)
    return found if found and (found.end < len(text) or len(paragraph.lines) <= 3) else None


def _rank(paragraph: Paragraph, text: str, style: Style) -> int | None:
    """1 for the largest type of headings, and so on; bold type of the body's size comes last."""
    sizes = style.sizes
    if style.numbered and _half(paragraph.size) <= style.numbered:
        sizes = tuple(size for size in sizes if size <= style.numbered)
    if paragraph.size >= 1.12 * style.body:
        return 1 + sum(1 for size in sizes if size > _half(paragraph.size))
    bold = paragraph.bold and not style.body_bold and text[-1] not in ":："
    return len(sizes) + 1 if bold and paragraph.size >= 0.95 * style.body else None


def _may_head(paragraph: Paragraph, text: str) -> bool:
    if len(paragraph.lines) > 3 or len(text) > _LONGEST or text[0] in "(（[•·☐☒☑þ¨":
        return False
    letters = sum(character.isalpha() for character in text)
    return letters * 2 > len(text.replace(" ", "")) and not _SENTENCE_END.search(text)


def folded(text: str) -> str:
    """Text for comparing a heading with the outline: no width, case or white space."""
    return "".join(unicodedata.normalize("NFKC", text).casefold().split())
