"""A clause's number is whole or it is no heading."""

from pathlib import Path

import pytest

from rag.readers import read
from rag.readers.numbering import is_east_asian


@pytest.mark.parametrize(
    "line", ["Rule 4.2 The supplier may sub-contract.", "Article 12.3 applies."]
)
def test_a_clause_number_is_not_cut_at_its_point(tmp_path: Path, line: str) -> None:
    file = tmp_path / "rules.txt"
    file.write_text(f"Part 4 Contracts\n\n{line}\n\nMore text follows here.\n", encoding="utf-8")
    titles = [heading.title for heading in read(file).headings]
    assert not [title for title in titles if title in {"Rule 4", "Article 12"}]


def test_a_clause_number_before_a_colon_is_a_heading(tmp_path: Path) -> None:
    file = tmp_path / "rules.txt"
    file.write_text("Article 7: Reporting\n\nText.\n\nArticle 8: Fees\n\nText.\n", encoding="utf-8")
    assert [h.title for h in read(file).headings if h.title.startswith("Article 7")]


@pytest.mark.parametrize(
    ("line", "east_asian"),
    [
        ("壹、總則", True),
        ("一、範圍", True),
        ("（二）定義", True),
        ("1. Scope", False),
        ("第七條", False),
    ],
)
def test_which_headings_are_numbered_the_east_asian_way(line: str, east_asian: bool) -> None:
    assert is_east_asian(line) is east_asian
