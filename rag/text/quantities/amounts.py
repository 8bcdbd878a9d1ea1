"""Amounts: a number with what stands around it, its sign, currency, unit and upper end."""

from __future__ import annotations

import re
from dataclasses import replace
from decimal import Decimal

from rag.text.quantities import calendar, references
from rag.text.quantities.numerals import HAN, HAN_FINANCIAL, Numeral, numeral
from rag.text.quantities.plain import Plain
from rag.text.quantities.units import Unit, currency_before, unit_after
from rag.text.quantities.values import Quantity

DASH = re.compile(r"\s?[-–—~]\s?")
TO = re.compile(r"\s(?:to|through|until)\s|\s?(?:至|到|から|乃至|～)\s?|\s(?:الي|حتي)\s")
AND = re.compile(r"\sand\s|\s?(?:和|与|與|及)\s?|\sو\s?")
BETWEEN = re.compile(r"\bbetween (?:the years )?\Z|بين (?:عامي |سنتي )?\Z|(?:介于|在)\Z")
_FROM = re.compile(r"(?:\bfrom|\bof|من|从|由|自)\s?\Z")
_COUNTERS = (
    "个名家种项件人位所座场倍半条回社先次支笔份张起宗户只辆台部门间艘架本册篇章段行列组批团队票股枚"
    "点类样层级栋頁页期届轮号套款成割つ"
)
_ONE_COUNTERS = "个名家种项件人位所座笔份张起宗户社套枚票つ"
_COUNTED = re.compile(rf"[多余餘]?[{_COUNTERS}]")
_BEFORE_HAN = re.compile(r"[统唯单专第之其逐进同划万数几幾]\Z")
_NOT_ONE_BEFORE = re.compile(r"\b(?:no|any|every|some|each|this|that|the|another|which|only)[ -]\Z")
_NOT_ONE_AFTER = re.compile(
    r"(?:[ -](?:of|another|or|must|should|can|cannot|may|might|would|could|will|who|that|which|is|has|by|s|off|way"
    r"|sided|time|stop|another|to|and|the|in|on|at|for|as|with|where|after|before|when|such|hand|side|thing|reason|more"
    r"|needs?|does|was)(?![a-z])|['’]|-|[.,;:!?)]|$)"
)
_PERCENT_BEFORE = re.compile(r"% ?\Z")
_SIGN = re.compile(r"(?:^|[\s(\[|:,;、。，=（]|[$€£¥\u3041-\u9fff])(?P<sign>[-−–▲△▼])\s?\Z")
_MINUS_WORD = re.compile(r"\bminus \Z|(?:负|負|マイナス|ناقص |سالب )\Z")
_CELL = re.compile(r"(?:^|[\t|\n]|[$€£¥])[ ]*\(\Z")
_CELL_END = re.compile(r"\)\s?%?[ ]*(?:$|[\t|\n])")
_SPACED_CELL = re.compile(r"(?:^|\s)\(\Z")
_SPACED_CELL_END = re.compile(r"\)(?:\s+[(0-9-]|\s*$|\s*\n)")
_SIMPLE_FRACTION = re.compile(r"[0-9]{1,2}/[0-9]{1,2}(?![0-9/])")
_PARENTHESIS = re.compile(r"\s?\(\s?")


def amount_at(text: Plain, pos: int, floor: int) -> Quantity | None:
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
        value, end = number.value * unit.factor + unit.more, unit.end
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
    value, end = with_point(text, number)
    if end == number.end:
        return number
    tail = re.compile(r"[十百千]?[万亿兆]").match(text.low, end)
    scale = 1
    if tail:
        size = numeral(Plain("一" + tail[0], "一" + tail[0], "zh-Hans"), 0)
        scale = int(size.value) if size else 1
        end = tail.end()
    return replace(number, end=end, value=value * scale, scale=scale, bare=False)


def _simple_fraction(text: Plain, number: Numeral) -> int:
    """Where a fraction such as 2/3 ends that begins with ``number``; 0 where there is none."""
    found = _SIMPLE_FRACTION.match(text.low, number.start)
    if found is None or number.end > found.end():
        return 0
    above, below = map(int, found[0].split("/"))
    return found.end() if 0 < above < below else 0


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
    joint = DASH.match(text.low, end) or TO.match(text.low, end)
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
    dash, to = DASH.match(low, end), TO.match(low, end)
    before = low[max(0, start - 20) : start]
    between = bool(BETWEEN.search(before))
    both = AND.match(low, end) if between else None
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


def with_point(text: Plain, number: Numeral) -> tuple[Decimal, int]:
    """``三点五`` after a whole number in ideographs: digits behind the point."""
    found = re.compile(r"[点點]([〇零一二三四五六七八九]+)").match(text.low, number.end)
    if found is None:
        return number.value, number.end
    part = numeral(Plain(found[1], found[1], "zh-Hans"), 0)
    if part is None:
        return number.value, number.end
    shift = Decimal(10) ** len(found[1])
    return number.value + part.value / shift, found.end()
