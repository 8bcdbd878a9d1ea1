"""A follow-up gets what it leaves out; a question that stands alone stays as it is."""

from __future__ import annotations

import json
import random
from pathlib import Path

import pytest

from rag.answering.conversation import is_followup, rewrite

REPOSITORY = Path(__file__).parents[2]
FOLLOWUPS = [
    json.loads(line)
    for line in (REPOSITORY / "bench" / "followups.jsonl").read_text(encoding="utf-8").splitlines()
]


@pytest.mark.parametrize(
    ("before", "followup", "whole"),
    [
        ("What was the ratio in 2021?", "And in 2022?", "What was the ratio in 2022?"),
        ("What does Rule 4.1 ask?", "And Rule 4.2?", "What does Rule 4.2 ask?"),
        ("Who supervises banks in Japan?", "And in Korea?", "Who supervises banks in Korea?"),
        ("第二十七条怎么规定？", "第二十八条呢？", "第二十八条怎么规定？"),
        ("日本的银行由谁监管？", "那韩国呢？", "韩国的银行由谁监管？"),
        ("2022年有幾件？", "2023年呢？", "2023年有幾件？"),
        ("第30条の条件は何か。", "第31条では？", "第31条の条件は何か。"),
        ("Who pays insurance audits?", "And bank tax audits?", "Who pays bank tax audits?"),
        ("ما حكم المادة 4؟", "وماذا عن المادة 5؟", "ما حكم المادة 5؟"),
    ],
)
def test_one_of_a_kind_takes_the_place_of_the_other(before: str, followup: str, whole: str) -> None:
    assert rewrite(followup, [before]) == whole


@pytest.mark.parametrize(
    "followup",
    ["When did they pay it back?", "他们退了多少钱？", "その額はいくらか。", "وكم دفعت؟"],
)
def test_what_asks_for_something_else_keeps_its_words(followup: str) -> None:
    assert rewrite(followup, ["Which firms overcharged?"]).endswith(followup)


def test_a_second_followup_leans_on_the_first_completed() -> None:
    history = ["What was the ratio of banks in Japan in 2021?", "And in Korea?"]
    assert rewrite("And in 2022?", history) == "What was the ratio of banks in Korea in 2022?"


def test_without_a_conversation_nothing_changes() -> None:
    assert rewrite("And in 2022?", []) == "And in 2022?"


def test_most_followups_are_known_as_such() -> None:
    known = sum(is_followup(row["query"], row["history"]) for row in FOLLOWUPS)
    assert known >= 0.9 * len(FOLLOWUPS)


def test_questions_that_stand_alone_stay_as_they_are() -> None:
    lines = (REPOSITORY / "corpus" / "queries.jsonl").read_text(encoding="utf-8").splitlines()
    queries = [json.loads(line)["query"] for line in lines]
    rng = random.Random(7)
    changed = [query for query in queries if rewrite(query, [rng.choice(queries)]) != query]
    assert len(changed) <= 0.02 * len(queries), changed
