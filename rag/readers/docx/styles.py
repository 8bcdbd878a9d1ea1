"""Which styles of a Word document make headings."""

from __future__ import annotations

import re

from docx.document import Document as WordDocument
from docx.oxml.ns import qn
from lxml import etree

_HEADING_STYLE = re.compile(
    r"(?:heading|标题|標題|見出し|제목|überschrift|titre|título|titolo|kop|rubrik|nagłówek|заголовок"
    r"|başlık|عنوان|العنوان)\s*([1-9])",
    re.IGNORECASE,
)


def heading_levels(document: WordDocument) -> dict[str, int]:
    """Heading level by style id, through the styles that a style is based on."""
    own: dict[str, int | None] = {}
    parents: dict[str, str] = {}
    for style in document.styles.element.iterchildren(qn("w:style")):
        identity = style.get(qn("w:styleId"), "")
        name = style.find(qn("w:name"))
        shown = name.get(qn("w:val"), "") if name is not None else ""
        match = _HEADING_STYLE.match(shown)
        outline = style.find(f"{qn('w:pPr')}/{qn('w:outlineLvl')}")
        based = style.find(qn("w:basedOn"))
        parents[identity] = based.get(qn("w:val"), "") if based is not None else ""
        if match:
            own[identity] = int(match.group(1))
        elif shown.lower() == "title":
            own[identity] = 0
        elif outline is not None:
            own[identity] = outline_level(outline)
    levels: dict[str, int] = {}
    for identity in parents:
        seen: set[str] = set()
        current = identity
        while current and current not in own and current not in seen:
            seen.add(current)
            current = parents.get(current, "")
        level = own.get(current)
        if level is not None:
            levels[identity] = level
    return levels


def outline_level(element: etree._Element) -> int | None:
    """Heading level of an outline level, which counts from 0; None where it says body text."""
    value = element.get(qn("w:val"), "")
    # Level 9 stands for body text.
    return int(value) + 1 if value.isdigit() and int(value) < 9 else None
