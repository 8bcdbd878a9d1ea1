"""Glyphs to rectangles: one for each piece of a line."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rag.page_images.folding import fold_piece
from rag.page_images.glyphs import Glyph, Rectangle

_SAME_LINE = 0.5
_WIDE_SPACE = 3.0


@dataclass(slots=True)
class _Line:
    """Glyphs that stand on one line, by number, and what is around them."""

    box: Rectangle
    numbers: list[int]


def rectangles(numbers: Sequence[int], glyphs: Sequence[Glyph]) -> tuple[Rectangle, ...]:
    """What is around the glyphs with these ``numbers``, a rectangle for each piece of a line.

    In the order of ``numbers``. A piece ends where another glyph, or more than a wide space, stands
    between.
    """
    pieces = []
    for line in _lines(numbers, glyphs):
        pieces += _runs(line, glyphs)
    order = {number: index for index, number in enumerate(numbers)}
    pieces.sort(key=lambda piece: min(order[number] for number in piece))
    return tuple(_around([glyphs[number].box for number in piece]) for piece in pieces)


def _lines(numbers: Sequence[int], glyphs: Sequence[Glyph]) -> list[_Line]:
    lines: list[_Line] = []
    for number in numbers:
        box = glyphs[number].box
        line = next((one for one in reversed(lines[-3:]) if level_with(box, one.box)), None)
        if line is None:
            lines.append(_Line(box, [number]))
        else:
            line.box = line.box.joined(box)
            line.numbers.append(number)
    return lines


def level_with(one: Rectangle, other: Rectangle) -> bool:
    """Whether two boxes stand on one line, each as high as its line."""
    common = min(one.top, other.top) - max(one.bottom, other.bottom)
    return common > _SAME_LINE * min(one.height, other.height)


def _runs(line: _Line, glyphs: Sequence[Glyph]) -> list[list[int]]:
    """The numbers of a line's glyphs, cut where others stand between them."""
    own = set(line.numbers)
    others = [
        x
        for number, glyph in enumerate(glyphs)
        # A dash or vowel mark that was not looked for belongs to the letters around it.
        if number not in own and fold_piece(glyph.text)
        for x, y in [glyph.ink.centre]
        if line.box.bottom <= y <= line.box.top
    ]
    runs: list[list[int]] = []
    right = float("-inf")
    for number in sorted(line.numbers, key=lambda n: (glyphs[n].box.left, glyphs[n].box.right)):
        box = glyphs[number].box
        apart = box.left - right > _WIDE_SPACE * line.box.height
        if not runs or apart or any(right < x < box.left for x in others):
            runs.append([number])
        else:
            runs[-1].append(number)
        right = max(right, box.right)
    return runs


def _around(boxes: Sequence[Rectangle]) -> Rectangle:
    whole = boxes[0]
    for box in boxes[1:]:
        whole = whole.joined(box)
    return whole
