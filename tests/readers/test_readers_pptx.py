"""PowerPoint presentations: slides as pages, their titles, tables and notes."""

import io
from typing import Any

import pptx
import pytest
from pptx.util import Inches
from test_readers_text import check_spans

from rag.errors import ReadError
from rag.readers import read_bytes
from rag.schema import Reading

TITLE_AND_TEXT, TITLE_ONLY, BLANK = 1, 5, 6


def slide(deck: Any, layout: int, title: str = "", body: str = "") -> Any:
    made = deck.slides.add_slide(deck.slide_layouts[layout])
    if title:
        made.shapes.title.text = title
    if body:
        made.placeholders[1].text = body
    return made


def saved(deck: Any) -> bytes:
    buffer = io.BytesIO()
    deck.save(buffer)
    return buffer.getvalue()


def read(deck: Any) -> Reading:
    reading = read_bytes(saved(deck), ".pptx")
    check_spans(reading)
    return reading


def box(made: Any, text: str) -> None:
    made.shapes.add_textbox(0, 0, Inches(1), Inches(1)).text_frame.text = text


def test_each_slide_is_a_page_under_its_title():
    deck = pptx.Presentation()
    slide(deck, TITLE_AND_TEXT, "Capital", "Ratio 14%\nBuffer 2%")
    box(slide(deck, BLANK), "No title here")
    reading = read(deck)
    assert reading.text == "Capital\n\nRatio 14%\nBuffer 2%\n\nNo title here"
    assert [(page.number, page.label) for page in reading.pages] == [(1, "1"), (2, "2")]
    assert [(h.title, h.level) for h in reading.headings] == [("Capital", 1)]
    # The library's template is called PowerPoint Presentation.
    assert reading.facts.title == "Capital"


def test_slides_count_from_the_number_that_the_deck_begins_with():
    deck = pptx.Presentation()
    deck.element.set("firstSlideNum", "7")
    slide(deck, TITLE_AND_TEXT, "A", "a")
    assert read(deck).pages[0].label == "7"


def test_tables_are_rows_of_tabs_with_their_header():
    deck = pptx.Presentation()
    made = slide(deck, TITLE_ONLY, "Loans")
    table = made.shapes.add_table(2, 3, 0, 0, Inches(4), Inches(1)).table
    for index, text in enumerate(["Bank", "2023", "", "A", "5\n6", "7"]):
        table.cell(index // 3, index % 3).text = text
    table.cell(0, 1).merge(table.cell(0, 2))
    reading = read(deck)
    assert reading.text == "Loans\n\nBank\t2023\nA\t5 6\t7"
    (span,) = reading.tables
    assert reading.text[span.start : span.header_end] == "Bank\t2023"


def test_what_the_speaker_says_stands_under_notes():
    deck = pptx.Presentation()
    made = slide(deck, TITLE_AND_TEXT, "Capital", "Ratio")
    made.notes_slide.notes_text_frame.text = "Mention the buffer."
    slide(deck, TITLE_AND_TEXT, "Next", "x")
    reading = read(deck)
    assert reading.text == "Capital\n\nRatio\n\nNotes\n\nMention the buffer.\n\nNext\n\nx"
    assert [(h.title, h.level) for h in reading.headings] == [
        ("Capital", 1),
        ("Notes", 2),
        ("Next", 1),
    ]
    assert reading.text[reading.pages[0].start : reading.pages[0].end].endswith("buffer.")


def test_groups_are_read_in_place():
    deck = pptx.Presentation()
    made = slide(deck, BLANK)
    box(made, "first")
    group = made.shapes.add_group_shape()
    group.shapes.add_textbox(0, 0, Inches(1), Inches(1)).text_frame.text = "inside"
    box(made, "last")
    assert read(deck).text == "first\n\ninside\n\nlast"


def test_hidden_slides_are_left_out_and_the_others_keep_their_numbers():
    deck = pptx.Presentation()
    slide(deck, TITLE_AND_TEXT, "Draft", "secret").element.set("show", "0")
    slide(deck, TITLE_AND_TEXT, "Shown", "x")
    reading = read(deck)
    assert reading.text == "Shown\n\nx"
    assert reading.pages[1].number == 2
    assert reading.text[reading.pages[1].start : reading.pages[1].end] == "Shown\n\nx"
    assert reading.notes == ("Hidden slides were left out: 1.",)


def test_charts_are_noted():
    from pptx.chart.data import CategoryChartData
    from pptx.enum.chart import XL_CHART_TYPE

    deck = pptx.Presentation()
    made = slide(deck, TITLE_ONLY, "Trend")
    data = CategoryChartData()
    data.categories = ["2022", "2023"]
    data.add_series("Ratio", (1, 2))
    made.shapes.add_chart(XL_CHART_TYPE.LINE, 0, 0, Inches(2), Inches(2), data)
    assert read(deck).notes == ("Charts or diagrams were not read on slides: 1.",)


def test_a_deck_of_pictures_is_refused():
    deck = pptx.Presentation()
    slide(deck, BLANK)
    with pytest.raises(ReadError, match="OCR"):
        read(deck)


def test_damaged_decks_are_refused():
    deck = pptx.Presentation()
    slide(deck, TITLE_AND_TEXT, "A", "a")
    data = saved(deck)
    for length in (10, 100, len(data) // 2, len(data) - 30):
        with pytest.raises(ReadError, match="damaged"):
            read_bytes(data[:length], ".pptx")
