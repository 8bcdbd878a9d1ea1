"""Text to terms for BM25, the same at indexing and at asking.

Folding is for finding only: NFKC, case, Arabic letter forms and digits, Traditional and Japanese
ideographs to Simplified. Words are stemmed with Snowball and also give pairs of neighbours, which
tell "exit facility" from an exit and a facility; ideographs and kana give characters and bigrams,
which beat a word segmenter on Chinese questions (README, figures).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from typing import TYPE_CHECKING

from rag.text.function_words import FUNCTION_CHARACTERS, FUNCTION_WORDS
from rag.text.languages import LANGUAGES, convert_each, script_of

if TYPE_CHECKING:
    from Stemmer import Stemmer

VERSION = 3

PAIR_MARK = " "
"""What stands between the words of a pair."""

CLAUSE_MARK = "§"
"""What a clause's own term begins with."""

_CJK = r"\u3041-\u30ff\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_THAI = r"\u0e00-\u0e7f"
_TOKEN = re.compile(
    rf"(?P<number>\d+(?:[.,]\d+)*(?![.,]?\d))|(?P<cjk>[{_CJK}]+)|(?P<thai>[{_THAI}]+)"
    rf"|(?P<word>[^\W\d_{_CJK}{_THAI}]+(?:['’][^\W\d_{_CJK}{_THAI}]+)*)"
)
_ARABIC_MARKS = re.compile(r"[\u064b-\u065f\u0670\u0640\u06d6-\u06ed]")
_ARABIC_FORMS = dict(zip("أإآٱىئؤةکی", "ااااييوهكي", strict=True))
_CLAUSE_WORDS = (
    "articles?|art|rules?|sections?|sec|clauses?|paragraphs?|para|chapter|annex|schedule"
    "|regulation|principle|part|item"
)
_NUMERAL = r"[0-9〇零一二三四五六七八九十百]+"
_CLAUSE = re.compile(
    rf"(?:\b(?:{_CLAUSE_WORDS})\.?\s*|§+\s*|(?:ال)?(?:ماده|فصل|قسم|بند|فقره)\s*)"
    rf"(?P<latin>\d+(?:[.\-]\d+)*)"
    rf"|^[ \t]*(?P<line>\d{{1,3}}(?:\.\d{{1,3}}){{1,4}})(?=\.?(?:[\s)）:：、]|$))"
    rf"|第\s*(?P<cjk>{_NUMERAL}(?:[.\-]\d+)*)\s*[条章节款项篇编號号]",
    re.MULTILINE,
)
_CHINESE_DIGITS = {c: i for i, c in enumerate("零一二三四五六七八九")} | {"〇": 0}
_DEFAULT_STEMMING = {"latin": "en", "arabic": "ar", "cyrillic": "ru", "greek": "el"}


def fold(text: str) -> str:
    """``text`` as it is compared: forms that mean the same letter or digit become one.

    Not for showing: lengths change.
    """
    folded = unicodedata.normalize("NFKC", text)
    folded = _ARABIC_MARKS.sub("", folded).translate(_folding_table())
    return folded.casefold()


@lru_cache(maxsize=1)
def _folding_table() -> dict[int, str]:
    ideographs = [chr(code) for code in (*range(0x3400, 0x4DC0), *range(0x4E00, 0xA000))]
    traditional = convert_each(ideographs, "jp2t")
    simplified = convert_each(traditional, "t2s")
    table = {ord(c): s for c, s in zip(ideographs, simplified, strict=True) if c != s}
    digits = (*range(0x0660, 0x066A), *range(0x06F0, 0x06FA), *range(0x0966, 0x0970))
    table |= {code: str(unicodedata.digit(chr(code))) for code in digits}
    return table | {ord(letter): form for letter, form in _ARABIC_FORMS.items()}


def terms(text: str, language: str) -> list[str]:
    """The terms of ``text`` in order, repeats kept; ``language`` chooses stemmer and stop words.

    A clause number gives its own term besides (``"§7"`` for "Article 7", "第七條" and
    "المادة 7" alike, ``"§3.2.1"`` also for a line that begins with 3.2.1), and a number is one term
    however its thousands are set. Neighbouring words give a pair besides (``"exit plan"``), over
    function words that stand between them.
    """
    folded = fold(text)
    found = [f"{CLAUSE_MARK}{number}" for number in _clause_numbers(folded)]
    before = ""
    for term, pairs in _tokens(text, folded, language):
        if not pairs:
            if term:
                found.append(term)
            before = ""
        elif term:
            found.extend([term, f"{before}{PAIR_MARK}{term}"] if before else [term])
            before = term
    return found


def single_terms(text: str, language: str) -> list[str]:
    """``terms`` without the pairs of neighbouring words."""
    folded = fold(text)
    found = [f"{CLAUSE_MARK}{number}" for number in _clause_numbers(folded)]
    return found + [term for term, _ in _tokens(text, folded, language) if term]


def _tokens(text: str, folded: str, language: str) -> Iterator[tuple[str, bool]]:
    """Each term and whether it makes pairs with its neighbours; "" for a function word."""
    acronyms = _acronyms(text)
    for token in _TOKEN.finditer(folded):
        kind, value = token.lastgroup, token[0]
        if kind == "word":
            stem, empty = _word(value, language)
            yield "" if empty and value not in acronyms else stem, True
        elif kind == "number":
            yield _plain_number(value), True
        else:
            for term in _ngrams(value):
                yield term, False
            # A run that gives no term still stands between the words beside it.
            yield "", False


def _clause_numbers(folded: str) -> Iterator[str]:
    for match in _CLAUSE.finditer(folded):
        number = match["latin"] or match["line"] or match["cjk"]
        yield number if number[0].isascii() else str(_chinese_number(number))


def _chinese_number(numeral: str) -> int:
    """The value of a Chinese numeral below 1,000, such as 二十三; digits stay as they are."""
    if not any(unit in numeral for unit in "十百"):
        return int("".join(str(_CHINESE_DIGITS.get(c, c)) for c in numeral if c not in ".-") or 0)
    total, digit = 0, 0
    for character in numeral:
        if character in "十百":
            total += max(digit, 1) * (10 if character == "十" else 100)
            digit = 0
        else:
            digit = _CHINESE_DIGITS.get(character, 0)
    return total + digit


def _plain_number(value: str) -> str:
    """Thousands separators taken out: 4,500 and 4500 are one; 3.2.1 and 8.8 stay."""
    groups = value.split(",")
    grouped = len(groups) > 1 and all(len(group.split(".")[0]) == 3 for group in groups[1:])
    return "".join(groups) if grouped else value


def _acronyms(text: str) -> frozenset[str]:
    """Words in capitals that would pass for function words (IT, US), unless all is in capitals."""
    if text.isupper():
        return frozenset()
    plain = unicodedata.normalize("NFKC", text)
    return frozenset(word.lower() for word in re.findall(r"\b[A-Z]{2,5}\b", plain))


@lru_cache(maxsize=32_768)
def _word(word: str, language: str) -> tuple[str, bool]:
    """The stem of ``word`` and whether it is a function word."""
    script = script_of(word[0])
    chosen = language if _script_fits(language, script) else _DEFAULT_STEMMING.get(script, "")
    stemmer = _stemmer(chosen)
    return str(stemmer.stemWord(word)) if stemmer else word, word in _folded_function_words(chosen)


@lru_cache(maxsize=256)
def _script_fits(language: str, script: str) -> bool:
    info = LANGUAGES.get(language)
    return info is not None and script == info.script


@lru_cache(maxsize=64)
def _folded_function_words(language: str) -> frozenset[str]:
    return frozenset(map(fold, FUNCTION_WORDS.get(language, ())))


@lru_cache(maxsize=64)
def _stemmer(language: str) -> Stemmer | None:
    info = LANGUAGES.get(language)
    if info is None or not info.stemmer:
        return None
    import Stemmer as Snowball

    return Snowball.Stemmer(info.stemmer)


def _ngrams(run: str) -> Iterator[str]:
    """Ideographs and bigrams, but for those made of function characters alone.

    A single kana is a sound, not a meaning.
    """
    empty = _function_characters()
    for index, character in enumerate(run):
        if character not in empty and not "\u3041" <= character <= "\u30ff":
            yield character
        pair = run[index : index + 2]
        if len(pair) == 2 and not (character in empty and pair[1] in empty):
            yield pair


@lru_cache(maxsize=1)
def _function_characters() -> frozenset[str]:
    return frozenset(fold(FUNCTION_CHARACTERS))
