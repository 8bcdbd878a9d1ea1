"""Rankings as files in TREC's format: ``query Q0 passage rank score tag``, one passage a line."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from rag.errors import QueryFileError
from rag.evaluation.files import write_atomically
from rag.evaluation.metrics import Passage

Run = Mapping[str, Sequence[tuple[str, float]]]
"""For each query id its passages' ids and scores, best first."""

_ESCAPED = re.compile(r"\s|%(?=[0-9A-Fa-f]{2})")
_ESCAPES = re.compile(r"(?:%[0-9A-Fa-f]{2})+")


def write_run(path: Path, run: Run, *, tag: str) -> None:
    """Write ``run`` in one step; ``tag`` names the system.

    Tools rank by the score, in single precision, and order equal scores each in its own way; a
    score that is not below the one before it is therefore lowered by the smallest step. White
    space in ids and in the tag is written as in URLs (``%20``). Raises RagError where the file
    cannot be written.
    """
    lines: list[str] = []
    for query, ranking in run.items():
        scores = _falling([score for _, score in ranking])
        lines.extend(
            f"{encode_id(query)} Q0 {encode_id(passage)} {rank} {score} {encode_id(tag)}\n"
            for rank, ((passage, _), score) in enumerate(zip(ranking, scores, strict=True), start=1)
        )
    write_atomically(path, "".join(lines))


def read_run(path: Path) -> dict[str, list[tuple[str, float]]]:
    """Read a run: passages by falling score, equal scores in the file's order.

    Raises QueryFileError naming file and line where it is not a run, or where a query has the same
    passage twice.
    """
    run: dict[str, dict[str, float]] = {}
    for number, line in enumerate(_read(path).split("\n"), start=1):
        fields = line.split()
        if not fields:
            continue
        score = _score(fields[4]) if len(fields) == 6 else None
        if score is None:
            raise QueryFileError(
                f"{path}, line {number}: this is not a line of a TREC run. A right line looks like "
                "this: q1 Q0 passage-7 1 12.5 bm25"
            )
        ranking = run.setdefault(decode_id(fields[0]), {})
        passage = decode_id(fields[2])
        if passage in ranking:
            raise QueryFileError(
                f"{path}, line {number}: query {fields[0]} has the passage {fields[2]} twice; "
                "leave one of the lines out."
            )
        ranking[passage] = score
    if not run:
        raise QueryFileError(f"{path} has no ranking in it.")
    return {
        query: sorted(ranking.items(), key=lambda entry: -entry[1])
        for query, ranking in run.items()
    }


def encode_id(name: str) -> str:
    """``name`` without white space; ``decode_id`` gives it back."""
    return _ESCAPED.sub(
        lambda match: "".join(f"%{byte:02X}" for byte in match[0].encode("utf-8")), name
    )


def decode_id(name: str) -> str:
    """The name behind ``encode_id``; what is not such an escape stays as it is."""
    return _ESCAPES.sub(_decoded, name)


def passage_id(passage: Passage) -> str:
    """``DOCUMENT:START-END``, which says the same after the corpus was cut into other passages."""
    return f"{passage.document}:{passage.start}-{passage.end}"


def parse_passage_id(name: str) -> Passage:
    """The passage behind ``passage_id``; raises QueryFileError where ``name`` is not one."""
    match = re.fullmatch(r"(.+):([0-9]+)-([0-9]+)", name, flags=re.DOTALL)
    if match is None:
        raise QueryFileError(
            f"The run names the passage {name}; over test queries it must be DOCUMENT:START-END, "
            "as written by --run."
        )
    return Passage(match[1], int(match[2]), int(match[3]))


def _falling(scores: Sequence[float]) -> list[np.float32]:
    falling: list[np.float32] = []
    for score in scores:
        single = np.float32(score)
        if falling and not single < falling[-1]:
            single = np.nextafter(falling[-1], np.float32(-np.inf))
        falling.append(single)
    return falling


def _score(field: str) -> float | None:
    try:
        score = float(field)
    except ValueError:
        return None
    return score if math.isfinite(score) else None


def _decoded(match: re.Match[str]) -> str:
    try:
        return bytes.fromhex(match[0].replace("%", "")).decode("utf-8")
    except UnicodeDecodeError:
        return match[0]


def _read(path: Path) -> str:
    try:
        return path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise QueryFileError(
            f"The run {path} cannot be read: {error.strerror or error}."
        ) from error
    except UnicodeDecodeError as error:
        raise QueryFileError(f"{path} is not UTF-8 text (byte {error.start}).") from error
