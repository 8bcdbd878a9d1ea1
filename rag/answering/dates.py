"""Dates in text by what they name: 2024年6月28日, 28/06/2024 and 28 يونيو 2024 are one.

Years of the Republic of China and of Japanese eras are turned into common ones, which is exact.
Dates of the Hijri calendar are compared with one another only: their conversion depends on the
authority that sighted the moon.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

_MONTH_NAMES = (
    "january jan januar janvier enero يناير جانفي",
    "february feb februar février febrero فبراير شباط فيفري",
    "march mar märz mars marzo مارس اذار",
    "april apr avril abril ابريل نيسان افريل",
    "may mai mayo مايو ايار ماي",
    "june jun juni juin junio يونيو حزيران جوان",
    "july jul juli juillet julio يوليو تموز جويليه",
    "august aug août agosto اغسطس اب اوت",
    "september sep sept septembre septiembre سبتمبر ايلول",
    "october oct oktober octobre octubre اكتوبر",
    "november nov novembre noviembre نوفمبر",
    "december dec dezember décembre diciembre ديسمبر",
)
_HIJRI_NAMES = [
    "محرم",
    "صفر",
    "ربيع الاول",
    "ربيع الاخر",
    "جمادي الاولي",
    "جمادي الاخره",
    "رجب",
    "شعبان",
    "رمضان",
    "شوال",
    "ذو القعده",
    "ذو الحجه",
]
MONTHS = {name: n for n, names in enumerate(_MONTH_NAMES, 1) for name in names.split()} | {
    "تشرين الاول": 10,
    "تشرين الثاني": 11,
    "كانون الاول": 12,
    "كانون الثاني": 1,
}
"""Months by their folded names."""
_HIJRI = {name: n for n, name in enumerate(_HIJRI_NAMES, 1)}
_ERAS = {"民国": 1911, "令和": 2018, "平成": 1988, "昭和": 1925}
_YEAR = r"(?<!\d)(?P<y>(?:1[3-9]|20)\d\d)(?!\d)"


def _names(table: Iterable[str]) -> str:
    return "|".join(sorted(map(re.escape, table), key=len, reverse=True))


_DAY = r"(?<!\d)(?P<d>\d{1,2})(?!\d)"
_MONTH = rf"(?<!\w)(?:و|ب|ل)?(?P<m>{_names(MONTHS)})(?!\w)\.?"
_OF = r"(?:st|nd|rd|th|\.|er)?(?:\s+(?:of|de|من|day of))?\s+(?:شهر\s+)?"
_SINCE = r"(?:\s+(?:سنه\s+|عام\s+)?"
_PATTERNS = tuple(
    re.compile(pattern)
    for pattern in (
        r"(?P<era>民国|令和|平成|昭和)\s?(?P<y>\d{1,3}|元)\s?年(?:度|\s?(?P<m>\d{1,2})\s?月(?:\s?(?P<d>\d{1,2})\s?日)?)?",
        rf"{_YEAR}\s?年(?:度|\s?(?P<m>\d{{1,2}})\s?月(?:份|\s?(?P<d>\d{{1,2}})\s?[日号])?)?",
        r"(?<!\d)(?P<m>\d{1,2})\s?月\s?(?P<d>\d{1,2})\s?[日号]",
        rf"{_YEAR}[-/.](?P<m>\d{{1,2}})[-/.](?P<d>\d{{1,2}})(?!\d)",
        r"(?<!\d)(?P<a>\d{1,2})[-/.](?P<b>\d{1,2})[-/.](?P<y>(?:1[3-9]|20)\d\d)(?!\d)",
        rf"{_DAY}{_OF}(?P<hm>{_names(_HIJRI)})(?!\w){_SINCE}(?P<y>1[34]\d\d))?",
        rf"{_DAY}{_OF}{_MONTH}(?:,?\s+(?:of\s+|de\s+|سنه\s+|عام\s+)?{_YEAR})?",
        rf"{_MONTH}\s+{_DAY}(?:st|nd|rd|th)?(?:,?\s+{_YEAR})?",
        rf"{_MONTH},?\s+(?:of\s+|de\s+|سنه\s+|عام\s+)?{_YEAR}",
    )
)


@dataclass(frozen=True, slots=True)
class Date:
    """A date at ``start:end`` of the folded text; None for what it leaves open.

    ``hijri`` tells the calendar. ``swapped``: day and month may be the other way round, as in
    03/04/2024.
    """

    year: int | None
    month: int | None
    day: int | None
    start: int
    end: int
    hijri: bool = False
    swapped: bool = False

    def _parts(self) -> set[tuple[int | None, int | None]]:
        both = {(self.month, self.day)}
        return both | {(self.day, self.month)} if self.swapped else both


def dates(text: str) -> list[Date]:
    """The dates in ``text``, folded by ``rag.answering.numbers.folded``; none within another."""
    found: list[Date] = []
    for date in _all(text):
        if not any(date.start < other.end and other.start < date.end for other in found):
            found.append(date)
    return sorted(found, key=lambda date: date.start)


def holds(passage: Iterable[Date], date: Date, years: frozenset[int]) -> bool:
    """Whether a passage with these dates, and these ``years`` by themselves, states ``date``.

    A date may be less exact than the passage's, not more; a day without its year in the passage is
    taken with any year that the passage names.
    """
    if date.month is None:
        return date.year in years or any(date.year == other.year for other in passage)
    return any(_states(other, date, years) for other in passage)


def _states(other: Date, date: Date, years: frozenset[int]) -> bool:
    if other.hijri != date.hijri or other.month is None:
        return False
    near = other.year == date.year or (other.year is None and date.year in years)
    if date.year is not None and not near:
        return False
    return any(
        mine[0] == theirs[0] and mine[1] in {None, theirs[1]}
        for mine in date._parts()
        for theirs in other._parts()
    )


def _all(text: str) -> Iterator[Date]:
    for pattern in _PATTERNS:
        for match in pattern.finditer(text):
            date = _date(match)
            if date is not None:
                yield date


def _date(match: re.Match[str]) -> Date | None:
    parts = match.groupdict()
    start, end = match.span()
    if parts.get("a"):
        first, second = int(parts["a"]), int(parts["b"])
        day, month = (first, second) if second <= 12 else (second, first)
        both = first <= 12 and second <= 12 and first != second
        return _checked(int(parts["y"]), month, day, start, end, swapped=both)
    year = _year(parts.get("y"), parts.get("era"))
    day_text = parts.get("d")
    day_number = int(day_text) if day_text else None
    if parts.get("hm"):
        return _checked(year, _HIJRI[parts["hm"]], day_number, start, end, hijri=True)
    month_text = parts.get("m")
    name = month_text or ""
    number = int(name) if name.isdigit() else MONTHS.get(name)
    return _checked(year, number, day_number, start, end)


def _year(text: str | None, era: str | None) -> int | None:
    if text is None:
        return None
    return (1 if text == "元" else int(text)) + _ERAS.get(era or "", 0)


def _checked(
    year: int | None,
    month: int | None,
    day: int | None,
    start: int,
    end: int,
    *,
    hijri: bool = False,
    swapped: bool = False,
) -> Date | None:
    if (month is not None and not 1 <= month <= 12) or (day is not None and not 1 <= day <= 31):
        return None
    return Date(year, month, day, start, end, hijri, swapped)
