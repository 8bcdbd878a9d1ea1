"""Measures of answers, counted by hand."""

from __future__ import annotations

import pytest
from document_table import DocumentTable

from rag.evaluation.answers import answer_metrics, judge
from rag.evaluation.locate import Item, Place
from rag.evaluation.queries import Evidence, Query, Reference
from rag.schema import Answer, Citation, Document, Page, Reading

TEXT = "The ratio is 12.5 per cent. 第二段は 2024 年。"
DOCUMENTS = DocumentTable([Document("d", "d.txt", "0", "en", Reading(TEXT, (Page(1, 0, 99),)))])
EVIDENCE = Evidence((Reference("d", quote="12.5"),))


def query(*answers: str, items: int = 1) -> Query:
    return Query("q", "?", "en", answers, (EVIDENCE,) * items)


def item(start: int, end: int) -> Item:
    return Item(EVIDENCE, (Place("d", ((start, end),), "en"),), "quote")


def cite(start: int, end: int, quote: str | None = None, document: str = "d") -> Citation:
    quote = TEXT[start:end] if quote is None else quote
    return Citation(1, document, "d.txt", 1, None, start, end, quote)


def answer(text: str, *citations: Citation, refused: bool = False) -> Answer:
    return Answer("?", "en", refused, text, (), citations, (), "extractive")


@pytest.mark.parametrize(
    ("text", "expected", "contains"),
    [
        ("It was founded in 2015.", "2015", True),
        ("تأسست عام ٢٠١٥", "2015", True),
        ("２０１５年", "2015", True),
        ("२०१५ में", "2015", True),
        ("The GOVERNANCE part", "governance", True),
        ("金融庁\n は", "金融庁は", True),
        ("Straße", "STRASSE", True),
        ("It was founded in 2016.", "2015", False),
    ],
)
def test_an_expected_string_is_found_whatever_its_digits_case_and_width(
    text: str, expected: str, contains: bool
) -> None:
    outcome = judge(answer(text), query(expected), [item(13, 17)], DOCUMENTS)
    assert outcome.contains_answer is contains


@pytest.mark.parametrize(
    ("text", "expected", "contains"),
    [
        ("The fine is EUR 2,500,000.", "2.5 million", True),
        ("The fine is EUR 2.5 million.", "2,500,000", True),
        ("罰款250萬歐元。", "EUR 2.5 million", True),
        ("It fell by 12.5 per cent.", "12.5%", True),
        ("within thirty (30) days", "30 days", True),
        ("令和6年3月に発足", "March 2024", True),
        ("on 5 March 2024", "March 2024", True),
        ("in March 2024", "5 March 2024", False),
        ("The fine is EUR 2.5 billion.", "2.5 million", False),
        ("It fell by 12.5 per cent.", "12.5 percentage points", False),
        ("within 60 days", "sixty banks", False),
        ("two and three", "2 to 3 banks", False),
    ],
)
def test_an_expected_value_is_found_however_it_is_written(
    text: str, expected: str, contains: bool
) -> None:
    outcome = judge(answer(text), query(expected), [item(13, 17)], DOCUMENTS)
    assert outcome.contains_answer is contains


def test_any_expected_string_counts_and_also_in_a_cited_quote() -> None:
    given = answer("See the report.", cite(0, 27))
    assert judge(given, query("absent", "12.5"), [item(13, 17)], DOCUMENTS).contains_answer
    assert not judge(given, query("absent"), [item(13, 17)], DOCUMENTS).contains_answer


def test_a_refusal_contains_nothing_and_a_query_may_expect_nothing() -> None:
    refused = answer("12.5 is not in the reports.", refused=True)
    assert judge(refused, query("12.5"), [item(13, 17)], DOCUMENTS).contains_answer is False
    assert judge(refused, query(), [item(13, 17)], DOCUMENTS).contains_answer is None


def test_an_item_is_met_by_overlap_and_counts_once() -> None:
    given = answer("x", cite(0, 14), cite(10, 20), cite(28, 31))
    outcome = judge(given, query(items=3), [item(13, 17), item(30, 33), item(40, 42)], DOCUMENTS)
    assert (outcome.items_met, outcome.items) == (2, 3)


@pytest.mark.parametrize(
    ("citation", "exact"),
    [
        (cite(0, 9), 1),
        (cite(28, 31), 1),
        (cite(0, 9, "The ratio "), 0),
        (cite(0, 9, "the ratio"), 0),
        (cite(5, 5), 0),
        (cite(-9, -1), 0),
        (cite(0, 999, TEXT), 0),
        (cite(0, 9, document="absent"), 0),
    ],
)
def test_a_citation_is_exact_to_the_character(citation: Citation, exact: int) -> None:
    outcome = judge(answer("x", citation), query(), [item(0, 1)], DOCUMENTS)
    assert (outcome.exact, outcome.citations) == (exact, 1)


def test_the_shares() -> None:
    unanswerable = Query("n", "?", "en", (), ())
    outcomes = [
        # Answerable: right with one of two items; wrong; refused; expecting no string.
        judge(answer("12.5", cite(0, 27)), query("12.5"), [item(13, 17), item(40, 42)], DOCUMENTS),
        judge(answer("9", cite(0, 3, "No")), query("12.5"), [item(13, 17)], DOCUMENTS),
        judge(answer("no", refused=True), query("12.5"), [item(13, 17)], DOCUMENTS),
        judge(answer("x", cite(13, 17)), query(), [item(13, 17)], DOCUMENTS),
        # Unanswerable: refused twice, answered once.
        judge(answer("no", refused=True), unanswerable, [], DOCUMENTS),
        judge(answer("no", refused=True), unanswerable, [], DOCUMENTS),
        judge(answer("yes", cite(0, 3)), unanswerable, [], DOCUMENTS),
    ]
    assert answer_metrics(outcomes) == {
        "contains_answer": pytest.approx(1 / 3),
        "citation_recall": pytest.approx((1 + 0 + 0 + 1) / (2 + 1 + 1 + 1)),
        "citations_exact": pytest.approx(3 / 4),
        "false_answer_rate": pytest.approx(1 / 3),
        "false_refusal_rate": pytest.approx(1 / 4),
    }


def test_a_share_of_nothing_is_none() -> None:
    assert set(answer_metrics([]).values()) == {None}
