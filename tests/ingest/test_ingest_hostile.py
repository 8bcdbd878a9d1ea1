"""Files made to exhaust a reader: each ends in a reading or a reason, within its limits."""

from __future__ import annotations

import io
import sys
import zipfile
import zlib
from pathlib import Path

import pytest
from pypdf import PdfWriter
from pypdf.generic import ArrayObject, DecodedStreamObject, DictionaryObject, NameObject
from reader_pdfs import latin, pdf

from rag.ingest import Limits, Outcome, ReadingPool

pytestmark = pytest.mark.skipif(
    sys.platform != "linux", reason="limits of memory are enforced on Linux"
)

LIMITS = Limits(page_seconds=2, file_seconds=4, memory_mb=512, patience=60)
GOOD = latin("The authority supervises banks.", 60, 700)


@pytest.fixture(scope="module")
def pool() -> ReadingPool:
    with ReadingPool(LIMITS, readers=1) as shared:
        yield shared


def outcome_of(pool: ReadingPool, folder: Path, name: str, data: bytes) -> Outcome:
    """What becomes of the file; the next one is read as ever."""
    path, good = folder / name, folder / "good.pdf"
    path.write_bytes(data)
    good.write_bytes(pdf([GOOD]))
    hostile, healthy = pool.read_all([path, good])
    assert healthy.reading is not None and healthy.reading.notes == ()
    assert hostile.settled
    if hostile.reading is None:
        assert len(hostile.reason.split(". ")) >= 2 and hostile.reason.endswith(".")
    return hostile


def written(writer: PdfWriter) -> bytes:
    buffer = io.BytesIO()
    writer.write(buffer)
    return buffer.getvalue()


def deflated(size: int, block: bytes, rounds: int = 1) -> bytes:
    """``size`` MB of ``block`` repeated, deflated, without ever holding them."""
    squeeze = zlib.compressobj(9)
    megabyte = (block * (2**20 // len(block) + 1))[: 2**20]
    data = b"".join([*(squeeze.compress(megabyte) for _ in range(size)), squeeze.flush()])
    for _ in range(rounds - 1):
        data = zlib.compress(data, 9)
    return data


def with_stream(data: bytes, filters: list[str]) -> bytes:
    """A PDF of three pages; the second one's content is ``data`` under ``filters``."""
    writer = PdfWriter(clone_from=io.BytesIO(pdf([GOOD, "", latin("Its rules.", 60, 600)])))
    stream = DecodedStreamObject()
    stream.set_data(data)
    stream[NameObject("/Filter")] = ArrayObject([NameObject(name) for name in filters])
    writer.pages[1][NameObject("/Contents")] = writer._add_object(stream)
    return written(writer)


@pytest.mark.parametrize(
    ("block", "filters"),
    [
        (b"0 0 m ", ["/FlateDecode"]),
        (b"(a) Tj ", ["/FlateDecode", "/FlateDecode"]),
        (b"[", ["/FlateDecode"]),
        (b"<<", ["/FlateDecode"]),
        (b"q ", ["/FlateDecode"]),
    ],
)
def test_a_page_that_inflates_without_end_costs_itself_at_most(
    pool: ReadingPool, tmp_path: Path, block: bytes, filters: list[str]
) -> None:
    data = with_stream(deflated(300, block, len(filters)), filters)
    assert len(data) < 2_000_000
    outcome = outcome_of(pool, tmp_path, "bomb.pdf", data)
    assert outcome.reading is not None
    first, _, third = outcome.reading.pages
    assert outcome.reading.text[first.start : first.end] == "The authority supervises banks."
    assert outcome.reading.text[third.start : third.end] == "Its rules."


def test_a_tree_of_pages_that_holds_itself_is_refused_or_read(
    pool: ReadingPool, tmp_path: Path
) -> None:
    writer = PdfWriter(clone_from=io.BytesIO(pdf([GOOD])))
    tree = writer.root_object["/Pages"]
    tree["/Kids"].append(writer.root_object.raw_get("/Pages"))
    outcome_of(pool, tmp_path, "tree.pdf", written(writer))


def test_pages_whose_parents_are_a_circle_end(pool: ReadingPool, tmp_path: Path) -> None:
    data = pdf([GOOD])
    writer = PdfWriter(clone_from=io.BytesIO(data))
    page = writer.pages[0]
    del page["/Resources"]
    page[NameObject("/Parent")] = page.indirect_reference
    outcome_of(pool, tmp_path, "parents.pdf", written(writer))


def test_an_outline_that_is_a_circle_ends(pool: ReadingPool, tmp_path: Path) -> None:
    writer = PdfWriter(clone_from=io.BytesIO(pdf([GOOD], outline=[("A", 0, 1), ("B", 0, 1)])))
    first = writer.root_object["/Outlines"]["/First"]
    first[NameObject("/Next")] = first.indirect_reference
    first[NameObject("/First")] = first.indirect_reference
    outcome_of(pool, tmp_path, "outline.pdf", written(writer))


def test_forms_that_show_one_another_twice_end(pool: ReadingPool, tmp_path: Path) -> None:
    writer = PdfWriter(clone_from=io.BytesIO(pdf([GOOD, GOOD])))
    inner = None
    for _ in range(40):
        form = DecodedStreamObject()
        form.set_data(b"/X Do /X Do" if inner else b"0 0 m")
        form[NameObject("/Subtype")] = NameObject("/Form")
        if inner:
            shown = DictionaryObject({NameObject("/X"): inner})
            form[NameObject("/Resources")] = DictionaryObject({NameObject("/XObject"): shown})
        inner = writer._add_object(form)
    page = writer.pages[1]
    page["/Resources"][NameObject("/XObject")] = DictionaryObject({NameObject("/X"): inner})
    page["/Contents"].get_object().set_data(b"/X Do")
    outcome = outcome_of(pool, tmp_path, "forms.pdf", written(writer))
    assert outcome.reading is not None
    assert outcome.reading.text.startswith("The authority supervises banks.")


def word_file(parts: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    sample = Path(__file__).parents[2] / "corpus/drills/tlpt-summary-2023.ja.docx"
    with (
        zipfile.ZipFile(sample) as old,
        zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as new,
    ):
        for entry in old.infolist():
            if entry.filename not in parts:
                new.writestr(entry, old.read(entry))
        for name, data in parts.items():
            new.writestr(name, data)
    return buffer.getvalue()


W = b'<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body>'
END = b"</w:body></w:document>"


@pytest.mark.parametrize(
    "document",
    [
        pytest.param(W + b"<w:p/>" * 40_000_000 + END, id="bomb below the size that is refused"),
        pytest.param(W + b" " * 2**28 + END, id="bomb above it"),
        pytest.param(W + b"<w:tbl><w:tr><w:tc>" * 200_000 + END, id="nested tables"),
        pytest.param(
            b'<!DOCTYPE d [<!ENTITY a "lol"><!ENTITY b "'
            + b"&a;" * 1000
            + b'"><!ENTITY c "'
            + b"&b;" * 1000
            + b'">]>'
            + W
            + b"<w:p><w:r><w:t>"
            + b"&c;" * 1000
            + b"</w:t></w:r></w:p>"
            + END,
            id="a billion laughs",
        ),
        pytest.param(
            b'<!DOCTYPE d [<!ENTITY x SYSTEM "file:///etc/passwd">]>'
            + W
            + b"<w:p><w:r><w:t>&x;</w:t></w:r></w:p>"
            + END,
            id="an entity from outside",
        ),
    ],
)
def test_hostile_word_files_are_refused(pool: ReadingPool, tmp_path: Path, document: bytes) -> None:
    data = word_file({"word/document.xml": document})
    assert len(data) < 2_000_000
    assert outcome_of(pool, tmp_path, "hostile.docx", data).reading is None


def test_a_million_nested_elements_end(pool: ReadingPool, tmp_path: Path) -> None:
    data = b"<html><body>" + b"<div>" * 1_000_000 + b"deep"
    outcome_of(pool, tmp_path, "deep.html", data)


@pytest.mark.parametrize("mark", [b"> ", b"- ", b"[", b"![](", b"*a ", b"`", b"<a "])
def test_deeply_nested_markdown_ends(pool: ReadingPool, tmp_path: Path, mark: bytes) -> None:
    outcome_of(pool, tmp_path, "deep.md", mark * 50_000 + b"deep\n")
