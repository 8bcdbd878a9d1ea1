"""Pieces of a page to lines of text, each in reading order, and lines to rows of cells."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from rag.readers.characters import mend
from rag.readers.pdf.bidi import base_is_right, is_right_to_left, logical
from rag.readers.pdf.glyphs import Piece

_SUPERSCRIPTS = str.maketrans("0123456789+-=()", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾")
_CELL_GAP = 1.1


@dataclass(frozen=True, slots=True)
class Line:
    """Text on one baseline within one cell; lengths in the page's units, ``y`` upward."""

    text: str
    x0: float
    x1: float
    y: float
    size: float
    bold: bool


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

    ``pictured`` says of a page without text that it has pictures, so that it may be a scan.
    """

    width: float
    height: float
    rows: tuple[Row, ...]
    right: bool
    pictured: bool = False


def page_layout(pieces: Sequence[Piece], width: float, height: float) -> PageLayout:
    """The rows of a page. Text outside the page is left out; turned text comes last."""
    right = base_is_right([c for piece in pieces for c in piece.clusters])
    rows: list[Row] = []
    turns = Counter[int]()
    for piece in pieces:
        turns[piece.turn] += len(piece.clusters)
    for turn, _ in turns.most_common():
        across, up = (width, height) if turn % 2 == 0 else (height, width)
        shown = _turned_upright(pieces, turn, width, height)
        shown = [p for p in shown if -1 <= p.x0 <= across + 1 and -1 <= p.y <= up + 1]
        rows.extend(_rows(_segments(shown, right), right))
    return PageLayout(width, height, tuple(rows), right)


def _turned_upright(pieces: Iterable[Piece], turn: int, width: float, height: float) -> list[Piece]:
    """The pieces of one turn, with their own baseline's origin moved onto the turned page."""
    dx, dy = {0: (0.0, 0.0), 1: (0.0, width), 2: (width, height), 3: (height, 0.0)}[turn]
    chosen = [piece for piece in pieces if piece.turn == turn]
    for piece in chosen:
        piece.x0, piece.x1, piece.y = piece.x0 + dx, piece.x1 + dx, piece.y + dy
    return chosen


def _segments(pieces: Sequence[Piece], right: bool) -> list[Line]:
    """Pieces that follow one another on a baseline, without a cell's gap, as lines."""
    segments: list[Line] = []
    group: list[Piece] = []
    for piece in pieces:
        if not any(cluster for cluster in piece.clusters):
            continue
        if group and not _continues(group, piece):
            segments.extend(_line(group, right))
            group = []
        group.append(piece)
    segments.extend(_line(group, right))
    return segments


def _continues(group: Sequence[Piece], piece: Piece) -> bool:
    size = max(group[0].size, piece.size)
    shift = abs(piece.y - group[0].y)
    # Raised or lowered small print belongs to the line that it touches.
    small = min(group[-1].size, piece.size) < 0.85 * size
    if shift > (0.6 if small else 0.25) * size:
        return False
    if small and shift > 0.25 * size and not _adjacent(group, piece, 0.6 * size):
        return False
    return _adjacent(group, piece, _CELL_GAP * size)


def _adjacent(group: Sequence[Piece], piece: Piece, most: float) -> bool:
    left, right = min(p.x0 for p in group[-40:]), max(p.x1 for p in group[-40:])
    return piece.x0 - right <= most and left - piece.x1 <= most


def _line(group: Sequence[Piece], page_right: bool) -> list[Line]:
    if not group:
        return []
    size = max(Counter({p.size: 0 for p in group} | _sizes(group)).items(), key=lambda i: i[1])[0]
    baseline = next(piece.y for piece in group if piece.size == size)
    pieces = _without_overprints(sorted(group, key=lambda piece: piece.x0))
    clusters: list[str] = []
    previous: Piece | None = None
    for piece in pieces:
        if previous is not None and _spaced(previous, piece):
            clusters.append(" ")
        raised = piece.size < 0.85 * size and piece.y - baseline > 0.15 * size
        joined = "".join(piece.clusters)
        if raised and re.fullmatch(r"[0-9()]{1,3}", joined.strip()):
            clusters.extend(joined.strip().translate(_SUPERSCRIPTS))
        else:
            clusters.extend(piece.clusters)
        previous = piece
    text = _ordered(clusters, page_right)
    if not text.strip():
        return []
    letters = sum(len(p.clusters) for p in pieces)
    bold = sum(len(p.clusters) for p in pieces if p.bold) * 2 > letters
    # Blanks printed at the ends would make cells seem to touch their neighbours.
    printed = "".join(clusters)
    before, after = (len(printed) - len(cut) for cut in (printed.lstrip(), printed.rstrip()))
    space = pieces[0].space
    x0, x1 = pieces[0].x0 + before * space, max(p.x1 for p in pieces) - after * space
    return [Line(text, min(x0, x1), max(x0, x1), baseline, size, bold)]


def _sizes(group: Sequence[Piece]) -> dict[float, int]:
    sizes = Counter[float]()
    for piece in group:
        sizes[piece.size] += len(piece.clusters)
    return dict(sizes)


def _ordered(clusters: list[str], page_right: bool) -> str:
    if any(is_right_to_left(cluster) for cluster in clusters):
        text = logical(clusters, page_right or base_is_right(clusters))
    else:
        text = "".join(clusters)
    # A soft hyphen at the end tells the joining of lines that the word goes on.
    ends_soft = text.rstrip().endswith("\xad")
    text = re.sub(r"[ \t\n\r]+", " ", mend(text))
    return text.rstrip() + "\xad" if ends_soft else text


def _spaced(previous: Piece, piece: Piece) -> bool:
    if previous.clusters[-1][-1:].isspace() or piece.clusters[0][:1].isspace():
        return False
    gap = piece.x0 - previous.x1
    size = min(previous.size, piece.size)
    if _is_wide(previous.clusters[-1]) and _is_wide(piece.clusters[0]):
        return gap > 0.8 * size
    return gap > min(0.16 * size, max(0.5 * piece.space, 0.1 * size))


def _is_wide(cluster: str) -> bool:
    return "\u2e80" <= cluster[-1:] <= "\uffef"


def _without_overprints(pieces: list[Piece]) -> list[Piece]:
    """Without copies printed a hair beside the original to make it look bold."""
    kept: list[Piece] = []
    for piece in pieces:
        double = any(
            other.clusters == piece.clusters and abs(other.x0 - piece.x0) < 0.12 * piece.size
            for other in kept[-3:]
        )
        if not double or not "".join(piece.clusters).strip():
            kept.append(piece)
    return kept


def _rows(segments: Sequence[Line], right: bool) -> list[Row]:
    """Segments in the order drawn, as rows: what stands beside, and what stands below in a cell."""
    rows: list[list[list[Line]]] = []
    for segment in segments:
        row = rows[-1] if rows else None
        if row is not None and _beside(row, segment):
            row.append([segment])
        elif row is not None and _below(row, segment):
            row[-1].append(segment)
        else:
            rows.append([[segment]])
    made: list[Row] = []
    for row in rows:
        made.extend(_finished(row, right))
    return made


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


def _below(row: list[list[Line]], segment: Line) -> bool:
    """Whether a segment is the next line of the row's last cell."""
    last = row[-1][-1]
    size = max(last.size, segment.size)
    drop = last.y - segment.y
    if not 0.7 * size < drop <= 1.75 * size:
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
    if all(len(cell) >= 8 for cell in row):
        return [Row((tuple(cell),)) for cell in row]
    # Lines of prose above the first cell of a table were taken for that cell's first lines.
    first, rest = row[0], row[1:]
    top = max(line.y + 0.5 * line.size for cell in rest for line in cell)
    above = [line for line in first if line.y > top]
    parts: list[Row] = []
    if above and len(above) < len(first) and max(len(cell) for cell in rest) < len(first):
        parts.append(Row((tuple(above),)))
        first = first[len(above) :]
    cells = sorted([first, *rest], key=lambda cell: cell[0].x0, reverse=right)
    parts.append(Row(tuple(tuple(cell) for cell in cells)))
    return parts
