"""Dense search against inner products written out."""

from __future__ import annotations

import errno
import os
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rag.retrieval.dense import DenseIndex


def unit(rows: Any) -> np.ndarray:
    matrix = np.asarray(rows, np.float32)
    return matrix / np.linalg.norm(matrix, axis=1, keepdims=True)


def test_scores_are_cosines_and_the_highest_come_first() -> None:
    index = DenseIndex.build(unit([[1, 0], [3, 4], [0, 1]]))
    scores, rows = index.search(unit([[1, 0], [0, 1]]), 3)
    # (1, 0)·(0.6, 0.8) = 0.6 and (0, 1)·(0.6, 0.8) = 0.8
    assert rows.tolist() == [[0, 1, 2], [2, 1, 0]]
    np.testing.assert_allclose(scores, [[1, 0.6, 0], [1, 0.8, 0]], atol=1e-6)
    assert scores.dtype == np.float32 and rows.dtype == np.int64


def test_ties_go_to_the_lower_row_even_at_the_edge_of_k() -> None:
    vectors = np.tile(unit([[3, 4, 12]]), (500, 1))
    for k in (1, 2, 7, 150):
        _, rows = DenseIndex.build(vectors).search(vectors[:1], k)
        assert rows.tolist() == [list(range(k))]


def test_k_is_clipped_and_nothing_is_padded() -> None:
    index = DenseIndex.build(unit([[1, 0], [0, 1]]))
    scores, rows = index.search(unit([[1, 1]]), 10)
    assert rows.tolist() == [[0, 1]] and scores.shape == (1, 2)
    assert index.search(unit([[1, 1]]), 0)[1].shape == (1, 0)
    assert index.search(np.empty((0, 2), np.float32), 3)[1].shape == (0, 2)


def test_a_restriction_holds_and_an_empty_one_gives_nothing() -> None:
    index = DenseIndex.build(unit([[1, 0], [3, 4], [0, 1], [1, 0]]))
    query = unit([[1, 0]])
    assert index.search(query, 5, rows=np.array([3, 2, 3]))[1].tolist() == [[3, 2]]
    scores, rows = index.search(query, 5, rows=np.array([], np.int64))
    assert scores.shape == rows.shape == (1, 0)
    with pytest.raises(ValueError, match="0 to 3"):
        index.search(query, 1, rows=np.array([4]))
    with pytest.raises(ValueError, match="0 to 3"):
        index.search(query, 1, rows=np.array([-1]))


def test_an_empty_index_finds_nothing(tmp_path: Path) -> None:
    index = DenseIndex.build(np.empty((0, 5), np.float32))
    index.save(tmp_path / "v.faiss")
    for one in (index, DenseIndex.load(tmp_path / "v.faiss")):
        assert len(one) == 0 and one.dimension == 5
        assert one.search(unit([[1, 0, 0, 0, 0]]), 3)[1].shape == (1, 0)
        assert one.scores(np.ones(5, np.float32)).shape == (0,)
        assert one.reconstruct(np.array([], np.int64)).shape == (0, 5)


@pytest.mark.parametrize("vectors", [np.ones(3), np.ones((2, 0)), [[np.nan, 1]], [[3.0, 4.0]]])
def test_vectors_that_are_no_unit_vectors_are_refused(vectors: Any) -> None:
    with pytest.raises(ValueError, match="vectors"):
        DenseIndex.build(np.asarray(vectors, np.float32))


def test_a_query_of_another_dimension_is_refused() -> None:
    with pytest.raises(ValueError, match="3 components, the index has 2"):
        DenseIndex.build(unit([[1, 0]])).search(unit([[1, 0, 0]]), 1)


@settings(deadline=None)
@given(
    vectors=st.lists(
        st.lists(st.sampled_from([-1, 0, 1]), min_size=3, max_size=3).filter(any),
        min_size=1,
        max_size=60,
    ),
    queries=st.integers(1, 30),
    k=st.integers(1, 70),
    data=st.data(),
)
def test_search_is_a_stable_sort_of_the_scores(
    vectors: list[list[int]], queries: int, k: int, data: st.DataObject
) -> None:
    matrix = unit(vectors)
    index = DenseIndex.build(matrix)
    asked = matrix[np.arange(queries) % len(matrix)]
    rows = data.draw(
        st.none() | st.lists(st.integers(0, len(matrix) - 1)).map(lambda r: np.array(r, np.int64))
    )
    allowed = np.arange(len(matrix)) if rows is None else np.unique(rows)
    scores, found = index.search(asked, k, rows=rows)
    for i, query in enumerate(asked):
        every = index.scores(query)
        np.testing.assert_allclose(every, matrix @ query, atol=1e-6)
        order = allowed[np.argsort(-every[allowed], kind="stable")][:k]
        assert found[i].tolist() == order.tolist()
        assert np.array_equal(scores[i], every[order])


def test_a_score_does_not_depend_on_the_batch_or_the_filter() -> None:
    random = np.random.default_rng(5)
    matrix = unit(random.standard_normal((3000, 384)))
    matrix[[40, 2000, 2999]] = matrix[7]
    index = DenseIndex.build(matrix)
    batch_scores, batch_rows = index.search(matrix[:64], 5)
    for i in (0, 7, 63):
        scores, rows = index.search(matrix[i : i + 1], 5)
        assert np.array_equal(scores[0], batch_scores[i])
        assert rows[0].tolist() == batch_rows[i].tolist()
        filtered, _ = index.search(matrix[i : i + 1], 5, rows=np.sort(rows[0]))
        assert np.array_equal(filtered, scores)
        assert np.array_equal(index.scores(matrix[i])[rows[0]], scores[0])
    assert batch_rows[7, :4].tolist() == [7, 40, 2000, 2999]


@pytest.mark.skipif(sys.platform != "linux", reason="file names of any bytes are Linux's")
def test_what_is_loaded_is_what_was_saved(tmp_path: Path) -> None:
    matrix = unit(np.random.default_rng(1).standard_normal((50, 8)))
    for name in ("plain.faiss", "向量 1.faiss", os.fsdecode(b"v\xff.faiss")):
        DenseIndex.build(matrix).save(tmp_path / name)
        loaded = DenseIndex.load(tmp_path / name)
        assert np.array_equal(loaded.reconstruct(np.arange(50)), matrix)
        assert np.array_equal(loaded.reconstruct(np.array([3, 1])), matrix[[3, 1]])
        assert np.array_equal(loaded.scores(matrix[3]), DenseIndex.build(matrix).scores(matrix[3]))


def test_a_file_that_is_no_index_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "v.faiss"
    with pytest.raises(FileNotFoundError):
        DenseIndex.load(path)
    path.write_bytes(b"not an index")
    with pytest.raises(ValueError, match="not a vector index"):
        DenseIndex.load(path)


def test_a_full_disk_is_an_os_error() -> None:
    index = DenseIndex.build(unit(np.random.default_rng(1).standard_normal((5000, 8))))
    if not Path("/dev/full").exists():
        pytest.skip("needs /dev/full")
    with pytest.raises(OSError) as caught:
        index.save(Path("/dev/full"))
    assert caught.value.errno == errno.ENOSPC
