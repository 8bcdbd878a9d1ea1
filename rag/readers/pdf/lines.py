"""Pieces of a page to lines of text, each in the order it is read."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

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
_TOUCHING = 0.35
# Some fonts have a glyph for two vowel marks and another for one of them, and show both.
_DOUBLED = re.compile(r"([\u064b-\u0652])(?=[\u064b-\u0652]*\1)")


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


def _segments(pieces: Sequence[Piece], right: bool, mirrored: bool) -> list[Line]:
    """Pieces that follow one another on a baseline, without a cell's gap, as lines."""
    segments: list[Line] = []
    group: list[Piece] = []
    blank: Piece | None = None
    for piece in pieces:
        if not any(piece.clusters):
            continue
        if piece.clusters[0].isspace() and not "".join(piece.clusters).strip():
            blank = piece
            continue
        if group and blank is not None and _joins(group[-1], blank, piece):
            group.append(blank)
        blank = None
        if group and not _continues(group, piece):
            segments.extend(_line(group, right, mirrored))
            group = []
        group.append(piece)
    segments.extend(_line(group, right, mirrored))
    return segments


def _joins(previous: Piece, blank: Piece, piece: Piece) -> bool:
    """Whether a blank stands between two words. One alone in a cell of its own joins nothing."""
    near = _TOUCHING * blank.size
    return (
        abs(blank.y - piece.y) < near
        and abs(blank.x0 - previous.x1) < near
        and abs(piece.x0 - blank.x1) < near
    )


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
        text = _DOUBLED.sub("", logical(clusters, right, mirrored))
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
