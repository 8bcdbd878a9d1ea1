"""What a question names that no report has, as it was typed.

Said is only what a person would point at as the subject of the question: names, numbers,
abbreviations, quoted words, and a noun where its place shows that it is one. Verbs, adjectives and
stretches of unspaced writing whose words nothing sets apart would be noise.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence

from rag.answering.interaction import idle_characters
from rag.text.fold import fold
from rag.text.languages import LANGUAGES, script_of
from rag.text.terms import single_terms

Frequencies = Callable[[Sequence[str]], Sequence[int]]
"""Terms to the number of passages that have each."""

Place = tuple[int, int]

_KATAKANA = "\u30a1-\u30fa\u30fc-\u30ff\u31f0-\u31ff"
_HAN = "\u3005\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_UNSPACED = f"\u3041-\u30ff{_KATAKANA}{_HAN}"
_WORD = re.compile(
    rf"\d+(?:[.,]\d+)*"
    rf"|(?:[^\W\d_{_UNSPACED}]|[\u0640\u064b-\u065f\u0670])+(?:['’][^\W\d_{_UNSPACED}]+)*"
)
_KATAKANA_WORD = re.compile(f"[{_KATAKANA}]{{2,}}")
_UNSPACED_RUN = re.compile(f"[{_UNSPACED}]{{2,}}")
# Folded; what stands before must begin where something else sets it apart.
_INSTITUTION = re.compile(
    rf"(?<![{_HAN}])(?P<name>[{_HAN}]{{2,4}}?)"
    "(?:银行|公司|会社|集团|证券|証券|保险|保険|交易所|取引所|委员会|委員会|协会|協会|基金会|信托|信託"
    "|管理局|监管局|金庫|法院|大学)"
)
_QUOTED = re.compile(r"「[^」]+」|『[^』]+』|《[^》]+》|“[^”]+”|«[^»]+»|\"[^\"]+\"")
_SENTENCE_OPENS = re.compile(r"(?:^|[.!?…:؟]\s)[\s\"'“‘«(¿¡]*$")
_NOUN_LETTERS = 5
_BEFORE_ENGLISH_NOUNS = frozenset(
    [
        "a", "an", "the", "of", "for", "in", "on", "at", "by", "with", "from", "about", "per",
        "any", "each", "every", "our", "their", "its", "your", "my",
    ]
)  # fmt: skip
_NO_ENGLISH_NOUNS = (
    "ing", "ed", "ly", "al", "ive", "ous", "ful", "able", "ible", "less", "ic", "ary", "est", "er",
)  # fmt: skip
_ARABIC_ARTICLE = re.compile("[وفبك]?(?:ال|لل)")
_ARABIC_MARKS = re.compile("[\u0640\u064b-\u065f\u0670]")


def missing_words(
    question: str, language: str, frequencies: Frequencies, *, shared: bool
) -> tuple[str, ...]:
    """What ``question`` names that no passage has, in order, each once; neighbours together.

    ``shared``: there are reports whose language shares words with the question's; without any,
    only numbers and names in another script are looked for.
    """
    places = list(_words(question, language, frequencies, shared=shared))
    if shared:
        places += _unspaced(question, language, frequencies)
    return tuple(dict.fromkeys(_together(question, sorted(set(places)))))


def _words(
    question: str, language: str, frequencies: Frequencies, *, shared: bool
) -> Iterator[Place]:
    """The numbers, names and nouns among the words that stand apart."""
    idle = idle_characters(question, language)
    quotations = [match.span() for match in _QUOTED.finditer(question)]
    words = list(_WORD.finditer(question))
    idles = [bool(idle[word.start() : word.end()].all()) for word in words]
    for at, word in enumerate(words):
        if idles[at]:
            continue
        named = _universal(word[0], language) or (
            shared
            and (
                _within(word.span(), quotations)
                or _is_name(word)
                or _is_noun(words, idles, at, language)
            )
        )
        if named:
            found = frequencies(single_terms(word[0], language))
            if len(found) and not any(found):
                yield word.span()


def _universal(word: str, language: str) -> bool:
    """Whether any language writes ``word`` so."""
    info = LANGUAGES.get(language)
    latin = info is None or info.script == "latin"
    return sum(c.isdigit() for c in word) >= 2 or (not latin and script_of(word[0]) == "latin")


def _is_name(word: re.Match[str]) -> bool:
    """Whether it is a number, an abbreviation, or capitalised where a sentence does not begin."""
    text = word[0]
    if text[0].isdigit():
        return True
    if word.string.isupper():
        return False
    inner = any(character.isupper() for character in text[1:])
    opens = _SENTENCE_OPENS.search(word.string[: word.start()]) is not None
    return inner or (text[0].isupper() and len(text) > 1 and not opens)


def _is_noun(words: Sequence[re.Match[str]], idles: Sequence[bool], at: int, language: str) -> bool:
    """Whether the place of a word shows that it is a noun: in English and Arabic alone."""
    word = words[at][0].lower()
    before = words[at - 1][0].lower() if at and _adjoin(words[at - 1], words[at]) else ""
    if language == "ar":
        # A second word with the article describes the first.
        plain = _ARABIC_MARKS.sub("", word)
        return (
            len(plain) >= _NOUN_LETTERS
            and _ARABIC_ARTICLE.match(plain) is not None
            and not _ARABIC_ARTICLE.match(_ARABIC_MARKS.sub("", before))
        )
    ends = at + 1 == len(words) or idles[at + 1] or not _adjoin(words[at], words[at + 1])
    return (
        language == "en"
        and len(word) >= _NOUN_LETTERS
        and before in _BEFORE_ENGLISH_NOUNS
        and ends
        and not word.endswith(_NO_ENGLISH_NOUNS)
    )


def _adjoin(one: re.Match[str], other: re.Match[str]) -> bool:
    return one.string[one.end() : other.start()].isspace()


def _unspaced(question: str, language: str, frequencies: Frequencies) -> Iterator[Place]:
    """Words in katakana, what is quoted, and institutions, of which no report has a part."""
    idle = idle_characters(question, language)
    kept = "".join(" " if empty else c for c, empty in zip(question, idle, strict=True))
    for match in _KATAKANA_WORD.finditer(question):
        if any(_missing_pairs(match[0], frequencies)):
            yield match.span()
    for quotation in _QUOTED.finditer(question):
        for run in _UNSPACED_RUN.finditer(kept, *quotation.span()):
            if any(_missing_pairs(run[0], frequencies)):
                yield run.span()
    plain = [fold(character) for character in kept]
    if all(len(character) == 1 for character in plain):
        for match in _INSTITUTION.finditer("".join(plain)):
            if all(_missing_pairs(match["name"], frequencies)):
                yield match.span()


def _missing_pairs(run: str, frequencies: Frequencies) -> list[bool]:
    """For each two neighbouring characters whether no report has them side by side."""
    pairs = [fold(run[at : at + 2]) for at in range(len(run) - 1)]
    return [not frequency for frequency in frequencies(pairs)]


def _within(place: Place, places: Iterable[Place]) -> bool:
    return any(start <= place[0] and place[1] <= end for start, end in places)


def _together(text: str, places: Sequence[Place]) -> Iterator[str]:
    """The texts of ``places``, sorted; one where they touch, overlap or a space is between."""
    start = end = -1
    for first, last in places:
        if end >= 0 and (first < end or text[end:first] in {"", " "}):
            end = max(end, last)
            continue
        if end >= 0:
            yield text[start:end]
        start, end = first, last
    if end >= 0:
        yield text[start:end]
