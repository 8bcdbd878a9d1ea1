"""The scanner: from left to right, at each place the first reading that fits."""

from __future__ import annotations

import re
from dataclasses import replace
from decimal import Decimal
from functools import lru_cache

from rag.text.quantities import calendar, references
from rag.text.quantities.numerals import (
    ENGLISH_WORDS,
    HAN,
    HAN_FINANCIAL,
    Numeral,
    arabic_forms,
    is_arabic_number,
    numeral,
)
from rag.text.quantities.plain import Plain, plain
from rag.text.quantities.units import Unit, currency_before, duals, unit_after
from rag.text.quantities.values import Quantity

_TRIGGER = re.compile(
    rf"[0-9]|[a-zß-ɏ]+|[\u0621-\u064a]+|[§№]+|[{HAN}{HAN_FINANCIAL}第附别表图図原专規规〔半上下民令平昭大午凌早晚]"
)
_ENGLISH_STARTS = (
    frozenset(ENGLISH_WORDS)
    | frozenset(references.ENGLISH_ORDINALS)
    | frozenset(references.WORDS)
    | calendar.FIRST_WORDS
    | {"sub", "fy", "fiscal", "financial", "q", "h", "last", "final", "quarter", "f"}
    | {"ii", "iii", "iv", "vi", "vii", "viii", "ix", "xi", "xii"}
)
_DASH = re.compile(r"\s?[-–—~]\s?")
_TO = re.compile(r"\s(?:to|through|until)\s|\s?(?:至|到|から|乃至|～)\s?|\s(?:الي|حتي)\s")
_AND = re.compile(r"\sand\s|\s?(?:和|与|與|及)\s?|\sو\s?")
_BETWEEN = re.compile(r"\bbetween (?:the years )?\Z|بين (?:عامي |سنتي )?\Z|(?:介于|在)\Z")
_FROM = re.compile(r"(?:\bfrom|\bof|من|从|由|自)\s?\Z")
_COUNTERS = (
    "个名家种项件人位所座场倍半条回社先次支笔份张起宗户只辆台部门间艘架本册篇章段行列组批团队票股枚"
    "点类样层级栋頁页期届轮号套款成割つ"
)
_ONE_COUNTERS = "个名家种项件人位所座笔份张起宗户社套枚票つ"
_COUNTED = re.compile(rf"[多余餘]?[{_COUNTERS}]")
_NO_NUMBER = re.compile(
    r"十分(?!钟|间|之)|万一|一一|千万(?![元円美人日个])|百万(?=富)|万万|一般|一定|一部(?!门)|一方|一起|一些|统一|三者|五十步|二次(?=元)"
    r"|十足|百姓|百货|百合|千里|四季(?!度)|四川|三井|三菱|九州|千葉|千叶|八王|六本|一番|一切|一致|一旦|一律|一直|一样|两岸|两者|十字|千代|百度|万事|三角"
)
_BEFORE_HAN = re.compile(r"[统唯单专第之其逐进同划万]\Z")
_NOT_ONE_BEFORE = re.compile(r"\b(?:no|any|every|some|each|this|that|the|another|which|only)[ -]\Z")
_NOT_ONE_AFTER = re.compile(
    r"(?:[ -](?:of|another|or|must|should|can|cannot|may|might|would|could|will|who|that|which|is|has|by|s|off|way"
    r"|sided|time|stop|another|to|and|the|in|on|at|for|as|with|where|after|before|when|such|hand|side|thing|reason|more"
    r"|needs?|does|was)(?![a-z])|['’]|-|[.,;:!?)]|$)"
)
_FEN = re.compile(r"(?P<whole>百|千|万)分之")
_FEN_NUMBER = re.compile(
    r"(?P<of>[一二三四五六七八九十]{1,3})分[之の](?P<n>[一二三四五六七八九十]{1,2})"
)
_PERCENT_BEFORE = re.compile(r"% ?\Z")
_DAY_BEFORE = re.compile(r"(?:本|同|当|翌|来|先|今|上|次|每|毎)月\Z")
_DAY = re.compile(r"(?P<d>[0-9]{1,2}|[一二三四五六七八九十]{1,3})\s?[日号]")
_SIGN = re.compile(r"(?:^|[\s(\[|:,;、。，=（]|[$€£¥\u3041-\u9fff])(?P<sign>[-−–▲△▼])\s?\Z")
_MINUS_WORD = re.compile(r"\bminus \Z|(?:负|負|マイナス|ناقص |سالب )\Z")
_CELL = re.compile(r"(?:^|[\t|\n]|[$€£¥])[ ]*\(\Z")
_CELL_END = re.compile(r"\)\s?%?[ ]*(?:$|[\t|\n])")
_SPACED_CELL = re.compile(r"(?:^|\s)\(\Z")
_SPACED_CELL_END = re.compile(r"\)(?:\s+[(0-9-]|\s*$|\s*\n)")
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
            or form in {"ربع", "نصف", "سنه", "عام", "نقطه"}
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
        amount = _amount(text, pos, floor)
        if amount is None or (amount.kind in {"number", "year"} and amount.scale == 1):
            return clause
        return amount
    ordinal = references.english_ordinal(text, pos)
    if ordinal is not None:
        return ordinal
    amount = None if money else references.levels(text, pos)
    amount = amount or _amount(text, pos, floor)
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
        value, end = _with_point(text, number)
        return Quantity(pos, end, "percent", value * factor, "%")
    if part := _FEN_NUMBER.match(low, pos):
        of, n = (numeral(Plain(part[g], part[g], "zh-Hans"), 0) for g in ("of", "n"))
        if of is not None and n is not None:
            return Quantity(pos, part.end(), "number", f"{n.value}/{of.value}")
    if _NO_NUMBER.match(low, pos):
        return None
    if clause := references.han_clause_number(text, pos):
        return clause
    return _amount(text, pos, floor)


def _with_point(text: Plain, number: Numeral) -> tuple[Decimal, int]:
    """``三点五`` after a whole number in ideographs: digits behind the point."""
    found = re.compile(r"[点點]([〇零一二三四五六七八九]+)").match(text.low, number.end)
    if found is None:
        return number.value, number.end
    part = numeral(Plain(found[1], found[1], "zh-Hans"), 0)
    if part is None:
        return number.value, number.end
    shift = Decimal(10) ** len(found[1])
    return number.value + part.value / shift, found.end()


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
    if dated := calendar.dated(text, pos):
        return [dated]
    if named := references.roman_name(text, pos):
        return [named] if named.start >= floor else []
    if provisions := references.reference(text, pos):
        return provisions
    end = references.idiom(text, pos)
    if end is None:
        if ordinal := references.english_ordinal(text, pos):
            return [ordinal]
        return _one(_amount(text, pos, floor))
    return []


def _arabic(text: Plain, pos: int, floor: int) -> list[Quantity]:
    if dated := calendar.dated(text, pos):
        return [dated]
    if provisions := references.reference(text, pos):
        return provisions
    if dual := _dual(text, pos):
        return [dual]
    if amount := _amount(text, pos, floor):
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


def _amount(text: Plain, pos: int, floor: int) -> Quantity | None:
    """The number at ``pos`` with what stands around it: sign, currency, unit, upper end."""
    money = currency_before(text, pos, floor)
    number = numeral(text, pos, money=money is not None)
    if number is None:
        return None
    number = _pointed(text, number)
    start, number = _doubled(text, number, floor)
    if not number.digits and (part := references.fraction_of(text, number.end, number.value)):
        return Quantity(start, part[0], "number", part[1])
    if number.digits and (end := _simple_fraction(text, number)):
        return Quantity(start, end, "number", text.low[pos:end])
    unit = unit_after(text, number.end)
    if money is not None and (unit is None or unit.kind != "percent"):
        return _money(text, number, money, unit, floor)
    if ranged := _range(text, start, number, unit, floor):
        return ranged
    if unit is not None:
        value, end = number.value * unit.factor, unit.end
        begin, sign = _signed(text, start, floor)
        if unit.kind == "duration" and (again := _PARENTHESIS.match(text.low, end)):
            # "thirty days (30)" is one duration too.
            repeated = numeral(text, again.end())
            if (
                repeated is not None
                and repeated.value == number.value
                and text.low[repeated.end : repeated.end + 1] == ")"
            ):
                end = repeated.end + 1
        return Quantity(begin, end, unit.kind, sign * value, unit.unit, scale=number.scale)
    return _plain_number(text, start, number, floor)


def _pointed(text: Plain, number: Numeral) -> Numeral:
    if number.digits or text.low[number.start] not in HAN:
        return number
    value, end = _with_point(text, number)
    if end == number.end:
        return number
    tail = re.compile(r"[十百千]?[万亿兆]").match(text.low, end)
    scale = 1
    if tail:
        size = numeral(Plain("一" + tail[0], "一" + tail[0], "zh-Hans"), 0)
        scale = int(size.value) if size else 1
        end = tail.end()
    return replace(number, end=end, value=value * scale, scale=scale, bare=False)


_SIMPLE_FRACTION = re.compile(r"[0-9]{1,2}/[0-9]{1,2}(?![0-9/])")


def _simple_fraction(text: Plain, number: Numeral) -> int:
    """Where a fraction such as 2/3 ends that begins with ``number``; 0 where there is none."""
    found = _SIMPLE_FRACTION.match(text.low, number.start)
    if found is None or number.end > found.end():
        return 0
    above, below = map(int, found[0].split("/"))
    return found.end() if 0 < above < below else 0


_PARENTHESIS = re.compile(r"\s?\(\s?")


def _doubled(text: Plain, number: Numeral, floor: int) -> tuple[int, Numeral]:
    """``thirty (30)`` and ``(three)`` before what they count, as one number with its brackets."""
    low = text.low
    opened = _PARENTHESIS.match(low, number.end)
    if opened:
        again = numeral(text, opened.end())
        if (
            again is not None
            and again.value == number.value
            and low[again.end : again.end + 1] == ")"
        ):
            return number.start, replace(number, end=again.end + 1, bare=False)
    start = number.start
    inside = start > floor and low[start - 1] == "(" and low[number.end : number.end + 1] == ")"
    if inside:
        after = unit_after(text, number.end + 1)
        if (
            after is not None
            and after.kind in {"duration", "percent", "money"}
            and (not number.digits or after.kind == "duration")
        ):
            return start - 1, replace(number, end=number.end + 1)
    return start, number


def _money(
    text: Plain, number: Numeral, money: tuple[int, str], unit: Unit | None, floor: int
) -> Quantity:
    start, code = money
    end = number.end
    if unit is not None and unit.kind == "money" and (not unit.unit or unit.unit == code or not code
                                                      or text.low[number.end : unit.end].strip() == "元"):  # fmt: skip
        end, code = unit.end, code or unit.unit
    begin, sign = _signed(text, start, floor)
    if sign > 0:
        _, sign = _signed(text, number.start, start)
    upper = _upper(text, end, number, currency=True)
    if upper is not None:
        low_value, high, stop = upper
        after = unit_after(text, stop)
        if after is not None and after.kind == "money" and after.unit in {"", code}:
            stop = after.end
        return Quantity(begin, stop, "money", low_value, code, high)
    return Quantity(begin, end, "money", sign * number.value, code, scale=number.scale)


def _upper(
    text: Plain, end: int, number: Numeral, *, currency: bool
) -> tuple[Decimal, Decimal, int] | None:
    """Lower and upper value, and where the upper one ends, of a range joined by a dash or a word."""
    joint = _DASH.match(text.low, end) or _TO.match(text.low, end)
    if joint is None or not joint.end() > end:
        return None
    at = joint.end()
    if currency and (
        symbol := re.compile(r"(?:us|hk)?[$€£¥]\s?|(?:usd|eur|gbp|aed)\s").match(text.low, at)
    ):
        at = symbol.end()
    other = numeral(text, at, money=currency)
    if other is None or other.digits != number.digits:
        return None
    lower = number.value
    if number.scale == 1 and other.scale > 1 and lower < other.value / other.scale:
        lower *= other.scale
    return (lower, other.value, other.end) if lower < other.value else None


def _range(
    text: Plain, start: int, number: Numeral, unit: Unit | None, floor: int
) -> Quantity | None:
    """``10 to 15 %``, ``3万到5万元``, ``between 10 and 15``."""
    low = text.low
    end = number.end if unit is None else unit.end
    dash, to = _DASH.match(low, end), _TO.match(low, end)
    before = low[max(0, start - 20) : start]
    between = bool(_BETWEEN.search(before))
    both = _AND.match(low, end) if between else None
    joint = both or dash or to
    if joint is None:
        return None
    other = numeral(text, joint.end())
    if other is None:
        return None
    other = _pointed(text, other)
    _, other = _doubled(text, other, joint.end())
    after = unit_after(text, other.end)
    lower, higher = number.value, other.value
    if number.scale == 1 and other.scale > 1 and unit is None and lower < higher / other.scale:
        lower *= other.scale
    if lower >= higher or not _same_sort(low, joint, (number, unit), (other, after)):
        return None
    if unit is not None and (after is None or (after.kind, after.unit) != (unit.kind, unit.unit)):
        return None
    if unit is not None and to and _FROM.search(before) and unit.kind == "percent":
        return None
    if after is None and not both and to and _FROM.search(before):
        return None
    if after is None:
        if _digit_run_follows(low, other.end) or _years(text, number, other):
            return None
        return Quantity(start, other.end, "number", lower, "", higher)
    factor = after.factor
    return Quantity(start, after.end, after.kind, lower * factor, after.unit, higher * factor)


def _years(text: Plain, number: Numeral, other: Numeral) -> bool:
    """Whether both ends are years, which make a period."""
    return all(
        n.digits and n.end == n.start + 4 and calendar.bare_year(text, n.start) is not None
        for n in (number, other)
    )


def _same_sort(
    low: str,
    joint: re.Match[str],
    lower: tuple[Numeral, Unit | None],
    higher: tuple[Numeral, Unit | None],
) -> bool:
    """Whether two numbers on both sides of a joint make a range, and not two codes or two facts."""
    (number, unit), (other, after) = lower, higher
    if number.digits != other.digits or (number.bare and after is None):
        return False
    if "-" in joint[0] and unit is None and after is None:
        written = low[number.start : number.end]
        return written[0] != "0" and len(written) <= 4 and not number.bare
    return True


def _digit_run_follows(low: str, end: int) -> bool:
    return bool(re.compile(r"[-/.,:–]?[0-9]").match(low, end))


def _signed(text: Plain, start: int, floor: int) -> tuple[int, int]:
    """Where a quantity begins with its sign, and 1 or -1."""
    low = text.low
    back = low[max(floor, start - 8) : start]
    offset = max(floor, start - 8)
    if floor == offset and offset > 0 and back[:1] in {"-", "–"}:
        return start, 1
    if found := _SIGN.search(("\n" if offset == 0 else "") + back):
        at = offset + found.start("sign") - (1 if offset == 0 else 0)
        if low[at] != "–" or low[at + 1 : at + 2] != " ":
            joined_space = low[at + 1 : at + 2] == " " and low[at] == "-"
            if not joined_space:
                return at, -1
    if found := _MINUS_WORD.search(back):
        return offset + found.start(), -1
    return start, 1


def _plain_number(text: Plain, start: int, number: Numeral, floor: int) -> Quantity | None:
    low = text.low
    if number.digits:
        if number.scale == 1 and number.start == start:
            year = calendar.bare_year(text, start)
            if year is not None and year.end == number.end:
                return year
        if negative := _accounting(text, start, number, floor):
            return negative
        begin, sign = _signed(text, start, floor)
        if sign > 0 and (percent := _PERCENT_BEFORE.search(low[max(floor, start - 2) : start])):
            begin = max(floor, start - 2) + percent.start()
            return Quantity(begin, number.end, "percent", number.value, "%")
        return Quantity(begin, number.end, "number", sign * number.value, scale=number.scale)
    if not _counts(text, start, number):
        return None
    return Quantity(start, number.end, "number", number.value, scale=number.scale)


def _accounting(text: Plain, start: int, number: Numeral, floor: int) -> Quantity | None:
    """``(1,234)`` as a cell of a table: negative."""
    low = text.low
    if start <= floor or low[start - 1] != "(" or low[number.end : number.end + 1] != ")":
        return None
    before = low[max(floor, start - 6) : start]
    before = before if start - 6 > 0 else "\n" + before
    set_apart = any(c in low[start : number.end] for c in ".,' ")
    cell = _CELL.search(before) and _CELL_END.match(low, number.end)
    row = set_apart and _SPACED_CELL.search(before) and _SPACED_CELL_END.match(low, number.end)
    if not cell and not row:
        return None
    alone = before.lstrip("\n") == "(" and not low[number.end + 1 :].strip() and not set_apart
    if alone:
        return None
    return Quantity(start - 1, number.end + 1, "number", -number.value, scale=number.scale)


def _counts(text: Plain, start: int, number: Numeral) -> bool:
    """Whether a number in words that stands without a unit is meant as one."""
    low = text.low
    c = low[start]
    if c in HAN or c in HAN_FINANCIAL:
        run = low[start : number.end]
        before = low[max(0, start - 1) : start]
        if _BEFORE_HAN.search(before) or (
            before == "前" and low[number.end : number.end + 1] in {"项", "款", "条"}
        ):
            return False
        counted = bool(_COUNTED.match(low, number.end))
        if len(run) == 1:
            allowed = _ONE_COUNTERS if run == "一" else _COUNTERS
            return low[number.end : number.end + 1] in allowed and number.end < len(low)
        positional = all(x in "〇零一二三四五六七八九" for x in run)
        if positional:
            return "〇" in run or "零" in run or (len(run) >= 4)
        return counted or any(x in "一二两三四五六七八九" for x in run) or c in HAN_FINANCIAL
    if number.bare:
        return not (
            _NOT_ONE_BEFORE.search(low[max(0, start - 9) : start])
            or _NOT_ONE_AFTER.match(low, number.end)
        )
    return True


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
    joined = _DASH.fullmatch(between) or _TO.fullmatch(between) or _FROM_TO.fullmatch(between)
    if not joined and not (_BETWEEN.search(before) and _AND.fullmatch(between)):
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
