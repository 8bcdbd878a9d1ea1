"""Dates, years and parts of years as five languages write them, in common reckoning."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import date, timedelta

from rag.text.quantities.numerals import han_value
from rag.text.quantities.plain import Plain
from rag.text.quantities.values import Quantity

_MONTH_NAMES = (
    "january jan januar janvier enero gennaio janeiro januari يناير جانفي",
    "february feb februar février febrero febbraio fevereiro februari فبراير شباط فيفري",
    "march mar märz mars marzo março maart مارس اذار",
    "april apr avril abril aprile ابريل نيسان افريل",
    "may mai mayo maggio maio mei مايو ايار ماي",
    "june jun juni juin junio giugno junho يونيو حزيران جوان",
    "july jul juli juillet julio luglio julho يوليو يوليوز تموز جويليه",
    "august aug août aout agosto augustus اغسطس اب اوت غشت",
    "september sep sept septembre septiembre settembre setembro سبتمبر ايلول شتنبر",
    "october oct oktober octobre octubre ottobre outubro اكتوبر",
    "november nov novembre noviembre novembro نوفمبر نونبر",
    "december dec dezember décembre diciembre dicembre dezembro ديسمبر دجنبر",
)
_LEVANTINE = {"تشرين الاول": 10, "تشرين الثاني": 11, "كانون الاول": 12, "كانون الثاني": 1}
_HIJRI_NAMES = (
    "محرم|muharram",
    "صفر|safar",
    "ربيع الاول|rabi al-awwal|rabi i",
    "ربيع الاخر|ربيع الثاني|rabi al-thani|rabi ii",
    "جمادي الاولي|جمادي الاول|jumada al-ula|jumada i",
    "جمادي الاخره|جمادي الثانيه|جمادي الاخر|jumada al-akhirah|jumada ii",
    "رجب|rajab",
    "شعبان|shaban|sha'ban",
    "رمضان|ramadan|ramadhan",
    "شوال|shawwal",
    "ذو القعده|ذي القعده|dhu al-qadah|dhu al-qa'dah",
    "ذو الحجه|ذي الحجه|dhu al-hijjah|dhul hijjah",
)
MONTHS: dict[str, int] = {
    name: n for n, names in enumerate(_MONTH_NAMES, 1) for name in names.split()
} | _LEVANTINE
"""Months by their names, in lower case and bare Arabic letters."""
_HIJRI = {name: n for n, names in enumerate(_HIJRI_NAMES, 1) for name in names.split("|")}
ERAS = {"民国": 1911, "令和": 2018, "平成": 1988, "昭和": 1925, "大正": 1911}

FIRST_WORDS = frozenset(name.split()[0] for name in (*MONTHS, *_HIJRI)) | {
    "f", "fy", "fiscal", "financial", "q", "h", "quarter", "first", "second", "third", "fourth",
    "last", "final", "ربع", "نصف", "سنه", "عام",
}  # fmt: skip
"""Words that a date or a part of a year may begin with."""

_Y = r"(?P<y>(?:1[3-9]|2[01])[0-9]{2})(?![0-9])"
_MONTH = "(?:" + "|".join(sorted(MONTHS, key=len, reverse=True)) + ")"
_HIJRI_MONTH = "(?:" + "|".join(sorted(_HIJRI, key=len, reverse=True)) + ")"
_SECOND = rf"(?:\s*[/(]\s*(?P<m2>{_MONTH})\)?)?"
_OF = r"(?:st|nd|rd|th|\.|er|º)?(?:\s+(?:of|de|من|day of))?\s+(?:شهر\s+)?"
_SINCE = r"(?:\s*[,،]?\s*(?:of |de |سنه |عام |لعام |لسنه |من عام |من سنه )?\s*"
_AH = r"(?:\s*(?P<ah>هـ|هجري\w*|ه(?!\w)|a\.?h\.?(?!\w)))?"
_HAN_Y = r"[〇零一二三四五六七八九十百元]{1,7}"
_HAN_N = r"(?:[0-9]{1,2}|[一二三四五六七八九十廿卅]{1,3})"
_ERA = "|".join(ERAS)
_ISO = re.compile(
    r"(?P<y>(?:1[3-9]|2[01])[0-9]{2})([-/.])(?P<m>[0-9]{1,2})\2(?P<d>[0-9]{1,2})(?![0-9]|\2[0-9])"
)
_COMPACT = re.compile(r"(?P<y>(?:19|20)[0-9]{2})(?P<m>0[1-9]|1[0-2])(?P<d>[0-3][0-9])(?![0-9])")
_NUMERIC = re.compile(rf"(?P<a>[0-9]{{1,2}})(\s?[-/.]\s?)(?P<b>[0-9]{{1,2}})\2{_Y}")
_YEAR_MONTH = re.compile(r"(?P<y>(?:19|20)[0-9]{2})-(?P<m>0[1-9]|1[0-2])(?![0-9]|-[0-9])")
_EAST = re.compile(
    rf"(?:(?P<era>{_ERA})\s?(?P<ey>[0-9]{{1,3}}|{_HAN_Y})|(?P<y>[0-9]{{4}}|[〇零一二三四五六七八九]{{4}}))"
    rf"\s?年(?:(?P<fiscal>度)|\s?(?P<m>{_HAN_N})\s?月(?:份|\s?(?P<d>{_HAN_N})\s?[日号])?)?"
)
_EAST_MONTH = re.compile(rf"(?P<m>{_HAN_N})\s?月(?:份|\s?(?P<d>{_HAN_N})\s?[日号])?(?!间)")
_DAY_MONTH = re.compile(
    rf"(?P<d>[0-9]{{1,2}}){_OF}[وبل]?(?P<m>{_MONTH})(?!\w){_SECOND}\.?{_SINCE}{_Y})?"
)
_MONTH_DAY = re.compile(
    rf"(?P<m>{_MONTH})\.?\s+(?P<d>[0-9]{{1,2}})(?:st|nd|rd|th)?(?![0-9]|[:.,][0-9]|\s?%)(?:,?\s+{_Y})?"
)
_MONTH_YEAR = re.compile(rf"(?P<m>{_MONTH})(?!\w){_SECOND}\.?(?:-|{_SINCE[3:]}){_Y}")
_DATES = (
    _ISO, _COMPACT, _EAST, _EAST_MONTH, _DAY_MONTH, _MONTH_DAY, _MONTH_YEAR, _YEAR_MONTH,
)  # fmt: skip
_HIJRI_DAY = re.compile(
    rf"(?P<d>[0-9]{{1,2}}){_OF}(?P<m>{_HIJRI_MONTH})(?!\w)(?:{_SINCE[3:]}(?P<y>1[2-5][0-9]{{2}}))?(?![0-9]){_AH}"
)
_HIJRI_MONTH_YEAR = re.compile(
    rf"(?P<m>{_HIJRI_MONTH})(?!\w)(?:{_SINCE[3:]}(?P<y>1[2-5][0-9]{{2}}))(?![0-9]){_AH}"
)
_HIJRI_NUMERIC = re.compile(
    r"(?:(?P<y>1[2-5][0-9]{2})[-/](?P<m>[0-9]{1,2})[-/](?P<d>[0-9]{1,2})"
    r"|(?P<d2>[0-9]{1,2})[-/](?P<m2>[0-9]{1,2})[-/](?P<y2>1[2-5][0-9]{2}))(?![0-9])\s*(?:هـ|ه(?!\w)|a\.?h\.?(?!\w))"
)
_HIJRI_YEAR = re.compile(r"(?P<y>1[2-5][0-9]{2})\s?(?:هـ|هجري\w*|ه(?!\w)|a\.?h\.?(?!\w))")
_FISCAL_SPAN = re.compile(
    r"(?P<y>(?:19|20)[0-9]{2})\s?[-/–]\s?(?P<z>(?:19|20)?[0-9]{2})(?![0-9]|[-/.][0-9])(?:\s?年度?)?"
)
_FISCAL = re.compile(
    r"(?:f\.?y\.?|(?:fiscal|financial)\s+years?(?:\s+of)?|ال?سنه\s+الماليه|العام\s+المالي|للسنه\s+الماليه|للعام\s+المالي)"
    r"\s?(?:(?P<y>(?:19|20)[0-9]{2})|'?(?P<s>[0-9]{2}))(?![0-9])(?:\s?[-/–]\s?(?P<z>(?:19|20)?[0-9]{2})(?![0-9]))?"
)
_BARE_YEAR = re.compile(r"(?P<y>1[5-9][0-9]{2}|20[0-9]{2})(?![0-9%]|[.,][0-9]|\s?%)")
_YEAR_SAID = re.compile(
    r"(?:\b(?:in|since|of|by|year|until|from|before|after|during|for|and|to|circa|late|early)|عام|سنه|منذ|في|حتي)\s+\Z"
)
_ORDER = {
    "first": "1", "second": "2", "third": "3", "fourth": "4", "last": "4", "final": "4",
    "1st": "1", "2nd": "2", "3rd": "3", "4th": "4",
    "اول": "1", "ثاني": "2", "ثالث": "3", "رابع": "4", "اخير": "4",
    "一": "1", "二": "2", "三": "3", "四": "4", "上": "1", "下": "2",
}  # fmt: skip
_OF_YEAR = r"(?:[,\s]*(?:of\s+)?(?:the\s+)?(?:(?:fiscal|financial)\s+)?(?:year\s+)?(?P<fy>f\.?y\.?\s?)?'?(?P<y>(?:19|20)[0-9]{2}|(?<=')[0-9]{2})(?![0-9]))?"
_PARTS = tuple(
    (part, re.compile(pattern))
    for part, pattern in (
        ("quarter", rf"(?:q|quarter\s)\s?(?P<n>[1-4])(?![0-9.,]){_OF_YEAR}"),
        ("quarter", r"(?P<n>[1-4])q\s?'?(?P<y>(?:20)?[0-9]{2})(?![0-9])"),
        ("half", rf"h\s?(?P<n>[12])(?![0-9.,]){_OF_YEAR}"),
        ("half", r"(?P<n>[12])h\s?'?(?P<y>(?:20)?[0-9]{2})(?![0-9])"),
        ("quarter", r"(?P<y>(?:19|20)[0-9]{2})[\s-]?q(?P<n>[1-4])(?![0-9])"),
        ("half", r"(?P<y>(?:19|20)[0-9]{2})[\s-]?h(?P<n>[12])(?![0-9])"),
        ("quarter", rf"(?P<n>first|second|third|fourth|last|final|1st|2nd|3rd|4th)[ -]quarter(?!s)(?!\w){_OF_YEAR}"),
        ("half", rf"(?P<n>first|second|last|1st|2nd)[ -]half(?:[ -]year)?(?!\w){_OF_YEAR}"),
        ("quarter", r"[بول]{0,2}(?:ال)?ربع\s+(?:ال)?(?P<n>اول|ثاني|ثالث|رابع|اخير)(?!\w)(?:\s+(?:من\s+|في\s+)?(?:ل?ل?(?:ال)?(?:عام|سنه)\s+)?(?P<y>(?:19|20)[0-9]{2})(?![0-9]))?"),
        ("half", r"[بول]{0,2}(?:ال)?نصف\s+(?:ال)?(?P<n>اول|ثاني|اخير)(?!\w)(?:\s+(?:من\s+|في\s+)?(?:ل?ل?(?:ال)?(?:عام|سنه)\s+)?(?P<y>(?:19|20)[0-9]{2})(?![0-9]))?"),
        ("quarter", rf"(?:(?:(?P<era>{_ERA})\s?(?P<ey>[0-9]{{1,3}}|{_HAN_Y})|(?P<y>[0-9]{{4}}|[〇零一二三四五六七八九]{{4}}))\s?年(?P<fy>度)?的?\s?)?第\s?(?P<n>[一二三四1-4])\s?(?:四半期|季度?)"),
        ("quarter", rf"(?:(?:(?P<era>{_ERA})\s?(?P<ey>[0-9]{{1,3}}|{_HAN_Y})|(?P<y>[0-9]{{4}}|[〇零一二三四五六七八九]{{4}}))\s?年(?P<fy>度)?的?\s?)(?P<n>[一二三四1-4])\s?季度?"),
        ("quarter", r"(?P<n>[一二三四])季度"),
        ("half", rf"(?:(?:(?P<era>{_ERA})\s?(?P<ey>[0-9]{{1,3}}|{_HAN_Y})|(?P<y>[0-9]{{4}}|[〇零一二三四五六七八九]{{4}}))\s?年(?P<fy>度)?的?\s?)?(?P<n>[上下])半(?:年度?|期)"),
    )
)  # fmt: skip
_DIGITS_OF_PART = re.compile(r"[0-9]{1,4}(?:\s?-?[qh]|\s?年|st|nd|rd|th)")
_TIMES = tuple(
    re.compile(pattern)
    for pattern in (
        r"(?P<h>[0-2]?[0-9]):(?P<m>[0-5][0-9])(?::[0-5][0-9])?(?![0-9:])(?:\s?(?P<half>[ap])\.?m\b\.?)?",
        r"(?P<h>[0-9]{1,2})(?:\.(?P<m>[0-5][0-9]))?\s?(?P<half>[ap])\.?m\b\.?",
        r"(?P<half>午前|午后|午後|凌晨|上午|下午|晚上|早上)\s?(?P<h>[0-9]{1,2}|[一二两三四五六七八九十]{1,3})\s?[时点](?!间)(?:\s?(?P<m>[0-9]{1,2}|[一二三四五六七八九十]{1,3})\s?分)?",
        r"(?P<h>[0-9]{1,2})\s?[时点](?!间)\s?(?P<m>[0-9]{1,2})\s?分",
        r"(?P<h>[0-9]{1,2})时(?!间)",
    )
)
_AFTERNOON = frozenset({"p", "午后", "午後", "下午", "晚上"})
_LEAP_YEARS = (2, 5, 7, 10, 13, 16, 18, 21, 24, 26, 29)
_EPOCH = date(622, 7, 19)


@dataclass(frozen=True, slots=True)
class _Found:
    year: int | None
    month: int | None
    day: int | None
    end: int
    fiscal: bool = False


def dated(text: Plain, pos: int) -> Quantity | None:
    """The date, year or part of a year that begins at ``pos``, in digits, ideographs or words."""
    return part_of_year(text, pos) or _hijri(text, pos) or _fiscal(text, pos) or _date(text, pos)


def bare_year(text: Plain, pos: int) -> Quantity | None:
    """The four digits at ``pos`` as a year from 1500 to 2099.

    Before 1900 only where a word such as "in" or "عام" says that it is one.
    """
    found = _BARE_YEAR.match(text.low, pos)
    if found is None:
        return None
    if found["y"] < "1900" and not _YEAR_SAID.search(text.low[max(0, pos - 10) : pos]):
        return None
    return Quantity(pos, found.end(), "year", found["y"])


def time_of_day(text: Plain, pos: int) -> Quantity | None:
    """The time of day that begins at ``pos``."""
    for pattern in _TIMES:
        found = pattern.match(text.low, pos)
        if found is None:
            continue
        groups = found.groupdict()
        hour, minute = _number(groups["h"]), _number(groups.get("m") or "0")
        half = groups.get("half")
        if hour is None or minute is None or hour > 24 or minute > 59 or (half and hour > 12):
            continue
        if half in _AFTERNOON:
            hour = hour % 12 + 12
        elif half == "a" and hour == 12:
            hour = 0
        return Quantity(pos, found.end(), "time", f"{hour:02d}:{minute:02d}")
    return None


def part_of_year(text: Plain, pos: int) -> Quantity | None:
    """The quarter or half of a year that begins at ``pos``."""
    if "0" <= text.low[pos] <= "9" and not _DIGITS_OF_PART.match(text.low, pos):
        return None
    for part, pattern in _PARTS:
        found = pattern.match(text.low, pos)
        if found:
            groups = found.groupdict()
            n = int(_ORDER.get(found["n"], found["n"]) if not found["n"].isdigit() else found["n"])
            if part == "half" and found["n"] in {"last", "اخير"}:
                n = 2
            return _part(pos, found.end(), part, n, groups)
    return None


def _part(
    start: int, end: int, part: str, n: int, groups: dict[str, str | None]
) -> Quantity | None:
    year = _year(groups.get("y"), groups.get("era"), groups.get("ey"))
    name = f"{part[0].upper()}{n}"
    if year is None:
        return Quantity(start, end, "period", name, part)
    year += 2000 if year < 100 and not groups.get("era") else 0
    if groups.get("fy"):
        return Quantity(start, end, "period", f"{year}-{name}", f"fiscal {part}")
    length = 3 if part == "quarter" else 6
    first = (n - 1) * length + 1
    until = f"{year}-{first + length - 1:02d}"
    return Quantity(start, end, "period", f"{year}-{first:02d}", part, until)


def _date(text: Plain, pos: int) -> Quantity | None:
    if found := _NUMERIC.match(text.low, pos):
        return _either_way(found)
    for pattern in _DATES:
        found = pattern.match(text.low, pos)
        if found and (quantity := _one_way(text, found)):
            return quantity
    return None


def _one_way(text: Plain, found: re.Match[str]) -> Quantity | None:
    groups = found.groupdict()
    start, end = found.span()
    in_words = found.re is _MONTH_DAY and not groups["y"]
    if in_words and text.cased[start].isascii() and not text.cased[start].isupper():
        # "It may 5 times" names no month.
        return None
    year = _year(groups.get("y"), groups.get("era"), groups.get("ey"))
    if year is None and (groups.get("era") or groups.get("y")):
        return None
    month = _month(groups.get("m"))
    day = _number(groups["d"]) if groups.get("d") else None
    if found.re is _EAST and groups["m"] and iso(year, month or 0, None) is None:
        # 2024年13月: the year stands, the month is none.
        month, day, end = None, None, text.low.index("年", start) + 1
    elif groups.get("m") and month is None:
        return None
    value = iso(year, month, day)
    if value is None:
        return None
    if month is None:
        return Quantity(start, end, "year", value, "fiscal" if groups.get("fiscal") else "")
    return Quantity(start, end, "date", value)


def _either_way(found: re.Match[str]) -> Quantity | None:
    first, second, year = int(found["a"]), int(found["b"]), int(found["y"])
    by_day, by_month = iso(year, second, first), iso(year, first, second)
    value = by_day or by_month
    if value is None:
        return None
    other = by_month if by_day and by_month and by_day != by_month else ""
    return Quantity(found.start(), found.end(), "date", value, alternative=other or "")


def iso(year: int | None, month: int | None, day: int | None) -> str | None:
    """A date as ISO 8601 at the precision known, ``--06-28`` without its year; None if it is none."""
    if month is None:
        return f"{year:04d}" if year is not None else None
    if not 1 <= month <= 12:
        return None
    if day is None:
        return f"{year:04d}-{month:02d}" if year is not None else f"--{month:02d}"
    try:
        whole = date(year if year is not None else 2000, month, day)
    except ValueError:
        return None
    return whole.isoformat() if year is not None else f"--{month:02d}-{day:02d}"


def _fiscal(text: Plain, pos: int) -> Quantity | None:
    low = text.low
    if found := _FISCAL.match(low, pos):
        first = int(found["y"] or f"20{found['s']}")
        until = _second_year(first, found["z"]) if found["z"] else None
        value: str | None = f"{first:04d}"
        if until is None:
            return Quantity(pos, found.end(), "year", value or "", "fiscal")
        return Quantity(pos, found.end(), "period", value or "", "fiscal", f"{until:04d}")
    found = _FISCAL_SPAN.match(low, pos)
    if found is None:
        return None
    first = int(found["y"])
    until = _second_year(first, found["z"])
    if until is None:
        return None
    unit = "fiscal" if len(found["z"]) == 2 and until == first + 1 else ""
    return Quantity(pos, found.end(), "period", f"{first:04d}", unit, f"{until:04d}")


def _second_year(first: int, written: str) -> int | None:
    second = int(written) if len(written) == 4 else first - first % 100 + int(written)
    return second if first < second <= first + 100 else None


def _hijri(text: Plain, pos: int) -> Quantity | None:
    low = text.low
    for pattern in (_HIJRI_DAY, _HIJRI_MONTH_YEAR):
        found = pattern.match(low, pos)
        if found:
            groups = found.groupdict()
            year = int(found["y"]) if found["y"] else None
            day = int(found["d"]) if groups.get("d") else None
            return _of_hijri(found, year, _HIJRI[found["m"]], day)
    if found := _HIJRI_NUMERIC.match(low, pos):
        year, month, day = (
            int(found[name] or found[f"{name}2" if name != "d" else "d2"]) for name in "ymd"
        )
        return _of_hijri(found, year, month, day)
    if found := _HIJRI_YEAR.match(low, pos):
        return _of_hijri(found, int(found["y"]), None, None)
    return None


def _of_hijri(
    found: re.Match[str], year: int | None, month: int | None, day: int | None
) -> Quantity | None:
    if (month is not None and not 1 <= month <= 12) or (day is not None and not 1 <= day <= 30):
        return None
    start, end = found.span()
    written = "-".join(
        part
        for part in (
            f"{year:04d}" if year is not None else "-",
            f"{month:02d}" if month is not None else "",
            f"{day:02d}" if day is not None else "",
        )
        if part
    )
    if year is None:
        return Quantity(start, end, "date", written, hijri=written)
    first = gregorian(year, month or 1, day or 1)
    if day is not None:
        return Quantity(start, end, "date", first.isoformat(), hijri=written)
    last = gregorian(*((year, month + 1, 1) if month and month < 12 else (year + 1, 1, 1)))
    until = (last - timedelta(days=1)).isoformat()
    kind = "year" if month is None else "date"
    return replace(
        Quantity(start, end, "date", first.isoformat(), "", until, hijri=written),
        kind=kind,  # type: ignore[arg-type]
    )


def gregorian(year: int, month: int, day: int) -> date:
    """The day of the Gregorian calendar of a Hijri date, by the tabular Islamic calendar.

    Months have 30 and 29 days in turn; the years 2, 5, 7, 10, 13, 16, 18, 21, 24, 26 and 29 of
    each 30 have a day more. The epoch is 16 July 622 of the Julian calendar. Sighted or computed
    calendars such as Umm al-Qura differ by a day or two.
    """
    past = year - 1
    leaps = past // 30 * 11 + sum(leap <= past % 30 for leap in _LEAP_YEARS)
    days = past * 354 + leaps + (month - 1) * 29 + month // 2 + day - 1
    return _EPOCH + timedelta(days=days)


def _year(written: str | None, era: str | None, of_era: str | None) -> int | None:
    if era:
        count = 1 if of_era == "元" else _number(of_era or "")
        return None if not count else ERAS[era] + count
    if not written:
        return None
    return _number(written)


def _month(written: str | None) -> int | None:
    if not written:
        return None
    if written[0].isdigit() or han_value(written) is not None:
        number = _number(written)
        return number if number and 1 <= number <= 12 else None
    return MONTHS.get(written)


def _number(written: str) -> int | None:
    return int(written) if written.isdigit() and written.isascii() else han_value(written)
