"""What a search is limited to: from an address and back, and how many reports each choice leaves.

A choice is counted beside all the others in force, as in any faceted search: the number at an
issuer says how many reports remain when that issuer is chosen instead of the present one.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, replace
from typing import Literal, get_args
from urllib.parse import urlencode

from rag.retrieval.filters import matching
from rag.retrieval.retriever import Filters
from rag.web.protocol import Report

FilterName = Literal["language", "issuer", "kind", "document", "since", "until"]
FILTER_NAMES: tuple[FilterName, ...] = get_args(FilterName)
"""In the order in which they are shown."""

_LONGEST = 500
_YEAR = 4


def filters_of(values: Mapping[str, str]) -> Filters:
    """The filters among ``values``; what is empty or of another name is left out."""
    given = {name: values.get(name, "").strip()[:_LONGEST] for name in FILTER_NAMES}
    return Filters(**{name: value for name, value in given.items() if value})


def chosen(filters: Filters) -> list[tuple[FilterName, str]]:
    """The filters that are in force, in the order in which they are shown."""
    values = asdict(filters)
    return [(name, values[name]) for name in FILTER_NAMES if values[name] is not None]


def narrowed(filters: Filters, name: FilterName, value: str) -> Filters:
    """``filters`` with another value of ``name``; an empty one takes it away."""
    return replace(filters, **{name: value.strip()[:_LONGEST] or None})


def question_address(question: str, filters: Filters) -> str:
    """The part of an address, from ``?`` on, that asks ``question`` with ``filters``."""
    return "?" + urlencode([("q", question), *chosen(filters)])


def admitted(reports: Iterable[Report], filters: Filters) -> list[Report]:
    """The reports that have a passage which may be found."""
    return [
        report
        for report in reports
        if (filters.language is None or filters.language in report.languages)
        and matching(
            report,
            names=None if filters.document is None else (filters.document,),
            issuer=filters.issuer,
            kind=filters.kind,
            since=filters.since,
            until=filters.until,
        )
    ]


def choices(reports: Sequence[Report], filters: Filters, name: FilterName) -> list[tuple[str, int]]:
    """The values that ``name`` may have, each with how many reports it leaves, none of them 0.

    Languages and kinds come with the most reports first, the rest in order; years, the newest
    first. The value in force is among them, whatever it leaves.
    """
    others = admitted(reports, replace(filters, **{name: None}))
    present = dict(chosen(filters)).get(name)
    if name in {"since", "until"}:
        years = {report.facts.date[:_YEAR] for report in others if report.facts.date}
        bounds = sorted(years | {present} if present else years, reverse=True)
        counted = [(year, len(admitted(others, Filters(**{name: year})))) for year in bounds]
        return [(year, count) for year, count in counted if count or year == present]
    counts = Counter(value for report in others for value in _VALUES[name](report) if value)
    if present and present not in counts:
        counts[present] = 0
    if name in {"language", "kind"}:
        return sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    return sorted(counts.items())


_VALUES: dict[str, Callable[[Report], Iterable[str]]] = {
    "language": lambda report: report.languages,
    "issuer": lambda report: [report.facts.issuer],
    "kind": lambda report: [report.facts.kind],
    "document": lambda report: [report.name],
}
