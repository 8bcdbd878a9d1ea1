"""The sample corpus: its test queries are sound, and its files are what their sources say."""

from __future__ import annotations

import itertools
import json
import re
import sys
import unicodedata
from collections import Counter
from functools import cache
from pathlib import Path
from typing import Any

import docx
import lxml.html
import pypdf
import pytest

ROOT = Path(__file__).parents[2]
CORPUS = ROOT / "corpus"
sys.path.insert(0, str(ROOT))

from tools.corpus.build import build_html, build_markdown, build_text  # noqa: E402
from tools.corpus.source import Source, SourceError, plain_text, read, read_all  # noqa: E402

LANGUAGES = ("en", "zh-Hans", "zh-Hant", "ar", "ja")
SOURCES = {source.document: source for source in read_all()}
PDFS = [name for name, source in SOURCES.items() if source.format == "pdf"]
ARABIC_PDFS = [name for name in PDFS if SOURCES[name].lang == "ar"]
QUERIES: list[dict[str, Any]] = [
    json.loads(line) for line in (CORPUS / "queries.jsonl").read_text(encoding="utf-8").splitlines()
]
ANSWERABLE = [query for query in QUERIES if query["evidence"]]


def normal(text: str) -> str:
    """NFKC without white space and marks of direction: how quotes are compared."""
    return re.sub(r"[\s\u200e\u200f]+", "", unicodedata.normalize("NFKC", text))


def places(query: dict[str, Any]) -> list[dict[str, Any]]:
    """All places that the query names, the alternatives among them."""
    return [place for evidence in query["evidence"] for place in evidence.get("any", [evidence])]


def is_across(query: dict[str, Any]) -> bool:
    """Whether no evidence is in the question's own language."""
    found = {SOURCES[place["doc"]].lang for place in places(query)}
    return bool(found) and query["lang"] not in found


@cache
def pdf_pages(document: str) -> tuple[str, ...]:
    reader = pypdf.PdfReader(CORPUS / SOURCES[document].output)
    return tuple(page.extract_text() for page in reader.pages)


@cache
def built_text(document: str) -> str:
    """The text of the committed file, in its order, normalised."""
    source = SOURCES[document]
    path = CORPUS / source.output
    if source.format == "pdf":
        return normal("".join(pdf_pages(document)))
    if source.format == "docx":
        parts = (
            "\n".join(cell.text for row in part.rows for cell in row.cells)
            if hasattr(part, "rows")
            else part.text
            for part in docx.Document(str(path)).iter_inner_content()
        )
        return normal("\n".join(parts))
    text = path.read_text(encoding="utf-8")
    if source.format == "html":
        return normal(str(lxml.html.document_fromstring(text).text_content()))
    return normal(text.replace("|", " ") if source.format == "md" else text)


# -- queries ---------------------------------------------------------------------------------


@pytest.mark.parametrize("query", QUERIES, ids=lambda query: query["id"])
def test_query_is_well_formed(query: dict[str, Any]) -> None:
    assert set(query) == {"id", "lang", "kind", "query", "answers", "evidence"}
    assert query["lang"] in LANGUAGES
    assert query["query"].strip() == query["query"] != ""
    assert bool(query["answers"]) == bool(query["evidence"])
    assert (query["kind"] in {"near-miss", "off-topic"}) == (not query["evidence"])
    for evidence in query["evidence"]:
        assert set(evidence) in ({"any"}, {"doc", "quote"}, {"doc", "page"})
    for place in places(query):
        assert place["doc"] in SOURCES


@pytest.mark.parametrize("query", ANSWERABLE, ids=lambda query: query["id"])
def test_evidence_stands_in_the_source_and_holds_the_answers(query: dict[str, Any]) -> None:
    found = []
    for place in places(query):
        if "quote" in place:
            quote = normal(place["quote"])
            assert 5 <= len(quote) <= 70
            lines = [normal(line) for line in plain_text(SOURCES[place["doc"]]).splitlines()]
            assert sum(line.count(quote) for line in lines) == 1
            found += [line for line in lines if quote in line]
        else:
            found.append(normal(pdf_pages(place["doc"])[place["page"] - 1]))
    for answer in query["answers"]:
        assert any(normal(answer) in text for text in found), answer


def test_ids_and_questions_are_unique() -> None:
    for key in ("id", "query"):
        counts = Counter(query[key] for query in QUERIES)
        assert [value for value, count in counts.items() if count > 1] == []


def test_queries_cover_languages_kinds_and_directions() -> None:
    kinds = Counter(query["kind"] for query in QUERIES)
    across = Counter(
        (query["lang"], SOURCES[places(query)[0]["doc"]].lang)
        for query in QUERIES
        if is_across(query)
    )
    assert len(QUERIES) >= 120
    assert 3 * sum(across.values()) >= len(QUERIES)
    assert 6 * (kinds["near-miss"] + kinds["off-topic"]) >= len(QUERIES)
    assert abs(kinds["near-miss"] - kinds["off-topic"]) <= 4
    assert kinds["table"] >= 15
    assert kinds["clause"] >= 12
    for pair in itertools.permutations(LANGUAGES, 2):
        assert across[pair] >= 2, pair
    for language in LANGUAGES:
        for kind in ("near-miss", "off-topic"):
            assert any(q["lang"] == language and q["kind"] == kind for q in QUERIES)


def test_every_report_is_asked_about() -> None:
    assert {place["doc"] for query in QUERIES for place in places(query)} == set(SOURCES)


# -- files -----------------------------------------------------------------------------------


def test_corpus_holds_the_reports_and_nothing_else() -> None:
    files = {path.relative_to(CORPUS).as_posix() for path in CORPUS.rglob("*") if path.is_file()}
    assert files == {source.output for source in SOURCES.values()} | {
        "examples.json",
        "queries.jsonl",
    }


def test_corpus_is_varied_and_small() -> None:
    by_format = Counter(source.format for source in SOURCES.values())
    by_language = Counter(source.lang for source in SOURCES.values())
    sizes = [(CORPUS / source.output).stat().st_size for source in SOURCES.values()]
    assert len(SOURCES) >= 14
    assert by_format["pdf"] >= 9
    assert set(by_format) == {"pdf", "docx", "html", "md", "txt"}
    assert min(by_language[language] for language in LANGUAGES) >= 3
    assert sum(len(pdf_pages(name)) > 8 for name in PDFS) >= 2
    assert max(sizes) < 400 * 1024
    assert sum(sizes) < 4 * 1024 * 1024


@pytest.mark.parametrize("query", ANSWERABLE, ids=lambda query: query["id"])
def test_quotes_stand_in_the_committed_files(query: dict[str, Any]) -> None:
    for place in places(query):
        if "quote" in place:
            assert normal(place["quote"]) in built_text(place["doc"]), place


@pytest.mark.parametrize("document", [n for n in SOURCES if SOURCES[n].format in {"md", "txt"}])
def test_text_files_are_what_their_sources_build(document: str) -> None:
    source = SOURCES[document]
    build = build_text if source.format == "txt" else build_markdown
    assert (CORPUS / source.output).read_bytes() == build(source)


@pytest.mark.parametrize("document", [n for n in SOURCES if n not in ARABIC_PDFS])
def test_no_paragraph_of_the_source_is_missing_or_changed(document: str) -> None:
    source = SOURCES[document]
    blocks = [normal(line.replace("*", "")) for line in plain_text(source).splitlines()]
    text = built_text(document).replace("*", "")
    missing = [block for block in blocks if block not in text]
    # A page's edge splits one paragraph, a footnote's mark stands inside another.
    splits = len(pdf_pages(document)) - 1 if source.format == "pdf" else 0
    assert len(missing) <= splits + source.body.count("^["), missing


@pytest.mark.parametrize("document", ARABIC_PDFS)
def test_no_word_of_an_arabic_source_is_missing(document: str) -> None:
    text = built_text(document)
    words = re.findall(r"\w+", plain_text(SOURCES[document]))
    assert [word for word in words if normal(word) not in text] == []


def test_html_says_its_language_and_is_what_its_source_builds() -> None:
    (source,) = (source for source in SOURCES.values() if source.format == "html")
    page = (CORPUS / source.output).read_bytes()
    assert page == build_html(source)
    tree = lxml.html.document_fromstring(page)
    assert (tree.get("lang"), tree.get("dir")) == ("zh-Hans", "ltr")
    assert [len(tree.findall(f".//{tag}")) > 0 for tag in ("h1", "h2", "h3", "table")] == [True] * 4


@pytest.mark.parametrize("document", [n for n in SOURCES if SOURCES[n].format == "docx"])
def test_docx_has_heading_styles_a_table_and_its_direction(document: str) -> None:
    source = SOURCES[document]
    report = docx.Document(str(CORPUS / source.output))
    styles = {part.style.name for part in report.paragraphs if part.style is not None}
    assert {"Title", "Heading 1"} <= styles
    assert report.tables
    assert report.core_properties.title == source.title
    assert report.core_properties.author == source.issuer
    xml = report.element.xml
    for mark in ("<w:bidi/>", "<w:rtl/>", "<w:bidiVisual/>"):
        assert (mark in xml) == (source.lang == "ar")


@pytest.mark.parametrize("document", PDFS)
def test_pdf_has_facts_outline_embedded_fonts_and_printed_labels(document: str) -> None:
    source = SOURCES[document]
    reader = pypdf.PdfReader(CORPUS / source.output)
    assert reader.metadata is not None
    assert reader.metadata.title == source.title
    assert reader.metadata.author == source.issuer
    assert str(reader.metadata.creation_date)[:10] == source.date
    assert len(reader.outline) >= 4
    front = 2 if source.layout in {"report", "booklet"} else 0
    body = [str(number) for number in range(1, len(reader.pages) - front + 1)]
    assert reader.page_labels == ["i", "ii"][:front] + body
    for label, text in zip(reader.page_labels, pdf_pages(document), strict=True):
        # The label is printed in the footer, which this reader gives among the last lines.
        assert re.search(rf"(?<!\w){label}(?!\w)", "\n".join(text.splitlines()[-3:])), label
    for page in reader.pages:
        for font in page["/Resources"]["/Font"].values():  # type: ignore[index]
            descriptor = font.get_object()["/DescendantFonts"][0]["/FontDescriptor"]
            assert {"/FontFile2", "/FontFile3"} & set(descriptor)


# -- sources ---------------------------------------------------------------------------------


def _source(tmp_path: Path, text: str) -> Source:
    path = tmp_path / "report.md"
    path.write_text(text, encoding="utf-8")
    return read(path)


def test_source_without_a_required_key_is_refused_by_name(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=r"report\.md: the header lacks issuer, date"):
        _source(tmp_path, "---\ntitle: T\nlang: en\n---\ntext\n")


def test_source_with_an_unknown_key_is_refused(tmp_path: Path) -> None:
    header = "title: T\nissuer: I\ndate: 2024-01-01\ndate_line: D\nlang: en\noutput: a.md\nnote: N"
    with pytest.raises(SourceError, match="colour"):
        _source(tmp_path, f"---\n{header}\ncolour: red\n---\ntext\n")


def test_footnotes_clauses_and_tables_become_text(tmp_path: Path) -> None:
    header = "title: T\nissuer: I\ndate: 2024-01-01\ndate_line: D\nlang: en\noutput: a.pdf\nnote: N"
    body = "4. Fourth^[aside] clause.\n\n| a | b |\n|---|---|\n| 1 | 2 |\n"
    text = normal(plain_text(_source(tmp_path, f"---\n{header}\n---\n{body}")))
    assert text == "TIDN" + "4.Fourthasideclause." + "ab12"
