"""Text as it is compared: what means the same becomes one. For finding only, never for showing."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import Literal

from rag.text.languages import convert_each

Space = Literal["kept", "single", "none"]

_OTHER_DIGIT = re.compile(r"[^\D0-9]")
_ARABIC_MARKS = re.compile(r"[\u064b-\u065f\u0670\u0640\u06d6-\u06ed]")
_ARABIC_FORMS = dict(zip("أإآٱىئؤةکی", "ااااييوهكي", strict=True))
_UNDECOMPOSED = {
    "ø": "o", "Ø": "O", "ł": "l", "Ł": "L", "đ": "d", "Đ": "D", "ħ": "h", "Ħ": "H", "ŧ": "t",
    "Ŧ": "T", "ı": "i", "æ": "ae", "Æ": "AE", "œ": "oe", "Œ": "OE",
}  # fmt: skip
_LATIN_LETTERS = (*range(0x00C0, 0x0250), *range(0x1E00, 0x1F00))
# Signs whose two forms text layers swap in lines from right to left, or set either way.
_SIGNS = str.maketrans("“”„‟«»‘’‚‛`´〝〞)]}）】》〉」』>", '""""""\'\'\'\'\'\'""([{（【《〈「『<')
_UNSEEN = frozenset({"Cc", "Cf", "Cn", "Cs", "Pd"})
_MARKS = frozenset({"Mn", "Me"})


def fold(
    text: str,
    *,
    case: bool = True,
    digits: bool = True,
    letters: bool = True,
    accents: bool = True,
    marks: bool = False,
    signs: bool = False,
    space: Space = "kept",
) -> str:
    """``text`` in compatibility form (NFKC), its length changed, without what an option takes out.

    - ``case``: A and a are one.
    - ``digits``: those of every script are 0 to 9.
    - ``letters``: letters that mean the same are one: Traditional, Japanese and Simplified
      ideographs, the forms of an Arabic letter.
    - ``accents``: Latin letters lose theirs; ø is o, œ is oe.
    - ``marks``: marks of every script go, those of kana and of Arabic vowels too.
    - ``signs``: brackets of a kind are one, so are quotation marks; dashes and unseen characters
      go.
    - ``space``: white space as it is, a single space between words, or none.

    Folding twice gives what folding once gives where white space is kept.
    """
    if not text.isascii() or signs:
        text = _spelt(
            text, digits=digits, letters=letters, accents=accents, marks=marks, signs=signs
        )
    if case:
        text = text.casefold()
    if space == "kept":
        return text
    return (" " if space == "single" else "").join(text.split())


def _spelt(
    text: str, *, digits: bool, letters: bool, accents: bool, marks: bool, signs: bool
) -> str:
    if signs:
        text = text.translate(_SIGNS)
    text = unicodedata.normalize("NFKD" if marks else "NFKC", text)
    if signs:
        text = text.translate(_SIGNS)
    if digits:
        text = _OTHER_DIGIT.sub(lambda digit: str(unicodedata.decimal(digit[0])), text)
    if letters:
        text = _ARABIC_MARKS.sub("", text).translate(_letter_table())
    if accents:
        text = text.translate(_accent_table())
    dropped = (_UNSEEN if signs else frozenset()) | (_MARKS if marks else frozenset())
    if dropped:
        text = "".join(c for c in text if unicodedata.category(c) not in dropped and c != "ـ")
    return text


@lru_cache(maxsize=1)
def _letter_table() -> dict[int, str]:
    ideographs = [chr(code) for code in (*range(0x3400, 0x4DC0), *range(0x4E00, 0xA000))]
    traditional = convert_each(ideographs, "jp2t")
    simplified = convert_each(traditional, "t2s")
    pairs = {c: s for c, s in zip(ideographs, simplified, strict=True) if c != s}
    # Some simplified forms are taken for Japanese ones and go on to another.
    table = {ord(c): pairs.get(s, s) for c, s in pairs.items()}
    return table | {ord(letter): form for letter, form in _ARABIC_FORMS.items()}


@lru_cache(maxsize=1)
def _accent_table() -> dict[int, str]:
    table = {}
    for code in _LATIN_LETTERS:
        bare = "".join(
            c for c in unicodedata.normalize("NFD", chr(code)) if not unicodedata.combining(c)
        )
        bare = "".join(_UNDECOMPOSED.get(c, c) for c in bare)
        if bare != chr(code):
            table[code] = bare
    return table
