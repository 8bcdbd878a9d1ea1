"""The served page over real reports: what it shows of them is what they say."""

from __future__ import annotations

import io
import re
import shutil
import sys
import unicodedata
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pypdfium2
import pytest
from cli_tools import call
from PIL import Image
from web_visits import Served, free_port

from rag.examples import FILE, own_examples

CORPUS = Path(__file__).parents[2] / "corpus"
REPORTS = (
    "exchange-custody-report-2023.ar.pdf",
    "exchange-internal-audit-cases.zh-Hans.pdf",
    "outsourcing-cloud-review-2023.zh-Hant.pdf",
    "exchange-incident-analysis-2022.ja.pdf",
    "rulebook/outsourcing-cloud-rules-2022.en.pdf",
    "internal-audit-instructions-2021.ar.docx",
)
QUESTIONS = dict(reversed(own_examples(CORPUS)))
RULE = QUESTIONS["en"]
HOSTILE = "The harbour master of Quillport keeps <script>window.harmed = 1</script> 37 lanterns."
LANTERNS = "How many lanterns does the harbour master of Quillport keep?"

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def reports(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with ``reports`` and their ``index``."""
    folder = tmp_path_factory.mktemp("web")
    for source in REPORTS:
        target = folder / "reports" / source
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(CORPUS / source, target)
    hostile = f"# Harbour review 2024\n\n{HOSTILE}\n\nThe piers were inspected twice.\n"
    (folder / "reports" / "harbour.txt").write_text(hostile, "utf-8")
    shutil.copy(CORPUS / FILE, folder / "reports")
    assert call("index", folder / "reports", "--index", folder / "index").code == 0
    return folder


@pytest.fixture(scope="module")
def address(reports: Path) -> Iterator[str]:
    command = [sys.executable, "-m", "rag", "serve", "--index", str(reports / "index")]
    server = Served([*command, "--port", str(free_port())])
    yield server.address
    server.stop()


def plain(text: str) -> str:
    """NFKC without white space."""
    return "".join(unicodedata.normalize("NFKC", text).split())


def marked_text(pdf: Path, number: int, size: tuple[int, int], marks: list[list[int]]) -> str:
    """The characters of a page whose middles lie under ``marks``, pixels of its picture."""
    document = pypdfium2.PdfDocument(pdf)
    page = document[number - 1]
    text, (across, up) = page.get_textpage(), page.get_size()
    scale, found = size[0] / across, {}
    for left, top, right, bottom in marks:
        for index in range(text.count_chars()):
            low, under, high, over = text.get_charbox(index)
            x, y = (low + high) / 2 * scale, (up - (under + over) / 2) * scale
            if (
                left <= x <= right
                and top <= y <= bottom
                and not text.get_text_range(index, 1).isspace()
            ):
                found.setdefault(index, text.get_text_range(index, 1))
    document.close()
    return plain("".join(found.values()))


def yellow_share(png: bytes, mark: list[int]) -> float:
    """How much of a mark's place is the colour of a marker."""
    part = Image.open(io.BytesIO(png)).convert("RGB").crop(tuple(mark))
    pixels = list(part.getdata())
    return sum(red > 200 and green > 180 and blue < 140 for red, green, blue in pixels) / len(
        pixels
    )


@pytest.mark.parametrize("language", QUESTIONS)
def test_a_citation_opens_its_page_with_these_very_words_marked(
    visit, reports: Path, address: str, language: str
):
    gradio_client = pytest.importorskip("gradio_client")
    asked = gradio_client.Client(address, verbose=False, analytics_enabled=False).predict(
        QUESTIONS[language], api_name="/ask"
    )
    number, citation = next(
        (number, one)
        for number, one in enumerate(asked["citations"])
        if one["source"].endswith(".pdf")
    )
    person = visit(locale=language)
    person.ask(QUESTIONS[language])
    person.answered()
    person.open_citation(number)
    picture = person.page.locator("#sheet img")
    marks = picture.evaluate("image => JSON.parse(image.dataset.marks)")
    size = picture.evaluate("image => [image.naturalWidth, image.naturalHeight]")
    assert int(picture.get_attribute("data-page")) == citation["page"]
    under = marked_text(
        reports / "reports" / citation["source"], citation["page"], tuple(size), marks
    )
    # Lines that run both ways have their figures elsewhere in the PDF than in what is read.
    assert Counter(under) == Counter(plain(citation["quote"]))
    png = person.page.request.get(picture.evaluate("image => image.src")).body()
    assert all(yellow_share(png, mark) > 0.4 for mark in marks)
    place = person.box("#sheet img")
    first = place["y"] + min(mark[1] for mark in marks) * place["width"] / size[0]
    assert 0 <= first < 800, "the mark is in view"
    assert person.elsewhere == []
    assert person.faults == []


def test_pages_are_turned_and_the_cited_one_is_found_again(visit):
    person = visit()
    page = person.page
    person.ask(RULE)
    person.answered()
    person.open_citation()
    assert page.inner_text("#sheet .turning .where") == "page 2 of 3"
    page.get_by_role("button", name="Next page").click()
    page.wait_for_selector("#sheet img[data-page='3']")
    person.see()
    assert page.get_attribute("#sheet img", "data-marks") == "[]"
    assert page.get_by_role("button", name="Next page").is_disabled()
    assert "Page 3 of “Outsourcing and cloud" in page.get_attribute("#sheet img", "alt")
    page.get_by_role("button", name="Back to the cited page").click()
    page.wait_for_selector("#sheet img[data-page='2']")
    assert page.get_attribute("#sheet img", "data-marks") != "[]"
    page.click("[data-sheet=enlarge]")
    picture, frame = person.box("#sheet img"), person.box("#sheet")
    assert picture["width"] == 1200
    left, top, _, _ = page.eval_on_selector("#sheet img", "one => JSON.parse(one.dataset.marks)")[0]
    assert frame["y"] < picture["y"] + top < frame["y"] + frame["height"]
    assert frame["x"] < picture["x"] + left < frame["x"] + frame["width"]
    page.select_option("#language select", "ja")
    page.wait_for_selector("#sheet .where >> text=2 / 3 ページ")


def test_a_quote_over_two_pages_shows_both(visit, address: str, reports: Path):
    from rag.index import open_index

    with open_index(reports / "index") as index:
        document = index.document("rulebook/outsourcing-cloud-rules-2022.en")
    edge = document.reading.pages[0].end
    place = f"document={document.name}&start={edge - 60}&end={edge + 60}"
    html = visit().page.request.get(f"{address}/sheet?{place}&lang=en").text()
    assert re.findall(r'data-page="(\d)"\s+data-marks="(\[\[)', html) == [("1", "[["), ("2", "[[")]
    assert "page 1–2 of 3" in html


def test_a_report_without_pages_shows_the_passage_in_its_surroundings(visit):
    person = visit()
    page = person.page
    person.ask(LANTERNS)
    person.answered()
    person.open_citation()
    assert page.locator("#sheet img").count() == 0
    assert page.locator("#sheet mark").inner_text() == HOSTILE
    assert "The piers were inspected twice." in page.inner_text("#sheet .passage")
    assert page.evaluate("window.harmed") is None
    assert person.faults == []


def test_filters_limit_the_search_and_say_so_where_nothing_is_found(visit):
    person = visit()
    page = person.page
    page.get_by_role("button", name="Filters").click()
    assert page.locator("[data-filter=issuer] option").all_inner_texts()[0] == "All"
    page.select_option("[data-filter=language]", "ja")
    page.wait_for_selector(".chip >> text=日本語")
    assert page.inner_text(".told") == "1 of 7 reports searched"
    assert page.evaluate("document.activeElement.dataset.filter") == "language"
    assert page.locator("[data-filter=issuer] option").all_inner_texts() == [
        "All",
        "蒼海国金融監督庁 (1)",
    ]
    person.ask(LANTERNS)
    person.answered()
    assert "Limited to Language: 日本語" in page.inner_text(".question")
    assert "Filters are on" in page.inner_text(".filtered")
    page.get_by_role("button", name="Ask all reports").click()
    person.answered(2)
    assert page.locator(".chip").count() == 0
    assert "37 lanterns" in page.inner_text(".turn:last-of-type .answer")


def test_a_chip_takes_its_filter_away(visit):
    person = visit(
        path="/?issuer=Lornia+Prudential+Authority&since=2022&q=" + RULE.replace(" ", "+")
    )
    page = person.page
    person.answered()
    assert "60 days' notice" in page.inner_text(".answer")
    page.get_by_role("button", name="Remove the filter Issuer").click()
    page.wait_for_function("document.querySelectorAll('.chip').length === 1")
    page.get_by_role("button", name="Remove all filters").click()
    page.wait_for_function("document.querySelectorAll('.chip').length === 0")


def test_a_copied_link_asks_the_same_of_the_same_reports(visit, address: str):
    path = "/?kind=rules"
    person = visit(path=path)
    person.page.wait_for_selector(".chip")
    person.ask(RULE)
    person.answered()
    person.page.get_by_role("button", name="Copy link").click()
    person.page.get_by_role("button", name="Copied").wait_for()
    link = person.page.evaluate("navigator.clipboard.readText()")
    assert link.startswith(f"{address}/?q=What+does+Rule+4.2")
    other = visit(locale="zh-TW", path=link.removeprefix(address))
    other.answered()
    assert "rules" in other.page.inner_text(".chip")
    assert "60 days' notice" in other.page.inner_text(".answer")
    assert other.page.locator(".question").count() == 1


@pytest.mark.parametrize("language", ["en", "ar"])
def test_nothing_bars_anyone(visit, language: str):
    person = visit(locale=language)
    page = person.page
    person.ask(QUESTIONS[language])
    person.answered()
    page.click("#narrowing .toggle")
    page.select_option("[data-filter=kind]", "rules")
    page.wait_for_selector(".chip")
    assert person.barriers() == []
    person.open_citation()
    assert person.barriers() == []


def test_a_file_that_is_another_or_gone_is_said_and_its_passage_stays(visit, reports: Path):
    file = reports / "reports" / REPORTS[4]
    content = file.read_bytes()
    person = visit()
    person.ask(RULE)
    person.answered()
    try:
        for change, said in (
            (lambda: file.write_bytes(content + b"\n"), "another one than was indexed"),
            (file.unlink, "not where it was"),
        ):
            change()
            person.open_citation()
            person.page.wait_for_selector(f"#sheet [role=note] >> text={said}")
            assert person.page.locator("#sheet img").count() == 0
            assert "60 days' notice" in person.page.inner_text("#sheet mark")
    finally:
        file.write_bytes(content)
