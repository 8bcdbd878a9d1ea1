"""Passages to the sentences that answer.

A sentence is judged by its cosine with the question, by the question's terms that it and its
surroundings have, and by its passage's rank; ``rag.answering.evidence`` makes a probability
of them. A row of a table is read with its header: alone it does not say what its numbers are.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from rag.answering.signs import Question, Signs
from rag.schema import Hit, Reading, Table
from rag.sentences import sentence_spans

Analyse = Callable[[str, str], Sequence[str]]
Encode = Callable[[Sequence[str], Sequence[str]], NDArray[np.float32]]
Describe = Callable[[Hit], str]
Likelihood = Callable[[Signs, str], float]
"""From the signs and the sentence's language, 0 to 1."""

_SHORTEST = 6


@dataclass(frozen=True, slots=True)
class Candidate:
    """A sentence or table row at ``start:end`` of the document of ``hit``.

    ``header`` is the span of its table's header rows, None outside tables. ``heading`` is the
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
        found.append(_with_header(candidate, table, reading.text) if table else candidate)
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


def weigh(
    sentences: Sequence[Candidate],
    question: Question,
    *,
    analyse: Analyse,
    encode: Encode,
    describe: Describe,
    likelihood: Likelihood,
) -> list[Candidate]:
    """``sentences`` with their scores, best first, ties in their order.

    ``encode`` gives unit vectors (n, d) of texts in their languages; ``describe`` the facts of the
    report of a passage, as text.
    """
    signs = signs_of(sentences, question, analyse=analyse, encode=encode, describe=describe)
    scored = [
        replace(sentence, score=likelihood(one, sentence.hit.chunk.language))
        for sentence, one in zip(sentences, signs, strict=True)
    ]
    return sorted(scored, key=lambda sentence: -sentence.score)


def signs_of(
    sentences: Sequence[Candidate],
    question: Question,
    *,
    analyse: Analyse,
    encode: Encode,
    describe: Describe,
) -> list[Signs]:
    """What is known of each sentence and the question, in the order of ``sentences``."""
    if not sentences:
        return []
    languages = [sentence.hit.chunk.language for sentence in sentences]
    vectors = encode([_read_with_header(sentence) for sentence in sentences], languages)
    cosines = vectors @ question.vector
    best = max(sentence.hit.score for sentence in sentences)
    absent: dict[str, float] = {}
    found = []
    for sentence, language, cosine in zip(sentences, languages, cosines, strict=True):
        hit = sentence.hit
        if hit.chunk.id not in absent:
            absent[hit.chunk.id] = question.absent(_whole(hit, describe(hit)))
        own = frozenset(analyse(_read_with_header(sentence), language))
        around = own.union(
            analyse(sentence.paragraph, language), analyse(" ".join(hit.chunk.section), language)
        )
        found.append(
            Signs(
                cosine=float(cosine),
                coverage=question.share(own),
                context=question.share(around),
                behind=best - hit.score,
                passage=float(cosine) if hit.cosine is None else hit.cosine,
                absent=absent[hit.chunk.id],
                lacking=float(bool(question.kinds) and not question.answering(sentence.text)),
            )
        )
    return found


def _whole(hit: Hit, facts: str) -> str:
    """The passage with its headings, its table's header and its report's facts."""
    chunk = hit.chunk
    return "\n".join([facts, *chunk.section, chunk.header, chunk.text])


def _read_with_header(sentence: Candidate) -> str:
    if sentence.header is None:
        return sentence.text
    parts = (sentence.heading, sentence.header_text, sentence.text)
    return "\n".join(part for part in parts if part)


def choose(
    scored: Sequence[Candidate], analyse: Analyse, *, most: int, margin: float, same: float = 0.8
) -> list[Candidate]:
    """The best sentence and up to ``most - 1`` others that say something else.

    Another one's odds must be at least ``margin`` times those of the best. Two say the same when
    they share more than ``same`` of the terms of the shorter.
    """
    chosen: list[Candidate] = []
    term_sets: list[set[str]] = []
    for sentence in scored:
        if len(chosen) == most or (chosen and _odds(sentence) < _odds(chosen[0]) * margin):
            break
        own = set(analyse(sentence.text, sentence.hit.chunk.language))
        if any(_overlap(own, other) > same for other in term_sets):
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


def _overlap(one: set[str], other: set[str]) -> float:
    return len(one & other) / max(1, min(len(one), len(other)))
