"""A report's source: a header of ``key: value`` lines and a body in Markdown.

The header stands between two lines of ``---``. A footnote is written ``^[text]`` where its mark
belongs. The body's chapters are ``##``, its sections ``###``; the title comes from the header.
A source whose ``output`` ends in ``.txt`` has plain text for its body.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from html.parser import HTMLParser
from pathlib import Path

from markdown_it import MarkdownIt

SOURCES = Path(__file__).parent / "sources"
RIGHT_TO_LEFT = frozenset({"ar"})

_FOOTNOTE = re.compile(r"\^\[([^\]]+)\]")
_NUMBERED = re.compile(r"^(\d+)\. ", re.MULTILINE)
_CLAUSE = re.compile(r"<p>(?=(?:Rule )?\d+(?:\.\d+)+[ \u3000]|\d+\. )")
_BETWEEN_CELLS = re.compile(r"(</t[dh]>)\s*(?=<t[dh])")
_REQUIRED = ("title", "issuer", "date", "date_line", "lang", "output", "note")


class SourceError(Exception):
    """A source is malformed; the text names the file and what is missing."""


@dataclass(frozen=True, slots=True)
class Source:
    """One report. ``output`` is its path below the corpus folder, with the suffix that says how
    it is built; ``layout`` is ``report`` (cover, contents, chapters on new pages), ``booklet`` (the
    same with chapters running on), ``brief`` (a title above running text) or ``columns`` (brief,
    in two columns). ``date`` is ISO 8601.
    """

    path: Path
    title: str
    issuer: str
    date: str
    date_line: str
    lang: str
    output: str
    note: str
    body: str
    layout: str = "brief"
    reference: str = ""
    running: str = ""
    contents: str = ""
    keywords: str = ""

    @property
    def direction(self) -> str:
        """``rtl`` or ``ltr``."""
        return "rtl" if self.lang in RIGHT_TO_LEFT else "ltr"

    @property
    def format(self) -> str:
        """The output's suffix without its dot."""
        return self.output.rpartition(".")[2]

    @property
    def document(self) -> str:
        """What test queries call it: the output without its last suffix."""
        return self.output.rpartition(".")[0]


def read(path: Path) -> Source:
    """Read one source; raises SourceError when the header is incomplete or has an unknown key."""
    text = path.read_text(encoding="utf-8")
    start, _, rest = text.partition("---\n")
    header, mark, body = rest.partition("\n---\n")
    if start or not mark:
        raise SourceError(f"{path.name}: the header must stand between two lines of ---.")
    fields: dict[str, str] = {}
    for line in header.splitlines():
        key, colon, value = line.partition(":")
        if not colon:
            raise SourceError(f"{path.name}: header line without a colon: {line!r}.")
        fields[key.strip()] = value.strip()
    missing = [key for key in _REQUIRED if not fields.get(key)]
    if missing:
        raise SourceError(f"{path.name}: the header lacks {', '.join(missing)}.")
    try:
        return Source(path=path, body=body.strip() + "\n", **fields)
    except TypeError as error:
        raise SourceError(f"{path.name}: {error}.") from error


def read_all(folder: Path = SOURCES) -> list[Source]:
    """All sources, in the order of their file names."""
    return [read(path) for path in sorted(folder.glob("*.md"))]


def parser() -> MarkdownIt:
    """CommonMark with tables and with HTML, which carries the footnotes."""
    return MarkdownIt("commonmark", {"html": True}).enable("table")


def markdown(source: Source) -> str:
    """The body, with the numbers of numbered clauses escaped: a clause's number is part of its
    text, which a list made by Markdown would count anew."""
    return _NUMBERED.sub(r"\1\\. ", source.body)


def body_html(source: Source) -> str:
    """The body as HTML: headings from ``<h2>``, footnotes as ``<span class="footnote">``, and
    ``class="clause"`` on paragraphs that begin with a clause number."""
    marked = _FOOTNOTE.sub(r'<span class="footnote">\1</span>', markdown(source))
    return _CLAUSE.sub('<p class="clause">', str(parser().render(marked)))


class _Text(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.parts: list[str] = []

    def handle_data(self, data: str) -> None:
        self.parts.append(data)


def plain_text(source: Source) -> str:
    """Title, note and body as text without markup, to look quotes up in: one line a paragraph or
    row of a table, its cells separated by a tab.

    A footnote stands where its mark is, which is not where a page prints it: a quote may lie
    inside or outside a footnote, not across its edge.
    """
    head = "\n".join((source.title, source.issuer, source.date_line, source.note, ""))
    if source.format == "txt":
        return head + source.body
    reader = _Text()
    reader.feed(_BETWEEN_CELLS.sub(r"\1\t", body_html(source)))
    return head + "".join(reader.parts)
