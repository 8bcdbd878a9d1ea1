"""Names and directions of languages, for codes that are known and for any others."""

from __future__ import annotations

import pytest

from rag.locale import INTERFACE_LANGUAGES, direction, language_name, own_name
from rag.text.languages import LANGUAGES


@pytest.mark.parametrize(
    ("code", "language", "name"),
    [
        ("zh-Hant", "en", "Traditional Chinese"),
        ("zh-Hans", "ar", "الصينية المبسطة"),
        ("ar", "ja", "アラビア語"),
        ("de", "zh-Hans", "德语"),
        ("xx", "en", "xx"),
        ("<b>", "ja", "<b>"),
    ],
)
def test_a_language_is_named_in_another_and_an_unknown_one_by_its_code(
    code: str, language: str, name: str
):
    assert language_name(code, language) == name


def test_languages_name_themselves_as_a_list_begins():
    assert [own_name(code) for code in INTERFACE_LANGUAGES] == [
        "English",
        "简体中文",
        "繁體中文",
        "العربية",
        "日本語",
    ]
    assert [own_name(code) for code in ("fr", "ru", "xx", "und", "")] == [
        "Français",
        "Русский",
        "xx",
        "und",
        "",
    ]


def test_direction_is_that_of_the_script():
    assert [code for code in LANGUAGES if direction(code) == "rtl"] == ["ar", "he", "fa", "ur"]
    assert direction("ar-EG") == "rtl"
    assert [direction(code) for code in ("en", "zh-Hant", "und", "", "not a code")] == ["ltr"] * 5
