"""Passages to the sentences that answer: which there are, and which are given."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from rag.answering.features import numbers
from rag.schema import Hit, Reading, Table
from rag.text.sentences import sentence_spans

Analyse = Callable[[str, str], Sequence[str]]
Encode = Callable[[Sequence[str], Sequence[str]], NDArray[np.float32]]

_SHORTEST = 6
_LONGEST_LEAD = 300
_LINES_ABOVE = 40
_ITEM = re.compile(
    r"\s*(?:[-*•·◦▪‣–—○●■□◆◇※]|[(（][a-zA-Z\d一二三四五六七八九十أ-ي]{1,4}[)）])(?=\s|\w)"
)
_STOPS = frozenset(".!?。！？؟।")


@dataclass(frozen=True, slots=True)
class Candidate:
    """A sentence or table row at ``start:end`` of the document of ``hit``.

    ``header`` is the span of its table's header rows, None outside tables. ``lead`` is that of the
    line that says what its table or list is about, None where there is none. ``heading`` is the
    innermost heading above it and ``paragraph`` all the text of its line. ``score``, 0 to 1, is how
    likely it answers.
    """

    hit: Hit
    start: int
    end: int
    text: str
    paragraph: str
    heading: str = ""
    header: tuple[int, int] | None = None
    header_text: str = ""
    lead: tuple[int, int] | None = None
    lead_text: str = ""
    score: float = 0.0


def candidates(hits: Sequence[Hit], reading_of: Callable[[str], Reading]) -> list[Candidate]:
    """The sentences and table rows of ``hits`` in order.

    Headings and header rows are left out, for they name and do not say.
    """
    found: list[Candidate] = []
    seen: set[tuple[str, int, int]] = set()
    for hit in hits:
        for candidate in _of_passage(hit, reading_of(hit.chunk.document)):
            key = (hit.chunk.document, candidate.start, candidate.end)
            if key not in seen:
                seen.add(key)
                found.append(candidate)
    return found


def _of_passage(hit: Hit, reading: Reading) -> list[Candidate]:
    chunk = hit.chunk
    left_out = [(h.start, h.end) for h in reading.headings if chunk.start <= h.start < chunk.end]
    tables = [t for t in reading.tables if t.start < chunk.end and chunk.start < t.end]
    left_out += [(t.start, t.header_end) for t in tables]
    heading = chunk.section[-1] if chunk.section else ""
    found = []
    for first, last in sentence_spans(chunk.text, chunk.language):
        start, end = chunk.start + first, chunk.start + last
        if last - first < _SHORTEST or any(a <= start and end <= b for a, b in left_out):
            continue
        candidate = Candidate(
            hit, start, end, chunk.text[first:last], _line(chunk.text, first, last), heading
        )
        table = next((t for t in tables if t.start <= start < t.end), None)
        if table:
            candidate = _with_header(candidate, table, reading.text)
        found.append(_with_lead(candidate, table, reading))
    return found


def _line(text: str, first: int, last: int) -> str:
    start = text.rfind("\n", 0, first) + 1
    end = text.find("\n", last)
    return text[start : end if end >= 0 else len(text)]


def _with_header(candidate: Candidate, table: Table, text: str) -> Candidate:
    if table.header_end <= table.start:
        return candidate
    first_line = text[table.start : table.header_end].strip("\n").split("\n")[0]
    start = text.index(first_line, table.start)
    return replace(
        candidate, header=(start, start + len(first_line)), header_text=first_line.strip()
    )


def _with_lead(candidate: Candidate, table: Table | None, reading: Reading) -> Candidate:
    """``candidate`` with the line above its table or list, where that is no heading."""
    text = reading.text
    if table:
        line = next(_lines_above(text, table.start), None)
    elif _ITEM.match(text, own := text.rfind("\n", 0, candidate.start) + 1):
        above = _lines_above(text, own)
        line = next((span for span in above if not _ITEM.match(text, span[0])), None)
    else:
        return candidate
    if line is None or any(h.start < line[1] and line[0] < h.end for h in reading.headings):
        return candidate
    start, end = line
    if end - start > _LONGEST_LEAD or "\t" in text[start:end] or not _leads(text[start:end], table):
        return candidate
    return replace(candidate, lead=line, lead_text=text[start:end])


def _leads(line: str, table: Table | None) -> bool:
    """Whether ``line`` names what follows it: it is no whole sentence, or ends in a colon."""
    return table is not None or line[-1] not in _STOPS


def _lines_above(text: str, offset: int) -> Iterator[tuple[int, int]]:
    """Spans of the nearest lines before ``offset`` that are not blank, the last first."""
    end = offset - 1
    for _ in range(_LINES_ABOVE):
        if end < 0:
            return
        start = text.rfind("\n", 0, end) + 1
        if line := text[start:end].strip():
            first = text.index(line, start)
            yield first, first + len(line)
        end = start - 1


def choose(
    scored: Sequence[Candidate], analyse: Analyse, *, most: int, margin: float, same: float = 0.8
) -> list[Candidate]:
    """The best sentence and up to ``most - 1`` others that say something else.

    Another one's odds must be at least ``margin`` times those of the best. Two say the same when
    they share more than ``same`` of the terms of the shorter, and neither has a number that the
    other lacks: so reports that contradict each other stand side by side.
    """
    chosen: list[Candidate] = []
    term_sets: list[set[str]] = []
    for sentence in scored:
        if len(chosen) == most or (chosen and _odds(sentence) < _odds(chosen[0]) * margin):
            break
        own = set(analyse(sentence.text, sentence.hit.chunk.language))
        if any(
            _overlap(own, other) > same and _numbers(sentence) == _numbers(said)
            for other, said in zip(term_sets, chosen, strict=True)
        ):
            continue
        chosen.append(sentence)
        term_sets.append(own)
    return chosen


def with_neighbours(
    chosen: Sequence[Candidate], scored: Sequence[Candidate], most: int
) -> list[Candidate]:
    """``chosen``, filled up to ``most`` with the sentences that follow the best one.

    They are of its own paragraph, or, after a colon, the lines that it introduces: what a clause
    says of its subject often stands in the sentence after the one that names it.
    """
    if not chosen:
        return []
    filled = [chosen[0]]
    following = sorted(
        (
            c
            for c in scored
            if c.hit.chunk.id == chosen[0].hit.chunk.id and c.start > chosen[0].start
        ),
        key=lambda candidate: candidate.start,
    )
    for candidate in following:
        belongs = candidate.paragraph == chosen[0].paragraph or _introduces(filled[0])
        if not belongs or len(filled) + len(chosen) - 1 >= most:
            break
        filled.append(candidate)
    others = [
        c
        for c in chosen[1:]
        if (c.hit.chunk.id, c.start) not in {(f.hit.chunk.id, f.start) for f in filled}
    ]
    return filled + others


def _odds(candidate: Candidate) -> float:
    return candidate.score / max(1 - candidate.score, 1e-9)


def _introduces(candidate: Candidate) -> bool:
    return candidate.text.rstrip().endswith((":", "："))


def _numbers(candidate: Candidate) -> frozenset[str]:
    return numbers(candidate.text, candidate.hit.chunk.language)


def _overlap(one: set[str], other: set[str]) -> float:
    return len(one & other) / max(1, min(len(one), len(other)))
