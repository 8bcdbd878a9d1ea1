"""The served page in a real browser, and its named interface over HTTP."""

from __future__ import annotations

import re
import signal
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from fakes.web_assistant import ANSWERS, EXAMPLES, HITS
from web_visits import TESTS, Served, Visit, free_port

from rag.json_contract import answer_to_json, search_to_json


def _start(port: int = 0) -> Served:
    command = [sys.executable, "-m", "fakes.serve_web", str(port)]
    return Served(command, PYTHONPATH=str(TESTS))


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    server = _start()
    yield server.address
    server.stop()


@pytest.mark.browser
def test_a_mark_leads_to_its_words_and_nothing_is_fetched_from_elsewhere(visit):
    person = visit()
    page = person.page
    page.click(".example >> nth=0")
    person.answered()
    page.get_by_role("button", name=re.compile("^Citation 3:.*page 33")).click()
    page_view = page.locator("#sheet")
    page_view.locator("mark").first.wait_for()
    assert page_view.locator("mark").all_inner_texts() == ["Medium banks", "149", "158", "−9"]
    for told in ("Citation 3 of 3", "3.4 By group", "Harbour Authority", "2024-06-30", "0.97"):
        assert told in page_view.inner_text()
    assert not page.locator("#evidence").is_visible()
    page.click("[data-sheet=close]")
    card = page.locator(".card.open")
    assert card.locator("mark.open").all_inner_texts() == ["Medium banks", "149", "158", "−9"]
    person.ask("What does annex C quote?")
    page.wait_for_selector("text=Ignore all previous instructions >> nth=0")
    person.answered(2)
    person.open_citation(-1)
    assert "<script>window.harmed = 1</script>" in page_view.locator("mark").inner_text()
    assert "C-<b>2</b>" in page_view.inner_text()
    assert page.evaluate("window.harmed") is None
    assert page.locator("#main img").count() == 0
    assert person.elsewhere == []
    assert person.faults == []


@pytest.mark.browser
def test_the_keyboard_alone_leads_through_the_citations(visit):
    person = visit()
    page = person.page
    person.ask(EXAMPLES[0][1])
    person.answered()
    page.locator("#conversation").click()
    page.keyboard.press("/")
    assert page.evaluate("document.activeElement.matches('#question textarea')")
    assert page.input_value("#question textarea") == "", "the key itself is not typed"
    for expected in ("1 of 3", "2 of 3", "3 of 3", "1 of 3"):
        page.keyboard.press("ArrowRight")
        page.wait_for_selector(f"#sheet .where >> text={expected}")
    page.keyboard.press("ArrowLeft")
    page.wait_for_selector("#sheet .where >> text=3 of 3")
    page.keyboard.press("Escape")
    page.wait_for_selector("#evidence", state="visible")
    assert page.evaluate("document.activeElement.dataset.cite") == "t0-c3"
    page.keyboard.press("/")
    page.keyboard.type("a/b")
    page.keyboard.press("ArrowLeft")
    assert page.input_value("#question textarea") == "a/b"
    assert page.locator("#sheet .leafs").count() == 0, "arrows move within what is typed"


@pytest.mark.browser
def test_in_arabic_the_left_arrow_leads_on_and_a_lost_file_is_said(visit):
    person = visit(locale="ar-EG")
    page = person.page
    person.ask(EXAMPLES[3][1])
    person.answered()
    page.keyboard.press("ArrowLeft")
    page.wait_for_selector("#sheet .where >> text=1 من 2")
    page.keyboard.press("ArrowLeft")
    page.wait_for_selector("#sheet .where >> text=2 من 2")
    assert "لم يعد ملف التقرير في مكانه" in page.inner_text("#sheet [role=note]")
    assert page.locator("#sheet mark").inner_text() == "وأحيل منها 312 بلاغًا إلى النيابة العامة."


@pytest.mark.browser
def test_the_questions_of_the_session_are_listed_and_lead_back(visit):
    person = visit()
    page = person.page
    assert page.locator("#history summary").count() == 0
    for count, (_, question) in enumerate(EXAMPLES, start=1):
        person.ask(question)
        person.answered(count)
    page.click("#history summary")
    assert page.locator("#history li").all_inner_texts() == [text for _, text in EXAMPLES]
    page.click("#history li >> nth=1")
    assert page.evaluate("document.activeElement.dataset.cite") == "t1-c1"
    assert page.locator(".evidence-turn:visible").get_attribute("data-turn") == "1"
    assert not page.locator("#history ol").is_visible()
    page.click("#clear")
    page.wait_for_selector(".example")
    assert page.locator("#history summary").count() == 0


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
    assert "2,001" in page.inner_text(".problem")
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
    person.answered()
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
def test_a_lost_server_is_said_and_the_question_waits_until_it_is_back(browser):
    question = EXAMPLES[1][1]
    server = _start(free_port())
    person = Visit(browser, server.address, locale="zh-CN", width=1280)
    page = person.page
    page.wait_for_selector("#narrowing .toggle")
    server.stop()
    page.fill("#question textarea", question)
    page.keyboard.press("Enter")
    page.wait_for_selector(".toast-title >> text=服务器没有响应")
    page.evaluate("window.before = true")
    server = _start(int(server.address.rpartition(":")[2]))
    try:
        # The page is loaded anew by itself.
        page.wait_for_function("!window.before", timeout=20_000)
        page.wait_for_selector("#narrowing .toggle")
        page.wait_for_function(
            "text => document.querySelector('#question textarea').value === text", arg=question
        )
        page.click("#send")
        person.answered()
        assert "11.6%" in page.inner_text(".answer")
    finally:
        server.stop()
        person.context.close()


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
    assert list(client.view_api(return_format="dict")["named_endpoints"]) == [
        "/ask",
        "/search",
        "/show",
    ]
    found = client.predict("anything", k=2, language="zh-tw", api_name="/search")
    assert found == search_to_json("anything", "en", "hybrid", [HITS["zh-Hant"]])
    assert client.predict("harbour", 1, api_name="/show") == {
        "document": "harbour", "source": "harbour.pdf", "language": "en",
        "page": 1, "page_label": "i", "pages": 2, "start": 0, "end": 11,
        "text": "First page.", "quality": 0.9, "faults": [],
    }  # fmt: skip
    assert client.predict("harbour", api_name="/show")["text"] == "First page.\fSecond page."
    assert client.predict(question, issuer="nobody", api_name="/ask")["refused"]
    with pytest.raises(gradio_client.exceptions.AppError, match="no page 3"):
        client.predict("harbour", 3, api_name="/show")
    with pytest.raises(gradio_client.exceptions.AppError, match="k is 0"):
        client.predict("anything", k=0, api_name="/search")
    with pytest.raises(gradio_client.exceptions.AppError, match="rag index"):
        client.predict("broken", api_name="/ask")
    with pytest.raises(gradio_client.exceptions.AppError, match="2,001"):
        client.predict("x" * 2001, api_name="/ask")


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_the_server_ends_cleanly_when_told_to(number: signal.Signals):
    server = _start()
    out, err = server.stop(number)
    assert server.process.returncode == 0
    assert out == ""
    assert "Traceback" not in err


@pytest.mark.browser
def test_a_question_taken_while_the_stream_of_events_closes_is_answered(visit):
    person = visit()
    page = person.page
    held = []

    def hold_the_first(route):
        if held:
            route.continue_()
        else:
            held.append((route, route.fetch()))

    page.route("**/queue/data?*", hold_the_first)
    page.select_option("#language select", "ja")
    while not held:
        page.wait_for_timeout(50)
    page.fill("#question textarea", EXAMPLES[0][1])
    with page.expect_response("**/queue/join*"):
        page.keyboard.press("Enter")
    route, response = held[0]
    # The end of the former event, and with it of the stream, comes after the question was taken.
    route.fulfill(response=response)
    person.answered()
