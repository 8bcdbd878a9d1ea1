"""The name that answers, set before its sentence."""

from __future__ import annotations

import pytest

from rag.answering.naming import answering_name, asks_for_name


@pytest.mark.parametrize(
    ("question", "sentence", "language", "name"),
    [
        (
            "Which bank had to stop paying dividends?",
            "One bank, Harrow Savings, fell below its buffer in October 2022.",
            "en",
            "Harrow Savings",
        ),
        ("Who led Orlo Trust?", "Dana Wessel led Orlo Trust.", "en", "Dana Wessel"),
        ("哪家交易所被盗？", "2019年7月12日，港口交易所的热钱包被盗。", "zh-Hans", "港口交易所"),
        (
            "どの取引所から流出したか。",
            "2019年7月12日、ミナト取引所のウォレットから流出した。",
            "ja",
            "ミナト取引所",
        ),
        ("أي منصة تعرضت للسرقة؟", "تعرضت منصة خليج لسرقة في عام 2022.", "ar", "منصة خليج"),
        ("哪一家公司受罰？", "受罰的是「北渡」。", "zh-Hant", "北渡"),
    ],
)
def test_the_only_name_that_the_question_lacks(
    question: str, sentence: str, language: str, name: str
) -> None:
    assert asks_for_name(question)
    assert answering_name(question, sentence, language) == name


@pytest.mark.parametrize(
    ("question", "sentence"),
    [
        ("Who hacked it?", "The FBI and the National Police Agency named TraderTraitor."),
        ("Which bank sold it?", "It sold a leasing subsidiary for MER 640 million, see Table 4."),
        ("Who is fined?", "Nobody was fined that year."),
        ("Who led Orlo Trust?", "Orlo Trust was led from abroad."),
    ],
)
def test_nothing_where_there_is_no_name_or_more_than_one(question: str, sentence: str) -> None:
    assert answering_name(question, sentence, "en") == ""


@pytest.mark.parametrize(
    "question",
    [
        "How many banks failed?",
        "Why did it fail?",
        "罚款是多少？",
        "いつ始まったか。",
        "كم بلغت الغرامة؟",
    ],
)
def test_other_questions_ask_for_no_name(question: str) -> None:
    assert not asks_for_name(question)
