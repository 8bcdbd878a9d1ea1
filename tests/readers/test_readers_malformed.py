"""Whatever the bytes: a reading, or an error that says what is wrong and what to do."""

import io
import logging
import random
from pathlib import Path

import pytest
from pypdf import PdfWriter
from pypdf.generic import DecodedStreamObject, DictionaryObject, NameObject
from reader_pdfs import latin, pdf
from test_readers_text import check_spans

from rag.errors import ReadError
from rag.readers import SUFFIXES, read, read_bytes

PLAIN = pdf([latin("The authority supervises banks.", 60, 700)])


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_an_empty_file_is_refused(suffix: str, tmp_path: Path):
    path = tmp_path / f"report{suffix}"
    path.write_bytes(b"")
    with pytest.raises(ReadError, match="empty"):
        read(path)


def test_a_missing_file_is_refused(tmp_path: Path):
    with pytest.raises(ReadError, match="cannot be opened"):
        read(tmp_path / "none.txt")


def test_suffixes_count_in_any_case(tmp_path: Path):
    path = tmp_path / "REPORT.TXT"
    path.write_text("Rules.")
    assert read(path).text == "Rules."


def test_other_suffixes_are_refused(tmp_path: Path):
    path = tmp_path / "table.ods"
    path.write_bytes(b"x")
    with pytest.raises(ReadError, match="not read"):
        read(path)


@pytest.mark.parametrize(
    ("data", "suffix", "words"),
    [
        (b"\x89PNG\r\n\x1a\n" + bytes(20), ".pdf", "a PNG picture"),
        (b"{\\rtf1 Rules}", ".docx", "an RTF document"),
        (PLAIN, ".docx", "a PDF"),
        (PLAIN, ".txt", "a PDF"),
        (b"<!DOCTYPE html><html><body>x</body></html>", ".pdf", "an HTML page"),
        (b"Only text.", ".pdf", "plain text"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(64), ".docx", "Office file of the old kind"),
    ],
)
def test_another_kind_of_file_is_named(data: bytes, suffix: str, words: str):
    with pytest.raises(ReadError, match=words):
        read_bytes(data, suffix)


def test_messages_end_with_what_to_do():
    with pytest.raises(ReadError) as caught:
        read_bytes(b"Only text.", ".pdf")
    assert len(str(caught.value).split(". ")) >= 2
    assert str(caught.value).endswith(".")


def test_a_pdf_locked_with_a_password_is_refused():
    with pytest.raises(ReadError, match="password"):
        read_bytes(pdf([latin("secret", 60, 700)], password="key"), ".pdf")


def test_a_pdf_encrypted_with_an_empty_password_is_read():
    assert read_bytes(pdf([latin("open", 60, 700)], password=""), ".pdf").text == "open"


def test_a_scan_is_refused_with_the_word_for_what_it_needs():
    with pytest.raises(ReadError, match=r"text layer.*OCR"):
        read_bytes(pdf(["0 0 10 10 re f"]), ".pdf")


def test_pages_of_pictures_among_pages_of_text_are_named():
    writer = PdfWriter(clone_from=io.BytesIO(pdf([latin("text", 60, 700), "", "", ""])))
    for page in writer.pages[1:3]:
        picture = DecodedStreamObject()
        picture[NameObject("/Subtype")] = NameObject("/Image")
        pictures = DictionaryObject({NameObject("/P"): writer._add_object(picture)})
        page[NameObject("/Resources")] = DictionaryObject({NameObject("/XObject"): pictures})
    buffer = io.BytesIO()
    writer.write(buffer)
    reading = read_bytes(buffer.getvalue(), ".pdf")
    # The last page is blank: nothing is missing from it.
    assert reading.notes == ("Pages 2-3 have no text layer.",)
    assert len(reading.pages) == 4


def test_a_page_that_cannot_be_read_costs_only_itself():
    data = pdf([latin("good", 60, 700), latin("fine", 60, 700)])
    writer = PdfWriter(clone_from=io.BytesIO(data))
    broken = writer.pages[1]
    broken["/Contents"].get_object().set_data(b"(((( <</A [ BT /F1")
    buffer = io.BytesIO()
    writer.write(buffer)
    reading = read_bytes(buffer.getvalue(), ".pdf")
    assert reading.text == "good"
    assert len(reading.pages) == 2


def test_forms_that_call_themselves_end():
    writer = PdfWriter()
    page = writer.add_blank_page(600, 800)
    form = DecodedStreamObject()
    form.set_data(b"BT /F1 12 Tf 60 700 Td (loop) Tj ET /X Do")
    form[NameObject("/Subtype")] = NameObject("/Form")
    reference = writer._add_object(form)
    font = DictionaryObject(
        {
            NameObject("/Type"): NameObject("/Font"),
            NameObject("/Subtype"): NameObject("/Type1"),
            NameObject("/BaseFont"): NameObject("/Helvetica"),
        }
    )
    page[NameObject("/Resources")] = DictionaryObject(
        {
            NameObject("/Font"): DictionaryObject({NameObject("/F1"): font}),
            NameObject("/XObject"): DictionaryObject({NameObject("/X"): reference}),
        }
    )
    content = DecodedStreamObject()
    content.set_data(b"/X Do")
    page[NameObject("/Contents")] = writer._add_object(content)
    buffer = io.BytesIO()
    writer.write(buffer)
    assert read_bytes(buffer.getvalue(), ".pdf").text == "loop"


def test_a_very_long_line_is_read_at_once():
    # A pattern that searched the line from every place would take minutes.
    assert len(read_bytes(b"1.1 Title " + b" " * 300_000 + b"x", ".txt").text) == 300_011


def test_pypdf_says_nothing_of_its_own(caplog: pytest.LogCaptureFixture):
    with caplog.at_level(logging.DEBUG), pytest.raises(ReadError):
        read_bytes(PLAIN[: len(PLAIN) // 3], ".pdf")
    assert not [record for record in caplog.records if record.name.startswith("pypdf")]


def damaged(data: bytes, chance: random.Random) -> bytes:
    broken = bytearray(data)
    kind = chance.randrange(3)
    if kind == 0:
        for _ in range(chance.randint(1, 30)):
            broken[chance.randrange(len(broken))] = chance.randrange(256)
    elif kind == 1:
        del broken[chance.randrange(1, len(broken)) :]
    else:
        at = chance.randrange(len(broken))
        broken[at : at + 40] = bytes(40)
    return bytes(broken)


@pytest.mark.parametrize("seed", range(60))
def test_damaged_pdfs_give_a_reading_or_an_error(seed: int):
    try:
        reading = read_bytes(damaged(PLAIN, random.Random(seed)), ".pdf")
    except ReadError:
        return
    check_spans(reading)


@pytest.mark.parametrize("data", [bytes(range(256)) * 8, b"%PDF-1.7", b"PK\x03\x04", b"\xff" * 99])
@pytest.mark.parametrize("suffix", SUFFIXES)
def test_arbitrary_bytes_give_a_reading_or_an_error(data: bytes, suffix: str):
    try:
        read_bytes(data, suffix)
    except ReadError as error:
        assert str(error)
