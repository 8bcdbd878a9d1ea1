"""What a report speaks of, by its own headings, tables and definitions."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

from rag.schema import Reading, Table

TopicKind = Literal["definition", "row", "section"]
KINDS: tuple[TopicKind, ...] = ("definition", "row", "section")

_LONGEST = 60
_SHORTEST_SECTION = 40

_NUMBERING = re.compile(r"^\W*(?:\d+(?:\.\d+)*|[一二三四五六七八九十]+)[\s.、．)）:：]+")

# A term between quotation marks, and the words that say that its meaning follows.
_DEFINITIONS = re.compile(
    r"[“\"]([^“”\"\n]{2,40})[”\"] (?:means|refers to)\b"
    r"|[“「]([^“”「」\n]{2,20})[”」][,，]?(?:是指|系指|係指)"
    r"|「([^「」\n]{2,20})」とは"
    r"|ي[ُ]?قصد ب[«\"“]([^«»\"“”\n]{2,40})[»\"”]"
)


@dataclass(frozen=True, slots=True)
class Topic:
    """What ``text[start:end]`` of a report is about; ``subject`` names it in the report's words."""

    kind: TopicKind
    subject: str
    start: int
    end: int


def topics(reading: Reading) -> list[Topic]:
    """The topics of a report, by kind and then by place, each subject once.

    They are terms that it defines, rows of tables that state a number, and sections that have a
    heading and text of their own.
    """
    found = [*_definitions(reading.text), *_rows(reading), *_sections(reading)]
    return list({topic.subject: topic for topic in reversed(found)}.values())[::-1]


def _definitions(text: str) -> Iterator[Topic]:
    for match in _DEFINITIONS.finditer(text):
        end = text.find("\n", match.end())
        term = next(group for group in match.groups() if group)
        yield Topic("definition", term.strip(), match.start(), len(text) if end < 0 else end)


def _rows(reading: Reading) -> Iterator[Topic]:
    for table in reading.tables:
        if table.header_end > table.start:
            yield from _rows_of(reading.text, table)


def _rows_of(text: str, table: Table) -> Iterator[Topic]:
    start = table.header_end
    for line in text[table.header_end : table.end].splitlines(keepends=True):
        end = start + len(line)
        label, *cells = (cell.strip() for cell in line.split("\t"))
        subject = _named(label)
        if subject and any(_states_a_number(cell) for cell in cells):
            yield Topic("row", subject, start, end)
        start = end


def _sections(reading: Reading) -> Iterator[Topic]:
    ends = [*(heading.start for heading in reading.headings), len(reading.text)]
    for heading, (_, end) in zip(reading.headings, pairwise(ends), strict=True):
        subject = _named(heading.title)
        own = reading.text[heading.end : end].strip()
        if subject and subject != _named(reading.facts.title) and len(own) >= _SHORTEST_SECTION:
            yield Topic("section", subject, heading.start, end)


def _named(title: str) -> str:
    """``title`` on one line without its number; empty where it is no name for anything."""
    name = _NUMBERING.sub("", " ".join(title.split())).strip(" :：")
    letters = sum(character.isalpha() for character in name)
    return name if letters >= 2 and len(name) <= _LONGEST else ""


def _states_a_number(cell: str) -> bool:
    return any(character.isnumeric() for character in cell)
