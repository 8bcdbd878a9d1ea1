"""The words of a question that no report has, as they were typed."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence

from rag.analysis import fold, single_terms
from rag.answering.interaction import idle_characters
from rag.languages import LANGUAGES, script_of

Frequencies = Callable[[Sequence[str]], Sequence[int]]
"""Terms to the number of passages that have each."""

_UNSPACED = "\u3041-\u30ff\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
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
            for part in re.finditer(r"\S+", kept):
                places += [
                    (start + part.start() + a, start + part.start() + b)
                    for a, b in _stretches(part[0], frequencies)
                ]
    return tuple(dict.fromkeys(_together(question, places)))


def _universal(word: str, language: str) -> bool:
    """Whether any language writes ``word`` so."""
    info = LANGUAGES.get(language)
    latin = info is None or script_of(info.name[0]) == "latin"
    return sum(c.isdigit() for c in word) >= 2 or (not latin and script_of(word[0]) == "latin")


def _stretches(run: str, frequencies: Frequencies) -> Iterator[tuple[int, int]]:
    """The parts of ``run`` that no report has.

    Two characters that no report has side by side may belong to different words; they count where
    they are all of the run.
    """
    pairs = [fold(run[at : at + 2]) for at in range(len(run) - 1)]
    missing = [not frequency for frequency in frequencies(pairs)] if pairs else []
    at = 0
    while at < len(missing):
        if not missing[at]:
            at += 1
            continue
        end = at
        while end < len(missing) and missing[end]:
            end += 1
        if end - at > 1 or (at == 0 and end == len(missing)):
            yield at, end + 1
        at = end


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
