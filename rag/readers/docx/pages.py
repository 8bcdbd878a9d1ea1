"""Where the pages of a Word document end, as far as its file can be believed."""

from __future__ import annotations

import re
from collections.abc import Iterator

from docx.document import Document as WordDocument
from docx.oxml.ns import qn
from lxml import etree

PAGE_BREAK = "\f"
"""Stands in a paragraph's text where a page ends; XML cannot hold it otherwise."""

_PAGES = re.compile(rb"<(?:\w+:)?Pages>\s*([0-9]{1,6})\s*</(?:\w+:)?Pages>")
_ELSEWHERE = frozenset((qn("w:txbxContent"), qn("w:del"), qn("w:moveFrom")))


def page_breaks(document: WordDocument) -> frozenset[etree._Element]:
    """The elements at which a page ends, empty where pages are not known.

    Word notes where its pages ended when it last laid out the document; other programs leave such
    notes out or out of date, so they are believed only where they make as many pages as the file
    says it has. Breaks that the author set count alike in files without any such note.
    """
    body = document.element.body
    rendered = list(_outside_boxes(body, "w:lastRenderedPageBreak"))
    breaks = rendered or [
        element for element in _outside_boxes(body, "w:br") if element.get(qn("w:type")) == "page"
    ]
    pages = 1 + len({_row_of(element, number) for number, element in enumerate(breaks)})
    return frozenset(breaks) if pages > 1 and pages == _stated_pages(document) else frozenset()


def _outside_boxes(body: etree._Element, name: str) -> Iterator[etree._Element]:
    for element in body.iter(qn(name)):
        if not any(parent.tag in _ELSEWHERE for parent in element.iterancestors()):
            yield element


def _row_of(element: etree._Element, number: int) -> object:
    """The outermost row around a break: each cell of a row notes the same page's end."""
    rows = list(element.iterancestors(qn("w:tr")))
    return rows[-1] if rows else number


def _stated_pages(document: WordDocument) -> int:
    for part in document.part.package.iter_parts():
        if str(part.partname) == "/docProps/app.xml":
            match = _PAGES.search(part.blob)
            return int(match.group(1)) if match else 0
    return 0
