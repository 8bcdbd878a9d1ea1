"""Numbers and dates of a spreadsheet as its number formats show them.

The common formats are followed: decimals, thousands, per cent, scaling, currencies, brackets for
negative numbers, dates. Where a format needs a system's locale or is none of these, numbers are
given plainly and dates as ISO 8601.
"""

from __future__ import annotations

import datetime as dt
import re
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from functools import lru_cache

_TOKEN = re.compile(
    r'"([^"]*)"|\\(.)|_.|\*.|\[\$([^\]\-]*)(?:-[^\]]*)?\]|\[[^\]]*\]|([#0?][#0?,.]*|\.[#0?]+)|(.)',
    re.S,
)
_CONDITION = re.compile(r"\[[<>=]")
_DATE_TOKEN = re.compile(
    r'"([^"]*)"|\\(.)|_.|\*.|\[\$[^\]]*\]|\[[^\]]*\]|(y+|m+|d+|h+|s+|AM/PM|A/P|\.0+)|(.)',
    re.S | re.I,
)
# What the system's own short date looks like is not in the file.
_SYSTEM_DATES = frozenset({"mm-dd-yy", "General"})
_FOREIGN = re.compile(r"\[\$-(?!409|809|c09|1009|0*409)[0-9A-Fa-f]+\]|[ge](?![a-z])|aaa", re.I)
_PLAIN_DIGITS = 11
_MONTHS = (
    *("January", "February", "March", "April", "May", "June", "July", "August", "September"),
    *("October", "November", "December"),
)
_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


def shown(value: object, number_format: str) -> str:
    """What a cell with this value and format shows, on one line."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, (dt.datetime, dt.date, dt.time)):
        return _date(value, number_format)
    if isinstance(value, (int, float)):
        return _number(value, number_format)
    return " ".join(str(value).split())


def _number(value: float, number_format: str) -> str:
    try:
        exact = Decimal(repr(value))
        return _formatted(exact, number_format) if exact.is_finite() else str(value)
    except (ValueError, InvalidOperation):
        return _plain(value)


def _plain(value: float) -> str:
    if isinstance(value, int) or value.is_integer():
        return f"{value:.0f}"
    return f"{value:.{_PLAIN_DIGITS}g}"


def _formatted(value: Decimal, number_format: str) -> str:
    sections = _sections(number_format)
    if _CONDITION.search(number_format) or not 1 <= len(sections) <= 4:
        raise ValueError("sections with conditions")
    numeric = sections[:3]
    sign = ""
    if value < 0 and len(numeric) > 1:
        section, value = numeric[1], -value
    elif value == 0 and len(numeric) > 2:
        section = numeric[2]
    else:
        section = numeric[0]
        sign, value = ("-" if value < 0 else ""), abs(value)
    if section.strip() in ("General", ""):
        return sign + _plain(float(value)) if section else ""
    return _section(value, section, sign)


def _section(value: Decimal, section: str, sign: str) -> str:
    pieces: list[str] = []
    pattern, at = "", 0
    for literal, escaped, currency, digits, other in _TOKEN.findall(section):
        if digits:
            if pattern:
                raise ValueError("digits in several groups")
            pattern, at = digits, len(pieces)
            pieces.append("")
        elif other in ("E", "e", "/", "@", "G"):
            raise ValueError("scientific, fraction or text")
        else:
            pieces.append(literal or escaped or currency or other)
            if other == "%":
                value *= 100
    if pattern:
        pieces[at] = _digits(value, pattern)
        # Rounded to nothing, a number has no sign.
        sign = sign if any(c in "123456789" for c in pieces[at]) else ""
    return " ".join((sign + "".join(pieces)).split())


def _digits(value: Decimal, pattern: str) -> str:
    bare = pattern.rstrip(",")
    whole, _, fraction = bare.partition(".")
    scale = len(pattern) - len(bare) + len(whole) - len(whole.rstrip(","))
    whole = whole.rstrip(",")
    value = (value / 1000**scale).quantize(Decimal(1).scaleb(-len(fraction)), ROUND_HALF_UP)
    before, _, after = f"{value:f}".partition(".")
    least = sum(c == "0" for c in whole)
    before = ("" if before == "0" else before).rjust(least, "0")
    if "," in whole:
        before = re.sub(r"(?<=[0-9])(?=(?:[0-9]{3})+$)", ",", before)
    kept = fraction.rfind("0") + 1
    while len(after) > kept and after.endswith("0"):
        after = after[:-1]
    return before + ("." + after if after else "")


@lru_cache(maxsize=512)
def _sections(number_format: str) -> tuple[str, ...]:
    """The parts between semicolons, those within quotes left alone."""
    pieces = re.findall(r'"[^"]*"|\\.|\[[^\]]*\]|;|[^;"\\\[]+|.', number_format, re.S)
    sections = [""]
    for piece in pieces:
        if piece == ";":
            sections.append("")
        else:
            sections[-1] += piece
    return tuple(sections)


def _date(value: dt.datetime | dt.date | dt.time, number_format: str) -> str:
    section = _sections(number_format)[0]
    if section in _SYSTEM_DATES or _FOREIGN.search(section) or "[h" in section.lower():
        return _iso(value)
    tokens = _DATE_TOKEN.findall(section)
    parts = [token[2].lower() for token in tokens]
    halves = any(part in ("am/pm", "a/p") for part in parts)
    made: list[str] = []
    for index, (literal, escaped, part, other) in enumerate(tokens):
        if not part:
            made.append(literal or escaped or other)
            continue
        minutes = part[0].lower() == "m" and _beside_time(parts, index) and len(part) < 3
        made.append(_date_part(value, "n" * len(part) if minutes else part.lower(), halves))
    return " ".join("".join(made).split()) or _iso(value)


def _beside_time(parts: list[str], index: int) -> bool:
    """Whether an ``m`` stands after hours or before seconds, and so means minutes."""
    before = next((part for part in reversed(parts[:index]) if part), "")
    after = next((part for part in parts[index + 1 :] if part), "")
    return before.startswith("h") or after.startswith("s")


def _date_part(value: dt.datetime | dt.date | dt.time, part: str, halves: bool) -> str:
    clock = value if isinstance(value, (dt.datetime, dt.time)) else dt.time()
    day = value if isinstance(value, dt.date) else dt.date(1900, 1, 1)
    hour = (clock.hour % 12 or 12) if halves else clock.hour
    if part[0] == "y":
        return f"{day.year:04d}" if len(part) > 2 else f"{day.year % 100:02d}"
    if part in ("mmm", "mmmm", "mmmmm"):
        name = _MONTHS[day.month - 1]
        return name if len(part) == 4 else name[: 3 if len(part) == 3 else 1]
    if part in ("ddd", "dddd"):
        name = _DAYS[day.weekday()]
        return name if len(part) == 4 else name[:3]
    if part in ("am/pm", "a/p"):
        return "AM" if clock.hour < 12 else "PM"
    number = {"m": day.month, "d": day.day, "h": hour, "n": clock.minute, "s": clock.second}
    if part[0] in number:
        return f"{number[part[0]]:0{min(len(part), 2)}d}"
    return ""


def _iso(value: dt.datetime | dt.date | dt.time) -> str:
    if isinstance(value, dt.datetime) and value.time() == dt.time():
        return value.date().isoformat()
    return value.isoformat(" ", "seconds") if isinstance(value, dt.datetime) else value.isoformat()
