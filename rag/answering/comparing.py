"""Sentences held against a question: what is known of each, and how likely it answers.

A sentence is judged by its cosine with the question, by the question's terms that it and its
surroundings have, by the words of the question that have a match in it and in its passage, and by
its passage's rank; ``rag.answering.evidence`` makes a probability of them. Sentences are read in
their passage, so that "it" means what it stands for (late chunking; Günther et al. 2024, arXiv
2409.04701). A row of a table is read with its header: alone it does not say what its numbers are.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial

import numpy as np
from numpy.typing import NDArray

from rag.answering.extraction import Analyse, Candidate
from rag.answering.features import Features, Question
from rag.answering.interaction import PassageTokens, best_matches
from rag.encoder import unit
from rag.reader_model.model import PassageReading
from rag.retrieval.fusion import term_groups
from rag.schema import Hit

Read = Callable[[Sequence[tuple[str, str, str]]], Sequence[PassageTokens]]
"""The lines above passages, their texts and languages to their tokens."""

ReadHits = Callable[[str, Sequence[Hit]], Sequence[PassageReading]]
"""A question and passages to what the reader model makes of each."""

Describe = Callable[[Hit], str]
Likelihood = Callable[[Features, str], float]
"""From the features and the sentence's language, 0 to 1."""

Weighed = tuple[Candidate, Features]

_TENS = 10.0

_WEAK = 0.25
"""The quantile of the matches of the question's words that tells whether one is missing."""


def weigh(
    sentences: Sequence[Candidate],
    question: Question,
    *,
    analyse: Analyse,
    read: Read,
    describe: Describe,
    likelihood: Likelihood,
    answers: ReadHits | None = None,
) -> list[Weighed]:
    """``sentences`` with their scores and features, best first, ties in their order.

    ``read`` gives the tokens of passages, ``describe`` the facts of the report of a passage, as
    text. ``answers``, where given, reads question and passages together in place of ``read``.
    """
    read_once: ReadHits | None = None
    if answers is not None:
        hits = list({sentence.hit.chunk.id: sentence.hit for sentence in sentences}.values())
        found = answers(question.text, hits)
        readings = {hit.chunk.id: one for hit, one in zip(hits, found, strict=True)}
        sentences = with_answers(sentences, readings)

        read_once = partial(_looked_up, readings)
    features = features_of(
        sentences, question, analyse=analyse, read=read, describe=describe, answers=read_once
    )
    scored = [
        (replace(sentence, score=likelihood(one, sentence.hit.chunk.language)), one)
        for sentence, one in zip(sentences, features, strict=True)
    ]
    return sorted(scored, key=lambda weighed: -weighed[0].score)


def _looked_up(
    readings: Mapping[str, PassageReading], _: str, hits: Sequence[Hit]
) -> list[PassageReading]:
    return [readings[hit.chunk.id] for hit in hits]


def with_answers(
    sentences: Sequence[Candidate], readings: Mapping[str, PassageReading]
) -> list[Candidate]:
    """``sentences`` with the span in each that answers best, by the readings of their passages.

    ``readings`` are by the passages' ids.
    """
    found = []
    for sentence in sentences:
        at = sentence.hit.chunk.start
        start, end = readings[sentence.hit.chunk.id].best_within(
            sentence.start - at, sentence.end - at
        )
        found.append(replace(sentence, answer=(start + at, end + at)))
    return found


def features_of(
    sentences: Sequence[Candidate],
    question: Question,
    *,
    analyse: Analyse,
    read: Read,
    describe: Describe,
    answers: ReadHits | None = None,
) -> list[Features]:
    """What is known of each sentence and the question, in the order of ``sentences``."""
    hits = list({sentence.hit.chunk.id: sentence.hit for sentence in sentences}.values())
    if not hits:
        return []
    above = {hit.chunk.id: _above(hit, describe(hit)) for hit in hits}
    best = max(hit.score for hit in hits)
    found = [
        _by_words(sentence, question, above[sentence.hit.chunk.id], analyse, best)
        for sentence in sentences
    ]
    if answers is not None:
        readings = dict(zip(above, answers(question.text, hits), strict=True))
        return [
            _as_read(one, sentence, readings[sentence.hit.chunk.id])
            for one, sentence in zip(found, sentences, strict=True)
        ]
    tokens = read([(above[h.chunk.id], h.chunk.text, h.chunk.language) for h in hits])
    passages = [
        _of_whole(above[hit.chunk.id], read_, question)
        for hit, read_ in zip(hits, tokens, strict=True)
    ]
    compared = _compared(passages, [hit.chunk.language for hit in hits])
    of_hit = dict(zip(above, compared, strict=True))
    return [
        _by_tokens(one, sentence, question, of_hit[sentence.hit.chunk.id])
        for one, sentence in zip(found, sentences, strict=True)
    ]


def _by_words(
    sentence: Candidate, question: Question, above: str, analyse: Analyse, best: float
) -> Features:
    """What words, numbers and places alone tell."""
    hit, language = sentence.hit, sentence.hit.chunk.language
    own = frozenset(analyse(_read_with_header(sentence), language))
    around = own.union(
        analyse(sentence.paragraph, language), analyse(" ".join(hit.chunk.section), language)
    )
    whole = f"{above}\n{hit.chunk.text}"
    return Features(
        cosine=hit.cosine or 0.0,
        coverage=question.share(own),
        context=question.share(around),
        behind=best - hit.score,
        passage=hit.cosine or 0.0,
        absent=question.absent(whole, language),
        lacking=float(question.lacks(sentence.text, language)),
        unnamed=question.unnamed(whole),
        unknown=question.unknown,
        clause=float(question.names_clause(around)),
        year_mismatch=float(question.year_mismatch(_dated(sentence, above), language)),
    )


def _as_read(features: Features, sentence: Candidate, reading: PassageReading) -> Features:
    start = sentence.hit.chunk.start
    margin = reading.span_margin(sentence.start - start, sentence.end - start)
    return replace(features, reader=reading.logit / _TENS, span=max(-2.0, min(margin / _TENS, 2.0)))


def _by_tokens(
    features: Features, sentence: Candidate, question: Question, passage: _Passage
) -> Features:
    cosine, near = passage.sentence(sentence, question)
    return replace(
        features,
        cosine=cosine,
        near=near,
        late=passage.late,
        weakest=passage.weakest,
        spread=passage.spread,
        ahead=passage.ahead,
    )


@dataclass(frozen=True, slots=True)
class _Passage:
    """What is known of a passage; the numbers are those of ``Features``."""

    above: str
    tokens: PassageTokens
    words: NDArray[np.float32]
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
        if sentence.lead is not None:
            inside |= self.tokens.within([(sentence.lead[0] - start, sentence.lead[1] - start)])
        near = _mean(best_matches(question.words, self.words[inside]))
        return float(vector @ question.vector), near


def _of_whole(above: str, tokens: PassageTokens, question: Question) -> _Passage:
    words = unit(tokens.vectors)
    matches = best_matches(question.words, words)
    return _Passage(
        above=above,
        tokens=tokens,
        words=words,
        late=_mean(matches),
        weakest=float(np.quantile(matches, _WEAK)) if len(matches) else 0.0,
    )


def _compared(passages: Sequence[_Passage], languages: Sequence[str]) -> list[_Passage]:
    """``passages``, each held against the others whose ``languages`` share words with its own.

    Words match better within a language: the others would say what language a passage is in.
    """
    groups = term_groups(languages)
    late = np.array([passage.late for passage in passages])
    compared = []
    for place, passage in enumerate(passages):
        beside = groups == groups[place]
        others = np.delete(late, place)[np.delete(beside, place)]
        spread = passage.late - float(late[beside].mean())
        ahead = passage.late - float(others.max()) if len(others) else 0.0
        compared.append(replace(passage, spread=spread, ahead=ahead))
    return compared


def _mean(values: NDArray[np.float32]) -> float:
    return float(values.mean()) if len(values) else 0.0


def _above(hit: Hit, facts: str) -> str:
    """The lines that a passage stands under: its report's facts, its headings, its header."""
    return "\n".join(filter(None, [facts, *hit.chunk.section, hit.chunk.header]))


def _dated(sentence: Candidate, above: str) -> Iterator[str]:
    """Where to look for the year that a sentence is about, the likeliest place first."""
    yield f"{sentence.lead_text}\n{sentence.header_text}\n{sentence.text}"
    yield sentence.paragraph
    chunk = sentence.hit.chunk
    yield from reversed(chunk.text[: max(sentence.start - chunk.start, 0)].split("\n"))
    yield from reversed(above.split("\n"))


def _read_with_header(sentence: Candidate) -> str:
    if sentence.header is None and sentence.lead is None:
        return sentence.text
    heading = "" if sentence.header is None else sentence.heading
    parts = (heading, sentence.lead_text, sentence.header_text, sentence.text)
    return "\n".join(part for part in parts if part)
