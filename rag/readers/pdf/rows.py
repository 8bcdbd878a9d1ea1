"""Lines of a page to rows: what stands beside one another, and what goes on below in a cell."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from rag.readers.pdf.bidi import base_is_right
from rag.readers.pdf.glyphs import Piece
from rag.readers.pdf.lines import Line, lines_of
from rag.readers.pdf.marks import markers_joined, raised_marks_placed, vowels_placed
from rag.readers.pdf.vertical import columns_turned
from rag.readers.quality import QualitySignals

_USUAL_LEADING = 1.4
_WIDEST_LEADING = 2.2
# No page has more; a page made to exhaust the reader may.
_MOST_CELLS = 100
_MOST_LINES = 400
_TALLEST_STACK = 6
_MOST_LABEL_LINES = 3
# The narrowest column of prose, in sizes of its type.
_COLUMN = 12.0
_LEADER = re.compile(r"[.·…․‥\s]{3,}")


@dataclass(frozen=True, slots=True)
class Row:
    """Cells that stand side by side, each of one or more lines; prose is a row of one cell."""

    cells: tuple[tuple[Line, ...], ...]

    @property
    def lines(self) -> tuple[Line, ...]:
        """The lines of all cells, cell by cell."""
        return tuple(line for cell in self.cells for line in cell)


@dataclass(frozen=True, slots=True)
class PageLayout:
    """What one page shows. ``rows`` are in reading order; ``right`` is its main direction.

    ``leading`` is the distance between the lines of a paragraph as a multiple of their size.
    ``signs`` say how far its text can be trusted.
    """

    width: float
    height: float
    rows: tuple[Row, ...]
    right: bool
    leading: float = _USUAL_LEADING
    signs: QualitySignals | None = None


def page_layout(pieces: Sequence[Piece], width: float, height: float) -> PageLayout:
    """The rows of a page. Text outside the page is left out; turned text comes last."""
    pieces = columns_turned(pieces)
    right = base_is_right([c for piece in pieces for c in piece.clusters])
    rows: list[Row] = []
    turns = Counter[int]()
    for piece in pieces:
        turns[piece.turn] += len(piece.clusters)
    leadings = []
    for turn, _ in turns.most_common():
        across, up = (width, height) if turn % 2 == 0 else (height, width)
        shown = _turned_upright(pieces, turn, width, height)
        shown = [p for p in shown if -1 <= p.x0 <= across + 1 and -1 <= p.y <= up + 1]
        placed = raised_marks_placed(vowels_placed(shown))
        lines = markers_joined(lines_of(placed, right), right)
        leadings.append(_leading(lines))
        rows.extend(_rows(lines, right, leadings[-1]))
    return PageLayout(width, height, tuple(rows), right, (leadings or [_USUAL_LEADING])[0])


def layout_of_lines(lines: Sequence[Line], width: float, height: float, right: bool) -> PageLayout:
    """The rows of a page whose lines are given in reading order."""
    joined = markers_joined(lines, right)
    leading = _leading(joined)
    return PageLayout(width, height, tuple(_rows(joined, right, leading)), right, leading)


def _leading(lines: Sequence[Line]) -> float:
    """The usual distance from a full line to the next, as a multiple of the size."""
    widest = max((line.x1 - line.x0 for line in lines), default=0.0)
    counts = Counter[float]()
    for line, after in pairwise(lines):
        drop = (line.y - after.y) / line.size
        width = line.x1 - line.x0
        # In columns no line is wide; there, two alike tell.
        alike = abs(line.x0 - after.x0) < 1 and abs(line.x1 - after.x1) < 0.1 * width
        full = width > 0.7 * widest or (alike and width > _COLUMN * line.size)
        if (
            full
            and abs(after.size - line.size) < 0.05 * line.size
            and 0.9 < drop <= _WIDEST_LEADING
        ):
            counts[round(drop, 1)] += 1
    return min(counts, key=lambda drop: (-counts[drop], drop)) if counts else _USUAL_LEADING


def _turned_upright(pieces: Iterable[Piece], turn: int, width: float, height: float) -> list[Piece]:
    """The pieces of one turn, with their own baseline's origin moved onto the turned page."""
    dx, dy = {0: (0.0, 0.0), 1: (0.0, width), 2: (width, height), 3: (height, 0.0)}[turn]
    chosen = [piece for piece in pieces if piece.turn == turn]
    for piece in chosen:
        piece.x0, piece.x1, piece.y = piece.x0 + dx, piece.x1 + dx, piece.y + dy
    return chosen


def _rows(segments: Sequence[Line], right: bool, leading: float) -> list[Row]:
    """Segments in the order drawn, as rows: what stands beside, and what stands below in a cell."""
    rows: list[list[list[Line]]] = []
    for segment in segments:
        row = rows[-1] if rows else None
        if row is not None and (len(row) > _MOST_CELLS or len(row[-1]) > _MOST_LINES):
            row = None
        if row is not None and _beside(row, segment):
            row.append([segment])
        elif row is not None and _below(row, segment, max(1.25 * leading, 1.75)):
            row[-1].append(segment)
        else:
            rows.append([[segment]])
    made: list[Row] = []
    for row in _stacks_joined(rows):
        made.extend(_finished(row, right))
    return made


def _stacks_joined(rows: list[list[list[Line]]]) -> list[list[list[Line]]]:
    """Lines of a table's head that were drawn as stacks, in the rows they stand in.

    A stack goes to the row before or after it whose height it ends in. Of a stack above a row, the
    last line goes to the row where it shares its baseline.
    """
    result: list[list[list[Line]]] = []
    for row in rows:
        before = result[-1] if result else None
        stack = before[0] if before is not None and len(before) == 1 else []
        alone = row[0] if len(row) == 1 else []
        if len(row) > 1 and _is_stack(stack) and _ends_in(stack, row):
            result[-1] = [stack, *row]
        elif 1 < len(stack) <= _TALLEST_STACK and _same_baseline(stack[-1], row):
            result[-1] = [stack[:-1]]
            result.append([[stack[-1]], *row])
        elif before and len(stack) < 2 and _is_stack(alone) and _ends_in(alone, before):
            before.append(alone)
        else:
            result.append(row)
    return result


def _is_stack(lines: list[Line]) -> bool:
    return 0 < len(lines) <= _TALLEST_STACK


def _ends_in(stack: list[Line], row: list[list[Line]]) -> bool:
    """Whether a stack's last line lies within the row's height, beside all its cells."""
    lines = [line for cell in row for line in cell]
    top = max(line.y for line in lines) + 1
    bottom = min(line.y for line in lines) - 1
    x0, x1 = min(line.x0 for line in stack), max(line.x1 for line in stack)
    return bottom <= stack[-1].y <= top and all(x0 >= o.x1 or x1 <= o.x0 for o in lines)


def _same_baseline(line: Line, row: list[list[Line]]) -> bool:
    return all(
        abs(cell[0].y - line.y) < 1 and (cell[0].x0 >= line.x1 or cell[0].x1 <= line.x0)
        for cell in row
    )


def _beside(row: list[list[Line]], segment: Line) -> bool:
    """Whether a segment stands beside every cell of the row and shares some of its height."""
    lines = [line for cell in row for line in cell]
    top = max(line.y + line.size for line in lines)
    bottom = min(line.y for line in lines)
    if not bottom - 0.3 * segment.size <= segment.y <= top:
        return False
    slack = 0.3 * segment.size
    return all(
        segment.x0 >= max(line.x1 for line in cell) - slack
        or segment.x1 <= min(line.x0 for line in cell) + slack
        for cell in row
    )


def _below(row: list[list[Line]], segment: Line, most: float) -> bool:
    """Whether a segment is the next line of the row's last cell, ``most`` sizes lower."""
    last = row[-1][-1]
    size = max(last.size, segment.size)
    drop = last.y - segment.y
    if not 0.7 * size < drop <= most * size:
        return False
    if len(row) == 1:
        return segment.x0 < last.x1 and segment.x1 > last.x0
    if abs(last.size - segment.size) > 0.15 * size:
        return False
    left = min(line.x0 for line in row[-1])
    right = max(line.x1 for line in row[-1])
    within = segment.x0 < right and segment.x1 > left
    others = [line for cell in row[:-1] for line in cell]
    clear = all(segment.x1 <= line.x0 + 1 or segment.x0 >= line.x1 - 1 for line in others)
    return within and clear


def _finished(row: list[list[Line]], right: bool) -> list[Row]:
    """A row with its cells in reading order; columns of prose come one after the other."""
    if len(row) == 1:
        return [Row((tuple(row[0]),))]
    if any(len(cell) == 1 and _LEADER.fullmatch(cell[0].text) for cell in row):
        return [Row(((_entry(row, right),),))]
    if all(len(cell) >= 8 for cell in row):
        return [Row((tuple(cell),)) for cell in row]
    # Lines of prose above the first cell of a table were taken for that cell's first lines.
    first, rest = row[0], row[1:]
    top = max(line.y + 0.5 * line.size for cell in rest for line in cell)
    above = [line for line in first if line.y > top]
    parts: list[Row] = []
    above = above[: _label_start(first, len(above))]
    if above and len(above) < len(first) and max(len(cell) for cell in rest) < len(first):
        parts.append(Row((tuple(above),)))
        first = first[len(above) :]
    cells = sorted([first, *rest], key=lambda cell: cell[0].x0, reverse=right)
    parts.append(Row(tuple(tuple(cell) for cell in cells)))
    return parts


def _entry(row: list[list[Line]], right: bool) -> Line:
    """An entry of a table of contents as one line, its leader cut short."""
    lines = sorted((line for cell in row for line in cell), key=lambda line: line.x0, reverse=right)
    words = (line.text.strip() for line in lines)
    text = " ".join("..." if _LEADER.fullmatch(word) else word for word in words if word)
    first = max(lines, key=lambda line: line.x1 - line.x0 if line.text[:1].isalnum() else 0.0)
    x0, x1 = min(line.x0 for line in lines), max(line.x1 for line in lines)
    return replace(first, text=text, x0=x0, x1=x1)


def _label_start(lines: list[Line], above: int) -> int:
    """Where the label of a table's row begins, of whose lines ``above`` stand above the others.

    Lines set close below one another are one label, unless the upper ends a sentence.
    """
    start = above
    while start > 0 and len(lines) - start < _MOST_LABEL_LINES:
        upper, lower = lines[start - 1], lines[start]
        close = upper.y - lower.y < 1.3 * lower.size and abs(upper.x0 - lower.x0) < 1
        if not close or upper.text.rstrip().endswith((".", ":", "。", "：")):
            break
        start -= 1
    else:
        # More lines than a label has are prose.
        return 0 if start == 0 else above
    return start
