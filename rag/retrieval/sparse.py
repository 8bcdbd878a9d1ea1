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
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from functools import lru_cache
from io import BytesIO
from itertools import pairwise
from pathlib import Path
from threading import Lock

import numpy as np
from numpy.typing import NDArray

from rag.retrieval.bm25 import Bm25, Integers, Scores, check_parameters, columns, encoded
from rag.retrieval.selection import top
from rag.retrieval.term_counts import TermCounter, TermCounts
from rag.retrieval.vocabulary import Vocabulary

__all__ = ["Bm25", "Known", "SparseIndex"]

Rows = NDArray[np.int64]

# Terms whose numbers are remembered.
_REMEMBERED = 16_384
# NumPy parses a file's head as Python, which in Python 3.11 fails now and then in several threads.
_parsing = Lock()
# Passages from which scores are added by compiled code.
_LARGE = 20_000

_ARRAYS = ("terms", "term_ends", "starts", "rows", "scores", "idf")


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
        self._starts = arrays["starts"]
        self._rows: Integers = arrays["rows"].view(np.int32)
        self._scores: Scores = arrays["scores"].view(np.float64)
        self._idf = arrays["idf"]
        # Questions share most of their words. The cache is of a method of the vocabulary: of one of
        # its own, the index and what it maps would stay until the garbage collector comes by.
        self._find = lru_cache(maxsize=_REMEMBERED)(
            Vocabulary(arrays["terms"], arrays["term_ends"]).find
        )

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
        arrays = columns(
            counts.vocabulary,
            lengths=counts.lengths,
            terms=counts.numbers,
            rows=counts.rows,
            counts=counts.counts,
            parameters=parameters,
        )
        return cls(len(counts), parameters, arrays)

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
        add = _add if self._n < _LARGE else _compiled()
        for term in terms:
            number = self._find(encoded(term))
            if number is not None:
                column = slice(int(self._starts[number]), int(self._starts[number + 1]))
                add(total, self._rows[column], self._scores[column])
        return total

    def rows_with(self, term: str) -> Integers:
        """The rows of the passages that have ``term``, ascending."""
        number = self._find(encoded(term))
        if number is None:
            return np.empty(0, np.int32)
        rows: Integers = self._rows[int(self._starts[number]) : int(self._starts[number + 1])]
        return rows

    def search(
        self, terms: Sequence[str], k: int, *, rows: Rows | None = None
    ) -> tuple[Scores, Rows]:
        """The best ``k`` passages with a score above 0: scores and row numbers, both (k',).

        Equal scores are ordered by row, lower first. ``rows`` restricts the search to these row
        numbers; an empty restriction finds nothing. Raises ValueError for a row that does not
        exist.
        """
        total = self.scores(terms)
        if rows is not None:
            rows = np.unique(np.asarray(rows, np.int64))
            if len(rows) and (rows[0] < 0 or rows[-1] >= self._n):
                raise ValueError(f"row numbers must lie in 0 to {self._n - 1}")
        best = top(total, k) if rows is None else rows[top(total[rows], k)]
        best = best[total[best] > 0]
        return total[best], best

    def known(self, terms: Sequence[str]) -> tuple[Known, ...]:
        """What the index knows of each of ``terms``, in their order."""
        found = ((term, self._find(encoded(term))) for term in terms)
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

    def terms(self) -> Iterator[Known]:
        """What the index knows of every term, by number."""
        ends = self._arrays["term_ends"].tolist()
        data = memoryview(self._arrays["terms"])  # type: ignore[arg-type]
        frequencies = np.diff(self._starts)
        for number, (start, end) in enumerate(pairwise([0, *ends])):
            term = bytes(data[start:end]).decode("utf-8", "surrogatepass")
            yield Known(term, float(self._idf[number]), int(frequencies[number]))

    def by_row(self) -> tuple[Rows, Integers, Scores]:
        """The same numbers by passage: the terms of row r, ascending, are ``[s[r]:s[r + 1]]``.

        Returns s (n + 1,), the terms' numbers and their scores, all in memory.
        """
        from scipy.sparse import csc_array

        shape = (self._n, len(self._idf))
        matrix = csc_array((self._scores, self._rows, self._starts), shape=shape).tocsr()
        return np.asarray(matrix.indptr, np.int64), matrix.indices, matrix.data


@lru_cache(maxsize=1)
def _compiled() -> Callable[[Scores, Integers, Scores], None]:
    """``_add`` twice as fast; only for large indexes, since SciPy takes long to import."""
    try:
        from scipy.sparse._sparsetools import csc_matvec
    except ImportError:
        return _add
    one = np.ones(1)

    def add(total: Scores, rows: Integers, scores: Scores) -> None:
        # A matrix of one column times 1 is a loop over int32 and float64 without temporaries.
        ends = np.array([0, len(rows)], np.int32)
        csc_matvec(len(total), 1, ends, rows, scores, one, total)

    return add


def _add(total: Scores, rows: Integers, scores: Scores) -> None:
    """Add ``scores`` to the elements ``rows`` of ``total``."""
    np.add.at(total, rows, scores)


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
    with _parsing:
        try:
            values: NDArray[np.generic] = np.load(path, mmap_mode="r", allow_pickle=False)
        except ValueError:
            # An empty array cannot be mapped.
            values = np.load(path, allow_pickle=False)
    # Plain arrays over the mapping: numpy.memmap costs a Python object for every slice.
    return values.view(np.ndarray)
