"""Scans: recognised where there is Tesseract, named with what to install where there is not."""

import io
import shutil
import textwrap
import unicodedata
from pathlib import Path
from types import SimpleNamespace

import pypdfium2
import pytest
from rapidfuzz.distance import Levenshtein
from reader_pdfs import latin, pdf

from rag.errors import ReadError
from rag.readers import ocr as ocr_module
from rag.readers import read_bytes
from rag.readers.ocr import OFF, Ocr, Word, confidence_of, find_ocr, recognise
from rag.readers.pdf import recognition
from rag.readers.pdf.opening import layouts

CORPUS = Path(__file__).parents[2] / "corpus"
PACKS = {"eng", "ara", "jpn", "chi_sim", "chi_tra"}
SAMPLES = {
    "en": ("internal-audit-maturity-2023.en.pdf", 3, 0.97),
    "zh-Hans": ("exchange-internal-audit-cases.zh-Hans.pdf", 2, 0.93),
    "zh-Hant": ("outsourcing-cloud-review-2023.zh-Hant.pdf", 3, 0.93),
    "ja": ("operational-resilience-2024.ja.pdf", 4, 0.93),
    "ar": ("exchange-custody-report-2023.ar.pdf", 2, 0.85),
}
ENGLISH = (
    "The bank shall hold capital against all of the risks that it takes and shall report "
    "to the authority each quarter how it has measured them."
)

installed = pytest.mark.skipif(
    not find_ocr("auto").packs >= PACKS,
    reason="Tesseract, pytesseract or one of the packs " + ", ".join(sorted(PACKS)) + " is missing",
)


def words(text: str) -> str:
    return "".join(c for c in unicodedata.normalize("NFKC", text) if c.isalnum())


def scan(data: bytes, numbers: list[int], keep: bytes | None = None) -> bytes:
    """A PDF of pictures of these pages; before them the pages of ``keep`` as they are."""
    document = pypdfium2.PdfDocument(data)
    pictures = [document[n].render(scale=200 / 72, grayscale=True).to_pil() for n in numbers]
    buffer = io.BytesIO()
    pictures[0].save(buffer, "PDF", save_all=True, append_images=pictures[1:], resolution=200)
    if keep is None:
        return buffer.getvalue()
    joined = pypdfium2.PdfDocument(keep)
    joined.import_pages(pypdfium2.PdfDocument(buffer.getvalue()))
    out = io.BytesIO()
    joined.save(out)
    return out.getvalue()


def written(lines: list[str]) -> bytes:
    return pdf(["".join(latin(line, 60, 700 - 30 * i, 16) for i, line in enumerate(lines))])


@installed
@pytest.mark.parametrize("language", SAMPLES)
def test_letters_of_each_language_are_recognised(language):
    name, number, least = SAMPLES[language]
    data = (CORPUS / name).read_bytes()
    (layout,) = layouts(data, [number])
    truth = sorted(words("".join(line.text for row in layout.rows for line in row.lines)))
    picture = pypdfium2.PdfDocument(data)[number].render(scale=300 / 72, grayscale=True).to_pil()
    found = recognise(picture, ocr_module.PACKS[language])
    read = sorted(words("".join(word.text for line in found for word in line)))
    # Sorted letters: tables may be read in another order.
    assert 1 - Levenshtein.distance(truth, read) / len(truth) >= least
    assert confidence_of(found) > 0.75


@installed
def test_a_scanned_page_is_read_in_the_language_of_the_others():
    keep = (CORPUS / "aml-virtual-assets-2022.ar.pdf").read_bytes()
    reading = read_bytes(scan(keep, [1], keep=keep), ".pdf", find_ocr("auto"))
    assert reading.notes == ("Page 4 was recognised from pictures (OCR).",)
    page = reading.pages[3]
    assert page.faults == ("ocr",)
    assert 0.7 < page.quality < 1
    # In the order that is read: the first words of the page's second line, not turned round.
    original = read_bytes(keep, ".pdf")
    text = original.text[original.pages[1].start : original.pages[1].end]
    read = reading.text[page.start : page.end]
    known = {word for word in text.split() if len(word) > 4}
    assert sum(word in read for word in known) > 0.7 * len(known)


@installed
def test_a_report_of_pictures_alone_is_read_and_its_language_found(monkeypatch):
    monkeypatch.setattr(recognition, "DPI", 150)
    data = scan(written(textwrap.wrap(ENGLISH, 44)), [0])
    reading = read_bytes(data, ".pdf", find_ocr("auto"))
    assert " ".join(reading.text.split()) == ENGLISH
    assert reading.pages[0].faults == ("ocr",)


@installed
def test_a_blank_picture_stays_a_picture():
    with pytest.raises(ReadError, match="no text layer"):
        read_bytes(scan(pdf([""]), [0]), ".pdf", find_ocr("auto"))


def test_without_ocr_scans_are_named_with_what_to_do(monkeypatch):
    monkeypatch.setattr(shutil, "which", lambda _: None)
    ocr_module._installed.cache_clear()
    missing = find_ocr("auto")
    ocr_module._installed.cache_clear()
    mixed = scan(written([ENGLISH[:40]]), [0], keep=written([ENGLISH[:43], ENGLISH[44:85]]))
    reading = read_bytes(mixed, ".pdf", missing)
    assert reading.notes[0].startswith("Page 2 has no text layer. To have them recognised, install")
    assert [page.faults for page in reading.pages] == [(), ("picture",)]
    assert reading.pages[1].quality == 0
    with pytest.raises(ReadError, match=r"pictures.*rag\[ocr\]"):
        read_bytes(scan(written(["text"]), [0]), ".pdf", missing)
    with pytest.raises(ReadError, match="turned off"):
        read_bytes(scan(written(["text"]), [0]), ".pdf", find_ocr("off"))
    assert (missing.fingerprint, OFF.fingerprint) == ("off", "off")


def line(text: str, top: int, confidence: float) -> list[Word]:
    return [
        Word(word, 100 + 120 * i, top, 20 * len(word), 30, confidence)
        for i, word in enumerate(text.split())
    ]


@pytest.fixture
def machine(monkeypatch):
    """Tesseract replaced by what each pack would read."""
    reads: dict[str, list[list[Word]]] = {}
    asked: list[str] = []

    def fake(_: object, pack: str) -> list[list[Word]]:
        asked.append(pack)
        return reads.get(pack, [])

    monkeypatch.setattr(recognition, "recognise", fake)
    return SimpleNamespace(reads=reads, asked=asked)


def test_a_missing_pack_is_named(machine):
    japanese = (CORPUS / "exchange-incident-analysis-2022.ja.pdf").read_bytes()
    machine.reads["eng"] = [line("some words", 100, 0.6)]
    data = scan(written(["text"]), [0], keep=japanese)
    reading = read_bytes(data, ".pdf", Ocr("5", frozenset({"eng"}), ""))
    assert any("jpn" in note and "tesseract-ocr-jpn" in note for note in reading.notes)


def test_recognised_words_that_nobody_can_be_sure_of_are_left_out(machine):
    machine.reads["eng"] = [line("some words", 100, 0.39)]
    with pytest.raises(ReadError, match="pictures"):
        read_bytes(scan(written(["text"]), [0]), ".pdf", Ocr("5", frozenset({"eng"}), ""))


def test_quality_is_the_confidence_weighted_by_letters(machine):
    # 4 letters at 0.5 and 12 at 0.9: (2 + 10.8) / 16.
    machine.reads["eng"] = [line("four", 100, 0.5), line("twelve words", 150, 0.9)]
    machine.reads["eng"][1].append(Word("x", 500, 150, 20, 30, 0.9))
    reading = read_bytes(scan(written(["text"]), [0]), ".pdf", Ocr("5", frozenset({"eng"}), ""))
    assert reading.pages[0].quality == pytest.approx((4 * 0.5 + 12 * 0.9) / 16)


def test_a_garbled_page_keeps_its_text_where_ocr_reads_worse(machine):
    # 4 of 78 visible characters are private: 1 - 10 · 4 / 78 = 0.49.
    text = "The bank shall hold capital against all the risks it takes and report them each quarter"
    codes = {i + 1: c for i, c in enumerate(text + "\ue000\ue001\ue002\ue003")}
    shown = "".join(f"{code:04X}" for code in codes)
    data = pdf([f"BT /F3 6 Tf 1 0 0 1 20 700 Tm <{shown}> Tj ET"], characters=codes)
    ocr = Ocr("5", frozenset({"eng"}), "")
    machine.reads["eng"] = [line("worse", 100, 0.42)]
    assert "capital" in read_bytes(data, ".pdf", ocr).text
    machine.reads["eng"] = [line("better", 100, 0.9)]
    reading = read_bytes(data, ".pdf", ocr)
    assert reading.text == "better"
    assert reading.pages[0].faults == ("ocr",)


def test_pages_with_text_are_not_recognised(machine):
    read_bytes(written([ENGLISH]), ".pdf", Ocr("5", frozenset({"eng"}), ""))
    assert machine.asked == []


def test_words_far_apart_are_cells_of_a_row(machine):
    row = [Word("left", 100, 100, 80, 30, 0.9), Word("right", 900, 100, 100, 30, 0.9)]
    machine.reads["eng"] = [row, [Word(w.text, w.left, 160, w.width, 30, 0.9) for w in row]]
    reading = read_bytes(scan(written(["text"]), [0]), ".pdf", Ocr("5", frozenset({"eng"}), ""))
    assert reading.text == "left\tright\nleft\tright"
