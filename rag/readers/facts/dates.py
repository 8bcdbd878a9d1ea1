"""Dates as reports print them, as ISO 8601."""

from __future__ import annotations

import re
import unicodedata
from datetime import date

_ENGLISH = "january february march april may june july august september october november december"
_MONTHS = {name: number for number, name in enumerate(_ENGLISH.split(), start=1)}
_MONTHS |= {name[:3]: number for name, number in _MONTHS.items()} | {"sept": 9}
_MONTHS |= {
    name: number
    for names in (
        "يناير,فبراير,مارس,أبريل,مايو,يونيو,يوليو,أغسطس,سبتمبر,أكتوبر,نوفمبر,ديسمبر",
        "كانون الثاني,شباط,آذار,نيسان,أيار,حزيران,تموز,آب,أيلول,تشرين الأول,تشرين الثاني"
        ",كانون الأول",
        "جانفي,فيفري,مارس,أفريل,ماي,جوان,جويلية,أوت,سبتمبر,أكتوبر,نوفمبر,ديسمبر",
    )
    for number, name in enumerate(names.split(","), start=1)
}
_MONTHS |= {"ابريل": 4, "اغسطس": 8, "اكتوبر": 10, "إبريل": 4}
_ERAS = {"令和": 2018, "平成": 1988, "昭和": 1925, "民國": 1911, "民国": 1911}
_ERA_YEAR = rf"(?P<era>{'|'.join(_ERAS)})\s*(?P<n>元|[0-9]{{1,3}})"
# Arab reports often give a month in two of its names: حزيران/يونيو.
_NAME = "|".join(sorted(_MONTHS, key=len, reverse=True))
_SECOND = rf"(?:\s*/\s*(?:{_NAME}))?"
_YEAR = r"(?P<y>(?:19|20)[0-9]{2})"
_PATTERNS = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        rf"(?<![0-9]){_YEAR}-(?P<m>[0-9]{{1,2}})-(?P<d>[0-9]{{1,2}})(?![0-9])",
        rf"(?<![0-9]){_YEAR}[./](?P<m>[0-9]{{1,2}})[./](?P<d>[0-9]{{1,2}})(?![0-9])",
        rf"(?<![0-9]){_YEAR}\s*年\s*(?P<m>[0-9]{{1,2}})\s*月(?:\s*(?P<d>[0-9]{{1,2}})\s*日)?",
        rf"{_ERA_YEAR}\s*年\s*(?P<m>[0-9]{{1,2}})\s*月(?:\s*(?P<d>[0-9]{{1,2}})\s*日)?",
        rf"(?<!\w)(?P<name>{_NAME})\.?\s+(?P<d>[0-9]{{1,2}})(?:st|nd|rd|th)?\s*[,،]?\s+{_YEAR}(?![0-9])",
        rf"(?<!\w)(?P<d>[0-9]{{1,2}})(?:st|nd|rd|th)?\s+(?:of\s+)?(?P<name>{_NAME}){_SECOND}\.?\s*[,،]?\s+{_YEAR}(?![0-9])",
        rf"(?<!\w)(?P<name>{_NAME}){_SECOND}\.?\s*[,،]?\s+{_YEAR}(?![0-9])",
    )
)


_ENDED = re.compile(
    r"(?:(?:fiscal|financial)\s+year|year|half-?year|quarter(?:ly)?(?:\s+period)?|period|months"
    r"|weeks|transition\s+period)\s+(?:ended|ending):?\s*"
    r"|(?:السنة|للسنة|الفترة|للفترة|العام|للعام|الربع|للربع)(?:\s+\w+){0,2}\s+(?:المنتهية|المنتهي)\s+في\s*",
    re.IGNORECASE,
)
_DAY = (
    rf"(?:[0-9]{{4}}|(?:{'|'.join(_ERAS)})\s*(?:元|[0-9]{{1,3}}))\s*年"
    r"\s*[0-9]{1,2}\s*月(?:\s*[0-9]{1,2}\s*日)?"
)
_EAST_ASIAN_PERIOD = re.compile(
    rf"截至\s*(?P<until>{_DAY})\s*止"
    rf"|(?P<term>{_DAY})\s*期"
    rf"|自\s*{_DAY}\s*[至到]\s*(?P<to>{_DAY})"
)
_NUMERALS = re.compile(r"[〇○零一二三四五六七八九十]{1,4}(?=\s*[年月日])")
_DIGITS = {c: i for i, c in enumerate("零一二三四五六七八九")} | {"〇": 0, "○": 0}


def period_end(text: str) -> str:
    """The end of the first period that the text says is reported on: ``for the year ended …``.

    Also ``截至…止``, ``自…至…``, ``2024年3月期`` and ``للسنة المنتهية في …``; empty when none is
    said.
    """
    for match in _ENDED.finditer(text):
        if date := first_date(text[match.end() : match.end() + 40]):
            return date
    named = _EAST_ASIAN_PERIOD.search(_plain_digits(text))
    return first_date(next(filter(None, named.groups()))) if named else ""


def only_year(text: str) -> str:
    """The one year that a text names, the later of a span such as 2022-23; else nothing."""
    plain = _plain_digits(text)
    spans = re.findall(r"(?<![0-9])((?:19|20)[0-9]{2})\s*[-–/]\s*([0-9]{2})(?![0-9])", plain)
    years = {first[:2] + last for first, last in spans} or {
        *re.findall(r"(?<![0-9])((?:19|20)[0-9]{2})(?![0-9])", plain),
        *(str(_era_year(*found)) for found in re.findall(rf"{_ERA_YEAR}\s*年", plain)),
    }
    return years.pop() if len(years) == 1 else ""


def first_date(text: str) -> str:
    """The first date in the text, ``YYYY-MM-DD`` or ``YYYY-MM``; empty when there is none.

    Full-width, Arabic and Chinese digits count as digits; years of Japan's eras and of the
    Republic of China are converted. Dates of the Hijri calendar alone are left out: where it
    differs by place which day they fall on, they would be guesses.
    """
    plain = _plain_digits(text)
    found: list[tuple[int, int, str]] = []
    for pattern in _PATTERNS:
        for match in pattern.finditer(plain):
            if iso := _iso(match):
                found.append((match.start(), -len(iso), iso))
                break
    return min(found)[2] if found else ""


def iso_date(text: str) -> str:
    """A date that is stated alone: ISO, a PDF's ``D:YYYYMMDD…``, or as ``first_date``."""
    text = text.strip()
    match = re.match(r"(?:D:)?([12][0-9]{3})-?([01][0-9])-?([0-3][0-9])", text)
    if match:
        return _valid(*map(int, match.groups()))
    if re.fullmatch(r"[12][0-9]{3}(?:-(?:0[1-9]|1[0-2]))?", text):
        return text
    return first_date(text)


def _iso(match: re.Match[str]) -> str:
    groups = match.groupdict()
    year = int(groups["y"]) if groups.get("y") else _era_year(groups["era"], groups["n"])
    month = _MONTHS[groups["name"].lower()] if groups.get("name") else int(groups["m"])
    if not groups.get("d"):
        return f"{year:04d}-{month:02d}" if 1 <= month <= 12 else ""
    return _valid(year, month, int(groups["d"]))


def _valid(year: int, month: int, day: int) -> str:
    try:
        return date(year, month, day).isoformat()
    except ValueError:
        return ""


def _era_year(era: str, number: str) -> int:
    return _ERAS[era] + (1 if number == "元" else int(number))


def _plain_digits(text: str) -> str:
    plain = "".join(
        str(unicodedata.decimal(c)) if not c.isascii() and c.isdecimal() else c for c in text
    )
    return _NUMERALS.sub(lambda match: _arabic(match.group()), plain)


def _arabic(numeral: str) -> str:
    """``二〇二四`` is 2024 digit by digit, ``十二`` and ``二十八`` are counted by tens."""
    if "十" not in numeral:
        return "".join(str(_DIGITS[c]) for c in numeral)
    tens, _, ones = numeral.partition("十")
    if len(tens) > 1 or len(ones) > 1:
        return numeral
    return str((_DIGITS[tens] if tens else 1) * 10 + (_DIGITS[ones] if ones else 0))
