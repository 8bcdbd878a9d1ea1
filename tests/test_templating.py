"""Templates: what is filled in is text, and what was not given is noticed."""

from __future__ import annotations

import re
from html import unescape
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jinja2 import UndefinedError

from rag.templating import environment, language_attributes

RAG = Path(__file__).parents[1] / "rag"
TEMPLATES = sorted(RAG.glob("*/templates/*"))
PACKAGES = sorted({f"rag.{path.parents[1].name}" for path in TEMPLATES})


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.name)
def test_no_template_turns_escaping_off(path: Path) -> None:
    assert not re.search(r"\|\s*safe\b|autoescape|Markup", path.read_text("utf-8"))


@pytest.mark.parametrize("package", PACKAGES)
@given(text=st.text())
def test_what_is_filled_in_is_text(package: str, text: str) -> None:
    template = environment(package).from_string('<p title="{{ text }}">{{ text }}</p>')
    made = template.render(text=text)
    assert made.count("<") == made.count(">") == 2
    assert made.count('"') == 2
    assert unescape(made.removeprefix('<p title="').partition('"')[0]) == text


@pytest.mark.parametrize("package", PACKAGES)
def test_a_name_that_was_not_given_is_an_error(package: str) -> None:
    template = environment(package).from_string("{{ nothing }}")
    with pytest.raises(UndefinedError, match="nothing"):
        template.render()


def test_a_language_is_text_too() -> None:
    assert language_attributes('"><b>') == ' lang="&#34;&gt;&lt;b&gt;" dir="auto"'
    assert language_attributes("") == ' dir="auto"'
    assert language_attributes("fa") == ' lang="fa" dir="rtl"'
