"""Where the characters of a quote are among a page's glyphs.

A text extracted by one program and the glyphs listed by another agree on most stretches and differ
in order (columns, tables, lines from right to left), at line ends and in what was left out. So the
quote is looked for whole, and otherwise laid out in the longest stretches that both have (greedy
string tiling, Wise 1993), each of which may stand anywhere; what is left over between them is
looked for beside its neighbours.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from difflib import SequenceMatcher
from itertools import pairwise

from rag.page_images.folding import FoldedPieces, fold_piece, fold_pieces, is_dash, is_sign
from rag.page_images.glyphs import Glyph, PageQuote, Rectangle
from rag.page_images.lines import level_with

_CONTEXT = 80
_AROUND = 40
_SHORTEST_TILE = 4
_ENOUGH = 0.6
_LONG_RUN = 8
_IN_RUNS = 0.3
_MOST_JUMPS = 3
_FAR = 0.5
_FAR_ON_LINE = 12.0


def align(quote: PageQuote, glyphs: Sequence[Glyph]) -> tuple[int, ...]:
    """The numbers of the glyphs that show ``quote``, in the quote's order, each once.

    Where its words stand several times on the page, the place is the one whose surroundings are
    those of the quote, and then the one with as many of them before it. Empty where less than
    ``_ENOUGH`` of the quote's characters are on the page.
    """
    text = fold_pieces(quote.text)
    first = sum(1 for piece in text.pieces if piece < quote.start)
    last = sum(1 for piece in text.pieces if piece < quote.end)
    if first == last:
        return ()
    page = fold_pieces(glyph.text for glyph in glyphs)
    whole = _nearest(text.text, first, last, page.text, [(0, len(page.text))])
    if whole is None:
        # What stands around a short quote says where it is.
        low, high = max(0, first - _AROUND), min(len(text.text), last + _AROUND)
        found = _Tiling(text.text, low, high, page, glyphs).places()[first - low : last - low]
    else:
        found = list(range(whole, whole + last - first))
    numbers = {
        text.pieces[first + index]: page.pieces[place]
        for index, place in enumerate(found)
        if place is not None
    }
    if sum(place is not None for place in found) < _ENOUGH * (last - first):
        return ()
    # Words and letters alone stand on every page, here and there.
    if _in_long_runs(found) < _IN_RUNS * (last - first) and _jumps(numbers, glyphs) > _MOST_JUMPS:
        return ()
    _bring_home_ends(numbers, glyphs)
    return tuple(dict.fromkeys(_with_dashes(quote, numbers, glyphs)))


def _in_long_runs(found: Sequence[int | None]) -> int:
    """How many characters stand in runs that the page has without a gap."""
    total = run = 0
    for place, following in zip(found, [*found[1:], None], strict=True):
        run += place is not None
        if place is None or following != place + 1:
            total += run if run >= _LONG_RUN else 0
            run = 0
    return total


def _jumps(numbers: Mapping[int, int], glyphs: Sequence[Glyph]) -> int:
    """How often the next character stands more than two lines above or below."""
    boxes = [glyphs[numbers[place]].box for place in sorted(numbers)]
    return sum(
        max(one.bottom - other.top, other.bottom - one.top) > 2 * max(one.height, other.height)
        for one, other in pairwise(boxes)
    )


def _bring_home_ends(numbers: dict[int, int], glyphs: Sequence[Glyph]) -> None:
    """Let a sign at either end of ``numbers`` (by place) stand on its neighbour's line if it can.

    Where a line from right to left ends in a figure, the PDF has the full stop before the figure,
    and what follows the figure may be the sign of a line below.
    """
    places = sorted(numbers)
    for end, inner in ((places[-1:], places[-2:-1]), (places[:1], places[1:2])):
        if not inner:
            return
        sign, box = glyphs[numbers[end[0]]], glyphs[numbers[inner[0]]].box
        if not is_sign(sign.text) or level_with(sign.box, box):
            continue
        taken = set(numbers.values())
        like = [
            (_distance(glyph.box, box), number)
            for number, glyph in enumerate(glyphs)
            if number not in taken
            and level_with(glyph.box, box)
            and fold_piece(glyph.text) == fold_piece(sign.text)
        ]
        if like and min(like)[0] <= _FAR_ON_LINE:
            numbers[end[0]] = min(like)[1]


def _with_dashes(
    quote: PageQuote, numbers: dict[int, int], glyphs: Sequence[Glyph]
) -> Iterator[int]:
    """The glyphs of ``numbers`` (by place in the page's text), and dashes that stand beside."""
    taken = set(numbers.values())
    for step, places in (
        (1, range(quote.start, quote.end)),
        (-1, range(quote.end - 1, quote.start - 1, -1)),
    ):
        beside: int | None = None
        for place in places:
            if place in numbers:
                beside = numbers[place]
            elif beside is not None and is_dash(quote.text[place]):
                dash = beside + step
                if 0 <= dash < len(glyphs) and dash not in taken and is_dash(glyphs[dash].text):
                    numbers[place] = beside = dash
                    taken.add(dash)
    for place in sorted(numbers):
        yield numbers[place]


def _nearest(
    text: str, first: int, last: int, page: str, free: Sequence[tuple[int, int]]
) -> int | None:
    """Where ``text[first:last]`` stands in the ``free`` ranges of ``page``, or None.

    Of several places the one with the most alike surroundings, then the one with the order nearest
    to that of ``text``.
    """
    needle = text[first:last]
    every = list(_occurrences(needle, page))
    places = [at for at in every if any(a <= at and at + len(needle) <= b for a, b in free)]
    if len(places) < 2:
        return places[0] if places else None
    order = sum(1 for at in _occurrences(needle, text) if at < first)

    def likeness(at: int) -> tuple[int, int]:
        before = _common(text[max(0, first - _CONTEXT) : first][::-1], _before(page, at))
        after = _common(text[last : last + _CONTEXT], page[at + len(needle) :][:_CONTEXT])
        return before + after, -abs(every.index(at) - order)

    return max(places, key=likeness)


def _before(page: str, at: int) -> str:
    return page[max(0, at - _CONTEXT) : at][::-1]


def _common(one: str, other: str) -> int:
    """How many characters both begin with."""
    count = 0
    for a, b in zip(one, other, strict=False):
        if a != b:
            break
        count += 1
    return count


def _occurrences(needle: str, text: str) -> Iterator[int]:
    at = text.find(needle)
    while at >= 0:
        yield at
        at = text.find(needle, at + 1)


class _Tiling:
    """Lays ``text[first:last]`` out on ``page``."""

    def __init__(
        self, text: str, first: int, last: int, page: FoldedPieces, glyphs: Sequence[Glyph]
    ) -> None:
        self._text, self._first, self._last = text, first, last
        self._page, self._glyphs = page, glyphs
        self._found: list[int | None] = [None] * (last - first)
        self._free = [(0, len(page.text))]

    def places(self) -> list[int | None]:
        """For each character its place in the page's folded text, or None."""
        while (tile := self._longest()) is not None:
            self._put(*tile)
        for start, end in list(self._gaps()):
            self._fill(start, end)
        return self._found

    def _longest(self) -> tuple[int, int, int] | None:
        """The longest stretch not laid out yet that the page has: start, end and place."""
        best = (0, 0, 0)
        for start, end in self._gaps():
            piece = self._text[self._first + start : self._first + end]
            if len(piece) <= best[0] or len(piece) < _SHORTEST_TILE:
                continue
            for low, high in self._free:
                matcher = SequenceMatcher(None, self._page.text[low:high], piece, autojunk=False)
                match = matcher.find_longest_match()
                if match.size > best[0]:
                    best = (match.size, start + match.b, low + match.a)
        size, start, place = best
        if size < _SHORTEST_TILE:
            return None
        first = self._first + start
        beside = self._beside(start, start + size)
        if beside:
            # Once a part is found, the rest is where that part is, not where the like stands.
            place = min((*self._apart(at, size, beside), at) for at in self._places(first, size))[2]
            return start, start + size, place
        nearest = _nearest(self._text, first, first + size, self._page.text, self._free)
        return start, start + size, place if nearest is None else nearest

    def _places(self, first: int, size: int) -> list[int]:
        """Where ``text[first:first + size]`` stands among what is free."""
        piece = self._text[first : first + size]
        return [
            at
            for at in _occurrences(piece, self._page.text)
            if any(low <= at and at + size <= high for low, high in self._free)
        ]

    def _apart(self, at: int, size: int, beside: Sequence[Rectangle]) -> tuple[bool, float]:
        """Whether a piece is on another line than what is found ``beside`` it, and how far away."""
        ends = (self._box(at), self._box(at + size - 1))
        return min(
            (not level_with(end, box), _distance(end, box)) for end in ends for box in beside
        )

    def _put(self, start: int, end: int, place: int) -> None:
        self._found[start:end] = range(place, place + end - start)
        low, high = next(one for one in self._free if one[0] <= place < one[1])
        self._free.remove((low, high))
        rest = [(low, place), (place + end - start, high)]
        self._free = sorted(self._free + [one for one in rest if one[0] < one[1]])

    def _gaps(self) -> Iterator[tuple[int, int]]:
        """The ranges not laid out yet."""
        start = None
        for index, place in enumerate([*self._found, 0]):
            if place is None and start is None:
                start = index
            elif place is not None and start is not None:
                yield start, index
                start = None

    def _fill(self, start: int, end: int) -> None:
        """Look for short leftovers beside what was found, as long pieces of them as there are."""
        while start < end:
            beside = self._beside(start, end)
            for stop in range(end, start, -1):
                place = self._closest(start, stop, beside)
                if place is not None:
                    self._put(start, stop, place)
                    start = stop
                    break
            else:
                start += 1

    def _beside(self, start: int, end: int) -> list[Rectangle]:
        """The boxes of the nearest characters found before and after."""
        before = next((p for p in reversed(self._found[:start]) if p is not None), None)
        after = next((p for p in self._found[end:] if p is not None), None)
        return [self._box(place) for place in (before, after) if place is not None]

    def _box(self, place: int) -> Rectangle:
        return self._glyphs[self._page.pieces[place]].box

    def _closest(self, start: int, stop: int, beside: Sequence[Rectangle]) -> int | None:
        """The nearest place of a leftover, or None where it is not near."""
        size = stop - start
        places = self._places(self._first + start, size)
        if not places or not beside:
            return None
        # The two ends of a line that runs both ways may be far apart; other lines may not.
        away, distance, place = min((*self._apart(at, size, beside), at) for at in places)
        return place if distance <= (_FAR if away else _FAR_ON_LINE) else None


def _distance(one: Rectangle, other: Rectangle) -> float:
    """How far two boxes are apart, in heights of the taller; lines apart count more."""
    height = max(one.height, other.height, 1e-6)
    across = max(0.0, one.left - other.right, other.left - one.right)
    down = max(0.0, one.bottom - other.top, other.bottom - one.top)
    return (across + 2 * down) / height
