"""BM25 against its formula written out and against rank_bm25."""

from __future__ import annotations

import errno
import math
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rank_bm25 import BM25Okapi

from rag.retrieval.sparse import Known, SparseIndex

words = st.sampled_from(["a", "b", "c", "d", "bank", "资本", "رأس", "é", "x" * 40])
corpora = st.lists(st.lists(words, max_size=12), max_size=14)


def build(
    corpus: Sequence[Sequence[str]], k1: float = 1.5, b: float = 0.75, epsilon: float = 0.25
) -> SparseIndex:
    return SparseIndex.build(corpus, k1=k1, b=b, epsilon=epsilon)


def test_the_formula_written_out() -> None:
    corpus = [["tier", "one", "capital"], ["capital"], ["risk"], ["risk", "of", "loss", "x"]]
    index = build(corpus, k1=1.2, b=0.5)
    # "tier": in 1 of 4 passages, idf = ln 3.5 - ln 1.5; length 3, mean length 9 / 4
    idf = math.log(3.5) - math.log(1.5)
    score = idf * 1 * 2.2 / (1 + 1.2 * (1 - 0.5 + 0.5 * 3 / (9 / 4)))
    assert index.scores(["tier"]).tolist() == pytest.approx([score, 0, 0, 0])
    assert index.scores(["tier", "tier"])[0] == pytest.approx(2 * score)
    # "capital": in 2 of 4, idf = ln 2.5 - ln 2.5 = 0: it is known and weighs nothing
    assert index.known(["tier", "capital", "nowhere"]) == (
        Known("tier", idf, 1),
        Known("capital", 0.0, 2),
        Known("nowhere", 0.0, 0),
    )
    assert index.search(["capital"], 5)[1].tolist() == []


@settings(deadline=None)
@given(
    corpus=corpora.filter(any),
    query=st.lists(words | st.just("unknown"), max_size=6),
    k1=st.sampled_from([0.5, 1.0, 1.5, 2.0]),
    b=st.sampled_from([0.0, 0.4, 0.75, 1.0]),
    epsilon=st.sampled_from([0.0, 0.25, 1.0]),
)
def test_scores_and_ranking_are_those_of_rank_bm25(
    corpus: list[list[str]], query: list[str], k1: float, b: float, epsilon: float
) -> None:
    with np.errstate(invalid="ignore"):
        # With b = 1 an empty passage is 0 / 0 in BM25Okapi; here it scores 0 like any other without
        # the term.
        oracle = np.nan_to_num(BM25Okapi(corpus, k1=k1, b=b, epsilon=epsilon).get_scores(query))
    index = build(corpus, k1, b, epsilon)
    np.testing.assert_allclose(index.scores(query), oracle, atol=1e-5)
    order = [row for row in np.argsort(-oracle, kind="stable") if oracle[row] > 0]
    for k in (1, 3, len(corpus)):
        scores, rows = index.search(query, k)
        assert rows.tolist() == order[:k]
        np.testing.assert_allclose(scores, oracle[order[:k]], atol=1e-5)


def test_a_large_corpus_gives_the_bits_of_rank_bm25() -> None:
    random = np.random.default_rng(3)
    corpus = [[f"t{t}" for t in random.zipf(1.3, random.integers(0, 60)) % 900] for _ in range(700)]
    oracle, index = BM25Okapi(corpus), build(corpus)
    for _ in range(30):
        query = [f"t{t}" for t in random.zipf(1.2, 8) % 1000]
        assert np.array_equal(index.scores(query), oracle.get_scores(query))


@settings(deadline=None)
@given(corpus=corpora, query=st.lists(words, max_size=4), k=st.integers(0, 20), data=st.data())
def test_a_restriction_only_leaves_rows_out(
    corpus: list[list[str]], query: list[str], k: int, data: st.DataObject
) -> None:
    index = build(corpus)
    kept = data.draw(st.lists(st.sampled_from(range(len(corpus)))) if corpus else st.just([]))
    _, everything = index.search(query, len(corpus))
    scores, rows = index.search(query, k, rows=np.array(kept, np.int64))
    assert rows.tolist() == [row for row in everything.tolist() if row in kept][:k]
    assert np.array_equal(scores, index.scores(query)[rows])


def test_a_row_that_does_not_exist_is_refused() -> None:
    with pytest.raises(ValueError, match="0 to 1"):
        build([["a"], ["b"]]).search(["a"], 1, rows=np.array([2]))


@pytest.mark.parametrize("corpus", [[], [[]], [[], []]])
def test_nothing_to_search_gives_nothing(corpus: list[list[str]], tmp_path: Path) -> None:
    build(corpus).save(tmp_path)
    for index in (build(corpus), SparseIndex.load(tmp_path)):
        assert len(index) == len(corpus)
        assert index.scores(["a"]).tolist() == [0.0] * len(corpus)
        assert index.search(["a"], 3)[1].tolist() == []
        assert index.known(["a"]) == (Known("a", 0.0, 0),)


@settings(deadline=None)
@given(corpus=corpora, query=st.lists(words, max_size=4))
def test_what_is_loaded_is_what_was_saved(
    tmp_path_factory: pytest.TempPathFactory, corpus: list[list[str]], query: list[str]
) -> None:
    folder = tmp_path_factory.mktemp("bm25")
    index = build(corpus, 0.9, 0.3, 0.1)
    index.save(folder)
    loaded = SparseIndex.load(folder)
    assert loaded.parameters == index.parameters
    assert np.array_equal(loaded.scores(query), index.scores(query))
    assert loaded.known(query) == index.known(query)


def test_a_term_may_hold_any_character(tmp_path: Path) -> None:
    odd = ["", "\0", "a\0", "\ud800", "\uffff", "\U0001f600", "\n"]
    index = build([[term] for term in odd])
    index.save(tmp_path)
    loaded = SparseIndex.load(tmp_path)
    for row, term in enumerate(odd):
        assert loaded.search([term], 3)[1].tolist() == [row]


@pytest.mark.parametrize(
    ("k1", "b", "epsilon"), [(-1, 0.5, 0), (1, -0.1, 0), (1, 1.1, 0), (math.nan, 0.5, 0)]
)
def test_parameters_out_of_range_are_refused(k1: float, b: float, epsilon: float) -> None:
    with pytest.raises(ValueError, match="BM25"):
        build([["a"]], k1, b, epsilon)


def test_a_folder_that_is_no_index_is_refused(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        SparseIndex.load(tmp_path)
    build([["a"], ["b"], ["b"]]).save(tmp_path)
    (tmp_path / "scores.npy").write_bytes(b"no array")
    with pytest.raises(ValueError):
        SparseIndex.load(tmp_path)


def test_a_full_disk_is_an_os_error_with_its_reason(monkeypatch: pytest.MonkeyPatch) -> None:
    full = Path("/dev/full")
    if not full.exists():
        pytest.skip("needs /dev/full")
    monkeypatch.setattr(Path, "mkdir", lambda *_, **__: None)
    monkeypatch.setattr(Path, "__truediv__", lambda *_: full)
    with pytest.raises(OSError) as caught:
        build([["a"], ["b"]]).save(Path("x"))
    assert caught.value.errno == errno.ENOSPC
