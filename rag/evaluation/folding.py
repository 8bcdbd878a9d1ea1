"""Text folded for comparing, with the way back to the original's code points."""

from __future__ import annotations

import unicodedata
from array import array
from collections.abc import Iterator
from dataclasses import dataclass

# Category P holds signs that carry meaning in figures and provisions; losing them would make
# "5%" the same as "5" and "§ 3" the same as "3".
_MEANINGFUL = frozenset("%‰‱§¶#&@*")
_TATWEEL = "\u0640"


@dataclass(frozen=True, slots=True)
class Folded:
    """Folded text; its character ``i`` comes from ``original[starts[i]:ends[i]]``."""

    text: str
    starts: array[int]
    ends: array[int]

    def span(self, start: int, end: int) -> tuple[int, int]:
        """The original's half-open span behind ``text[start:end]``, which must not be empty."""
        return self.starts[start], self.ends[end - 1]


def fold(text: str) -> Folded:
    """NFKC without white space.

    Characters that normalise together (a letter and its accents, Hangul jamo) map back to the
    whole of what they came from, so a span never cuts through them.
    """
    chars: list[str] = []
    starts, ends = array("I"), array("I")
    for start, end, folded in _normalised(text):
        for char in folded:
            if not char.isspace():
                chars.append(char)
                starts.append(start)
                ends.append(end)
    return Folded("".join(chars), starts, ends)


def fold_hard(folded: Folded) -> Folded:
    """``folded`` also without case, diacritics, tatweel, invisible signs and punctuation.

    Punctuation between digits stays, so that ``3.5`` never equals ``35``; so do signs such as
    ``%``. Marks that are letters of their script (combining class 0: Indic vowel signs) stay.
    """
    chars: list[str] = []
    starts, ends = array("I"), array("I")
    text = folded.text
    for i, char in enumerate(text):
        if _is_dropped_punctuation(text, i):
            continue
        for part in unicodedata.normalize("NFKD", char.casefold()):
            if unicodedata.combining(part) or part == _TATWEEL:
                continue
            if unicodedata.category(part) in ("Cc", "Cf") or part.isspace():
                continue
            chars.append(part)
            starts.append(folded.starts[i])
            ends.append(folded.ends[i])
    return Folded("".join(chars), starts, ends)


def occurrences(needle: str, haystack: str) -> Iterator[int]:
    """Every place where ``needle`` (not empty) starts in ``haystack``, overlapping ones too."""
    at = haystack.find(needle)
    while at >= 0:
        yield at
        at = haystack.find(needle, at + 1)


def _normalised(text: str) -> Iterator[tuple[int, int, str]]:
    """Pieces ``(start, end, NFKC of text[start:end])`` whose concatenation is NFKC of the text."""
    at = 0
    for line in text.splitlines(keepends=True):
        # Nothing composes across a line break; most lines are in NFKC and need no search.
        if unicodedata.is_normalized("NFKC", line):
            yield from ((at + i, at + i + 1, char) for i, char in enumerate(line))
        else:
            yield from _normalised_line(line, at)
        at += len(line)


def _normalised_line(line: str, offset: int) -> Iterator[tuple[int, int, str]]:
    start = 0
    for i in range(1, len(line) + 1):
        if i < len(line) and _joins(line[start:i], line[i]):
            continue
        yield offset + start, offset + i, unicodedata.normalize("NFKC", line[start:i])
        start = i


def _joins(before: str, char: str) -> bool:
    """Whether ``char`` normalises together with the piece before it."""
    if char < "\u0300":
        return False
    if unicodedata.combining(char):
        return True
    apart = unicodedata.normalize("NFKC", before) + unicodedata.normalize("NFKC", char)
    return unicodedata.normalize("NFKC", before + char) != apart


def _is_dropped_punctuation(text: str, i: int) -> bool:
    char = text[i]
    if not unicodedata.category(char).startswith("P") or char in _MEANINGFUL:
        return False
    between_digits = 0 < i < len(text) - 1 and text[i - 1].isdigit() and text[i + 1].isdigit()
    return not between_digits
