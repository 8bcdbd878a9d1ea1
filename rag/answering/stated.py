"""What a passage states, by value, as evidence for the quantities of a sentence."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from decimal import Decimal

from rag.text.quantities import (
    ARABIC_SIZES,
    SCALE_WORDS,
    Quantity,
    quantities,
    values_equal,
    years_named,
)

_AMOUNTS = frozenset({"number", "percent", "money", "duration"})
_DATES = frozenset({"date", "period"})
_SCALES = {**SCALE_WORDS, **ARABIC_SIZES}
_WORD = re.compile(r"[^\W\d_]+")
_SIZE_ALONE = re.compile(r"[十百千]?[万萬億亿兆]|千")
_SPACED = re.compile(r"(?<!\d)\d{1,3}(?: \d{3})+(?!\d)")
_DIGITS = re.compile(r"\d+")
_PERCENT = re.compile(r"[%％٪]|\bper ?cent\b")
_QUARTER = {"-01": "Q1", "-04": "Q2", "-07": "Q3", "-10": "Q4"}
_HALF = {"-01": "H1", "-07": "H2"}


@dataclass(frozen=True, slots=True)
class Stated:
    """What a text states: its quantities, each end of a range by itself, and the years it names.

    ``scales`` are the words of size that stand by themselves ("in millions", 百万円), and
    ``percent`` whether a percent sign does: a table's header says so of its cells. ``digits`` are
    all numerals as written.
    """

    found: tuple[Quantity, ...]
    years: frozenset[int]
    scales: frozenset[int]
    percent: bool
    digits: frozenset[str]

    @classmethod
    def of(cls, text: str, language: str) -> Stated:
        """What ``text``, in ``language``, states."""
        read = quantities(text, language)
        ends = [end for quantity in read for end in ends_of(quantity)]
        ends += [cell for quantity in read for cell in _cells(quantity, text)]
        rest = list(text)
        for quantity in read:
            rest[quantity.start : quantity.end] = " " * (quantity.end - quantity.start)
        left = "".join(rest)
        scales = {_SCALES[word] for word in _WORD.findall(left.lower()) if word in _SCALES}
        scales |= {int(q.value) for q in read if _is_size(q, text)}
        numbers = {int(q.value) for q in ends if q.kind == "number" and _whole(q.value)}
        return cls(
            tuple(ends),
            years_named(read) | {number for number in numbers if 1300 <= number < 2100},
            frozenset(scales),
            bool(_PERCENT.search(left)),
            frozenset(_DIGITS.findall(text)),
        )

    def holds(self, quantity: Quantity) -> bool:
        """Whether ``quantity`` is stated, written in whatever way."""
        return all(self._holds(end) for end in ends_of(quantity))

    def _holds(self, quantity: Quantity) -> bool:
        if quantity.kind in _AMOUNTS:
            return self._holds_amount(quantity)
        if quantity.kind == "year":
            return bool(years_named([quantity]) & self.years) or self._has_equal(quantity)
        if quantity.kind in _DATES:
            return self._holds_date(quantity)
        if quantity.kind == "name_part":
            return self.digits >= set(_DIGITS.findall(str(quantity.value)))
        if quantity.kind == "ordinal":
            return any(
                other.value == quantity.value
                for other in self.found
                if other.kind in {"ordinal", "number"}
            )
        return self._has_equal(quantity)

    def _has_equal(self, quantity: Quantity) -> bool:
        return any(values_equal(quantity, other) for other in self.found)

    def _holds_amount(self, quantity: Quantity) -> bool:
        if any(_same_amount(quantity, other) for other in self.found):
            return True
        if quantity.kind == "number" and self._numbers_otherwise(quantity.value):
            return True
        plain = replace(quantity, kind="number", unit="", scale=1)
        if quantity.kind == "percent":
            return self.percent and quantity.unit == "%" and self._has_equal(plain)
        if quantity.scale not in self.scales or not isinstance(quantity.value, Decimal):
            return False
        return self._has_equal(replace(plain, value=quantity.value / quantity.scale))

    def _numbers_otherwise(self, value: Decimal | str) -> bool:
        """Whether a plain number stands as a year or as the number of a clause."""
        if not isinstance(value, Decimal) or not _whole(value):
            return False
        named = {str(q.value).rpartition(" ")[2] for q in self.found if q.kind == "reference"}
        parts = {part for path in named for part in path.split("/")}
        return int(value) in self.years or str(int(value)) in parts

    def _holds_date(self, date: Quantity) -> bool:
        if date.hijri:
            return any(other.hijri.startswith(date.hijri) for other in self.found)
        wanted = {str(date.value), *filter(None, [date.alternative])}
        stated = {
            reading
            for other in self.found
            if other.kind in _DATES and not other.hijri
            for reading in (str(other.value), other.alternative)
            if reading
        }
        return any(_dated(one, other, self.years) for one in wanted for other in stated)


def ends_of(quantity: Quantity) -> tuple[Quantity, ...]:
    """Both ends of a range of amounts, dates or years, else the quantity itself."""
    if quantity.until is None or quantity.hijri:
        return (quantity,)
    if quantity.kind in _AMOUNTS:
        return (replace(quantity, until=None), replace(quantity, value=quantity.until, until=None))
    if quantity.kind == "period" and quantity.unit in {"quarter", "half"}:
        table = _QUARTER if quantity.unit == "quarter" else _HALF
        first = str(quantity.value)
        return (replace(quantity, value=f"{first[:4]}{table[first[4:]]}", until=None),)
    return tuple(
        replace(quantity, kind="year" if len(str(value)) == 4 else "date", value=value, until=None)
        for value in (quantity.value, quantity.until)
    )


def _same_amount(one: Quantity, other: Quantity) -> bool:
    """Whether two amounts are one; a plain number may be of any unit but a share of a hundred."""
    if one.kind == other.kind:
        return values_equal(one, other)
    loose = {one.kind, other.kind} <= {"number", "money", "duration"}
    return loose and "number" in {one.kind, other.kind} and one.value == other.value


def _dated(wanted: str, stated: str, years: frozenset[int]) -> bool:
    """Whether a date is stated; it may say less than what is stated, not more.

    A day or a quarter without its year in the passage is taken with any year that it names.
    """
    if stated.startswith(wanted):
        return True
    year, rest = wanted[:4], wanted[4:]
    if wanted.startswith("---"):
        return stated.endswith(wanted[2:]) and len(stated) >= len(wanted)
    if wanted.startswith("--"):
        return stated[4:].startswith(wanted[1:]) or stated.startswith(wanted)
    if wanted[:1] in "QH":
        return stated.endswith(wanted)
    if not year.isdigit() or int(year) not in years:
        return False
    yearless = rest if rest[:1] in {"Q", "H"} else f"-{rest}"
    return bool(rest) and stated.startswith(yearless)


def _cells(quantity: Quantity, text: str) -> list[Quantity]:
    """The numbers that cells of a row would be, which stand as far apart as thousands do."""
    spaced = _SPACED.search(text[quantity.start : quantity.end])
    if spaced is None or quantity.kind not in _AMOUNTS:
        return []
    plain = replace(quantity, kind="number", unit="", until=None, scale=1)
    return [replace(plain, value=Decimal(part)) for part in spaced[0].split(" ")]


def _is_size(quantity: Quantity, text: str) -> bool:
    written = text[quantity.start : quantity.end]
    size = _SIZE_ALONE.match(written)
    return size is not None and quantity.kind in _AMOUNTS and not _DIGITS.search(written)


def _whole(value: Decimal | str) -> bool:
    return isinstance(value, Decimal) and value == value.to_integral_value()
