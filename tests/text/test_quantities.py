"""Quantities in five languages against answers written out, and laws that hold for every text."""

from __future__ import annotations

import unicodedata
from collections import Counter
from dataclasses import replace
from datetime import date
from decimal import Decimal
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from rag.text.quantities import Quantity, of_kind, quantities, values_equal, years_named

TABLE = Path(__file__).with_name("quantities.tsv")
"""A line a case: language, text, and for each quantity its span, kind, value and unit."""

LANGUAGES = ("en", "zh-Hans", "zh-Hant", "ar", "ja", "de", "fr", "und")


def cases() -> list[tuple[str, str, list[str]]]:
    lines = TABLE.read_text(encoding="utf-8").splitlines()
    rows = [line.split("\t") for line in lines if not line.startswith("#")]
    return [
        (row[0], row[1].replace("\\t", "\t").replace("\\n", "\n"), [q for q in row[2:] if q])
        for row in rows
    ]


def shown(quantity: Quantity, text: str) -> str:
    """A quantity as the table writes it."""
    value = plainly(quantity.value)
    if quantity.until is not None and not quantity.hijri:
        value = f"{value}..{plainly(quantity.until)}"
    fields = (text[quantity.start : quantity.end], quantity.kind, value, quantity.unit)
    return "; ".join(filter(None, fields))


def plainly(value: Decimal | str) -> str:
    if isinstance(value, str):
        return value
    return f"{value.normalize():f}"


def one(text: str, language: str = "en") -> Quantity:
    (found,) = quantities(text, language)
    return found


@pytest.mark.parametrize(("language", "text", "expected"), cases())
def test_the_quantities_of_a_text(language: str, text: str, expected: list[str]) -> None:
    assert [shown(quantity, text) for quantity in quantities(text, language)] == expected


def test_the_table_covers_every_language() -> None:
    counts = Counter(language for language, _, _ in cases())
    assert all(counts[language] >= 80 for language in ("en", "zh-Hans", "zh-Hant", "ar", "ja"))


PIECES = st.sampled_from(
    [
        "Article ", "第", "条", "年", "月", "日", "1", "12", "2024", ",", ".", "-", "–", "/", " ",
        "(", ")", "%", "万", "億", "三", "十", "million", "to", " and ", "between ", "EUR ", "$",
        "المادة ", "ثلاثة", " و", "شهر", "٣", "٢٠٢٤", "هـ", "Q", "FY", "COVID", "Basel ", "III",
        "first", "half", "\t", "\n", "x", "'", "thirty", "(30)", "１", "２，", "令和", "元", "点",
        "分之", "百", "から", "12 March", "pp", "bn", "§", "No. ", "ً", "²", "½", "رمضان ", "1445",
    ]
)  # fmt: skip
TEXTS = st.one_of(st.lists(PIECES, max_size=12).map("".join), st.text(max_size=60))


@given(TEXTS, st.sampled_from(LANGUAGES))
@example("(1) 2-3/4", "en")
@example("١٥ رمضان ١٤٤٥ هـ", "ar")
def test_every_digit_is_in_exactly_one_quantity(text: str, language: str) -> None:
    found = quantities(text, language)
    for place, character in enumerate(text):
        if unicodedata.decimal(character, None) is not None:
            assert sum(q.start <= place < q.end for q in found) == 1


@given(TEXTS, st.sampled_from(LANGUAGES))
def test_spans_are_in_order_apart_and_within_the_text(text: str, language: str) -> None:
    found = quantities(text, language)
    assert all(0 <= q.start < q.end <= len(text) for q in found)
    assert all(one.end <= other.start for one, other in pairwise(found))


def continental(number: int, fraction: str) -> str:
    return f"{number:,}".replace(",", ".") + (f",{fraction}" if fraction else "")


FORMS = {
    "comma": ("en", lambda n, f: f"{n:,}" + (f".{f}" if f else "")),
    "plain": ("en", lambda n, f: f"{n}" + (f".{f}" if f else "")),
    "apostrophe": ("en", lambda n, f: f"{n:,}".replace(",", "'") + (f".{f}" if f else "")),
    "thin space": ("en", lambda n, f: f"{n:,}".replace(",", "\u2009") + (f".{f}" if f else "")),
    "continental": ("de", continental),
    "spaced": ("fr", lambda n, f: f"{n:,}".replace(",", "\u00a0") + (f",{f}" if f else "")),
    "chinese": ("zh-Hans", lambda n, f: f"{n:,}" + (f".{f}" if f else "")),
    "japanese": ("ja", lambda n, f: f"{n:,}" + (f".{f}" if f else "")),
    "arabic": (
        "ar",
        lambda n, f: (f"{n:,}".replace(",", "٬") + (f"٫{f}" if f else "")).translate(
            str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩")
        ),
    ),
    "full width": (
        "ja",
        lambda n, f: (f"{n:,}" + (f".{f}" if f else "")).translate(
            str.maketrans("0123456789,.", "０１２３４５６７８９，．")
        ),
    ),
}


@given(
    st.sampled_from(sorted(FORMS)),
    st.integers(0, 10**15),
    st.sampled_from(["", "5", "25", "07", "1250"]),
)
def test_a_number_set_in_a_languages_way_reads_as_itself(
    form: str, number: int, fraction: str
) -> None:
    language, write = FORMS[form]
    written = write(number, fraction)
    found = one(f"{written} %", language)
    assert (found.start, found.end, found.kind) == (0, len(written) + 2, "percent")
    assert found.value == Decimal(f"{number}.{fraction or 0}")


ENGLISH_ONES = [
    "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven",
    "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen",
]  # fmt: skip
ENGLISH_TENS = ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]


def in_english(number: int) -> str:
    if number < 20:
        return ENGLISH_ONES[number]
    if number < 100:
        tens, ones = divmod(number, 10)
        return ENGLISH_TENS[tens - 2] + (f"-{ENGLISH_ONES[ones]}" if ones else "")
    for size, name in (
        (10**9, "billion"),
        (10**6, "million"),
        (1000, "thousand"),
        (100, "hundred"),
    ):
        if number >= size:
            more, rest = divmod(number, size)
            joint = " and " if 0 < rest < 100 else " "
            return f"{in_english(more)} {name}" + (f"{joint}{in_english(rest)}" if rest else "")
    raise AssertionError(number)


def in_chinese(number: int) -> str:
    digits = "零一二三四五六七八九"
    if number < 10:
        return digits[number]
    for size, name in ((10**8, "亿"), (10**4, "万"), (1000, "千"), (100, "百"), (10, "十")):
        if number >= size:
            more, rest = divmod(number, size)
            gap = "零" if rest and rest * 10 < size else ""
            return f"{in_chinese(more)}{name}" + (f"{gap}{in_chinese(rest)}" if rest else "")
    raise AssertionError(number)


@given(st.integers(1, 10**12 - 1))
def test_a_number_in_english_words_reads_as_itself(number: int) -> None:
    assert one(f"{in_english(number)} days").value == number


@given(st.integers(1, 10**12 - 1))
def test_a_number_in_ideographs_reads_as_itself(number: int) -> None:
    assert one(f"{in_chinese(number)}天", "zh-Hans").value == number


@given(st.dates(min_value=date(1912, 1, 1), max_value=date(2099, 12, 31)))
def test_a_day_is_one_in_every_language(day: date) -> None:
    forms = {
        "en": f"{day.day} {day:%B} {day.year}",
        "zh-Hans": f"{day.year}年{day.month}月{day.day}日",
        "zh-Hant": f"民國{day.year - 1911}年{day.month}月{day.day}日",
        "ja": f"{day.year}年{in_chinese(day.month)}月{in_chinese(day.day)}日",
        "ar": day.isoformat(),
    }
    for language, written in forms.items():
        found = one(written, language)
        assert (found.kind, found.value) == ("date", day.isoformat()), language


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("en 2.5 million", "en 2,500,000"),
        ("en 2.500.000", "fr 2 500 000"),
        ("en twenty-one", "zh-Hant 二十一"),
        ("en 12,5 %", "ar ١٢٫٥٪"),
        ("en $2.5bn", "ar 2.5 مليار دولار"),
        ("zh-Hant 300萬元", "zh-Hans 人民币三百万元"),
        ("ja 令和6年3月", "en March 2024"),
        ("ja 令和5年度", "en FY2023"),
        ("en Article 7", "zh-Hant 第七條"),
        ("en Article 7", "ar المادة السابعة"),
        ("en Article 12(3)", "ja 第12条第3項"),
        ("en thirty (30) days", "ar ثلاثين يومًا"),
        ("en two working days", "ar يومي عمل"),
        ("en Q4 2026", "ar الربع الرابع من عام 2026"),
        ("en 03/04/2024", "en 4 March 2024"),
        ("en 03/04/2024", "en 3 April 2024"),
    ],
)
def test_the_same_said_otherwise(first: str, second: str) -> None:
    (one_language, text), (language, other) = first.split(" ", 1), second.split(" ", 1)
    assert values_equal(one(text, one_language), one(other, language))


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("2.5 million", "2.5 billion"),
        ("5 %", "5"),
        ("5 %", "5 percentage points"),
        ("USD 5", "EUR 5"),
        ("30 days", "30 working days"),
        ("12 months", "12 years"),
        ("Article 7", "Article 8"),
        ("Article 7", "7 banks"),
        ("10 to 15 %", "10 %"),
        ("FY2023", "in 2023"),
        ("2019–2021", "2019–2022"),
        ("1 Ramadan 1445 AH", "11 March 2024"),
    ],
)
def test_another_thing_is_told(first: str, second: str) -> None:
    assert not values_equal(one(first), one(second))


def test_a_hijri_date_keeps_its_own_calendar() -> None:
    found = one("١٥ رمضان ١٤٤٥ هـ", "ar")
    # By the tabular calendar 1444 years have 1444 // 30 * 11 + 1 + 1 + 1 = 531 leap days (the
    # 2nd, 5th of the last 4 years: one), eight months 30+29+30+29+30+29+30+29 = 236 days.
    assert (found.hijri, found.value) == ("1445-09-15", "2024-03-25")
    assert values_equal(found, one("15 Ramadan 1445 AH"))
    assert not values_equal(found, one("16 Ramadan 1445 AH"))


def test_numbers_of_a_kind() -> None:
    found = quantities("In 2023 it paid EUR 5 to 12 banks within 3 days.", "en")
    assert [q.value for q in of_kind(found, "year", "duration")] == ["2023", Decimal(3)]


def test_money_without_a_currency_equals_any() -> None:
    found = one("EUR 5")
    assert values_equal(found, replace(found, unit=""))
    assert not values_equal(found, replace(found, kind="number"))


def test_a_range_has_both_ends() -> None:
    found = one("2–3 million euros")
    assert (found.value, found.until, found.unit) == (Decimal(2_000_000), Decimal(3_000_000), "EUR")


def test_prose_without_quantities_has_none() -> None:
    text = "The board of the bank approves the policy. 董事會應核定政策。 يوافق المجلس على السياسة."
    assert quantities(text, "en") == ()


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("In 2022/23 and FY2021", {2021, 2022, 2023}),
        ("令和5年度、平成元年、2019年3月末", {2023, 1989, 2019}),
        ("民國112年與２０２１年", {2023, 2021}),
        ("二〇二三年，一九九八年", {2023, 1998}),
        ("في عام ٢٠٢٠", {2020}),
        ("2,023 cases, 2022.5 and 2020% of 12024", set()),
    ],
)
def test_years(text: str, found: set[int]) -> None:
    assert years_named(quantities(text, "und")) == found
