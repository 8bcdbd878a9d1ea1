"""HTML: what a browser shows, block by block."""

from __future__ import annotations

import re

from lxml import etree

from rag.errors import ReadError
from rag.readers.builder import ReadingBuilder
from rag.readers.characters import invisible_removed
from rag.readers.decoding import decode
from rag.readers.facts import clean_title, facts_of
from rag.readers.html.tables import table_rows
from rag.readers.html.visible import BLOCKS, visible_events
from rag.schema import Reading

_DECLARED = re.compile(
    rb"""<meta[^>]{0,200}?charset\s*=\s*["']?\s*([A-Za-z0-9_:.\-]+)"""
    rb"""|<\?xml[^>]{0,100}?encoding\s*=\s*["']([A-Za-z0-9_:.\-]+)""",
    re.I,
)
_XML_DECLARATION = re.compile(r"\A\s*<\?xml[^>]*\?>", re.I)
_HEADING = re.compile(r"h[1-6]")
_RAISED = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")


def read_html(data: bytes) -> Reading:
    """Reads HTML or XHTML; raises ReadError when it shows no text."""
    root = _parse(data)
    walker = _Walker()
    walker.walk(root)
    meta = _metadata(root)
    reading = walker.builder.build()
    if not reading.text.strip():
        raise ReadError(
            "It shows no text: it may be empty or filled in by scripts. "
            "Save the page from a browser, or give the report as PDF."
        )
    title = clean_title(meta.get("title", "")) or (
        reading.headings[0].title if reading.headings else ""
    )
    facts = facts_of(
        reading.text[:6000],
        title=title,
        issuer=meta.get("issuer", ""),
        stated_date=meta.get("date", ""),
    )
    return Reading(reading.text, reading.pages, reading.headings, reading.tables, facts)


def _parse(data: bytes) -> etree._Element:
    match = _DECLARED.search(data[:4096])
    declared = (match.group(1) or match.group(2)).decode("ascii") if match else ""
    text = _XML_DECLARATION.sub("", decode(data, declared)[0]).replace("\0", "")
    if not text.strip():
        raise ReadError("It is empty. Give the report itself, or remove the file.")
    parser = etree.HTMLParser(encoding="utf-8", no_network=True, remove_pis=True, huge_tree=True)
    try:
        root = etree.fromstring(text.encode("utf-8", "replace"), parser)
    except (etree.LxmlError, ValueError) as error:
        raise ReadError(
            "It cannot be parsed as HTML. Save the page again from a browser."
        ) from error
    if any(error.type_name == "ERR_RESOURCE_LIMIT" for error in parser.error_log):
        raise ReadError(
            "Its elements are nested too deeply to be read. Save the page again from a browser."
        )
    if root is None:
        raise ReadError("It holds no HTML elements. Check that the file is the report.")
    return root


class _Walker:
    """Turns the visible events into blocks."""

    def __init__(self) -> None:
        self.builder = ReadingBuilder()
        self._inline: list[str] = []
        self._preserved = 0
        self._after_item = False
        self._counters: list[int | None] = []
        self._raising: list[str] = []

    def walk(self, root: etree._Element) -> None:
        skipping: etree._Element | None = None
        for kind, element, text in visible_events(root):
            if skipping is not None:
                if kind == "end" and element is skipping:
                    skipping = None
                continue
            if kind == "text":
                shown = self._raised(text) if self._raising else text
                self._inline.append(shown if self._preserved else re.sub(r"\s+", " ", shown))
            elif element is not None and kind == "start":
                if element.tag in ("table",) and self._table(element):
                    skipping = element
                else:
                    self._start(element)
            elif element is not None:
                self._end(element)
        self._flush()

    def _table(self, element: etree._Element) -> bool:
        found = table_rows(element)
        if found is None:
            return False
        self._flush()
        self.builder.table(*found)
        self._after_item = False
        return True

    def _start(self, element: etree._Element) -> None:
        tag = element.tag
        if tag == "br":
            self._inline.append("\n")
        elif tag == "sup":
            self._raising.append("note" if _is_note_mark(element) else "figure")
        elif tag in BLOCKS:
            self._flush()
            if tag == "pre":
                self._preserved += 1
            elif tag in ("ol", "ul", "menu", "dir"):
                self._counters.append(_ordinal(element.get("start", "1")) if tag == "ol" else None)
            elif tag == "li":
                self._inline.append(self._marker(element))

    def _marker(self, element: etree._Element) -> str:
        """The number that a browser shows before an item of a numbered list."""
        if not self._counters or self._counters[-1] is None:
            return ""
        number = _ordinal(element.get("value", str(self._counters[-1])))
        self._counters[-1] = number + 1
        return f"{number}. "

    def _end(self, element: etree._Element) -> None:
        tag = element.tag
        if tag == "sup" and self._raising:
            self._raising.pop()
        if tag not in BLOCKS:
            return
        if _HEADING.fullmatch(tag):
            self.builder.heading(self._taken(), int(tag[1]))
            self._after_item = False
            return
        self._flush(item=tag == "li")
        if tag == "pre":
            self._preserved -= 1
        elif tag in ("ol", "ul", "menu", "dir") and self._counters:
            self._counters.pop()

    def _raised(self, text: str) -> str:
        """Raised text told apart from what it stands by: ``[1]`` for a note, else ``²``."""
        bare = text.strip()
        if self._raising[-1] == "note" and bare and bare[0] not in "[(":
            return f"[{bare}]"
        return text.translate(_RAISED) if bare.isdecimal() and bare.isascii() else text

    def _taken(self) -> str:
        text = invisible_removed("".join(self._inline))
        self._inline.clear()
        if self._preserved:
            return text.strip("\n")
        lines = [" ".join(line.split()) for line in text.split("\n")]
        return "\n".join(line for line in lines if line)

    def _flush(self, item: bool = False) -> None:
        text = self._taken()
        if text.strip():
            self.builder.paragraph(text, "\n" if item and self._after_item else "\n\n")
            self._after_item = item


def _is_note_mark(element: etree._Element) -> bool:
    """Whether raised text leads to a note on the same page, by a link in it or around it."""
    links = [*element.iter("a"), *element.iterancestors("a")]
    return any((link.get("href") or "").startswith("#") for link in links)


def _ordinal(value: str) -> int:
    return int(value) if re.fullmatch(r"-?[0-9]{1,6}", value.strip()) else 1


_META = {
    "dc.title": "title", "dcterms.title": "title", "citation_title": "title", "og:title": "title",
    "dc.publisher": "issuer", "dcterms.publisher": "issuer", "og:site_name": "issuer",
    "dc.date": "date", "dcterms.date": "date", "dcterms.issued": "date", "date": "date",
    "article:published_time": "date", "citation_publication_date": "date",
}  # fmt: skip


def _metadata(root: etree._Element) -> dict[str, str]:
    """``title``, ``issuer`` and ``date`` as the head of the page states them."""
    found: dict[str, str] = {}
    for element in root.iter("title", "meta"):
        if element.tag == "title":
            found["title"] = " ".join("".join(element.itertext()).split()) or found.get("title", "")
        else:
            name = (element.get("name") or element.get("property") or "").lower()
            if name in _META and element.get("content"):
                found.setdefault(_META[name], " ".join(element.get("content").split()))
    return found
