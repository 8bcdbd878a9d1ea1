"""The words of a question that no report has, as they were typed."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence

from rag.answering.interaction import idle_characters
from rag.text.fold import fold
from rag.text.languages import LANGUAGES, script_of
from rag.text.terms import single_terms

Frequencies = Callable[[Sequence[str]], Sequence[int]]
"""Terms to the number of passages that have each."""

_UNSPACED = "\u3041-\u30ff\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_CROSSING = 2
_PART = re.compile(r"[^ \u30a0-\u30ff]+|[\u30a0-\u30ff]+")
_RUN = re.compile(
    rf"(?P<unspaced>[{_UNSPACED}]+)|(?P<word>\d+(?:[.,]\d+)*|(?:[^\W\d_{_UNSPACED}]|[\u0640\u064b-\u065f\u0670])+(?:['’][^\W\d_]+)*)"
)


def missing_words(
    question: str, language: str, frequencies: Frequencies, *, shared: bool
) -> tuple[str, ...]:
    """The words of ``question`` that no passage has, in order, each once; neighbours together.

    Where words are not set apart, they are the stretches of which no two neighbouring characters
    stand together in any report. ``shared``: there are reports whose language shares words with
    the question's; without any, only numbers and names in another script are looked for.
    """
    idle = idle_characters(question, language)
    places: list[tuple[int, int]] = []
    for match in _RUN.finditer(question):
        start, end = match.span()
        if match["word"]:
            if not idle[start:end].all() and (shared or _universal(match[0], language)):
                found = frequencies(single_terms(match[0], language))
                if len(found) and not any(found):
                    places.append((start, end))
        elif shared:
            kept = "".join(" " if idle[at] else question[at] for at in range(start, end))
            for part in _PART.finditer(kept):
                found_parts = (
                    _compound(part[0], frequencies)
                    if language == "ja"
                    else _stretches(part[0], frequencies)
                )
                at = start + part.start()
                places += [(at + first, at + last) for first, last in found_parts]
    return tuple(dict.fromkeys(_together(question, places)))


def _universal(word: str, language: str) -> bool:
    """Whether any language writes ``word`` so."""
    info = LANGUAGES.get(language)
    latin = info is None or info.script == "latin"
    return sum(c.isdigit() for c in word) >= 2 or (not latin and script_of(word[0]) == "latin")


def _missing_pairs(run: str, frequencies: Frequencies) -> list[bool]:
    """For each two neighbouring characters whether no report has them side by side."""
    pairs = [fold(run[at : at + 2]) for at in range(len(run) - 1)]
    return [not frequency for frequency in frequencies(pairs)] if pairs else []


def _compound(run: str, frequencies: Frequencies) -> Iterator[tuple[int, int]]:
    """All of ``run``, which kana set apart, where no report has a part of it."""
    if any(_missing_pairs(run, frequencies)):
        yield 0, len(run)


def _stretches(run: str, frequencies: Frequencies) -> Iterator[tuple[int, int]]:
    """The parts of ``run`` that no report has.

    Up to ``_CROSSING`` pairs in a row that no report has may come of words that meet; they count
    where they are all of the run, or where no report has one of the characters at all.
    """
    missing = _missing_pairs(run, frequencies)
    at = 0
    while at < len(missing):
        end = at
        while end < len(missing) and missing[end]:
            end += 1
        whole = at == 0 and end == len(missing)
        if end > at and (
            end - at > _CROSSING or whole or 0 in frequencies(list(fold(run[at : end + 1])))
        ):
            yield at, end + 1
        at = max(end, at + 1)


def _together(text: str, places: Sequence[tuple[int, int]]) -> Iterator[str]:
    start = end = -1
    for first, last in places:
        if end >= 0 and text[end:first] in {"", " "}:
            end = last
            continue
        if end >= 0:
            yield text[start:end]
        start, end = first, last
    if end >= 0:
        yield text[start:end]
