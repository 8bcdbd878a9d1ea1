"""Reads the tables: parts of names, institutions, currencies, attributes."""

from __future__ import annotations

from pathlib import Path

_FOLDER = Path(__file__).parent / "tables"


def rows(name: str) -> list[dict[str, str]]:
    """The rows of ``tables/NAME.tsv`` by the names in its first line.

    Raises ValueError where a row has more or fewer cells than the first.
    """
    head, *lines = (_FOLDER / f"{name}.tsv").read_text(encoding="utf-8").splitlines()
    return [dict(zip(head.split("\t"), line.split("\t"), strict=True)) for line in lines]
