"""How much each signal weighs in a ranking, with the arithmetic written out."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from rag.retrieval.fusion import term_groups
from rag.retrieval.ranking import Signals, question_terms, rank


def scores(*values: float) -> NDArray[np.float32]:
    return np.array(values, dtype=np.float32)


# Of two passages one has the better cosine and the other the better term score, each on a scale
# from 0 (the worst passage of all) to 1 (the best). Term scores weigh w, cosines 1 - w.
@pytest.mark.parametrize(
    ("language", "cosine", "bm25", "first"),
    [
        ("en", 0.83, 1.0, "by meaning"),  # 0.55 · 0.83 = 0.4565 > 0.45 · 1
        ("en", 0.80, 1.0, "by terms"),  # 0.55 · 0.80 = 0.44 < 0.45 · 1
        ("ar", 0.83, 1.0, "by meaning"),
        ("ar", 0.80, 1.0, "by terms"),
        ("zh-Hant", 1.0, 0.65, "by meaning"),  # 0.4 · 1 = 0.4 > 0.6 · 0.65 = 0.39
        ("zh-Hant", 1.0, 0.68, "by terms"),  # 0.4 · 1 = 0.4 < 0.6 · 0.68 = 0.408
        ("ja", 1.0, 0.65, "by meaning"),
        ("ja", 1.0, 0.68, "by terms"),
    ],
)
def test_terms_weigh_more_where_words_are_not_set_apart(
    language: str, cosine: float, bm25: float, first: str
) -> None:
    names = ["best", "by meaning", "by terms", "worst"]
    signals = Signals(scores(1, cosine, 0, 0), scores(1, 0, bm25, 0))
    found, given = rank(signals, term_groups([language] * 4), language, 4)
    assert [names[i] for i in found[:2]] == ["best", first]
    # The cosines are assigned in that order, from the highest.
    assert given == pytest.approx(sorted([1, cosine, 0, 0], reverse=True))


def test_what_is_asked_for_by_name_adds_to_the_cosine() -> None:
    signals = Signals(scores(0.9, 0.85, 0.8), scores(0, 0, 0), scores(0, 0.5, 1))
    found, given = rank(signals, term_groups(["en"] * 3), "en", 3)
    # 0.9 + 0.08 · 0, 0.85 + 0.08 · 0.5, 0.8 + 0.08 · 1
    assert list(found) == [0, 1, 2]
    assert given == pytest.approx([0.9, 0.89, 0.88])


def test_a_clause_asked_for_counts_three_times() -> None:
    plain = question_terms("What does the rule require?", "en")
    assert len(plain) == len(set(plain))
    asked = question_terms("What does Article 7 require?", "en")
    assert sorted(asked.count(term) for term in set(asked))[-1] == 3
    assert sum(asked.count(term) == 3 for term in set(asked)) == 1
