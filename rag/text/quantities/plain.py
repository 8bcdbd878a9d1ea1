"""A text as the grammar reads it: one spelling a sign, and the way back to the original."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain

# Arabic vowel marks and tatweel, zero-width signs, and controls of writing direction.
_DROPPED = re.compile(
    "[\u064b-\u065f\u0670\u0640\u06d6-\u06ed\u200b-\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff]"
)
_MARKS = re.compile("[\u064b-\u065f\u0670\u0640\u06d6-\u06ed]+")
_OTHER_DIGIT = re.compile(r"[^\D0-9]")
_COMMA_BETWEEN = re.compile(r"(?<=[０-９])，(?=[０-９])|(?<=[٠-٩])،(?=[٠-٩]{3})")

_SPELLINGS = """
    أا إا آا ٱا ىي ئي ؤو ةه کك یي ٫. ٬, ٪% －- ‐- ‑- ﹣- ～~ 〜~ ∼~ ’' ‘' ʼ' ￥¥ ￡£ ○〇
    萬万 億亿 兩两 條条 節节 項项 號号 個个 箇个 間间 時时 營营 営营 紙纸 図图 戸户 業业 點点 圓元 圆元 幣币 國国 鐘钟
    週周 從从 臺台 達达 報报 圖图 數数 種种 張张 筆笔 級级 裝装 輛辆 隻只 層层 棟栋 頁页 類类 職职
    總总 員员 倉仓 場场 ヶか ケか カか ヵか ヵか 櫃柜 樓楼 區区 縣县 韓韩 歐欧 鎊镑 紐纽 羅罗 盧卢 盾盾
    季季 錄录 則则 標标 準准 屆届 間间 貳贰 貮贰 弐贰 參叁 参叁 陸陆 壱壹 別别 則则
"""
_FOLDED = {pair[0]: pair[1] for pair in _SPELLINGS.split()}
_FULL_WIDTH = {chr(code): chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5F)}
# A full-width comma parts clauses unless it stands between full-width digits.
_KEPT = "，"
_TABLE = str.maketrans(
    {**{k: v for k, v in _FULL_WIDTH.items() if k not in _KEPT}, **_FOLDED, "○": "〇"}
)


@dataclass(frozen=True, slots=True)
class Plain:
    """A text in one spelling: ASCII digits and signs, simple ideographs, bare Arabic letters.

    ``cased`` and ``low`` (lower case) have the same length. ``offsets[i]`` is where their
    character ``i`` stands in the original; None where nothing was dropped.
    """

    cased: str
    low: str
    language: str
    offsets: Sequence[int] | None = None
    original: str = ""

    def span(self, start: int, end: int) -> tuple[int, int]:
        """The original's half-open span behind ``start:end``, which must not be empty.

        Vowel marks and tatweel that follow its last letter belong to it.
        """
        if self.offsets is None:
            return start, end
        last = self.offsets[end - 1] + 1
        marks = _MARKS.match(self.original, last)
        return self.offsets[start], marks.end() if marks else last


def plain(text: str, language: str) -> Plain:
    """``text``, in ``language``, as the grammar reads it."""
    if text.isascii():
        return Plain(text, text.lower(), language)
    offsets: list[int] | None = None
    original = text
    if _DROPPED.search(text):
        kept, at = [], 0
        for mark in _DROPPED.finditer(text):
            kept.append(range(at, mark.start()))
            at = mark.end()
        offsets = [*chain.from_iterable(kept), *range(at, len(text))]
        text = _DROPPED.sub("", text)
    text = _COMMA_BETWEEN.sub(",", text).translate(_TABLE)
    text = _OTHER_DIGIT.sub(lambda match: str(unicodedata.decimal(match[0])), text)
    return Plain(text, _lower(text), language, offsets, original)


def _lower(text: str) -> str:
    lower = text.lower()
    if len(lower) == len(text):
        return lower
    return "".join(c.lower() if len(c.lower()) == 1 else c for c in text)
