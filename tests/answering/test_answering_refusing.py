"""What a refusal says: what was searched, and the words of the question that no report has."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from rag.answering.missing import missing_words
from rag.answering.wording import refusal
from rag.text.terms import terms

REPORTS = [
    ("The bank in Meridia had 41 branches in 2023.", "en"),
    ("银行披露了流动性覆盖率。", "zh-Hans"),
    ("取引所の盗難を調査した。", "ja"),
    ("بلغت السيولة لدى البنك حدها الأدنى.", "ar"),
]
TERMS = frozenset(term for text, code in REPORTS for term in terms(text, code))


def missing(question: str, language: str, *, shared: bool = True) -> tuple[str, ...]:
    def frequencies(asked: Sequence[str]) -> list[int]:
        return [int(term in TERMS) for term in asked]

    return missing_words(question, language, frequencies, shared=shared)


@pytest.mark.parametrize(
    ("question", "language", "words"),
    [
        ("How many branches did banks in Meridia have in 2023?", "en", ()),
        ("How tall is Mount Kilimanjaro?", "en", ("Mount Kilimanjaro",)),
        ("How many branches in 2019?", "en", ("2019",)),
        ("Did the bank report to the EBA under DORA?", "en", ("EBA", "DORA")),
        ('Which bank has a "gold shelf"?', "en", ("gold shelf",)),
        ("What is the price of giraffes?", "en", ("price", "giraffes")),
        ("How does one feed a giraffe?", "en", ("giraffe",)),
        ("流动性覆盖率是多少?", "zh-Hans", ()),
        ("Tessel的流动性覆盖率在2019年是多少?", "zh-Hans", ("Tessel", "2019")),
        ("恒舟银行的流动性覆盖率是多少?", "zh-Hans", ("恒舟银行",)),
        ("恆舟銀行的流動性覆蓋率是多少?", "zh-Hant", ("恆舟銀行",)),
        ("流动性银行有多少?", "zh-Hans", ()),
        ("何谓“番茄修剪”?", "zh-Hans", ("番茄修剪",)),
        ("取引所の盗難はいつ?", "ja", ()),
        ("キリマンジャロの高さは?", "ja", ("キリマンジャロ",)),
        ("東西銀行の盗難はいつ?", "ja", ("東西銀行",)),
        ("كم بلغت السيولة؟", "ar", ()),
        ("كيف تُحضّر شوربة العدس؟", "ar", ("العدس",)),
        ("ما قيمة أسهم Tessel في 2019؟", "ar", ("Tessel", "2019")),
    ],
)
def test_the_words_that_no_report_has(question: str, language: str, words: Sequence[str]) -> None:
    assert missing(question, language) == tuple(words)


@pytest.mark.parametrize(
    ("question", "language"),
    [
        ("Why is the old tower leaning?", "en"),
        ("Explain how tall buildings resist collapsing quickly", "en"),
        ("Is the gentle breeze colder than the previous?", "en"),
        ("WHY DOES THE TOWER LEAN", "en"),
        ("我炒币亏了，谁来担这个损失？", "zh-Hans"),
        ("怎样修剪番茄?", "zh-Hans"),
        ("怎樣修剪番茄?", "zh-Hant"),
        ("富士山の高さは?", "ja"),
        ("كيف تُحضّر شوربة؟", "ar"),
        ("ما هي السيولة المتوقعة؟", "ar"),
        ("Où se promener quand il pleut ?", "fr"),
    ],
)
def test_verbs_adjectives_and_pieces_of_unspaced_writing_are_not_named(
    question: str, language: str
) -> None:
    assert missing(question, language) == ()


def test_without_reports_in_the_questions_language_only_numbers_and_names_are_missing() -> None:
    question = "Combien de filiales en 2019 ?"
    assert missing(question, "fr", shared=False) == ("2019",)
    assert missing("삼성 Tessel 2023", "ko", shared=False) == ("Tessel",)
    # Two digits are a number that any language writes so; one is none.
    assert missing("삼성 12 과 7", "ko", shared=False) == ("12",)


@pytest.mark.parametrize("language", ["en", "zh-Hans", "zh-Hant", "ar", "ja", "de", "fr", "es"])
def test_a_refusal_says_what_was_searched_and_what_is_missing(language: str) -> None:
    plain = refusal(language)
    said = refusal(language, 16, ("Kilimanjaro", "2019"))
    assert said.startswith(plain)
    assert all(part in said for part in ("16", "Kilimanjaro", "2019"))
    assert "{" not in said
    assert "Kilimanjaro" not in refusal(language, 16)
