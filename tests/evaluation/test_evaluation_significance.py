"""Intervals and tests against exact calculations."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from scipy.stats import binom

from rag.evaluation.significance import bootstrap_intervals, holm, permutation_p_value


def by_enumeration(first: list[float], second: list[float]) -> float:
    differences = [a - b for a, b in zip(first, second, strict=True)]
    observed = abs(sum(differences))
    sums = [
        abs(sum(sign * d for sign, d in zip(signs, differences, strict=True)))
        for signs in product((1, -1), repeat=len(differences))
    ]
    return sum(s >= observed - 1e-12 for s in sums) / len(sums)


def test_all_in_one_direction_is_two_of_all_arrangements() -> None:
    first, second = np.ones(5), np.zeros(5)
    assert permutation_p_value(first, second) == pytest.approx(2 / 2**5)
    assert permutation_p_value(second, first) == pytest.approx(2 / 2**5)


def test_small_cases_are_exact() -> None:
    first, second = [1.0, 0.5, 0.25, 0.0, 1.0], [0.0, 0.5, 0.5, 0.2, 0.9]
    expected = by_enumeration(first, second)
    assert permutation_p_value(np.array(first), np.array(second)) == pytest.approx(expected)


def test_no_difference_is_certain_chance() -> None:
    assert permutation_p_value(np.ones(4), np.ones(4)) == 1
    assert permutation_p_value(np.array([1.0, 0.0]), np.array([0.0, 1.0])) == 1


def test_many_queries_agree_with_the_binomial_and_repeat() -> None:
    # 30 differences of equal size, 21 of them up: the sign test of 21 of 30, both sides.
    first = np.array([1.0] * 21 + [0.0] * 9)
    second = 1 - first
    exact = 2 * binom.sf(20, 30, 0.5)
    p = permutation_p_value(first, second)
    assert p == pytest.approx(exact, abs=4 * np.sqrt(exact * (1 - exact) / 10_000))
    assert p == permutation_p_value(first, second)


def test_a_drawn_p_value_is_never_zero() -> None:
    assert permutation_p_value(np.ones(50), np.zeros(50)) == pytest.approx(1 / 10_001)


def test_holm_by_hand() -> None:
    # In order 0.01, 0.02, 0.03: 3 x 0.01, 2 x 0.02, then 1 x 0.03 but not below 0.04.
    assert holm([0.02, 0.01, 0.03]) == pytest.approx([0.04, 0.03, 0.04])
    assert holm([0.9, 0.8]) == [1.0, 1.0]
    assert holm([]) == []


def test_intervals_of_constants_are_points() -> None:
    intervals = bootstrap_intervals(np.array([[1.0, 0.25]] * 7))
    assert intervals == pytest.approx(np.array([[1.0, 1.0], [0.25, 0.25]]))


def test_intervals_of_a_share_are_those_of_the_binomial() -> None:
    values = np.array([[1.0]] * 40 + [[0.0]] * 60)
    ((low, high),) = bootstrap_intervals(values, resamples=4000)
    assert low == pytest.approx(binom.ppf(0.025, 100, 0.4) / 100, abs=0.011)
    assert high == pytest.approx(binom.ppf(0.975, 100, 0.4) / 100, abs=0.011)


def test_intervals_repeat_and_move_with_the_seed() -> None:
    values = np.random.default_rng(1).random((30, 2))
    assert np.array_equal(bootstrap_intervals(values), bootstrap_intervals(values))
    assert not np.array_equal(bootstrap_intervals(values), bootstrap_intervals(values, seed=1))


def test_one_query_has_no_width() -> None:
    assert bootstrap_intervals(np.array([[0.5]])) == pytest.approx(np.array([[0.5, 0.5]]))


def test_drawn_arrangements_are_as_many_as_asked_for() -> None:
    # Twenty differences that sum to 0: no arrangement is less extreme, so that all drawn ones count
    # and p = (2,500 + 1) / (2,500 + 1).
    first, second = np.array([1.0, 0.0] * 10), np.array([0.0, 1.0] * 10)
    assert permutation_p_value(first, second, permutations=2_500) == 1.0


def test_as_many_arrangements_as_allowed_are_all_tried() -> None:
    first = [0.9, 0.4, 1.0, 0.3, 0.8, 0.5, 0.7, 0.2, 0.6, 0.1]
    second = [0.1, 0.5, 0.2, 0.2, 0.4, 0.6, 0.1, 0.4, 0.3, 0.3]
    # Ten differences have 1,024 arrangements.
    found = permutation_p_value(np.array(first), np.array(second), permutations=1_024)
    assert found == by_enumeration(first, second)
    drawn = permutation_p_value(np.array(first), np.array(second), permutations=1_023)
    assert drawn != found
    assert drawn == pytest.approx(found, abs=0.05)
