"""Values that belong to no language, and how each language writes them."""

from __future__ import annotations

import math
import random
from dataclasses import dataclass
from datetime import date, timedelta

from tools.invented.attributes import Attribute
from tools.invented.lexicon import LEXICA
from tools.invented.names import Name, institution, person, place
from tools.invented.tsv import rows

CURRENCIES = rows("currencies")
"""Currencies, each by language."""

_INDIC = str.maketrans("0123456789.,%", "٠١٢٣٤٥٦٧٨٩٫٬٪")
_UNITS = ("minute", "hour", "day", "year")
_PERCENT = {"en": " per cent", "ja": "パーセント", "ar": " في المئة"}
_MYRIADS = {"zh-Hans": ("亿", "万"), "zh-Hant": ("億", "萬"), "ja": ("億", "万")}
_REIWA = 2018


@dataclass(frozen=True)
class Value:
    """A number, a date, a name, or the place of one of the choices that ``detail`` names.

    ``kind`` is that of its attribute; ``detail`` is a duration's unit too.
    """

    kind: str
    data: float | date | Name
    detail: str = ""

    @property
    def number(self) -> float:
        """The number; raises TypeError where it is a date or name."""
        if isinstance(self.data, (date, Name)):
            raise TypeError(f"a value of kind {self.kind} is no number")
        return self.data


@dataclass(frozen=True)
class Style:
    """Choices of notation that hold throughout one text; ``currency`` is one of ``CURRENCIES``."""

    currency: int
    big_units: bool
    indic_digits: bool
    percent_word: bool
    date_form: int


def random_style(rng: random.Random, currency: int) -> Style:
    """A notation for one text."""
    return Style(
        currency,
        big_units=rng.random() < 0.65,
        indic_digits=rng.random() < 0.35,
        percent_word=rng.random() < 0.3,
        date_form=rng.randrange(4),
    )


def random_value(rng: random.Random, attribute: Attribute, year: int) -> Value:
    """A value that the attribute may have in that year."""
    kind, detail = attribute.value, attribute.detail
    if kind in ("person", "place", "organisation"):
        return Value(kind, _name(rng, kind, detail))
    if kind == "choice":
        return Value(kind, rng.randrange(len(LEXICA["en"].choices[detail])), detail)
    if kind == "date":
        year += rng.randint(round(attribute.low), round(attribute.high))
        return Value(kind, date(year, 1, 1) + timedelta(days=rng.randrange(365)))
    number = _spread(rng, attribute.low, attribute.high)
    if kind == "duration":
        return Value(kind, round(number), rng.choice(detail.split(",")))
    return Value(kind, _rounded(rng, kind, number, detail))


def _name(rng: random.Random, kind: str, detail: str) -> Name:
    if kind == "organisation":
        return institution(rng, detail)
    return person(rng) if kind == "person" else place(rng)


def _rounded(rng: random.Random, kind: str, number: float, detail: str) -> float:
    """As many digits as are usual for an amount, count or percentage."""
    if kind == "percent":
        return round(number, int(detail) if detail else rng.choice((0, 1, 1, 1)))
    if kind == "amount":
        return 10_000 * _significant(number, 3)
    return _significant(number, 2 if number > 1e5 and rng.random() < 0.5 else 7)


def _spread(rng: random.Random, low: float, high: float) -> float:
    """A number between the two, by its logarithm where they are far apart."""
    if high > 20 * low:
        return math.exp(rng.uniform(math.log(low), math.log(high)))
    return rng.uniform(low, high)


def _significant(number: float, places: int) -> int:
    """Rounded to so many significant digits, and to whole numbers."""
    scale: int = 10 ** max(0, int(math.log10(max(number, 1))) + 1 - places)
    return round(number / scale) * scale


def render(value: Value, language: str, style: Style) -> str:
    """The value as the language writes it."""
    if isinstance(value.data, Name):
        return value.data[language]
    if isinstance(value.data, date):
        return _date(value.data, language, style)
    if value.kind == "choice":
        return LEXICA[language].choices[value.detail][round(value.data)]
    return digits(_figure(value, language, style), language, style)


def _figure(value: Value, language: str, style: Style) -> str:
    """A number and what it counts, in the digits 0 to 9."""
    if value.kind == "duration":
        return _duration(round(value.number), value.detail, language)
    if value.kind == "percent":
        sign = _PERCENT.get(language, "%") if style.percent_word else "%"
        return _plain(value.number) + sign
    text = _big_number(round(value.number), language, style)
    if value.kind == "count":
        return text
    return text + LEXICA[language].space + CURRENCIES[style.currency][language]


def digits(text: str, language: str, style: Style) -> str:
    """``text`` with Arabic-Indic digits where the style has them."""
    return text.translate(_INDIC) if language == "ar" and style.indic_digits else text


def _plain(number: float) -> str:
    """Two decimals at most, without needless zeros."""
    return f"{number:,.2f}".rstrip("0").rstrip(".")


def _big_number(number: int, language: str, style: Style) -> str:
    """In the language's large units where the style has them and they lose nothing."""
    if not style.big_units or number < 10_000:
        return f"{number:,}"
    if language in _MYRIADS:
        return _in_myriads(number, language)
    unit = 10**9 if number >= 10**9 else 10**6
    if number < unit or number % (unit // 1000):
        return f"{number:,}"
    few = number % unit == 0 and number // unit <= 10
    if language == "en":
        word = "billion" if unit == 10**9 else "million"
    elif few and number < 3 * unit:
        # One and two have forms of their own in Arabic, without a digit.
        return f"{number:,}"
    elif unit == 10**9:
        word = "مليارات" if few else "مليار"
    else:
        word = "ملايين" if few else "مليون"
    return f"{number / unit:.3f}".rstrip("0").rstrip(".") + " " + word


def _in_myriads(number: int, language: str) -> str:
    """In units of 10,000 and 100,000,000, of which Japanese says one after the other."""
    if number % 10_000:
        return f"{number:,}"
    large, small = _MYRIADS[language]
    if language == "ja":
        units = ((10**12, "兆"), (10**8, large), (10**4, small))
        counts = [(number // unit % 10_000, word) for unit, word in units]
        return "".join(f"{count:,}{word}" for count, word in counts if count)
    if number < 10**8:
        return f"{number // 10_000}{small}"
    return _plain(number / 10**8).replace(",", "") + large


def _date(day: date, language: str, style: Style) -> str:
    lexicon = LEXICA[language]
    if language == "en":
        month = lexicon.phrases["months"][day.month - 1]
        if style.date_form == 0:
            return f"{month} {day.day}, {day.year}"
        return f"{day.day} {month} {day.year}"
    if language == "ar":
        month = lexicon.phrases["months"][day.month - 1]
        levantine = lexicon.phrases["months_levantine"][day.month - 1]
        shown = {0: levantine, 1: f"{levantine}/{month}"}.get(style.date_form, month)
        return digits(f"{day.day} {shown} {day.year}", language, style)
    if language == "ja" and style.date_form == 0 and day.year > _REIWA + 1:
        return f"令和{day.year - _REIWA}年{day.month}月{day.day}日"
    return f"{day.year}年{day.month}月{day.day}日"


def _duration(number: int, unit: str, language: str) -> str:
    """A length of time; ``number`` is 3 or more."""
    lexicon = LEXICA[language]
    few = language == "ar" and number <= 10
    words = lexicon.phrases["units_up_to_ten" if few else "units"]
    return f"{number}{lexicon.space}{words[_UNITS.index(unit)]}"
