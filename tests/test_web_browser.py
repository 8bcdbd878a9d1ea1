"""The served page in a real browser, and its named interface over HTTP."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from fakes.web_assistant import ANSWERS, EXAMPLES

from rag.contract_json import answer_to_json

CHROMIUM = Path(os.environ.get("CHROMIUM", "/usr/bin/chromium"))
FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
TESTS = Path(__file__).parent


def _start() -> tuple[subprocess.Popen[str], str]:
    # A proxy that answers nothing stands for an office where everything goes through one.
    environment = os.environ | {
        "HTTP_PROXY": "http://127.0.0.1:9",
        "PYTHONPATH": f"{TESTS.parent}{os.pathsep}{TESTS}",
    }
    server = subprocess.Popen(
        [sys.executable, "-m", "fakes.serve_web"],
        env=environment,
        stderr=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert server.stderr is not None
    for line in server.stderr:
        found = re.search(r"http://127\.0\.0\.1:\d+", line)
        if found:
            return server, found.group()
    raise AssertionError("the server ended before it said its address")


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    server, url = _start()
    yield url
    server.terminate()
    server.communicate(timeout=20)


@pytest.fixture(scope="module")
def browser():
    if not CHROMIUM.exists():
        pytest.skip(f"no Chromium at {CHROMIUM}; install it or name it in CHROMIUM")
    playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    with playwright.sync_playwright() as driver:
        chromium = driver.chromium.launch(executable_path=str(CHROMIUM), args=FLAGS)
        yield chromium
        chromium.close()


class Visit:
    """One person's browser window: it notes each request elsewhere and each fault of the page."""

    def __init__(self, browser, address: str, *, locale: str, width: int) -> None:
        self.context = browser.new_context(
            locale=locale, viewport={"width": width, "height": 800}, reduced_motion="reduce"
        )
        self.page = self.context.new_page()
        self.elsewhere: list[str] = []
        self.faults: list[str] = []
        self.page.on("request", self._note_request)
        self.page.on("pageerror", lambda error: self.faults.append(str(error)))
        self.page.on(
            "console",
            lambda said: self.faults.append(said.text) if said.type == "error" else None,
        )
        self.page.set_default_timeout(10_000)
        self.page.goto(address)
        self.page.wait_for_selector(".example")

    def _note_request(self, request) -> None:
        if not re.match(r"(http://127\.0\.0\.1[:/]|data:|blob:)", request.url):
            self.elsewhere.append(request.url)

    def ask(self, question: str) -> None:
        answered = self.page.locator(".answer, .problem").count()
        self.page.fill("#question textarea", question)
        self.page.keyboard.press("Enter")
        self.page.wait_for_function(
            "count => document.querySelectorAll('.answer, .problem').length > count", arg=answered
        )

    def box(self, selector: str) -> dict[str, float]:
        return self.page.locator(selector).bounding_box()


@pytest.fixture
def visit(browser, address: str):
    visits: list[Visit] = []

    def go(locale: str = "en-GB", width: int = 1280) -> Visit:
        visits.append(Visit(browser, address, locale=locale, width=width))
        return visits[-1]

    yield go
    for one in visits:
        one.context.close()


@pytest.mark.browser
def test_a_mark_leads_to_its_words_and_nothing_is_fetched_from_elsewhere(visit):
    person = visit()
    page = person.page
    page.click(".example >> nth=0")
    page.wait_for_selector(".origin")
    page.get_by_role("button", name=re.compile("^Citation 3:.*page 33")).click()
    card = page.locator(".card.open")
    assert card.count() == 1
    assert card.locator("mark.open").all_inner_texts() == ["Medium banks", "149", "158", "−9"]
    assert card.evaluate("element => element === document.activeElement")
    person.ask("What does annex C quote?")
    page.wait_for_selector("text=Ignore all previous instructions >> nth=0")
    assert page.evaluate("window.harmed") is None
    assert page.locator("#main img").count() == 0
    assert person.elsewhere == []
    assert person.faults == []


@pytest.mark.browser
def test_the_field_sends_on_enter_ignores_emptiness_and_keeps_what_is_too_long(visit):
    person = visit()
    page = person.page
    page.get_by_role("textbox", name="Your question").click()
    page.keyboard.press("Enter")
    person.ask("What colour is the moon?")
    assert page.locator(".question").count() == 1, "the empty question became no turn"
    assert "The reports do not answer this question." in page.inner_text(".refused")
    assert page.locator("#panel .card.plain").count() == 2
    assert page.input_value("#question textarea") == ""
    person.ask("x" * 2001)
    assert "2001" in page.inner_text(".problem")
    assert len(page.input_value("#question textarea")) == 2001


@pytest.mark.browser
def test_a_question_sent_twice_at_once_is_asked_once_and_the_next_one_is_not_lost(visit):
    person = visit()
    page = person.page
    for count in (1, 2, 3, 4):
        page.fill("#question textarea", EXAMPLES[0][1])
        page.keyboard.press("Enter")
        page.keyboard.press("Enter")
        page.wait_for_function(
            "count => document.querySelectorAll('.answer').length === count", arg=count
        )
    page.wait_for_function("document.querySelectorAll('.origin').length === 4")
    assert page.locator(".turn").count() == 4
    assert page.locator(".turn .sentence").count() == 4 * 3


@pytest.mark.browser
def test_two_people_do_not_see_each_other(visit):
    one, two = visit(), visit(locale="ja-JP")
    one.ask("What colour is the moon?")
    two.ask(EXAMPLES[4][1])
    assert one.page.locator(".question").count() == 1
    assert two.page.locator(".question").count() == 1
    assert two.page.evaluate("document.documentElement.lang") == "ja"
    assert one.page.evaluate("document.documentElement.lang") == "en"


@pytest.mark.browser
def test_the_dossier_of_each_answer_is_downloaded_in_the_interfaces_language(visit):
    person = visit(locale="ja-JP")
    page = person.page
    person.ask(EXAMPLES[0][1])
    page.wait_for_selector(".origin")
    person.ask(EXAMPLES[3][1])
    page.wait_for_function("document.querySelectorAll('[data-dossier]').length === 2")
    for number, question in ((1, EXAMPLES[3][1]), (0, EXAMPLES[0][1])):
        with page.expect_download() as started:
            page.click(f"[data-dossier='{number}']")
        download = started.value
        assert re.fullmatch(r"dossier-\d{8}-\d{6}\.docx", download.suggested_filename)
        assert Path(download.path()).read_text("utf-8") == f"ja: {question}"
    assert person.elsewhere == []
    assert person.faults == []


@pytest.mark.browser
def test_arabic_is_mirrored_and_the_language_can_be_changed(visit):
    person = visit(locale="ar-EG")
    page = person.page
    assert page.evaluate("document.documentElement.dir") == "rtl"
    assert person.box("#panel")["x"] < person.box("#chat")["x"]
    person.ask(EXAMPLES[3][1])
    page.select_option("#language select", "zh-Hant")
    page.wait_for_function("document.documentElement.lang === 'zh-Hant'")
    assert page.evaluate("document.documentElement.dir") == "ltr"
    assert page.locator(".question").count() == 1, "the conversation stays"
    assert person.box("#panel")["x"] > person.box("#chat")["x"]
    assert page.evaluate("getComputedStyle(document.querySelector('.answer-text')).direction") == (
        "rtl"
    ), "the answer keeps its own direction"


@pytest.mark.browser
@pytest.mark.parametrize("width", [390, 1024, 1440])
def test_nothing_runs_over_the_edge(visit, width: int):
    person = visit(width=width)
    page = person.page
    person.ask(EXAMPLES[0][1])
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    chat, panel = person.box("#chat"), person.box("#panel")
    if width < 900:
        assert panel["y"] >= chat["y"] + chat["height"]
    else:
        assert panel["x"] >= chat["x"] + chat["width"] - 1


def test_the_named_interface_returns_the_contracts_json(address: str):
    gradio_client = pytest.importorskip("gradio_client")
    client = gradio_client.Client(address, verbose=False, analytics_enabled=False)
    question = EXAMPLES[0][1]
    assert client.predict(question, api_name="/ask") == answer_to_json(ANSWERS[question])
    assert list(client.view_api(return_format="dict")["named_endpoints"]) == ["/ask", "/search"]
    with pytest.raises(gradio_client.exceptions.AppError, match="rag index"):
        client.predict("broken", api_name="/ask")
    with pytest.raises(gradio_client.exceptions.AppError, match="2001"):
        client.predict("x" * 2001, api_name="/ask")


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_the_server_ends_cleanly_when_told_to(number: signal.Signals):
    server, _ = _start()
    server.send_signal(number)
    out, err = server.communicate(timeout=20)
    assert server.returncode == 0
    assert out == ""
    assert "Traceback" not in err
