"""Which language a text is in: long sentences, short questions, and scripts that several share."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.locale import own_name
from rag.text.languages import (
    LANGUAGES,
    UNKNOWN,
    convert_each,
    detect,
    normalise_code,
    script_of,
)

SENTENCES = {
    "en": "The supervisor found that the board had not reviewed the register of outsourcing.",
    "de": "Die Aufsicht stellte fest, dass der Vorstand das Register nicht geprüft hatte.",
    "fr": "Le superviseur a constaté que le conseil n'avait pas examiné le registre des contrats.",
    "es": "El supervisor comprobó que el consejo no había revisado el registro de los contratos.",
    "it": "La vigilanza rilevò che il consiglio non aveva esaminato il registro dei contratti.",
    "pt": "O supervisor verificou que o conselho não tinha revisto o registo dos contratos.",
    "nl": "De toezichthouder stelde vast dat het bestuur het register niet had beoordeeld.",
    "pl": "Organ nadzoru stwierdził, że zarząd nie sprawdził rejestru umów i nie ocenił ryzyka.",
    "tr": "Denetim kurumu, yönetim kurulunun sözleşme kaydını gözden geçirmediğini tespit etti.",
    "ru": "Надзорный орган установил, что правление не проверило реестр договоров.",
    "uk": "Наглядовий орган встановив, що правління не перевірило реєстр договорів і їхній ризик.",
    "el": "Η εποπτική αρχή διαπίστωσε ότι το συμβούλιο δεν είχε εξετάσει το μητρώο.",
    "ar": "وجدت الجهة الرقابية أن مجلس الإدارة لم يراجع سجل عقود الإسناد الخارجي.",
    "fa": "ناظر دریافت که هیئت مدیره گزارش قراردادها را بررسی نکرده است و چاره‌ای نیندیشیده است.",
    "he": "המפקח מצא כי הדירקטוריון לא בחן את מרשם ההתקשרויות.",
    "hi": "पर्यवेक्षक ने पाया कि बोर्ड ने अनुबंधों के रजिस्टर की समीक्षा नहीं की थी।",
    "th": "ผู้กำกับดูแลพบว่าคณะกรรมการไม่ได้ทบทวนทะเบียนสัญญา",
    "ko": "감독 당국은 이사회가 외부 위탁 대장을 검토하지 않았음을 확인했다.",
    "ja": "監督当局は、取締役会が外部委託の台帳を確認していなかったことを認めた。",
    "zh-Hans": "监管机构发现,董事会没有审查外包合同登记册,也没有评估风险。",
    "zh-Hant": "監管機構發現,董事會沒有審查外包合約登記冊,也沒有評估風險。",
}

QUESTIONS = {
    "en": "How many exchanges were inspected?",
    "de": "Wie viele Börsen wurden geprüft?",
    "fr": "Combien de plateformes ont été inspectées ?",
    "es": "¿Cuántas plataformas fueron inspeccionadas?",
    "ru": "Сколько бирж было проверено?",
    "ar": "كم عدد المنصات التي جرى تفتيشها؟",
    "ja": "検査された取引所はいくつですか。",
    "ko": "검사한 거래소는 몇 곳입니까?",
    "zh-Hans": "检查了多少家交易所?",
    "zh-Hant": "檢查了多少家交易所?",
    "th": "ตรวจสอบกี่แห่ง",
    "hi": "कितने एक्सचेंजों का निरीक्षण हुआ?",
}


@pytest.mark.parametrize(("language", "text"), SENTENCES.items())
def test_a_sentence_is_in_the_language_it_is_written_in(language: str, text: str) -> None:
    assert detect(text) == language


@pytest.mark.parametrize(("language", "text"), QUESTIONS.items())
def test_a_short_question_is_in_the_language_it_is_asked_in(language: str, text: str) -> None:
    assert detect(text) == language


def test_every_code_that_is_found_is_in_the_table() -> None:
    assert set(SENTENCES) | set(QUESTIONS) <= set(LANGUAGES)


@pytest.mark.parametrize("text", ["", " \n\t", "2024 – 12.5 %", "§ 7 (1)", "€ 4,500 …", "①②③"])
def test_text_without_letters_is_in_no_language_of_its_own(text: str) -> None:
    assert detect(text) == UNKNOWN
    assert detect(text, "ar") == "ar"


@pytest.mark.parametrize("default", ["zh-Hans", "zh-Hant", "ja"])
def test_ideographs_that_all_share_leave_the_choice_to_the_default(default: str) -> None:
    assert detect("人口 大小 上下", default) == default


def test_one_character_of_one_script_decides_for_it() -> None:
    assert detect("人口增长") == "zh-Hans"
    assert detect("人口增長") == "zh-Hant"


def test_kanji_of_japan_alone_are_japanese() -> None:
    # 査, 経 and 営 are the forms of Japan: Chinese writes 查, 经/經 and 营/營.
    assert detect("検査部門 経営管理") == "ja"


def test_a_chinese_report_that_names_a_company_in_kana_stays_chinese() -> None:
    text = "监管机构对这家公司(コインチェック)的资产被盗事件进行了调查。" + SENTENCES["zh-Hans"] * 4
    assert detect(text) == "zh-Hans"


def test_names_in_another_script_do_not_decide() -> None:
    assert detect("根据 FATF 与 IOSCO 的建议,平台必须报告客户资产") == "zh-Hans"
    assert detect("طبقت المنصة معيار FATF وقاعدة Travel Rule على التحويلات") == "ar"
    assert detect("The board of 東京 Exchange has not reviewed the policy.") == "en"


def test_an_abstract_in_english_does_not_decide_for_a_report() -> None:
    report = SENTENCES["en"] * 10 + SENTENCES["zh-Hant"] * 400
    assert detect(report) == "zh-Hant"


@given(st.text(max_size=200), st.sampled_from([UNKNOWN, "en", "zh-Hant"]))
def test_any_text_gets_a_known_code(text: str, default: str) -> None:
    assert detect(text, default) in {*LANGUAGES, UNKNOWN}


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("zh", "zh-Hans"),
        ("zh-CN", "zh-Hans"),
        ("zh_cn", "zh-Hans"),
        ("zh-TW", "zh-Hant"),
        ("zh-hant-hk", "zh-Hant"),
        ("EN", "en"),
        (" en-GB ", "en"),
        ("pt_BR", "pt"),
    ],
)
def test_codes_are_taken_as_people_write_them(written: str, code: str) -> None:
    assert normalise_code(written) == code


def test_every_language_has_the_script_that_its_own_name_is_written_in() -> None:
    assert {code: info.script for code, info in LANGUAGES.items()} == {
        code: script_of(own_name(code)[0]) for code in LANGUAGES
    }


def test_scripts_of_letters() -> None:
    letters = {
        "a": "latin",
        "é": "latin",
        "中": "han",
        "か": "kana",
        "ا": "arabic",
        "я": "cyrillic",
    }
    assert {letter: script_of(letter) for letter in letters} == letters
    assert [script_of(other) for other in "1.،٧"] == ["", "", "", ""]


def test_characters_are_converted_each_by_itself() -> None:
    # As a word, 头发 would give 頭髮; by itself 发 gives its most frequent form.
    assert convert_each(["头", "发"], "s2t") == ["頭", "發"]
