"""What a browser shows of an HTML tree."""

from __future__ import annotations

import re
from collections.abc import Iterator

from lxml import etree

from rag.readers.characters import invisible_removed

_HIDDEN_TAGS = frozenset(
    [
        *("script", "style", "head", "template", "noscript", "iframe", "object", "embed", "svg"),
        *("canvas", "audio", "video", "select", "datalist", "textarea", "button", "map", "area"),
        *("title", "meta", "link", "base", "ix:header"),
    ]
)
BLOCKS = frozenset(
    [
        *(
            "address",
            "article",
            "aside",
            "blockquote",
            "body",
            "caption",
            "center",
            "dd",
            "details",
        ),
        *("dialog", "dir", "div", "dl", "dt", "fieldset", "figcaption", "figure", "footer", "form"),
        *("h1", "h2", "h3", "h4", "h5", "h6", "header", "hgroup", "hr", "html", "legend", "li"),
        *(
            "main",
            "menu",
            "nav",
            "ol",
            "p",
            "pre",
            "search",
            "section",
            "summary",
            "table",
            "tbody",
        ),
        *("td", "tfoot", "th", "thead", "tr", "ul"),
    ]
)
_HIDING_STYLE = re.compile(r"display\s*:\s*none|visibility\s*:\s*(?:hidden|collapse)", re.I)


def is_hidden(element: etree._Element) -> bool:
    """Whether a browser shows nothing of this element."""
    if not isinstance(element.tag, str):
        return True
    if element.tag in _HIDDEN_TAGS or "hidden" in element.attrib:
        return True
    return bool(_HIDING_STYLE.search(element.get("style", "")))


def shown_text(element: etree._Element) -> str:
    """The visible text inside an element, line breaks and inner blocks as spaces."""
    parts: list[str] = []
    for kind, node, text in visible_events(element):
        if kind == "text":
            parts.append(text)
        elif node is not None and (node.tag in BLOCKS or node.tag == "br"):
            parts.append(" ")
    return " ".join(invisible_removed("".join(parts)).split())


def visible_events(root: etree._Element) -> Iterator[tuple[str, etree._Element | None, str]]:
    """``start``, ``end`` and ``text`` events of what is visible, without recursion."""
    stack: list[tuple[bool, etree._Element]] = [(True, root)]
    while stack:
        opening, element = stack.pop()
        if not opening:
            yield "end", element, ""
            if element is not root and element.tail:
                yield "text", None, element.tail
            continue
        if is_hidden(element):
            if element is not root and element.tail:
                yield "text", None, element.tail
            continue
        yield "start", element, ""
        if element.text:
            yield "text", None, element.text
        stack.append((False, element))
        stack.extend((True, child) for child in reversed(element))
