"""What a search is limited to as HTML: the chips in force, and the fields to choose from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from rag.locale import Catalogue, own_name
from rag.retrieval.retriever import Filters
from rag.web.filtering import FILTER_NAMES, FilterName, admitted, choices, chosen
from rag.web.protocol import Report
from rag.web.rendering import render


@dataclass(frozen=True, slots=True)
class _Choice:
    value: str
    shown: str
    count: int


@dataclass(frozen=True, slots=True)
class _Field:
    """A filter to choose; ``present`` is the value in force, empty where there is none."""

    name: FilterName
    present: str
    choices: tuple[_Choice, ...]


def filters_html(reports: Sequence[Report], filters: Filters, texts: Catalogue) -> str:
    """The bar above the question; nothing while the reports are not known."""
    if not reports:
        return ""
    titles = titles_of(reports)
    return render(
        "filters.html",
        texts,
        chips=shown_filters(filters, titles),
        found=len(admitted(reports, filters)),
        total=len(reports),
        fields=[_field(name, reports, filters, titles) for name in FILTER_NAMES],
    )


def shown_filters(filters: Filters, titles: Mapping[str, str]) -> list[tuple[FilterName, str]]:
    """The filters in force with their values as they are shown."""
    return [(name, _shown(name, value, titles)) for name, value in chosen(filters)]


def titles_of(reports: Sequence[Report]) -> Mapping[str, str]:
    """The titles of the reports by name; empty where a report has none."""
    return {report.name: report.title for report in reports}


def _field(
    name: FilterName, reports: Sequence[Report], filters: Filters, titles: Mapping[str, str]
) -> _Field:
    return _Field(
        name,
        dict(chosen(filters)).get(name, ""),
        tuple(
            _Choice(value, _shown(name, value, titles), count)
            for value, count in choices(reports, filters, name)
        ),
    )


def _shown(name: FilterName, value: str, titles: Mapping[str, str]) -> str:
    if name == "language":
        return own_name(value)
    return titles.get(value) or value if name == "document" else value
