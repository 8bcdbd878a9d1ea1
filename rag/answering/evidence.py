"""How likely it is that a sentence answers the question, from what is known of both.

A logistic model of the sentence's cosine with the question and of the share of the question's terms
that it has, apart for sentences in a language that shares terms with the question's and for others.
It was fitted for the packaged model on half of XQuAD's questions, asked with and without the
paragraph that answers them in the pool; the README has its figures on questions it never saw.
"""

from __future__ import annotations

import math
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Line:
    """The log-odds ``cosine * similarity + coverage * share - offset`` of an answer."""

    cosine: float
    coverage: float
    offset: float

    def probability(self, similarity: float, share: float) -> float:
        """From 0 to 1."""
        odds = self.cosine * similarity + self.coverage * share - self.offset
        return 1 / (1 + math.exp(-odds))


@dataclass(frozen=True, slots=True)
class EvidenceModel:
    """Lines for sentences in the question's own language, and across languages.

    ``least`` is the probability from which a sentence counts as an answer.
    """

    own: Line = Line(cosine=12.1, coverage=6.6, offset=7.1)
    across: Line = Line(cosine=18.3, coverage=4.0, offset=6.2)
    least: float = 0.5

    def probability(self, cosine: float, coverage: float, *, shares_terms: bool) -> float:
        """How likely a sentence with these figures answers, 0 to 1.

        ``shares_terms``: its language can have the terms of the question.
        """
        return (self.own if shares_terms else self.across).probability(cosine, coverage)
