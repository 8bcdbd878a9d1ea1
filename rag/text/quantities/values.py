"""What a quantity is, and when two are the same."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

Kind = Literal[
    "number",
    "percent",
    "money",
    "date",
    "year",
    "period",
    "time",
    "duration",
    "ordinal",
    "reference",
    "name_part",
]

Value = Decimal | str

_YEAR = re.compile(r"(?<![0-9])(?:1[5-9]|2[01])[0-9]{2}(?![0-9])")


@dataclass(frozen=True, slots=True)
class Quantity:
    """A quantity at ``start:end`` of the text, in code points, half open.

    ``value`` by ``kind``:

    - number, percent, money, ordinal: an exact ``Decimal``; a fraction such as two thirds, which
      no decimal states exactly, is the string ``2/3``. ``unit`` of money is an ISO 4217 code, or
      empty where the text leaves the currency open; of percent it is ``%``, ``‰``, ``pp``
      (percentage points) or ``bp`` (basis points).
    - duration: the amount as ``Decimal``; ``unit`` is second, minute, hour, day, working day,
      week, month, quarter or year.
    - date, year: ISO 8601 at the precision known, ``2024-03``; without a year ``--03-31``, with
      the day alone ``---31``. ``unit`` is ``fiscal`` for a year of account.
    - period: its first day, month or year, its last being ``until``; ``unit`` is quarter, half,
      fiscal or empty. Without a year it is ``Q1`` to ``Q4``, ``H1`` or ``H2``.
    - time: ``HH:MM`` of 24 hours.
    - reference: the word in English and the numbers from outside in, ``article 4/2``; the
      numbers alone where no word is said.
    - name_part: the folded spelling of a name or code that has digits.

    ``until`` is the upper end of a range of any kind, else None. ``scale`` is the word of size
    that is multiplied into ``value``: 1,000,000 for ``2 million``, else 1. ``hijri`` is a date as
    its own calendar gives it, ``1445-09-15``, whose Gregorian ``value`` is by the tabular
    calendar and may be a day or two off. ``alternative`` is the other reading of a date such as
    03/04/2024.
    """

    start: int
    end: int
    kind: Kind
    value: Value
    unit: str = ""
    until: Value | None = None
    scale: int = 1
    hijri: str = ""
    alternative: str = ""


def values_equal(one: Quantity, other: Quantity) -> bool:
    """Whether two quantities say the same, however they are written.

    Money without a currency equals the same amount of any. Dates of the Hijri calendar equal one
    another only, for which Gregorian day they fall on depends on the place. A date that may be
    read in two ways equals both.
    """
    if one.kind != other.kind or bool(one.hijri) != bool(other.hijri):
        return False
    if one.hijri:
        return one.hijri == other.hijri
    if one.unit != other.unit and not (one.kind == "money" and not (one.unit and other.unit)):
        return False
    return one.until == other.until and bool(_readings(one) & _readings(other))


def of_kind(found: Iterable[Quantity], *kinds: Kind) -> tuple[Quantity, ...]:
    """Those of ``found`` that are of one of ``kinds``, in order."""
    return tuple(quantity for quantity in found if quantity.kind in kinds)


def _readings(quantity: Quantity) -> set[Value]:
    return {quantity.value, quantity.alternative} if quantity.alternative else {quantity.value}


def years_named(found: Iterable[Quantity]) -> frozenset[int]:
    """The years of the common calendar that quantities name, from 1500 to 2199.

    Those of dates and both ends of periods count, and those that are parts of names: what a name
    says of the year is the year.
    """
    texts = (
        str(value)
        for quantity in found
        if quantity.kind in {"date", "year", "period", "name_part"}
        for value in (quantity.value, quantity.until)
        if value is not None
    )
    return frozenset(int(year) for text in texts for year in _YEAR.findall(text))
