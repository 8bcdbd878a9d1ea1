"""What a sample report is made of, taken from the source that its PDF was printed from."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

from markdown_it.token import Token

from tools.corpus.source import Source, markdown, parser

_FOOTNOTE = re.compile(r"\^\[([^\]]+)\]")
_MARKS = re.compile("[¹²³⁰⁴-⁹]+")


@dataclass(frozen=True, slots=True)
class Block:
    """One block of a source, ``section`` the headings above it, outermost first.

    ``kind`` is ``heading``, ``paragraph``, ``item``, ``footnote`` or ``table``; ``level`` that of a
    heading, 1 the outermost; ``rows`` a table's cells, the header row first.
    """

    kind: str
    text: str
    section: tuple[str, ...] = ()
    level: int = 0
    rows: tuple[tuple[str, ...], ...] = ()


def folded(text: str) -> str:
    """Text to compare: NFKC, without white space, footnote marks and Arabic's invisible marks."""
    plain = unicodedata.normalize("NFKC", _MARKS.sub("", text))
    return "".join(c for c in plain if not c.isspace() and unicodedata.category(c) != "Cf")


def blocks_of_source(source: Source) -> list[Block]:
    """The blocks of a source's body in order; footnotes after the block that has their mark."""
    tokens = parser().parse(_FOOTNOTE.sub(r"<f>\1</f>", markdown(source)))
    return list(_blocks(tokens))


def _blocks(tokens: list[Token]) -> Iterator[Block]:
    path: list[str] = []
    rows: list[list[str]] = []
    inside = ""
    for token, before in zip(tokens, [None, *tokens], strict=False):
        if token.type == "table_open":
            rows = []
        elif token.type == "table_close":
            yield Block("table", "", tuple(path), rows=tuple(map(tuple, rows)))
        elif token.type == "tr_open":
            rows.append([])
        elif token.type in ("list_item_open", "list_item_close"):
            inside = "item" if token.type == "list_item_open" else ""
        elif token.type == "inline" and before is not None:
            text, notes = _text(token)
            if before.type in ("th_open", "td_open"):
                rows[-1].append(text)
            elif before.type == "heading_open":
                level = int(before.tag[1]) - 1
                del path[level - 1 :]
                path.append(text)
                yield Block("heading", text, tuple(path), level)
            else:
                yield Block(inside or "paragraph", text, tuple(path))
            for note in notes:
                yield Block("footnote", note, tuple(path))


def _text(token: Token) -> tuple[str, list[str]]:
    """The text of a block without its footnotes, and those."""
    parts: list[str] = []
    notes: list[list[str]] = []
    target = parts
    for child in token.children or ():
        if child.content == "<f>":
            notes.append([])
            target = notes[-1]
        elif child.content == "</f>":
            target = parts
        elif child.type in ("softbreak", "hardbreak"):
            target.append("\n")
        else:
            target.append(child.content)
    return "".join(parts), ["".join(note) for note in notes]
