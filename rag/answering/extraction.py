"""Passages to the sentences that answer.

A sentence is judged by its cosine with the question, by the question's terms that it and its
surroundings have, by the words of the question that have a match in it and in its passage, and by
its passage's rank; ``rag.answering.evidence`` makes a probability of them. Sentences are read in
their passage, so that "it" means what it stands for (late chunking; Günther et al. 2024, arXiv
2409.04701). A row of a table is read with its header: alone it does not say what its numbers are.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from rag.answering.interaction import PassageTokens, best_matches
from rag.answering.signs import Question, Signs, numbers
from rag.encoder import unit
from rag.schema import Hit, Reading, Table
from rag.sentences import sentence_spans

Analyse = Callable[[str, str], Sequence[str]]
Encode = Callable[[Sequence[str], Sequence[str]], NDArray[np.float32]]
Read = Callable[[Sequence[tuple[str, str, str]]], Sequence[PassageTokens]]
"""The lines above passages, their texts and languages to their tokens."""

Describe = Callable[[Hit], str]
Likelihood = Callable[[Signs, str], float]
"""From the signs and the sentence's language, 0 to 1."""

_SHORTEST = 6

_WEAK = 0.25
"""The quantile of the matches of the question's words that tells whether one is missing."""


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


Weighed = tuple[Candidate, Signs]


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
    read: Read,
    describe: Describe,
    likelihood: Likelihood,
) -> list[Weighed]:
    """``sentences`` with their scores and signs, best first, ties in their order.

    ``read`` gives the tokens of passages, ``describe`` the facts of the report of a passage, as
    text.
    """
    signs = signs_of(sentences, question, analyse=analyse, read=read, describe=describe)
    scored = [
        (replace(sentence, score=likelihood(one, sentence.hit.chunk.language)), one)
        for sentence, one in zip(sentences, signs, strict=True)
    ]
    return sorted(scored, key=lambda weighed: -weighed[0].score)


def signs_of(
    sentences: Sequence[Candidate],
    question: Question,
    *,
    analyse: Analyse,
    read: Read,
    describe: Describe,
) -> list[Signs]:
    """What is known of each sentence and the question, in the order of ``sentences``."""
    hits = list({sentence.hit.chunk.id: sentence.hit for sentence in sentences}.values())
    if not hits:
        return []
    above = [_above(hit, describe(hit)) for hit in hits]
    tokens = read(
        [(lines, h.chunk.text, h.chunk.language) for lines, h in zip(above, hits, strict=True)]
    )
    passages = [
        _of_whole(hit, lines, read_, question)
        for hit, lines, read_ in zip(hits, above, tokens, strict=True)
    ]
    of_hit = dict(zip((hit.chunk.id for hit in hits), _compared(passages), strict=True))
    best = max(hit.score for hit in hits)
    found = []
    for sentence in sentences:
        hit, language = sentence.hit, sentence.hit.chunk.language
        passage = of_hit[hit.chunk.id]
        own = frozenset(analyse(_read_with_header(sentence), language))
        around = own.union(
            analyse(sentence.paragraph, language), analyse(" ".join(hit.chunk.section), language)
        )
        cosine, near = passage.sentence(sentence, question)
        found.append(
            Signs(
                cosine=cosine,
                coverage=question.share(own),
                context=question.share(around),
                behind=best - hit.score,
                passage=cosine if hit.cosine is None else hit.cosine,
                absent=passage.absent,
                lacking=float(bool(question.kinds) and not question.answering(sentence.text)),
                near=near,
                late=passage.late,
                weakest=passage.weakest,
                spread=passage.spread,
                ahead=passage.ahead,
                unnamed=passage.unnamed,
                unknown=question.unknown,
            )
        )
    return found


@dataclass(frozen=True, slots=True)
class _Passage:
    """What is known of a passage; the numbers are those of ``Signs``."""

    tokens: PassageTokens
    words: NDArray[np.float32]
    absent: float
    unnamed: float
    late: float
    weakest: float
    spread: float = 0.0
    ahead: float = 0.0

    def sentence(self, sentence: Candidate, question: Question) -> tuple[float, float]:
        """The sentence's cosine with the question, and how near it is to the question's words."""
        start = sentence.hit.chunk.start
        inside = self.tokens.within([(sentence.start - start, sentence.end - start)])
        if not inside.any():
            return sentence.hit.cosine or 0.0, 0.0
        vector = unit(self.tokens.vectors[inside].mean(axis=0, keepdims=True))[0]
        if sentence.header is not None:
            first, last = sentence.header
            # A header on another page stands in the lines above the passage.
            inside |= self.tokens.within([(first - start, last - start)]) | (
                (self.tokens.spans[:, 0] < 0) & (first < start)
            )
        near = _mean(best_matches(question.words, self.words[inside]))
        return float(vector @ question.vector), near


def _of_whole(hit: Hit, above: str, tokens: PassageTokens, question: Question) -> _Passage:
    whole = f"{above}\n{hit.chunk.text}"
    words = unit(tokens.vectors)
    matches = best_matches(question.words, words)
    return _Passage(
        tokens,
        words,
        absent=question.absent(whole),
        unnamed=question.unnamed(whole),
        late=_mean(matches),
        weakest=float(np.quantile(matches, _WEAK)) if len(matches) else 0.0,
    )


def _compared(passages: Sequence[_Passage]) -> list[_Passage]:
    """``passages``, at least one, each held against the others."""
    late = np.array([passage.late for passage in passages])
    if len(late) == 1:
        return list(passages)
    others = [float(np.delete(late, place).max()) for place in range(len(late))]
    return [
        replace(passage, spread=passage.late - float(late.mean()), ahead=passage.late - other)
        for passage, other in zip(passages, others, strict=True)
    ]


def _mean(values: NDArray[np.float32]) -> float:
    return float(values.mean()) if len(values) else 0.0


def _above(hit: Hit, facts: str) -> str:
    """The lines that a passage stands under: its report's facts, its headings, its header."""
    return "\n".join(filter(None, [facts, *hit.chunk.section, hit.chunk.header]))


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
            _overlap(own, other) > same and numbers(sentence.text) == numbers(said.text)
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


def _overlap(one: set[str], other: set[str]) -> float:
    return len(one & other) / max(1, min(len(one), len(other)))
