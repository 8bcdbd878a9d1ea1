"""Text to sentences, as spans."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.text.languages import LANGUAGES
from rag.text.sentences import sentence_spans


def sentences(text: str, language: str = "en") -> list[str]:
    return [text[start:end] for start, end in sentence_spans(text, language)]


@pytest.mark.parametrize(
    ("language", "text", "count"),
    [
        ("en", "The bank failed. Why? Nobody knew!", 3),
        ("de", "Die Bank scheiterte. Niemand wusste warum.", 2),
        ("zh-Hans", "平台没有审查。监管机构发现了问题!为什么?", 3),
        ("zh-Hant", "平台沒有審查。監管機構發現了問題。", 2),
        ("ja", "台帳は確認されなかった。原因は不明である。", 2),
        ("ar", "لم تراجع المنصة السجل. هل أبلغت العملاء؟ لا.", 3),
        ("hi", "बोर्ड ने समीक्षा नहीं की। कारण अज्ञात है।", 2),
    ],
)
def test_a_sentence_ends_where_its_language_ends_it(language: str, text: str, count: int) -> None:
    found = sentences(text, language)
    assert len(found) == count
    assert "".join(found).replace(" ", "") == text.replace(" ", "")


def test_abbreviations_and_decimals_end_nothing() -> None:
    text = "Losses rose to 8.8 per cent, e.g. at Dr. Smith's bank. It closed."
    assert sentences(text) == [
        "Losses rose to 8.8 per cent, e.g. at Dr. Smith's bank.",
        "It closed.",
    ]


@pytest.mark.parametrize("language", ["zh-Hans", "zh-Hant", "ja"])
def test_an_ideographic_full_stop_ends_a_sentence_before_a_digit_too(language: str) -> None:
    found = sentences("銀行甲。2023年、銀行乙。3件。", language)
    assert found == ["銀行甲。", "2023年、銀行乙。", "3件。"]


def test_a_full_stop_within_quotation_marks_ends_nothing_before_a_digit() -> None:
    assert sentences("「違う。2件だ」と述べた。次。", "ja") == ["「違う。2件だ」と述べた。", "次。"]


def test_a_line_that_its_margin_broke_goes_on() -> None:
    text = (
        "The supervisory authority inspected each of the four platforms and\n"
        "found that none had reviewed the register. It ordered a plan."
    )
    assert sentences(text) == [text[: text.index(" It")], "It ordered a plan."]


def test_a_broken_line_of_ideographs_goes_on() -> None:
    text = "監管機構對四家平台逐一進行了現場檢查並發現沒有一家平台曾經審查\n外包合約登記冊。"
    assert sentences(text, "zh-Hant") == [text]


@pytest.mark.parametrize(
    "text",
    [
        "A short heading\nThe text goes on here.",
        "The first paragraph of the report, which is quite long and has no full stop\n\nThe second",
        "Year\tLoss\n2023\t14",
        "The following were found in the inspection of the four platforms in the year\n- no policy",
        "The following were found in the inspection of the four platforms in the year\n(a) nothing",
    ],
)
def test_paragraphs_rows_and_list_items_end_a_sentence(text: str) -> None:
    first, _, second = text.partition("\n")
    assert sentences(text) == [first, second.strip()]


def test_white_space_is_in_no_sentence() -> None:
    assert sentences("  One.   Two.  \n\n  ") == ["One.", "Two."]
    assert sentences(" \n \t ") == []


@given(
    st.text("aB1 .。!?؟م条\n\t-()", max_size=120) | st.text(max_size=80),
    st.sampled_from([*LANGUAGES, "und"]),
)
def test_spans_are_in_order_and_leave_out_white_space_alone(text: str, language: str) -> None:
    spans = sentence_spans(text, language)
    edges = [0, *(edge for span in spans for edge in span), len(text)]
    assert edges == sorted(edges)
    gaps = [text[end:start] for end, start in zip(edges[::2], edges[1::2], strict=True)]
    assert not "".join(gaps).strip()
    assert all(text[start:end] == text[start:end].strip() != "" for start, end in spans)
