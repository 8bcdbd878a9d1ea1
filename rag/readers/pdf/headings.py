"""Which paragraphs of a PDF are headings: by its outline, their numbers, their type."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from rag.readers.numbering import numbered_heading
from rag.readers.pdf.blocks import Block, Paragraph

Outline = dict[tuple[int, str], int]
_SENTENCE_END = re.compile(r"[.,;。，；、،؛]$")
_LONGEST = 150


@dataclass(frozen=True, slots=True)
class Style:
    """The type of a document's body, and the sizes of its headings from the largest."""

    body: float
    body_bold: bool
    sizes: tuple[float, ...]


def style_of(pages: Sequence[Sequence[Block]]) -> Style:
    """Body type by how much is set in it; heading sizes are those above it that are used."""
    letters = Counter[tuple[float, bool]]()
    for paragraph in _paragraphs(pages):
        for line in paragraph.lines:
            letters[(_half(line.size), line.bold)] += len(line.text)
    if not letters:
        return Style(0.0, False, ())
    (body, bold), _ = max(letters.items(), key=lambda item: item[1])
    larger = {
        _half(p.size)
        for p in _paragraphs(pages)
        if p.size >= 1.12 * body and len(p.lines) <= 3 and any(map(str.isalpha, p.lines[0].text))
    }
    return Style(body, bold, tuple(sorted(larger, reverse=True)[:5]))


def _paragraphs(pages: Iterable[Iterable[Block]]) -> Iterable[Paragraph]:
    return (block for page in pages for block in page if isinstance(block, Paragraph))


def _half(size: float) -> float:
    return round(size * 2) / 2


def heading_of(
    paragraph: Paragraph, text: str, page: int, style: Style, outline: Outline
) -> tuple[int, int] | None:
    """Length and level of the heading that a paragraph is or begins with, else None.

    An entry of the outline for this page decides; then numbers; then type that is larger than the
    body's, or bold where the body is not.
    """
    level = outline.get((page, folded(text)))
    if level is not None:
        return len(text), level
    deeper = max(outline.values(), default=0)
    found = numbered_heading(text) if len(text) <= 3 * _LONGEST else None
    if found is not None and (found.end < len(text) or len(paragraph.lines) <= 2):
        return found.end, min(found.level + deeper, 9)
    rank = _rank(paragraph, text, style) if _may_head(paragraph, text) else None
    return None if rank is None else (len(text), min(rank + deeper, 9))


def _rank(paragraph: Paragraph, text: str, style: Style) -> int | None:
    """1 for the largest type of headings, and so on; bold type of the body's size comes last."""
    if paragraph.size >= 1.12 * style.body:
        return 1 + sum(1 for size in style.sizes if size > _half(paragraph.size))
    bold = paragraph.bold and not style.body_bold and text[-1] not in ":："
    return len(style.sizes) + 1 if bold and paragraph.size >= 0.95 * style.body else None


def _may_head(paragraph: Paragraph, text: str) -> bool:
    if len(paragraph.lines) > 3 or len(text) > _LONGEST or text[0] in "(（[•·":
        return False
    letters = sum(character.isalpha() for character in text)
    return letters * 2 > len(text.replace(" ", "")) and not _SENTENCE_END.search(text)


def folded(text: str) -> str:
    """Text for comparing a heading with the outline: no width, case or white space."""
    return "".join(unicodedata.normalize("NFKC", text).casefold().split())
