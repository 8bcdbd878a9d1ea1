"""Text to terms: what must meet, meets; what must not, does not."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.text.fold import fold
from rag.text.languages import LANGUAGES
from rag.text.terms import single_terms, terms


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Article 7", "en"),
        ("ARTICLE 7", "en"),
        ("art. 7", "en"),
        ("§ 7", "de"),
        ("Rule 7 applies", "en"),
        ("第七條", "zh-Hant"),
        ("第7条", "zh-Hans"),
        ("第７条", "ja"),
        ("المادة ٧", "ar"),
        ("المادة 7", "ar"),
        ("مادة ۷", "fa"),
    ],
)
def test_a_clause_has_one_term_in_every_language(text: str, language: str) -> None:
    assert "§7" in terms(text, language)


@pytest.mark.parametrize(
    ("numeral", "value"),
    [("十", 10), ("十二", 12), ("二十", 20), ("二十三", 23), ("一百零五", 105), ("三百二十", 320)],
)
def test_chinese_numerals_are_read(numeral: str, value: int) -> None:
    assert f"§{value}" in terms(f"第{numeral}條", "zh-Hant")


def test_a_clause_of_a_clause_keeps_its_points() -> None:
    assert "§3.2.1" in terms("see section 3.2.1", "en")


@pytest.mark.parametrize("text", ["7 banks", "seven articles", "particle 7x", "第一次"])
def test_other_numbers_are_no_clauses(text: str) -> None:
    assert not [term for term in terms(text, "en") if term.startswith("§")]


@pytest.mark.parametrize("number", ["4,500,000", "4500000", "４，５００，０００", "٤٥٠٠٠٠٠"])
def test_a_number_is_one_term_however_it_is_set(number: str) -> None:
    assert terms(number, "en") == ["4500000"]


@pytest.mark.parametrize("number", ["8.8", "2024"])
def test_points_in_numbers_stay(number: str) -> None:
    assert terms(f"about {number}", "en") == [number]


def test_a_number_of_several_levels_is_a_clause() -> None:
    assert terms("about 3.2.1", "en") == ["§3.2.1", "3.2.1"]


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("2,500,000", "en"),
        ("2.500.000", "en"),
        ("2 500 000 francs", "en"),
        ("2'500'000", "en"),
        ("2.5 million", "en"),
        ("two million five hundred thousand", "en"),
        ("2.500.000", "de"),
        ("２，５００，０００", "ja"),
        ("250萬元", "zh-Hant"),
        ("二百五十万元", "zh-Hans"),
        ("٢٫٥ مليون", "ar"),
    ],
)
def test_a_number_is_one_term_however_it_is_set_or_said(text: str, language: str) -> None:
    assert "2500000" in terms(text, language)


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("28 June 2024", "en"),
        ("2024年6月28日", "zh-Hans"),
        ("民國113年6月28日", "zh-Hant"),
        ("令和6年6月28日", "ja"),
        ("٢٨ يونيو ٢٠٢٤", "ar"),
    ],
)
def test_a_date_has_one_term_in_every_language(text: str, language: str) -> None:
    assert "2024-06-28" in terms(text, language)


def test_a_paragraph_of_an_article_is_found_by_both() -> None:
    both = ["§12", "§12/3"]
    assert [term for term in terms("第12条第3項", "ja") if term[0] == "§"] == both
    assert [term for term in terms("Article 12(3)", "en") if term[0] == "§"] == both


@pytest.mark.parametrize("text", ["Table 7", "page 7", "7. Scope", "Tier 1", "FSMA 2023"])
def test_numbers_of_tables_pages_and_names_are_no_clauses(text: str) -> None:
    assert not [term for term in terms(text, "en") if term.startswith("§")]


def test_accents_are_no_difference() -> None:
    assert terms("Societe Generale", "en") == terms("Société Générale", "en")
    assert terms("Muller", "en") == terms("Müller", "en")
    assert terms("Søren Œuvre", "en") == terms("Soren Oeuvre", "en")


def test_marks_tell_vietnamese_words_apart() -> None:
    assert terms("mà", "vi") != terms("má", "vi")


def test_a_decimal_keeps_its_point_when_its_thousands_go() -> None:
    assert terms("1,234.5", "en") == ["1234.5"]


def test_words_meet_their_inflected_forms() -> None:
    assert terms("inspections", "en") == terms("inspection", "en") == terms("INSPECTION", "en")
    assert terms("Prüfungen", "de") == terms("Prüfung", "de")
    assert terms("проверки", "ru") == terms("проверка", "ru")


def test_function_words_are_left_out() -> None:
    assert terms("Which of the exchanges is it?", "en") == terms("exchanges", "en")


def test_an_acronym_that_looks_like_a_function_word_stays() -> None:
    assert single_terms("the IT risk", "en") == ["it", "risk"]
    assert terms("the ＩＴ risk", "en") == terms("the IT risk", "en")
    assert terms("it is a risk", "en") == terms("risk", "en")


def test_capitals_throughout_are_no_acronyms() -> None:
    assert terms("WHO IS IT", "en") == []


def test_ideographs_give_characters_and_bigrams() -> None:
    assert terms("交易所", "zh-Hans") == ["交", "交易", "易", "易所"]


def test_kana_give_bigrams_alone() -> None:
    assert terms("リスク", "ja") == ["リス", "スク"]


@pytest.mark.parametrize(
    "forms",
    [("風險", "风险"), ("檢查", "检查", "検査"), ("廣東", "广东", "広東"), ("⽇本", "日本")],
)
def test_one_ideograph_has_one_form(forms: tuple[str, ...]) -> None:
    """Traditional, Simplified, Japanese, and the radicals that some PDFs yield."""
    assert len({tuple(terms(form, "zh-Hans")) for form in forms}) == 1


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("أحكام", "احكام"),  # alef with and without hamza
        ("المنصّة", "المنصه"),  # shadda, teh marbuta and heh
        ("رقـــابة", "رقابة"),  # the stretching stroke
        ("ﻣﺨﺎﻃﺮ", "مخاطر"),  # presentation forms
        ("کتاب", "كتاب"),  # Persian keheh
    ],
)
def test_arabic_letters_have_one_form(one: str, other: str) -> None:
    assert terms(one, "ar") == terms(other, "ar")


def test_words_of_another_script_are_stemmed_in_their_own_way() -> None:
    assert terms("exchanges", "ar") == terms("exchanges", "en")
    assert terms("المخاطر", "en") == terms("المخاطر", "ar")


def test_repeats_and_order_are_kept() -> None:
    assert single_terms("risk bank risk", "en") == ["risk", "bank", "risk"]


def test_neighbouring_words_are_a_pair_over_function_words() -> None:
    assert terms("the bank of risk", "en") == ["bank", "risk", "bank risk"]


def test_ideographs_between_words_part_them() -> None:
    assert "btc eth" not in terms("BTC和ETH", "zh-Hans")


def test_function_characters_alone_are_no_terms() -> None:
    assert terms("这是什么", "zh-Hans") == []


def test_folding_is_done_once() -> None:
    for text in ("Straße İstanbul ﬁnance", "檢查 検査", "المنصّة ٧", "Ⅳ ①"):
        assert fold(fold(text)) == fold(text)


languages = st.sampled_from([*LANGUAGES, "und", "xx"])


@given(st.text(max_size=300), languages)
def test_any_text_gives_terms_that_say_something(text: str, language: str) -> None:
    found = terms(text, language)
    assert all(term and not term.isspace() for term in found)
    assert terms(text, language) == found


@given(st.text("aeoucnéüñçåÖІїأإ가각한がぱ 0123", max_size=60), languages)
def test_composed_and_decomposed_text_gives_the_same_terms(text: str, language: str) -> None:
    composed = unicodedata.normalize("NFC", text)
    decomposed = unicodedata.normalize("NFD", text)
    assert terms(composed, language) == terms(decomposed, language)


@given(st.text(st.characters(min_codepoint=0x21, max_codepoint=0x7E), max_size=60))
def test_full_width_forms_give_the_same_terms(text: str) -> None:
    wide = "".join(chr(ord(character) + 0xFEE0) for character in text)
    assert terms(wide, "ja") == terms(text, "ja")
