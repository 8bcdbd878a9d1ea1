"""Dense retrieval: inner products of unit vectors, kept by FAISS.

FAISS finds the candidates; its kernels differ in the last bits between one query and a batch, and
between a filtered search and a whole one. Scores are therefore computed once more for the
candidates, row by row in one fixed way, so that a row's score depends on nothing but its vector
and the query.

Above ``EXACT_UP_TO`` rows a search for candidates is approximate (``rag.retrieval.approximate``),
its recall measured when the index is built; the candidates' scores are exact all the same.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import faiss as _faiss
import numpy as np
from numpy.typing import NDArray

from rag.retrieval.approximate import ApproximateIndex, CandidateRecall, read_measured

# FAISS's own stubs describe the C++ signatures, not those of its Python wrappers.
faiss: Any = _faiss

Floats = NDArray[np.float32]
Rows = NDArray[np.int64]

EXACT_UP_TO = 50_000
"""Rows up to which every search compares with all vectors; 100,000 took 6 to 12 ms."""

# Norms up to this count as unit; it also scales the bound on rounding errors.
_LONGEST = 1.001
# Candidates asked for beyond k, so that a second pass is rare.
_EXTRA = 32

# With a selector, even one of all rows, FAISS compares row by row: for a single query that was
# measured to be four times as fast as its blocks, for eight half as fast.
_FEW = 4


class DenseIndex:
    """Maximum inner product search over the rows of a matrix (n, d).

    ``search`` and ``scores`` are exact whatever the size, ``candidates`` where ``exact`` is true.
    Scores are float32 cosines, higher is better. Equal scores are ordered by row, lower first.
    Results are never padded. Searching is safe from several threads at once.
    """

    def __init__(self, index: Any, approximate: ApproximateIndex | None = None) -> None:
        self._index = index
        self._approximate = approximate

    @classmethod
    def build(cls, vectors: Floats, *, exact_up_to: int = EXACT_UP_TO) -> DenseIndex:
        """Index ``vectors`` (n, d), float32, of length 1 (or 0: such a row scores 0 everywhere).

        Raises ValueError for another shape, for numbers that are not finite and for longer rows.
        """
        matrix = _matrix(vectors)
        if len(matrix) and float(np.vecdot(matrix, matrix).max()) > _LONGEST**2:
            raise ValueError("dense vectors must have length 1")
        index = faiss.IndexFlatIP(matrix.shape[1])
        index.add(matrix)
        large = len(matrix) > exact_up_to
        return cls(index, ApproximateIndex.build(matrix) if large else None)

    @classmethod
    def load(cls, path: Path) -> DenseIndex:
        """Map the file at ``path``, written by ``save``; vectors are paged in when searched.

        Raises OSError when it cannot be opened and ValueError when it is not such a file.
        """
        path.open("rb").close()
        try:
            index = _read(path)
        except RuntimeError as error:
            raise ValueError(f"{path} is not a vector index") from error
        if not isinstance(index, faiss.IndexFlatIP):
            raise ValueError(f"{path} is not an exact inner product index")
        beside = _beside(path)
        approximate = ApproximateIndex.load(beside) if beside.is_file() else None
        if approximate and (len(approximate), approximate.dimension) != (index.ntotal, index.d):
            raise ValueError(f"{beside} is not about the vectors in {path}")
        return cls(index, approximate)

    def save(self, path: Path) -> None:
        """Write the index to ``path``, and what is approximate beside it. Raises OSError."""
        with path.open("wb") as file:
            faiss.write_index(self._index, faiss.PyCallbackIOWriter(file.write))
        if self._approximate is not None:
            self._approximate.save(_beside(path))

    @property
    def exact(self) -> bool:
        """Whether every search compares with all vectors."""
        return self._approximate is None

    def __len__(self) -> int:
        return int(self._index.ntotal)

    @property
    def dimension(self) -> int:
        """The number d of components of each vector."""
        return int(self._index.d)

    def search(self, queries: Floats, k: int, *, rows: Rows | None = None) -> tuple[Floats, Rows]:
        """The best ``k`` rows for each of ``queries`` (q, d): scores and rows, both (q, k').

        ``rows`` restricts the search to these row numbers (order and repetition do not matter);
        an empty restriction finds nothing. ``k'`` is ``k`` or the number of rows searched, if
        that is smaller. Raises ValueError for another dimension or a row that does not exist.
        """
        queries = self._queries(queries)
        searched, parameters, keep_alive = self._restriction(rows, len(queries))
        k = min(max(k, 0), searched)
        scores = np.empty((len(queries), k), np.float32)
        found = np.empty((len(queries), k), np.int64)
        if k and len(queries):
            rough, candidates = self._index.search(
                queries, min(k + _EXTRA, searched), params=parameters
            )
            for i, query in enumerate(queries):
                floor = rough[i, k - 1] - self._margin(query)
                chosen = candidates[i][rough[i] >= floor]
                if len(chosen) == rough.shape[1] < searched:
                    _, _, chosen = self._index.range_search(
                        query[None],
                        float(np.nextafter(floor, np.float32(-np.inf))),
                        params=parameters,
                    )
                exact = np.vecdot(self._index.reconstruct_batch(chosen), query)
                order = np.lexsort((chosen, -exact))[:k]
                scores[i], found[i] = exact[order], chosen[order]
        del keep_alive
        return scores, found

    def scores(self, query: Floats, rows: Rows | None = None) -> Floats:
        """The scores of ``rows``, or of every row, for ``query`` (d,): the numbers of ``search``.

        Raises ValueError for another dimension or a row that does not exist.
        """
        query = self._queries(query[None])[0]
        vectors = self._vectors()
        if rows is not None:
            vectors = vectors[self._rows(rows)]
        return np.asarray(np.vecdot(vectors, query), np.float32)

    def candidates(self, query: Floats, k: int, *, rows: Rows | None = None) -> Rows:
        """About the best ``k`` rows for ``query`` (d,), best first; ``-query`` finds the worst.

        ``rows``, ascending, restricts the search. Where ``exact`` is true, they are the best.
        """
        if self._approximate is None:
            found: Rows = self.search(query[None], k, rows=rows)[1][0]
            return found
        return self._approximate.candidates(self._queries(query[None])[0], k, rows=rows)

    def reconstruct(self, rows: Rows) -> Floats:
        """The vectors of ``rows``, (len(rows), d). Raises ValueError for rows that do not exist."""
        rows = self._rows(rows)
        if not len(rows):
            return np.empty((0, self.dimension), np.float32)
        return np.asarray(self._index.reconstruct_batch(rows), np.float32)

    def _vectors(self) -> Floats:
        if not len(self):
            return np.empty((0, self.dimension), np.float32)
        flat: Floats = faiss.rev_swig_ptr(self._index.get_xb(), len(self) * self.dimension)
        return flat.reshape(len(self), self.dimension)

    def _margin(self, query: Floats) -> np.float32:
        # A float32 inner product of d terms is off by at most e = d * 2^-24 * |x| * |q|, whatever
        # the order of summation. FAISS's score and ours may differ by 2e, for the k-th row and
        # for the row compared with it: nothing further than 4e below can be among the best k.
        error = self.dimension * 2.0**-24 * _LONGEST * float(np.linalg.norm(query))
        return np.float32(4.0 * error + 1e-30)

    def _queries(self, queries: Floats) -> Floats:
        matrix = _matrix(queries)
        if matrix.shape[1] != self.dimension:
            raise ValueError(
                f"a query has {matrix.shape[1]} components, the index has {self.dimension}"
            )
        return matrix

    def _rows(self, rows: Rows) -> Rows:
        checked = np.ascontiguousarray(rows, dtype=np.int64)
        if len(checked) and (checked.min() < 0 or checked.max() >= len(self)):
            raise ValueError(f"row numbers must lie in 0 to {len(self) - 1}")
        return checked

    def _restriction(self, rows: Rows | None, queries: int) -> tuple[int, Any, Any]:
        """How many rows are searched, FAISS's parameters for it, and what must outlive the call."""
        if rows is None and queries >= _FEW:
            return len(self), None, None
        mask = np.full(len(self), rows is None)
        if rows is not None:
            mask[self._rows(rows)] = True
        bits = np.packbits(mask, bitorder="little")
        selector = faiss.IDSelectorBitmap(bits)
        return int(mask.sum()), faiss.SearchParameters(sel=selector), (bits, selector)


def measured_of(path: Path) -> CandidateRecall | None:
    """What was measured of the approximate search in the index at ``path``; None if it is exact.

    Raises OSError or ValueError when that cannot be read.
    """
    beside = _beside(path)
    return read_measured(beside) if beside.is_file() else None


def _beside(path: Path) -> Path:
    return path.with_suffix(".pq")


def _matrix(vectors: Floats) -> Floats:
    matrix = np.ascontiguousarray(vectors, dtype=np.float32)
    if matrix.ndim != 2 or matrix.shape[1] == 0:
        raise ValueError(f"vectors must have the shape (n, d), not {matrix.shape}")
    if not np.isfinite(matrix).all():
        raise ValueError("vectors must be finite")
    return matrix


def _read(path: Path) -> Any:
    try:
        name = str(path)
        name.encode(sys.getfilesystemencoding())
    except UnicodeEncodeError:
        # FAISS takes no file name with undecodable bytes: such a file is read, not mapped.
        with path.open("rb") as file:
            return faiss.read_index(faiss.PyCallbackIOReader(file.read))
    return faiss.read_index(name, faiss.IO_FLAG_MMAP_IFC)
