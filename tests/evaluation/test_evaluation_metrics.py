"""Retrieval metrics, with the arithmetic written out."""

from __future__ import annotations

from math import log2

import numpy as np
import pytest

from rag.evaluation.locate import Item, Place
from rag.evaluation.metrics import (
    METRICS,
    Passage,
    evidence_metrics,
    item_ranks,
    mean_metrics,
    recall,
)
from rag.evaluation.queries import Evidence, Reference


def item(*places: tuple[str, int, int]) -> Item:
    return Item(
        Evidence((Reference("d", quote="q"),)),
        tuple(Place(document, ((start, end),), "en") for document, start, end in places),
        "quote",
    )


def of(ranks: tuple[int | None, ...], depth: int = 20) -> dict[str, float]:
    return evidence_metrics({"q": ranks}, {"q": depth})["q"]


def test_a_passage_has_an_item_when_it_shares_a_character_with_it() -> None:
    wanted = item(("d", 10, 20))
    touching = [Passage("d", 0, 10), Passage("d", 20, 30), Passage("e", 10, 20)]
    assert item_ranks(touching, [wanted]) == (None,)
    assert item_ranks([*touching, Passage("d", 19, 30)], [wanted]) == (4,)
    assert item_ranks([*touching, Passage("d", 0, 11)], [wanted]) == (4,)
    assert item_ranks([*touching, Passage("d", 12, 13)], [wanted]) == (4,)


def test_alternatives_are_one_item_found_by_the_first_of_them() -> None:
    either = item(("d", 10, 20), ("e", 0, 5))
    assert item_ranks([Passage("x", 0, 9), Passage("e", 0, 9), Passage("d", 0, 90)], [either]) == (
        2,
    )


def test_one_item_at_rank_two() -> None:
    values = of((2,))
    assert values["recall@1"] == 0
    assert values["recall@5"] == values["recall@10"] == 1
    assert values["mrr@10"] == pytest.approx(1 / 2)
    assert values["map@10"] == pytest.approx(1 / 2)
    assert values["ndcg@10"] == pytest.approx((1 / log2(3)) / (1 / log2(2)))


def test_two_items_at_ranks_two_and_five_and_one_not_found() -> None:
    values = of((5, None, 2))
    assert values["recall@1"] == 0
    assert values["recall@5"] == pytest.approx(2 / 3)
    assert values["mrr@10"] == pytest.approx(1 / 2)
    assert values["map@10"] == pytest.approx((1 / 2 + 2 / 5) / 3)
    ideal = 1 / log2(2) + 1 / log2(3) + 1 / log2(4)
    assert values["ndcg@10"] == pytest.approx((1 / log2(3) + 1 / log2(6)) / ideal)


def test_a_passage_with_two_items_is_worth_two_passages_with_one_each() -> None:
    assert of((1, 1)) == {**of((1, 2)), "recall@1": 1.0}
    # Entries: both items of the first hit, the second hit, then the item of the third hit.
    values = of((1, 1, 3))
    assert values["recall@1"] == pytest.approx(2 / 3)
    assert values["map@10"] == pytest.approx((1 / 1 + 2 / 2 + 3 / 4) / 3)
    gained = 1 / log2(2) + 1 / log2(3) + 1 / log2(5)
    assert values["ndcg@10"] == pytest.approx(gained / (1 / log2(2) + 1 / log2(3) + 1 / log2(4)))


def test_the_cutoff_falls_after_the_tenth_hit_whatever_the_hits_before_it_hold() -> None:
    # The third item is the eleventh entry, yet in the tenth hit.
    values = of((1, 1, 10))
    assert values["recall@10"] == 1
    assert values["map@10"] == pytest.approx((1 + 1 + 3 / 11) / 3)
    # In the eleventh hit it is too late.
    late = of((1, 1, 11))
    assert late["recall@10"] == pytest.approx(2 / 3)
    assert late["map@10"] == pytest.approx((1 + 1) / 3)
    assert of((11,)) == dict.fromkeys(METRICS, 0.0)


def test_the_same_item_again_counts_as_not_relevant() -> None:
    same = item(("d", 0, 100))
    ranks = item_ranks([Passage("d", 0, 50), Passage("d", 50, 100)], [same])
    assert ranks == (1,)
    assert of(ranks, depth=2)["map@10"] == 1


def test_nothing_found_is_zero_also_without_any_hit() -> None:
    assert of((None, None), depth=0) == dict.fromkeys(METRICS, 0.0)
    values = evidence_metrics({"a": (None,), "b": (1,)}, {"a": 0, "b": 1})
    assert values["a"] == dict.fromkeys(METRICS, 0.0)
    assert values["b"] == dict.fromkeys(METRICS, 1.0)


def test_more_than_ten_items() -> None:
    values = of(tuple(range(1, 13)))
    assert values["recall@10"] == pytest.approx(10 / 12)
    assert values["ndcg@10"] == pytest.approx(1)
    assert values["map@10"] == pytest.approx(10 / 12)


def test_means_are_over_queries_and_none_over_nothing() -> None:
    means = mean_metrics([of((1,)), of((2,)), of((None,))])
    assert means["recall@1"] == pytest.approx(1 / 3)
    assert means["mrr@10"] == pytest.approx((1 + 1 / 2 + 0) / 3)
    assert mean_metrics([]) == dict.fromkeys(METRICS)


@pytest.mark.parametrize("seed", range(5))
def test_agrees_with_the_textbook_when_no_hit_has_two_items(seed: int) -> None:
    random = np.random.default_rng(seed)
    drawn = random.permutation(20)[: int(random.integers(1, 6))] + 1
    ranks = tuple(int(rank) if rank <= 15 else None for rank in drawn)
    found = sorted(rank for rank in ranks if rank is not None and rank <= 10)
    values = of(ranks)
    assert values["mrr@10"] == pytest.approx(1 / found[0] if found else 0)
    assert values["map@10"] == pytest.approx(
        sum(i / rank for i, rank in enumerate(found, start=1)) / len(ranks)
    )
    assert values["ndcg@10"] == pytest.approx(
        sum(1 / log2(rank + 1) for rank in found)
        / sum(1 / log2(i + 1) for i in range(1, len(ranks) + 1))
    )
    assert values["recall@10"] == recall(ranks, 10) == len(found) / len(ranks)
