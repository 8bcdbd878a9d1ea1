"""What is known of a sentence and a question before it is judged whether one answers the other."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from decimal import Decimal

import numpy as np
from numpy.typing import NDArray

from rag.answering.expected import Kinds, expected
from rag.answering.names import capitalised, quoted, stated_words
from rag.text.fold import fold
from rag.text.quantities import Quantity, quantities, values_equal, years_named
from rag.text.terms import CLAUSE_MARK

_DIGITS = re.compile(r"\d+")
_LEVELS = re.compile(r"[0-9]+(?:\.[0-9]+)*")
_SHORTEST_STEM = 6
_LONGEST_ENDING = 2


@dataclass(frozen=True, slots=True)
class Features:
    """What is known of a sentence and a question.

    ``cosine``, -1 to 1, is theirs and ``passage`` that of the sentence's passage; ``coverage``, 0
    to 1, is the share of the question's terms, weighted by rarity, that the sentence has, and
    ``context`` the share that it has with its paragraph, its section's headings and its table's
    header. ``absent``, 0 to 1, is the share of the question's numbers that the whole passage and
    the facts of its report lack.
    ``lacking`` is 1 where the question asks for a kind of value that the sentence does not state.
    ``behind``, 0 and up, is by how much its passage's score is below the best passage's.

    Of the words of the question and the best match of each (``rag.answering.interaction``), -1 to
    1: ``near`` is the mean in the sentence, its table's header and the line that leads to its table
    or list, ``late`` the mean and ``weakest`` the lower quartile in the passage and what it stands
    under. ``spread``, -2 to 2, is
    by how much ``late`` exceeds the mean of the passages read whose languages share words with its
    own, and ``ahead`` by how much that of the best other one of them.
    ``unnamed``, 0 to 1, is the share of the names and quotations in the question that the passage
    and the facts of its report lack, and ``unknown`` the share of its terms, by weight, that no
    report has. ``elsewhen`` is 1 where the question names years and the sentence is about others.
    ``clause`` is 1 where the question names a clause that the sentence stands in.
    """

    cosine: float
    coverage: float
    context: float
    behind: float
    passage: float = 0.0
    absent: float = 0.0
    lacking: float = 0.0
    near: float = 0.0
    late: float = 0.0
    weakest: float = 0.0
    spread: float = 0.0
    ahead: float = 0.0
    unnamed: float = 0.0
    unknown: float = 0.0
    elsewhen: float = 0.0
    clause: float = 0.0


NAMES: tuple[str, ...] = tuple(field.name for field in fields(Features))
"""The features in the order of a model's weights."""


@dataclass(frozen=True, slots=True)
class Question:
    """What sentences are held against: ``text``, and what is known of it.

    ``vector`` (d,) is the question's, ``words`` (n, d) those of its words, of unit length;
    ``weights`` are its terms' weights, and ``unknown`` the share of them, by weight, that no report
    has. ``kinds`` of value are asked for, empty where none; ``stated`` are the values, ``numbers``
    the numbers, ``years`` the years, ``names`` the names and ``quotations`` the quotations that the
    question itself states.
    """

    vector: NDArray[np.float32]
    weights: Mapping[str, float]
    words: NDArray[np.float32]
    unknown: float = 0.0
    kinds: Kinds = frozenset()
    stated: tuple[Quantity, ...] = ()
    numbers: frozenset[str] = frozenset()
    years: frozenset[int] = frozenset()
    names: tuple[str, ...] = ()
    quotations: tuple[str, ...] = ()
    text: str = ""

    @classmethod
    def of(
        cls,
        text: str,
        language: str,
        vector: NDArray[np.float32],
        *,
        words: NDArray[np.float32],
        weights: Mapping[str, float],
        unknown: frozenset[str] = frozenset(),
    ) -> Question:
        """The question ``text``, with what its words ask for and state.

        ``unknown`` are the terms that no report has.
        """
        total = sum(weights.values())
        missing = sum(weight for term, weight in weights.items() if term in unknown)
        return cls(
            vector,
            weights,
            words,
            missing / total if total else 0.0,
            expected(text),
            quantities(text, language),
            numbers(text, language, in_words=False),
            years_named(quantities(text, language)),
            tuple(f" {' '.join(name)} " for name in capitalised(text, language)),
            tuple(quoted(text)),
            text,
        )

    def share(self, present: frozenset[str]) -> float:
        """The share of the question's terms, by weight, that are ``present``; 0 without any."""
        total = sum(self.weights.values())
        return sum(w for t, w in self.weights.items() if t in present) / total if total else 0.0

    def names_clause(self, present: frozenset[str]) -> bool:
        """Whether a clause that the question names is among the terms ``present``."""
        return any(term.startswith(CLAUSE_MARK) and term in present for term in self.weights)

    def elsewhen(self, texts: Iterable[str], language: str) -> bool:
        """Whether the first of ``texts`` that names years names none that the question names.

        True where none does, False where the question names no year.
        """
        if not self.years:
            return False
        named = (years_named(quantities(text, language)) for text in texts)
        return not self.years & next(filter(None, named), frozenset())

    def absent(self, text: str, language: str) -> float:
        """The share of the question's numbers that ``text`` does not have; 0 without any."""
        if not self.numbers:
            return 0.0
        return len(self.numbers - numbers(text, language)) / len(self.numbers)

    def unnamed(self, text: str) -> float:
        """The share of the names and quotations that ``text`` does not have; 0 without any."""
        count = len(self.names) + len(self.quotations)
        if not count:
            return 0.0
        words, squeezed = stated_words(text), "".join(fold(text).split())
        known = frozenset(words.split())
        found = sum(name in words or _derived(name, known) for name in self.names)
        found += sum(quotation in squeezed for quotation in self.quotations)
        return 1 - found / count

    def lacks(self, text: str, language: str) -> bool:
        """Whether a value is asked for and ``text`` states none of its kind."""
        return bool(self.kinds) and not self.answering(text, language)

    def answering(self, text: str, language: str) -> list[Quantity]:
        """The values in ``text`` of a kind asked for that the question does not state itself."""
        kinds = self.kinds | {"year"} if "number" in self.kinds else self.kinds
        return [
            found
            for found in quantities(text, language)
            if found.kind in kinds and not any(values_equal(found, said) for said in self.stated)
        ]


def _derived(name: str, words: frozenset[str]) -> bool:
    """Whether each word of ``name`` is among ``words`` but for its ending: Meridian, Meridia."""
    return all(
        word in words
        or (
            len(word) >= _SHORTEST_STEM
            and any(
                other.startswith(word[: len(word) - _LONGEST_ENDING])
                and abs(len(other) - len(word)) <= _LONGEST_ENDING
                for other in words
            )
        )
        for word in name.split()
    )


def numbers(text: str, language: str, *, in_words: bool = True) -> frozenset[str]:
    """The numbers that a text states, each by its value however it is written.

    Of a date they are the date itself at every precision, of a clause or a name its numerals. A
    single one said in words does not count; without ``in_words`` nothing said in words does.
    """
    found: set[str] = set()
    for quantity in quantities(text, language):
        in_digits = _DIGITS.search(text[quantity.start : quantity.end])
        if not in_digits and (quantity.value == 1 or not in_words):
            continue
        for value in (quantity.value, quantity.until):
            if value is not None:
                found |= _numerals(quantity, value)
    return frozenset(found)


def _numerals(quantity: Quantity, value: Decimal | str) -> set[str]:
    if isinstance(value, Decimal):
        return {f"{value.normalize():f}"}
    if value.startswith("--"):
        return {value}
    if quantity.kind in {"date", "year", "period"}:
        return {value[:4], value[:7], value, f"-{value[4:]}"} if value[4:] else {value}
    return set(_LEVELS.findall(value))
