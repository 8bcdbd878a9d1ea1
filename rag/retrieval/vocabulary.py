"""Sorted terms that are looked up where they lie, in one array of bytes."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

# Terms kept as Python's own, so that most of a bisection runs over them.
_STEPS = 4096


class Vocabulary:
    """Terms in ascending order of their bytes; nothing is unpacked until a term is looked for.

    ``terms`` (bytes,) holds them one after another, ``ends`` (n,) where each ends.
    """

    def __init__(self, terms: NDArray[np.generic], ends: NDArray[np.generic]) -> None:
        self._terms = memoryview(terms)  # type: ignore[arg-type]
        self._ends = ends

    def find(self, term: bytes) -> int | None:
        """The number of ``term``, from 0, or None where there is no such term."""
        numbers, steps = self._steps
        # The last step that is not above the term, then the terms up to the next.
        step = max(0, bisect_right(steps, term) - 1)
        between = range(numbers[step], numbers[step + 1])
        number = between.start + bisect_left(between, term, key=self._term)
        return number if number < between.stop and self._term(number) == term else None

    @cached_property
    def _steps(self) -> tuple[list[int], list[bytes]]:
        """Some terms, evenly apart, and their numbers; the last number is that of all terms."""
        count = len(self._ends)
        numbers = [*range(0, count, max(1, count // _STEPS)), count]
        return numbers if count else [0, 0], [self._term(number) for number in numbers[:-1]]

    def _term(self, number: int) -> bytes:
        start = int(self._ends[number - 1]) if number else 0
        return bytes(self._terms[start : int(self._ends[number])])
