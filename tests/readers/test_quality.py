"""How far the text of a page can be trusted: the shares, the arithmetic, and pages made faulty."""

import io
from itertools import cycle, islice

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pypdf import PdfReader, PdfWriter
from pypdf.generic import DecodedStreamObject, NameObject
from reader_pdfs import glyphs, latin, pdf

from rag.readers import read_bytes
from rag.readers.quality import (
    QualitySignals,
    broken_share,
    disagreement_of,
    implausible_share,
    quality_of,
    script_group,
    text_signals,
)

ENGLISH = (
    "The bank shall hold capital against all of the risks that it takes, and shall report to the "
    "authority each quarter how it has measured them and which of them it has accepted."
)
CHINESE = "监管局检查了十一家平台的内部审计部门，并要求其中八家在六个月内设立独立的审计委员会。"
ARABIC = (
    "رخصت الهيئة حتى نهاية يونيو لتسع منصات لتداول الأصول المشفرة وقد زار مفتشو الهيئة المنصات "
    "التسع كلها بين فبراير وأغسطس من العام نفسه واستغرقت كل زيارة أحد عشر يوم عمل في المتوسط "
    "وللموضوع بعد دولي لا يخفى ففي مايو حملت اليابان ملف سرقات الأصول المشفرة إلى وزراء المالية "
    "ومحافظي البنوك المركزية وعلى كل منصة أن تبلغ عن أي حادث خلال يوم واحد"
)
JAPANESE = (
    "本書は、金融監督庁が実施した、オペレーショナル・レジリエンスに関する実態把握の結果である。"
)


@pytest.mark.parametrize("text", [ENGLISH, CHINESE, ARABIC, JAPANESE, "", "12 345.6 %", "GDP, USD"])
def test_what_people_write_is_whole(text):
    assert broken_share(text) == 0
    assert implausible_share(text) <= 0.02


@pytest.mark.parametrize(
    ("text", "share"),
    [
        ("abc\ufffd", 1 / 4),
        ("ab \ue000\ue001", 2 / 4),
        ("(cid:12)ab", 8 / 10),
        ("caf\u00c3\u00a9", 2 / 5),  # the UTF-8 of é, taken for Windows-1252
        ("\u064bab cd", 1 / 5),  # a vowel mark that begins a word
        ("café naïve Ærø", 0),
    ],
)
def test_the_share_that_is_no_text(text, share):
    assert broken_share(text) == pytest.approx(share)


def test_letters_set_apart_count_as_words_that_nobody_writes():
    # 6 letters apart; 22 in whole words.
    assert implausible_share("s p a c e d twelve letter words again x") == pytest.approx(6 / 28)


def test_words_without_vowels_and_with_capitals_inside_are_counted():
    good = ["capital"] * 15
    # Of 20 words three have no vowel and two a capital inside.
    assert implausible_share(" ".join([*good, *["wklv"] * 3, *["xOvlx"] * 2])) == 5 / 20
    assert implausible_share("wklv xklv") == 0


def test_arabic_without_function_words_or_articles_is_no_prose():
    letters = "بتثجحخدذرزسشصضطظعغفق"
    words = ["".join(islice(cycle(letters), start, start + 4 + start % 3)) for start in range(80)]
    assert implausible_share(" ".join(words)) > 0.8


def test_orders_spaces_marks_and_forms_are_no_disagreement():
    assert disagreement_of("Total assets 1,200", "1,200\r\nTotal assets") == 0
    assert disagreement_of("日本金融", "⽇本\n⾦融") == 0
    assert disagreement_of("بيانًا", "\ufe91\ufef4\ufe8e\ufee7\ufe8e") == 0
    assert disagreement_of("super-\nvision", "super\u2010vision") == 0
    assert disagreement_of("", " ") is None


def test_the_larger_share_that_one_reader_lacks():
    # 10 of 100 characters of theirs are not in ours.
    assert disagreement_of("a" * 90, "a" * 90 + "b" * 10) == pytest.approx(0.1)
    assert disagreement_of("a" * 90 + "b" * 10, "a" * 90) == pytest.approx(0.1)
    assert disagreement_of("", "a" * 9) == 1
    # Two characters are what one ligature may cost.
    assert disagreement_of("offffice" * 3, "offffice" * 3 + "ff") == 0


def test_letters_that_ligatures_lost_are_noticed():
    assert disagreement_of("بيا " * 20, "بيان " * 20) == pytest.approx(1 / 4)


@given(st.text(), st.text())
def test_disagreement_is_a_share_and_symmetric(one, other):
    found = disagreement_of(one, other)
    assert found == disagreement_of(other, one)
    assert found is None or 0 <= found <= 1


@given(st.text())
def test_signs_are_shares_of_any_text(text):
    signs = text_signals(text, text)
    quality, _ = quality_of(signs)
    assert 0 <= signs.broken <= 1
    assert 0 <= signs.implausible <= 1
    assert quality is None or 0 <= quality <= 1


@pytest.mark.parametrize(
    ("signs", "alien", "expected"),
    [
        (QualitySignals(900), False, (1.0, ())),
        (QualitySignals(900), True, (1.0, ())),  # an appendix in another language is no fault
        (QualitySignals(900, broken=0.05), False, (0.5, ("garbled",))),  # 1 - 10 · 0.05
        (
            QualitySignals(900, implausible=0.28),
            False,
            (0.6, ("garbled",)),
        ),  # 1 - 2 · (0.28 - 0.08)
        (QualitySignals(900, implausible=0.08), False, (1.0, ())),
        (QualitySignals(900, disagreement=0.05), False, (0.8, ("disagreement",))),  # 1 - 4 · 0.05
        (
            QualitySignals(900, broken=0.05, disagreement=0.05),
            False,
            (0.4, ("garbled", "disagreement")),
        ),
        (QualitySignals(900, broken=0.05), True, (0.35, ("garbled", "script"))),  # 0.5 · 0.7
        (QualitySignals(900, confidence=0.9, recognised=True), False, (0.9, ("ocr",))),
        (QualitySignals(0), False, (None, ("empty",))),
        (QualitySignals(0, pictured=True), False, (0.0, ("picture",))),
        (QualitySignals(40, pictured=True), False, (0.5, ("picture",))),
        (QualitySignals(400, pictured=True), False, (1.0, ())),
        (QualitySignals(0, disagreement=1.0), False, (0.0, ("disagreement",))),
    ],
)
def test_quality_is_the_product_of_the_shares(signs, alien, expected):
    assert quality_of(signs, alien=alien) == expected


def test_scripts_are_told_by_most_letters():
    assert script_group("第1章 Resilience 金融監督庁の実態把握") == "cjk"
    assert script_group(ARABIC) == "arabic"
    assert script_group("12 %") == ""


def page(text: str) -> str:
    words = text.split()
    lines = [" ".join(words[i : i + 9]) for i in range(0, len(words), 9)]
    return "".join(latin(line, 60, 700 - 14 * i) for i, line in enumerate(lines))


def test_a_healthy_pdf_has_full_quality_and_a_blank_page_none():
    reading = read_bytes(pdf([page(ENGLISH), ""]), ".pdf")
    assert [(p.quality, p.faults) for p in reading.pages] == [(1.0, ()), (None, ("empty",))]


def test_a_font_that_lies_about_its_letters_is_garbled():
    shifted = {i + 1: chr(1 + (ord(c) + 3) % 0x7E) for i, c in enumerate(ENGLISH)}
    codes = list(range(1, len(ENGLISH) + 1))
    rows = "".join(glyphs(codes[i : i + 50], 40, 700 - i) for i in range(0, len(codes), 50))
    lying = {code: chr(0xE000 + ord(c)) for code, c in shifted.items()}
    reading = read_bytes(pdf([rows, page(ENGLISH)], characters=lying), ".pdf")
    assert reading.pages[0].quality == 0
    assert "garbled" in reading.pages[0].faults
    assert reading.pages[1].faults == ()
    assert "Page 1 is garbled: its text layer does not say what the page shows." in reading.notes


def test_text_that_only_one_reader_finds_is_a_disagreement():
    # Slanted text is left out here as a stamp; the other reader reads it.
    slanted = "BT /F1 12 Tf 0.7 0.7 -0.7 0.7 100 100 Tm (supervisory expectation withdrawn) Tj ET"
    (found,) = read_bytes(pdf([page(ENGLISH) + slanted]), ".pdf").pages
    assert found.faults == ("disagreement",)
    # 31 letters of 31 + 135 are missing from ours: 1 - 4 · 31 / 166.
    assert found.quality == pytest.approx(
        1 - 4 * 31 / (31 + len(ENGLISH.replace(" ", ""))), abs=0.01
    )


def test_without_the_other_reader_there_is_no_disagreement(monkeypatch):
    import pypdfium2

    def refuse(*_: object, **__: object) -> None:
        raise RuntimeError

    monkeypatch.setattr(pypdfium2, "PdfDocument", refuse)
    assert read_bytes(pdf([page(ENGLISH)]), ".pdf").pages[0].quality == 1.0


def test_a_damaged_page_is_unread():
    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(pdf([page(ENGLISH), page(ENGLISH)]))))
    broken = DecodedStreamObject()
    broken.set_data(b"not compressed")
    broken[NameObject("/Filter")] = NameObject("/FlateDecode")
    writer.pages[1][NameObject("/Contents")] = writer._add_object(broken)
    buffer = io.BytesIO()
    writer.write(buffer)
    first, second = read_bytes(buffer.getvalue(), ".pdf").pages
    assert first.quality == 1.0
    assert (second.quality, second.faults) in [(0.0, ("unread",)), (None, ("empty",))]


@pytest.mark.parametrize("suffix", [".txt", ".md", ".html"])
def test_text_that_was_decoded_wrongly_twice_is_garbled(suffix):
    wrong = "Les évaluations à présenter étaient déjà prêtes".encode().decode("cp1252", "replace")
    for text, faults in ((wrong, ("garbled",)), (ENGLISH, ())):
        markup = f"<html><body><p>{text}</p></body></html>" if suffix == ".html" else text
        (found,) = read_bytes(markup.encode(), suffix).pages
        assert found.faults == faults
        assert (found.quality == 1.0) == (not faults)


def test_dots_that_lead_to_a_page_number_are_no_disagreement() -> None:
    shown = f"Contents\nWhy we looked {'.' * 90} 1\nWhat we found {'. ' * 60}2\n概要{'…' * 30}3"
    assert (
        disagreement_of("Contents\nWhy we looked ... 1\nWhat we found ... 2\n概要 ... 3", shown)
        == 0
    )
    assert disagreement_of("a.b.c." * 40, "abc" * 40) == pytest.approx(0.5)


def test_three_characters_are_a_disagreement() -> None:
    assert disagreement_of("a" * 28, "a" * 28 + "bb") == 0
    assert disagreement_of("a" * 27, "a" * 27 + "bbb") == pytest.approx(3 / 30)
