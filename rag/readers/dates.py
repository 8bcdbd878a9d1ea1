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
        "يناير فبراير مارس أبريل مايو يونيو يوليو أغسطس سبتمبر أكتوبر نوفمبر ديسمبر",
        "كانون شباط آذار نيسان أيار حزيران تموز آب أيلول تشرين تشرين كانون",
    )
    for number, name in enumerate(names.split(), start=1)
    # These two names each serve two months, told apart by a following word.
    if name not in ("كانون", "تشرين")
}
_MONTHS["ابريل"] = 4
_NAME = "|".join(sorted(_MONTHS, key=len, reverse=True))
_YEAR = r"(?P<y>(?:19|20)[0-9]{2})"
_PATTERNS = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        rf"(?<![0-9]){_YEAR}-(?P<m>[0-9]{{1,2}})-(?P<d>[0-9]{{1,2}})(?![0-9])",
        rf"(?<![0-9]){_YEAR}[./](?P<m>[0-9]{{1,2}})[./](?P<d>[0-9]{{1,2}})(?![0-9])",
        rf"(?<![0-9]){_YEAR}\s*年\s*(?P<m>[0-9]{{1,2}})\s*月(?:\s*(?P<d>[0-9]{{1,2}})\s*日)?",
        r"民國\s*(?P<roc>[0-9]{2,3})\s*年\s*(?P<m>[0-9]{1,2})\s*月(?:\s*(?P<d>[0-9]{1,2})\s*日)?",
        rf"(?<!\w)(?P<name>{_NAME})\.?\s+(?P<d>[0-9]{{1,2}})(?:st|nd|rd|th)?\s*[,،]?\s+{_YEAR}(?![0-9])",
        rf"(?<!\w)(?P<d>[0-9]{{1,2}})(?:st|nd|rd|th)?\s+(?:of\s+)?(?P<name>{_NAME})\.?\s*[,،]?\s+{_YEAR}(?![0-9])",
        rf"(?<!\w)(?P<name>{_NAME})\.?\s*[,،]?\s+{_YEAR}(?![0-9])",
    )
)


def first_date(text: str) -> str:
    """The first date in the text, ``YYYY-MM-DD`` or ``YYYY-MM``; empty when there is none.

    Full-width and Arabic digits count as digits.
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
    year = int(groups["y"]) if groups.get("y") else int(groups["roc"]) + 1911
    month = _MONTHS[groups["name"].lower()] if groups.get("name") else int(groups["m"])
    if not groups.get("d"):
        return f"{year:04d}-{month:02d}" if 1 <= month <= 12 else ""
    return _valid(year, month, int(groups["d"]))


def _valid(year: int, month: int, day: int) -> str:
    try:
        return date(year, month, day).isoformat()
    except ValueError:
        return ""


def _plain_digits(text: str) -> str:
    return "".join(
        str(unicodedata.decimal(c)) if not c.isascii() and c.isdecimal() else c for c in text
    )
