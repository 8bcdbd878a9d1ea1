"""Excel workbooks: sheets as pages, cells as shown, and bounds on what a sheet may claim."""

import datetime as dt
import io
import re
import zipfile
from collections.abc import Iterable

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl.styles import Font
from openpyxl.workbook import Workbook
from test_readers_text import check_spans

from rag.errors import ReadError
from rag.readers import read_bytes
from rag.readers.xlsx.numbers import shown
from rag.schema import Reading


def workbook(**sheets: Iterable[Iterable[object]]) -> Workbook:
    book = Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(list(row))
    return book


def saved(book: Workbook) -> bytes:
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def read(book: Workbook) -> Reading:
    reading = read_bytes(saved(book), ".xlsx")
    check_spans(reading)
    return reading


def rewritten(data: bytes, name: str, pattern: bytes, by: bytes) -> bytes:
    """The package with what matches in one part exchanged."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(buffer, "w", 8) as new:
        for entry in old.namelist():
            content = old.read(entry)
            if entry == name:
                content, count = re.subn(pattern, lambda _: by, content, count=1, flags=re.DOTALL)
                assert count == 1
            new.writestr(entry, content)
    return buffer.getvalue()


def test_each_sheet_is_a_page_with_its_name():
    reading = read(
        workbook(Loans=[["Bank", "Loans"], ["A", 5]], Bonds=[["Bank", "Bonds"], ["B", 7]])
    )
    assert reading.text == "Loans\n\nBank\tLoans\nA\t5\n\nBonds\n\nBank\tBonds\nB\t7"
    assert [(page.number, page.label) for page in reading.pages] == [(1, "Loans"), (2, "Bonds")]
    assert [(h.title, h.level) for h in reading.headings] == [("Loans", 1), ("Bonds", 1)]
    assert [reading.text[t.start : t.header_end] for t in reading.tables] == [
        "Bank\tLoans",
        "Bank\tBonds",
    ]


def test_lines_of_one_cell_around_a_table_are_text():
    rows = [
        ["Table 1: Loans by sector"], [None], [None, "Sector", None, 2023, 2022],
        [None, "Assets"], [None, "Homes", None, 5, 4], [None, "Source: the Authority"],
    ]  # fmt: skip
    reading = read(workbook(Data=rows))
    assert reading.text == (
        "Data\n\nTable 1: Loans by sector\n\nSector\t2023\t2022\nAssets\nHomes\t5\t4\n\n"
        "Source: the Authority"
    )
    (table,) = reading.tables
    # A year names a column; a lone first cell names the rows below it.
    assert reading.text[table.start : table.header_end] == "Sector\t2023\t2022"
    assert reading.facts.title == "Table 1: Loans by sector"


def test_a_register_of_texts_has_its_first_row_as_header():
    (table,) = read(workbook(R=[["Firm", "Town"], ["A", "X"], ["B", "Y"]])).tables
    assert table.header_end == len("R\n\nFirm\tTown")
    (table,) = read(workbook(R=[["Firm", "Town", None], ["A", "X", "Z"], ["B", "Y", "Z"]])).tables
    assert table.header_end == table.start


def test_numbers_stand_as_their_formats_show_them():
    book = workbook(
        S=[["Item", "Share", "Sum", "Day"], ["x", 0.1234, 1234567.891, dt.date(2024, 6, 28)]]
    )
    sheet = book["S"]
    sheet["B2"].number_format = "0.0%"
    sheet["C2"].number_format = "#,##0.00"
    sheet["D2"].number_format = "d mmmm yyyy"
    assert read(book).text.endswith("x\t12.3%\t1,234,567.89\t28 June 2024")


@pytest.mark.parametrize(
    ("value", "number_format", "text"),
    [
        (0.1 + 0.2, "General", "0.3"),
        (1500, "General", "1500"),
        (-2.5, "0", "-3"),
        (2.5, "0", "3"),
        (1234.5, "#,##0", "1,235"),
        (-1234.5, "#,##0;(#,##0)", "(1,235)"),
        (0, '_(* #,##0_);_(* \\(#,##0\\);_(* "-"??_);_(@_)', "-"),
        (-1234.5, "_($* #,##0.00_);_($* \\(#,##0.00\\)", "$(1,234.50)"),
        (1234567, "#,##0,", "1,235"),
        (1234567890, '0.0,,"m"', "1234.6m"),
        (12.5, "[$€-407] #,##0.00", "€ 12.50"),
        (12.5, '"HK$"#,##0.0', "HK$12.5"),
        (0.5, "#.##", ".5"),
        (7, "000", "007"),
        (0.25, "0%", "25%"),
        (-0.001, "0.0%", "-0.1%"),
        (-0.0001, "0.0%", "0.0%"),
        (5, "[Red]0.00", "5.00"),
        (5, "[>3]0.00;0", "5"),
        (12345.678, "0.00E+00", "12345.678"),
        (0.5, "# ?/?", "0.5"),
        (True, "General", "TRUE"),
        ("  a\nb ", "@", "a b"),
        (dt.datetime(2024, 3, 31), "mm-dd-yy", "2024-03-31"),
        (dt.datetime(2024, 3, 31), 'yyyy"年"m"月"d"日"', "2024年3月31日"),
        (dt.datetime(2024, 3, 31), "mmm-yy", "Mar-24"),
        (dt.datetime(2024, 3, 31), '[$-411]ggge"年"m"月"', "2024-03-31"),
        (dt.datetime(2024, 3, 31, 14, 5), "dd/mm/yyyy hh:mm", "31/03/2024 14:05"),
        (dt.datetime(2024, 3, 31, 14, 5), "h:mm AM/PM", "2:05 PM"),
        (dt.datetime(2024, 3, 31, 12, 30), "h:mm AM/PM", "12:30 PM"),
        (dt.datetime(2024, 3, 31, 11, 59), "h:mm AM/PM", "11:59 AM"),
        (dt.datetime(2024, 3, 31, 0, 5), "h:mm AM/PM", "12:05 AM"),
        (dt.time(9, 7), "hh:mm", "09:07"),
    ],
)
def test_formats(value: object, number_format: str, text: str):
    assert shown(value, number_format) == text


@given(
    value=st.one_of(st.floats(), st.integers(), st.text(max_size=5), st.datetimes(), st.times()),
    number_format=st.text('#0?,.;%"\\_*[]$€-/E@ymdhsAP(): Gl', max_size=12),
)
def test_any_format_gives_one_line(value: object, number_format: str):
    assert "\n" not in shown(value, number_format)


def test_hidden_sheets_are_left_out_and_named():
    book = workbook(Shown=[["a", 1]], Calc=[["secret", 2]])
    book["Calc"].sheet_state = "hidden"
    reading = read(book)
    assert "secret" not in reading.text
    assert reading.notes == ("The sheet Calc is hidden and was left out.",)


def test_formulas_without_results_are_counted():
    reading = read(workbook(S=[["a", 1], ["b", "=B1*2"], ["c", "=B1*3"]]))
    assert reading.text == "S\n\na\t1\n\nb\n\nc"
    assert reading.notes == (
        "2 cells hold formulas without a stored result. Open the file in Excel and save it.",
    )


def test_facts_come_from_the_workbook():
    book = workbook(
        S=[["Annual report 2023"], ["The Prudential Authority"], [None], ["a", 1], ["b", 2]]
    )
    book.properties.title = "Annual statistics 2023"
    book.properties.creator = "openpyxl"
    facts = read(book).facts
    assert (facts.title, facts.issuer) == ("Annual statistics 2023", "The Prudential Authority")


def test_a_workbook_without_text_is_refused():
    with pytest.raises(ReadError, match="no text"):
        read(workbook(S=[]))


def test_a_sheet_s_claims_cost_nothing():
    """One cell in the last corner of the sheet, which says that all of it is in use."""
    book = workbook(S=[["a", 1], ["b", 2]])
    data = rewritten(
        saved(book),
        "xl/worksheets/sheet1.xml",
        b'<dimension ref="[^"]*"',
        b'<dimension ref="A1:XFD1048576"',
    )
    data = rewritten(data, "xl/worksheets/sheet1.xml", b"</sheetData>",
        b'<row r="999999"><c r="XFD999999"><v>7</v></c></row></sheetData>')  # fmt: skip
    assert read_bytes(data, ".xlsx").text == "S\n\na\t1\nb\t2"


def test_what_a_shared_text_unfolds_to_is_bounded(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("rag.readers.xlsx._MAX_CHARACTERS", 100_000)
    reading = read(workbook(S=[["x" * 30_000, "y" * 10]] * 500, T=[["z", 1]]))
    assert len(reading.text) < 100_000
    assert reading.notes == ("From the sheet S on there is more than was read.",)


def test_a_zip_bomb_is_refused(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("rag.readers.office_archive.MAX_TOTAL", 100_000)
    buffer = io.BytesIO(saved(workbook(S=[["a", 1]])))
    with zipfile.ZipFile(buffer, "a", 8) as package:
        package.writestr("xl/media/image1.png", bytes(200_000))
    with pytest.raises(ReadError, match="unpacks to far more"):
        read_bytes(buffer.getvalue(), ".xlsx")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_entities_are_refused(encoding: str):
    evil = '<!DOCTYPE d [<!ENTITY e SYSTEM "file:///etc/hostname">]><sst>&e;</sst>'
    evil = f'<?xml version="1.0" encoding="{encoding}"?>{" " * 5000}{evil}'
    buffer = io.BytesIO(saved(workbook(S=[["a", 1]])))
    with zipfile.ZipFile(buffer, "a") as package:
        package.writestr("xl/more.xml", evil.encode(encoding))
    with pytest.raises(ReadError, match="entities"):
        read_bytes(buffer.getvalue(), ".xlsx")


def test_damaged_workbooks_are_refused():
    data = saved(workbook(S=[["a", 1]]))
    for length in (10, 100, len(data) // 2, len(data) - 30):
        with pytest.raises(ReadError, match="damaged"):
            read_bytes(data[:length], ".xlsx")
    broken = rewritten(data, "xl/worksheets/sheet1.xml", b"<row.*", b"<row")
    with pytest.raises(ReadError, match="damaged"):
        read_bytes(broken, ".xlsx")


def test_a_workbook_by_another_name_is_named():
    with pytest.raises(ReadError, match="an Excel workbook"):
        read_bytes(saved(workbook(S=[["a", 1]])), ".docx")


def test_bold_and_merged_cells_do_no_harm():
    book = workbook(S=[["Both", None, "Last"], ["x", 1, 2]])
    book["S"].merge_cells("A1:B1")
    book["S"]["A1"].font = Font(bold=True)
    assert read(book).text == "S\n\nBoth\t\tLast\nx\t1\t2"
