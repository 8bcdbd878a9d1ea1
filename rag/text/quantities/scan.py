"""The scanner: from left to right, at each place the first reading that fits."""

from __future__ import annotations

import re
from dataclasses import replace
from decimal import Decimal
from functools import lru_cache

from rag.text.quantities import calendar, references
from rag.text.quantities.amounts import AND, BETWEEN, DASH, TO, amount_at, with_point
from rag.text.quantities.numerals import (
    ENGLISH_WORDS,
    HAN,
    HAN_FINANCIAL,
    arabic_forms,
    is_arabic_number,
    numeral,
)
from rag.text.quantities.plain import Plain, plain
from rag.text.quantities.units import currency_before, duals
from rag.text.quantities.values import Quantity

_TRIGGER = re.compile(
    rf"[0-9]|[a-zß-ɏ]+|[\u0621-\u064a]+|[§№]+|[{HAN}{HAN_FINANCIAL}第附别表图図原专規规〔半上下民令平昭大午凌早晚]"
)
_ENGLISH_STARTS = (
    frozenset(ENGLISH_WORDS)
    | frozenset(references.ENGLISH_ORDINALS)
    | frozenset(references.WORDS)
    | calendar.FIRST_WORDS
    | {"sub"}
    | {"ii", "iii", "iv", "vi", "vii", "viii", "ix", "xi", "xii"}
)
_WORD = re.compile(r"[a-zß-ɏ]+")
_NO_NUMBER = re.compile(
    r"十分(?!钟|间|之)|万一|一一|千万(?![元円美人日个])|百万(?=富)|万万|一般|一定|一部(?!门)|一方|一起|一些|统一|三者|五十步|二次(?=元)"
    r"|十足|百姓|百货|百合|千里|四季(?!度)|四川|三井|三菱|九州|千葉|千叶|八王|六本|一番|一切|一致|一旦|一律|一直|一样|两岸|两者|十字|千代|百度|万事|三角"
)
_FEN = re.compile(r"(?P<whole>百|千|万)分之")
_FEN_NUMBER = re.compile(
    r"(?P<of>[一二三四五六七八九十]{1,3})分[之の](?P<n>[一二三四五六七八九十]{1,2})"
)
_DAY_BEFORE = re.compile(r"(?:本|同|当|翌|来|先|今|上|次|每|毎)月\Z")
_DAY = re.compile(r"(?P<d>[0-9]{1,2}|[一二三四五六七八九十]{1,3})\s?[日号]")
_HALF_YEAR = re.compile(r"半年(?![度报報])|半(?:个)?月|半年间")


@lru_cache(maxsize=4096)
def quantities(text: str, language: str) -> tuple[Quantity, ...]:
    """The quantities in ``text`` in order, none overlapping, every digit in exactly one.

    ``language`` is the code of the text's language, such as ``zh-Hans``; it tells thousands from
    decimals where both readings fit. Words count in English, Chinese, Arabic and Japanese whatever
    the language, since reports mix them; other languages are read by digits, signs and the names
    of their months. Offsets are code points of ``text``.
    """
    read = plain(text, language)
    found = _scan(read)
    if read.offsets is None:
        return tuple(found)
    spans = (read.span(quantity.start, quantity.end) for quantity in found)
    return tuple(replace(q, start=s, end=e) for q, (s, e) in zip(found, spans, strict=True))


def _scan(text: Plain) -> list[Quantity]:
    found: list[Quantity] = []
    floor = 0
    for trigger in _TRIGGER.finditer(text.low):
        pos = trigger.start()
        if pos < floor or not _starts(trigger[0]):
            continue
        for quantity in _at(text, pos, floor):
            found.append(quantity)
            floor = quantity.end
    return _joined(text, found)


@lru_cache(maxsize=65_536)
def _starts(trigger: str) -> bool:
    """Whether a quantity may begin with a sign or word."""
    c = trigger[0]
    if not (c.islower() and c.isalpha()) and not "\u0621" <= c <= "\u064a":
        return True
    if "\u0621" <= c <= "\u064a":
        return any(
            is_arabic_number(form)
            or form in references.ARABIC_WORDS
            or form in references.ARABIC_ORDINAL_WORDS
            or form in calendar.FIRST_WORDS
            or form in duals()
            for form in arabic_forms(trigger)
        )
    return trigger in _ENGLISH_STARTS


def _at(text: Plain, pos: int, floor: int) -> list[Quantity]:
    c = text.low[pos]
    if c.isdigit():
        return [_digits(text, pos, floor)]
    if c in "第附别表图図原专規规〔":
        return _one(
            calendar.part_of_year(text, pos)
            or references.han_reference(text, pos)
            or (references.han_ordinal(text, pos) if c == "第" else None)
        )
    if c in "半上下民令平昭大午凌早晚":
        return _one(
            calendar.dated(text, pos) or calendar.time_of_day(text, pos) or _half_year(text, pos)
        )
    if c in HAN or c in HAN_FINANCIAL:
        return _one(_han(text, pos, floor))
    if "\u0621" <= c <= "\u064a":
        return _arabic(text, pos, floor)
    return _latin(text, pos, floor)


def _one(quantity: Quantity | None) -> list[Quantity]:
    return [quantity] if quantity is not None else []


def _digits(text: Plain, pos: int, floor: int) -> Quantity:
    clause = references.clause_number(text, pos)
    dated = calendar.dated(text, pos)
    if dated is not None:
        return dated
    time = calendar.time_of_day(text, pos)
    if time is not None:
        return time
    if (day := _DAY.match(text.low, pos)) and _DAY_BEFORE.search(
        text.low[max(floor, pos - 2) : pos]
    ):
        return Quantity(pos, day.end(), "date", f"---{int(day['d']):02d}")
    money = currency_before(text, pos, floor)
    name = None if money else references.name_part(text, pos, floor)
    if name is not None:
        return name
    if clause is not None and clause.start >= floor:
        amount = amount_at(text, pos, floor)
        if amount is None or (amount.kind in {"number", "year"} and amount.scale == 1):
            return clause
        return amount
    ordinal = references.english_ordinal(text, pos)
    if ordinal is not None:
        return ordinal
    amount = None if money else references.levels(text, pos)
    amount = amount or amount_at(text, pos, floor)
    return amount or references.leftover(text, pos)


def _han(text: Plain, pos: int, floor: int) -> Quantity | None:
    low = text.low
    dated = calendar.dated(text, pos)
    if dated is not None:
        return dated
    if fen := _FEN.match(low, pos):
        number = numeral(text, fen.end())
        if number is None:
            return None
        factor = {"百": Decimal(1), "千": Decimal("0.1"), "万": Decimal("0.01")}[fen["whole"]]
        value, end = with_point(text, number)
        return Quantity(pos, end, "percent", value * factor, "%")
    if part := _FEN_NUMBER.match(low, pos):
        of, n = (numeral(Plain(part[g], part[g], "zh-Hans"), 0) for g in ("of", "n"))
        if of is not None and n is not None:
            return Quantity(pos, part.end(), "number", f"{n.value}/{of.value}")
    if _NO_NUMBER.match(low, pos):
        return None
    if clause := references.han_clause_number(text, pos):
        return clause
    return amount_at(text, pos, floor)


def _half_year(text: Plain, pos: int) -> Quantity | None:
    found = _HALF_YEAR.match(text.low, pos)
    if found is None:
        return None
    if text.low[pos - 1 : pos] in {"上", "下"}:
        return None
    if "月" in found[0]:
        return Quantity(pos, found.end(), "duration", Decimal("0.5"), "month")
    return Quantity(pos, found.end(), "duration", Decimal(6), "month")


def _latin(text: Plain, pos: int, floor: int) -> list[Quantity]:
    if pos and (text.cased[pos - 1].isalnum() or text.cased[pos - 1] == "_"):
        return []
    word = _WORD.match(text.low, pos)
    dating = word is not None and word[0] in calendar.FIRST_WORDS
    if dating and (dated := calendar.dated(text, pos)):
        return [dated]
    if named := references.roman_name(text, pos):
        return [named] if named.start >= floor else []
    if provisions := references.reference(text, pos):
        return provisions
    end = references.idiom(text, pos)
    if end is None:
        if ordinal := references.english_ordinal(text, pos):
            return [ordinal]
        return _one(amount_at(text, pos, floor))
    return []


def _arabic(text: Plain, pos: int, floor: int) -> list[Quantity]:
    if dated := calendar.dated(text, pos):
        return [dated]
    if provisions := references.reference(text, pos):
        return provisions
    if dual := _dual(text, pos):
        return [dual]
    if amount := amount_at(text, pos, floor):
        return [amount]
    ordinal = references.arabic_ordinal(text, pos)
    if ordinal is None or references.arabic_idiom(text, pos) or not _definite(text, ordinal):
        return []
    return [ordinal]


def _definite(text: Plain, ordinal: Quantity) -> bool:
    """Whether an Arabic ordinal has its article; without one it may be a noun or a name."""
    return "ال" in text.low[ordinal.start : ordinal.start + 4]


def _dual(text: Plain, pos: int) -> Quantity | None:
    """``شهران``, ``سنتين``, ``يومي عمل``: two of a time in one word."""
    word = re.compile(r"[\u0621-\u064a]+").match(text.low, pos)
    if word is None:
        return None
    unit = next((duals()[f] for f in arabic_forms(word[0]) if f in duals()), None)
    if unit is None:
        return None
    work = re.compile(r"\s(?:عمل|من ايام العمل)(?!\w)").match(text.low, word.end())
    doubled = re.compile(r"\s?\(2\)|\s(?:اثنين|اثنان|اثنتين)(?!\w)").match(text.low, word.end())
    end = (work or doubled or word).end()
    if work and unit == "day":
        return Quantity(pos, end, "duration", Decimal(2), "working day")
    if word[0].endswith(("ي", "تا", "ا")) and not work:
        return None
    return Quantity(pos, end, "duration", Decimal(2), unit)


def _joined(text: Plain, found: list[Quantity]) -> list[Quantity]:
    """``found``, what is one in two parts as one: 1 to 31 May 2024, 8 hours 35 minutes."""
    joined: list[Quantity] = []
    for quantity in found:
        last = joined[-1] if joined else None
        whole = last and (_period(text, last, quantity) or _compound(text, last, quantity))
        if whole:
            joined[-1] = whole
        else:
            joined.append(quantity)
    return joined


def _compound(text: Plain, one: Quantity, other: Quantity) -> Quantity | None:
    """``8時間35分`` and ``2 years and 6 months``: a duration in two units, in the smaller one."""
    if not one.kind == other.kind == "duration" or one.until is not None or other.until is not None:
        return None
    parts = _PARTS_OF.get((one.unit, other.unit))
    between = text.low[one.end : other.start]
    if parts is None or not _LINK.fullmatch(between):
        return None
    if not isinstance(one.value, Decimal) or not isinstance(other.value, Decimal):
        return None
    if other.value >= parts:
        return None
    value = one.value * parts + other.value
    return Quantity(one.start, other.end, "duration", value, other.unit)


def _period(text: Plain, one: Quantity, other: Quantity) -> Quantity | None:
    other = _of_era(text, one, other)
    if one.kind not in {"date", "year", "period"} or other.kind not in {"date", "year", "period"}:
        return None
    if one.until is not None and one.kind != "period":
        return None
    between = text.low[one.end : other.start]
    if len(between) > 8 or one.hijri or other.hijri:
        return None
    before = text.low[max(0, one.start - 20) : one.start]
    joined = DASH.fullmatch(between) or TO.fullmatch(between) or _FROM_TO.fullmatch(between)
    if not joined and not (BETWEEN.search(before) and AND.fullmatch(between)):
        return None
    first, last = str(one.value), str(other.until or other.value)
    if first[:1] in "QH" or last[:1] in "QH":
        return None
    first, last = _completed(first, last)
    if first >= last or first.startswith("-"):
        return None
    unit = "fiscal" if "fiscal" in {one.unit, other.unit} else ""
    return Quantity(one.start, other.end, "period", first, unit, last)


def _of_era(text: Plain, one: Quantity, other: Quantity) -> Quantity:
    """``other`` as a year of the era that ``one`` names: 民國110年至112年."""
    era = calendar.ERAS.get(text.low[one.start : one.start + 2])
    if one.kind != "year" or era is None or (other.kind, other.unit) != ("duration", "year"):
        return other
    return replace(other, kind="year", value=f"{era + int(other.value):04d}", unit="")


_LINK = re.compile(r"\s?(?:and\s|,\s|と|零|و)?")
_PARTS_OF = {
    ("year", "month"): 12,
    ("week", "day"): 7,
    ("day", "hour"): 24,
    ("hour", "minute"): 60,
    ("minute", "second"): 60,
}
_FROM_TO = re.compile(
    r"\s?(?:起)?(?:至|到|から|迄)\s?|まで|\s(?:to|until|till|through|and ending)\s(?:the\s)?|\s(?:الي|حتي)\s(?:عام\s|سنه\s)?"
)


def _completed(first: str, last: str) -> tuple[str, str]:
    """Two dates of which one has its year, month or both from the other."""
    if last.startswith("---") and len(first) == 10:
        return first, f"{first[:8]}{last[3:]}"
    if last.startswith("--") and not first.startswith("-"):
        return first, f"{first[:4]}-{last[2:]}"
    if first.startswith("--") and not last.startswith("-"):
        return f"{last[:4]}-{first[2:]}", last
    return first, last
