"""From the order seen on the page to the order read: the bidirectional algorithm undone.

A page places glyphs from left to right. Where the line reads from right to left it is turned
round, and what is written from left to right in it (Latin words, numbers) is turned back (the
inverse of Unicode Standard Annex 9, rules W1 to N2, for one level of nesting).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence

_RIGHT = re.compile("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]")
_MIRRORED = str.maketrans("()[]{}<>«»‹›", ")(][}{><»«›‹")
_ENDED = re.compile(r"\s*[.,،؛:؟!)\]]")
_STRONG = {"L": "L", "R": "R", "AL": "R", "EN": "N", "AN": "N", "NSM": "M", "CS": "C"}


def is_right_to_left(text: str) -> bool:
    """Whether any letter of the text is written from right to left."""
    return _RIGHT.search(text) is not None


def base_is_right(clusters: Sequence[str]) -> bool:
    """Whether a line reads from right to left: as many of its letters do as do not."""
    right = left = 0
    for cluster in clusters:
        kind = _kind(cluster)
        right += kind == "R"
        left += kind == "L"
    return right > 0 and right * 2 >= left


def logical(clusters: Sequence[str], right: bool, mirrored: bool) -> str:
    """The text of a line in the order it is read.

    ``clusters`` are the characters of each glyph in the order seen from left to right; ``right``
    says whether the line as a whole reads from right to left. ``mirrored`` says that brackets in
    text read from the right are coded as they look, which is as their mirror images.
    """
    items = _marks_joined(clusters)
    if right:
        items.reverse()
    kinds = [_kind(item) for item in items]
    return "".join(
        text.translate(_MIRRORED) if mirrored and inner != right else text
        for text, inner in _runs(items, kinds, "L" if right else "R")
    )


def reads_right(clusters: Sequence[str], page_right: bool) -> bool:
    """Whether a line reads from right to left on a page that mostly does or does not.

    A line without letters read from the right does so only if it begins, seen from the left, with
    a mark that ends a sentence, as the last word of a paragraph may.
    """
    text = "".join(clusters)
    if is_right_to_left(text):
        return page_right or base_is_right(clusters)
    return page_right and _ENDED.match(text) is not None


def unpaired(text: str) -> int:
    """How many brackets have no partner, one that opens before one that closes."""
    count = 0
    for opening, closing in ("()", "[]", "{}", "«»"):
        depth = 0
        for character in text:
            if character == opening:
                depth += 1
            elif character == closing:
                count += depth == 0
                depth = max(depth - 1, 0)
        count += depth
    return count


def _kind(cluster: str) -> str:
    for character in cluster:
        kind = _STRONG.get(unicodedata.bidirectional(character), "")
        if kind:
            return kind
    return "O"


def _marks_joined(clusters: Sequence[str]) -> list[str]:
    """Marks that come before their letter, as seen from the left, moved behind it."""
    joined: list[str] = []
    pending = ""
    for cluster in clusters:
        if cluster and all(unicodedata.category(c) == "Mn" for c in cluster):
            pending += cluster
            continue
        joined.append(cluster + pending if cluster.strip() else cluster)
        if pending and not cluster.strip():
            joined.append(pending)
        pending = ""
    if pending:
        joined.append(pending)
    return joined


def _runs(items: list[str], kinds: list[str], inner: str) -> Iterator[tuple[str, bool]]:
    """Stretches of text, each with whether it is of the inner direction, which is turned back."""
    position = 0
    while position < len(items):
        end = _run_end(kinds, position, inner)
        if end > position:
            yield "".join(reversed(items[position:end])), True
            position = end
        else:
            yield items[position], False
            position += 1


def _run_end(kinds: list[str], start: int, inner: str) -> int:
    """Where the run of the inner direction that begins here ends; ``start`` if none does."""
    members = ("L", "N") if inner == "L" else ("R",)
    if kinds[start] not in members:
        return start
    end = start + 1
    letters = kinds[start] == inner
    position = end
    while position < len(kinds):
        kind = kinds[position]
        if kind in members:
            between = kinds[end:position]
            # Between numbers only one separator holds a run together; letters take all neutrals.
            if between and not letters and kind == "N" and between != ["C"]:
                break
            letters = letters or kind == inner
            end = position + 1
        elif kind in ("R", "L"):
            break
        position += 1
    return end
