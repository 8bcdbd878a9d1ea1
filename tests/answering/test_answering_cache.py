"""What was computed before is not computed again, and comes out the same."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from rag.answering.cache import Remembered


class Counted:
    """A text's result is its length; notes what it was asked."""

    def __init__(self) -> None:
        self.asked: list[list[str]] = []

    def __call__(self, texts: Sequence[str]) -> list[int]:
        self.asked.append(list(texts))
        return [len(text) for text in texts]


def test_only_what_is_not_remembered_is_computed_and_the_order_is_the_callers() -> None:
    work = Counted()
    remembered = Remembered(work, kept=10)
    remembered(["one", "three"])
    assert remembered(["three", "seven!", "one", "seven!"]) == [5, 6, 3, 6]
    assert work.asked == [["one", "three"], ["seven!"]]


def test_the_longest_unused_is_forgotten_first() -> None:
    work = Counted()
    remembered = Remembered(work, kept=2)
    for text in ("a", "bb", "a", "ccc", "bb"):
        remembered([text])
    # When "ccc" came, "bb" was the longest unused.
    assert work.asked == [["a"], ["bb"], ["ccc"], ["bb"]]


def test_nothing_stays_nothing() -> None:
    work = Counted()
    assert Remembered(work, kept=1)([]) == []
    assert work.asked == []


def test_what_fails_is_not_remembered() -> None:
    def fail(texts: Sequence[str]) -> list[int]:
        raise ValueError("no")

    remembered = Remembered(fail, kept=1)
    for _ in range(2):
        with pytest.raises(ValueError, match="no"):
            remembered(["a"])
