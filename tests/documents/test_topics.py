"""What a report speaks of: its definitions, rows and sections, each with the span about it."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from rag.documents.topics import topics
from rag.schema import Facts, Heading, Page, Reading, Table

BODY = "The exchange noticed the theft after nineteen hours, and told nobody.\n"


def reading(
    text: str, headings: tuple[Heading, ...] = (), tables: tuple[Table, ...] = (), title: str = ""
) -> Reading:
    return Reading(text, (Page(1, 0, len(text)),), headings, tables, Facts(title=title))


def headed(*parts: tuple[str, str], title: str = "") -> Reading:
    text, headings = "", []
    for name, body in parts:
        headings.append(Heading(len(text), len(text) + len(name), 1, name))
        text += f"{name}\n{body}"
    return reading(text, tuple(headings), title=title)


def test_a_section_is_its_heading_without_number_and_the_text_below_it() -> None:
    found = headed(("1.2 Causes", BODY), ("三、改善要求", BODY))
    assert [(one.kind, one.subject) for one in topics(found)] == [
        ("section", "Causes"),
        ("section", "改善要求"),
    ]
    first, second = topics(found)
    assert found.text[first.start : first.end] == f"1.2 Causes\n{BODY}"
    assert found.text[second.start : second.end] == f"三、改善要求\n{BODY}"


def test_the_reports_title_and_headings_without_text_of_their_own_are_no_topics() -> None:
    found = headed(("Review", BODY), ("Part I", ""), ("Findings", "Few.\n"), title="Review")
    assert topics(found) == []


def test_a_row_is_named_by_its_first_cell_where_another_states_a_number() -> None:
    text = "Bank\tRatio\nEast Bay\t61\n2023\t80\nNorth\tnone\n東灣\t六十一\n"
    (first, second) = topics(reading(text, tables=(Table(0, len(text), 11),)))
    assert [(one.kind, one.subject) for one in (first, second)] == [
        ("row", "East Bay"),
        ("row", "東灣"),
    ]
    assert text[first.start : first.end] == "East Bay\t61\n"
    assert topics(reading(text, tables=(Table(0, len(text), 0),))) == []


def test_what_is_defined_is_found_in_each_language() -> None:
    text = (
        "“Hot wallet” means a wallet that is online.\n"
        "本办法所称“联网钱包”是指与互联网连接的钱包。\n"
        "「重要業務」とは、停止の影響が大きい業務をいう。\n"
        "يقصد ب«العميل» كل شخص يتعامل مع المصرف.\n"
        "He said “nothing” and left.\n"
    )
    found = topics(reading(text))
    assert [one.subject for one in found] == ["Hot wallet", "联网钱包", "重要業務", "العميل"]
    assert text[found[0].start : found[0].end].startswith("“Hot wallet” means")
    assert {one.kind for one in found} == {"definition"}


def test_a_subject_is_there_once() -> None:
    found = topics(headed(("Scope", BODY), ("Scope", BODY)))
    assert [(one.subject, one.start) for one in found] == [("Scope", 0)]


@given(
    st.lists(st.tuples(st.text("ab1 .", min_size=1, max_size=9), st.text("xy \t1", max_size=60)))
)
def test_every_span_is_one_of_the_text(parts: list[tuple[str, str]]) -> None:
    found = headed(*parts)
    for one in topics(found):
        assert 0 <= one.start < one.end <= len(found.text)
        assert one.subject in found.text[one.start : one.end]
