"""Question, heading and passage to the one sequence of tokens that the reader model reads.

    <s> question </s></s> heading </s> passage </s>

A row of a table is written with the head of each column before its cell, so that a cell says what
it is of without the rest of the table: ``Total sales | 2019: 1,496.5 | 2018: 1,202.9``.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

BOS, EOS = 0, 2
"""XLM-R's ids of ``<s>`` and ``</s>``."""

QUESTION_TOKENS, HEADING_TOKENS, TOTAL_TOKENS = 64, 64, 448
"""The most tokens of a question and a heading, and of the whole sequence."""

OVERLAP = 64
"""Tokens that two windows of a long passage share."""

_LINE = re.compile(r"[^\n]*\n|[^\n]+")
"""Rows end with line feeds alone; cells may hold other separators of lines."""

_HEAD_CHARACTERS = 48
_BETWEEN_CELLS, _AFTER_HEAD = " | ", ": "


@dataclass(frozen=True, slots=True)
class TableRows:
    """Rows at ``text[start:end]`` of a passage, a line each; ``head`` are the table's head rows.

    ``head`` holds the cells of each head row, outermost first; empty where the table has none.
    Lines of the passage that are head rows themselves lie outside ``start:end``.
    """

    start: int
    end: int
    head: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Linear:
    """A passage as the model reads it: ``text``, and for each character its place.

    ``places[i]`` is the offset in the passage of character ``i``, -1 for what was put in.
    """

    text: str
    places: tuple[int, ...]


def linearise(text: str, tables: Sequence[TableRows] = ()) -> Linear:
    """``text`` with the rows of its ``tables`` written out; they are in order and disjoint."""
    parts: list[str] = []
    places: list[int] = []

    def keep(start: int, end: int) -> None:
        parts.append(text[start:end])
        places.extend(range(start, end))

    def put(words: str) -> None:
        parts.append(words)
        places.extend([-1] * len(words))

    done = 0
    for table in tables:
        keep(done, table.start)
        heads = column_heads(table.head)
        at = table.start
        for line in _LINE.findall(text[table.start : table.end]):
            start = at
            for column, cell in enumerate(line.rstrip("\n").split("\t")):
                if cell.strip():
                    if column and start > at:
                        put(_BETWEEN_CELLS)
                    if column and column < len(heads) and heads[column]:
                        put(heads[column] + _AFTER_HEAD)
                    keep(start, start + len(cell))
                start += len(cell) + 1
            if line.endswith("\n"):
                keep(at + len(line) - 1, at + len(line))
            at += len(line)
        done = table.end
    keep(done, len(text))
    return Linear("".join(parts), tuple(places))


def column_heads(head: Sequence[Sequence[str]]) -> list[str]:
    """What the head rows say over each column, outermost first, cut to what is read of it.

    A cell of a row above the last heads the empty ones to its right as well.
    """
    width = max(map(len, head), default=0)
    heads: list[list[str]] = [[] for _ in range(width)]
    for number, row in enumerate(head):
        said = ""
        for column in range(width):
            own = row[column].strip() if column < len(row) else ""
            said = own if own or number == len(head) - 1 else said
            if said and said not in heads[column]:
                heads[column].append(said)
    return [" ".join(parts)[-_HEAD_CHARACTERS:] for parts in heads]


def front(question: Sequence[int], heading: Sequence[int]) -> list[int]:
    """The ids before the passage; question and heading are cut to their most tokens."""
    ids = [BOS, *question[:QUESTION_TOKENS], EOS, EOS]
    return [*ids, *heading[:HEADING_TOKENS], EOS] if heading else ids


def windows(tokens: int, room: int) -> list[tuple[int, int]]:
    """Half-open stretches of at most ``room`` of a passage's ``tokens``, that cover it.

    Each begins ``OVERLAP`` tokens before the end of the one before.
    """
    found = [(0, min(tokens, room))]
    while found[-1][1] < tokens:
        start = found[-1][1] - OVERLAP
        found.append((start, min(tokens, start + room)))
    return found
