"""How often which terms stand in which passages: what an index of terms is computed from.

It is kept beside the index, so that other parameters or a few other passages cost no analysis of
the rest. The order of first occurrence is kept as well, since BM25's mean idf is summed in it.
"""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

Integers = NDArray[np.int32]
Offsets = NDArray[np.int64]

_ARRAYS = ("words", "word_ends", "lengths", "row_ends", "numbers", "counts")


@dataclass(frozen=True, slots=True)
class TermCounts:
    """The terms of n passages.

    ``vocabulary`` has every term, as UTF-8, in the order of first occurrence. Passage r has
    ``lengths[r]`` terms, repeats counted; its different terms, in order of occurrence, are
    ``numbers[row_ends[r - 1]:row_ends[r]]``, places in the vocabulary, each ``counts`` times.
    """

    vocabulary: Sequence[bytes]
    lengths: Integers
    row_ends: Offsets
    numbers: Integers
    counts: Integers

    def __len__(self) -> int:
        return len(self.lengths)

    @property
    def rows(self) -> Integers:
        """The passage of each of ``numbers``."""
        each = np.diff(self.row_ends, prepend=0)
        return np.repeat(np.arange(len(self), dtype=np.int32), each)

    def save(self, folder: Path) -> None:
        """Write it to ``folder``, which is made. Raises OSError when that fails."""
        folder.mkdir(parents=True, exist_ok=True)
        ends = np.cumsum([len(word) for word in self.vocabulary], dtype=np.int64)
        words = np.frombuffer(b"".join(self.vocabulary), np.uint8)
        values = (words, ends, self.lengths, self.row_ends, self.numbers, self.counts)
        for name, array_ in zip(_ARRAYS, values, strict=True):
            content = BytesIO()
            np.lib.format.write_array(content, np.ascontiguousarray(array_), allow_pickle=False)
            # In one piece, because numpy's own writing loses the reason when a disk is full.
            (folder / f"{name}.npy").write_bytes(content.getbuffer())

    @classmethod
    def load(cls, folder: Path) -> TermCounts:
        """What ``save`` wrote. Raises OSError or ValueError."""
        words, ends, lengths, row_ends, numbers, counts = (
            np.load(folder / f"{name}.npy", allow_pickle=False) for name in _ARRAYS
        )
        content, limits = words.tobytes(), [0, *ends.tolist()]
        vocabulary = [content[a:b] for a, b in pairwise(limits)]
        return cls(vocabulary, lengths, row_ends, numbers, counts)


class TermCounter:
    """Counts the terms of passages, given in the order of their rows."""

    def __init__(self) -> None:
        self._numbers: dict[bytes, int] = {}
        self._lengths, self._row_ends = array("i"), array("q")
        self._terms, self._counts = array("i"), array("i")
        self._former: TermCounts | None = None
        self._places: Integers = np.empty(0, np.int32)

    def add(self, terms: Sequence[str]) -> None:
        """The terms of the next passage."""
        self._lengths.append(len(terms))
        for term, count in Counter(terms).items():
            self._terms.append(self._number(term.encode("utf-8", "surrogatepass")))
            self._counts.append(count)
        self._row_ends.append(len(self._terms))

    def take(self, former: TermCounts, first: int, last: int) -> None:
        """The next passages are those of ``former`` from ``first`` to before ``last``."""
        if self._former is not former:
            self._former = former
            self._places = np.full(len(former.vocabulary), -1, np.int32)
        begin = int(former.row_ends[first - 1]) if first else 0
        end = int(former.row_ends[last - 1]) if last else 0
        numbers = former.numbers[begin:end]
        unknown = numbers[self._places[numbers] < 0]
        for number in dict.fromkeys(unknown.tolist()):
            self._places[number] = self._number(former.vocabulary[number])
        shift = len(self._terms) - begin
        self._lengths.frombytes(_bytes(former.lengths[first:last], np.int32))
        self._row_ends.frombytes(_bytes(former.row_ends[first:last] + shift, np.int64))
        self._terms.frombytes(_bytes(self._places[numbers], np.int32))
        self._counts.frombytes(_bytes(former.counts[begin:end], np.int32))

    def finish(self) -> TermCounts:
        """What was counted so far."""
        return TermCounts(
            list(self._numbers),
            np.frombuffer(self._lengths, np.int32),
            np.frombuffer(self._row_ends, np.int64),
            np.frombuffer(self._terms, np.int32),
            np.frombuffer(self._counts, np.int32),
        )

    def _number(self, term: bytes) -> int:
        return self._numbers.setdefault(term, len(self._numbers))


def _bytes(values: NDArray[Any], kind: type[np.generic]) -> bytes:
    return np.ascontiguousarray(values, kind).tobytes()
