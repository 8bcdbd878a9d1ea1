"""Dense candidates from shortened vectors, for indexes too large to compare with whole ones.

Every two components of a vector are rounded together to one of 16 pairs, learnt from the corpus, so
that a vector takes d/4 bytes and a question is compared with 32 of them at once in registers
(product quantisation: H. Jegou, M. Douze, C. Schmid, TPAMI 2011; in registers: F. Andre et al.,
"Cache locality is not enough", VLDB 2015; FAISS, arXiv 2401.08281). All rows are compared, so that
what is found does not depend on where questions lie among passages. Inverted lists, which look
through a part, had 0.94 of the ten nearest passages of ObliQA's questions at 64 lists of 512, where
0.98 was measured with questions made from passages.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import faiss as _faiss
import numpy as np
from numpy.typing import NDArray

# FAISS's own stubs describe the C++ signatures, not those of its Python wrappers.
faiss: Any = _faiss

Floats = NDArray[np.float32]
Rows = NDArray[np.int64]

LEAST_RECALL = 0.98
"""The share of the ten nearest that must be among the candidates; below it no index is made."""

_CANDIDATES = 256
_QUESTIONS = 256
_NEAREST = 10
# A made question is nearer to one passage than to others, as a question is.
_SHARES = (0.8, 0.6)
_TRAINED_ON = 16_384
_SEED = 7
_BITS = 4
_AT_ONCE = 65_536


@dataclass(frozen=True, slots=True)
class CandidateRecall:
    """What was found when the index was built.

    ``recall`` is the share, 0 to 1, of the ten nearest rows that are among the first
    ``candidates``, over ``questions`` made from the corpus's own vectors.
    """

    kind: str
    recall: float
    candidates: int
    questions: int


class ApproximateIndex:
    """Rows likely to have the highest inner products with a question; safe to share by threads."""

    def __init__(self, index: Any, measured: CandidateRecall) -> None:
        self._index = index
        self.measured = measured

    @classmethod
    def build(cls, vectors: Floats) -> ApproximateIndex | None:
        """An index of ``vectors`` (n, d) of length 1, the same for the same vectors.

        None where d is odd or ``LEAST_RECALL`` is not reached.
        """
        n, dimension = vectors.shape
        if dimension % 2 or n < 2**_BITS:
            return None
        index = faiss.IndexPQFastScan(dimension, dimension // 2, _BITS, faiss.METRIC_INNER_PRODUCT)
        with _one_thread():
            index.train(vectors[np.linspace(0, n - 1, min(n, _TRAINED_ON)).astype(np.int64)])
            for start in range(0, n, _AT_ONCE):
                index.add(vectors[start : start + _AT_ONCE])
            measured = _measure(index, vectors)
        return cls(index, measured) if measured.recall >= LEAST_RECALL else None

    @classmethod
    def load(cls, path: Path) -> ApproximateIndex:
        """Read the file at ``path``, written by ``save``.

        Raises OSError when it cannot be opened and ValueError when it is not such a file.
        """
        try:
            with path.open("rb") as file:
                index = faiss.read_index(faiss.PyCallbackIOReader(file.read))
        except RuntimeError as error:
            raise ValueError(f"{path} is not a vector index") from error
        if not isinstance(index, faiss.IndexPQFastScan):
            raise ValueError(f"{path} does not hold shortened vectors")
        return cls(index, read_measured(path))

    def save(self, path: Path) -> None:
        """Write the index to ``path`` and what was measured beside it; raises OSError."""
        with path.open("wb") as file:
            faiss.write_index(self._index, faiss.PyCallbackIOWriter(file.write))
        _beside(path).write_text(json.dumps(asdict(self.measured), indent=1) + "\n", "utf-8")

    def __len__(self) -> int:
        return int(self._index.ntotal)

    @property
    def dimension(self) -> int:
        """The number d of components of each vector."""
        return int(self._index.d)

    def candidates(self, query: Floats, k: int, *, rows: Rows | None = None) -> Rows:
        """About the best ``k`` rows for ``query`` (d,), best first.

        ``rows``, ascending, restricts the search: then they are the best of the ranking of all rows
        that are among them, or all of them where they are fewer.
        """
        n = len(self)
        if rows is None:
            return self._first(query, min(k, n))
        if len(rows) <= k:
            return rows
        allowed = np.zeros(n, np.bool_)
        allowed[rows] = True
        wanted = int(1.5 * k * n / len(rows))
        while True:
            found = self._first(query, min(wanted, n))
            found = found[allowed[found]][:k]
            if len(found) == k or wanted >= n:
                return found
            wanted *= 2

    def _first(self, query: Floats, k: int) -> Rows:
        # One question at a time: for several, FAISS starts threads, and these wait for one another.
        _, found = self._index.search(query[None], k)
        return np.asarray(found[0], np.int64)


@contextmanager
def _one_thread() -> Iterator[None]:
    """FAISS's work in pieces so small that its threads would mostly wait for one another."""
    before = faiss.omp_get_max_threads()
    faiss.omp_set_num_threads(1)
    try:
        yield
    finally:
        faiss.omp_set_num_threads(before)


def read_measured(path: Path) -> CandidateRecall:
    """What was measured when the index at ``path`` was built; raises OSError or ValueError."""
    try:
        return CandidateRecall(**json.loads(_beside(path).read_text("utf-8")))
    except TypeError as error:
        raise ValueError(f"{_beside(path)} does not describe an index") from error


def _beside(path: Path) -> Path:
    return path.with_suffix(".json")


def _measure(index: Any, vectors: Floats) -> CandidateRecall:
    random = np.random.default_rng(_SEED)
    pairs = random.choice(len(vectors), (min(_QUESTIONS, len(vectors) // 2), 2), replace=False)
    questions = _SHARES[0] * vectors[pairs[:, 0]] + _SHARES[1] * vectors[pairs[:, 1]]
    questions /= np.linalg.norm(questions, axis=1, keepdims=True)
    # The two rows a question was made from are found too easily to count.
    _, exact = faiss.knn(questions, vectors, _NEAREST + 2, metric=faiss.METRIC_INNER_PRODUCT)
    _, rough = index.search(questions, min(_CANDIDATES, len(vectors)))
    hits = total = 0
    for nearest, found, pair in zip(exact.tolist(), rough.tolist(), pairs.tolist(), strict=True):
        wanted = [row for row in nearest if row not in pair][:_NEAREST]
        hits += len(set(wanted).intersection(found))
        total += len(wanted)
    kind = f"PQ{index.d // 2}x{_BITS}fs"
    return CandidateRecall(kind, round(hits / max(total, 1), 4), _CANDIDATES, len(questions))
