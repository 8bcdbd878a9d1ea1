"""What numbers count: currencies, shares of a hundred, and spans of time."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from decimal import Decimal

from rag.text.quantities.numerals import words
from rag.text.quantities.plain import Plain
from rag.text.quantities.values import Kind


@dataclass(frozen=True, slots=True)
class Unit:
    """What is said after a number up to ``end``: its value times ``factor`` and ``more``."""

    kind: Kind
    unit: str
    end: int
    factor: Decimal = Decimal(1)
    more: Decimal = Decimal(0)


_CODES = words(
    "USD EUR GBP JPY CNY RMB CHF HKD TWD NTD SGD AUD CAD NZD KRW INR AED SAR QAR KWD BHD OMR EGP"
    " JOD MAD DZD TND TRY RUB BRL ZAR SEK NOK DKK PLN CZK HUF THB MYR IDR PHP VND MOP IQD LBP ILS"
    " MXN PKR CNH"
)
_SAME_CODES = {"rmb": "CNY", "ntd": "TWD", "cnh": "CNY"}
_SYMBOLS = {
    "us$": "USD", "hk$": "HKD", "nt$": "TWD", "s$": "SGD", "a$": "AUD", "c$": "CAD", "nz$": "NZD",
    "r$": "BRL", "au$": "AUD", "ca$": "CAD", "$": "USD", "€": "EUR", "£": "GBP", "₹": "INR",
    "₩": "KRW", "₽": "RUB", "₺": "TRY", "د.إ": "AED", "ر.س": "SAR",
}  # fmt: skip
# Names of currencies before and after amounts in Chinese and Japanese.
_EAST_ASIAN = {
    "人民币": "CNY", "新台币": "TWD", "台币": "TWD", "港币": "HKD", "港元": "HKD", "美元": "USD",
    "美金": "USD", "欧元": "EUR", "日元": "JPY", "日币": "JPY", "英镑": "GBP", "澳元": "AUD",
    "加元": "CAD", "新加坡元": "SGD", "新加坡币": "SGD", "瑞士法郎": "CHF", "韩元": "KRW", "卢布": "RUB",
    "澳门币": "MOP", "澳门元": "MOP", "日圆": "JPY", "纽元": "NZD", "卢比": "INR", "泰铢": "THB",
    "米ドル": "USD", "ドル": "USD", "ユーロ": "EUR", "ポンド": "GBP", "スイスフラン": "CHF",
    "香港ドル": "HKD", "台湾ドル": "TWD", "豪ドル": "AUD", "カナダドル": "CAD", "ウォン": "KRW",
    "人民元": "CNY", "シンガポールドル": "SGD", "ディルハム": "AED", "リヤル": "SAR", "リアル": "SAR",
    "阿联酋迪拉姆": "AED", "迪拉姆": "AED", "沙特里亚尔": "SAR", "里亚尔": "SAR",
}  # fmt: skip
_ENGLISH = (
    (r"dollars?", "USD"),
    (r"(?:u\.?s\.? |american )dollars?", "USD"),
    (r"hong kong dollars?", "HKD"),
    (r"singapore dollars?", "SGD"),
    (r"australian dollars?", "AUD"),
    (r"canadian dollars?", "CAD"),
    (r"(?:new )?taiwan dollars?", "TWD"),
    (r"euros?", "EUR"),
    (r"pounds? sterling|pounds?(?! (?:per|of))|sterling", "GBP"),
    (r"egyptian pounds?", "EGP"),
    (r"(?:japanese )?yen", "JPY"),
    (r"(?:chinese )?yuan|renminbi", "CNY"),
    (r"francs?|dinars?|rupees?|crowns?|kron[ae]r?|kronor|pesos?", ""),
    (r"swiss francs?", "CHF"),
    (r"(?:uae |emirati )?dirhams?", "AED"),
    (r"moroccan dirhams?", "MAD"),
    (r"(?:saudi )?riyals?", "SAR"),
    (r"qatari (?:rials?|riyals?)", "QAR"),
    (r"omani rials?", "OMR"),
    (r"kuwaiti dinars?", "KWD"),
    (r"bahraini dinars?", "BHD"),
    (r"jordanian dinars?", "JOD"),
    (r"korean won", "KRW"),
)
_ARABIC = (
    (r"دولار\w*(?: امريكي\w*)?", "USD"),
    (r"دولار\w* كندي\w*", "CAD"),
    (r"دولار\w* استرالي\w*", "AUD"),
    (r"يورو", "EUR"),
    (r"جنيه\w*(?: مصري\w*)?", "EGP"),
    (r"جنيه\w* استرليني\w*", "GBP"),
    (r"ين(?: ياباني)?", "JPY"),
    (r"يوان(?: صيني)?", "CNY"),
    (r"(?:درهم|دراهم)\w*(?: اماراتي\w*)?", "AED"),
    (r"(?:درهم|دراهم)\w* مغربي\w*", "MAD"),
    (r"ريال\w*(?: سعودي\w*)?", "SAR"),
    (r"ريال\w* قطري\w*", "QAR"),
    (r"ريال\w* عماني\w*", "OMR"),
    (r"(?:دينار|دنانير)\w*", ""),
    (r"(?:دينار|دنانير)\w* كويتي\w*", "KWD"),
    (r"(?:دينار|دنانير)\w* بحريني\w*", "BHD"),
    (r"(?:دينار|دنانير)\w* اردني\w*", "JOD"),
    (r"فرنك\w* سويسري\w*", "CHF"),
    (r"روبيه|روبيات", "INR"),
)


def _groups(prefix: str, rows: tuple[tuple[str, str], ...]) -> str:
    return "|".join(
        f"(?P<{prefix}{n}>{pattern})" for n, (pattern, _) in reversed([*enumerate(rows)])
    )


_CODE = "|".join(code.lower() for code in _CODES)
_SYMBOL = "|".join(re.escape(symbol) for symbol in sorted(_SYMBOLS, key=len, reverse=True))
_EAST = "|".join(sorted(_EAST_ASIAN, key=len, reverse=True))
_BEFORE = re.compile(
    rf"(?:(?<![a-z])(?P<code>{_CODE})|(?:(?<![a-z])|(?<=[\u3000-\u9fff]))(?P<symbol>{_SYMBOL})"
    rf"|(?P<east>{_EAST})|(?P<yen>¥))[ \u00a0\u202f]{{0,2}}\Z"
)
_AFTER = re.compile(
    rf"\s?(?:(?P<east>{_EAST})|(?P<yuan>元)|(?P<en>円)|(?P<other>[\u3400-\u9fff]{{1,3}}?(?:元|币|円))"
    rf"|(?P<symbol>{_SYMBOL})(?![0-9])|(?P<yen>¥)(?![0-9]))"
    rf"|(?:\s|-)?(?P<code>{_CODE})(?![^\W_])"
)
_AFTER_EUROPEAN = re.compile(rf"(?:\s|-)(?:{_groups('e', _ENGLISH)})(?!\w)")
_AFTER_ARABIC = re.compile(rf"\s(?:من )?(?:ال)?(?:{_groups('a', _ARABIC)})(?!\w)")
_PERCENT = re.compile(
    r"\s?-?(?:(?P<pp>percentage[ -]points?|pps?\b|个百分点|百分点|%ポイント|パーセントポイント|ポイント"
    r"|نق(?:ط\w*|اط) ميويه)"
    r"|(?P<bp>basis[ -]points?|bps?\b|个?基点|ベーシスポイント|نق(?:ط\w*|اط) اساس)"
    r"|(?P<mille>‰|per mille\b|بالالف)"
    r"|(?P<percent>%|per ?cents?\b|パーセント|(?:بال|في ال)م(?:ا|ي)?(?:ي)?يه|في الم\wيه|prozent\b"
    r"|pour ?cent\b|por ciento\b|процент\w*))"
)
_TENTHS = re.compile(
    r"(?:成(?![立为為员員本果功就长長熟分都份因])|割(?![り引合当賦増]))(?:(?P<bu>[0-9一二三四五六七八九])分)?"
)

_UNITS: tuple[tuple[str, str, int], ...] = (
    ("second", r"seconds?|secs?\b|秒(?:间|钟)?|ثانيه|ثواني?", 1),
    ("minute", r"minutes?|mins?\b|分(?:钟|间|(?<=[0-9]分)(?![之の野布析类别配行支店社局部会化母子司割]))|دقيقه|دقايق", 1),
    ("hour", r"hours?|hrs?\b|个?小时|时间|ساعه|ساعات", 1),
    (
        "working day",
        r"(?:(?:full|clear|consecutive) )?(?:working|business|banking|trading)[ -]days?"
        r"|个?(?:工作日|营业日|交易日)|人日|(?:يوما?|ايام) (?:عمل|تداول)|يوما? من ايام العمل",
        1,
    ),
    ("day", r"(?:(?:calendar|full|clear|consecutive|straight|natural)[ -])?days?"
            r"|个?(?:自然日|日历日|历日|暦日)|天|日间?|يوما?(?: تقويمي\w*)?|ايام(?: تقويميه)?", 1),
    ("week", r"(?:(?:calendar|full|consecutive) )?weeks?|个?(?:周|星期|礼拜)间?|اسبوعا?|اسابيع", 1),
    ("week", r"fortnights?", 2),
    ("month", r"(?:(?:calendar|full|consecutive) )?months?|(?:个|か)月(?:间)?|شهرا?|اشهر|شهور", 1),
    ("quarter", r"(?:consecutive )?quarters?(?! of)|个?季度|四半期", 1),
    ("year", r"(?:(?:calendar|full|consecutive|financial|fiscal) )?years?"
             r"|个?年(?:间)?(?![度底末初报级版版生])|سن(?:ه|وات|ين)|عاما?|اعوام", 1),
    ("year", r"decades?", 10),
)  # fmt: skip
_DURATION = re.compile(
    r"\s?[多余餘]?(?:\s|-)?(?:"
    + "|".join(f"(?P<u{n}>{pattern})" for n, (_, pattern, _) in enumerate(_UNITS))
    + r")(?![a-z\u0621-\u064a])"
)
_YEN = {"ja": "JPY", "zh-Hans": "CNY", "zh-Hant": "CNY"}


def currency_before(text: Plain, pos: int, floor: int) -> tuple[int, str] | None:
    """Where the currency begins that stands before ``pos``, and its code; never before ``floor``."""
    start = max(floor, pos - 9)
    found = _BEFORE.search(text.low[start:pos])
    if found is None:
        return None
    code = found["code"]
    if code and text.cased[start + found.start("code")].islower():
        return None
    return start + found.start(), _code(found, text.language)


def unit_after(text: Plain, end: int) -> Unit | None:
    """What is said to be counted right after a number that ends at ``end``."""
    low = text.low
    if found := _PERCENT.match(low, end):
        kind = {"pp": "pp", "bp": "bp", "mille": "‰", "percent": "%"}[found.lastgroup or "percent"]
        return Unit("percent", kind, found.end())
    if found := _TENTHS.match(low, end):
        bu = Decimal(unicodedata.numeric(found["bu"])) if found["bu"] else Decimal(0)
        return Unit("percent", "%", found.end(), Decimal(10), bu)
    found = _AFTER.match(low, end)
    if found and not (found["code"] and text.cased[found.start("code")].islower()):
        return Unit("money", _code(found, text.language), found.end())
    for pattern, rows in ((_AFTER_EUROPEAN, _ENGLISH), (_AFTER_ARABIC, _ARABIC)):
        if found := pattern.match(low, end):
            group = found.lastgroup or ""
            return Unit("money", rows[int(group[1:])][1], found.end())
    if found := _DURATION.match(low, end):
        name, _, factor = _UNITS[int((found.lastgroup or "u0")[1:])]
        return Unit("duration", name, found.end(), Decimal(factor))
    return None


def _code(found: re.Match[str], language: str) -> str:
    groups = found.groupdict()
    if code := groups.get("code"):
        return _SAME_CODES.get(code, code.upper())
    if symbol := groups.get("symbol"):
        return _SYMBOLS[symbol]
    if name := groups.get("east"):
        return _EAST_ASIAN[name]
    if groups.get("en"):
        return "JPY"
    if groups.get("yen"):
        return _YEN.get(language, "JPY")
    return "CNY" if groups.get("yuan") and language == "zh-Hans" else ""


_DUALS = {
    "second": "ثانيتان ثانيتين",
    "minute": "دقيقتان دقيقتين",
    "hour": "ساعتان ساعتين",
    "day": "يومان يومين يوما يومي",
    "week": "اسبوعان اسبوعين",
    "month": "شهران شهرين",
    "year": "سنتان سنتين عامان عامين",
}
_DUAL_UNITS = {form: unit for unit, forms in _DUALS.items() for form in forms.split()}


def duals() -> dict[str, str]:
    """Arabic words for two of a span of time, and its unit."""
    return _DUAL_UNITS
