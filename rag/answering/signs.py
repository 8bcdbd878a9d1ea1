"""What is known of a sentence and a question before it is judged whether one answers the other."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

from rag.answering.expected import Kinds, expected
from rag.answering.values import Value, plain_digits, values

_NUMBER = re.compile(r"\d+(?:[.,٬]\d+)*")
_SEPARATORS = re.compile(r"[.,٬]")


@dataclass(frozen=True, slots=True)
class Signs:
    """What is known of a sentence and a question.

    ``cosine``, -1 to 1, is theirs and ``passage`` that of the sentence's passage; ``coverage``, 0
    to 1, is the share of the question's terms, weighted by rarity, that the sentence has, and
    ``context`` the share that it has with its paragraph, its section's headings and its table's
    header. ``absent``, 0 to 1, is the share of the question's numbers that the whole passage and
    the facts of its report lack.
    ``lacking`` is 1 where the question asks for a kind of value that the sentence does not state.
    ``behind``, 0 and up, is by how much its passage's score is below the best passage's.
    """

    cosine: float
    coverage: float
    context: float
    behind: float
    passage: float = 0.0
    absent: float = 0.0
    lacking: float = 0.0


NAMES: tuple[str, ...] = tuple(field.name for field in fields(Signs))
"""The signs in the order of a model's weights."""


@dataclass(frozen=True, slots=True)
class Question:
    """What sentences are held against.

    ``vector`` (d,) is the question's; ``weights`` are its terms' weights. ``kinds`` of value are
    asked for, empty where none; ``stated`` are the values and ``numbers`` the numbers that the
    question itself states.
    """

    vector: NDArray[np.float32]
    weights: Mapping[str, float]
    kinds: Kinds = frozenset()
    stated: frozenset[str] = frozenset()
    numbers: frozenset[str] = frozenset()

    @classmethod
    def of(cls, text: str, vector: NDArray[np.float32], weights: Mapping[str, float]) -> Question:
        """The question ``text``, with what its words ask for and state."""
        stated = frozenset(value.key for value in values(text))
        return cls(vector, weights, expected(text), stated, numbers(text))

    def share(self, present: frozenset[str]) -> float:
        """The share of the question's terms, by weight, that are ``present``; 0 without any."""
        total = sum(self.weights.values())
        return sum(w for t, w in self.weights.items() if t in present) / total if total else 0.0

    def absent(self, text: str) -> float:
        """The share of the question's numbers that ``text`` does not have; 0 without any."""
        if not self.numbers:
            return 0.0
        return len(self.numbers - numbers(text)) / len(self.numbers)

    def answering(self, text: str) -> list[Value]:
        """The values in ``text`` of a kind asked for that the question does not state itself."""
        kinds = self.kinds | {"year"} if "number" in self.kinds else self.kinds
        return [v for v in values(text) if v.kind in kinds and v.key not in self.stated]


def numbers(text: str) -> frozenset[str]:
    """The numbers written with digits in a text, without separators."""
    return frozenset(_SEPARATORS.sub("", found) for found in _NUMBER.findall(plain_digits(text)))
