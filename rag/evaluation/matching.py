"""Where a quote stands in a text that extraction may have altered."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from rag.evaluation.folding import Folded, fold_hard, occurrences

Spans = tuple[tuple[int, int], ...]

LEAST_SCORE = 90.0
"""Percent of agreement from which an inexact place counts as the quote's."""

_LEAST_LENGTH = 8
"""Folded characters below which a quote is too short for anything but an exact place."""

_LEAST_PART = 4
"""Folded characters that each part of a quote torn in two must have."""

_LONGEST_GAP = 200
"""Folded characters of running headers and footers that may stand in a quote across pages."""

_LEAST_WORDS = 4
"""Words below which finding them all near each other says nothing."""

_SURROUNDINGS = 40
"""Folded characters around an approximate place in which its figures must be."""

_SEPARATORS = ".,:/'’-–٫٬،"
_FIGURE = re.compile(rf"\d+(?:[{re.escape(_SEPARATORS)}]\d+)*")


@dataclass(frozen=True, slots=True)
class Match:
    """An inexact place: its spans in the original text, and what is inexact about it."""

    spans: Spans
    remark: str


def exact_spans(quote: Folded, text: Folded) -> Spans:
    """Every occurrence of ``quote`` in ``text``, as spans of the text's original."""
    if not quote.text:
        return ()
    return tuple(text.span(at, at + len(quote.text)) for at in occurrences(quote.text, text.text))


def inexact_match(quote: Folded, words: Sequence[str], hard_text: Folded) -> Match | None:
    """The place of a quote that has no exact one, or None where none is near enough.

    ``quote`` is folded, ``words`` are its words folded hard, ``hard_text`` is the text folded
    hard. In this order: without punctuation, diacritics and case; with other text inside, as
    where a page ends; the nearest place of at least 90 % (indel similarity); all its figures and
    90 % of its words near each other in any order, as where extraction displaced parts of a line.
    A place that lacks a figure of the quote is never taken: another figure is another fact.
    """
    hard_quote = fold_hard(quote)
    if len(hard_quote.text) < _LEAST_LENGTH:
        return None
    if spans := exact_spans(hard_quote, hard_text):
        return Match(spans, "found with other punctuation, accents or case")
    if spans := _torn(hard_quote.text, hard_text):
        return Match(spans, "found with other text in between, as where a page ends")
    score, spans = _nearest(hard_quote.text, hard_text)
    if spans:
        return Match(spans, f"found approximately, {score:.0f} % alike")
    share, spans = _scattered(words, hard_text)
    if spans:
        return Match(spans, f"found with {share:.0f} % of its words in another order")
    return None


def _torn(quote: str, text: Folded) -> Spans:
    """The two parts of ``quote`` with at most the longest gap in between, or nothing."""
    size = len(quote)
    head = _longest(lambda n: quote[:n] in text.text, size)
    tail = _longest(lambda n: quote[size - n :] in text.text, size)
    first = max(size - tail, _LEAST_PART)
    for cut in range(min(head, size - _LEAST_PART), first - 1, -1):
        for at in occurrences(quote[:cut], text.text):
            end = at + cut
            rest = text.text.find(quote[cut:], end, end + _LONGEST_GAP + size - cut)
            if rest >= 0 and _is_gap(text.text, end, rest):
                return (text.span(at, end), text.span(rest, rest + size - cut))
    return ()


def _is_gap(text: str, start: int, end: int) -> bool:
    """Whether ``text[start:end]`` may be left out without making another figure of what remains."""
    return not (
        (text[start - 1].isdigit() and _continues(text[start]))
        or (text[end].isdigit() and _continues(text[end - 1]))
        or (text[start - 1].isdigit() and text[end].isdigit())
    )


def _longest(holds: Callable[[int], bool], most: int) -> int:
    """The largest n of 0 to ``most`` for which ``holds``, which is true up to it and then false."""
    low, high = 0, most
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if holds(middle) else (low, middle - 1)
    return low


def _nearest(quote: str, text: Folded) -> tuple[float, Spans]:
    """The most similar place and its score in percent, or no place."""
    from rapidfuzz import fuzz

    if len(text.text) < len(quote):
        return 0.0, ()
    found = fuzz.partial_ratio_alignment(quote, text.text, score_cutoff=LEAST_SCORE)
    if found is None or found.dest_end <= found.dest_start:
        return 0.0, ()
    near = text.text[max(0, found.dest_start - _SURROUNDINGS) : found.dest_end + _SURROUNDINGS]
    if not all(_word_places(figure, near) for figure in _FIGURE.findall(quote)):
        return 0.0, ()
    return found.score, (text.span(found.dest_start, found.dest_end),)


def _scattered(words: Sequence[str], text: Folded) -> tuple[float, Spans]:
    """The tightest place with enough of ``words``, and the share of their characters in percent.

    Words are sought on both sides of each occurrence of the rarest one.
    """
    size = sum(map(len, words))
    places = {word: _word_places(word, text.text) for word in set(words)}
    present = [word for word in places if places[word]]
    if len(words) < _LEAST_WORDS or not present:
        return 0.0, ()
    reach = size + _LONGEST_GAP // 2
    best: tuple[float, int, int, int] | None = None
    for anchor in places[min(present, key=lambda word: (len(places[word]), -len(word), word))]:
        near = {word: min(places[word], key=lambda at: abs(at - anchor)) for word in present}
        near = {word: at for word, at in near.items() if abs(at - anchor) <= reach}
        share = 100 * sum(len(word) for word in words if word in near) / size
        if share < LEAST_SCORE or any(word not in near for word in words if _FIGURE.search(word)):
            continue
        start = min(near.values())
        end = max(at + len(word) for word, at in near.items())
        if best is None or (-share, end - start) < (-best[0], best[1]):
            best = (share, end - start, start, end)
    return (0.0, ()) if best is None else (best[0], (text.span(best[2], best[3]),))


def _word_places(word: str, text: str) -> list[int]:
    """Where ``word`` starts; a figure only where it is not part of a longer one."""
    return [
        at
        for at in occurrences(word, text)
        if not (word[0].isdigit() and at > 0 and _continues(text[at - 1]))
        and not (word[-1].isdigit() and _continues(text[at + len(word) : at + len(word) + 1]))
    ]


def _continues(char: str) -> bool:
    """Whether ``char`` (or nothing) beside a digit belongs to its figure.

    In text folded hard, such a sign is there only between digits.
    """
    return char.isdigit() or (char != "" and char in _SEPARATORS)
