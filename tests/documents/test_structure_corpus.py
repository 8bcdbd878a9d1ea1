"""The sample PDFs are read with the structure that their sources have."""

import sys
from collections import Counter
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[2]))

from bench.structure import scores

FAULTS = ("split", "merged", "missing", "leaks", "extra tables")


def totals(outline: bool) -> tuple[Counter[str], Counter[str]]:
    right, total = Counter[str](), Counter[str]()
    for _, score in scores(outline):
        right += score.right
        total += score.total
    return right, total


@pytest.mark.parametrize(
    ("outline", "least"),
    [
        (True, {"levels": 1.0, "sections": 1.0, "paragraphs": 0.99, "labels": 1.0}),
        # Without an outline, numbers and type alone tell; smaller type in Arabic hides a few.
        (False, {"levels": 0.98, "sections": 0.95, "paragraphs": 0.99}),
    ],
)
def test_structure_is_found_again(outline: bool, least: dict[str, float]) -> None:
    right, total = totals(outline)
    always = dict.fromkeys(
        ("headings", "tables", "header rows", "cells", "items", "footnotes"), 1.0
    )
    for measure, share in {**always, **least}.items():
        assert total[measure] > 0
        assert right[measure] >= share * total[measure], measure
    for fault in FAULTS:
        assert right[fault] <= 0.01 * total[fault], fault
    # What is left are the titles of contents pages, one a report.
    assert right["extra headings"] <= 8
