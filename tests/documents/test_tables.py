"""Cells of tables: any place in a table gives its row, its columns and its exact span."""

from hypothesis import given
from hypothesis import strategies as st

from rag.documents.tables import cell_at
from rag.readers.builder import ReadingBuilder
from rag.schema import Table

TEXT = (
    "\tYear ended\t\tChange\n(in millions)\t2022\t2021\t\n"  # two header rows
    "Loans\t1,200\t1,100\t100\nBonds\t\t90"
)
TABLE = Table(0, len(TEXT), TEXT.index("Loans") - 1)


def test_a_cell_has_its_row_and_the_headers_over_it():
    place = cell_at(TEXT, TABLE, TEXT.index("1,100") + 3)
    assert place is not None
    assert TEXT[place.start : place.end] == "1,100"
    assert (place.row_label, place.headers) == ("Loans", ("Year ended", "2021"))
    assert (place.stub, place.column) == (("(in millions)",), 2)


def test_blank_cells_before_it_count():
    place = cell_at(TEXT, TABLE, TEXT.index("90"))
    assert place is not None
    assert (place.row_label, place.headers) == ("Bonds", ("Year ended", "2021"))


def test_a_header_of_its_own_column_ends_the_one_before_it():
    place = cell_at(TEXT, TABLE, TEXT.index("100\nBonds"))
    assert place is not None
    assert place.headers == ("Change",)


def test_a_header_cell_has_the_headers_above_it():
    place = cell_at(TEXT, TABLE, TEXT.index("2021"))
    assert place is not None
    assert place.headers == ("Year ended",)


def test_between_cells_and_outside_there_is_none():
    assert cell_at(TEXT, TABLE, TEXT.index("\t1,200")) is None
    assert cell_at(TEXT, TABLE, TEXT.index("\nBonds")) is None
    assert cell_at(TEXT, TABLE, len(TEXT)) is None


def test_a_table_that_goes_on_has_the_header_of_the_page_before():
    builder = ReadingBuilder()
    builder.start_page()
    builder.table([["", "2022"], ["Loans", "5"]], 1)
    builder.start_page()
    builder.table([["Bonds", "7"], ["Cash", "9"]], goes_on=True)
    builder.table([["Gold", "8"], ["Land", "6"]], goes_on=True)
    reading = builder.build()
    for table, figure, row in zip(reading.tables[1:], "98", ("Cash", "Gold"), strict=True):
        place = cell_at(reading.text, table, reading.text.index(figure))
        assert place is not None
        assert (place.row_label, place.headers) == (row, ("2022",))


CELLS = st.text(st.characters(blacklist_categories=["C", "Z"]), max_size=4)


@given(width=st.integers(2, 5), data=st.data(), height=st.integers(1, 5), headers=st.integers(0, 3))
def test_every_character_of_a_cell_gives_that_cell(
    width: int, data: st.DataObject, height: int, headers: int
):
    row = st.lists(CELLS, min_size=width, max_size=width).filter(any)
    rows = data.draw(st.lists(row, min_size=height, max_size=height))
    builder = ReadingBuilder()
    builder.paragraph("before")
    builder.table(rows, min(headers, height))
    reading = builder.build()
    (table,) = reading.tables
    seen: dict[tuple[int, int], int] = {}
    for offset in range(table.start, table.end):
        place = cell_at(reading.text, table, offset)
        assert (place is None) == (reading.text[offset] in "\t\n")
        if place is not None:
            line = reading.text.count("\n", table.start, offset)
            assert rows[line][place.column] == reading.text[place.start : place.end]
            assert place.start <= offset < place.end
            assert place.row_label == rows[line][0]
            seen[line, place.column] = offset
            if 0 < min(headers, height) <= line:
                nearest = rows[min(headers, height) - 1][place.column]
                assert not nearest or place.headers[-1] == nearest
    filled = {(r, c) for r, cells in enumerate(rows) for c, cell in enumerate(cells) if cell}
    assert set(seen) == filled
