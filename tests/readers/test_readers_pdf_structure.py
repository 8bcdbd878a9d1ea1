"""PDFs: vertical and turned text, tables as filings set them, footnotes, columns, headings."""

import pytest
from reader_pdfs import down, glyphs, latin
from test_readers_pdf import coded, column, read

from rag.documents.tables import cell_at
from rag.readers.pdf.tables import Cell, columns

# -- direction ---------------------------------------------------------------------------------

FIRST, SECOND = "金融庁は銀行の資本を", "監督する。"


def test_vertical_writing_is_read_down_and_then_to_the_left():
    characters, codes = coded(FIRST + SECOND)
    content = down(codes[:10], 400, 700) + down(codes[10:], 385, 700)
    assert read(content, characters=characters).text == FIRST + SECOND


def test_upright_glyphs_one_under_another_are_read_down():
    text = FIRST + "監督すること"
    characters, codes = coded(text)
    places = [(400, 700 - 12 * i) for i in range(10)] + [(385, 700 - 12 * i) for i in range(6)]
    content = "".join(glyphs([code], *at) for code, at in zip(codes, places, strict=True))
    assert read(content, characters=characters).text == text


def test_marks_in_a_column_of_a_table_stay_in_their_rows():
    characters, codes = coded("有無")
    content = "".join(
        latin(f"Rule {i}", 60, 700 - 20 * i) + glyphs([codes[i % 2]], 200, 700 - 20 * i)
        for i in range(7)
    )
    assert read(content, characters=characters).text.split("\n")[:2] == ["Rule 0\t有", "Rule 1\t無"]


def test_vertical_punctuation_becomes_ordinary():
    characters, codes = coded("﹁金融﹂︒")
    assert read(down(codes, 400, 700), characters=characters).text == "「金融」。"


def test_a_slanted_stamp_stays_out_of_the_sentences():
    stamp = "BT /F1 60 Tf 0.7 0.7 -0.7 0.7 100 300 Tm (DRAFT) Tj ET\n"
    lines = column(["The bank shall hold capital against", "all of the risks that it takes."])
    text = read(lines[: len(lines) // 2 + 1].rsplit("BT", 1)[0] + stamp + latin("End.", 60, 600))
    assert "DRAFT" not in text.text.split("End.")[0]


# -- tables ------------------------------------------------------------------------------------


def table(rows: list[list[tuple[str, float]]], y: float = 700, step: float = 14) -> str:
    return "".join(
        latin(text, x, y - step * i, 10) for i, row in enumerate(rows) for text, x in row
    )


def lines_of_table(content: str) -> list[str]:
    reading = read(content)
    (found,) = reading.tables
    return reading.text[found.start : found.end].split("\n")


def test_figures_set_right_and_dashes_set_in_the_middle_share_a_column():
    rows = [
        [("2023", 200), ("2022", 300)],
        [("Loans", 60), ("1,234,567", 190), ("1,234,567", 290)],
        [("Bonds", 60), ("-", 205), ("9", 328)],
        [("Cash", 60), ("7", 229), ("-", 305)],
    ]
    assert lines_of_table(table(rows)) == [
        "\t2023\t2022",
        "Loans\t1,234,567\t1,234,567",
        "Bonds\t-\t9",
        "Cash\t7\t-",
    ]


def test_a_header_over_several_columns_stands_at_the_first():
    rows = [
        [("Year ended", 275)],
        [("2023", 200), ("2022", 290), ("2021", 380)],
        [("Loans", 60), ("1,200", 200), ("1,100", 290), ("1,000", 380)],
        [("Bonds", 60), ("200", 205), ("100", 295), ("900", 385)],
    ]
    reading = read(table(rows))
    (found,) = reading.tables
    assert reading.text.startswith("\tYear ended\n\t2023\t2022\t2021\n")
    place = cell_at(reading.text, found, reading.text.index("1,000"))
    assert place is not None
    assert (place.row_label, place.headers) == ("Loans", ("Year ended", "2021"))


def test_a_header_of_several_lines_that_ends_on_the_row_is_one_cell():
    rows = [[("Amount", 200)], [("Loans", 60), ("1,200", 200), ("5%", 300)],
            [("Bonds", 60), ("200", 205), ("7%", 300)]]  # fmt: skip
    stack = latin("Share", 295, 712, 10) + latin("of all", 295, 700, 10)
    assert lines_of_table(table(rows[:1]) + stack + table(rows[1:], 680))[0] == (
        "\tAmount\tShare of all"
    )


def test_blanks_in_cells_of_their_own_join_no_cells():
    rows = [
        [("December 28, 2019", 200), (" ", 292), ("December 29, 2018", 302)],
        [("Loans", 60), ("1,200", 200), ("1,100", 320)],
        [("Bonds", 60), ("200", 205), ("100", 325)],
    ]
    assert lines_of_table(table(rows))[0] == "\tDecember 28, 2019\tDecember 29, 2018"


def test_the_sentence_before_the_next_table_belongs_to_none():
    rows = [[("For", 60), ("1,200", 400)], [("Against", 60), ("12", 400)]]
    sentence = latin("The shareholders approved the executive pay:", 60, 640, 10)
    reading = read(table(rows) + sentence + table(rows, 610))
    assert len(reading.tables) == 2


def test_a_table_goes_on_over_the_page_with_its_header():
    rows = [
        [("2023", 200), ("2022", 300)],
        [("Loans", 60), ("1,200", 200), ("1,100", 300)],
        [("Bonds", 60), ("200", 205), ("100", 305)],
    ]
    more = [[("Cash", 60), ("7", 215), ("8", 315)], [("Gold", 60), ("5", 215), ("6", 315)]]
    reading = read(table(rows), table(more))
    place = cell_at(reading.text, reading.tables[1], reading.text.index("6"))
    assert place is not None
    assert (place.row_label, place.headers) == ("Gold", ("2022",))


# -- notes and marks ---------------------------------------------------------------------------


def test_raised_marks_drawn_after_the_text_stand_behind_their_words():
    # Helvetica at 12: "Interest" is 40 wide, so that it ends at 100.
    words = latin("Interest", 60, 700) + latin("Other rates of the year", 60, 660)
    assert read(words + latin("(a)", 100.5, 705, 6)).text.split("\n")[0] == "Interest(a)"


def test_item_marks_in_a_cell_of_their_own_go_to_their_items():
    items = ["The bank tells the authority at once.", "The authority answers within a month."]
    content = "".join(
        latin(f"({mark})", 60, 700 - 20 * i) + latin(item, 100, 700 - 20 * i)
        for i, (mark, item) in enumerate(zip("ab", items, strict=True))
    )
    reading = read(content)
    assert not reading.tables
    assert reading.text == f"(a) {items[0]}\n(b) {items[1]}"


def test_a_footnote_stays_on_its_page_and_out_of_the_paragraph_that_goes_on():
    first = column(
        [
            "The bank shall hold capital against all of the",
            "risks that it takes in all markets, which are",
        ]
    )
    note = latin("1 As amended in 2021.", 60, 60, 8)
    reading = read(first + note, column(["those of credit and of the market."]))
    page = reading.pages[0]
    assert "1 As amended in 2021." in reading.text[page.start : page.end]
    assert "which are those of credit" in reading.text


def test_a_paragraph_goes_on_in_the_next_column():
    words = "the bank shall hold capital against its risks"
    left = column([words.capitalize(), *[words] * 8], x=40)
    right = column(["and shall tell the authority.", "Now another begins here and goes on"], x=320)
    assert f"{words} and shall tell the authority." in read(left + right).text


# -- headings ----------------------------------------------------------------------------------

BODY = "The authority may ask for more capital, as the law provides."


def titles(content: str) -> list[tuple[str, int]]:
    return [(heading.title, heading.level) for heading in read(content).headings]


def test_clauses_rank_below_the_headings_that_stand_out():
    content = latin("1 Capital", 60, 740, 18, "F2") + latin("Amounts", 60, 700, 12, "F2")
    content += "".join(latin(f"Rule {i}: {BODY}", 60, 660 - 40 * i) for i in range(3))
    content += latin("Reports", 60, 500, 12, "F2") + latin(BODY, 60, 460)
    assert titles(content) == [
        ("1 Capital", 1), ("Amounts", 2), ("Rule 0", 3), ("Rule 1", 3), ("Rule 2", 3),
        ("Reports", 2),
    ]  # fmt: skip


def test_numbered_lines_that_follow_one_another_are_a_list():
    items = [f"{i}. Item of the register" for i in range(1, 4)]
    content = "".join(latin(item, 60, 700 - 20 * i) for i, item in enumerate(items))
    assert titles(content + latin(BODY, 60, 600)) == []


@pytest.mark.parametrize("line", ["2.4 Functions at stage D:", "Rule 3 The firm keeps a list of:"])
def test_what_introduces_a_list_is_no_heading(line: str):
    found = titles(latin(line, 60, 700) + latin(BODY, 60, 650))
    assert all(title != line for title, _ in found)


def test_a_title_of_several_lines_is_one_heading():
    content = latin("Rules on capital and", 60, 740, 20, "F2") + latin(
        "liquidity", 60, 714, 20, "F2"
    )
    assert titles(content + "".join(latin(BODY, 60, 600 - 40 * i) for i in range(3))) == [
        ("Rules on capital and liquidity", 1)
    ]


def test_entries_of_a_contents_page_are_neither_headings_nor_a_table():
    content = "".join(
        latin(f"{i} Capital", 60, 700 - 20 * i, 12, "F2")
        + latin("." * 60, 140, 700 - 20 * i)
        + latin(str(i), 400, 700 - 20 * i)
        for i in range(1, 5)
    )
    reading = read(content + latin(BODY, 60, 500))
    assert not reading.tables
    assert not reading.headings
    assert reading.text.startswith("1 Capital ... 1")


def test_a_numbered_heading_has_the_level_of_its_number_and_clauses_lie_below_the_deepest():
    content = "".join(
        latin(text, 60, 740 - 60 * i, 18, "F2") + latin(BODY, 60, 715 - 60 * i)
        for i, text in enumerate(["1.1 Own funds", "1.1.1 Buffers", "1.1.1.1 Release"])
    )
    content += latin(f"Rule 4: {BODY}", 60, 520) + latin(BODY, 60, 480)
    # The deepest number that stands out is of level 4; what stands out without one lies below it
    # at 5, and the clause below that.
    assert titles(content) == [
        ("1.1 Own funds", 2), ("1.1.1 Buffers", 3), ("1.1.1.1 Release", 4), ("Rule 4", 6),
    ]  # fmt: skip


def test_bands_that_touch_join_the_last_column_alone():
    rows = [
        [Cell("Item", 0, 40), Cell("10", 100, 120), Cell("30", 200, 219.9)],
        [Cell("Other", 0, 45), Cell("20", 100, 120), Cell("-", 220, 230)],
    ]
    assert columns(rows) == [(0, 45), (100, 120), (200, 230)]


def test_larger_type_ranks_above_smaller_type():
    content = "".join(
        latin(title, 60, 760 - 80 * i, size, "F2") + latin(BODY, 60, 730 - 80 * i)
        for i, (title, size) in enumerate(
            [("Annual review", 24), ("Capital", 18), ("Own funds", 15)]
        )
    )
    assert titles(content) == [("Annual review", 1), ("Capital", 2), ("Own funds", 3)]


def test_a_lone_number_is_of_the_first_level_where_sections_are_numbered_in_figures():
    content = "".join(
        latin(title, 60, 760 - 80 * i, 16, "F2") + latin(BODY, 60, 730 - 80 * i)
        for i, title in enumerate(["1. Capital", "1.1 Own funds", "2. Liquidity"])
    )
    assert titles(content) == [("1. Capital", 1), ("1.1 Own funds", 2), ("2. Liquidity", 1)]
