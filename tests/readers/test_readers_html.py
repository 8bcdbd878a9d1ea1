"""HTML: what a browser shows, in blocks, with headings and tables in place."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from test_readers_text import check_spans

from rag.errors import ReadError
from rag.readers import read_bytes
from rag.schema import Reading


def read(html: str, encoding: str = "utf-8") -> Reading:
    return read_bytes(html.encode(encoding), ".html")


def test_blocks_are_set_apart_and_inline_elements_are_not():
    reading = read("<p>One <b>bold</b>  word.<br>New line.<p>Two&nbsp;halves")
    assert reading.text == "One bold word.\nNew line.\n\nTwo halves"


@pytest.mark.parametrize(
    "hidden",
    [
        "<script>no</script>",
        "<style>no</style>",
        "<template>no</template>",
        "<noscript>no</noscript>",
        "<p hidden>no</p>",
        '<div style="display: none"><p>no</p></div>',
        '<span style="visibility:hidden">no</span>',
        "<!-- no -->",
        "<ix:header>no</ix:header>",
        "<button>no</button>",
    ],
)
def test_what_a_browser_hides_is_left_out_and_what_follows_stays(hidden: str):
    assert read(f"<html><body><p>yes</p>{hidden} more</body></html>").text == "yes\n\nmore"


def test_headings_have_their_levels():
    reading = read("<h1>Part <i>one</i></h1><p>x<h3>Sub\nheading</h3>")
    assert [(h.title, h.level) for h in reading.headings] == [("Part one", 1), ("Sub heading", 3)]
    for heading in reading.headings:
        assert reading.text[heading.start : heading.end] == heading.title


def test_tables_are_rows_of_tabs_with_their_header():
    reading = read(
        "<table><thead><tr><th>Item<th>2023<th>2022</thead>"
        "<tr><td>Loans<td>1,200<td>1,100<tr><td>Bonds<td><td>90</table>"
    )
    (table,) = reading.tables
    assert reading.text == "Item\t2023\t2022\nLoans\t1,200\t1,100\nBonds\t\t90"
    assert reading.text[: table.header_end] == "Item\t2023\t2022"


def test_cells_over_several_rows_and_columns_keep_the_grid():
    reading = read(
        "<table><tr><td rowspan=2>A<td>b<td>c<tr><td>d<td>e<tr><td colspan=2>F<td>g</table>"
    )
    assert reading.text == "A\tb\tc\n\td\te\nF\t\tg"


def test_a_cell_over_the_last_of_several_rows_ends_with_them():
    reading = read("<table><tr><td>a<td rowspan=2>B<tr><td>c<tr><td>d<td>e<tr><td>f<td>g</table>")
    assert reading.text == "a\tB\nc\nd\te\nf\tg"


def test_a_caption_is_the_first_header_row():
    reading = read("<table><caption>Loans</caption><tr><th>Bank<th>Sum<tr><td>A<td>5</table>")
    (table,) = reading.tables
    assert reading.text == "Loans\nBank\tSum\nA\t5"
    assert reading.text[: table.header_end] == "Loans\nBank\tSum"


def test_marks_of_notes_do_not_run_into_words():
    reading = read(
        '<p>Capital<sup><a href="#n1">1</a></sup> and <a href="#n2"><sup>[2]</sup></a> of'
        ' 10<sup>3</sup> on the 1<sup>st</sup></p><ol><li id="n1">As defined.</ol>'
    )
    assert reading.text == "Capital[1] and [2] of 10³ on the 1st\n\n1. As defined."


def test_signs_join_their_figures_and_blank_columns_go():
    reading = read(
        "<table><tr><td>Income<td> <td>$<td>5<td>)</tr><tr><td>Rate<td> <td><td>7<td>%</table>"
    )
    assert reading.text == "Income\t$5)\nRate\t7%"


def test_tables_that_lay_out_a_page_are_read_as_text():
    reading = read("<table><tr><td><p>One.<p>Two.</td></tr></table>")
    assert (reading.text, reading.tables) == ("One.\n\nTwo.", ())


def test_items_keep_their_lines_and_their_numbers():
    assert read('<ol start="3"><li>a<li>b</ol><ul><li>c</ul>').text == "3. a\n4. b\nc"


def test_preformatted_text_keeps_its_white_space():
    assert read("<pre>a  b\n  c</pre>").text == "a  b\n  c"


@pytest.mark.parametrize("encoding", ["gb18030", "big5", "shift_jis", "utf-8"])
def test_the_declared_encoding_is_used(encoding: str):
    html = f'<html><head><meta charset="{encoding}"></head><body><p>金融</p></body></html>'
    assert read(html, encoding).text == "金融"


def test_a_false_declaration_is_not_believed():
    html = '<html><head><meta charset="ascii"></head><body><p>金融監理</p></body></html>'
    assert read(html).text == "金融監理"


def test_xhtml_with_a_declaration_is_read():
    html = '<?xml version="1.0" encoding="utf-8"?><html><body><p>金融</p></body></html>'
    assert read(html).text == "金融"


def test_facts_come_from_the_head():
    reading = read(
        "<html><head><title>Rules on capital</title>"
        '<meta name="DC.publisher" content="The Authority">'
        '<meta property="article:published_time" content="2024-06-28T10:00:00Z"></head>'
        "<body><p>x</p></body></html>"
    )
    facts = reading.facts
    assert (facts.title, facts.issuer, facts.date) == (
        "Rules on capital",
        "The Authority",
        "2024-06-28",
    )


def test_deep_nesting_is_read_or_refused():
    assert read("<div>" * 1500 + "deep").text == "deep"
    with pytest.raises(ReadError, match="nested too deeply"):
        read("<div>" * 100_000 + "deep")


def test_a_page_without_text_is_refused():
    with pytest.raises(ReadError, match="shows no text"):
        read("<html><body><script>render()</script></body></html>")


TAGS = [
    *("<p>", "<div>", "</div>", "<table>", "<tr>", "<td>", "<td colspan=3>", "<td rowspan=2>"),
    *("<th>", "</table>", "<h2>", "</h2>", "<ol>", "<li>", "</ol>", "<br>", "<pre>", "</pre>"),
    *("<script>", "</script>", "<caption>", "<b>", "&#0;", "&shy;", "x", "金", " ", "$", "5", ")"),
]


@given(parts=st.lists(st.sampled_from(TAGS), max_size=60))
def test_any_markup_gives_a_reading_or_an_error(parts: list[str]):
    try:
        reading = read("<html><body>start " + "".join(parts))
    except ReadError:
        return
    check_spans(reading)
    assert len(reading.pages) == 1
    for table in reading.tables:
        assert "\n\n" not in reading.text[table.start : table.end]
