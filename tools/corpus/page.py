"""The HTML of a report: for the web as it is, and as what the PDF is printed from."""

from __future__ import annotations

import re
from html import escape

from .source import Source, body_html

_HEADING = re.compile(r"<h([23])>(.*?)</h\1>", re.DOTALL)
BODY_ANCHOR = "body"


def web_page(source: Source) -> str:
    """A page for browsers, with language, direction and the report's facts in its head."""
    head = _head(source, "<style>\n" + _WEB_STYLE + "</style>\n")
    return (
        f"{head}<body>\n<header>\n<h1>{escape(source.title)}</h1>\n"
        f'<p class="imprint">{_imprint(source)}</p>\n'
        f'<p class="note">{escape(source.note)}</p>\n</header>\n'
        f"<main>\n{body_html(source)}</main>\n</body>\n</html>\n"
    )


def print_page(source: Source) -> str:
    """A page for the printer: cover and contents before the body where the layout has them."""
    body, entries = _anchored(body_html(source))
    title = f'<h1 class="title">{escape(source.title)}</h1>'
    note = f'<p class="note">{escape(source.note)}</p>'
    imprint = f'<p class="imprint">{_imprint(source)}</p>'
    running = (
        f'<div class="running-issuer">{escape(source.issuer)}</div>'
        f'<div class="running-title">{escape(source.running or source.title)}</div>'
    )
    if source.layout in ("report", "booklet"):
        front = (
            f'<section class="front"><div class="cover">{title}{imprint}{note}</div>'
            f'<nav class="contents"><h2 class="contents-title">{escape(source.contents)}</h2>'
            f"{_contents(entries)}</nav></section>"
        )
        main = f'<main id="{BODY_ANCHOR}">{body}</main>'
    else:
        front = ""
        main = (
            f'<main id="{BODY_ANCHOR}">{title}{imprint}{note}<div class="text">{body}</div></main>'
        )
    reference = f'<div class="running-reference">{escape(source.reference)}</div>'
    return (
        f'{_head(source, "")}<body class="{escape(source.layout)}">'
        f"{running}{reference}{front}{main}</body></html>"
    )


def _head(source: Source, extra: str) -> str:
    return (
        "<!DOCTYPE html>\n"
        f'<html lang="{source.lang}" dir="{source.direction}">\n<head>\n<meta charset="utf-8">\n'
        f"<title>{escape(source.title)}</title>\n"
        f'<meta name="author" content="{escape(source.issuer)}">\n'
        f'<meta name="keywords" content="{escape(source.keywords)}">\n'
        f'<meta name="dcterms.created" content="{source.date}">\n'
        f'<meta name="dcterms.modified" content="{source.date}">\n'
        f"{extra}</head>\n"
    )


def _imprint(source: Source) -> str:
    parts = (source.issuer, source.reference, source.date_line)
    return "<br>".join(escape(part) for part in parts if part)


def _anchored(body: str) -> tuple[str, list[tuple[int, str, str]]]:
    """The body with an id on every heading, and (level, id, heading) for the contents."""
    entries: list[tuple[int, str, str]] = []

    def mark(match: re.Match[str]) -> str:
        level, heading = int(match[1]), match[2]
        anchor = f"s{len(entries) + 1}"
        entries.append((level, anchor, heading))
        return f'<h{level} id="{anchor}">{heading}</h{level}>'

    return _HEADING.sub(mark, body), entries


def _contents(entries: list[tuple[int, str, str]]) -> str:
    lines = (
        f'<li class="level{level}"><a href="#{anchor}">{heading}</a></li>'
        for level, anchor, heading in entries
    )
    return f"<ul>{''.join(lines)}</ul>"


_WEB_STYLE = """\
body { max-width: 46rem; margin: 2rem auto; padding: 0 1rem; line-height: 1.7; }
table { border-collapse: collapse; margin: 1rem 0; }
th, td { border: 1px solid #888; padding: 0.3rem 0.7rem; }
.note { border-inline-start: 4px solid #888; padding-inline-start: 1rem; }
.imprint { color: #555; }
"""
