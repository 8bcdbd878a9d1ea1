"""A model's sentences beside the passages they cite: kept or not, and the exact words behind."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from rag.answering.extraction import Candidate, Encode, candidates
from rag.answering.grounding import Claim, Ground, Reason, specifics, unproven
from rag.llm.prompts import Shown, around
from rag.retrieval.fusion import term_groups
from rag.schema import Hit, Reading
from rag.text.terms import single_terms

_MOST_QUOTES = 3
"""Sentences of one passage that are quoted for one sentence of an answer."""


class Readings(Protocol):
    """The reading of a document by its name."""

    def __call__(self, name: str) -> Reading:
        """The reading."""


@dataclass(frozen=True, slots=True)
class Nearness:
    """The least cosine of a sentence and its passage, with languages' means removed.

    ``own`` is for two of one group of languages that share terms, ``across`` for others. Chosen
    with ``python -m bench.grounding`` (README, figures).
    """

    own: float = 0.33
    across: float = 0.33


@dataclass(frozen=True, slots=True)
class Verdict:
    """A claim, why it is not borne out (empty: it is), and the words of reports behind it."""

    claim: Claim
    reasons: tuple[Reason, ...]
    quotes: tuple[Candidate, ...]


class Prover:
    """Judges claims on the passages of one question; remembers what it has encoded."""

    def __init__(
        self,
        hits: Sequence[Hit],
        shown: Sequence[Shown],
        reading_of: Readings,
        encode: Encode,
        nearness: Nearness,
    ) -> None:
        self._hits = hits
        self._grounds = [
            Ground(hit.chunk.text, hit.chunk.language, around(passage))
            for hit, passage in zip(hits, shown, strict=True)
        ]
        self._reading_of = reading_of
        self._encode_anew = encode
        self._nearness = nearness
        self._vectors: dict[tuple[str, str], NDArray[np.float32]] = {}
        self._verdicts: dict[tuple[Claim, str], Verdict] = {}

    def judge(self, claim: Claim, language: str) -> Verdict:
        """The verdict on ``claim``, a sentence in ``language``."""
        key = (claim, language)
        if key not in self._verdicts:
            self._verdicts[key] = self._judge(claim, language)
        return self._verdicts[key]

    def _judge(self, claim: Claim, language: str) -> Verdict:
        cited = [number - 1 for number in claim.cited if 1 <= number <= len(self._hits)]
        if not cited:
            return Verdict(claim, ("citation",), ())
        vector = self._encode([claim.text], [language])[0]
        quotes: list[Candidate] = []
        spare = -1.0
        for index in cited:
            carriers, cosine = self._carriers(claim, language, vector, index)
            quotes.extend(carriers)
            spare = max(spare, cosine - self._least(language, index))
        grounds = [self._grounds[index] for index in cited]
        return Verdict(claim, unproven(claim, language, grounds, spare, 0.0), tuple(quotes))

    def _least(self, language: str, index: int) -> float:
        (own,), (other,) = (
            term_groups([code]) for code in (language, self._hits[index].chunk.language)
        )
        return self._nearness.own if own == other else self._nearness.across

    def _carriers(
        self, claim: Claim, language: str, vector: NDArray[np.float32], index: int
    ) -> tuple[list[Candidate], float]:
        """The sentences of a passage that carry ``claim``, and the best cosine with the passage."""
        hit = self._hits[index]
        sentences = candidates([hit], self._reading_of)
        texts = [hit.chunk.text, *(_read(sentence) for sentence in sentences)]
        cosines = self._encode(texts, [hit.chunk.language] * len(texts)) @ vector
        if not sentences:
            whole = Candidate(hit, hit.chunk.start, hit.chunk.end, hit.chunk.text, hit.chunk.text)
            return [whole], float(cosines.max())
        wanted = frozenset(single_terms(claim.text, language))
        likeness = [
            float(cosine) + _share(wanted, single_terms(_read(sentence), hit.chunk.language))
            for cosine, sentence in zip(cosines[1:], sentences, strict=True)
        ]
        order = np.argsort(-np.array(likeness), kind="stable")
        ranked = [sentences[place] for place in order]
        chosen = self._enough(claim, language, ranked, self._grounds[index])
        return sorted(chosen, key=lambda sentence: sentence.start), float(cosines.max())

    def _enough(
        self, claim: Claim, language: str, ranked: Sequence[Candidate], ground: Ground
    ) -> list[Candidate]:
        """The likeliest sentence, and others until all the passage has of the claim is there."""
        wanted = specifics(claim.text, language)
        most = wanted.count_in(ground)

        def count(chosen: Sequence[Candidate]) -> int:
            text = "\n".join(_read(sentence) for sentence in chosen)
            return wanted.count_in(Ground(text, ground.language, ground.around))

        chosen = [ranked[0]]
        while len(chosen) < _MOST_QUOTES and count(chosen) < most:
            rest = [sentence for sentence in ranked if sentence not in chosen]
            if not rest:
                break
            best = max(rest, key=lambda sentence: count([*chosen, sentence]))
            if count([*chosen, best]) == count(chosen):
                break
            chosen.append(best)
        return chosen

    def _encode(self, texts: Sequence[str], languages: Sequence[str]) -> NDArray[np.float32]:
        pairs = list(zip(texts, languages, strict=True))
        new = list(dict.fromkeys(pair for pair in pairs if pair not in self._vectors))
        if new:
            vectors = self._encode_anew([text for text, _ in new], [code for _, code in new])
            self._vectors.update(zip(new, vectors, strict=True))
        return np.stack([self._vectors[pair] for pair in pairs])


def _share(wanted: frozenset[str], present: Sequence[str]) -> float:
    return len(wanted.intersection(present)) / max(1, len(wanted))


def _read(sentence: Candidate) -> str:
    return f"{sentence.header_text}\n{sentence.text}" if sentence.header_text else sentence.text
