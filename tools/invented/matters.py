"""What rules are about, whom they bind, and how the values in them are written."""

from __future__ import annotations

import random
from dataclasses import dataclass

from tools.invented.lexicon import LEXICA, RULE_LEXICA
from tools.invented.tsv import rows
from tools.invented.values import Style, Value, digits, render

_MANTISSAS = (1, 1.2, 1.5, 2, 2.5, 3, 4, 5, 6, 7.5, 8)
_WORDS = {int(row["number"]): row for row in rows("number_words")}
_PERIODS = {row["unit"]: row for row in rows("periods")}
_HAN = "零一二三四五六七八九"
_HAN_UNITS = {"zh-Hans": ("", "万", "亿"), "zh-Hant": ("", "萬", "億"), "ja": ("", "万", "億")}

FIGURES = ("amount", "count", "percent", "duration")
"""The kinds of value that are numbers."""

Datum = Value | tuple[int, ...] | int
"""What a rule states: a value, the items of a list, or which of its statements holds."""


@dataclass(frozen=True)
class Matter:
    """One thing that rules regulate.

    ``value`` is "amount", "count", "percent", "duration", "choice" (one of the list ``options``),
    "list" (some of that list) or "permit" (the first statement allows, the second forbids).
    ``options`` has the numbers, of an amount in units of 10,000 from the lowest to the highest.
    ``who`` is the group of those bound, or "none" for definitions.
    """

    key: str
    value: str
    options: str
    unit: str
    who: str


MATTERS: dict[str, Matter] = {row["key"]: Matter(**row) for row in rows("matters")}

PARTIES: dict[str, list[str]] = {}
"""Those bound by rules, by group."""
for _row in rows("parties"):
    PARTIES.setdefault(_row["group"], []).append(_row["party"])


@dataclass(frozen=True)
class Notation:
    """How one text writes figures: its style, and whether small numbers are words."""

    style: Style
    words: bool


def random_datum(rng: random.Random, matter: Matter) -> Datum:
    """What a rule on the matter may state."""
    if matter.value == "permit":
        return rng.randrange(2)
    if matter.value == "list":
        items = choices(matter.options, "en")
        return tuple(sorted(rng.sample(range(len(items)), rng.randint(3, min(5, len(items))))))
    if matter.value == "choice":
        return Value("choice", rng.randrange(len(choices(matter.options, "en"))), matter.options)
    options = [float(option) for option in matter.options.split(",")]
    if matter.value == "amount":
        return Value("amount", random_amount(rng, *options))
    return Value(matter.value, rng.choice(options), matter.unit)


def random_amount(rng: random.Random, low: float, high: float) -> int:
    """A round amount between the bounds, which count units of 10,000."""
    while True:
        amount = rng.choice(_MANTISSAS) * 10.0 ** rng.randint(-1, 5)
        if low <= amount <= high:
            return round(amount * 10_000)


def choices(name: str, language: str) -> list[str]:
    """The list of that name, of rules or of reports."""
    return RULE_LEXICA[language].choices.get(name) or LEXICA[language].choices[name]


def written(value: Value, language: str, notation: Notation) -> str:
    """The value as a rule in that language has it."""
    if value.kind == "choice":
        return choices(value.detail, language)[round(value.number)]
    if value.kind == "duration":
        return period(round(value.number), value.detail, language, notation)
    if notation.words and value.kind == "percent" and value.number == round(value.number):
        return _percent(round(value.number), language, notation)
    if notation.words and value.kind == "count" and value.number in _WORDS:
        return _number(round(value.number), language, notation, "masculine")
    if notation.words and value.kind == "amount" and language in _HAN_UNITS:
        currency = render(value, language, notation.style).lstrip("0123456789,.万亿萬億兆")
        return han(round(value.number), language) + currency
    return render(value, language, notation.style)


def period(number: int, unit: str, language: str, notation: Notation) -> str:
    """A length of time of 3 or more units, in Arabic in the genitive."""
    row = _PERIODS[unit]
    words = row["ar_few"] if language == "ar" and number <= 10 else row[language]
    space = LEXICA[language].space
    return f"{_number(number, language, notation, row['gender'])}{space}{words}"


def _number(number: int, language: str, notation: Notation, gender: str) -> str:
    if notation.words and language in _HAN_UNITS:
        return han(number, language)
    if notation.words and number in _WORDS:
        row = _WORDS[number]
        # What is counted in the feminine takes the other form in Arabic.
        return row["en"] if language == "en" else row[f"ar_{gender}"]
    return digits(str(number), language, notation.style)


def _percent(number: int, language: str, notation: Notation) -> str:
    if language == "ja":
        return f"百分の{han(number, language)}"
    if language in _HAN_UNITS:
        return f"百分之{han(number, language)}"
    if number not in _WORDS:
        return render(Value("percent", number), language, notation.style)
    return f"{_number(number, language, notation, 'masculine')} " + (
        "per cent" if language == "en" else "في المئة"
    )


def han(number: int, language: str) -> str:
    """A number below 10¹² in Chinese characters, as Chinese or Japanese law writes it."""
    text, high = "", False
    for power in (2, 1, 0):
        group = number // 10_000**power % 10_000
        if group:
            gap = high and group < 1000 and language != "ja"
            text += (_HAN[0] if gap else "") + _han_group(group, language, first=not high)
            text += _HAN_UNITS[language][power]
            high = True
    return text


def _han_group(number: int, language: str, *, first: bool) -> str:
    text, gap = "", False
    for value, unit in ((1000, "千"), (100, "百"), (10, "十"), (1, "")):
        digit = number // value % 10
        if not digit:
            gap = bool(text)
            continue
        if gap and language != "ja":
            text += _HAN[0]
        gap = False
        bare_ten = value == 10 and not text and first
        silent = digit == 1 and unit and (language == "ja" or bare_ten)
        text += ("" if silent else _HAN[digit]) + unit
    return text
