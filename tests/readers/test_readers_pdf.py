"""PDFs: lines, cells, direction, running headers, headings and labels, from where glyphs stand."""

from itertools import pairwise

import pytest
from reader_pdfs import glyphs, latin, pdf

from rag.readers import read_bytes
from rag.schema import Reading


def read(*pages: str, **options: object) -> Reading:
    return read_bytes(pdf(pages, **options), ".pdf")  # type: ignore[arg-type]


def coded(text: str) -> tuple[dict[int, str], list[int]]:
    """A character map and the codes that show this text, one glyph a character."""
    return {i + 1: c for i, c in enumerate(text)}, list(range(1, len(text) + 1))


def column(lines: list[str], y: float = 700, step: float = 14, x: float = 60) -> str:
    return "".join(latin(line, x, y - i * step) for i, line in enumerate(lines))


def test_lines_of_a_paragraph_are_joined_with_a_space():
    reading = read(
        column(["The bank shall hold capital against all of the", "risks that it takes."])
    )
    assert reading.text == "The bank shall hold capital against all of the risks that it takes."


def test_a_word_gap_without_a_space_glyph_is_a_space():
    # 30 units to the right of the first word's start: beyond its end, less than a cell's gap.
    reading = read(latin("Tier", 60, 700) + latin("one", 86, 700))
    assert reading.text == "Tier one"


def test_glyphs_placed_one_by_one_make_words():
    # Helvetica's advances at 10 units: b 5.56, a 5.56, n 5.56, k 5.
    content = "BT /F1 10 Tf 1 0 0 1 60 700 Tm (b) Tj 5.56 0 Td (a) Tj 5.56 0 Td (n) Tj ET"
    assert read(content).text == "ban"


def test_kerning_makes_no_spaces_and_wide_shifts_do():
    content = "BT /F1 10 Tf 1 0 0 1 60 700 Tm [(B) 30 (ank) -600 (rate)] TJ ET"
    assert read(content).text == "Bank rate"


def test_white_space_between_paragraphs_separates_them():
    reading = read(latin("One thing.", 60, 700) + latin("Another thing.", 60, 640))
    assert reading.text == "One thing.\n\nAnother thing."


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        # The document divides words: "supervision" and "regulation" stand whole elsewhere.
        (
            ["regulation and supervision, said the authority of", "all banks in its super-",
             "vision of banks and its regu-", "lation of them, is kept"],
            "supervision of banks and its regulation of them",
        ),
        # Both halves are words and nothing is divided: the hyphen belongs to the word.
        (["the long and the term of a loan, which is long-", "term if it is repaid late"],
         "long-term if"),
    ],
)  # fmt: skip
def test_hyphens_at_line_ends_go_only_if_they_divide_a_word(lines: list[str], expected: str):
    assert expected in " ".join(read(column(lines)).text.split("\n"))


def test_list_items_keep_their_lines():
    reading = read(column(["(a) hold enough capital at", "(b) tell the authority at once"]))
    assert reading.text == "(a) hold enough capital at\n(b) tell the authority at once"


def test_bullets_drawn_after_the_text_stand_before_their_items():
    items = latin("Hold capital.", 80, 700) + latin("Tell the authority.", 80, 680)
    bullets = latin("\x95", 66, 700) + latin("\x95", 66, 680)
    assert read(items + bullets).text == "• Hold capital.\n• Tell the authority."


def test_a_paragraph_goes_on_over_the_end_of_a_page():
    first = column(
        [
            "The bank shall hold capital against all of the",
            "risks that it takes in all markets, which are",
        ]
    )
    second = column(["those of credit and of the market."])
    reading = read(first, second)
    before, after = reading.pages
    assert reading.text[before.start : before.end].endswith("which are")
    assert reading.text[before.end : after.start] == " "
    assert reading.text[after.start :] == "those of credit and of the market."


def test_lines_set_wide_apart_are_one_paragraph_if_all_are():
    lines = [
        "The bank shall hold capital against all of the",
        "risks that it takes, and shall report",
    ]
    assert "\n" not in read(column([*lines, "them every year."], step=23)).text


def test_rows_of_a_table_are_lines_with_tabs_and_blank_cells_keep_their_column():
    rows = [("", "2023", "2022"), ("Loans", "1,200", "1,100"), ("Bonds", "", "90")]
    content = "".join(
        latin(cell, 60 + 150 * c, 700 - 20 * r, 10)
        for r, row in enumerate(rows)
        for c, cell in enumerate(row)
        if cell
    )
    reading = read(latin("Assets of the bank are these.", 60, 740, 10) + content)
    (table,) = reading.tables
    assert reading.text[table.start : table.end].split("\n") == [
        "\t2023\t2022",
        "Loans\t1,200\t1,100",
        "Bonds\t\t90",
    ]
    assert reading.text[table.start : table.header_end] == "\t2023\t2022"


def test_a_cell_of_several_lines_stays_in_one_cell():
    content = latin("Kind of", 60, 700) + latin("institution", 60, 686)
    content += latin("a bank or", 200, 700) + latin("an insurer", 200, 686)
    content += latin("Seat", 60, 660) + latin("Riyadh", 200, 660)
    assert read(content).text == "Kind of institution\ta bank or an insurer\nSeat\tRiyadh"


def test_a_currency_sign_in_its_own_cell_joins_its_figure():
    content = latin("Income", 60, 700) + latin("$", 200, 700) + latin("4,756", 230, 700)
    content += latin("Costs", 60, 680) + latin("$", 200, 680) + latin("(39)", 230, 680)
    assert read(content).text == "Income\t$4,756\nCosts\t$(39)"


def test_columns_of_prose_are_read_one_after_the_other():
    left = [f"left line {i} is long enough to fill it" for i in range(9)]
    right = [f"right line {i} is long enough to fill it" for i in range(9)]
    text = read(column(left, x=40) + column(right, x=320)).text
    assert text.index("left line 8") < text.index("right line 0")


def test_turned_pages_are_read_upright():
    # A page stored turned by 90 degrees whose text runs up it.
    content = "BT /F1 12 Tf 0 1 -1 0 300 100 Tm (Upright) Tj ET"
    assert read(content, rotate=90).text == "Upright"


def test_text_outside_the_page_is_left_out():
    assert read(latin("inside", 60, 700) + latin("outside", 60, 900)).text == "inside"


def test_text_printed_twice_to_look_bold_is_read_once():
    assert read(latin("Total", 60, 700) + latin("Total", 60.4, 700)).text == "Total"


def test_small_raised_digits_become_superscripts():
    # Written as plain digits they would change the figure: 120 with note 2 is not 1202.
    assert read(latin("120", 60, 700) + latin("2", 80.5, 705, 7)).text == "120²"


def test_radicals_and_ligatures_become_ordinary_characters_full_width_stays():
    characters, codes = coded("⾦⻛ﬁ（Ａ")
    assert read(glyphs(codes, 60, 700), characters=characters).text == "金风fi（Ａ"


def test_east_asian_lines_are_joined_without_a_space():
    characters, codes = coded("金融監督管理委員會")
    content = glyphs(codes[:5], 60, 700) + glyphs(codes[5:], 60, 685)
    assert read(content, characters=characters).text == "金融監督管理委員會"


ARABIC = "بنك"


def test_arabic_seen_from_left_to_right_is_turned_round():
    characters, codes = coded(ARABIC)
    assert read(glyphs(codes[::-1], 60, 700), characters=characters).text == ARABIC


@pytest.mark.parametrize("inside", ["FTX", "721", "8.8", "12/5/2023", "G20", "IFRS 9"])
def test_latin_words_and_numbers_stay_in_place_and_order_in_arabic(inside: str):
    read_order = f"بنك {inside} دين"
    # On the page the Arabic words stand mirrored at both sides of what is read from the left.
    seen = "نيد " + inside + " كنب"
    characters, codes = coded(seen)
    assert read(glyphs(codes, 60, 700), characters=characters).text == read_order


def test_brackets_in_arabic_open_before_they_close():
    # Seen from the left, the bracket that opens is the right one and looks like this: ).
    characters, codes = coded("(كنب)")
    assert read(glyphs(codes, 60, 700), characters=characters).text == "(بنك)"


@pytest.mark.parametrize("shown", [")كنب(", "(كنب)"])
def test_brackets_over_two_lines_pair_up_however_they_are_coded(shown: str):
    characters, codes = coded(shown + "نيد")
    # The line above ends within the brackets, so that only both lines together tell.
    first = glyphs(codes[1:5], 200, 700) + glyphs(codes[5:], 300, 700)
    content = first + glyphs(codes[5:] + codes[:1], 260, 685)
    text = read(content, characters=characters).text
    assert text.index("(") < text.index(")")


def test_a_sentence_s_last_mark_stays_last_on_a_line_of_figures():
    characters, codes = coded("كنب2023.")
    # The second line holds only ".2023" as seen from the left, which reads "2023.".
    content = glyphs(codes[:3] * 6, 60, 700) + glyphs([codes[7], *codes[3:7]], 190, 685)
    assert read(content, characters=characters).text.endswith("2023.")


def test_a_percentage_alone_in_a_cell_keeps_its_sign_behind_it():
    characters, codes = coded("كنب61%")
    row = glyphs(codes[:3], 300, 700) + glyphs(codes[3:], 100, 700)
    content = row + glyphs(codes[:3], 300, 680) + glyphs(codes[3:], 100, 680)
    assert read(content, characters=characters).text == "بنك\t61%\nبنك\t61%"


def test_text_stated_for_glyphs_replaces_them():
    # The glyph has no character of its own; the file states what it stands for: \u0646\u064b.
    characters, codes = coded("ا")
    content = (
        "BT /F3 10 Tf 1 0 0 1 60 700 Tm "
        f"<{codes[0]:04X}> Tj /Span <</ActualText <FEFF0646064B>>> BDC <00FF> Tj EMC ET"
    )
    assert read(content, characters=characters).text == "نًا"


HEADER = latin("Annual Report of the Authority", 60, 775, 9)


def test_running_headers_and_page_numbers_are_kept_out():
    pages = [
        HEADER + latin(f"What page {word} says.", 60, 600) + latin(str(n), 300, 20, 9)
        for n, word in enumerate(["one", "two", "three", "four"], start=5)
    ]
    reading = read(*pages)
    assert [reading.text[p.start : p.end] for p in reading.pages] == [
        f"What page {word} says." for word in ("one", "two", "three", "four")
    ]


@pytest.mark.parametrize(
    ("pages", "headed", "kept"),
    [
        (4, 2, 0),  # twice is enough in a short report
        (5, 2, 2),
        (5, 3, 0),
    ],
)
def test_a_line_at_the_edge_runs_from_three_pages_or_two_of_four(
    pages: int, headed: int, kept: int
):
    words = ("one", "two", "three", "four", "five")[:pages]
    contents = [
        (HEADER if n < headed else "") + latin(f"What page {word} says.", 60, 600)
        for n, word in enumerate(words)
    ]
    assert read(*contents).text.count("Annual Report") == kept


def test_a_running_header_may_stand_a_few_points_higher_or_lower():
    # Heights count in steps of 4 points, and a line counts at its own and the two beside it.
    heights = (780, 780, 776)
    headed = [latin("Annual Report of the Authority", 60, y, 9) for y in heights]
    contents = [
        header + latin(f"What page {word} says.", 60, 600)
        for header, word in zip([*headed, "", ""], ("a", "b", "c", "d", "e"), strict=True)
    ]
    assert "Annual Report" not in read(*contents).text


@pytest.mark.parametrize(
    ("pages", "footed", "kept"),
    [
        (20, 4, 0),  # on four pages, and on a fifth of all
        (21, 4, 4),
        (10, 3, 3),
    ],
)
def test_an_outermost_line_comes_back_wherever_the_text_ends(pages: int, footed: int, kept: int):
    contents = [
        column([f"Matter {chr(97 + n)} of this page."])
        + (latin("Printed by the Authority", 60, 380 - 37 * n, 9) if n < footed else "")
        for n in range(pages)
    ]
    assert read(*contents).text.count("Printed by") == kept


def test_a_printed_page_label_is_kept_out_even_where_it_stands_alone():
    pages = [latin("Foreword", 60, 600) + latin("- i -", 290, 20), latin("Rules", 60, 600)]
    assert read(*pages, labels=[(0, "/r", 1), (1, "/D", 1)]).text == "Foreword\n\nRules"


def test_footers_that_follow_the_text_are_known_by_their_count():
    # Files printed from the web: the footer stands where the page's text ended.
    pages = [
        column([f"Matter {word} of this page."]) + latin(str(n), 300, 400 - 37 * n, 9)
        for n, word in enumerate(["one", "two", "three", "four"], start=1)
    ]
    text = read(*pages).text
    assert not any(character.isdigit() for character in text)


def test_figures_at_the_edge_of_a_page_are_no_page_numbers():
    pages = [latin(f"Year {n}", 60, 600) + latin("1,234 5,678", 60, 20) for n in range(4)]
    assert read(*pages).text.count("1,234 5,678") == 4


def test_a_line_that_stands_once_at_the_top_is_kept():
    assert "Preface" in read(latin("Preface", 60, 775), latin("Body", 60, 600)).text


def test_pages_are_in_order_and_cover_the_text():
    reading = read(latin("one", 60, 600), latin("two", 60, 600), latin("three", 60, 600))
    assert [page.number for page in reading.pages] == [1, 2, 3]
    assert reading.pages[0].start == 0
    assert reading.pages[-1].end == len(reading.text)
    for before, after in pairwise(reading.pages):
        assert not reading.text[before.end : after.start].strip()


def test_printed_page_labels_come_from_the_file():
    contents = [latin(word, 60, 600) for word in ("one", "two", "three")]
    reading = read(*contents, labels=[(0, "/r", 1), (2, "/D", 1)])
    assert [page.label for page in reading.pages] == ["i", "ii", "1"]
    assert {page.label for page in read(*contents).pages} == {None}


def test_headings_come_from_the_outline_with_its_levels():
    content = latin("Foreword", 60, 700) + latin("Duties of the board", 60, 660)
    content += latin("The board meets once in every month of the year.", 60, 620)
    reading = read(content, outline=[("Foreword", 0, 1), ("Duties of the board", 0, 2)])
    assert [(h.title, h.level) for h in reading.headings] == [
        ("Foreword", 1),
        ("Duties of the board", 2),
    ]


def test_headings_by_number_and_by_type():
    body = "The authority may ask for more capital, as the law provides."
    content = latin("Capital rules", 60, 740, 20) + latin("1.2 Requirements", 60, 700)
    content += "".join(latin(body, 60, 660 - 40 * i) for i in range(4))
    content += latin("Own words", 60, 400, 12, "F2") + latin(body, 60, 360)
    reading = read(content)
    assert [h.title for h in reading.headings] == ["Capital rules", "1.2 Requirements", "Own words"]
    for heading in reading.headings:
        assert reading.text[heading.start : heading.end] == heading.title
    assert [h.level for h in reading.headings][:2] == [1, 2]


def test_the_title_is_the_metadata_s_unless_a_program_left_it():
    content = latin("Rules", 60, 700)
    assert read(content, title="Prudential Rules 2024").facts.title == "Prudential Rules 2024"
    assert read(content, title="Microsoft Word - draft3.doc").facts.title == ""


def test_facts_of_a_filing_come_from_its_cover():
    content = column(
        [
            "FORM 10-K",
            "For the fiscal year ended December 31, 2022",
            "Commission file number 1-123",
            "Sample Holdings, Inc.",
            "(Exact name of registrant as specified in its charter)",
        ],
        step=40,
    )
    facts = read(content).facts
    assert (facts.kind, facts.date, facts.issuer) == ("10-K", "2022-12-31", "Sample Holdings, Inc.")
