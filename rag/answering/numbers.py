"""Numbers in text by value: 1,000, １，０００, ١٬٠٠٠, 一千 and "one thousand" are one.

Two readings are offered. ``claimed`` takes what surely is a number, for a sentence to be proven;
``stated`` takes all that may be one, for the passage that is to prove it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from rag.answering.number_words import (
    ARABIC_DUALS,
    ARABIC_WORDS,
    ENGLISH_WORDS,
    SCALE_WORDS,
)
from rag.text.fold import fold

_DIGITS = r"\d+(?:[.,]\d+)*"
_SPACED_GROUPS = r"\d{1,3}(?: \d{3})+(?![\d.,])"
_IDEOGRAPHS = {c: n for n, c in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2, "○": 0}
_TENS = {"十": 10, "百": 100, "千": 1000}
_MYRIADS = {"万": 10**4, "亿": 10**8, "兆": 10**12}
_HAN = "".join((*_IDEOGRAPHS, *_TENS))
_RUN = re.compile(
    rf"(?<![a-z\d])(?<![a-z]-)(?:(?P<spaced>{_SPACED_GROUPS})"
    rf"|(?!百分[之点])(?P<run>(?:{_DIGITS}|[{_HAN}])(?:[{_HAN}万亿兆]|{_DIGITS})*))"
)
_TOKEN = re.compile(rf"{_DIGITS}|.")
_ARABIC_UNITS = "|".join(sorted({*ARABIC_WORDS, *ARABIC_DUALS}, key=len, reverse=True))
_ARABIC_RUN = re.compile(
    r"(?<!\w)(?!(?:بال|ال)ما?يه)"
    rf"[وبلكف]?(?:ال)?(?:{_ARABIC_UNITS})(?:\s+و?(?:{_ARABIC_UNITS}))*(?!\w)"
)
_ENGLISH_UNITS = "|".join(sorted(ENGLISH_WORDS, key=len, reverse=True))
_ENGLISH_RUN = re.compile(
    rf"(?<![\w-])(?:{_ENGLISH_UNITS})(?:(?:-|\s+|\s+and\s+)(?:{_ENGLISH_UNITS}))*(?!\w)"
)
_SCALES = "|".join(sorted(map(re.escape, SCALE_WORDS), key=len, reverse=True))
_SCALE = re.compile(rf"(?:[\s-]*(?P<word>{_SCALES})|(?P<letter>mn|bn|tn|[kmb]))(?!\w)")
_FREE_SCALE = re.compile(rf"(?<!\w)(?:{_SCALES})(?!\w)|[百千]?[万亿兆]")
_SIZE_ALONE = re.compile(r"[百千]?[万亿兆]|千")
_POINTS = re.compile(
    r"\s*-?(?:percentage[- ]points?|pp\b|个百分点|(?:パーセント)?ポイント|نقط\w* ميوي)"
)
_PERCENT = re.compile(
    r"\s*-?(?:%|per\s?cents?\b|percent\b|パーセント|(?:بالم|في الم)ا?ي?يه|prozent\b|pour cent\b)"
)
_LETTER_SCALES = {"k": 10**3, "m": 10**6, "mn": 10**6, "b": 10**9, "bn": 10**9, "tn": 10**12}
_ARABIC_SIGNS = str.maketrans({"٫": ".", "٬": ",", "٪": "%", "،": "、"})
_COMMA_DECIMALS = frozenset(
    ["de", "fr", "es", "it", "pt", "nl", "ro", "tr", "vi", "id", "pl", "ru", "uk", "bg", "el"]
)
_TOO_COMMON = frozenset({"一", "十", "百", "千", "one"})


@dataclass(frozen=True, slots=True)
class Number:
    """A number at ``start:end`` of the folded text.

    ``value`` has its word of size multiplied in, ``base`` has not; ``scale`` is that word's value.
    ``kind`` is ``""``, ``"percent"`` or ``"points"`` (percentage points). ``text`` is the folded
    spelling.
    """

    value: Fraction
    base: Fraction
    scale: int
    kind: str
    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class Stated:
    """What a passage states: values with their kinds, and what its tables' heads may add.

    ``scales`` are words of size that stand by themselves ("in millions", 百万円), ``percent``
    whether a percent sign does.
    """

    values: frozenset[tuple[Fraction, str]]
    scales: frozenset[int]
    percent: bool

    def holds(self, number: Number) -> bool:
        """Whether the passage states ``number``."""
        if (number.value, number.kind) in self.values:
            return True
        if number.kind == "percent" and self.percent and (number.value, "") in self.values:
            return True
        return number.scale in self.scales and (number.base, number.kind) in self.values


def folded(text: str) -> str:
    """``text`` as numbers and dates are read in it; its length differs."""
    return fold(text.translate(_ARABIC_SIGNS))


def claimed(text: str, language: str) -> list[Number]:
    """The numbers that folded ``text`` surely names, in order."""
    return [
        number
        for number in _numbers(text, language)
        if number.scale > 1 or number.kind or number.text not in _TOO_COMMON
    ]


def stated(text: str, language: str) -> Stated:
    """All that folded ``text`` may state."""
    values: set[tuple[Fraction, str]] = set()
    scales: set[int] = set()
    rest = list(text)
    for number in _numbers(text, language):
        values.add((number.value, number.kind))
        if _SIZE_ALONE.fullmatch(number.text):
            scales.add(int(number.value))
        if " " in number.text and number.text[0].isdigit():
            # Cells of a table row may stand as far apart as groups of thousands do.
            values |= {(Fraction(part), number.kind) for part in number.text.split(" ")}
        rest[number.start : number.end] = " " * (number.end - number.start)
    left = "".join(rest)
    scales |= {_scale_value(match[0]) for match in _FREE_SCALE.finditer(left)}
    return Stated(frozenset(values), frozenset(scales), "%" in left or "per cent" in left)


def _numbers(text: str, language: str) -> Iterator[Number]:
    found = [
        *(_digits(match, text, language) for match in _RUN.finditer(text)),
        *(_words(match, text, ENGLISH_WORDS) for match in _ENGLISH_RUN.finditer(text)),
        *(_words(match, text, ARABIC_WORDS) for match in _ARABIC_RUN.finditer(text)),
    ]
    yield from sorted((n for n in found if n is not None), key=lambda number: number.start)


def _digits(match: re.Match[str], text: str, language: str) -> Number | None:
    if match["spaced"]:
        value: Fraction | None = Fraction(match["spaced"].replace(" ", ""))
    else:
        value = _run_value(match["run"], language)
    return None if value is None else _with_unit(value, match, text)


def _words(match: re.Match[str], text: str, words: dict[str, int]) -> Number | None:
    total = 0
    for word in re.split(r"[\s-]+", match[0]):
        value = _word_value(word, words)
        if value is None:
            continue
        if value in {100, 1000} and total:
            total = (
                total - total % 100 + (total % 100 or 1) * value if value == 100 else total * value
            )
        else:
            total += value
    return _with_unit(Fraction(total), match, text)


def _word_value(word: str, words: dict[str, int]) -> int | None:
    forms = (
        word,
        word.lstrip("وبلكف"),
        word[1:],
        word.removeprefix("ال"),
        word[1:].removeprefix("ال"),
    )
    return next(
        (table[form] for form in forms for table in (words, ARABIC_DUALS) if form in table), None
    )


def _with_unit(value: Fraction, match: re.Match[str], text: str) -> Number:
    start, end = match.span()
    scale = 1
    unit = _SCALE.match(text, end)
    if unit and (unit["word"] or text[end - 1].isdigit()):
        scale, end = _LETTER_SCALES.get(unit["letter"]) or _scale_value(unit["word"]), unit.end()
    kind = ""
    before = text[max(0, start - 4) : start].rstrip()
    if points := _POINTS.match(text, end):
        kind, end = "points", points.end()
    elif percent := _PERCENT.match(text, end):
        kind, end = "percent", percent.end()
    elif before.endswith(("百分之", "%")) and scale == 1:
        kind = "percent"
    own = _own_scale(match[0])
    return Number(
        value * scale, value / own, scale * own, kind, start, end, " ".join(match[0].split())
    )


def _own_scale(run: str) -> int:
    """The words of size that end a run, as 百万 in 1,234百万; 1 where there are none."""
    units = re.search(r"\d([百千]?[万亿兆])$", run)
    return _scale_value(units[1]) if units else 1


def _scale_value(word: str) -> int:
    if word in SCALE_WORDS:
        return SCALE_WORDS[word]
    value = 1
    for character in word:
        value *= _TENS.get(character) or _MYRIADS[character]
    return value


def _run_value(run: str, language: str) -> Fraction | None:
    """The value of digits and ideographs such as 1亿2,000万 or 三百二十; None for 3.2.1."""
    total = section = Fraction(0)
    current: Fraction | None = None
    for token in _TOKEN.findall(run):
        if token[0].isdigit() and token not in _IDEOGRAPHS:
            current = _plain(token, language)
            if current is None:
                return None
        elif token in _IDEOGRAPHS:
            current = (current or Fraction(0)) * 10 + _IDEOGRAPHS[token]
        elif token in _TENS:
            section += (1 if current is None else current) * _TENS[token]
            current = None
        else:
            part = section + (current or 0)
            total, section, current = total + (part or 1) * _MYRIADS[token], Fraction(0), None
    return total + section + (current or 0)


def _plain(token: str, language: str) -> Fraction | None:
    thousands, point = (".", ",") if language in _COMMA_DECIMALS else (",", ".")
    grouped = re.fullmatch(rf"\d{{1,3}}(?:\{thousands}\d{{3}})+(?:\{point}\d+)?", token)
    if grouped:
        token = token.replace(thousands, "")
    token = token.replace(",", ".") if point == "," or not grouped else token
    return Fraction(token) if token.count(".") <= 1 else None
