"""DOCX: real heading styles, bullets and tables; right-to-left where the language is."""

from __future__ import annotations

import datetime as dt
import io
import zipfile
from collections.abc import Sequence

import docx
from docx.document import Document
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Pt
from docx.text.paragraph import Paragraph
from markdown_it.token import Token

from .source import Source, markdown, parser

_EPOCH = (1980, 1, 1, 0, 0, 0)
_FONTS = {"ar": "Amiri", "ja": "Noto Serif CJK JP"}
_LOCALES = {"ar": "ar-SA", "ja": "ja-JP", "zh-Hans": "zh-CN", "zh-Hant": "zh-TW", "en": "en-GB"}


def build_docx(source: Source) -> bytes:
    """The report as DOCX. The same source gives the same bytes."""
    document = docx.Document()
    _facts(document, source)
    _fonts(document, source)
    header = document.sections[0].header.paragraphs[0]
    header.add_run(f"{source.issuer} — {source.running or source.title}")
    _directed(header, source)
    for text, style in (
        (source.title, "Title"),
        (source.issuer, "Subtitle"),
        (source.reference, "Normal"),
        (source.date_line, "Normal"),
        (source.note, "Intense Quote"),
    ):
        if text:
            _directed(document.add_paragraph(text, style=style), source)
    _body(document, source)
    out = io.BytesIO()
    document.save(out)
    return _dated(out.getvalue())


def _facts(document: Document, source: Source) -> None:
    facts = document.core_properties
    facts.title, facts.author, facts.language = source.title, source.issuer, source.lang
    facts.last_modified_by = source.issuer
    facts.keywords, facts.comments = source.keywords, ""
    facts.created = facts.modified = dt.datetime.fromisoformat(source.date)


def _fonts(document: Document, source: Source) -> None:
    font = _FONTS.get(source.lang, "Noto Serif")
    for style in document.styles:
        if not hasattr(style, "font"):
            continue
        properties = style.element.get_or_add_rPr()
        fonts = properties.get_or_add_rFonts()
        for name in list(fonts.attrib):
            del fonts.attrib[name]
        for script in ("w:ascii", "w:hAnsi", "w:eastAsia", "w:cs"):
            fonts.set(qn(script), font)
    document.styles["Normal"].font.size = Pt(11)


def _body(document: Document, source: Source) -> None:
    tokens = parser().parse(markdown(source))
    in_list = False
    place = 0
    while place < len(tokens):
        token = tokens[place]
        if token.type in ("bullet_list_open", "bullet_list_close"):
            in_list = token.type == "bullet_list_open"
        elif token.type == "heading_open":
            heading = document.add_heading(level=int(token.tag[1]) - 1)
            _fill(heading, tokens[place + 1], source)
        elif token.type == "paragraph_open":
            style = "List Bullet" if in_list else "Normal"
            _fill(document.add_paragraph(style=style), tokens[place + 1], source)
        elif token.type == "table_open":
            end = next(i for i in range(place, len(tokens)) if tokens[i].type == "table_close")
            _table(document, tokens[place:end], source)
            place = end
        place += 1


def _table(document: Document, tokens: Sequence[Token], source: Source) -> None:
    rows: list[list[Token]] = []
    for token in tokens:
        if token.type == "tr_open":
            rows.append([])
        elif token.type == "inline":
            rows[-1].append(token)
    table = document.add_table(rows=len(rows), cols=len(rows[0]), style="Table Grid")
    for row, cells in zip(table.rows, rows, strict=True):
        for cell, content in zip(row.cells, cells, strict=True):
            _fill(cell.paragraphs[0], content, source)
    header = OxmlElement("w:tblHeader")
    table.rows[0]._tr.get_or_add_trPr().append(header)
    if source.direction == "rtl":
        # The schema fixes the order: bidiVisual stands right after the style.
        table._tbl.tblPr.tblStyle.addnext(OxmlElement("w:bidiVisual"))
    document.add_paragraph()


def _fill(paragraph: Paragraph, inline: Token, source: Source) -> None:
    bold = italic = False
    for child in inline.children or ():
        if child.type in ("strong_open", "strong_close"):
            bold = child.type == "strong_open"
        elif child.type in ("em_open", "em_close"):
            italic = child.type == "em_open"
        elif child.type == "softbreak":
            paragraph.add_run(" ")
        elif child.content:
            run = paragraph.add_run(child.content)
            run.bold, run.italic = bold or None, italic or None
    _directed(paragraph, source)


def _directed(paragraph: Paragraph, source: Source) -> None:
    """Set direction and language: a word processor takes neither from the letters."""
    if source.direction == "rtl":
        properties = paragraph._p.get_or_add_pPr()
        bidi = OxmlElement("w:bidi")
        properties.insert_element_before(bidi, "w:adjustRightInd", "w:spacing", "w:jc", "w:rPr")
    for run in paragraph.runs:
        properties = run._r.get_or_add_rPr()
        if source.direction == "rtl":
            properties.append(OxmlElement("w:rtl"))
        language = OxmlElement("w:lang")
        kind = {"ar": "w:bidi", "ja": "w:eastAsia"}.get(source.lang, "w:val")
        language.set(qn(kind), _LOCALES[source.lang])
        properties.append(language)


def _dated(package: bytes) -> bytes:
    """The same package with one fixed date on all its parts."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(package)) as old, zipfile.ZipFile(out, "w") as new:
        for name in old.namelist():
            entry = zipfile.ZipInfo(name, _EPOCH)
            entry.compress_type = zipfile.ZIP_DEFLATED
            new.writestr(entry, old.read(name))
    return out.getvalue()
