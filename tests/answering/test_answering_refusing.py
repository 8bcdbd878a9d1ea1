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
        ("How tall is Mount Kilimanjaro?", "en", ("tall", "Mount Kilimanjaro")),
        ("How many branches in 2019?", "en", ("2019",)),
        ("流动性覆盖率是多少?", "zh-Hans", ()),
        ("怎样修剪番茄?", "zh-Hans", ("修剪番茄",)),
        # No report has 行流 side by side, but each of the two, and nothing else was asked.
        ("行流", "zh-Hans", ("行流",)),
        ("取引所の盗難はいつ?", "ja", ()),
        ("富士山の高さは?", "ja", ("富士山",)),
        ("كم بلغت السيولة؟", "ar", ()),
        ("كيف تُحضّر شوربة العدس؟", "ar", ("تُحضّر شوربة العدس",)),
    ],
)
def test_the_words_that_no_report_has(question: str, language: str, words: Sequence[str]) -> None:
    assert missing(question, language) == tuple(words)


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
