"""Large indexes: candidates from shortened vectors, everything else exact."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from rag.retrieval.approximate import ApproximateIndex
from rag.retrieval.dense import DenseIndex, measured_of
from rag.retrieval.ranking import CANDIDATES, Question, gather, rank
from rag.retrieval.sparse import SparseIndex

N, DIMENSION = 6000, 32
Vectors = NDArray[np.float32]


def clustered(n: int = N, seed: int = 0) -> Vectors:
    """Unit vectors around a hundred centres."""
    random = np.random.default_rng(seed)
    centres = random.standard_normal((100, DIMENSION))
    made = centres[random.integers(0, 100, n)] + 0.8 * random.standard_normal((n, DIMENSION))
    return (made / np.linalg.norm(made, axis=1, keepdims=True)).astype(np.float32)


@pytest.fixture(scope="module")
def vectors() -> Vectors:
    return clustered()


@pytest.fixture(scope="module")
def index(vectors: Vectors) -> DenseIndex:
    return DenseIndex.build(vectors, exact_up_to=1000)


def test_an_index_is_exact_up_to_its_size(vectors: Vectors) -> None:
    assert DenseIndex.build(vectors[:1000], exact_up_to=1000).exact
    assert not DenseIndex.build(vectors[:1001], exact_up_to=1000).exact
    assert DenseIndex.build(vectors).exact


def test_the_ten_nearest_are_among_the_candidates(index: DenseIndex, vectors: Vectors) -> None:
    questions = clustered(200, seed=1)
    nearest = np.argsort(-(questions @ vectors.T), axis=1)[:, :10]
    found = [index.candidates(question, 256) for question in questions]
    hits = [len(set(a.tolist()) & set(b.tolist())) for a, b in zip(nearest, found, strict=True)]
    assert sum(hits) >= 0.98 * 10 * len(questions)


def test_search_stays_exact(index: DenseIndex, vectors: Vectors) -> None:
    exact = DenseIndex.build(vectors)
    questions = clustered(20, seed=2)
    for ours, theirs in zip(index.search(questions, 10), exact.search(questions, 10), strict=True):
        assert np.array_equal(ours, theirs)


def test_candidates_keep_to_the_rows_given(index: DenseIndex, vectors: Vectors) -> None:
    rows = np.arange(0, N, 7)
    for question in clustered(20, seed=3):
        found = index.candidates(question, 100, rows=rows)
        assert len(found) == 100
        assert set(found.tolist()) <= set(rows.tolist())
        best = rows[np.argsort(-(vectors[rows] @ question))[:10]]
        assert len(set(best.tolist()) & set(found.tolist())) >= 9
    few = rows[:40]
    assert index.candidates(vectors[0], 100, rows=few).tolist() == few.tolist()
    assert index.candidates(vectors[0], 100, rows=rows[:0]).tolist() == []


def test_scores_of_some_rows_are_those_of_all(index: DenseIndex) -> None:
    question, rows = clustered(1, seed=4)[0], np.array([5, 2, 5999])
    assert np.array_equal(index.scores(question, rows), index.scores(question)[rows])
    with pytest.raises(ValueError, match="row numbers"):
        index.scores(question, np.array([N]))


def test_what_was_saved_is_what_is_loaded(index: DenseIndex, tmp_path: Path) -> None:
    path = tmp_path / "vectors.faiss"
    index.save(path)
    loaded, question = DenseIndex.load(path), clustered(1, seed=5)[0]
    assert not loaded.exact
    assert np.array_equal(loaded.candidates(question, 50), index.candidates(question, 50))
    measured = measured_of(path)
    assert measured is not None
    assert measured.recall >= 0.98
    assert measured.questions == 256


def test_an_exact_index_has_nothing_measured(tmp_path: Path) -> None:
    DenseIndex.build(clustered(50)).save(tmp_path / "vectors.faiss")
    assert measured_of(tmp_path / "vectors.faiss") is None


def test_a_file_about_other_vectors_is_refused(
    index: DenseIndex, vectors: Vectors, tmp_path: Path
) -> None:
    index.save(tmp_path / "vectors.faiss")
    DenseIndex.build(vectors[:100]).save(tmp_path / "vectors.faiss")
    with pytest.raises(ValueError, match="not about the vectors"):
        DenseIndex.load(tmp_path / "vectors.faiss")
    (tmp_path / "vectors.pq").write_bytes(b"broken")
    with pytest.raises(ValueError, match="not a vector index"):
        DenseIndex.load(tmp_path / "vectors.faiss")


def test_the_same_vectors_give_the_same_bytes(vectors: Vectors, tmp_path: Path) -> None:
    for name in ("one", "two"):
        DenseIndex.build(vectors, exact_up_to=1000).save(tmp_path / f"{name}.faiss")
    assert (tmp_path / "one.pq").read_bytes() == (tmp_path / "two.pq").read_bytes()


def test_without_the_recall_wanted_an_index_is_exact(
    vectors: Vectors, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("rag.retrieval.approximate.LEAST_RECALL", 1.01)
    assert DenseIndex.build(vectors, exact_up_to=1000).exact


@pytest.fixture(scope="module")
def sparse() -> SparseIndex:
    random = np.random.default_rng(6)
    # Words as frequent as in texts; "2023" is in one passage of fifty.
    passages = [
        [f"w{word}" for word in random.zipf(1.4, 30)] + ["2023"] * (row % 50 == 0)
        for row in range(N)
    ]
    return SparseIndex.build(passages, k1=0.6, b=0.75, epsilon=0.25)


@pytest.fixture
def filters_are_large(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("rag.retrieval.ranking.EXACT_UP_TO", 100)


@pytest.mark.parametrize("text", ["w7 w30 w31 w200", "w3 w12 in 2023"])
@pytest.mark.parametrize("filtered", [False, True])
@pytest.mark.usefixtures("filters_are_large")
def test_the_first_ten_are_nearly_those_of_ranking_all(
    vectors: Vectors,
    index: DenseIndex,
    sparse: SparseIndex,
    text: str,
    filtered: bool,
) -> None:
    groups = np.arange(N, dtype=np.uint8) % 3
    exact = DenseIndex.build(vectors)
    rows = np.flatnonzero(np.arange(N) % 5 > 0) if filtered else None
    same = 0
    for vector in clustered(30, seed=7):
        question = Question(text, "en", vector)
        whole, signals = gather(sparse, exact, question, rows)
        assert whole is rows
        found, _ = rank(signals, groups if rows is None else groups[rows], "en", 10)
        wanted = found if rows is None else rows[found]
        pool, some = gather(sparse, index, question, rows)
        assert pool is not None
        assert len(pool) < N / 2
        # What is known of a passage is the same, whatever is asked besides.
        full = signals.of(pool if rows is None else np.searchsorted(rows, pool))
        assert some.cosines is not None
        assert np.array_equal(some.cosines, full.cosines)
        assert np.array_equal(some.bm25, full.bm25)
        ours = pool[rank(some, groups[pool], "en", 10)[0]]
        same += len(set(ours.tolist()) & set(wanted.tolist()))
    assert same >= 0.98 * 10 * 30


def test_one_side_alone_is_ranked_over_candidates_too(
    index: DenseIndex, vectors: Vectors, sparse: SparseIndex
) -> None:
    question = Question("w7", "en", vectors[11])
    pool, signals = gather(None, index, question, None)
    assert pool is not None
    found, scores = rank(signals, np.zeros(len(pool), np.uint8), "en", 1)
    assert pool[found].tolist() == [11]
    assert scores[0] == pytest.approx(1)
    assert len(pool) == CANDIDATES
    rows, signals = gather(sparse, None, Question("w7", "en", None), None)
    assert rows is None
    assert signals.cosines is None


@pytest.mark.parametrize(("rows", "dimension"), [(400, 7), (12, 8)])
def test_vectors_that_cannot_be_shortened_have_no_approximate_index(
    rows: int, dimension: int
) -> None:
    vectors = np.random.default_rng(1).normal(size=(rows, dimension)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    assert ApproximateIndex.build(vectors) is None
