"""Quotes found on the pages of PDFs: alignment, boxes, pictures, and the process for them."""

from __future__ import annotations

import hashlib
import io
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from rag.errors import ReadError
from rag.page_images import (
    Glyph,
    PageImages,
    PageQuote,
    PdfPages,
    PictureLimits,
    Rectangle,
    boxes,
    page_quotes,
)
from rag.page_images.alignment import align
from rag.page_images.folding import fold_pieces
from rag.page_images.lines import rectangles
from rag.readers import read
from rag.schema import Page
from rag.text.sentences import sentence_spans

CORPUS = Path(__file__).parents[2] / "corpus"
RULES = CORPUS / "rulebook" / "outsourcing-cloud-rules-2022.en.pdf"
ARABIC = CORPUS / "exchange-custody-report-2023.ar.pdf"
SHARED = Path(__file__).parents[3] / "shared" / "reports" / "pdf"


def line(text: str, x: float, y: float, *, rtl: bool = False) -> list[Glyph]:
    """Glyphs 10 wide and 10 high, 10 a step, from (x, y) on; a space takes a step."""
    glyphs = []
    for index, char in enumerate(text):
        left = x - 10 * (index + 1) if rtl else x + 10 * index
        box = Rectangle(left, y, left + 10, y + 10)
        if not char.isspace():
            glyphs.append(Glyph(char, box, box))
    return glyphs


def quote_of(text: str, quote: str, nth: int = 0) -> PageQuote:
    start = -1
    for _ in range(nth + 1):
        start = text.index(quote, start + 1)
    return PageQuote(text, start, start + len(quote))


def found(quote: PageQuote, glyphs: list[Glyph]) -> str:
    return "".join(glyphs[number].text for number in align(quote, glyphs))


def test_a_quote_over_two_lines_has_a_box_for_each():
    glyphs = line("one two", 0, 100) + line("three four", 0, 80)
    numbers = align(quote_of("one two three four", "two three"), glyphs)
    assert rectangles(numbers, glyphs) == (Rectangle(40, 100, 70, 110), Rectangle(0, 80, 50, 90))


def test_words_that_stand_twice_are_found_where_their_surroundings_are():
    glyphs = line("fine of 10 in May", 0, 100) + line("fine of 10 in June", 0, 80)
    text = "fine of 10 in May fine of 10 in June"
    assert [
        rectangles(align(quote_of(text, "of 10", nth), glyphs), glyphs)[0].bottom for nth in (0, 1)
    ] == [100, 80]


def test_words_whose_surroundings_are_alike_too_are_found_by_their_order():
    glyphs = [glyph for y in (100, 80, 60) for glyph in line("not applicable", 0, y)]
    text = "not applicable\nnot applicable\nnot applicable"
    places = [align(quote_of(text, "applicable", nth), glyphs)[0] for nth in (0, 1, 2)]
    assert places == [3, 16, 29]


def test_columns_that_the_file_lists_line_by_line_are_put_together():
    glyphs = (
        line("left column", 0, 100)
        + line("right side", 300, 100)
        + line("goes on", 0, 80)
        + line("ends", 300, 80)
    )
    quote = quote_of("left column goes on right side ends", "column goes on right")
    assert found(quote, glyphs) == "columngoesonright"
    assert rectangles(align(quote, glyphs), glyphs) == (
        Rectangle(50, 100, 110, 110),
        Rectangle(0, 80, 70, 90),
        Rectangle(300, 100, 350, 110),
    )


def test_cells_of_a_row_have_a_box_each():
    glyphs = line("Access", 0, 50) + line("8 hours", 200, 50)
    quote = quote_of("Access\t8 hours", "Access\t8 hours")
    assert rectangles(align(quote, glyphs), glyphs) == (
        Rectangle(0, 50, 60, 60),
        Rectangle(200, 50, 270, 60),
    )


def test_a_hyphen_that_the_reader_undid_lies_in_the_box():
    glyphs = line("out-", 0, 100) + line("sourcing", 0, 80)
    quote = quote_of("outsourcing", "outsourcing")
    assert rectangles(align(quote, glyphs), glyphs) == (
        Rectangle(0, 100, 30, 110),
        Rectangle(0, 80, 80, 90),
    )


def test_a_dash_that_a_quote_begins_with_belongs_to_it():
    glyphs = line("-5 and - 7", 0, 0)
    assert found(quote_of("-5 and - 7", "-5"), glyphs) == "-5"
    assert found(quote_of("-5 and - 7", "- 7"), glyphs) == "-7"


def test_radicals_ligatures_and_shaped_letters_are_their_characters():
    glyphs = line("⽇⺠ﬁle", 0, 0) + line("ﻼﺳ", 200, 0)
    assert found(quote_of("日民file", "日民file"), glyphs) == "⽇⺠ﬁle"
    assert fold_pieces(["ﻼ"]).text == "لا"


def test_what_is_not_on_the_page_has_no_box():
    glyphs = line("something else entirely", 0, 0)
    assert align(quote_of("quite another sentence", "another sentence"), glyphs) == ()
    assert align(quote_of("a  b", " "), glyphs) == ()
    assert align(PageQuote("words", 0, 5), []) == ()
    assert rectangles((), glyphs) == ()


@given(st.text(alphabet="abc \n-١ﺎ", max_size=40), st.data())
def test_what_the_page_has_letter_by_letter_is_found_whole(text: str, data: st.DataObject):
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, len(text)))
    glyphs = line(text, 0, 0)
    numbers = align(PageQuote(text, start, end), glyphs)
    assert len(set(numbers)) == len(numbers)
    wanted = fold_pieces(text[start:end]).text
    assert fold_pieces(glyphs[number].text for number in numbers).text == wanted


def test_a_quote_over_two_pages_is_cut_at_the_page():
    pages = [Page(1, 0, 5), Page(2, 6, 11)]
    assert page_quotes("aaaab\nbcccc", pages, 4, 8) == (
        (1, PageQuote("aaaab", 4, 5)),
        (2, PageQuote("bcccc", 0, 2)),
    )
    assert page_quotes("aaaab\nbcccc", pages, 0, 2) == ((1, PageQuote("aaaab", 0, 2)),)


def plain(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).split())


@pytest.mark.parametrize(
    "path", [RULES, CORPUS / "travel-rule-thematic-2024.zh-Hant.pdf"], ids=lambda path: path.name
)
def test_the_characters_in_the_boxes_are_the_quote(path: Path):
    reading = read(path)
    wrong = []
    with PdfPages(path.read_bytes()) as pages:
        for start, end in sentence_spans(reading.text, "en"):
            for number, quote in page_quotes(reading.text, reading.pages, start, end):
                (around,) = pages.boxes(number, [quote])
                under = [g.text for g in pages.glyphs(number) if _in(g, around)]
                if sorted(plain("".join(under))) != sorted(plain(quote.quote)):
                    wrong.append((quote.quote, "".join(under)))
    assert wrong == []


def _in(glyph: Glyph, around: tuple[Rectangle, ...]) -> bool:
    return any(box.holds(glyph.ink.centre) for box in around)


def test_the_end_of_an_arabic_sentence_is_marked_on_its_own_line():
    reading = read(ARABIC)
    start = reading.text.index("عوّضت المنصة 81%")
    end = reading.text.index("2020.", start) + len("2020.")
    ((number, quote),) = page_quotes(reading.text, reading.pages, start, end)
    around = boxes(ARABIC.read_bytes(), number, quote)
    assert len(around) == 2, "the sentence has two lines"
    assert around[0].bottom - around[1].bottom < 2 * around[0].height


def test_a_full_stop_stands_with_its_sentence_although_the_pdf_has_it_before_the_figure():
    # From right to left; in the PDF's order "ab.12" and, on the next line, ".3cd".
    first = [*line("ab", 100, 50, rtl=True), *line(".12", 40, 50)]
    glyphs = [*first, *line(".3", 80, 30), *line("cd", 70, 30, rtl=True)]
    numbers = align(PageQuote("ab 12.\n3. cd", 0, 6), glyphs)
    assert [glyphs[number].box.bottom for number in numbers] == [50] * 5


def test_words_that_are_not_on_the_page_are_not_gathered_from_everywhere():
    words = [
        "this",
        "quote",
        "very",
        "that",
        "sentence",
        "about",
        "notice",
        "where",
        "there",
        "length",
    ]
    glyphs = [glyph for row, word in enumerate(words) for glyph in line(word, 0, 900 - 90 * row)]
    text = "notice very this where that quote about length sentence"
    assert align(PageQuote(text, 0, len(text)), glyphs) == ()


def test_the_marks_are_where_the_boxes_are(images: PageImages):
    reading = read(RULES)
    start = reading.text.index("Rule 4.2 The supplier")
    ((number, quote),) = page_quotes(reading.text, reading.pages, start, start + 60)
    image = images.picture(RULES, digest(RULES), number, [quote], width=600)
    with PdfPages(RULES.read_bytes()) as pages:
        across, up = pages._page(number).get_size()
    scale = 600 / across
    for box, (left, top, right, bottom) in zip(image.boxes[0], image.marks[0], strict=True):
        wanted = (box.left * scale, (up - box.top) * scale, box.right * scale)
        assert (left, top, right) == pytest.approx(wanted, abs=1)
        assert bottom == pytest.approx((up - box.bottom) * scale, abs=1)


@pytest.mark.shared
@pytest.mark.skipif(not SHARED.is_dir(), reason="the development reports are not beside this one")
def test_real_reports_have_boxes_that_hold_their_quotes():
    right = total = 0
    for path in sorted(SHARED.glob("*.pdf")):
        reading = read(path)
        with PdfPages(path.read_bytes()) as pages:
            glyphs = {}
            for start, end in sentence_spans(reading.text, "zh-Hans")[:60]:
                for number, quote in page_quotes(reading.text, reading.pages, start, end):
                    if number not in glyphs:
                        glyphs[number] = pages.glyphs(number)
                    (around,) = pages.boxes(number, [quote])
                    under = [g.text for g in glyphs[number] if _in(g, around)]
                    wanted, got = fold_pieces(quote.quote).text, fold_pieces(under).text
                    right += sorted(wanted) == sorted(got)
                    total += 1
    assert right / total >= 0.98


def digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


@pytest.fixture(scope="module")
def images():
    with PageImages() as made:
        yield made


def test_the_quote_is_yellow_on_the_picture_and_nothing_else_is(images: PageImages):
    reading = read(RULES)
    start = reading.text.index("Rule 4.2 The supplier")
    ((number, quote),) = page_quotes(reading.text, reading.pages, start, start + 60)
    marked = images.picture(RULES, digest(RULES), number, [quote], width=600)
    bare = images.picture(RULES, digest(RULES), number, width=600)
    assert (marked.width, bare.boxes) == (600, ())
    pictures = [Image.open(io.BytesIO(image.png)).convert("RGB") for image in (marked, bare)]
    changed = {
        (x, y)
        for x in range(marked.width)
        for y in range(marked.height)
        if pictures[0].getpixel((x, y)) != pictures[1].getpixel((x, y))
    }
    with PdfPages(RULES.read_bytes()) as pages:
        across, up = pages._page(number).get_size()
    scale = 600 / across

    def held(x: int, y: int) -> bool:
        return any(
            box.left * scale - 3 <= x <= box.right * scale + 3
            and (up - box.top) * scale - 3 <= y <= (up - box.bottom) * scale + 3
            for box in marked.boxes[0]
        )

    assert changed
    assert all(held(*point) for point in changed)


def test_a_picture_is_made_once(images: PageImages):
    first = images.picture(RULES, digest(RULES), 1, width=200)
    assert images.picture(RULES, digest(RULES), 1, width=200) is first


def test_a_file_that_changed_or_is_no_pdf_has_no_picture_and_harms_nothing(
    images: PageImages, tmp_path: Path
):
    changed = tmp_path / "changed.pdf"
    changed.write_bytes(RULES.read_bytes() + b"\n")
    with pytest.raises(ReadError, match="not the one that was indexed"):
        images.picture(changed, digest(RULES), 1, width=210)
    broken = tmp_path / "broken.pdf"
    broken.write_bytes(b"%PDF-1.7\n" + b"\x00\xff" * 500)
    with pytest.raises(ReadError):
        images.picture(broken, digest(broken), 1, width=200)
    with pytest.raises(ReadError, match="Page 99"):
        images.picture(RULES, digest(RULES), 99, width=200)
    with pytest.raises(ReadError, match="cannot be opened"):
        images.picture(tmp_path / "none.pdf", digest(RULES), 1, width=211)
    assert images.picture(RULES, digest(RULES), 2, width=200).width == 200


def test_a_process_that_dies_or_takes_too_long_is_replaced():
    with (
        PageImages(PictureLimits(seconds=0.0)) as hasty,
        pytest.raises(ReadError, match="too long"),
    ):
        hasty.picture(RULES, digest(RULES), 1, width=200)
    with PageImages() as images:
        images.picture(RULES, digest(RULES), 1, width=200)
        assert images._process is not None
        images._process.kill()
        images._process.wait()
        assert images.picture(RULES, digest(RULES), 2, width=200).width == 200


def test_a_page_of_odd_proportions_does_not_take_all_memory(tmp_path: Path):
    tall = tmp_path / "tall.pdf"
    content = (
        b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n"
        b"2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
        b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 10 14000]>>endobj\n"
        b"trailer<</Root 1 0 R>>\n"
    )
    tall.write_bytes(content)
    with PdfPages(content) as pages:
        image = pages.picture(1, (), 1000)
    assert image.width * image.height <= 8_100_000
