"""What a sentence says is found in its passage by value, whatever the format; else it is missed."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.answering.grounding import Claim, Ground, claims, specifics, unproven


def reasons(sentence: str, passage: str, languages: str = "en en", around: str = "") -> list[str]:
    own, other = languages.split()
    ground = Ground(passage, other, around)
    return list(unproven(Claim(sentence, (1,)), own, [ground], nearness=1.0, least=0.3))


SAME_NUMBER = [
    ("It lost 1,000 coins.", "The loss was １，０００ coins.", "en en"),
    ("It lost 1000 coins.", "بلغت الخسارة ١٬٠٠٠ عملة.", "en ar"),
    ("It lost one thousand coins.", "損失1000枚。", "en ja"),
    ("It lost 120 million yen.", "被害額は1.2億円。", "en ja"),
    ("It lost 120 million yen.", "被害額は1億2,000万円。", "en ja"),
    ("损失3,500万元。", "The loss was 35 million.", "zh-Hans en"),
    ("损失四千万元。", "The loss was 40 million.", "zh-Hans en"),
    ("بلغت الخسارة 41 مليون دولار.", "The loss was USD 41,000,000.", "ar en"),
    ("بلغ العدد سبعة وثلاثين عقدا.", "There were 37 contracts.", "ar en"),
    ("Twelve banks took part.", "受測銀行共十二家。", "en zh-Hant"),
    ("It was 61% of the limit.", "覆蓋率僅為百分之六十一。", "en zh-Hant"),
    ("It was 12.5 per cent.", "كانت النسبة ١٢٫٥٪.", "en ar"),
    ("Sie verlor 1.234,5 Mio. Euro.", "It lost 1,234,500,000 euros.", "de en"),
    ("It earned 1,234 million.", "USD million\n2023\t1,234\t1,100", "en en"),
    ("It earned 1,234 million yen.", "単位：百万円\n2023年\t1,234", "en ja"),
    ("The ratio was 14.1%.", "Ratio, %\nLarge banks\t14.1\t13.6", "en en"),
    ("It paid $2.5bn.", "It paid 2,500 million dollars.", "en en"),
    ("It paid EUR 90 000.", "It paid 90,000 euros.", "en en"),
    ("It lasted twenty-one days.", "持續二十一天。", "en zh-Hant"),
    ("It has two working days.", "خلال يومي عمل", "en ar"),
    ("It was 15 %.", "It was 10 to 15 %.", "en en"),
    ("It was 2019 to 2021.", "In 2019 and 2021", "en en"),
    ("In Q4 2026 it fell.", "في الربع الرابع من عام 2026", "en ar"),
    ("In Q4 2026 it fell.", "2026\nIn the fourth quarter", "en en"),
]


@pytest.mark.parametrize(("sentence", "passage", "languages"), SAME_NUMBER)
def test_numbers_are_compared_by_value(sentence: str, passage: str, languages: str) -> None:
    assert reasons(sentence, passage, languages) == []


OTHER_NUMBER = [
    ("It lost 1,001 coins.", "It lost 1,000 coins.", "en en"),
    ("It lost 12 million yen.", "被害額は1.2億円。", "en ja"),
    ("It lost 41 billion.", "It lost 41 million.", "en en"),
    ("It lost 7 million.", "It lost 5 million in 7 cases.", "en en"),
    ("It was 5%.", "There were 5 banks.", "en en"),
    ("Five banks took part.", "It fell by 5%.", "en en"),
    ("It fell by 5 percentage points.", "It fell by 5%.", "en en"),
    ("Thirteen banks took part.", "受測銀行共十二家。", "en zh-Hant"),
    ("损失四千一百万元。", "The loss was 40 million.", "zh-Hans en"),
    ("It was 1.234.", "It was 1,234.", "en en"),
    ("It paid USD 5 million.", "It paid EUR 5 million.", "en en"),
    ("It has 30 days.", "It has 30 working days.", "en en"),
    ("It has 30 days.", "期限为30个月。", "en zh-Hans"),
    ("It was 10 to 15 %.", "It was 10 to 14 %.", "en en"),
]


@pytest.mark.parametrize(("sentence", "passage", "languages"), OTHER_NUMBER)
def test_another_number_is_told(sentence: str, passage: str, languages: str) -> None:
    assert reasons(sentence, passage, languages) == ["number"]


SAME_DATE = [
    "2024年6月28日",
    "June 28, 2024",
    "28 June 2024",
    "the 28th of June 2024",
    "28/06/2024",
    "06/28/2024",
    "2024-06-28",
    "２０２４年６月２８日",
    "٢٨ يونيو ٢٠٢٤",
    "28 حزيران 2024",
    "民國113年6月28日",
    "令和6年6月28日",
    "28. Juni 2024",
]


@pytest.mark.parametrize("written", SAME_DATE)
@pytest.mark.parametrize("stated", SAME_DATE)
def test_a_date_is_one_however_it_is_written(written: str, stated: str) -> None:
    assert reasons(f"It began on {written}.", f"起始：{stated}。", "en zh-Hans") == []


@pytest.mark.parametrize(
    ("sentence", "passage", "missing"),
    [
        ("It began on 29 June 2024.", "2024年6月28日", ["date"]),
        ("It began on 28 June 2023.", "2024年6月28日", ["date"]),
        ("It began in June 2024.", "2024年6月28日", []),
        ("It began on 28 June 2024.", "It began in June 2024.", ["date"]),
        ("It began on 28 June 2024.", "In 2024 it began on 28 June.", []),
        ("It began in 2024.", "2024年6月28日", []),
        ("It began in 2025.", "2024年6月28日", ["number"]),
        ("بدأ في 22 ذو الحجة 1445.", "بدأ في 22 ذو الحجة 1445 هـ", []),
        ("بدأ في 22 ذو الحجة 1445.", "بدأ في 28 يونيو 2024", ["date"]),
    ],
)
def test_a_date_may_say_less_than_the_passage_but_not_more(
    sentence: str, passage: str, missing: list[str]
) -> None:
    assert reasons(sentence, passage) == missing


@pytest.mark.parametrize(
    ("sentence", "passage", "languages", "missing"),
    [
        ("The Bank of Japan objected.", "The Bank of Japan objected.", "en en", []),
        ("The Bank of Japan objected.", "The Bank of Korea and Japan Post", "en en", ["name"]),
        ("Lenders told Northgate Exchange's staff.", "staff of Northgate Exchange", "en en", []),
        ("Lenders told Southgate Exchange.", "staff of Northgate Exchange", "en en", ["name"]),
        ("Binance lost it.", "Coincheck lost it.", "en en", ["name"]),
        ("Lenders must report.", "Banks must report.", "en en", []),
        ("The FSA objected.", "The SFC objected.", "en en", ["name"]),
        ("由Coincheck报告。", "Coincheck 於 2018 年", "zh-Hans zh-Hant", []),
        ("由Binance报告。", "Coincheck 於 2018 年", "zh-Hans zh-Hant", ["name"]),
        ("依《银行法》办理。", "依《銀行法》辦理。", "zh-Hans zh-Hant", []),
        ("依《证券法》办理。", "依《銀行法》辦理。", "zh-Hans zh-Hant", ["quotation"]),
        ('It speaks of "repeat findings".', "repeat  findings fell", "en en", []),
        ('It speaks of "no findings".', "repeat findings fell", "en en", ["quotation"]),
        ("Article 7 says so.", "第七條規定", "en zh-Hant", []),
        ("تنص المادة ٧ على ذلك.", "Article 7 requires it.", "ar en", []),
        ("Article 8 says so.", "Article 7 requires 8 banks", "en en", ["clause"]),
        ("Rule 4.2 says so.", "4.2 Sub-contracting needs notice.", "en en", []),
    ],
)
def test_names_quotations_and_clauses(
    sentence: str, passage: str, languages: str, missing: list[str]
) -> None:
    assert reasons(sentence, passage, languages) == missing


def test_title_and_headings_count_as_the_passage() -> None:
    assert reasons("Meridia's ratio was 106% in 2022.", "It was 106%.") == ["number", "name"]
    assert reasons("Meridia's ratio was 106% in 2022.", "106%", around="Meridia, 2022") == []


def test_nothing_is_borne_out_by_no_passage_or_one_of_another_matter() -> None:
    claim = Claim("Banks must report.", (1,))
    assert unproven(claim, "en", [], 1.0, 0.3) == ("citation",)
    assert unproven(claim, "en", [Ground("Cats sleep.", "en")], 0.29, 0.3) == ("meaning",)


def test_turned_round_it_passes_and_that_is_the_limit() -> None:
    # Negation and roles are beyond words and numbers: readers are told so.
    assert reasons("Banks need not report 7 cases.", "Banks must report 7 cases.") == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("A fell [1]. B rose. [2]", [("A fell.", (1,)), ("B rose.", (2,))]),
        ("A fell [1][2]. B rose [1, 3].", [("A fell.", (1, 2)), ("B rose.", (1, 3))]),
        ("A fell.[1] B rose.[2]", [("A fell.", (1,)), ("B rose.", (2,))]),
        ("甲下降。[1]乙上升【2】。", [("甲下降。", (1,)), ("乙上升。", (2,))]),
        ("- A fell [1].\n- B rose.", [("A fell.", (1,)), ("B rose.", ())]),
        ("A fell [1]. A fell [2].", [("A fell.", (1,))]),
        ("[1]", []),
        ("", []),
    ],
)
def test_sentences_and_what_they_cite(
    text: str, expected: list[tuple[str, tuple[int, ...]]]
) -> None:
    assert [(claim.text, claim.cited) for claim in claims(text, "en")] == expected


@given(st.integers(2, 10**9), st.sampled_from(["{}", "{:,}", "{:,} banks", "約{}", "{}家"]))
def test_a_whole_number_is_borne_out_however_it_is_set(number: int, form: str) -> None:
    assert reasons(f"There were {number:,} banks.", form.format(number)) == []
    assert "number" in reasons(f"There were {number + 1:,} banks.", form.format(number))


@given(st.text(max_size=300))
def test_no_text_is_too_odd(text: str) -> None:
    found = specifics(text, "en")
    assert found.count_in(Ground(text, "en")) >= 0
    claims(text, "zh-Hans")


@given(st.dates(min_value=date(1950, 1, 1)))
def test_a_sentence_is_borne_out_by_itself(day: object) -> None:
    sentence = f"On {day} the FSA fined Northgate 1,250,000 euros, 3.5% of its income."
    assert reasons(sentence, sentence) == []
