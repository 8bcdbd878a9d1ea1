"""BM25, with every term's contribution to every passage computed when the index is built.

The score of a passage is a sum over the question's terms of numbers that do not depend on the
question, so they are stored as a sparse matrix, one column a term, and a search adds up a few
columns (X. H. Lù, "BM25S: Orders of magnitude faster lexical search via eager sparse scoring",
arXiv 2407.03618). The numbers are those of ``rank_bm25.BM25Okapi``, with its floor for terms that
occur in more than half of the passages, in float64 and in its order of operations: ranking and
ties are the same to the last bit.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from io import BytesIO
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from rag.term_counts import TermCounter, TermCounts

Scores = NDArray[np.float64]
Rows = NDArray[np.int64]
Integers = NDArray[np.int32]

_ARRAYS = ("terms", "term_ends", "starts", "rows", "scores", "idf")


@dataclass(frozen=True, slots=True)
class Bm25:
    """BM25's parameters: ``k1`` 0 and up, ``b`` 0 to 1.

    A negative idf becomes ``epsilon`` times the mean idf.
    """

    k1: float = 1.5
    b: float = 0.75
    epsilon: float = 0.25


def check_parameters(parameters: Bm25) -> None:
    """Raise ValueError for parameters out of range."""
    k1, b, epsilon = parameters.k1, parameters.b, parameters.epsilon
    if not (k1 >= 0 and 0 <= b <= 1 and math.isfinite(k1) and math.isfinite(epsilon)):
        raise ValueError("BM25 needs k1 of at least 0, b from 0 to 1 and a finite epsilon")


@dataclass(frozen=True, slots=True)
class Known:
    """What the index knows of one term.

    ``idf`` is its weight; it and ``frequency``, the number of passages with it, are 0 where the
    term occurs nowhere.
    """

    term: str
    idf: float
    frequency: int


class SparseIndex:
    """BM25 over n passages. Scores are float64, higher is better, 0 where no term occurs.

    Columns: the passages of term t are ``rows[starts[t]:starts[t + 1]]``, ascending, with their
    ``scores``. Terms are sorted by their UTF-8 bytes, so that a term is found by bisection and
    nothing is unpacked on loading. Searching is safe from several threads at once.
    """

    def __init__(self, n: int, parameters: Bm25, arrays: dict[str, NDArray[np.generic]]) -> None:
        self._n = n
        self.parameters = parameters
        self._arrays = arrays
        self._terms = memoryview(arrays["terms"])  # type: ignore[arg-type]
        self._term_ends = arrays["term_ends"]
        self._starts = arrays["starts"]
        self._rows = arrays["rows"]
        self._scores = arrays["scores"]
        self._idf = arrays["idf"]

    @classmethod
    def build(
        cls, term_lists: Iterable[Sequence[str]], *, k1: float, b: float, epsilon: float
    ) -> SparseIndex:
        """Index passages given as lists of terms, read once, in the order of their rows.

        Raises ValueError for parameters out of range.
        """
        parameters = Bm25(k1, b, epsilon)
        check_parameters(parameters)
        counter = TermCounter()
        for terms in term_lists:
            counter.add(terms)
        return cls.of(counter.finish(), parameters)

    @classmethod
    def of(cls, counts: TermCounts, parameters: Bm25) -> SparseIndex:
        """Index the passages that ``counts`` is of.

        Raises ValueError for parameters out of range.
        """
        check_parameters(parameters)
        return cls(len(counts), parameters, _columns(counts, parameters))

    @classmethod
    def load(cls, folder: Path) -> SparseIndex:
        """Map the arrays in ``folder``, written by ``save``.

        Raises OSError when a file cannot be opened and ValueError when one is malformed.
        """
        about = json.loads((folder / "bm25.json").read_text("utf-8"))
        try:
            n, parameters = int(about["passages"]), Bm25(**about["parameters"])
        except (KeyError, TypeError) as error:
            raise ValueError(f"{folder / 'bm25.json'} does not describe a BM25 index") from error
        return cls(n, parameters, {name: _load(folder / f"{name}.npy") for name in _ARRAYS})

    def save(self, folder: Path) -> None:
        """Write the index to ``folder``, which is made. Raises OSError when that fails."""
        folder.mkdir(parents=True, exist_ok=True)
        for name, values in self._arrays.items():
            _save(folder / f"{name}.npy", values)
        about = {"passages": self._n, "parameters": asdict(self.parameters)}
        (folder / "bm25.json").write_text(json.dumps(about, indent=1) + "\n", "utf-8")

    def __len__(self) -> int:
        return self._n

    def scores(self, terms: Sequence[str]) -> Scores:
        """The score of every passage, (n,); a term counts as often as it stands in ``terms``.

        A score is negative only where the mean idf is, as in BM25Okapi: in very small corpora.
        """
        total = np.zeros(self._n)
        for term in terms:
            number = self._find(term)
            if number is not None:
                column = slice(int(self._starts[number]), int(self._starts[number + 1]))
                total[self._rows[column]] += self._scores[column]
        return total

    def search(
        self, terms: Sequence[str], k: int, *, rows: Rows | None = None
    ) -> tuple[Scores, Rows]:
        """The best ``k`` passages with a score above 0: scores and row numbers, both (k',).

        Equal scores are ordered by row, lower first. ``rows`` restricts the search to these row
        numbers; an empty restriction finds nothing. Raises ValueError for a row that does not
        exist.
        """
        total = self.scores(terms)
        candidates = np.flatnonzero(total > 0)
        if rows is not None:
            rows = np.asarray(rows, np.int64)
            if len(rows) and (rows.min() < 0 or rows.max() >= self._n):
                raise ValueError(f"row numbers must lie in 0 to {self._n - 1}")
            mask = np.zeros(self._n, np.bool_)
            mask[rows] = True
            candidates = candidates[mask[candidates]]
        k = min(max(k, 0), len(candidates))
        if k == 0:
            return np.empty(0), np.empty(0, np.int64)
        values = total[candidates]
        least = np.partition(values, len(values) - k)[len(values) - k]
        candidates = candidates[values >= least]
        order = np.argsort(-total[candidates], kind="stable")[:k]
        best = candidates[order]
        return total[best], best

    def known(self, terms: Sequence[str]) -> tuple[Known, ...]:
        """What the index knows of each of ``terms``, in their order."""
        found = ((term, self._find(term)) for term in terms)
        return tuple(
            Known(term, 0.0, 0)
            if number is None
            else Known(
                term,
                float(self._idf[number]),
                int(self._starts[number + 1] - self._starts[number]),
            )
            for term, number in found
        )

    def _find(self, term: str) -> int | None:
        wanted = _encode(term)
        low, high = 0, len(self._term_ends)
        while low < high:
            middle = (low + high) // 2
            if self._term(middle) < wanted:
                low = middle + 1
            else:
                high = middle
        return low if low < len(self._term_ends) and self._term(low) == wanted else None

    def _term(self, number: int) -> bytes:
        start = int(self._term_ends[number - 1]) if number else 0
        return bytes(self._terms[start : int(self._term_ends[number])])


def _columns(counts: TermCounts, parameters: Bm25) -> dict[str, NDArray[np.generic]]:
    k1, b = parameters.k1, parameters.b
    encoded, lengths, terms = counts.vocabulary, counts.lengths, counts.numbers
    frequencies = np.bincount(terms, minlength=len(encoded))
    idf = _idf(len(lengths), frequencies.tolist(), parameters.epsilon)
    by_bytes = sorted(range(len(encoded)), key=encoded.__getitem__)
    place = np.empty(len(encoded), np.int64)
    place[by_bytes] = np.arange(len(encoded))
    # Stable: within a term the rows stay ascending, as they were read.
    order = np.argsort(place[terms], kind="stable")
    rows: Integers = counts.rows[order]
    terms = terms[order]
    tf = counts.counts[order].astype(np.float64)
    mean_length = lengths.sum() / len(lengths) if len(terms) else 1.0
    scores = idf[terms] * (tf * (k1 + 1) / (tf + k1 * (1 - b + b * lengths[rows] / mean_length)))
    return {
        "terms": np.frombuffer(b"".join(encoded[i] for i in by_bytes), np.uint8),
        "term_ends": np.cumsum([len(encoded[i]) for i in by_bytes], dtype=np.int64),
        "starts": np.concatenate(([0], np.cumsum(frequencies[by_bytes], dtype=np.int64))),
        "rows": rows,
        "scores": scores,
        "idf": idf[by_bytes],
    }


def _idf(passages: int, frequencies: Sequence[int], epsilon: float) -> Scores:
    # BM25Okapi's own order of summation: by first occurrence, without compensation.
    values = [math.log(passages - f + 0.5) - math.log(f + 0.5) for f in frequencies]
    total = 0.0
    for value in values:
        total += value
    floor = epsilon * (total / len(values)) if values else 0.0
    return np.array([floor if value < 0 else value for value in values], np.float64)


def _encode(term: str) -> bytes:
    return term.encode("utf-8", "surrogatepass")


def _save(path: Path, values: NDArray[np.generic]) -> None:
    # ndarray.tofile loses the reason of a failed write, such as a full disk: write the bytes here.
    header = BytesIO()
    contiguous = np.ascontiguousarray(values)
    np.lib.format.write_array_header_1_0(
        header, np.lib.format.header_data_from_array_1_0(contiguous)
    )
    with path.open("wb") as file:
        file.write(header.getvalue())
        file.write(contiguous.tobytes() if not contiguous.size else contiguous.data)


def _load(path: Path) -> NDArray[np.generic]:
    try:
        values: NDArray[np.generic] = np.load(path, mmap_mode="r", allow_pickle=False)
    except ValueError:
        # An empty array cannot be mapped.
        values = np.load(path, allow_pickle=False)
    # Plain arrays over the mapping: numpy.memmap costs a Python object for every slice.
    return values.view(np.ndarray)
