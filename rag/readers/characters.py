"""Characters as a person would type them, for text whose code points are a printer's.

Text layers of PDFs name glyphs, not characters: a radical for the ideograph that looks the same, a
ligature for two letters, the joined shape of an Arabic letter. Full-width forms and superscripts
are what the author wrote and stay.
"""

from __future__ import annotations

import functools
import re
import unicodedata

# CJK radicals that no Unicode decomposition maps, each before its unified ideograph
# (Unicode Character Database, EquivalentUnifiedIdeograph).
_RADICALS = (
    "⺁厂⺂乛⺃乚⺄乙⺅亻⺆冂⺈刀⺉刂⺊卜⺋㔾⺌小⺍小⺎兀⺏尣⺐尢⺒巳⺓幺⺔彑⺕彐⺖忄⺗㣺⺘扌⺙攵⺛旡"
    "⺜日⺝月⺞歺⺟母⺠民⺡氵⺢氺⺣灬⺤爫⺥爫⺦丬⺧牛⺨犭⺩王⺪疋⺫罒⺬示⺭礻⺮竹⺯糹⺰纟⺱罓⺲罒"
    "⺳㓁⺶羊⺷羊⺸羊⺹耂⺺肀⺻聿⺼肉⺽臼⺾艹⺿艹⻀艹⻁虎⻂衤⻃覀⻄西⻅见⻆角⻇角⻈讠⻉贝⻊足⻋车"
    "⻌辶⻍辶⻎辶⻏阝⻐钅⻑長⻒镸⻓长⻔门⻕阜⻖阝⻗雨⻘青⻙韦⻚页⻛风⻜飞⻝食⻞食⻟飠⻠饣⻡首⻢马⻣骨"
    "⻤鬼⻥鱼⻦鸟⻧卤⻨麦⻩黄⻪黾⻫斉⻬齐⻭歯⻮齿⻯竜⻰龙⻱龜⻲亀⻳龟"
)
_DECOMPOSED = (
    (0x2F00, 0x2FD6),  # Kangxi radicals
    (0xF900, 0xFB00),  # CJK compatibility ideographs
    (0xFB00, 0xFB07),  # Latin ligatures
    (0xFB13, 0xFB18),  # Armenian ligatures
    (0xFB1D, 0xFB50),  # Hebrew presentation forms
    (0xFB50, 0xFE00),  # Arabic presentation forms A
    (0xFE10, 0xFE19),  # punctuation turned for vertical text
    (0xFE35, 0xFE45),  # brackets turned for vertical text
    (0xFE70, 0xFF00),  # Arabic presentation forms B
    (0x2F800, 0x2FA20),  # CJK compatibility ideographs, supplement
)
_REMOVED = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\x80-\x9f\xad\u200b\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069"
    "\ufdd0-\ufdef\ufeff\ufffe\uffff\ud800-\udfff]"
)


@functools.cache
def _table() -> dict[int, str]:
    table = {ord(a): b for a, b in zip(_RADICALS[::2], _RADICALS[1::2], strict=True)}
    for first, last in _DECOMPOSED:
        for code in range(first, last):
            # The isolated shape of a vowel mark decomposes into a space and the mark.
            plain = unicodedata.normalize("NFKC", chr(code)).strip()
            if plain and plain != chr(code):
                table[code] = plain
    table[0xA0] = " "
    # The bullets of the Symbol and Wingdings fonts, which lie in the private use area.
    table.update(dict.fromkeys((0xF0B7, 0xF0A7, 0xF0D8, 0xF076), "•"))
    return table


def mend(text: str) -> str:
    """Replaces radicals, ligatures and shaped letters; removes what has no visible form.

    Line feeds and tabs stay. For the text layers of PDFs; idempotent.
    """
    if text.isascii() and text.isprintable():
        return text
    return _REMOVED.sub("", text).translate(_table())


def invisible_removed(text: str) -> str:
    """Without control characters, soft hyphens and lone surrogates; all else as it was."""
    return _INVISIBLE.sub("", text)


_INVISIBLE = re.compile("[\x00-\x08\x0b\x0e-\x1f\x7f\xad\u200b\ufeff\ufffe\uffff\ud800-\udfff]")
