"""The numbers, dates and amounts that a text states, by kind.

Digits of all scripts count alike, and the number words that languages prefer for small numbers.
Offsets are those of the text as it stands.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

Kind = Literal["number", "percent", "money", "date", "year", "time", "duration"]

_NUMBER = r"\d+(?:[.,٬٫]\d+)*"
_HAN = "[〇零一二兩两三四五六七八九十百千]+(?:[万萬億亿兆][〇零一二兩两三四五六七八九十百千]*)*"
_SCALED = rf"(?:{_NUMBER}(?:\s*(?:千|百)?(?:[万萬億亿兆]|[百千]?万))*|{_HAN})"
_SCALE = r"(?:\s*(?:thousand|million|billion|trillion|m|bn|k|ألف|آلاف|مليون|ملايين|مليار|مليارات))?"
_WORDS = (
    r"one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|fifteen|"
    r"sixteen|seventeen|eighteen|nineteen|twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety|"
    r"hundred|thousand|half|twice|once|first|second|third|fourth|fifth|both|none"
)
_ARABIC_WORDS = (
    r"واحد|واحدة|اثنان|اثنين|اثنتان|اثنتين|ثلاثة|ثلاث|أربعة|أربع|خمسة|خمس|ستة|ست|سبعة|سبع|ثمانية|"
    r"ثماني|ثمان|تسعة|تسع|عشرة|عشر|عشرون|عشرين|ثلاثون|ثلاثين|أربعون|أربعين|خمسون|خمسين|ستون|ستين|"
    r"سبعون|سبعين|ثمانون|ثمانين|تسعون|تسعين|مئة|مائة|مئتان|مئتين|ألف|نصف|مرتين|الأول|الثاني|الثالث"
)
_MONTHS = (
    r"jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|"
    r"sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?|"
    r"يناير|فبراير|مارس|أبريل|ابريل|إبريل|مايو|يونيو|يوليو|أغسطس|اغسطس|سبتمبر|أكتوبر|اكتوبر|نوفمبر|ديسمبر"
)
_YEAR = r"(?:1[5-9]|20)\d\d"
_ERA = r"(?:令和|平成|昭和|民國|民国)\s*(?:\d+|元)\s*年(?:度)?"
# Letters and vowel marks that an Arabic word may end in.
_ENDING = r"[\w\u064b-\u0652]*"
_MONEY_BEFORE = (
    r"[$€£¥￥₹]|US\$|HK\$|NT\$|S\$|USD|EUR|GBP|JPY|CNY|RMB|CHF|HKD|AED|SAR|"
    r"人民币|人民幣|新台幣|新臺幣"
)
_MONEY_AFTER = (
    r"dollars?|euros?|pounds?|yen|yuan|cents?|USD|EUR|GBP|JPY|CNY|RMB|"
    r"[\w]{0,4}?(?:元|圓|円|幣|币|圆)|"
    rf"(?:ال)?(?:دولار{_ENDING}|يورو|ين|يوان|ريال{_ENDING}|درهم{_ENDING}|دينار{_ENDING}|جنيه{_ENDING}|نخلة)"
)
_DURATION = (
    r"(?:(?:calendar|business|working|full|consecutive)[ -])?"
    r"(?:seconds?|minutes?|hours?|days?|weeks?|fortnights?|months?|quarters?|years?|decades?)|"
    r"(?:個|个|か|ヶ|カ|ケ|箇)?(?:工作日|營業日|营业日|営業日|人日|秒|分鐘|分钟|分間|分|小時|小时|時間|"
    r"天|日間|日|週間|週|周|星期|月間|月|季度|年間|年)(?!度|底|末|至|第)|"
    rf"(?:ثانية|ثوان|ثواني|دقيقة|دقائق|ساعة|ساعات|يوم{_ENDING}|أيام|أسبوع{_ENDING}|أسابيع|شهر{_ENDING}|أشهر|شهور|"
    rf"سنة|سنوات|عام{_ENDING}|أعوام)"
)
_COUNTER = "[个個次支名家種种項项件人位所座場场倍半条條回社先つ点點種類]"

# In order: what an earlier pattern takes, a later one does not see.
_PATTERNS: tuple[tuple[Kind, str], ...] = (
    ("percent", rf"(?:{_NUMBER}|\b(?:{_WORDS}))\s*(?:%|٪|percent(?:age points?)?\b|per cent\b|pp\b|"
                r"個百分點|个百分点|百分點|百分点|ポイント|パーセント|"
                r"(?:نقطة مئوية|نقاط مئوية|في المائة|في المئة|بالمائة|بالمئة))"
                rf"|百分之{_SCALED}|{_SCALED}\s*(?:成|割)|万分之{_SCALED}"),
    ("date", rf"{_YEAR}\s*年(?:度)?\s*\d{{1,2}}\s*月(?:\s*\d{{1,2}}\s*日)?|{_ERA}\s*\d{{1,2}}\s*月"
             r"(?:\s*\d{1,2}\s*日)?|\d{1,2}\s*月\s*\d{1,2}\s*日"
             rf"|{_YEAR}[-/.]\d{{1,2}}(?:[-/.]\d{{1,2}})?(?!\d)|\d{{1,2}}[-/.]\d{{1,2}}[-/.]{_YEAR}"
             rf"|\b\d{{1,2}}(?:st|nd|rd|th)?\s+(?:of\s+)?(?:{_MONTHS})\b\.?(?:,?\s+{_YEAR})?"
             rf"|\b(?:{_MONTHS})\b\.?\s+(?:\d{{1,2}}(?:st|nd|rd|th)?\b(?:,?\s+{_YEAR})?|{_YEAR})"),
    ("year", rf"{_ERA}|{_YEAR}\s*年(?:度)?|(?<![\d.,]){_YEAR}(?![\d%]|[.,]\d)"),
    ("money", rf"(?:{_MONEY_BEFORE})\s*{_SCALED}{_SCALE}\b|{_SCALED}{_SCALE}\s*(?:{_MONEY_AFTER})"),
    ("time", r"\d{1,2}[:：]\d\d(?:\s*[ap]\.?m)?|(?:午前|午後|凌晨|上午|下午)\s*\d{1,2}\s*(?:時|时|點|点)"
             r"(?:\s*\d{1,2}\s*分)?|\d{1,2}\s*[ap]\.?m\b"),
    ("duration", rf"(?:{_SCALED}|\b(?:{_WORDS}|{_ARABIC_WORDS}))(?:\s|-)*(?:{_DURATION})"),
    ("number", rf"{_HAN}(?={_COUNTER})|{_SCALED}{_SCALE}|\b(?:{_WORDS})\b|\b(?:{_ARABIC_WORDS})\b"),
)  # fmt: skip
_VALUE = re.compile(
    "|".join(f"(?P<{kind}>{pattern})" for kind, pattern in _PATTERNS), re.IGNORECASE
)

# Numerals of ideographs are parts of words more often than numbers where nothing is counted.
_BARE_HAN = re.compile(f"{_HAN}$")
_COUNTED = re.compile(_COUNTER)


@dataclass(frozen=True, slots=True)
class Value:
    """A value at ``text[start:end]``; ``key`` compares it with the same value written otherwise."""

    kind: Kind
    start: int
    end: int
    key: str


@lru_cache(maxsize=4096)
def values(text: str) -> tuple[Value, ...]:
    """The values in a text, in order, none overlapping."""
    return tuple(_found(plain_digits(text)))


def _found(text: str) -> Iterator[Value]:
    for match in _VALUE.finditer(text):
        kind = match.lastgroup
        written = match.group()
        alone = kind == "number" and len(written) == 1 and _BARE_HAN.match(written)
        if alone and not _COUNTED.match(text, match.end()):
            continue
        yield Value(kind, match.start(), match.end(), _key(written))  # type: ignore[arg-type]


def _key(written: str) -> str:
    folded = unicodedata.normalize("NFKC", written).casefold()
    digits = re.sub(r"(?<=\d)[,٬](?=\d)", "", folded)
    return re.sub(r"\s+", "", digits)


def plain_digits(text: str) -> str:
    """``text`` with digits and signs of all scripts as ASCII, no offset moved."""
    if text.isascii():
        return text
    return "".join(_PLAIN.get(c) or _digit(c) for c in text)


_PLAIN = {"％": "%", "，": ",", "．": ".", "：": ":", "＄": "$"}


def _digit(character: str) -> str:
    number = unicodedata.decimal(character, None)
    return character if number is None else str(number)
