"""Text to sentences, as spans."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import chain

_LINE = re.compile(r"[^\n]+")
_TERMINAL = frozenset(".!?。！？；;:：؟؛…|।")
_CLOSING = "\"'”’」』）)]】》〉»"
# The segmenter takes a full stop before a digit for a decimal point, which 。 never is.
_BEFORE_DIGIT = re.compile(r"(?<=[。！？])(?=\s*\d)")
_OPENING_BRACKET, _CLOSING_BRACKET = re.compile("[“‘「『（《〈【]"), re.compile("[”’」』）》〉】]")
# A line at least this wide that ends without punctuation was broken by its margin, not by meaning.
_WRAPPED_WIDTH_SPACED = 60
_WRAPPED_WIDTH_CJK = 28
_LIST_ITEM = re.compile(
    r"\s*(?:[-*•·◦▪‣–—○●]|\(?[\dA-Za-z]{1,3}[.)、．]|[（(][一二三四五六七八九十\d]+[）)]"
    r"|[一二三四五六七八九十]+[、.]|第.{1,6}[章節节條条項项])"
)


def sentence_spans(text: str, language: str) -> list[tuple[int, int]]:
    """Half-open spans of the sentences of ``text``, in order, white space around them left out.

    A paragraph end, a table row and a list item end a sentence; a line that its margin broke does
    not. ``language`` is a code of ``rag.text.languages``.
    """
    spans: list[tuple[int, int]] = []
    for start, end in _blocks(text, language):
        spans.extend(_split_block(text, start, end, language))
    return spans


def _blocks(text: str, language: str) -> Iterator[tuple[int, int]]:
    """Spans of lines that belong together."""
    start: int | None = None
    end = 0
    for line in _LINE.finditer(text):
        if start is None:
            start, end = line.span()
        elif text[end : line.start()] == "\n" and _continues(text[start:end], line[0], language):
            end = line.end()
        else:
            yield start, end
            start, end = line.span()
    if start is not None:
        yield start, end


def _continues(before: str, line: str, language: str) -> bool:
    last = before.rsplit("\n", 1)[-1].rstrip()
    if not last or "\t" in last or "\t" in line or _LIST_ITEM.match(line):
        return False
    if last.rstrip(_CLOSING)[-1:] in _TERMINAL:
        return False
    width = _WRAPPED_WIDTH_CJK if language in {"zh-Hans", "zh-Hant", "ja"} else None
    return len(last) >= (width or _WRAPPED_WIDTH_SPACED)


def _split_block(text: str, start: int, end: int, language: str) -> Iterator[tuple[int, int]]:
    from sentencex import segment

    # The segmenter takes a line end for a sentence end; one space keeps every offset.
    block = text[start:end].replace("\n", " ")
    at = start
    segments = segment(language.split("-", maxsplit=1)[0], block)
    for piece in chain.from_iterable(map(_before_digits, segments)):
        stripped = piece.strip()
        if stripped:
            first = at + piece.index(stripped[0])
            yield first, first + len(stripped)
        at += len(piece)


def _before_digits(segment: str) -> Iterator[str]:
    """``segment`` cut after each 。, ！ or ？ that a digit follows outside quotation marks."""
    start = 0
    for cut in _BEFORE_DIGIT.finditer(segment):
        before = segment[start : cut.start()]
        if len(_OPENING_BRACKET.findall(before)) == len(_CLOSING_BRACKET.findall(before)):
            yield before
            start = cut.start()
    yield segment[start:]
