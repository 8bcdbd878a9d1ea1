"""What a search is limited to as HTML: the chips in force, and the fields to choose from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape

from rag.retrieval.retriever import Filters
from rag.text.languages import LANGUAGES
from rag.web.filter_texts import FilterTexts, filter_texts
from rag.web.filtering import FILTER_NAMES, FilterName, admitted, choices, chosen
from rag.web.protocol import Report
from rag.web.texts import Texts
from rag.web.wording import interface_attributes


def filters_html(reports: Sequence[Report], filters: Filters, texts: Texts) -> str:
    """The bar above the question; nothing while the reports are not known."""
    if not reports:
        return ""
    own, titles = filter_texts(texts.language), titles_of(reports)
    count = len(admitted(reports, filters))
    chips = "".join(_chip(name, value, own, titles) for name, value in chosen(filters))
    told = own.reports_searched.format(count=count, total=len(reports))
    clear = (
        f'<button type="button" class="quiet" data-drop="">{escape(own.clear)}</button>'
        f'<span class="told" role="status">{escape(told)}</span>'
        if chips
        else ""
    )
    fields = "".join(_field(name, reports, filters, own, titles) for name in FILTER_NAMES)
    return (
        f'<div class="filters" role="group" aria-label="{escape(own.filters)}"'
        f"{interface_attributes(texts)}>"
        f'<div class="chips"><button type="button" class="toggle" aria-expanded="false" '
        f'aria-controls="filter-fields">{escape(own.filters)}</button>{chips}{clear}</div>'
        f'<div class="fields" id="filter-fields" hidden>{fields}</div></div>'
    )


def limits_html(filters: Filters, titles: Mapping[str, str], texts: Texts) -> str:
    """What one question was limited to, in a line; empty where it was not."""
    own = filter_texts(texts.language)
    limits = " · ".join(
        f"{escape(own.names[name])}: <bdi>{escape(_shown(name, value, titles))}</bdi>"
        for name, value in chosen(filters)
    )
    return f'<p class="limits">{escape(own.limited)} {limits}</p>' if limits else ""


def titles_of(reports: Sequence[Report]) -> Mapping[str, str]:
    """The titles of the reports by name; empty where a report has none."""
    return {report.name: report.title for report in reports}


def language_name(code: str) -> str:
    """A language in its own words; the code where it is not known."""
    return LANGUAGES[code].name if code in LANGUAGES else code


def _chip(name: FilterName, value: str, own: FilterTexts, titles: Mapping[str, str]) -> str:
    shown = _shown(name, value, titles)
    label = own.remove.format(name=own.names[name], value=shown)
    return (
        f'<button type="button" class="chip" data-drop="{name}" aria-label="{escape(label)}">'
        f"<span>{escape(own.names[name])}: <bdi>{escape(shown)}</bdi></span>"
        f'<span class="cross" aria-hidden="true">×</span></button>'
    )


def _field(
    name: FilterName,
    reports: Sequence[Report],
    filters: Filters,
    own: FilterTexts,
    titles: Mapping[str, str],
) -> str:
    present = dict(chosen(filters)).get(name, "")
    options = "".join(
        f'<option value="{escape(value)}"{" selected" if value == present else ""}>'
        f"{escape(_shown(name, value, titles))} ({count})</option>"
        for value, count in choices(reports, filters, name)
    )
    return (
        f'<label class="field"><span>{escape(own.names[name])}</span>'
        f'<select data-filter="{name}"><option value="">{escape(own.every)}</option>{options}'
        f"</select></label>"
    )


def _shown(name: FilterName, value: str, titles: Mapping[str, str]) -> str:
    if name == "language":
        return language_name(value)
    return titles.get(value) or value if name == "document" else value
