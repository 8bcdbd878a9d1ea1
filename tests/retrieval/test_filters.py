"""Which dates and names a filter means, at whatever precision they are given."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from rag.retrieval.filters import earliest, latest, matching, passes
from rag.schema import Facts, Filters

FACTS = Facts(issuer="Ｃentral  Bank", kind="Rules", date="2023-06")


@dataclass(frozen=True)
class Info:
    name: str = "2023/rules"
    source: str = "2023/rules.pdf"
    facts: Facts = FACTS
    spoken: tuple[str, ...] = ("ar", "en")


@pytest.mark.parametrize(
    ("date", "first", "last"),
    [
        ("2023", "2023-00-00", "2023-99-99"),
        ("2023-06", "2023-06-00", "2023-06-99"),
        ("2023-06-28", "2023-06-28", "2023-06-28"),
        ("", "", ""),
    ],
)
def test_a_date_reaches_from_its_beginning_to_its_end(date: str, first: str, last: str) -> None:
    assert (earliest(date), latest(date)) == (first, last)


@pytest.mark.parametrize(
    ("since", "until", "found"),
    [
        ("2023", None, True),
        ("2023-06", None, True),
        ("2023-06-30", None, True),  # June may be its last day
        ("2023-07", None, False),
        ("2024", None, False),
        (None, "2023", True),
        (None, "2023-06-01", True),  # or its first
        (None, "2023-05", False),
        (None, "2022", False),
        ("2023-05", "2023-07", True),
        ("2023-07", "2023-12", False),
    ],
)
def test_a_report_of_a_month_passes_where_a_day_of_it_might(
    since: str | None, until: str | None, found: bool
) -> None:
    assert matching(Info(), since=since, until=until) is found


def test_a_report_without_a_date_passes_no_bound() -> None:
    undated = Info(facts=Facts())
    assert matching(undated)
    assert not matching(undated, since="1900")
    assert not matching(undated, until="2100")


@pytest.mark.parametrize(
    ("filters", "found"),
    [
        (Filters(), True),
        (Filters(issuer="central bank"), True),  # width, case and spare white space aside
        (Filters(issuer="Central"), False),
        (Filters(kind="RULES"), True),
        (Filters(kind="Report"), False),
        (Filters(document="2023/rules"), True),
        (Filters(document="2023/rules.pdf"), True),
        (Filters(document="rules"), False),
        (Filters(language="ar"), True),
        (Filters(language="ja"), False),
        (Filters(language="ar", kind="Report"), False),
        (Filters(language="ar", since="2023", until="2023"), True),
    ],
)
def test_every_condition_must_be_met(filters: Filters, found: bool) -> None:
    assert passes(Info(), filters) is found
