"""A follow-up such as "And in 2022?" to a question that can be searched by itself.

A follow-up is known by its first words, by a pronoun before anything it could stand for, or by
asking for nothing of its own. What it leaves out comes from the question before: a follow-up that
only names another year, clause, firm or country is put in that one's place, anything else is asked
with the former question beside it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from rag.answering.conversation_words import (
    ASKING,
    EMPTY_SUBJECT,
    KINDS,
    OPENERS,
    OPENING_PRONOUNS,
    TIES,
    TOPIC_ENDS,
    ZERO_SUBJECT,
)
from rag.text.fold import fold
from rag.text.function_words import FUNCTION_CHARACTERS, FUNCTION_WORDS
from rag.text.languages import UNKNOWN, detect

_CJK = frozenset({"zh-Hans", "zh-Hant", "ja"})
_WORD = re.compile(r"[^\W_]+(?:[.'’-][^\W_]+)*")
_SIGNS = " \t?？!！.。,，、;；:：؟،"
_OWN_SUBJECT = re.compile(r"[A-Za-z]{2,}|[\d٠-٩]|[「『《“\"«]")
_LATIN_NAME = r"(?:[A-Z][\w'’-]*)(?: (?:[A-Z][\w'’-]*|of (?=[A-Z])))*"
_NUMERAL = "[0-9٠-٩〇零一二三四五六七八九十百]"
_SLOTS = tuple(
    re.compile(pattern)
    for pattern in (
        rf"第\s*{_NUMERAL}+\s*[條条章節节項项款]",
        r"(?:Rule|Article|Section|Clause|Paragraph|Chapter|Annex)s? [\d.]+",
        r"(?:المادة|الفقرة|القاعدة|البند|القسم) [\d٠-٩.]+",
        r"(?:民國|令和|平成)?\s?(?<![\d.])(?:19|20)\d\d(?![\d.])(?:年[末底度]?|年)?",
        r"(?<![\d٠-٩.])\d+(?:\.\d+)+(?![\d.])",
        r"[٠-٩]{4}",
    )
)
_SHORT_CJK = 8
_LONGEST_TOPIC = 20
_ARTICLES = frozenset({"a", "an", "the"})
_LEAST_HEAD = 2
_MOST_WORDS = 3


def is_followup(question: str, history: Sequence[str]) -> bool:
    """Whether ``question`` leaves out what the last of ``history`` says.

    When in doubt it does not: a question that stands alone must be searched as it is.
    """
    language = _language(question, history)
    plain = question.strip()
    if language in _CJK:
        return _cjk_followup(plain, language)
    if OPENERS[language].match(plain) if language in OPENERS else False:
        return True
    if language in EMPTY_SUBJECT:
        plain = EMPTY_SUBJECT[language].sub("", plain)
    words = [fold(word) for word in _WORD.findall(plain)]
    content = _content(words, language)
    if not any(word in ASKING.get(language, frozenset()) for word in words):
        return len(content) <= 2 and plain.endswith(("?", "؟"))
    return _pronoun_first(words, language)


def rewrite(followup: str, history: Sequence[str]) -> str:
    """``followup`` with what it leaves out, taken from ``history``, the oldest question first.

    A question that leaves nothing out is returned as it is. The former question, where it was a
    follow-up itself, is completed first.
    """
    if not history or not is_followup(followup, history):
        return followup
    base = rewrite(history[-1], history[:-1])
    language = _language(followup, history)
    core = _core(followup, language)
    if _asks(core, language):
        return f"{base.strip()} {followup.strip()}"
    return _put_in(core, base, language) or f"{base.strip()} {core}"


def _language(question: str, history: Sequence[str]) -> str:
    before = detect(history[-1], UNKNOWN) if history else UNKNOWN
    found = detect(question, before)
    # A few ideographs look Chinese in a Japanese conversation, and Simplified in a Traditional one.
    return before if {found, before} <= _CJK else found


def _content(words: Sequence[str], language: str) -> list[str]:
    empty = FUNCTION_WORDS.get(language, frozenset()) | ASKING.get(language, frozenset())
    return [word for word in words if word not in empty]


def _pronoun_first(words: Sequence[str], language: str) -> bool:
    """Whether a pronoun comes before any word that it could stand for."""
    pronouns = OPENING_PRONOUNS.get(language, frozenset())
    for word in words:
        if word in pronouns:
            return True
        if _content([word], language):
            return False
    return False


def _cjk_followup(question: str, language: str) -> bool:
    group = "ja" if language == "ja" else "zh"
    folded = fold(question).strip(_SIGNS)
    if OPENERS[group].match(folded) or any(
        folded.startswith(word) for word in OPENING_PRONOUNS[group]
    ):
        return True
    if not _asks(folded, language):
        return bool(TOPIC_ENDS[group].search(folded)) and len(folded) <= _LONGEST_TOPIC
    if group == "ja" or _OWN_SUBJECT.search(question) or not ZERO_SUBJECT.match(folded):
        return False
    rest = folded
    for word in sorted(ASKING["zh"], key=len, reverse=True):
        rest = rest.replace(word, "")
    empty = fold(FUNCTION_CHARACTERS)
    return len([c for c in rest if c.isalnum() and c not in empty]) <= _SHORT_CJK


def _asks(text: str, language: str) -> bool:
    """Whether ``text`` has a question word or a verb that asks: more than a name put forward."""
    folded = fold(text)
    if language in _CJK:
        return any(word in folded for word in ASKING["ja" if language == "ja" else "zh"])
    words = [fold(word) for word in _WORD.findall(folded)]
    asking = ASKING.get(language, frozenset())
    return any(word in asking or word.removeprefix("و") in asking for word in words)


def _core(followup: str, language: str) -> str:
    """What ``followup`` names, without the words that tie it to what was said."""
    group = {"zh-Hans": "zh", "zh-Hant": "zh"}.get(language, language)
    text = followup.strip().strip(_SIGNS)
    if group in TIES:
        text = TIES[group].sub("", text, count=1).strip(_SIGNS)
    if group in TOPIC_ENDS:
        text = TOPIC_ENDS[group].sub("", text).strip(_SIGNS)
    return text or followup.strip()


def _put_in(core: str, base: str, language: str) -> str:
    """``base`` with ``core`` in place of what is of its kind there; empty where nothing is."""
    for slot in _SLOTS:
        new, old = slot.search(core), list(slot.finditer(base))
        if new and len(old) == 1:
            return _beside(core, new, _replaced(base, old[0].span(), new[0]), language)
    for kind in KINDS:
        new, old_found = kind.search(core), list(kind.finditer(base))
        if new and len(old_found) == 1 and new[0].lower() != old_found[0][0].lower():
            return _beside(core, new, _replaced(base, old_found[0].span(), new[0]), language)
    if language in _CJK:
        return _by_shared_end(core, base)
    by_head = _by_shared_head(core, base, first=language == "ar")
    if by_head:
        return by_head
    new_name = re.search(_LATIN_NAME + "$", core)
    names = [m for m in re.finditer(_LATIN_NAME, base) if m.start() > 0]
    if new_name and names:
        return _replaced(base, names[0].span(), new_name[0])
    return ""


def _replaced(base: str, span: tuple[int, int], new: str) -> str:
    return f"{base[: span[0]]}{new}{base[span[1] :]}"


def _beside(core: str, new: re.Match[str], written: str, language: str) -> str:
    """``written``, followed by what else ``core`` says."""
    rest = f"{core[: new.start()]} {core[new.end() :]}"
    words = [fold(word) for word in _WORD.findall(rest)]
    more = _content(words, language) if language not in _CJK else []
    return f"{written} {core}" if more else written


def _by_shared_end(core: str, base: str) -> str:
    """恒舟平台 in place of 银杏平台: runs that end alike are of a kind."""
    for length in range(min(len(core) - 1, 6), _LEAST_HEAD - 1, -1):
        ending = core[-length:]
        at = base.find(ending)
        if at > 0 and ending.strip() == ending:
            start = at
            while start > 0 and base[start - 1].isalnum() and base[start - 1] not in "的の在於は、":
                start -= 1
                if at - start >= len(core) - length + 2:
                    break
            return _replaced(base, (start, at + length), core)
    return ""


def _by_shared_head(core: str, base: str, *, first: bool) -> str:
    """ "bank auditors" for "insurance auditors", by the last word; in Arabic by the first."""
    words = list(_WORD.finditer(core))
    if not 2 <= len(words) <= _MOST_WORDS + 1:
        return ""
    core = core[words[1].start() :] if words[0][0].lower() in _ARTICLES else core
    head = fold(words[0 if first else -1][0])
    for match in _WORD.finditer(base):
        if not _same_head(fold(match[0]), head):
            continue
        if first:
            after = _WORD.search(base, match.end())
            return _replaced(base, (match.start(), after.end()), core) if after else ""
        before = list(_WORD.finditer(base[: match.start()]))
        if before and not _is_function_word(before[-1][0]):
            return _replaced(base, (before[-1].start(), match.end()), core)
    return ""


def _same_head(one: str, other: str) -> bool:
    stripped = {re.sub(r"^[وفبلك]?(?:ال|ل)?", "", word) for word in (one, other)}
    return one == other or len(stripped) == 1


def _is_function_word(word: str) -> bool:
    return word.lower() in FUNCTION_WORDS["en"]
