"""What the reader model reads: rows written out, places kept, windows that cover."""

from __future__ import annotations

import itertools

from hypothesis import given
from hypothesis import strategies as st

from rag.reader_model.inputs import (
    BOS,
    EOS,
    HEADING_TOKENS,
    OVERLAP,
    QUESTION_TOKENS,
    TableRows,
    column_heads,
    front,
    linearise,
    windows,
)

HEAD = (("", "Net sales", "", "Staff"), ("", "2018", "2019", "2019"))


def test_each_cell_is_written_with_the_heads_over_it() -> None:
    text = "Sales:\nNorth\t10\t12\t7\nSouth\t\t–\t9\nend"
    linear = linearise(text, [TableRows(7, 33, HEAD)])
    assert linear.text == (
        "Sales:\n"
        "North | Net sales 2018: 10 | Net sales 2019: 12 | Staff 2019: 7\n"
        "South | Net sales 2019: – | Staff 2019: 9\n"
        "end"
    )


def test_places_lead_back_to_the_character_and_what_was_put_in_has_none() -> None:
    text = "a\nNorth\t10\t12"
    linear = linearise(text, [TableRows(2, len(text), (("", "x", "y"),))])
    assert linear.text == "a\nNorth | x: 10 | y: 12"
    kept = [(linear.text[i], place) for i, place in enumerate(linear.places) if place >= 0]
    assert "".join(c for c, _ in kept) == "a\nNorth1012"
    assert all(text[place] == c for c, place in kept)
    assert [linear.text[i] for i, place in enumerate(linear.places) if place < 0] == list(
        " | x:  | y: "
    )


def test_a_head_over_several_columns_heads_those_to_its_right_but_for_the_last_row() -> None:
    assert column_heads(HEAD) == ["", "Net sales 2018", "Net sales 2019", "Staff 2019"]
    assert column_heads((("", "2018", ""),)) == ["", "2018", ""]
    assert column_heads(()) == []
    # What both rows say is said once.
    assert column_heads((("Staff",), ("Staff",))) == ["Staff"]


def test_of_a_long_head_the_end_is_read() -> None:
    (head,) = column_heads((("a" * 100 + "b" * 30,),))
    assert head.endswith("a" + "b" * 30)
    assert len(head) < 130


CELLS = st.text("abc 12é七", max_size=4)


@given(
    st.lists(st.lists(CELLS, min_size=1, max_size=4), min_size=1, max_size=4),
    st.text("xy\n", max_size=5),
)
def test_every_character_of_a_filled_cell_is_read_once_and_in_order(
    rows: list[list[str]], before: str
) -> None:
    body = "\n".join("\t".join(row) for row in rows)
    linear = linearise(before + body, [TableRows(len(before), len(before + body), HEAD)])
    kept = [place for place in linear.places if place >= 0]
    assert kept == sorted(set(kept))
    filled = [c for row in rows for cell in row if cell.strip() for c in cell]
    read = [(before + body)[place] for place in kept if place >= len(before)]
    assert [c for c in read if c != "\n"] == filled
    assert all(linear.text[i] == (before + body)[p] for i, p in enumerate(linear.places) if p >= 0)


@given(st.integers(0, 2000), st.integers(OVERLAP + 1, 500))
def test_windows_cover_all_tokens_and_overlap(tokens: int, room: int) -> None:
    found = windows(tokens, room)
    assert found[0][0] == 0
    assert found[-1][1] == tokens
    assert all(0 <= last - first <= room for first, last in found)
    assert all(later[0] == earlier[1] - OVERLAP for earlier, later in itertools.pairwise(found))


def test_question_and_heading_are_cut_and_set_apart() -> None:
    assert front([7, 8], [9]) == [BOS, 7, 8, EOS, EOS, 9, EOS]
    assert front([7], []) == [BOS, 7, EOS, EOS]
    long = front([5] * 500, [6] * 500)
    assert long.count(5) == QUESTION_TOKENS
    assert long.count(6) == HEADING_TOKENS
