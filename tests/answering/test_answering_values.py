"""The values that a text states, and the kinds that a question asks for."""

from __future__ import annotations

import pytest

from rag.answering.expected import expected
from rag.answering.features import numbers


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


@pytest.mark.parametrize(
    ("text", "language", "found"),
    [
        ("1,120 and ١٬١٢٠ and １１２０", "en", {"1120"}),
        ("2.5 million", "en", {"2500000"}),
        ("250萬元", "zh-Hant", {"2500000"}),
        ("twenty-one banks", "en", {"21"}),
        ("one bank", "en", set()),
        ("Article 7(2)", "en", {"7", "2"}),
        ("COVID-19", "en", {"19"}),
        ("10 to 15 %", "en", {"10", "15"}),
        ("in 2023", "en", {"2023"}),
        ("28 June 2024", "en", {"2024", "2024-06", "2024-06-28", "--06-28"}),
        ("6月28日", "ja", {"--06-28"}),
    ],
)
def test_numbers_are_compared_by_value(text: str, language: str, found: set[str]) -> None:
    assert numbers(text, language) == found
