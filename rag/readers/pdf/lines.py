"""Pieces of a page to lines of text, each in the order it is read."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

from rag.readers.characters import mend
from rag.readers.pdf.bidi import (
    is_right_to_left,
    logical,
    reads_right,
    unpaired,
)
from rag.readers.pdf.glyphs import Piece

_SUPERSCRIPTS = str.maketrans("0123456789+-=()", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾")
_CELL_GAP = 1.1
_MARKER = re.compile(r"[•●○◦▪■□◆◇‣⁃∙☐☒☑þ¨✓➢]")
_MARKER_REACH = 3.0


@dataclass(frozen=True, slots=True)
class Line:
    """Text on one baseline within one cell; lengths in the page's units, ``y`` upward."""

    text: str
    x0: float
    x1: float
    y: float
    size: float
    bold: bool


def lines_of(pieces: Sequence[Piece], right: bool) -> list[Line]:
    """The lines, brackets read from the right as characters or as they look: as they pair up."""
    plain = _segments(pieces, right, mirrored=False)
    text = "".join(line.text for line in plain)
    if not unpaired(text) or not is_right_to_left(text):
        return plain
    mirrored = _segments(pieces, right, mirrored=True)
    better = unpaired("".join(line.text for line in mirrored)) < unpaired(text)
    return mirrored if better else plain


def markers_joined(lines: Sequence[Line], right: bool) -> list[Line]:
    """Bullets and boxes as part of the lines they stand before, whenever they were drawn.

    Some programs draw all markers of a page after its text. One that stands before nothing near
    keeps its place.
    """
    marks = [i for i, line in enumerate(lines) if _MARKER.fullmatch(line.text.strip())]
    if not marks:
        return list(lines)
    heights: dict[int, list[int]] = {}
    for index, line in enumerate(lines):
        if index not in marks:
            heights.setdefault(round(line.y), []).append(index)
    joined = list(lines)
    for index in marks:
        mark = lines[index]
        near = (i for y in (-1, 0, 1) for i in heights.get(round(mark.y) + y, ()))
        gaps = {i: _gap_after(mark, lines[i], right) for i in near}
        least = min(gaps, key=lambda i: gaps[i], default=index)
        if least != index and gaps[least] <= _MARKER_REACH * mark.size:
            item = joined[least]
            text = f"{mark.text.strip()} {item.text.lstrip()}"
            x0, x1 = min(item.x0, mark.x0), max(item.x1, mark.x1)
            joined[least] = replace(item, text=text, x0=x0, x1=x1)
            joined[index] = replace(mark, text="")
    return [line for line in joined if line.text]


def _gap_after(mark: Line, line: Line, right: bool) -> float:
    gap = mark.x0 - line.x1 if right else line.x0 - mark.x1
    return gap if gap >= -0.5 * mark.size else float("inf")


def _segments(pieces: Sequence[Piece], right: bool, mirrored: bool) -> list[Line]:
    """Pieces that follow one another on a baseline, without a cell's gap, as lines."""
    segments: list[Line] = []
    group: list[Piece] = []
    for piece in pieces:
        if not any(cluster for cluster in piece.clusters):
            continue
        if group and not _continues(group, piece):
            segments.extend(_line(group, right, mirrored))
            group = []
        group.append(piece)
    segments.extend(_line(group, right, mirrored))
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


def _line(group: Sequence[Piece], page_right: bool, mirrored: bool) -> list[Line]:
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
    text = _ordered(clusters, page_right, mirrored)
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


def _ordered(clusters: list[str], page_right: bool, mirrored: bool) -> str:
    right = reads_right(clusters, page_right)
    if right or is_right_to_left("".join(clusters)):
        text = logical(clusters, right, mirrored)
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
