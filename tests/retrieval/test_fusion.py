"""Cosines and term scores to one ranking; the arithmetic is written out."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from rag.retrieval.fusion import Span, fuse, normalise, term_groups
from rag.retrieval.selection import top

Scores = NDArray[np.float32]


def assigned_cosines(
    cosines: Scores, bm25: Scores, groups: NDArray[np.generic], weight: float
) -> Scores:
    """The definition in full: the score of every passage."""
    combined = (1 - weight) * normalise(cosines) + weight * normalise(bm25)
    fused = np.empty_like(cosines)
    for group in np.unique(groups):
        rows = np.flatnonzero(groups == group)
        order = np.argsort(-combined[rows], kind="stable")
        fused[rows[order]] = -np.sort(-cosines[rows])
    return fused


def every(cosines: Scores, bm25: Scores, groups: NDArray[np.generic], weight: float) -> Scores:
    """The scores that ``fuse`` gives, by position."""
    positions, found = fuse(cosines, bm25, groups, weight, len(cosines))
    fused = np.empty_like(cosines)
    fused[positions] = found
    return fused


def scores(*values: float) -> Scores:
    return np.array(values, dtype=np.float32)


def groups(*languages: str) -> NDArray[np.str_]:
    return term_groups(languages)


def test_normalising_moves_the_least_to_0_and_the_greatest_to_1() -> None:
    # (2 - 1) / (5 - 1) = 0.25
    assert normalise(scores(1, 2, 5)).tolist() == [0, 0.25, 1]
    assert normalise(scores(3, 3)).tolist() == [0, 0]
    assert normalise(scores()).tolist() == []


def test_in_one_language_the_order_is_that_of_the_weighted_sum() -> None:
    cosines, bm25 = scores(0.9, 0.5, 0.1), scores(0, 8, 6)
    # normalised: cosines 1, 0.5, 0 and terms 0, 1, 0.75;
    # half and half: 0.5, 0.75, 0.375, so the second passage comes first and gets 0.9.
    positions, fused = fuse(cosines, bm25, groups("en", "en", "en"), 0.5, 3)
    assert positions.tolist() == [1, 0, 2]
    assert np.allclose(fused, [0.9, 0.5, 0.1])


def test_each_language_keeps_its_own_cosines() -> None:
    cosines, bm25 = scores(0.8, 0.6, 0.7, 0.5), scores(0, 4, 0, 0)
    languages = groups("en", "en", "ar", "ar")
    # en: 0.5·1 + 0 against 0.5·(0.1/0.3) + 0.5·1 = 0.667: the two change places.
    # ar: no terms, so the order of the cosines: both stay where they are.
    assert np.allclose(every(cosines, bm25, languages, 0.5), [0.6, 0.8, 0.7, 0.5])


def test_terms_of_one_language_never_lift_it_above_a_nearer_passage_of_another() -> None:
    cosines, bm25 = scores(0.3, 0.9), scores(1000, 0)
    assert np.allclose(every(cosines, bm25, groups("en", "ar"), 0.5), [0.3, 0.9])


def test_languages_written_in_ideographs_share_terms() -> None:
    shared = groups("zh-Hans", "zh-Hant", "ja", "en")
    assert shared[0] == shared[1] == shared[2] != shared[3]


def test_nothing_gives_nothing() -> None:
    positions, fused = fuse(scores(), scores(), groups(), 0.5, 3)
    assert (positions.tolist(), fused.tolist()) == ([], [])


def test_the_best_come_first_and_ties_by_position() -> None:
    assert top(scores(1, 3, 2, 3), 3).tolist() == [1, 3, 2]
    assert top(scores(5, 5, 5), 2).tolist() == [0, 1]
    assert top(scores(1, 2), 9).tolist() == [1, 0]
    assert top(scores(1, 2), 0).tolist() == []
    assert top(scores(), 3).tolist() == []


finite = st.floats(-1, 1, width=32)
languages = st.sampled_from(["en", "ar", "zh-Hans", "zh-Hant", "ja"])
rows = st.lists(st.tuples(finite, st.floats(0, 50, width=32), languages), min_size=1, max_size=20)


@given(rows, st.floats(0, 1))
def test_within_a_group_the_cosines_are_dealt_out_anew(
    made: list[tuple[float, float, str]], weight: float
) -> None:
    cosines, bm25 = scores(*(row[0] for row in made)), scores(*(row[1] for row in made))
    names = groups(*(row[2] for row in made))
    fused = every(cosines, bm25, names, weight)
    combined = (1 - weight) * normalise(cosines) + weight * normalise(bm25)
    for name in set(names.tolist()):
        inside = names == name
        assert np.array_equal(np.sort(fused[inside]), np.sort(cosines[inside]))
        ranked = np.flatnonzero(inside)[np.argsort(-combined[inside], kind="stable")]
        assert np.all(np.diff(fused[ranked]) <= 0)


@given(rows, st.floats(0, 0.99))
def test_without_terms_the_cosines_stay(
    made: list[tuple[float, float, str]], weight: float
) -> None:
    # Thousandths, so that no two cosines fall together when they are scaled.
    cosines = scores(*(round(row[0], 3) for row in made))
    names = groups(*(row[2] for row in made))
    assert np.array_equal(every(cosines, np.zeros_like(cosines), names, weight), cosines)


few = st.sampled_from([-0.5, 0.0, 0.25, 0.5])
tied = st.lists(
    st.tuples(
        few | finite, st.sampled_from([0.0, 1.0, 7.5]), languages, st.sampled_from([0, 0, 1])
    ),
    min_size=1,
    max_size=60,
)


@given(tied, st.floats(0, 1), st.integers(0, 70), st.booleans())
def test_the_best_are_those_of_the_definition_ties_included(
    made: list[tuple[float, float, str, int]], weight: float, k: int, boosted: bool
) -> None:
    cosines, bm25 = scores(*(row[0] for row in made)), scores(*(row[1] for row in made))
    names = groups(*(row[2] for row in made))
    boost = np.float32(0.08) * scores(*(row[3] for row in made)) if boosted else None
    full = assigned_cosines(cosines, bm25, names, weight)
    if boost is not None:
        full = full + boost
    wanted = sorted(range(len(made)), key=lambda i: (-full[i], i))[:k]
    positions, found = fuse(cosines, bm25, names, weight, k, boost=boost)
    assert positions.tolist() == wanted
    assert found.tolist() == full[wanted].tolist()


@given(st.integers(0, 2**32 - 1), st.integers(1, 40))
def test_of_many_passages_the_best_are_those_of_the_definition(seed: int, k: int) -> None:
    random = np.random.default_rng(seed)
    cosines = random.normal(0, 0.2, 5000).astype(np.float32).round(3)
    bm25 = (random.random(5000) ** 20 * 30).astype(np.float32)
    names = random.choice(4, 5000, p=[0.7, 0.2, 0.09, 0.01]).astype(np.uint8)
    boost = np.float32(0.08) * (random.random(5000) < 0.02).astype(np.float32)
    full = assigned_cosines(cosines, bm25, names, 0.45) + boost
    positions, found = fuse(cosines, bm25, names, 0.45, k, boost=boost)
    assert positions.tolist() == np.argsort(-full, kind="stable")[:k].tolist()
    assert np.array_equal(found, full[positions])


def test_of_some_passages_the_scale_is_that_of_all() -> None:
    # cosines from -0.2 to 0.8: 0.3 is 0.5 and 0.4 is 0.6; terms from 0 to 10: 4 is 0.4, 2 is 0.2;
    # half and half: 0.45 against 0.4, so the first comes first and gets the higher cosine.
    whole = (Span(-0.2, 0.8), Span(0, 10))
    positions, fused = fuse(scores(0.3, 0.4), scores(4, 2), groups("en", "en"), 0.5, 2, spans=whole)
    assert positions.tolist() == [0, 1]
    assert np.allclose(fused, [0.4, 0.3])


@given(st.integers(0, 2**32 - 1), st.integers(0, 60), st.integers(1, 3000))
def test_the_top_of_many_is_that_of_a_full_sort(seed: int, k: int, n: int) -> None:
    random = np.random.default_rng(seed)
    made = random.integers(-50, 50, n).astype(np.float32)
    assert top(made, k).tolist() == np.argsort(-made, kind="stable")[:k].tolist()


@given(st.lists(st.integers(-3, 3), max_size=30), st.integers(0, 35))
def test_the_top_is_that_of_a_full_sort(values: list[int], k: int) -> None:
    made = scores(*values)
    assert top(made, k).tolist() == sorted(range(len(made)), key=lambda i: (-made[i], i))[:k]
