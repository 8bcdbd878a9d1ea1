"""Sentences that were encoded before are not encoded again, and come out the same."""

from __future__ import annotations

import numpy as np
import pytest

from rag.answering.remembering import RememberedVectors


class Counted:
    """A text's vector is its length and its language's; notes what it was asked."""

    def __init__(self) -> None:
        self.asked: list[list[str]] = []

    def __call__(self, texts, languages):
        self.asked.append(list(texts))
        rows = [[len(text), len(code)] for text, code in zip(texts, languages, strict=True)]
        return np.array(rows, np.float32).reshape(len(rows), 2)


def test_only_what_is_not_remembered_is_encoded_and_the_order_is_the_callers():
    encode = Counted()
    remembered = RememberedVectors(encode)
    remembered(["one", "three"], ["en", "en"])
    vectors = remembered(["three", "seven!", "one", "seven!"], ["en", "en", "en", "en"])
    assert vectors.tolist() == [[5, 2], [6, 2], [3, 2], [6, 2]]
    assert vectors.dtype == np.float32
    assert encode.asked == [["one", "three"], ["seven!"]]


def test_the_same_text_in_another_language_is_another():
    encode = Counted()
    remembered = RememberedVectors(encode)
    remembered(["one"], ["en"])
    assert remembered(["one"], ["zh-Hans"]).tolist() == [[3, 7]]


def test_the_longest_unused_is_forgotten_first():
    encode = Counted()
    remembered = RememberedVectors(encode, kept=2)
    for text in ("a", "bb", "a", "ccc", "bb"):
        remembered([text], ["en"])
    # When "ccc" came, "bb" was the longest unused.
    assert encode.asked == [["a"], ["bb"], ["ccc"], ["bb"]]


def test_nothing_stays_nothing():
    assert RememberedVectors(Counted())([], []).shape == (0, 2)


def test_what_fails_is_not_remembered():
    def fail(texts, languages):
        raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        RememberedVectors(fail)(["a"], ["en"])
