"""A page of a report is shown as a picture where its file is what was indexed, else as text."""

from __future__ import annotations

import hashlib
import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from markupsafe import escape
from starlette.applications import Starlette
from starlette.testclient import TestClient

from rag.errors import RagError
from rag.locale import catalogue
from rag.page_images import PageImages
from rag.readers import read
from rag.schema import Document, Page, Reading
from rag.web.page_view import Place, Unavailable, checksum
from rag.web.page_view_html import page_view_html
from rag.web.page_view_routes import page_view_routes
from rag.web.page_views import LONGEST_QUOTE, ReportPageViews

CORPUS = Path(__file__).parents[2] / "corpus"
RULES = "rulebook/outsourcing-cloud-rules-2022.en"
QUOTE = "The supplier may sub-contract a material part only after giving the firm 60 days' notice"
ENGLISH = catalogue("en")


@dataclass
class FakeIndex:
    """A corpus of one PDF, one long text and one that says it lies elsewhere."""

    manifest: Any
    documents: dict[str, Document]

    def document(self, name: str) -> Document:
        if name not in self.documents:
            raise RagError(f"There is no document {name!r} in the index.")
        return self.documents[name]


@pytest.fixture(scope="module")
def images() -> Iterator[PageImages]:
    with PageImages() as made:
        yield made


@pytest.fixture
def index(tmp_path: Path) -> FakeIndex:
    corpus = tmp_path / "corpus"
    corpus.mkdir()
    pdf = corpus / "rules.pdf"
    shutil.copy(CORPUS / f"{RULES}.pdf", pdf)
    long = "\n".join(f"Line {number} of a text without pages." for number in range(1000))
    (corpus / "long.txt").write_text(long)
    (tmp_path / "secret.pdf").write_bytes(pdf.read_bytes())

    def document(name: str, source: str, reading: Reading) -> Document:
        digest = hashlib.sha256((corpus / source).read_bytes()).hexdigest()
        return Document(name, source, digest, "en", reading)

    return FakeIndex(
        SimpleNamespace(corpus=str(corpus)),
        {
            "rules": document("rules", "rules.pdf", read(pdf)),
            "long": document("long", "long.txt", Reading(long, (Page(1, 0, len(long)),))),
            "secret": document("secret", "../secret.pdf", read(pdf)),
        },
    )


@pytest.fixture
def page_views(index: FakeIndex, images: PageImages) -> ReportPageViews:
    return ReportPageViews(lambda: index, images)  # type: ignore[arg-type,return-value]


def place_of(index: FakeIndex, quote: str, name: str = "rules") -> Place:
    start = index.document(name).text.index(quote)
    return Place(name, None, start, start + len(quote), checksum(quote))


def test_the_page_of_a_quote_is_a_picture_with_the_quote_marked(
    index: FakeIndex, page_views: ReportPageViews
):
    place = place_of(index, QUOTE)
    page_view = page_views.page_view(place)
    assert (page_view.shown.number, page_view.pages, page_view.cited) == (2, 3, (2,))
    assert page_view.section == ("Part 4 Contracts",)
    assert page_view.unavailable is Unavailable.none
    (page_image,) = page_view.page_images
    assert len(page_image.marks) == 3, "the quote runs over three lines of its column"
    assert all(0 <= left < right <= page_image.width for left, _, right, _ in page_image.marks)
    png = page_views.picture(replace(place, page=2))
    assert png.startswith(b"\x89PNG")


def test_a_turned_page_has_no_mark_and_a_way_back(index: FakeIndex, page_views: ReportPageViews):
    place = replace(place_of(index, QUOTE), page=3)
    page_view = page_views.page_view(place)
    assert page_view.page_images[0].marks == ()
    assert page_view.section == ("Part 7 Concentration and fees",), "what the page begins under"
    html = page_view_html(page_view, place, ENGLISH, number=2, count=5)
    assert "Citation 2 of 5" in html
    assert 'data-sheet="cited"' in html
    assert "page 3 of 3" in html
    assert re.search(r'data-page="4"[^>]*disabled', html)
    assert "not found on the picture" not in html


def test_a_quote_over_two_pages_shows_both_each_with_its_part(
    index: FakeIndex, page_views: ReportPageViews
):
    edge = index.document("rules").reading.pages[0].end
    page_view = page_views.page_view(Place("rules", None, edge - 60, edge + 60))
    assert [page_image.page.number for page_image in page_view.page_images] == [1, 2]
    assert all(page_image.marks for page_image in page_view.page_images)


def test_where_no_box_is_found_the_whole_page_is_shown_and_says_so(
    index: FakeIndex, page_views: ReportPageViews
):
    rules = index.documents["rules"]
    start = rules.text.index(QUOTE)
    other = "Zephyrs quoted nowhere in this PDF, of the length of that very sentence about notice:"
    text = rules.text[:start] + other[: len(QUOTE)] + rules.text[start + len(QUOTE) :]
    index.documents["rules"] = replace(rules, reading=replace(rules.reading, text=text))
    place = Place("rules", None, start, start + len(other))
    page_view = page_views.page_view(place)
    assert page_view.page_images[0].marks == ()
    html = page_view_html(page_view, place, ENGLISH)
    assert "not found on the picture" in html
    assert f">{other}</q>" in html


@pytest.mark.parametrize(
    "unavailable", [Unavailable.changed, Unavailable.gone, Unavailable.undrawable]
)
def test_a_file_that_is_not_what_was_indexed_is_said_and_the_text_stays(
    index: FakeIndex, page_views: ReportPageViews, unavailable: Unavailable
):
    file = Path(index.manifest.corpus) / "rules.pdf"
    rules = index.documents["rules"]
    place = place_of(index, QUOTE)
    if unavailable is Unavailable.gone:
        file.unlink()
    else:
        file.write_bytes(b"no PDF")
    if unavailable is Unavailable.undrawable:
        digest = hashlib.sha256(b"no PDF").hexdigest()
        index.documents["rules"] = replace(rules, sha256=digest)
    page_view = page_views.page_view(place)
    assert (page_view.unavailable, page_view.page_images) == (unavailable, ())
    html = page_view_html(page_view, place, ENGLISH)
    assert f'<mark data-quote="sheet">{escape(QUOTE)}' in html
    assert "data-src" not in html
    with pytest.raises(RagError):
        page_views.picture(replace(place, page=2))


def test_a_quote_that_moved_is_not_marked_elsewhere(index: FakeIndex, page_views: ReportPageViews):
    place = replace(place_of(index, QUOTE), check=checksum("another"))
    page_view = page_views.page_view(place)
    assert page_view.unavailable is Unavailable.moved
    html = page_view_html(page_view, place, ENGLISH)
    assert "<mark" not in html
    assert "Ask the question again" in html


def test_a_long_text_is_shown_around_the_quote_in_whole_lines(
    index: FakeIndex, page_views: ReportPageViews
):
    quote = "Line 500 of a text without pages."
    page_view = page_views.page_view(place_of(index, quote, "long"))
    lines = page_view.text.split("\n")
    assert quote in lines
    # 4,000 characters on either side of lines of 34.
    assert 230 <= len(lines) <= 240
    assert all(re.fullmatch(r"Line \d+ of a text without pages\.", line) for line in lines)
    assert page_view.page_images == ()


def test_nothing_outside_the_corpus_is_shown(index: FakeIndex, page_views: ReportPageViews):
    for ask in (page_views.page_view, page_views.picture):
        with pytest.raises(RagError, match="within the corpus"):
            ask(Place("secret", 1))
        with pytest.raises(RagError, match="no document"):
            ask(Place("../secret.pdf", 1))
        with pytest.raises(RagError, match="no page 4"):
            ask(Place("rules", 4))


def test_a_quote_too_long_to_look_for_is_not_looked_for(
    index: FakeIndex, page_views: ReportPageViews
):
    assert page_views.page_view(Place("rules", None, 0, 10**9)).cited == ()
    assert page_views.page_view(Place("long", None, 0, LONGEST_QUOTE + 1)).cited == ()


def test_the_text_of_a_page_is_as_offsets_count_it(index: FakeIndex, page_views: ReportPageViews):
    document = index.document("rules")
    page = page_views.text("rules", 2)
    assert page.text == document.text[page.start : page.end]
    assert page.page == document.reading.pages[1]
    assert page_views.text("rules", None).text == document.text
    with pytest.raises(RagError, match="3 pages"):
        page_views.text("rules", 9)


def test_the_addresses_answer_and_survive_anything(index: FakeIndex, page_views: ReportPageViews):
    client = TestClient(Starlette(routes=page_view_routes(page_views)))
    place = place_of(index, QUOTE)
    query = {"document": "rules", "start": place.start, "end": place.end, "lang": "ar"}
    fragment = client.get("/sheet", params=query)
    assert 'dir="rtl"' in fragment.text
    assert "الصفحة 2 من 3" in fragment.text
    assert fragment.headers["cache-control"] == "private, no-store"
    picture = client.get("/sheet/picture", params={**query, "page": 2})
    assert picture.headers["content-type"] == "image/png"
    assert picture.headers["x-content-type-options"] == "nosniff"
    for wrong in (
        {},
        {"document": "<script>"},
        {"document": "rules", "page": "-1", "start": "x", "end": "²"},
        {"document": "rules", "page": "99999999999999"},
        {"document": "secret"},
    ):
        for path in ("/sheet", "/sheet/picture"):
            answer = client.get(path, params=wrong)
            assert answer.status_code in {200, 404}
            # A picture that there is not is refused in plain text.
            html = "html" in answer.headers["content-type"]
            assert not html or "<script>" not in answer.text
