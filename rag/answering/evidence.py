"""How likely it is that a sentence answers the question, from what is known of both.

Two logistic models, one for sentences in a language that can have the question's terms and one for
others. They were fitted for the packaged model on half of XQuAD's articles, whose questions were
asked of a pool with, and of one without, the paragraph that answers them; the README has their
figures on questions they never saw.
"""

from __future__ import annotations

import math
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Signs:
    """What is known of a sentence and a question.

    ``cosine``, -1 to 1, is theirs; ``coverage``, 0 to 1, the share of the question's terms,
    weighted by rarity, that the sentence has, and ``context`` the share that it has with its
    paragraph, its section's headings and its table's header. ``behind``, 0 and up, is by how much
    its passage's score is below the best passage's.
    """

    cosine: float
    coverage: float
    context: float
    behind: float


@dataclass(frozen=True, slots=True)
class LogisticModel:
    """The weights of the signs and the bias of a logistic regression."""

    cosine: float
    coverage: float
    context: float
    behind: float
    bias: float

    def probability(self, signs: Signs) -> float:
        """How likely a sentence with these signs answers, 0 to 1."""
        odds = (
            self.cosine * signs.cosine
            + self.coverage * signs.coverage
            + self.context * signs.context
            - self.behind * signs.behind
            + self.bias
        )
        return 1 / (1 + math.exp(-odds))


@dataclass(frozen=True, slots=True)
class EvidenceModel:
    """``own`` is for sentences that can share the question's terms, ``across`` for all others.

    ``least`` is the probability from which a sentence counts as an answer.
    """

    own: LogisticModel = LogisticModel(7.8, 4.4, 1.0, 16.8, -7.0)
    across: LogisticModel = LogisticModel(16.4, 3.8, 0.0, 23.3, -7.4)
    least: float = 0.07

    def probability(self, signs: Signs, *, shares_terms: bool) -> float:
        """How likely a sentence with these signs answers, 0 to 1."""
        return (self.own if shares_terms else self.across).probability(signs)
