"""Word documents: order, headings by style, numbers, tables and notes as Word shows them."""

import io
import zipfile
from typing import Any

import docx
import pytest
from docx.document import Document
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls
from test_readers_text import check_spans

from rag.errors import ReadError
from rag.readers import read_bytes
from rag.schema import Reading


def saved(document: Document) -> bytes:
    buffer = io.BytesIO()
    document.save(buffer)
    return buffer.getvalue()


def read(document: Document) -> Reading:
    return read_bytes(saved(document), ".docx")


def replaced(data: bytes, name: str, content: bytes) -> bytes:
    """The package with one part's content exchanged."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(buffer, "w") as new:
        for entry in old.namelist():
            new.writestr(entry, content if entry == name else old.read(entry))
    return buffer.getvalue()


def test_paragraphs_and_tables_stand_in_order():
    document = docx.Document()
    document.add_paragraph("Before.")
    table = document.add_table(2, 2)
    for cell, text in zip(
        (c for row in table.rows for c in row.cells), ["a", "b", "c\nd", ""], strict=True
    ):
        cell.text = text
    document.add_paragraph("After.")
    reading = read(document)
    assert reading.text == "Before.\n\na\tb\nc d\n\nAfter."
    (span,) = reading.tables
    assert reading.text[span.start : span.end] == "a\tb\nc d"


def test_header_rows_and_merged_cells_are_known():
    document = docx.Document()
    table = document.add_table(2, 3)
    table.cell(0, 0).merge(table.cell(0, 1)).text = "Both"
    table.cell(0, 2).text = "Last"
    for column, text in enumerate("xyz"):
        table.cell(1, column).text = text
    row = table.rows[0]._tr
    row.get_or_add_trPr().append(parse_xml(f"<w:tblHeader {nsdecls('w')}/>"))
    reading = read(document)
    assert reading.text == "Both\t\tLast\nx\ty\tz"
    assert reading.text[: reading.tables[0].header_end] == "Both\t\tLast"


def test_headings_come_from_styles_and_outline_levels():
    document = docx.Document()
    document.add_heading("Annual report", 0)
    document.add_heading("Risks", 1)
    document.add_heading("Market risk", 2)
    own = document.add_paragraph("Own level")
    own._p.get_or_add_pPr().append(parse_xml(f'<w:outlineLvl {nsdecls("w")} w:val="2"/>'))
    based = document.styles.add_style("House heading", 1)
    based.base_style = document.styles["Heading 2"]
    document.add_paragraph("By descent", style="House heading")
    document.add_paragraph("Text.")
    reading = read(document)
    assert [(h.title, h.level) for h in reading.headings] == [
        ("Annual report", 1),
        ("Risks", 1),
        ("Market risk", 2),
        ("Own level", 3),
        ("By descent", 2),
    ]
    assert reading.facts.title == "Annual report"


def test_heading_styles_have_names_in_other_languages():
    document = docx.Document()
    style = document.styles.add_style("標題 2", 1)
    document.add_paragraph("風險", style=style)
    assert [(h.title, h.level) for h in read(document).headings] == [("風險", 2)]


def test_the_numbers_that_word_shows_are_part_of_the_text():
    document = docx.Document()
    for text in ("one", "two"):
        document.add_paragraph(text, style="List Number")
    document.add_paragraph("dot", style="List Bullet")
    assert read(document).text == "1. one\n2. two\n• dot"


def test_clause_numbers_count_by_level_and_start_again():
    document = docx.Document()
    numbering = document.part.numbering_part.element
    numbering.insert(
        0,
        parse_xml(
            f'<w:abstractNum {nsdecls("w")} w:abstractNumId="90">'
            '<w:lvl w:ilvl="0"><w:start w:val="1"/><w:numFmt w:val="chineseCounting"/>'
            '<w:lvlText w:val="第%1條"/></w:lvl>'
            '<w:lvl w:ilvl="1"><w:start w:val="1"/><w:numFmt w:val="lowerRoman"/>'
            '<w:lvlText w:val="(%2)"/></w:lvl></w:abstractNum>'
        ),
    )
    numbering.append(
        parse_xml(f'<w:num {nsdecls("w")} w:numId="90"><w:abstractNumId w:val="90"/></w:num>')
    )
    for depth, text in [(0, "甲"), (1, "a"), (1, "b"), (0, "乙"), (1, "c")]:
        paragraph = document.add_paragraph(text)
        paragraph._p.get_or_add_pPr().append(
            parse_xml(
                f'<w:numPr {nsdecls("w")}><w:ilvl w:val="{depth}"/><w:numId w:val="90"/></w:numPr>'
            )
        )
    assert read(document).text.split("\n") == [
        "第一條 甲", "(i) a", "(ii) b", "第二條 乙", "(i) c",
    ]  # fmt: skip


def test_insertions_are_read_and_deletions_are_not():
    document = docx.Document()
    paragraph = document.add_paragraph("keep ")
    paragraph._p.append(parse_xml(f"<w:ins {nsdecls('w')}><w:r><w:t>new</w:t></w:r></w:ins>"))
    paragraph._p.append(
        parse_xml(f"<w:del {nsdecls('w')}><w:r><w:delText>old</w:delText></w:r></w:del>")
    )
    assert read(document).text == "keep new"


def test_content_controls_are_read():
    document = docx.Document()
    document.add_paragraph("first")
    control = parse_xml(
        f"<w:sdt {nsdecls('w')}><w:sdtContent><w:p><w:r><w:t>inside</w:t></w:r></w:p>"
        "</w:sdtContent></w:sdt>"
    )
    document.element.body.insert(1, control)
    assert read(document).text == "first\n\ninside"


def test_tabs_and_breaks_are_white_space():
    document = docx.Document()
    run = document.add_paragraph().add_run("a")
    run.add_tab()
    run.add_text("b")
    run.add_break()
    run.add_text("c")
    assert read(document).text == "a\tb\nc"


def test_titles_left_by_word_are_ignored_in_favour_of_the_heading():
    document = docx.Document()
    document.core_properties.title = "Document1"
    document.add_heading("Prudential rules", 1)
    assert read(document).facts.title == "Prudential rules"


def test_a_document_without_text_is_refused():
    with pytest.raises(ReadError, match="OCR"):
        read(docx.Document())


def test_a_damaged_document_is_refused():
    data = saved(docx.Document())
    for length in (10, 100, len(data) // 2, len(data) - 30):
        with pytest.raises(ReadError):
            read_bytes(data[:length], ".docx")


def test_entities_are_refused_unresolved():
    evil = (
        b'<?xml version="1.0"?><!DOCTYPE d [<!ENTITY e SYSTEM "file:///etc/hostname">]>'
        b'<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main">'
        b"<w:body><w:p><w:r><w:t>&e;</w:t></w:r></w:p></w:body></w:document>"
    )
    with pytest.raises(ReadError, match="entities"):
        read_bytes(replaced(saved(docx.Document()), "word/document.xml", evil), ".docx")


def test_a_zip_bomb_is_refused_before_it_is_unpacked(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("rag.readers.office_archive.MAX_PART", 100_000)
    document = docx.Document()
    document.add_paragraph("x" * 200_000)
    with pytest.raises(ReadError, match="unpacks to far more"):
        read(document)


def with_pages(document: Document, count: int) -> Reading:
    """Read as from a file that says it has so many pages."""
    data = saved(document)
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        about = package.read("docProps/app.xml")
    assert b"<Pages>1</Pages>" in about
    stated = about.replace(b"<Pages>1</Pages>", f"<Pages>{count}</Pages>".encode())
    reading = read_bytes(replaced(data, "docProps/app.xml", stated), ".docx")
    check_spans(reading)
    return reading


def rendered_break() -> Any:
    return parse_xml(f"<w:r {nsdecls('w')}><w:lastRenderedPageBreak/></w:r>")


def pages_of(reading: Reading) -> list[str]:
    return [reading.text[page.start : page.end] for page in reading.pages]


def broken() -> Document:
    """Three pages: a break within a paragraph, and one before a heading."""
    document = docx.Document()
    paragraph = document.add_paragraph("The first page ends ")
    paragraph._p.append(rendered_break())
    paragraph.add_run("within a sentence.")
    heading = document.add_heading("", 1)
    heading._p.append(rendered_break())
    heading.add_run("Third")
    return document


def test_pages_are_those_that_word_laid_out():
    reading = with_pages(broken(), 3)
    assert pages_of(reading) == ["The first page ends", "within a sentence.", "Third"]
    assert reading.text == "The first page ends within a sentence.\n\nThird"
    assert [h.title for h in reading.headings] == ["Third"]


@pytest.mark.parametrize("count", [1, 2, 4])
def test_breaks_that_do_not_make_the_stated_pages_are_not_believed(count: int):
    assert len(with_pages(broken(), count).pages) == 1


def test_breaks_of_the_author_make_pages_where_they_are_all_there_are():
    document = docx.Document()
    document.add_paragraph("one")
    document.add_page_break()
    document.add_paragraph("two")
    assert pages_of(with_pages(document, 2)) == ["one", "two"]
    assert pages_of(with_pages(document, 3)) == ["one\n\ntwo"]


def test_a_table_over_two_pages_has_its_header_on_both():
    document = docx.Document()
    table = document.add_table(4, 2)
    for index, text in enumerate(["Bank", "Sum", "A", "1", "B", "2", "C", "3"]):
        table.cell(index // 2, index % 2).text = text
    table.rows[0]._tr.get_or_add_trPr().append(parse_xml(f"<w:tblHeader {nsdecls('w')}/>"))
    for cell in table.rows[2].cells:
        cell.paragraphs[0]._p.insert(0, rendered_break())
    reading = with_pages(document, 2)
    assert pages_of(reading) == ["Bank\tSum\nA\t1", "Bank\tSum\nB\t2\nC\t3"]
    assert [reading.text[t.start : t.header_end] for t in reading.tables] == ["Bank\tSum"] * 2


def test_a_row_that_a_page_ends_in_stands_where_it_begins():
    document = docx.Document()
    table = document.add_table(3, 2)
    for index, text in enumerate(["A", "1", "B", "2", "C", "3"]):
        table.cell(index // 2, index % 2).text = text
    table.cell(1, 1).paragraphs[0]._p.append(rendered_break())
    table.cell(1, 1).add_paragraph("more")
    assert pages_of(with_pages(document, 2)) == ["A\t1\nB\t2 more", "C\t3"]


def test_a_first_row_in_bold_alone_is_the_header():
    document = docx.Document()
    table = document.add_table(2, 2)
    for index, text in enumerate(["Bank", "Sum", "A", "1"]):
        run = table.cell(index // 2, index % 2).paragraphs[0].add_run(text)
        run.bold = index < 2 or None
    (span,) = read(document).tables
    assert span.header_end == len("Bank\tSum")


def test_footnotes_follow_their_paragraph():
    document = docx.Document()
    paragraph = document.add_paragraph("Capital")
    reference = parse_xml(f'<w:r {nsdecls("w")}><w:footnoteReference w:id="2"/></w:r>')
    paragraph._p.append(reference)
    notes = (
        f"<w:footnotes {nsdecls('w')}>"
        '<w:footnote w:type="separator" w:id="0"><w:p/></w:footnote>'
        '<w:footnote w:id="2"><w:p><w:r><w:t>As defined.</w:t></w:r></w:p></w:footnote>'
        "</w:footnotes>"
    )
    add_part(document, notes.encode())
    document.add_paragraph("Next.")
    assert read(document).text == "Capital[1]\n\n[1] As defined.\n\nNext."


def add_part(document: Document, notes: bytes) -> None:
    from docx.opc.constants import RELATIONSHIP_TYPE
    from docx.opc.packuri import PackURI
    from docx.opc.part import Part

    part = Part(
        PackURI("/word/footnotes.xml"),
        "application/vnd.openxmlformats-officedocument.wordprocessingml.footnotes+xml",
        notes,
        document.part.package,
    )
    document.part.relate_to(part, RELATIONSHIP_TYPE.FOOTNOTES)
