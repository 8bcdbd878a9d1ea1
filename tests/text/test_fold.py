"""One folding of text with its options: what becomes one, and what stays apart."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.text.fold import fold


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Société Générale", "SOCIETE GENERALE"),
        ("Straße", "strasse"),
        ("Øresund Œuvre", "oresund oeuvre"),
        ("ｆｉｎａｎｃｅ", "finance"),
        ("檢查", "检查"),
        ("المنصّة", "المنصه"),
        ("٧ ７ ७", "7 7 7"),
    ],
)
def test_what_means_the_same_is_one(one: str, other: str) -> None:
    assert fold(one) == fold(other)


def test_each_option_takes_out_its_own() -> None:
    text = "Été 檢 ٧ "
    assert fold(text) == "ete 检 7 "
    assert fold(text, case=False) == "Ete 检 7 "
    assert fold(text, digits=False) == "ete 检 ٧ "
    assert fold(text, letters=False) == "ete 檢 7 "
    assert fold(text, accents=False) == "été 检 7 "
    assert fold("a  b\u3000c ", space="single") == "a b c"
    assert fold("a  b\u3000c ", space="none") == "abc"


def test_marks_and_signs_go_on_request_alone() -> None:
    assert fold("が「a」—b", letters=False) == "が「a」—b"
    assert fold("が「a」—b", letters=False, marks=True) == "か「a」—b"
    assert fold("「a」—b", letters=False, signs=True) == "「a「b"


def test_kana_keep_their_marks_where_letters_lose_accents() -> None:
    assert fold("が") != fold("か")


@given(st.text(max_size=80), st.booleans(), st.booleans())
def test_folding_twice_is_folding_once(text: str, letters: bool, accents: bool) -> None:
    once = fold(text, letters=letters, accents=accents)
    assert fold(once, letters=letters, accents=accents) == once
