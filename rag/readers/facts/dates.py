"""Dates as reports print them, as ISO 8601."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

from rag.text.quantities import Quantity, quantities, years_named

_ENDED = re.compile(
    r"(?:(?:fiscal|financial)\s+year|year|half-?year|quarter(?:ly)?(?:\s+period)?|period|months"
    r"|weeks|transition\s+period)\s+(?:ended|ending):?\s*"
    r"|(?:السنة|للسنة|الفترة|للفترة|العام|للعام|الربع|للربع)(?:\s+\w+){0,2}\s+(?:المنتهية|المنتهي)\s+في\s*",
    re.IGNORECASE,
)
_UP_TO = re.compile(r"截至\s*$")
_FROM = re.compile(r"自\s*$")
_UNTIL_THEN = re.compile(r"\s*止")
_TERM = re.compile(r"\s*期")
_WRITTEN = re.compile(r"(?:D:)?([12][0-9]{3})-?([01][0-9])-?([0-3][0-9])")
_SAID_WITHIN = 40
"""Characters after "for the year ended" in which its date stands."""


def period_end(text: str) -> str:
    """The end of the first period that the text says is reported on: ``for the year ended …``.

    Also ``截至…止``, ``自…至…``, ``2024年3月期`` and ``للسنة المنتهية في …``; empty when none is
    said.
    """
    for match in _ENDED.finditer(text):
        if date := first_date(text[match.end() : match.end() + _SAID_WITHIN]):
            return date
    found = quantities(text, "und")
    return next(filter(None, (_term_end(text, quantity) for quantity in found)), "")


def _term_end(text: str, quantity: Quantity) -> str:
    """The last day of the period that an East Asian text says a date to end; else nothing."""
    before = text[max(0, quantity.start - 4) : quantity.start]
    if quantity.kind == "period" and _FROM.search(before):
        return _dated(str(quantity.until))
    closed = _UP_TO.search(before) and _UNTIL_THEN.match(text, quantity.end)
    if quantity.kind == "date" and (closed or _TERM.match(text, quantity.end)):
        return _dated(str(quantity.value))
    return ""


def only_year(text: str) -> str:
    """The one year that a text names, the later of a span such as 2022-23; else nothing."""
    found = quantities(text, "und")
    spans = [quantity for quantity in found if quantity.kind == "period" and quantity.until]
    years = {max(years_named([span]), default=0) for span in spans} or years_named(found)
    return str(next(iter(years))) if len(years) == 1 else ""


def first_date(text: str) -> str:
    """The first date in the text, ``YYYY-MM-DD`` or ``YYYY-MM``; empty when there is none.

    Digits of every script count, and years of Japan's eras and of the Republic of China. Dates of
    the Hijri calendar are left out: where it differs by place which day they fall on, they would
    be guesses. So is 03/04/2024, which is March or April.
    """
    return next(_dates(text), "")


def _dates(text: str) -> Iterator[str]:
    for quantity in quantities(text, "und"):
        if quantity.hijri or quantity.alternative or quantity.kind not in {"date", "period"}:
            continue
        if quantity.unit == "" and (found := _dated(str(quantity.value))):
            yield found


def _dated(value: str) -> str:
    """``value`` if it is a month or a day since 1900, else nothing."""
    return value if len(value) >= 7 and "1900" <= value < "2100" else ""


def iso_date(text: str) -> str:
    """A date that is stated alone: ISO, a PDF's ``D:YYYYMMDD…``, or as ``first_date``."""
    text = text.strip()
    match = _WRITTEN.match(text)
    if match:
        try:
            return date(*map(int, match.groups())).isoformat()
        except ValueError:
            return ""
    if re.fullmatch(r"[12][0-9]{3}(?:-(?:0[1-9]|1[0-2]))?", text):
        return text
    return first_date(text)
