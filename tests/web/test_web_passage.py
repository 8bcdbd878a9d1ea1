"""Passages become HTML without losing, adding or obeying a character."""

from __future__ import annotations

from collections.abc import Sequence
from html.parser import HTMLParser

from hypothesis import given
from hypothesis import strategies as st

from rag.locale import catalogue
from rag.templating import language_attributes
from rag.web.passage import Quote, passage_blocks
from rag.web.rendering import render


def passage_html(text: str, quotes: Sequence[Quote] = (), header: str = "") -> str:
    blocks = passage_blocks(text, quotes, header)
    return render("passage.html", catalogue("en"), blocks=blocks).strip()


class _Reader(HTMLParser):
    """What a browser would make of a fragment: its tags, its text, its marked text by quote."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.text = ""
        self.marked: dict[str, str] = {}
        self._quotes: list[str] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        if tag == "mark":
            self._quotes = (dict(attrs)["data-quote"] or "").split()

    def handle_endtag(self, tag: str) -> None:
        if tag == "mark":
            self._quotes = []

    def handle_data(self, data: str) -> None:
        self.text += data
        for quote in self._quotes:
            self.marked[quote] = self.marked.get(quote, "") + data


def test_the_quote_is_marked_and_nothing_else():
    html = passage_html("The ratio fell to 148 per cent.", [Quote(10, 21, "t0-c1")])
    assert html == (
        '<p class="prose">The ratio <mark data-quote="t0-c1">fell to 148</mark> per cent.</p>'
    )


def test_rows_of_a_table_are_cells_and_a_quote_over_cells_is_marked_in_each():
    # "a\tb\nc\td": the row "c\td" is at 4..7.
    html = passage_html("a\tb\nc\td", [Quote(4, 7, "q")], header="H\tI")
    assert html == (
        '<div class="table" tabindex="0"><table>'
        '<thead><tr><th scope="col">H</th><th scope="col">I</th></tr></thead>'
        "<tbody><tr><td>a</td><td>b</td></tr>"
        '<tr><td><mark data-quote="q">c</mark></td><td><mark data-quote="q">d</mark></td></tr>'
        "</tbody></table></div>"
    )


def test_the_header_of_a_continued_table_stands_only_over_rows_that_begin_the_passage():
    assert "<thead>" not in passage_html("Introduction\na\tb", header="H\tI")


def test_line_breaks_within_running_text_stay():
    assert passage_html("one\ntwo\n\nthree") == '<p class="prose">one\ntwo\n\nthree</p>'


def test_overlapping_quotes_name_both_where_they_overlap():
    # "abcdef": first quote b..d (1, 4), second d..e (3, 5).
    html = passage_html("abcdef", [Quote(1, 4, "x"), Quote(3, 5, "y")])
    assert html == (
        '<p class="prose">a<mark data-quote="x">bc</mark><mark data-quote="x y">d</mark>'
        '<mark data-quote="y">e</mark>f</p>'
    )


def test_markup_in_a_report_is_text():
    hostile = '<script>alert(1)</script> "&amp;" <img src=x onerror=alert(1)> ![a](http://b/c)'
    read = _Reader(passage_html(hostile, [Quote(3, 30, "q")]))
    assert read.text == hostile
    assert read.tags == ["p", "mark"]


def test_direction_follows_the_language():
    assert language_attributes("ar") == ' lang="ar" dir="rtl"'
    assert language_attributes("ur-PK") == ' lang="ur-PK" dir="rtl"'
    assert language_attributes("zh-Hant") == ' lang="zh-Hant" dir="auto"'
    assert language_attributes("") == ' dir="auto"'


_TEXTS = st.text(st.sampled_from("ab<>&\"'\t\n 金ع{}$"), max_size=60)


@given(_TEXTS, st.lists(st.tuples(st.integers(0, 60), st.integers(0, 60)), max_size=3))
def test_every_character_and_every_quote_survives(text: str, spans: list[tuple[int, int]]):
    quotes = [
        Quote(min(a, b, len(text)), min(max(a, b), len(text)), f"q{number}")
        for number, (a, b) in enumerate(spans)
    ]
    read = _Reader(passage_html(text, quotes))

    def bare(value: str) -> str:
        # Tabs and the line breaks around table rows become structure.
        return value.replace("\t", "").replace("\n", "")

    assert bare(read.text) == bare(text)
    assert set(read.tags) <= {"p", "div", "table", "tbody", "tr", "td", "mark"}
    for quote in quotes:
        assert bare(read.marked.get(quote.id, "")) == bare(text[quote.start : quote.end])
