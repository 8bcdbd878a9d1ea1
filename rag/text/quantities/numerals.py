"""Numbers by themselves: digits as each language sets them, and the words of five languages."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from rag.text.quantities.plain import Plain


@dataclass(frozen=True, slots=True)
class Numeral:
    """A number at ``start:end`` of plain text; ``value`` has ``scale``, its word of size, in it.

    ``digits`` tells one that is written with digits, ``bare`` an ideograph or word so common that
    it counts only beside what it counts. ``fraction`` is ``2/3`` for two thirds, else empty.
    """

    start: int
    end: int
    value: Decimal
    scale: int = 1
    digits: bool = True
    bare: bool = False
    fraction: str = ""


def words(text: str) -> tuple[str, ...]:
    """The words of a list written with spaces."""
    return tuple(text.split())


COMMA_DECIMALS = frozenset(
    words("de fr es it pt nl ro tr vi id pl ru uk bg el da sv nb no fi cs sk hu hr sl sr lt lv et")
)
_SPACE_GROUPS = frozenset(words("fr ru uk bg pl cs sk hu fi sv nb no da et lt lv es pt"))

_NARROW = "\u00a0\u202f\u2009\u2007"
_GROUPED = re.compile(r"[0-9]{1,3}(?:([,.'])[0-9]{3})(?:\1[0-9]{3})*(?![0-9])")
_INDIAN = re.compile(r"[0-9]{1,2}(?:,[0-9]{2})+,[0-9]{3}(?![0-9])")
_NARROW_GROUPS = re.compile(rf"[0-9]{{1,3}}(?:[{_NARROW}][0-9]{{3}})+(?![0-9])")
_SPACED = re.compile(r"[1-9][0-9]{0,2}(?: [0-9]{3})+(?![0-9]|[.,][0-9]{3}(?![0-9]))")
_FRACTION = re.compile(r"([.,])([0-9]+)(?![0-9]|[.,][0-9])")
_PLAIN = re.compile(r"[0-9]+")
# What makes a comma before one or two digits a decimal comma where the language writes a point.
_MEASURED = re.compile(
    r"\s?(?:%|per ?cent|‰|pp\b|bps?\b|million|billion|thousand|trillion|bn\b|mn\b|[万亿]"
    r"|个百分点|[€$£¥]|(?:eur|usd|gbp|chf|aed|sar|euros?)\b)"
)
_AFTER_SPACED = re.compile(r"(?: |-)[^\W\d_]|[.;:!?)](?:\s|$)|,\s|\s?[%€$£¥]|[\u4e00-\u9fff]")
_NUMBER_BEFORE = re.compile(r"[0-9.,)] ?\Z|\t\Z")

_ONES = {c: n for n, c in enumerate("〇一二三四五六七八九")} | {"零": 0, "两": 2}
_SMALL = {"十": 10, "百": 100, "千": 1000}
_LARGE = {"万": 10**4, "亿": 10**8, "兆": 10**12}
_TWENTIES = {"廿": 20, "卅": 30}
_FINANCIAL = str.maketrans("壹贰叁肆伍陆柒捌玖拾佰仟", "一二三四五六七八九十百千")
HAN = "〇零一二两三四五六七八九十百千万亿兆廿卅"
HAN_FINANCIAL = "壹贰叁肆伍陆柒捌玖拾佰仟"
_HAN_RUN = re.compile(rf"[{HAN}]+")
_FINANCIAL_RUN = re.compile(rf"[{HAN_FINANCIAL}零〇万亿]{{2,}}")
_SIZE = r"(?:[十百千]{0,2}[万亿兆]|[十百千](?!分))"
_AFTER_DIGITS = re.compile(rf"\s?(?![百千万]分){_SIZE}")
_MIXED = re.compile(
    rf"\s?{_SIZE}(?:[零〇]?(?:[0-9][0-9,.]*|[一二两三四五六七八九]){_SIZE})*"
    r"(?:(?<=[万亿兆])[0-9]{1,3}(?:,?[0-9]{3})?(?![0-9]))?"
)
_MIXED_TOKEN = re.compile(r"[0-9][0-9,.]*|[一二两三四五六七八九十百千万亿兆]")

_ENGLISH_ONES = {
    w: n for n, w in enumerate(words("one two three four five six seven eight nine"), 1)
}
_ENGLISH_TEENS = {
    w: n
    for n, w in enumerate(
        words("ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen"),
        10,
    )
}
_ENGLISH_TENS = {
    w: n * 10
    for n, w in enumerate(words("twenty thirty forty fifty sixty seventy eighty ninety"), 2)
}
ENGLISH_WORDS: dict[str, int] = _ENGLISH_ONES | _ENGLISH_TEENS | _ENGLISH_TENS | {"zero": 0}
_SCALES = (
    (10**3, "thousand thousands tausend الف الاف الفا"),
    (10**6, "million millions mio millionen millones milioni مليون ملايين مليونا"),
    (
        10**9,
        "billion billions mrd milliarde milliarden milliard milliards مليار مليارات مليارا بليون",
    ),
    (10**12, "trillion trillions تريليون تريليونات"),
)
SCALE_WORDS: dict[str, int] = {word: size for size, words in _SCALES for word in words.split()}
_SCALE = re.compile(
    rf"(?:[\s-]{{0,2}}(?P<word>{'|'.join(sorted(SCALE_WORDS, key=len, reverse=True))})(?:(?<=mio)\.|(?<=mrd)\.)?"
    r"|\s?(?P<letters>mn|bn|tn|k))(?![^\W_])"
)
_LETTERS = {"k": 10**3, "m": 10**6, "mn": 10**6, "b": 10**9, "bn": 10**9, "tn": 10**12}
_MONEY_LETTER = re.compile(r"\s?(mn|bn|tn|[mbk])(?![^\W_])")
_WORD = re.compile(r"[a-z]+")
_JOINT = re.compile(r"-|\s+and\s+|\s+|,\s+")

_ARABIC_FORMS = (
    (1, "احد احدي"),
    (2, "اثنان اثنين اثنتان اثنتين اثنا اثني اثنتا اثنتي"),
    (3, "ثلاثه ثلاث"),
    (4, "اربعه اربع"),
    (5, "خمسه خمس"),
    (6, "سته ست"),
    (7, "سبعه سبع"),
    (8, "ثمانيه ثماني ثمان"),
    (9, "تسعه تسع"),
    (10, "عشره عشر"),
    (20, "عشرون عشرين"),
    (30, "ثلاثون ثلاثين"),
    (40, "اربعون اربعين"),
    (50, "خمسون خمسين"),
    (60, "ستون ستين"),
    (70, "سبعون سبعين"),
    (80, "ثمانون ثمانين"),
    (90, "تسعون تسعين"),
    (100, "مايه ميه"),
    (200, "مايتان مايتين ميتان ميتين مايتا مايتي ميتا ميتي"),
)
ARABIC_WORDS: dict[str, int] = {f: n for n, forms in _ARABIC_FORMS for f in forms.split()}
ARABIC_WORDS |= {
    stem + hundred: 100 * n
    for n, stem in enumerate(words("ثلاث اربع خمس ست سبع ثمان تسع"), 3)
    for hundred in ("مايه", "ميه")
} | {"ثمانيمايه": 800, "ثمانيميه": 800}
ARABIC_SIZES: dict[str, int] = {
    "الف": 10**3,
    "الفا": 10**3,
    "الاف": 10**3,
    "مليون": 10**6,
    "مليونا": 10**6,
    "ملايين": 10**6,
    "مليار": 10**9,
    "مليارا": 10**9,
    "مليارات": 10**9,
    "بليون": 10**9,
    "تريليون": 10**12,
    "تريليونات": 10**12,
}
ARABIC_DUALS: dict[str, int] = {
    "الفان": 2 * 10**3,
    "الفين": 2 * 10**3,
    "الفي": 2 * 10**3,
    "مليونان": 2 * 10**6,
    "مليونين": 2 * 10**6,
    "مليوني": 2 * 10**6,
    "ملياران": 2 * 10**9,
    "مليارين": 2 * 10**9,
    "ملياري": 2 * 10**9,
}
_PLURAL_SIZES = frozenset({"الاف", "ملايين", "مليارات", "تريليونات"})
_ARABIC_TOKEN = re.compile(r"[\u0621-\u064a]+")
_ARABIC_SPACE = re.compile(r"\s+")


def digits(text: Plain, pos: int, *, money: bool = False) -> Numeral | None:
    """The number written with digits that begins at ``pos``, its words of size included.

    ``money`` says that a currency stands before it, so that ``m`` means million.
    """
    low = text.low
    read = _digits(text, pos, money=money)
    if read is None:
        return None
    value, end = read
    if _AFTER_DIGITS.match(low, end):
        return _mixed(text, pos, value, end)
    return _scaled(low, Numeral(pos, end, value), money=money)


def _scaled(low: str, number: Numeral, *, money: bool = False) -> Numeral:
    end, value, scale = number.end, number.value, 1
    unit = _SCALE.match(low, end)
    if unit and (unit["word"] or unit["letters"] != "k" or unit.start("letters") == end):
        scale, end = SCALE_WORDS.get(unit["word"]) or _LETTERS[unit["letters"]], unit.end()
    elif money and (letter := _MONEY_LETTER.match(low, end)):
        scale, end = _LETTERS[letter[1]], letter.end()
    return Numeral(number.start, end, value * scale, scale, number.digits, False)


def _mixed(text: Plain, pos: int, first: Decimal, end: int) -> Numeral:
    """``1亿2,000万``, ``3千5百万`` and ``1,000万``: digits with ideographs of size between."""
    run = _MIXED.match(text.low, end)
    tokens = _MIXED_TOKEN.findall(run[0]) if run else []
    total = section = Decimal(0)
    current: Decimal | None = first
    for token in tokens:
        if token in _SMALL:
            section += (1 if current is None else current) * _SMALL[token]
            current = None
        elif token in _LARGE:
            part = section + (current or 0)
            total, section, current = total + (part or 1) * _LARGE[token], Decimal(0), None
        elif token in _ONES:
            current = Decimal(_ONES[token])
        else:
            current = _grouped_value(token, text)
    whole = total + section + (current or 0)
    sizes = "".join(tokens)
    scale = _size(sizes) if tokens and all(t in _SMALL or t in _LARGE for t in tokens) else 1
    return Numeral(pos, run.end() if run else end, whole, scale)


def _size(units: str) -> int:
    value = 1
    for unit in units:
        value *= _SMALL.get(unit) or _LARGE[unit]
    return value


def _grouped_value(written: str, text: Plain) -> Decimal | None:
    read = _digits(Plain(written, written, text.language), 0)
    return read[0] if read and read[1] == len(written) else None


def _digits(text: Plain, pos: int, *, money: bool = False) -> tuple[Decimal, int] | None:
    """Value and end of the digits at ``pos`` with their separators."""
    low = text.low
    comma = text.language in COMMA_DECIMALS
    point = "," if comma else "."
    for pattern in (_NARROW_GROUPS, _SPACED):
        found = pattern.match(low, pos)
        if found and (pattern is _NARROW_GROUPS or _spaces_group(text, found, money=money)):
            return _with_fraction(low, found[0], found.end(), ".,")
    if found := _INDIAN.match(low, pos):
        return _with_fraction(low, found[0], found.end(), ".")
    if (found := _GROUPED.match(low, pos)) and not (
        low[found.end() : found.end() + 1] == found[1]
        and low[found.end() + 1 : found.end() + 2].isdigit()
    ):
        several = found[0].count(found[1]) > 1
        other = "," if found[1] == "." else "."
        more = re.compile(rf"\{other}[0-9]+(?![0-9])").match(low, found.end())
        zero = found[0][0] == "0"
        if several or found[1] == "'" or (more and not zero) or (found[1] != point and not zero):
            return _with_fraction(low, found[0], found.end(), other)
    whole = _PLAIN.match(low, pos)
    if whole is None:
        return None
    part = _FRACTION.match(low, whole.end())
    if part and (part[1] == "." or comma or text.language == "ar" or whole[0] == "0"
                 or money or _MEASURED.match(low, part.end())):  # fmt: skip
        return Decimal(f"{whole[0]}.{part[2]}"), part.end()
    return Decimal(whole[0]), whole.end()


def _with_fraction(low: str, written: str, end: int, points: str) -> tuple[Decimal, int]:
    whole = re.sub(r"[^0-9]", "", written)
    part = _FRACTION.match(low, end)
    if part and part[1] in points:
        return Decimal(f"{whole}.{part[2]}"), part.end()
    return Decimal(whole), end


def _spaces_group(text: Plain, found: re.Match[str], *, money: bool) -> bool:
    """Whether plain spaces part thousands here, and not the cells of a row or two numbers."""
    if money or text.language in _SPACE_GROUPS:
        return True
    start, end = found.span()
    before = text.low[max(0, start - 2) : start]
    return not _NUMBER_BEFORE.search(before) and bool(_AFTER_SPACED.match(text.low, end))


def han(text: Plain, pos: int) -> Numeral | None:
    """The number in ideographs at ``pos``, in everyday or financial ones."""
    low = text.low
    financial = _FINANCIAL_RUN.match(low, pos)
    if financial:
        run = financial[0].translate(_FINANCIAL)
        value = han_value(run)
        return None if value is None else Numeral(pos, financial.end(), Decimal(value), 1, False)
    found = _HAN_RUN.match(low, pos)
    if found is None or (value := han_value(found[0])) is None:
        return None
    run = found[0]
    tail = re.search(r"[十百千]?[万亿兆]$", run)
    scale = _size(tail[0]) if tail and len(run) > len(tail[0]) else 1
    return Numeral(pos, found.end(), Decimal(value), scale, False, len(run) == 1)


def han_value(run: str) -> int | None:
    """The value of ideographs such as 二〇二四, 三百二十 and 一亿二千万; None where they are none."""
    if not run or any(c not in HAN for c in run):
        return None
    if all(c in _ONES for c in run):
        return int("".join(str(_ONES[c]) for c in run))
    total = section = 0
    current: int | None = None
    last = 0
    for index, c in enumerate(run):
        if c in _ONES:
            if current is not None and _ONES[c] and current:
                return None
            current = _ONES[c]
            if index == len(run) - 1 and last >= 100 and run[index - 1] not in "零〇":
                # 三千五 is 3,500.
                current = current * last // 10
        elif c in _TWENTIES:
            section, current, last = section + _TWENTIES[c], None, 10
        elif c in _SMALL:
            section += (1 if current is None else current) * _SMALL[c]
            current, last = None, _SMALL[c]
        else:
            part = section + (current or 0)
            if c == "亿" and total and not part:
                total, last = total * _LARGE[c], _LARGE[c]
            else:
                total, last = total + (part or 1) * _LARGE[c], _LARGE[c]
            section, current = 0, None
    return total + section + (current or 0)


_MAY_FOLLOW = {
    "one": {"", "ten", "hundred", "scale"},
    "teen": {"", "hundred", "scale"},
    "ten": {"", "hundred", "scale"},
    "hundred": {"one", "teen"},
    "scale": {"one", "teen", "ten", "hundred"},
}


def english(text: Plain, pos: int) -> Numeral | None:
    """The number in English words at ``pos``: twenty-one, one hundred and five, two million."""
    total = current = 0
    last, end, scale, smallest = "", pos, 1, 10**15
    for start, word in _english_words(text.low, pos):
        value, kind = _english_word(word)
        joint = text.low[end:start]
        if last not in _MAY_FOLLOW.get(kind, set()) or (kind == "scale" and value >= smallest):
            break
        linked = "and" in joint or "," in joint
        if linked and (last not in {"hundred", "scale"} or kind in {"hundred", "scale"}):
            break
        if kind == "one" and last == "ten" and joint.strip() not in {"-", ""}:
            break
        if kind == "hundred":
            current *= 100
        elif kind == "scale":
            total, current, smallest, scale = total + current * value, 0, value, value
        else:
            current += value
        last, end = kind, start + len(word)
    if end == pos or text.low[end : end + 1].isalnum():
        return None
    bare = text.low[pos:end] == "one"
    scale = scale if last == "scale" else 1
    return Numeral(pos, end, Decimal(total + current), scale, False, bare)


def _english_words(low: str, pos: int) -> Iterator[tuple[int, str]]:
    """Each word from ``pos`` and where it begins, over what may join words of a number."""
    while word := _WORD.match(low, pos):
        yield word.start(), word[0]
        joint = _JOINT.match(low, word.end())
        if joint is None:
            return
        pos = joint.end()


def _english_word(word: str) -> tuple[int, str]:
    if word in _ENGLISH_ONES or word == "zero":
        return ENGLISH_WORDS[word], "one"
    if word in _ENGLISH_TEENS:
        return _ENGLISH_TEENS[word], "teen"
    if word in _ENGLISH_TENS:
        return _ENGLISH_TENS[word], "ten"
    if word == "hundred":
        return 100, "hundred"
    if word in SCALE_WORDS and word.isascii() and not word.endswith("s"):
        return SCALE_WORDS[word], "scale"
    return 0, ""


def arabic(text: Plain, pos: int) -> Numeral | None:
    """The number in Arabic words that begins with the word at ``pos``, with what is before it."""
    total = current = 0
    end, scale, last, smallest = pos, 1, 0, 10**15
    for stop, word, joined in _arabic_words(text.low, pos):
        first = end == pos
        if (size := ARABIC_SIZES.get(word)) is not None:
            out_of_place = size >= smallest or (joined and (current or not total))
            if out_of_place or (first and word in _PLURAL_SIZES):
                break
            total, current, smallest = total + (current or 1) * size, 0, size
            scale, last = (1 if first else size), 0
        elif (dual := ARABIC_DUALS.get(word)) is not None:
            if not first and (not joined or dual >= smallest or current):
                break
            total, smallest, last, scale = total + dual, dual // 2, 0, 1
        else:
            grown = _grown(current, last, ARABIC_WORDS.get(word), joined, total, first=first)
            if grown is None:
                break
            current, last = grown
            scale = 1
        end = stop
    if end == pos or (total == 0 and current == 1):
        return None
    return Numeral(pos, end, Decimal(total + current), 1 if current else scale, False)


def _grown(
    current: int, last: int, value: int | None, joined: bool, total: int, *, first: bool
) -> tuple[int, int] | None:
    """The number below a thousand with one word more, and that word's value; None if it ends."""
    if value is None:
        return None
    if first:
        return value, value
    if joined:
        return (current + value, value) if _follows(value, last, total) else None
    if value == 10 and 1 <= last <= 9:
        return current + 10, 10
    if value == 100 and 3 <= last <= 9:
        return current - last + 100 * last, 100
    return None


def _follows(value: int, last: int, total: int) -> bool:
    """Whether ``value`` goes on a number after "and": 3 and 20, 100 and 5, a thousand and 3."""
    if last == 0:
        return total > 0
    if last < 10:
        return 20 <= value <= 90
    return last >= 100 and value < 100


def _arabic_words(low: str, pos: int) -> Iterator[tuple[int, str, bool]]:
    """End and bare form of each word from ``pos``, and whether "and" is fixed to it."""
    first = True
    while word := _ARABIC_TOKEN.match(low, pos):
        bare, joined = _bare(word[0], first=first)
        yield word.end(), bare, joined
        space = _ARABIC_SPACE.match(low, word.end())
        if space is None:
            return
        pos, first = space.end(), False


def _bare(word: str, *, first: bool) -> tuple[str, bool]:
    if is_arabic_number(word):
        return word, False
    for form in arabic_forms(word):
        if is_arabic_number(form):
            return form, word[0] == "و" and not first
    return word, False


def is_arabic_number(word: str) -> bool:
    """Whether a bare Arabic word is a number or a size."""
    return word in ARABIC_WORDS or word in ARABIC_SIZES or word in ARABIC_DUALS


def arabic_forms(word: str) -> Iterator[str]:
    """``word`` without the particles and the article that may be fixed to it."""
    yield word
    rest = word
    for _ in range(2):
        if rest[:1] in {"و", "ف", "ب", "ل", "ك"} and len(rest) > 3:
            rest = rest[1:]
            yield rest
            if rest.startswith("ل") and word[word.index(rest) - 1] == "ل":
                yield rest[1:]
        if rest.startswith("ال") and len(rest) > 4:
            yield rest[2:]


def spoken(text: Plain, pos: int) -> Numeral | None:
    """The number in words of any of the five languages at ``pos``."""
    c = text.low[pos : pos + 1]
    if not c:
        return None
    if c in HAN or c in HAN_FINANCIAL:
        return han(text, pos)
    if "a" <= c <= "z":
        return english(text, pos)
    return arabic(text, pos) if "\u0621" <= c <= "\u064a" else None


def numeral(text: Plain, pos: int, *, money: bool = False) -> Numeral | None:
    """The number at ``pos``, in digits or in words."""
    if text.low[pos : pos + 1].isdigit():
        return digits(text, pos, money=money)
    return spoken(text, pos)


def is_number_word(word: str) -> bool:
    """Whether ``word``, folded, is part of a number in English or Arabic words."""
    return (
        word in ENGLISH_WORDS
        or word in {"hundred", *SCALE_WORDS}
        or any(is_arabic_number(form) for form in arabic_forms(word))
    )
