"""Text to terms for BM25, the same at indexing and at asking.

Words are folded (``rag.text.fold``), numbers and clauses read (``rag.text.quantities``). Words are
stemmed with Snowball and also give pairs of neighbours, which tell "exit facility" from an exit and
a facility; ideographs and kana give characters and bigrams, which beat a word segmenter on Chinese
questions (README, figures).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from functools import lru_cache
from typing import TYPE_CHECKING

from rag.text.fold import fold
from rag.text.function_words import FUNCTION_CHARACTERS, FUNCTION_WORDS
from rag.text.languages import LANGUAGES, script_of
from rag.text.quantities import Quantity, is_number_word, quantities

if TYPE_CHECKING:
    from Stemmer import Stemmer

VERSION = 4

PAIR_MARK = " "
"""What stands between the words of a pair."""

CLAUSE_MARK = "§"
"""What a clause's own term begins with."""

_CJK = r"\u3041-\u30ff\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_THAI = r"\u0e00-\u0e7f"
_Piece = tuple[str, str]
_Token = tuple[str, bool | None]
"""A term, and whether it makes pairs with its neighbours; None where it stands beside a word that
does. A function word is "", which neighbours make pairs over."""

_TOKEN = re.compile(
    rf"(?P<number>\d+(?:[.,]\d+)*(?![.,]?\d))|(?P<cjk>[{_CJK}]+)|(?P<thai>[{_THAI}]+)"
    rf"|(?P<word>[^\W\d_{_CJK}{_THAI}]+(?:['’][^\W\d_{_CJK}{_THAI}]+)*)"
)
# What a question names by its number and a passage may be; tables and pages are not asked for.
_CLAUSES = frozenset(
    [
        "article", "section", "subsection", "paragraph", "subparagraph", "clause", "subclause",
        "rule", "chapter", "annex", "appendix", "schedule", "part", "title", "item", "point",
        "principle", "regulation", "directive", "circular", "law", "act", "decree", "decision",
        "resolution", "notice", "standard", "recital", "no",
    ]
)  # fmt: skip
_AMOUNTS = frozenset({"number", "percent", "money", "duration"})
# Vietnamese tells words apart by marks that are accents elsewhere.
_ACCENTED = frozenset({"vi"})
_DEFAULT_STEMMING = {"latin": "en", "arabic": "ar", "cyrillic": "ru", "greek": "el"}


def terms(text: str, language: str) -> list[str]:
    """The terms of ``text`` in order, repeats kept; ``language`` chooses stemmer and stop words.

    A clause gives its own term besides (``"§7"`` for "Article 7", "第七條" and "المادة 7" alike,
    ``"§3.2.1"`` also for 3.2.1 alone, ``"§12"`` and ``"§12/3"`` for "第12条第3項"). A number
    is one term however it is set or said: 2,500,000, 2.5 million and 250萬. A date gives its ISO
    form besides. Neighbouring words give a pair besides (``"exit plan"``), over function words that
    stand between them.
    """
    found: list[str] = []
    before = ""
    for term, pairs in _tokens(text, language):
        if pairs is None:
            found.append(term)
        elif not pairs:
            if term:
                found.append(term)
            before = ""
        elif term:
            found.extend([term, f"{before}{PAIR_MARK}{term}"] if before else [term])
            before = term
    return found


def single_terms(text: str, language: str) -> list[str]:
    """``terms`` without the pairs of neighbouring words."""
    return [term for term, _ in _tokens(text, language) if term]


def _tokens(text: str, language: str) -> Iterator[_Token]:
    text = unicodedata.normalize("NFC", text)
    acronyms = _acronyms(text)
    at = 0
    for quantity in quantities(text, language):
        yield from _words(_pieces(text[at : quantity.start], language), language, acronyms)
        pieces = list(_pieces(text[quantity.start : quantity.end], language))
        if quantity.kind in _AMOUNTS:
            yield from _amount(quantity, pieces, language, acronyms)
        else:
            yield from ((term, None) for term in _one_forms(quantity))
            yield from _words(pieces, language, acronyms)
        at = quantity.end
    yield from _words(_pieces(text[at:], language), language, acronyms)


def _pieces(text: str, language: str) -> Iterator[_Piece]:
    """Words, numbers and runs of ideographs in ``text``, folded, each with its kind."""
    folded = fold(text, accents=language not in _ACCENTED)
    for token in _TOKEN.finditer(folded):
        yield token.lastgroup or "", token[0]


def _words(pieces: Iterable[_Piece], language: str, acronyms: frozenset[str]) -> Iterator[_Token]:
    for kind, value in pieces:
        if kind == "word":
            stem, empty = _word(value, language)
            yield "" if empty and value not in acronyms else stem, True
        elif kind == "number":
            yield value, True
        else:
            for term in _ngrams(value):
                yield term, False
            # A run that gives no term still stands between the words beside it.
            yield "", False


def _amount(
    quantity: Quantity, pieces: Sequence[_Piece], language: str, acronyms: frozenset[str]
) -> Iterator[_Token]:
    """The value of an amount in place of its digits and words, and the words of its unit."""
    values = [quantity.value] if quantity.until is None else [quantity.value, quantity.until]
    numbers = [(_plainly(value), True) for value in values]
    for kind, value in pieces:
        if kind == "number" or (kind == "word" and is_number_word(value)):
            yield from numbers
            numbers = []
        else:
            yield from _words([(kind, value)], language, acronyms)
    yield from numbers


def _one_forms(quantity: Quantity) -> list[str]:
    """The form of a clause, a date or a year that is the same in every language."""
    value = str(quantity.value)
    if quantity.kind == "reference":
        word, _, path = value.rpartition(" ")
        if word not in _CLAUSES and (word or "." not in path):
            return []
        outer = path.partition("/")[0]
        return [f"{CLAUSE_MARK}{part}" for part in dict.fromkeys((outer, path))]
    if quantity.kind == "date" and not quantity.hijri and not value.startswith("-"):
        return [value]
    return []


def _plainly(value: Decimal | str) -> str:
    return value if isinstance(value, str) else f"{value.normalize():f}".removeprefix("-")


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
