"""A dossier as a Word document."""

from __future__ import annotations

import io
import re
from collections.abc import Iterable
from typing import Any

import docx
from docx.enum.table import WD_TABLE_DIRECTION
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Pt, RGBColor

from rag.export.contents import Dossier, Proof
from rag.export.facts import (
    caption,
    heading_facts,
    notices,
    origin_facts,
    proof_facts,
    sentence_language,
    sentence_text,
)
from rag.locale import Catalogue, direction

_LATIN = "Calibri"
_COMPLEX = "Arial"
# Fonts for ideographs that Word brings with it; without one named, Chinese is set in Japanese
# shapes, or the other way round.
_IDEOGRAPHS = {
    "zh-Hans": ("Microsoft YaHei", "zh-CN"),
    "zh-Hant": ("Microsoft JhengHei", "zh-TW"),
    "ja": ("Yu Gothic", "ja-JP"),
    "ko": ("Malgun Gothic", "ko-KR"),
}
# What XML cannot hold.
_UNFIT = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def to_docx(dossier: Dossier, texts: Catalogue) -> bytes:
    """The dossier as .docx."""
    return _Writer(dossier, texts).bytes()


class _Writer:
    def __init__(self, dossier: Dossier, texts: Catalogue) -> None:
        self._dossier, self._texts = dossier, texts
        self._file = docx.Document()
        section = self._file.sections[0]
        section.page_width, section.page_height = Cm(21.0), Cm(29.7)
        section.left_margin = section.right_margin = Cm(2.2)
        section.top_margin = section.bottom_margin = Cm(2.0)
        self._width = section.page_width - section.left_margin - section.right_margin
        self._height = section.page_height - section.top_margin - section.bottom_margin - Cm(3)

    def bytes(self) -> bytes:
        dossier, texts = self._dossier, self._texts
        properties = self._file.core_properties
        properties.title, properties.author = texts.dossier.title, "rag"
        properties.created = properties.modified = dossier.made.replace(tzinfo=None)
        self._heading(texts.dossier.title, 1)
        self._heading(texts.dossier.question, 2)
        self._paragraph(dossier.answer.query, dossier.answer.language, bold=True)
        self._table(heading_facts(dossier, texts))
        self._heading(texts.dossier.answer, 2)
        for sentence in dossier.answer.sentences:
            language = sentence_language(dossier.answer, sentence)
            marks = "".join(f"[{number}]" for number in sentence.citations)
            self._paragraph(sentence_text(sentence, texts), language, marks=marks)
        for notice, language in notices(dossier, texts):
            self._paragraph(notice, language, italic=True)
        for proof in dossier.proofs:
            self._proof(proof)
        self._heading(texts.dossier.origin, 2)
        self._table(origin_facts(dossier, texts))
        stream = io.BytesIO()
        self._file.save(stream)
        return stream.getvalue()

    def _proof(self, proof: Proof) -> None:
        texts, citation = self._texts, proof.citation
        self._heading(texts.dossier.quote.format(id=citation.id), 2)
        self._paragraph(citation.quote, citation.language, quote=True)
        self._table(proof_facts(proof, texts))
        for picture in proof.pictures:
            shown = self._file.add_paragraph()
            shown.paragraph_format.keep_with_next = True
            shown.paragraph_format.space_before = Pt(8)
            scale = min(self._width / picture.width, self._height / picture.height)
            inline = shown.add_run().add_picture(
                io.BytesIO(picture.png), width=int(scale * picture.width)
            )
            inline._inline.docPr.set("descr", _fit(caption(picture, texts)))
            self._paragraph(caption(picture, texts), texts.language, italic=True)
        if proof.problem:
            reason = texts.dossier.no_picture.format(reason=proof.problem)
            self._paragraph(reason, texts.language, italic=True)

    def _heading(self, text: str, level: int) -> None:
        heading = self._file.add_heading(level=level)
        _set(heading, _fit(text), self._texts.language)

    def _paragraph(
        self,
        text: str,
        language: str,
        *,
        bold: bool = False,
        italic: bool = False,
        quote: bool = False,
        marks: str = "",
    ) -> None:
        paragraph = self._file.add_paragraph()
        run = _set(paragraph, _fit(text), language)
        _emphasise(run, bold=bold, italic=italic)
        if marks:
            mark = _set(paragraph, f" {marks}", language)
            mark.font.superscript = True
        if quote:
            _shade(paragraph)

    def _table(self, facts: Iterable[tuple[str, str]]) -> None:
        rows = list(facts)
        table = self._file.add_table(rows=len(rows), cols=2)
        table.style = "Table Grid"
        table.autofit = False
        if self._texts.direction == "rtl":
            table.table_direction = WD_TABLE_DIRECTION.RTL
        widths = (int(0.3 * self._width), int(0.7 * self._width))
        for column, width in zip(table.columns, widths, strict=True):
            column.width = width
        for row, pair in zip(table.rows, rows, strict=True):
            for cell, text, width in zip(row.cells, pair, widths, strict=True):
                cell.width = width
                paragraph = cell.paragraphs[0]
                paragraph.paragraph_format.space_after = Pt(1)
                run = _set(paragraph, _fit(text), self._texts.language)
                _size(run, Pt(9))
            _emphasise(row.cells[0].paragraphs[0].runs[0], bold=True)
        self._file.add_paragraph().paragraph_format.space_after = Pt(2)


def _set(paragraph: Any, text: str, language: str) -> Any:
    """Add ``text`` to ``paragraph``, set as its language is."""
    run = paragraph.add_run(text)
    font, tag = _IDEOGRAPHS.get(language, ("", ""))
    properties = run._r.get_or_add_rPr()
    fonts = properties.get_or_add_rFonts()
    for name, value in (
        ("w:ascii", _LATIN),
        ("w:hAnsi", _LATIN),
        ("w:cs", _COMPLEX),
        ("w:eastAsia", font),
    ):
        if value:
            fonts.set(qn(name), value)
    rtl = direction(language) == "rtl"
    if rtl:
        paragraph.alignment = (
            WD_ALIGN_PARAGRAPH.LEFT
        )  # in a paragraph from right to left: its start
        _child(paragraph._p.get_or_add_pPr(), "w:bidi", _AFTER_BIDI)
        run.font.rtl = True
    if tag or (language and language != "und"):
        element = _child(properties, "w:lang", _AFTER_LANG)
        name = "w:bidi" if rtl else "w:eastAsia" if tag else "w:val"
        element.set(qn(name), tag or language)
    return run


_AFTER_BIDI = (
    "w:adjustRightInd", "w:snapToGrid", "w:spacing", "w:ind", "w:contextualSpacing",
    "w:mirrorIndents", "w:suppressOverlap", "w:jc", "w:textDirection", "w:textAlignment",
    "w:textboxTightWrap", "w:outlineLvl", "w:divId", "w:cnfStyle", "w:rPr", "w:sectPr",
    "w:pPrChange",
)  # fmt: skip
_AFTER_SIZE = (
    "w:highlight", "w:u", "w:effect", "w:bdr", "w:shd", "w:fitText", "w:vertAlign", "w:rtl",
    "w:cs", "w:em", "w:lang", "w:eastAsianLayout", "w:specVanish", "w:oMath",
)  # fmt: skip
_AFTER_LANG = ("w:eastAsianLayout", "w:specVanish", "w:oMath")


def _child(parent: Any, name: str, after: tuple[str, ...]) -> Any:
    """The child of that name, added before those that must come ``after`` it where it is new."""
    found = parent.find(qn(name))
    if found is None:
        found = OxmlElement(name)
        parent.insert_element_before(found, *after)
    return found


def _emphasise(run: Any, *, bold: bool = False, italic: bool = False) -> None:
    if bold:
        run.font.bold = run.font.cs_bold = True
    if italic:
        run.font.italic = run.font.cs_italic = True
        run.font.color.rgb = RGBColor(0x46, 0x50, 0x5E)


def _size(run: Any, size: Any) -> None:
    """Sets the size of letters, and that of scripts which Word counts apart."""
    run.font.size = size
    other = _child(run._r.get_or_add_rPr(), "w:szCs", _AFTER_SIZE)
    other.set(qn("w:val"), str(int(2 * size.pt)))


def _shade(paragraph: Any) -> None:
    """A light ground, as paper under a quote."""
    properties = paragraph._p.get_or_add_pPr()
    shade = OxmlElement("w:shd")
    for name, value in (("w:val", "clear"), ("w:color", "auto"), ("w:fill", "FFF8DC")):
        shade.set(qn(name), value)
    properties.insert_element_before(
        shade, "w:tabs", "w:suppressAutoHyphens", "w:kinsoku", "w:wordWrap", "w:overflowPunct",
        "w:topLinePunct", "w:autoSpaceDE", "w:autoSpaceDN", "w:bidi", *_AFTER_BIDI,
    )  # fmt: skip


def _fit(text: str) -> str:
    return _UNFIT.sub("\ufffd", text)
