"""Dossiers: what they hold, that nothing in them runs or is fetched, and how they are written."""

from __future__ import annotations

import io
import re
import shutil
import zipfile
from dataclasses import replace
from datetime import UTC, datetime
from html.parser import HTMLParser
from pathlib import Path

import docx
import pytest
from cli_tools import Library, Rag
from docx.oxml.ns import qn
from fakes.web_assistant import ANSWERS, EXAMPLES, refuse
from markdown_it import MarkdownIt

from rag.errors import RagError
from rag.export import Dossier, PagePicture, Proof, rendered, write_dossier
from rag.export.markdown import to_markdown
from rag.locale import INTERFACE_LANGUAGES, catalogue, language_name
from rag.page_images import PageImages
from rag.schema import OCR, Checks
from rag.text.languages import LANGUAGES

# One black pixel.
PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108000000003a7e9b550000000a49444154789c6360"
    "000000020001e221bc330000000049454e44ae426082"
)
HOSTILE = "What does annex C quote?"


def dossier_of(question: str, **changes: object) -> Dossier:
    answer = ANSWERS.get(question) or refuse(question)
    proofs = tuple(
        Proof(
            citation=citation,
            title=f"Report <b>{citation.document}</b>",
            sha256="ab" * 32,
            quality=0.97,
            pictures=(PagePicture(citation.page, PNG, 1, 1, marked=citation.id == 1),),
        )
        for citation in answer.citations
    )
    whole = Dossier(
        answer=answer,
        filters={"language": "ar", "since": "2023"},
        made=datetime(2024, 6, 28, 9, 30, 5, tzinfo=UTC),
        generation="000007-0123abcd",
        built="2024-06-27T08:00:00+00:00",
        fingerprints={"model": "m1"},
        versions={"rag": "0.1.0"},
        proofs=proofs,
    )
    return replace(whole, **changes)  # type: ignore[arg-type]


class Page(HTMLParser):
    """The tags of a page with their attributes, and its text."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data


def word_texts(data: bytes) -> list[str]:
    document = docx.Document(io.BytesIO(data))
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    return [*(paragraph.text for paragraph in document.paragraphs), *cells]


@pytest.mark.parametrize("language", INTERFACE_LANGUAGES)
@pytest.mark.parametrize("question", [question for _, question in EXAMPLES])
def test_every_format_holds_every_quote_and_what_it_is_checked_by(question: str, language: str):
    dossier, texts = dossier_of(question), catalogue(language)
    html = Page(rendered(dossier, texts, ".html").decode()).text
    word = "\n".join(word_texts(rendered(dossier, texts, ".docx")))
    markdown, _ = to_markdown(dossier, texts, "x_files")
    for text in (html, word, markdown.decode()):
        for proof in dossier.proofs:
            citation = proof.citation
            assert citation.quote in text
            assert f"{citation.start}–{citation.end}" in text
            assert proof.sha256 in text
            assert language_name(citation.language, language) in text
        assert "2024-06-28 09:30:05 UTC" in text
        assert "000007-0123abcd" in text
        assert language_name("ar", language) in text, "a filter's language by its name"


def test_a_page_whose_quote_was_not_found_says_so():
    dossier, texts = dossier_of(EXAMPLES[0][1]), catalogue("en")
    text = Page(rendered(dossier, texts, ".html").decode()).text
    assert "Page 31; the quote is marked in yellow." in text
    assert "Page 33, whole: the quote's place on it could not be determined." in text


@pytest.mark.parametrize("language", INTERFACE_LANGUAGES)
def test_what_is_doubtful_about_an_answer_stands_in_every_format(language: str):
    whole, texts = dossier_of(EXAMPLES[0][1]), catalogue(language)
    first, *others = whole.answer.sentences
    answer = replace(
        whole.answer,
        sentences=(replace(first, unverified=("number",)), *others),
        generator="llm:m1",
        searched="How did the ratio change in 2024?",
        notice="The model stopped.",
        checks=Checks(kept=2, marked=1, removed=4),
    )
    one, two, three = whole.proofs
    proofs = (
        replace(one, citation=replace(one.citation, faults=(OCR,))),
        replace(two, quality=0.31),
        three,
    )
    dossier = replace(whole, answer=answer, proofs=proofs)
    html = Page(rendered(dossier, texts, ".html").decode()).text
    word = "\n".join(word_texts(rendered(dossier, texts, ".docx")))
    markdown, _ = to_markdown(dossier, texts, "x_files")
    for text in (html, word, markdown.decode().replace("\\", "")):
        assert text.count(texts.dossier.unverified) == 1
        assert text.count(texts.dossier.recognised) == 1
        assert text.count(texts.dossier.badly_read) == 1
        assert texts.dossier.checked.format(kept=2, marked=1, removed=4) in text
        for said in ("How did the ratio change in 2024?", "The model stopped.", "m1", "0.31"):
            assert said in text


def test_a_refusal_has_a_dossier_too():
    dossier = dossier_of("What colour is the moon?")
    for suffix in (".html", ".docx"):
        assert rendered(dossier, catalogue("en"), suffix)
    text = Page(rendered(dossier, catalogue("en"), ".html").decode()).text
    assert "The reports do not answer this question." in text


def test_html_runs_nothing_and_fetches_nothing():
    html = rendered(dossier_of(HOSTILE), catalogue("en"), ".html").decode()
    page = Page(html)
    assert {tag for tag, _ in page.tags} <= {
        "html", "head", "meta", "title", "style", "body", "h1", "h2", "p", "table", "tr", "th",
        "td", "bdi", "div", "sup", "section", "blockquote", "figure", "img", "figcaption",
    }  # fmt: skip
    assert "<script>window.harmed = 1</script>" in page.text, "shown as the text that it is"
    for tag, attributes in page.tags:
        assert not any(name.startswith("on") for name in attributes), tag
        for name in ("src", "href", "action"):
            assert (attributes.get(name) or "data:").startswith("data:")
    assert "url(" not in html.split("<body>")[0]
    assert "default-src 'none'" in html


def test_markdown_holds_no_markup_of_the_reports():
    text, pictures = to_markdown(dossier_of(HOSTILE), catalogue("en"), "x_files")
    tokens = MarkdownIt().parse(text.decode())
    inline = [child for token in tokens for child in token.children or []]
    assert not [t for t in [*tokens, *inline] if t.type in {"html_block", "html_inline"}]
    images = [token.attrs["src"] for token in inline if token.type == "image"]
    assert images == ["x_files/quote-1-page-80.png"]
    assert pictures == (("quote-1-page-80.png", PNG),)
    fences = [token.content for token in tokens if token.type == "fence"]
    (citation,) = ANSWERS[HOSTILE].citations
    assert fences == [f"{HOSTILE}\n", f"{citation.quote}\n"]


def test_a_fence_is_longer_than_any_in_the_quote():
    dossier = dossier_of(HOSTILE)
    proof = dossier.proofs[0]
    quote = "a\n````\n# b"
    changed = replace(
        dossier, proofs=(replace(proof, citation=replace(proof.citation, quote=quote)),)
    )
    text, _ = to_markdown(changed, catalogue("en"), "x_files")
    fences = [t.content for t in MarkdownIt().parse(text.decode()) if t.type == "fence"]
    assert fences[1] == quote + "\n"


def test_word_sets_arabic_from_right_to_left_and_names_fonts_for_ideographs():
    data = rendered(dossier_of(EXAMPLES[3][1]), catalogue("ar"), ".docx")
    document = docx.Document(io.BytesIO(data))
    quote = next(p for p in document.paragraphs if "4,218" in p.text)
    assert quote._p.pPr.find(qn("w:bidi")) is not None
    assert quote.runs[0].font.rtl
    assert document.tables[0]._tbl.tblPr.find(qn("w:bidiVisual")) is not None
    fonts = {}
    for language, question in EXAMPLES[1:3]:
        file = docx.Document(io.BytesIO(rendered(dossier_of(question), catalogue("en"), ".docx")))
        asked = next(p for p in file.paragraphs if p.text == question)
        fonts[language] = asked.runs[0]._r.rPr.rFonts.get(qn("w:eastAsia"))
        assert asked._p.pPr is None or asked._p.pPr.find(qn("w:bidi")) is None
    assert len(set(fonts.values())) == 2


def test_word_keeps_its_elements_in_the_order_of_the_schema():
    data = rendered(dossier_of(EXAMPLES[3][1]), catalogue("ar"), ".docx")
    xml = zipfile.ZipFile(io.BytesIO(data)).read("word/document.xml").decode()
    for properties in re.findall(r"<w:rPr>(.*?)</w:rPr>", xml):
        names = re.findall(r"<w:(\w+)", properties)
        order = [
            "rStyle", "rFonts", "b", "bCs", "i", "iCs", "color", "sz", "szCs", "vertAlign", "rtl",
            "lang",
        ]  # fmt: skip
        assert names == sorted(names, key=order.index), names
    for properties in re.findall(r"<w:pPr>(.*?)</w:pPr>", xml):
        names = re.findall(r"<w:(\w+)", properties)
        order = ["pStyle", "keepNext", "shd", "bidi", "spacing", "jc"]
        assert names == sorted(names, key=order.index), names


def test_text_that_xml_cannot_hold_does_not_stop_a_word_file():
    dossier = dossier_of(HOSTILE)
    proof = dossier.proofs[0]
    changed = replace(proof, title="a\x00b\ud800c\x1b")
    data = rendered(replace(dossier, proofs=(changed,)), catalogue("en"), ".docx")
    assert "a\ufffdb\ufffdc\ufffd" in word_texts(data)


def test_every_language_of_the_program_has_a_name_in_every_wording():
    for language in INTERFACE_LANGUAGES:
        names = [language_name(code, language) for code in LANGUAGES]
        assert len(set(names)) == len(LANGUAGES)
        assert not set(names) & set(LANGUAGES)


def test_a_file_is_overwritten_only_when_told_so(tmp_path: Path):
    dossier, texts = dossier_of(EXAMPLES[0][1]), catalogue("en")
    for name in ("a.docx", "a.html", "a.md"):
        path = tmp_path / name
        write_dossier(path, dossier, texts)
        before = path.read_bytes()
        with pytest.raises(RagError, match="--force"):
            write_dossier(path, dossier_of(HOSTILE), texts)
        assert path.read_bytes() == before
        write_dossier(path, dossier_of(HOSTILE), texts, overwrite=True)
        assert path.read_bytes() != before
    assert sorted(p.name for p in tmp_path.iterdir()) == ["a.docx", "a.html", "a.md", "a_files"]
    assert [p.name for p in (tmp_path / "a_files").iterdir()] == ["quote-1-page-80.png"]


def test_a_failed_write_leaves_what_was_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    dossier, texts = dossier_of(EXAMPLES[0][1]), catalogue("en")
    path = tmp_path / "a.html"
    path.write_text("before")

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(RagError, match="No space left"):
        write_dossier(path, dossier, texts, overwrite=True)
    assert [(p.name, p.read_text()) for p in tmp_path.iterdir()] == [("a.html", "before")]


def test_another_suffix_or_a_missing_folder_is_refused(tmp_path: Path):
    dossier, texts = dossier_of(EXAMPLES[0][1]), catalogue("en")
    with pytest.raises(RagError, match=r"\.docx, \.html, \.md"):
        write_dossier(tmp_path / "a.txt", dossier, texts)
    with pytest.raises(RagError, match="no folder"):
        write_dossier(tmp_path / "none" / "a.md", dossier, texts)


RULE = "Which conditions must a supplier meet to sub-contract a material part under Rule 4.2?"


def test_the_command_writes_the_page_with_the_quote_marked(rag: Rag, library: Library):
    result = rag("ask", RULE, "--index", library.index, "--export", "a.html", "--json")
    assert result.code == 0, result.err
    said, page = result.json, Page((rag.place / "a.html").read_text("utf-8"))
    assert not said["refused"]
    for citation in said["citations"]:
        assert citation["quote"] in page.text
    images = [attributes for tag, attributes in page.tags if tag == "img"]
    assert "marked in yellow" in (images[0]["alt"] or "")
    assert "a.html exists" in rag.fails("ask", RULE, "--index", library.index, "--export", "a.html")
    forced = ("--force", "--export-language", "ar")
    assert rag("ask", RULE, "--index", library.index, "--export", "a.html", *forced).code == 0
    assert 'dir="rtl"' in (rag.place / "a.html").read_text("utf-8")


def test_a_file_that_is_gone_or_changed_has_no_picture_and_the_dossier_says_why(
    library: Library, tmp_path: Path
):
    from rag.export.contents import gather
    from rag.index import open_index
    from rag.retrieval.retriever import Filters
    from rag.schema import Answer, Citation

    source = "outsourcing-cloud-rules-2022.en.pdf"
    index = open_index(library.index)
    try:
        document = index.document(source)
        start = document.text.index("Rule 4.2 The supplier")
        quote = document.text[start : start + 40]
        citation = Citation(1, document.name, source, 2, None, start, start + 40, quote)
        answer = Answer(RULE, "en", False, quote, (), (citation,), (), "extractive")
        kept = library.corpus / source
        aside = shutil.move(kept, tmp_path / source)
        with PageImages() as images:
            gone = gather(answer, Filters(), index, images, versions={})
            kept.write_bytes(Path(aside).read_bytes() + b"\n")
            changed = gather(answer, Filters(), index, images, versions={})
            shutil.move(aside, kept)
            whole = gather(answer, Filters(document=source), index, images, versions={})
            with pytest.raises(RagError, match="Ask the question again"):
                moved = replace(answer, citations=(replace(citation, start=start + 1),))
                gather(moved, Filters(), index, images, versions={})
        assert "cannot be opened" in gone.proofs[0].problem
        assert "not the one that was indexed" in changed.proofs[0].problem
        assert [p.marked for p in whole.proofs[0].pictures] == [True]
        assert whole.proofs[0].sha256 == document.sha256
        assert whole.filters == {"document": source}
        reason = rendered(gone, catalogue("en"), ".html").decode()
        assert "There is no picture of the page: The file cannot be opened" in reason
    finally:
        index.close()
