"""Names and quoted words in a sentence: what must stand in the passage letter by letter.

Seen are capitalised words of Latin script, acronyms, words with a capital within a sentence of
another script, and all that stands in quotation marks or 《》. A name in ideographs or Arabic
letters that nothing sets apart is not seen.
"""

from __future__ import annotations

import re
import unicodedata

from rag.text.fold import fold
from rag.text.function_words import FUNCTION_WORDS
from rag.text.languages import LANGUAGES, script_of
from rag.text.quantities import ENGLISH_WORDS, MONTHS, quantities


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_QUOTED = re.compile(
    r"「([^」]+)」|『([^』]+)』|《([^》]+)》|〈([^〉]+)〉|“([^”]+)”|«([^»]+)»|\"([^\"]+)\""
)
_ADDRESS = re.compile(r"(?:https?://|www\.|data:|javascript:)[^\s)\]>\"']+", re.IGNORECASE)
_LATIN = r"A-Za-z\u00c0-\u024f"
_WORD = re.compile(rf"[{_LATIN}\d]+(?:[-'’&.][{_LATIN}\d]+)*")
_LINKS = frozenset({"of", "the", "and", "for", "de", "la", "du", "del", "der", "des", "&", "von"})
_OPENING = " \t\n\"'“‘«([-•*"
_SPACE = re.compile(r"\s+")
_POSSESSIVE = re.compile(r"['’]s$")
_CALENDAR = frozenset(name for name in MONTHS if name.isascii()) | _words(
    "monday tuesday wednesday thursday friday saturday sunday"
)
# A clause is compared by its number, whatever the language calls it.
_CLAUSES = _words(
    "article articles rule rules section sections clause paragraph chapter annex part item"
)
# English sentences seldom begin with a singular noun alone: what does is a name, but for these.
_ORDINARY_ENDS = ("s", "ly", "ing", "ed", "tion", "sion", "ment", "ity", "ness", "ship", "ism")
_ORDINARY = _words(
    """however according overall total about around almost despite today later half yes therefore
    thus hence moreover furthermore meanwhile instead customer staff internal external new old large
    small high low first second third last early net gross average median public private financial
    national senior further additional only"""
) | frozenset(ENGLISH_WORDS)
# Every noun has a capital in German.
_NOUNS_CAPITALISED = frozenset({"de"})


def quoted(text: str) -> list[str]:
    """Quotations, titles in their marks and addresses of the web, folded, without white space."""
    parts = [part for groups in _QUOTED.findall(text) for part in groups]
    return [_SPACE.sub("", fold(part)) for part in parts + _ADDRESS.findall(text) if part.strip()]


def capitalised(text: str, language: str) -> list[tuple[str, ...]]:
    """Runs of capitalised words in Latin letters, folded; numbers and links within a run are kept.

    A lone word that begins a sentence counts when it has a second capital or a digit, and in
    English when it is not one that sentences ordinarily begin with.
    """
    plain = unicodedata.normalize("NFKC", text)
    words = list(_WORD.finditer(plain))
    counted = _counted(plain, language)
    latin = _latin_language(language)
    strict = language in _NOUNS_CAPITALISED
    runs: list[list[str]] = [[]]
    for index, match in enumerate(words):
        word, run = match[0], runs[-1]
        if word[0].isalpha() and any(a <= match.start() < b for a, b in counted):
            if run:
                runs.append([])
            continue
        opens = latin and match.string[: match.start()].strip(_OPENING) == ""
        if run and not _adjoin(words[index - 1], match):
            runs.append(run := [])
        following = index + 1 < len(words) and _adjoin(match, words[index + 1])
        named_next = following and _is_name(words[index + 1][0], first=False, strict=strict)
        alone = opens and language == "en" and not named_next and _opens_as_name(word, language)
        if _is_name(word, first=opens and not alone, strict=strict) or (
            run and named_next and (word.lower() in _LINKS or word.isdigit())
        ):
            run.append(word)
        elif opens and named_next and word[:1].isupper() and not _function_word(word, language):
            # It may begin a name of several words; alone it proves nothing.
            run.append(word)
        elif run:
            runs.append([])
    return [tuple(map(_folded, run)) for run in runs if run]


def _counted(text: str, language: str) -> list[tuple[int, int]]:
    """The spans of amounts, dates and clauses in ``text``: compared by value, not as names."""
    found = quantities(text, language)
    return [(q.start, q.end) for q in found if q.kind not in {"name_part", "number", "ordinal"}]


def stated_words(text: str) -> str:
    """The words of a passage in a row, folded, a space before and after each."""
    words = (_folded(m[0]) for m in _WORD.finditer(unicodedata.normalize("NFKC", text)))
    return f" {' '.join(words)} "


def _folded(word: str) -> str:
    return _POSSESSIVE.sub("", fold(word))


def _adjoin(one: re.Match[str], other: re.Match[str]) -> bool:
    return one.string[one.end() : other.start()] in {" ", " & ", "\u00a0"}


def _opens_as_name(word: str, language: str) -> bool:
    lower = _POSSESSIVE.sub("", word).lower()
    return not (
        _function_word(lower, language)
        or lower in _ORDINARY
        or (lower.endswith(_ORDINARY_ENDS) and lower == word.lower())
    )


def _is_name(word: str, *, first: bool, strict: bool) -> bool:
    if script_of(word[0]) != "latin" or word.casefold() in _CALENDAR | _CLAUSES:
        return False
    inner = any(c.isupper() for c in word[1:]) or (
        any(c.isdigit() for c in word) and word[0].isupper()
    )
    return inner if first or strict else word[0].isupper() and (len(word) > 1 or word != "I")


def _function_word(word: str, language: str) -> bool:
    return word.lower() in FUNCTION_WORDS.get(language, frozenset()) or word.lower() in _LINKS


def _latin_language(language: str) -> bool:
    info = LANGUAGES.get(language)
    return info is None or info.script == "latin"
