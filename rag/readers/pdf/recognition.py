"""Pages that are pictures or garbled, recognised and laid out like those with a text layer."""

from __future__ import annotations

import statistics
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import TYPE_CHECKING

from rag.readers.characters import mend
from rag.readers.ocr import PACKS, Ocr, Word, confidence_of, pack_advice, recognise
from rag.readers.pdf.bidi import base_is_right
from rag.readers.pdf.joining import space_between
from rag.readers.pdf.lines import Line
from rag.readers.pdf.rows import PageLayout, layout_of_lines
from rag.readers.pdf.second_extractor import SecondExtractor
from rag.readers.quality import disagreement_of, quality_of, script_group, text_signals
from rag.schema import GARBLED, PICTURE
from rag.text.languages import UNKNOWN, detect

if TYPE_CHECKING:
    from PIL.Image import Image

DPI = 300
"""At 200 letters are read as well, but Chinese and Japanese lines fall apart (``bench/ocr.py``)."""

_CELL_GAP = 1.5
_SAME_SIZE = 0.3
# What the right pack reads has 0.85 and more on clean pages, what a wrong one reads 0.65 and less.
_SURE = 0.75
_LEAST = 0.4
_CLEARLY = 0.1
_FAR_BEHIND = 0.04
_ENOUGH = 300
_MOST_TRIED = 8
# A picture with text on it says what its text layer says, unless it says a good deal more.
_MORE = 1.3


@dataclass(frozen=True, slots=True)
class Recognition:
    """What became of the pages that were to be recognised.

    ``layouts`` are those of all pages, recognised where that is better; ``notes`` are sentences
    for the report's reader.
    """

    layouts: tuple[PageLayout | None, ...]
    notes: tuple[str, ...] = ()


def wanting(layouts: Sequence[PageLayout | None]) -> list[int]:
    """The pages, from 0, whose text would rather be recognised from how they look."""
    return [
        number
        for number, layout in enumerate(layouts)
        if layout is None or {PICTURE, GARBLED} & set(_judged(layout)[1])
    ]


def recognised(data: bytes, layouts: Sequence[PageLayout | None], ocr: Ocr) -> Recognition:
    """The layouts with the pages of ``wanting`` recognised, where that gives better text.

    The language is that of the other pages, or the one Tesseract is surest of. Each page takes
    seconds.
    """
    numbers = wanting(layouts)
    if not numbers or not ocr.packs:
        return Recognition(tuple(layouts))
    made = list(layouts)
    pack, notes = _pack_of_others(layouts, numbers, ocr)
    with SecondExtractor(data) as second:
        pack = pack or _surest_pack(second, numbers, ocr)
        for number in numbers:
            layout = _recognised_page(second, number, pack, ocr)
            if layout is not None:
                made[number] = _better(layouts[number], layout)
    return Recognition(tuple(made), tuple(notes))


def _pack_of_others(
    layouts: Sequence[PageLayout | None], numbers: Sequence[int], ocr: Ocr
) -> tuple[str, list[str]]:
    """The pack for the language of the other pages, empty where they do not tell or it lacks."""
    rest = sorted(set(range(len(layouts))) - set(numbers))
    text = "\n".join(_text(layout) for n in rest if (layout := layouts[n]) is not None)
    pack = PACKS.get(detect(text, UNKNOWN), "")
    if not pack or pack in ocr.packs:
        return pack, []
    return "", [pack_advice(pack)]


def _surest_pack(second: SecondExtractor, numbers: Sequence[int], ocr: Ocr) -> str:
    """The pack that reads the middle, the first and the last page with the most confidence.

    One page may be a cover or a list of contents, which say little: packs are given up once enough
    letters were read and they are far behind.
    """
    left = [pack for pack in PACKS.values() if pack in ocr.packs][:_MOST_TRIED]
    totals = dict.fromkeys(left, 0.0)
    letters = dict.fromkeys(left, 0)
    for number in dict.fromkeys((numbers[len(numbers) // 2], numbers[0], numbers[-1])):
        found = _picture(second, number) if len(left) > 1 else None
        if found is None:
            continue
        for pack in left:
            lines = recognise(found[0], pack) or []
            count = len(_letters(lines))
            letters[pack] += count
            totals[pack] += count * confidence_of(lines)
        means = {pack: totals[pack] / max(1, letters[pack]) for pack in left}
        if max(letters.values()) >= _ENOUGH:
            left = [pack for pack in left if means[pack] >= max(means.values()) - _FAR_BEHIND]
    return max(left, key=lambda pack: totals[pack] / max(1, letters[pack]))


def _picture(second: SecondExtractor, number: int) -> tuple[Image, tuple[float, float]] | None:
    page = second.page(number)
    if page is None:
        return None
    try:
        picture = page.picture(DPI)
        return None if picture is None else (picture, page.size())
    finally:
        page.close()


def _recognised_page(
    second: SecondExtractor, number: int, pack: str, ocr: Ocr
) -> PageLayout | None:
    """The layout of a page; where ``pack`` is unsure of it, another one that is clearly surer."""
    found = _picture(second, number)
    if found is None:
        return None
    picture, size = found
    best = recognise(picture, pack) or []
    if best and confidence_of(best) < _SURE:
        others = [other for other in PACKS.values() if other in ocr.packs and other != pack]
        tried = [recognise(picture, other) or [] for other in others[:_MOST_TRIED]]
        surest = max(tried, key=confidence_of, default=[])
        # Simplified, Traditional and Japanese are told apart by the report, not by one hard page.
        if confidence_of(surest) > confidence_of(best) + _CLEARLY and script_group(
            _letters(surest)
        ) != script_group(_letters(best)):
            best = surest
    if confidence_of(best) < _LEAST:
        return None
    return _layout(best, size, size[0] / picture.width)


def _letters(words: Sequence[Sequence[Word]]) -> str:
    return "".join(word.text for line in words for word in line)


def _layout(words: Sequence[list[Word]], size: tuple[float, float], unit: float) -> PageLayout:
    """Words in pixels of ``unit`` points each as the layout of a page of this size."""
    right = base_is_right([letter for line in words for word in line for letter in word.text])
    usual = statistics.median(_height(line) for line in words) * unit
    lines = [
        made
        for line in words
        for segment in _segments(line)
        if (made := _line(segment, size[1], unit, usual)).text
    ]
    layout = layout_of_lines(lines, *size, right)
    signs = replace(
        text_signals("\n".join(line.text for line in lines)),
        confidence=confidence_of(list(words)),
        recognised=True,
    )
    return replace(layout, signs=signs)


def _segments(line: Sequence[Word]) -> Iterator[list[Word]]:
    """The words of a line, apart where a gap as of cells is between them."""
    gap = _CELL_GAP * _height(line)
    segment = [line[0]]
    for before, word in pairwise(line):
        left, right = sorted((before, word), key=lambda one: one.left)
        if right.left - left.left - left.width > gap:
            yield segment
            segment = []
        segment.append(word)
    yield segment


def _height(line: Sequence[Word]) -> float:
    return statistics.median(word.height for word in line)


def _line(segment: Sequence[Word], page_height: float, unit: float, usual: float) -> Line:
    text = segment[0].text
    for word in segment[1:]:
        text += space_between(text, word.text) + word.text
    # Boxes end at the letters that happen to stand in a line: sizes near the usual one are it.
    height = _height(segment) * unit
    size = usual if abs(height - usual) <= _SAME_SIZE * usual else height
    middle = statistics.median(word.top + word.height / 2 for word in segment) * unit
    left = min(word.left for word in segment) * unit
    right = max(word.left + word.width for word in segment) * unit
    return Line(mend(text), left, right, page_height - middle - 0.35 * size, size, False)


def _better(before: PageLayout | None, after: PageLayout) -> PageLayout:
    """The layout whose text is to be trusted more; a text layer that OCR confirms stays."""
    if before is None or before.signs is None:
        return after
    quality, faults = _judged(before)
    if PICTURE in faults and before.rows:
        ours, theirs = _text(before), _text(after)
        if len(theirs) <= _MORE * len(ours) or not disagreement_of(ours, theirs):
            return replace(before, signs=replace(before.signs, pictured=False))
        return after
    return after if (_judged(after)[0] or 0.0) > (quality or 0.0) else before


def _judged(layout: PageLayout) -> tuple[float | None, tuple[str, ...]]:
    return quality_of(layout.signs) if layout.signs is not None else (None, ())


def _text(layout: PageLayout) -> str:
    return "\n".join(line.text for row in layout.rows for line in row.lines)
