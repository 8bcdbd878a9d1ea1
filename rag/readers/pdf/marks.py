"""Marks that belong to a text but are drawn apart from it: bullets, item and footnote marks."""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import replace

from rag.readers.pdf.glyphs import Piece
from rag.readers.pdf.lines import Line

_BULLET = re.compile(r"[•●○◦▪■□◆◇‣⁃∙☐☒☑þ¨✓➢]")
_ITEM = re.compile(
    r"[(（\[]?(?:[0-9]{1,2}|[a-zA-Z]|[ivx]{1,5}|[\u0621-\u064a])[)）\]]|[a-zA-Z]\.|[①-⑳⑴-⒇]"
    r"|\*{1,3}|[†‡§]"
)
_BULLET_REACH = 3.0
_ITEM_REACH = 5.0
# A lone letter or number before less than this is a cell of a table.
_PROSE = 12.0
_RAISED = re.compile(r"(?:[(\[]?(?:[0-9]{1,3}|[a-z]{1,2})[)\]]?(?:, ?)?){1,3}|\*{1,3}|[†‡§®™©℠]")
_MOST_MARK = 12


def markers_joined(lines: Sequence[Line], right: bool) -> list[Line]:
    """Bullets and item marks as part of the lines they stand before, whenever they were drawn.

    Some programs draw all markers of a page after its text. One that stands before nothing near
    keeps its place.
    """
    reach = {i: _reach(line.text.strip()) for i, line in enumerate(lines) if len(line.text) <= 8}
    marks = [i for i, far in reach.items() if far]
    if not marks:
        return list(lines)
    heights: dict[int, list[int]] = {}
    for index, line in enumerate(lines):
        if not reach.get(index):
            heights.setdefault(round(line.y), []).append(index)
    joined = list(lines)
    for index in marks:
        mark = lines[index]
        near = (i for y in (-1, 0, 1) for i in heights.get(round(mark.y) + y, ()))
        gaps = {i: _gap_after(mark, lines[i], right) for i in near}
        least = min(gaps, key=lambda i: gaps[i], default=index)
        if least == index or gaps[least] > reach[index] * mark.size:
            continue
        item = joined[least]
        if reach[index] == _ITEM_REACH and item.x1 - item.x0 < _PROSE * item.size:
            continue
        text = f"{mark.text.strip()} {item.text.lstrip()}"
        x0, x1 = min(item.x0, mark.x0), max(item.x1, mark.x1)
        joined[least] = replace(item, text=text, x0=x0, x1=x1)
        joined[index] = replace(mark, text="")
    return [line for line in joined if line.text]


def _reach(text: str) -> float:
    """How many sizes away from its text a mark may stand; 0 for what is no mark."""
    if _BULLET.fullmatch(text):
        return _BULLET_REACH
    return _ITEM_REACH if _ITEM.fullmatch(text) else 0.0


def _gap_after(mark: Line, line: Line, right: bool) -> float:
    gap = mark.x0 - line.x1 if right else line.x0 - mark.x1
    return gap if gap >= -0.5 * mark.size else float("inf")


def raised_marks_placed(pieces: Sequence[Piece]) -> list[Piece]:
    """The pieces, each raised footnote mark beside the text that it touches.

    Some programs draw all raised marks of a page after its text.
    """
    late = [i for i, piece in enumerate(pieces) if i and _drawn_late(piece, pieces[i - 1])]
    if not late:
        return list(pieces)
    left_out = set(late)
    heights: dict[int, list[int]] = {}
    for index, piece in enumerate(pieces):
        if index not in left_out:
            heights.setdefault(int(piece.y), []).append(index)
    before: dict[int, list[Piece]] = {}
    after: dict[int, list[Piece]] = {}
    placed: set[int] = set()
    for index in late:
        mark = pieces[index]
        low, high = int(mark.y - 2 * mark.size), int(mark.y) + 1
        hosts = [i for y in range(low, high + 1) for i in heights.get(y, ())]
        gap, host, behind = min(
            (_gap(mark, pieces[i], i) for i in hosts), default=(1.0, index, True)
        )
        if gap < 0.6:
            (after if behind else before).setdefault(host, []).append(mark)
            placed.add(index)
    result: list[Piece] = []
    for index, piece in enumerate(pieces):
        if index not in placed:
            result += [*before.get(index, ()), piece, *after.get(index, ())]
    return result


def vowels_placed(pieces: Sequence[Piece]) -> list[Piece]:
    """The pieces, each vowel mark that was drawn by itself on the letter that it stands over."""
    alone = [i for i, piece in enumerate(pieces) if _is_vowel(piece)]
    if not alone:
        return list(pieces)
    left_out: set[int] = set()
    for index in alone:
        mark = pieces[index]
        near = [pieces[i] for i in range(max(index - 3, 0), min(index + 4, len(pieces)))]
        hosts = [p for p in near if not _is_vowel(p) and _holds(p, mark)]
        # A mark begins left of the middle of its letter, or even left of a narrow one.
        host = max(hosts, key=lambda p: p.x0 > mark.x0, default=None)
        if host is not None:
            share = (mark.x0 - host.x0) / max(host.x1 - host.x0, 1e-6)
            # A mark is drawn over its letter or at the letter's edge, never beyond its middle.
            at = min(max(math.ceil(share * len(host.clusters)) - 1, 0), len(host.clusters) - 1)
            host.clusters[at] += mark.clusters[0]
            left_out.add(index)
    return [piece for i, piece in enumerate(pieces) if i not in left_out]


def _is_vowel(piece: Piece) -> bool:
    text = piece.clusters[0] if len(piece.clusters) == 1 else ""
    return bool(text) and all(unicodedata.category(c) == "Mn" for c in text)


def _holds(host: Piece, mark: Piece) -> bool:
    level = abs(mark.y - host.y) < 0.6 * host.size
    return (
        level
        and host.x0 - 0.25 * host.size <= mark.x0 <= host.x1
        and bool("".join(host.clusters).strip())
    )


def _drawn_late(piece: Piece, previous: Piece) -> bool:
    """Whether a piece looks like a raised mark that its predecessor in the file does not touch."""
    if len(piece.clusters) > _MOST_MARK:
        return False
    apart = abs(piece.y - previous.y) > previous.size or not (
        -1 < piece.x0 - previous.x1 < previous.size
    )
    return apart and _RAISED.fullmatch("".join(piece.clusters).strip()) is not None


def _gap(mark: Piece, host: Piece, index: int) -> tuple[float, int, bool]:
    """How far the mark stands from the host, in the host's size; whether behind it."""
    rise = (mark.y - host.y) / host.size
    if mark.size > 0.85 * host.size or not 0.1 < rise < 0.8:
        return 9.0, index, True
    behind, ahead = mark.x0 - host.x1, host.x0 - mark.x1
    slack = -0.15 * host.size
    gaps = [(gap / host.size, index, place) for gap, place in ((behind, True), (ahead, False))
            if gap > slack]  # fmt: skip
    return min(gaps, default=(9.0, index, True))
