"""Plain text: kept as it is; pages by form feeds, headings by numbers, tables by tabs."""

from __future__ import annotations

from collections.abc import Iterator

from rag.errors import ReadError
from rag.readers.decoding import decode
from rag.readers.facts import facts_of
from rag.readers.numbering import LONE_BELOW, Numbered, is_east_asian, numbered_heading
from rag.schema import Heading, Page, Reading, Table


def read_text(data: bytes) -> Reading:
    """Reads plain text; raises ReadError when the bytes are no text or there is nothing in it."""
    text = kept_text(data)
    pages = pages_at_form_feeds(text)
    headings = tuple(headings_by_number(text))
    first = text[pages[0].start : pages[0].end]
    return Reading(
        text=text,
        pages=pages,
        headings=headings,
        tables=tuple(tables_by_tabs(text)),
        facts=facts_of(first, title=_title(text, headings)),
    )


def kept_text(data: bytes) -> str:
    """The bytes as text with line ends made ``\\n``; raises ReadError when nothing is there."""
    text = decode(data)[0].replace("\r\n", "\n").replace("\r", "\n")
    if not text.strip():
        raise ReadError("It has no text in it. Give the report itself, or remove the file.")
    return text


def pages_at_form_feeds(text: str) -> tuple[Page, ...]:
    """One page per stretch between form feeds; a last one that is blank is none."""
    stretches = []
    start = 0
    for stretch in text.split("\f"):
        stretches.append((start, start + len(stretch)))
        start += len(stretch) + 1
    if len(stretches) > 1 and not text[slice(*stretches[-1])].strip():
        stretches.pop()
    return tuple(Page(number, *span) for number, span in enumerate(stretches, start=1))


def lines_of(text: str) -> Iterator[tuple[int, str]]:
    """Start and content of every line; form feeds end lines too."""
    start = 0
    for line in text.replace("\f", "\n").split("\n"):
        yield start, line
        start += len(line) + 1


def headings_by_number(text: str) -> Iterator[Heading]:
    """Numbered headings in the order of the text."""
    found: list[tuple[int, str, Numbered]] = []
    for start, line in lines_of(text):
        stripped = line.strip()
        numbered = numbered_heading(stripped)
        if numbered is not None:
            found.append((start + len(line) - len(line.lstrip()), stripped, numbered))
    below = any(is_east_asian(line) for _, line, _ in found)
    for start, line, numbered in found:
        level = LONE_BELOW if numbered.lone and below else numbered.level
        title = " ".join(line[: numbered.end].split())
        yield Heading(start, start + numbered.end, level, title)


def tables_by_tabs(text: str) -> Iterator[Table]:
    """Two or more lines that follow one another and have the same number of tabs."""
    run: list[tuple[int, str]] = []
    for start, line in [*lines_of(text), (len(text), "")]:
        tabs = line.strip("\n").count("\t")
        if run and tabs != run[0][1].count("\t"):
            if len(run) > 1:
                last, content = run[-1]
                yield Table(run[0][0], last + len(content), run[0][0])
            run = []
        if tabs and line.strip():
            run.append((start, line))


def _title(text: str, headings: tuple[Heading, ...]) -> str:
    first = next((line.strip() for _, line in lines_of(text) if line.strip()), "")
    if len(first) <= 120:
        return first
    return headings[0].title if headings else ""
