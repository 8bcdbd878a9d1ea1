"""The values that a text states, and the kinds that a question asks for."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.answering.expected import expected
from rag.answering.features import numbers
from rag.answering.values import values


def stated(text: str) -> list[tuple[str, str]]:
    return [(value.kind, text[value.start : value.end]) for value in values(text)]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("It paid USD 12.0 million in cash.", [("money", "USD 12.0 million")]),
        ("They took JPY 53 billion.", [("money", "JPY 53 billion")]),
        ("損失約530億日圓", [("money", "530億日圓")]),
        ("罚款320万澜海元。", [("money", "320万澜海元")]),
        ("غرامة قدرها 3.5 مليون دولار", [("money", "3.5 مليون دولار")]),
        ("from 31% to 9 per cent", [("percent", "31%"), ("percent", "9 per cent")]),
        ("占11.3％", [("percent", "11.3％")]),
        ("about 30 April 2024", [("date", "30 April 2024")]),
        ("2023年8月2日に終わった", [("date", "2023年8月2日")]),
        ("在 ٣١ ديسمبر ٢٠٢٣", [("date", "٣١ ديسمبر ٢٠٢٣")]),
        ("It may march on.", []),
        ("the end of 2019", [("year", "2019")]),
        ("令和6年度の検査", [("year", "令和6年度")]),
        ("within two hours", [("duration", "two hours")]),
        ("60 days' notice", [("duration", "60 days")]),
        ("整改45天", [("duration", "45天")]),
        ("報告は3時間以内", [("duration", "3時間")]),
        ("خلال ٤٥ يومًا", [("duration", "٤٥ يومًا")]),
        ("Seven firms had 1,120 accounts", [("number", "Seven"), ("number", "1,120")]),
        ("他们有两支球队", [("number", "两")]),
        ("一般的に", []),
    ],
)
def test_values(text: str, found: list[tuple[str, str]]) -> None:
    assert stated(text) == found


def test_the_same_value_has_the_same_key() -> None:
    (one,), (other,) = values("1,120件"), values("１１２０ 件")
    assert one.key == other.key


@given(st.text(max_size=60))
def test_offsets_are_those_of_the_text_and_in_order(text: str) -> None:
    found = values(text)
    assert all(0 <= value.start < value.end <= len(text) for value in found)
    assert all(a.end <= b.start for a, b in pairwise(found))


@pytest.mark.parametrize(
    ("question", "kind"),
    [
        ("How many firms were fined?", "number"),
        ("What was the leverage ratio of the four biggest banks?", "percent"),
        ("By when must audit committees tell the central bank?", "date"),
        ("How long did Tessel Digital wait?", "duration"),
        ("How much was taken from the hot wallet?", "money"),
        ("退了客户多少钱？", "money"),
        ("2022年保險公司核心系統上雲的比率是多少？", "percent"),
        ("雲岳機房那次當機持續了多久？", "duration"),
        ("下一次联合演练哪一年办？", "year"),
        ("كم بلغت غرامة المنصة؟", "money"),
        ("متى تنتهي المهلة؟", "date"),
        ("過払いの総額はいくらだったか。", "money"),
        ("何営業日前までに届け出る必要があるか。", "duration"),
    ],
)
def test_what_is_asked_for(question: str, kind: str) -> None:
    assert kind in expected(question)


@pytest.mark.parametrize(
    "question",
    ["Why did the alarm go unheard?", "TLPTとはどのような試験か。", "什麼情況算是「重大委外」？",
     "كيف دخل المهاجمون؟", "Who signed the transfers?"],
)  # fmt: skip
def test_questions_that_ask_for_no_value(question: str) -> None:
    assert expected(question) == frozenset()


def test_numbers_are_compared_without_separators_and_scripts() -> None:
    assert numbers("1,120 and ١٬١٢٠ and １１２０") == {"1120"}
