"""Questions to click are made once, in the background, and anew with the index."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Any

import pytest
from fakes.web_assistant import ANSWERS, EXAMPLES, FakeAssistant
from site_server import running

from rag.errors import IndexUnusable
from rag.web.examples import BackgroundExamples


def settled(examples: BackgroundExamples, language: str) -> tuple[tuple[str, str], ...]:
    while (found := examples(language)) is None:
        time.sleep(0.01)
    return found


def test_each_language_is_made_once_a_generation() -> None:
    made: list[str] = []
    generation = ["one"]

    def make(language: str) -> list[tuple[str, str]]:
        made.append(language)
        return [(language, f"{generation[0]}?")]

    examples = BackgroundExamples(make, lambda: generation[0])
    assert settled(examples, "en") == settled(examples, "en") == (("en", "one?"),)
    assert settled(examples, "ja") == (("ja", "one?"),)
    generation[0] = "two"
    assert settled(examples, "en") == (("en", "two?"),)
    assert made == ["en", "ja", "en"]


def test_nobody_waits_for_what_takes_long() -> None:
    go = threading.Event()

    def make(language: str) -> list[tuple[str, str]]:
        go.wait(30)
        return [(language, "?")]

    examples = BackgroundExamples(make, lambda: "one")
    assert examples("en") is None
    go.set()
    assert settled(examples, "en") == (("en", "?"),)


def fails(error: Exception) -> Callable[[str], list[tuple[str, str]]]:
    def make(language: str) -> list[tuple[str, str]]:
        raise error

    return make


def test_where_they_cannot_be_made_there_are_none() -> None:
    for error in (IndexUnusable("gone"), ZeroDivisionError()):
        assert settled(BackgroundExamples(fails(error), lambda: "one"), "en") == ()

    def generation() -> str:
        raise IndexUnusable("gone")

    assert BackgroundExamples(fails(ValueError()), generation)("en") == ()


@pytest.mark.browser
def test_late_ones_appear_but_do_not_take_the_place_of_a_question(browser: Any) -> None:
    go = threading.Event()

    def make(language: str) -> list[tuple[str, str]]:
        go.wait(60)
        return list(EXAMPLES)

    examples = BackgroundExamples(make, lambda: "one")
    with running(FakeAssistant(loaded=True), examples=examples) as site:
        asking, waiting = browser.new_page(), browser.new_page()
        for page in (asking, waiting):
            page.goto(site.address)
            page.wait_for_selector(".welcome")
        asking.fill("#question textarea", EXAMPLES[0][1])
        asking.keyboard.press("Enter")
        asking.wait_for_selector(".turn .tools")
        assert waiting.locator(".example").count() == 0
        go.set()
        waiting.wait_for_selector(".example")
        asking.wait_for_timeout(1500)
        assert asking.locator(".turn").count() == 1
        assert asking.locator(".example").count() == 0
        waiting.click(".example >> nth=1")
        waiting.wait_for_selector(".turn .tools")
        assert ANSWERS[EXAMPLES[1][1]].sentences[0].text in waiting.inner_text(".turn .answer")
