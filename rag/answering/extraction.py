"""Passages to the sentences that answer.

A sentence is known by its cosine with the question and the share of the question's terms that it
has, weighted by rarity; the two together find the answering sentence more often than either
(README, figures). How likely they make it an answer is what sentences are ranked by.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from rag.schema import Heading, Hit
from rag.sentences import sentence_spans

Analyse = Callable[[str, str], Sequence[str]]
Encode = Callable[[Sequence[str], Sequence[str]], NDArray[np.float32]]
Likelihood = Callable[[float, float, str], float]
"""From cosine, share of the terms, and the sentence's language, 0 to 1."""

_SHORTEST = 6
_MARGIN = 0.5
_SAME = 0.8


@dataclass(frozen=True, slots=True)
class Candidate:
    """A sentence at ``start:end`` of the document of ``hit``.

    ``score``, 0 to 1, is how likely it answers; ``coverage``, 0 to 1, the share of the question's
    terms that it has.
    """

    hit: Hit
    start: int
    end: int
    text: str
    score: float = 0.0
    coverage: float = 0.0


def candidates(
    hits: Sequence[Hit], headings_of: Callable[[str], Sequence[Heading]]
) -> list[Candidate]:
    """The sentences of ``hits`` in order; headings are left out, for they name and do not say."""
    found: list[Candidate] = []
    seen: set[tuple[str, int, int]] = set()
    for hit in hits:
        chunk = hit.chunk
        headings = [
            (h.start, h.end) for h in headings_of(chunk.document) if h.end > chunk.start < chunk.end
        ]
        for first, last in sentence_spans(chunk.text, chunk.language):
            start, end = chunk.start + first, chunk.start + last
            inside = any(a <= start and end <= b for a, b in headings)
            key = (chunk.document, start, end)
            if inside or last - first < _SHORTEST or key in seen:
                continue
            seen.add(key)
            found.append(Candidate(hit, start, end, chunk.text[first:last]))
    return found


def weigh(
    sentences: Sequence[Candidate],
    *,
    question_vector: NDArray[np.float32],
    weights: Mapping[str, float],
    analyse: Analyse,
    encode: Encode,
    likelihood: Likelihood,
) -> list[Candidate]:
    """``sentences`` with their scores, best first, ties in their order.

    ``weights`` has the weight of each term of the question; ``question_vector`` is (d,) and
    ``encode`` gives unit vectors (n, d) of texts in their languages.
    """
    if not sentences:
        return []
    languages = [sentence.hit.chunk.language for sentence in sentences]
    vectors = encode([sentence.text for sentence in sentences], languages)
    cosines = vectors @ question_vector
    total = sum(weights.values())
    scored = []
    for sentence, language, cosine in zip(sentences, languages, cosines, strict=True):
        present = set(analyse(sentence.text, language))
        coverage = sum(w for term, w in weights.items() if term in present) / (total or 1.0)
        score = likelihood(float(cosine), coverage, language)
        scored.append(replace(sentence, score=score, coverage=coverage))
    return sorted(scored, key=lambda sentence: -sentence.score)


def choose(scored: Sequence[Candidate], analyse: Analyse, *, most: int = 3) -> list[Candidate]:
    """The best sentence and up to ``most - 1`` others nearly as good that say something else."""
    chosen: list[Candidate] = []
    term_sets: list[set[str]] = []
    for sentence in scored:
        if len(chosen) == most or (chosen and sentence.score < chosen[0].score * _MARGIN):
            break
        own = set(analyse(sentence.text, sentence.hit.chunk.language))
        if any(_overlap(own, other) >= _SAME for other in term_sets):
            continue
        chosen.append(sentence)
        term_sets.append(own)
    return chosen


def _overlap(one: set[str], other: set[str]) -> float:
    return len(one & other) / max(1, min(len(one), len(other)))
