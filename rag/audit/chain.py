"""Lines chained by hash: what was written cannot be changed without breaking the chain.

A line is one JSON object in canonical form: keys sorted, no spaces, ASCII. ``number`` counts lines
from 1, ``previous`` is the SHA-256 of the line before (its bytes without the line feed), and
``sha256`` that of the canonical form of the line's other values. So a changed line shows by its own
``sha256``, and one that was written anew with a fitting ``sha256`` by the ``previous`` of the line
after it. After the last line stands nothing that could show this, or that lines were taken from the
end: for that the hash of the last line, the head, must be kept elsewhere.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

FIRST = "0" * 64
"""What the first line has as ``previous``; the head of a record without lines."""


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong at a line, from 1, as a sentence."""

    line: int
    what: str


def sealed(values: Mapping[str, Any], number: int, previous: str) -> bytes:
    """``values`` as a line of the chain, without the line feed.

    Raises ValueError for what JSON cannot hold, or where ``values`` have a name of the chain's own.
    """
    taken = {"number", "previous", "sha256"} & set(values)
    if taken:
        raise ValueError(f"{', '.join(sorted(taken))} belongs to the chain")
    return _seal({**values, "number": number, "previous": previous})


def line_hash(line: bytes) -> str:
    """The SHA-256 of a line without its line feed, hexadecimal."""
    return hashlib.sha256(line).hexdigest()


def entry(line: bytes) -> dict[str, Any] | None:
    """The values of a line, or None when it is none of a record; they may have been changed."""
    try:
        values = json.loads(line)
    except (ValueError, RecursionError):
        return None
    if not isinstance(values, dict):
        return None
    number, previous = values.get("number"), values.get("previous")
    whole = type(number) is int and isinstance(previous, str)
    return values if whole else None


def intact(line: bytes) -> bool:
    """Whether a line is, byte for byte, one that ``sealed`` made."""
    values = entry(line)
    if values is None:
        return False
    values.pop("sha256", None)
    try:
        return _seal(values) == line
    except (ValueError, RecursionError):
        return False


def check(lines: Sequence[bytes], head: str | None = None) -> list[Fault]:
    """What is wrong with the chain, first line first; empty where it is whole.

    ``head`` is a hash that the last line had at some time; lines may have been added since.
    """
    hashes = [line_hash(line) for line in lines]
    place = {value: number for number, value in enumerate(hashes, start=1)}
    faults: list[Fault] = []
    before, expected, blamed = FIRST, 1, False
    for number, line in enumerate(lines, start=1):
        values = entry(line)
        if values is None or not intact(line):
            what = (
                "is no entry of a record"
                if values is None
                else "was changed: its content is not the one that its own sha256 is of"
            )
            faults.append(Fault(number, f"Line {number} {what}."))
        if values is not None and not (blamed and values["number"] == expected):
            what = _link_fault(values, number, expected, before, place)
            if what:
                faults.append(Fault(number, what))
        blamed = bool(faults) and faults[-1].line == number
        before = hashes[number - 1]
        expected = (values["number"] if values else expected) + 1
    if head is not None and head != FIRST and head.lower() not in place:
        what = f"No line has the hash {head}: lines were taken from the end, or changed."
        faults.append(Fault(len(lines), what))
    return faults


def _link_fault(
    values: Mapping[str, Any], line: int, expected: int, before: str, place: Mapping[str, int]
) -> str:
    """Why a line does not follow the one before it; empty where it does."""
    number, previous = values["number"], values["previous"]
    if previous == before and number == expected:
        return ""
    at = place.get(previous)
    if at is not None and at > line:
        return f"Line {line} was written after line {at}, before which it stands: lines were moved."
    if at is not None and at < line - 1:
        between = f"line {at + 1}" if at + 2 == line else f"lines {at + 1} to {line - 1}"
        return f"Line {line} was written right after line {at}: {between} did not stand between."
    if number > expected:
        missing = number - expected
        lines = "entry is" if missing == 1 else "entries are"
        return f"Before line {line} {missing} {lines} missing: it has number {number}."
    if number < expected:
        what = f"Line {line} has number {number} where {expected} is due"
        return f"{what}: lines were put in or moved."
    changed = f"Line {line - 1}" if line > 1 else "A line that stood before line 1"
    return f"{changed} was changed, or put in another's place, after line {line} was written."


def _seal(values: Mapping[str, Any]) -> bytes:
    digest = hashlib.sha256(_canonical(values)).hexdigest()
    return _canonical({**values, "sha256": digest})


def _canonical(values: Mapping[str, Any]) -> bytes:
    text = json.dumps(values, sort_keys=True, separators=(",", ":"), allow_nan=False)
    return text.encode("ascii")
