"""The served site over HTTP: who gets in, what is refused, what is counted."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from fakes.web_assistant import EXAMPLES, FakeAssistant
from site_server import HTML, PASSWORD, Running, ask, closed_site, running

from rag.locale import INTERFACE_LANGUAGES, catalogue
from rag.retrieval.retriever import Filters
from rag.schema import Answer
from rag.web.access.gate import BODY_LIMIT
from rag.web.access.people import Access
from rag.web.health import Held
from rag.web.site import Site

HELD = Held("000007-abc", 5, 357, 4000)


@pytest.fixture(scope="module")
def open_site() -> Iterator[Running]:
    site = Site(access=Access(hosts=frozenset({"127.0.0.1"})), held=lambda: HELD)
    with running(FakeAssistant(), site) as one:
        yield one


@pytest.fixture(scope="module")
def closed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    site = closed_site(tmp_path_factory.mktemp("people"), held=lambda: HELD)
    with running(FakeAssistant(loaded=True), site) as one:
        yield one


def metric(client: httpx.Client, name: str) -> float:
    (value,) = re.findall(rf"^{re.escape(name)} (\S+)$", client.get("/metrics").text, re.M)
    return float(value)


def test_alive_before_it_is_ready_and_ready_with_its_generation(open_site: Running) -> None:
    with open_site.client() as client:
        assert client.get("/healthz").json() == {"ok": True}
        waiting = client.get("/readyz")
        assert (waiting.status_code, waiting.json()) == (503, {"ready": False})
        assert metric(client, "rag_ready") == 0
        assert EXAMPLES[0][1] in ask(client, EXAMPLES[0][1])
        assert client.get("/readyz").json() == {"ready": True, "generation": "000007-abc"}


def test_every_answer_refusal_and_error_is_counted(open_site: Running) -> None:
    with open_site.client() as client:
        names = ("questions", "refusals", "errors")
        before = [metric(client, f"rag_{name}_total") for name in names]
        timed = metric(client, "rag_answer_seconds_count")
        for question in (EXAMPLES[0][1], "What colour is the moon?", "broken"):
            ask(client, question)
        after = [metric(client, f"rag_{name}_total") for name in names]
        assert [now - then for then, now in zip(before, after, strict=True)] == [3, 1, 1]
        assert metric(client, "rag_answer_seconds_count") == timed + 3
        assert metric(client, 'rag_answer_seconds_bucket{le="+Inf"}') == timed + 3
        assert metric(client, "rag_questions_in_flight") == 0
        assert metric(client, 'rag_index_info{generation="000007-abc"}') == 1
        assert metric(client, "rag_documents") == 5


def test_metrics_come_in_the_format_that_is_asked_for(open_site: Running) -> None:
    with open_site.client() as client:
        plain = client.get("/metrics")
        assert plain.headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8"
        assert 'rag_requests_turned_away_total{reason="stopping"} 0.0\n' in plain.text
        assert "_created" not in plain.text
        accept = {"accept": "application/openmetrics-text; version=1.0.0"}
        asked = client.get("/metrics", headers=accept)
        assert asked.headers["content-type"].startswith(accept["accept"])
        assert asked.text.endswith("# EOF\n")


def test_every_answer_tells_the_browser_what_to_hold_to(open_site: Running) -> None:
    with open_site.client() as client:
        for path in ("/", "/healthz", "/gradio_api/upload", "/nothing"):
            headers = client.get(path).headers
            assert headers["x-content-type-options"] == "nosniff"
            assert headers["referrer-policy"] == "same-origin"
            assert "frame-ancestors" in headers["content-security-policy"]
            assert "default-src" in headers["content-security-policy"]


@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "https://evil.example"},
        {"origin": "null"},
        {"origin": "http://127.0.0.1:1"},
        {"sec-fetch-site": "cross-site"},
    ],
)
def test_a_page_of_another_site_cannot_ask(open_site: Running, headers: dict[str, str]) -> None:
    with open_site.client() as client:
        answer = client.post("/gradio_api/call/v2/ask", json={"question": "q"}, headers=headers)
        assert (answer.status_code, "another site" in answer.json()["detail"]) == (403, True)


def test_the_own_page_and_a_program_can_ask(open_site: Running) -> None:
    with open_site.client() as client:
        own = {"origin": open_site.address, "sec-fetch-site": "same-origin"}
        for headers in (own, {}):
            taken = client.post("/gradio_api/call/v2/ask", json={"question": "q"}, headers=headers)
            assert taken.status_code == 200


def test_a_name_that_is_not_ours_is_refused(open_site: Running) -> None:
    with open_site.client() as client:
        answer = client.get("/", headers={"host": "evil.example:7860"})
        assert answer.status_code == 403
        assert "`hosts`" in answer.json()["detail"]


def test_a_request_that_is_too_large_is_refused_however_it_is_sent(open_site: Running) -> None:
    large = b"x" * (BODY_LIMIT + 1)
    with open_site.client() as client:
        for content in (large, iter([large[:-1], b"xx"])):
            answer = client.post("/gradio_api/call/ask", content=content)
            assert answer.status_code == 413


@pytest.mark.parametrize(
    "path",
    [
        "/gradio_api/file={file}",
        "/gradio_api/file/{file}",
        "/gradio_api/file=../../../../../../../../etc/hostname",
        "/gradio_api/file=..%2f..%2f..%2f..%2f..%2f..%2fetc%2fhostname",
        "/gradio_api/file=http://127.0.0.1:1/",
        "/gradio_api/proxy=http://127.0.0.1:1/",
        "/static/../../../../../../../../etc/hostname",
        "/static/..%2f..%2f..%2f..%2f..%2f..%2fetc%2fhostname",
        "/assets/..%2f..%2f..%2f..%2f..%2fetc%2fhostname",
        "/site/..%2f..%2fserver.py",
        "/site/style.css",
    ],
)
def test_no_file_of_the_machine_is_served(open_site: Running, tmp_path: Path, path: str) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("the secret")
    machine = Path("/etc/hostname").read_bytes() if Path("/etc/hostname").exists() else b"-"
    with open_site.client() as client:
        answer = client.get(path.format(file=secret))
    assert answer.status_code in {400, 403, 404, 422}
    assert b"the secret" not in answer.content
    assert machine.strip() not in answer.content
    assert "import" not in answer.text


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/gradio_api/upload"),
        ("POST", "/gradio_api/component_server"),
        ("POST", "/gradio_api/vibe-edit"),
        ("POST", "/gradio_api/process_recording"),
        ("GET", "/gradio_api/run-history/buckets"),
        ("GET", "/monitoring"),
    ],
)
def test_what_the_chat_does_not_need_is_not_there(
    open_site: Running, method: str, path: str
) -> None:
    with open_site.client() as client:
        assert client.request(method, path).status_code == 404


@pytest.mark.parametrize(
    "path",
    [
        "/config",
        "/gradio_api/info",
        "/gradio_api/call/ask/1",
        "/gradio_api/queue/data?session_hash=x",
        "/gradio_api/heartbeat/x",
        "/gradio_api/startup-events",
        "/metrics",
        "/theme.css",
        "/site/site.css",
        "/static/x",
        "/nothing",
    ],
)
def test_everything_is_behind_the_door(closed: Running, path: str) -> None:
    with closed.client() as client:
        answer = client.get(path)
        assert answer.status_code == 401
        assert answer.json() == {"detail": "Sign in first."}
        posted = client.post(path, json={})
        assert posted.status_code == 401


def test_health_is_before_the_door_and_tells_nothing_of_the_reports(closed: Running) -> None:
    with closed.client() as client:
        assert client.get("/healthz").json() == {"ok": True}
        assert client.get("/readyz").json() == {"ready": True, "generation": "000007-abc"}


def test_signing_in_with_the_form_and_out_again(closed: Running) -> None:
    with closed.client(headers=HTML) as client:
        sent = client.get("/?lang=ar")
        assert (sent.status_code, sent.headers["location"]) == (303, "/login?next=/%3Flang%3Dar")
        form = client.get(sent.headers["location"])
        assert 'name="password"' in form.text
        assert "script" not in form.text
        done = client.post(
            "/login", data={"username": "anna", "password": PASSWORD, "next": "/?lang=ar"}
        )
        assert (done.status_code, done.headers["location"]) == (303, "/?lang=ar")
        cookie = done.headers["set-cookie"]
        assert "HttpOnly" in cookie and "SameSite=lax" in cookie and "Secure" not in cookie
        assert "gradio_config" in client.get("/").text
        assert EXAMPLES[0][1] in ask(client, EXAMPLES[0][1])
        client.post("/logout")
        assert client.get("/").status_code == 303


@pytest.mark.parametrize("onward", ["//evil.example", "https://evil.example", "/\\evil.example"])
def test_signing_in_leads_nowhere_else(closed: Running, onward: str) -> None:
    with closed.client(headers=HTML) as client:
        done = client.post(
            "/login", data={"username": "anna", "password": PASSWORD, "next": onward}
        )
        assert done.headers["location"] == "/"


@pytest.mark.parametrize("code", INTERFACE_LANGUAGES)
def test_the_form_speaks_the_five_languages(closed: Running, code: str) -> None:
    with closed.client(headers={**HTML, "accept-language": code}) as client:
        page = client.get("/login").text
        assert f'lang="{code}"' in page
        assert catalogue(code).site.sign_in in page
        assert ('dir="rtl"' in page) == (code == "ar")


def test_a_wrong_password_is_told_with_what_was_typed_escaped(tmp_path: Path) -> None:
    with (
        running(FakeAssistant(loaded=True), closed_site(tmp_path)) as site,
        site.client(headers=HTML) as client,
    ):
        for _ in range(5):
            wrong = client.post("/login", data={"username": '"><b>', "password": "guess"})
            assert wrong.status_code == 401
            assert catalogue("en").site.wrong_password in wrong.text
            assert "<b>" not in wrong.text
        soon = client.post("/login", data={"username": "anna", "password": PASSWORD})
        assert soon.status_code == 429, "the sixth try within a moment, though it is right"
        assert "Too many tries" in soon.text


def test_a_program_signs_in_with_every_request(closed: Running) -> None:
    with closed.client(auth=("bert", PASSWORD)) as client:
        assert EXAMPLES[0][1] in ask(client, EXAMPLES[0][1])
    with closed.client() as client:
        assert client.get("/config").headers["www-authenticate"].startswith("Basic")


def test_behind_a_proxy_with_https_the_cookie_is_for_https(tmp_path: Path) -> None:
    site = closed_site(tmp_path)
    access = Access(passwords=site.access.passwords, proxies=("127.0.0.1",))
    with running(FakeAssistant(loaded=True), Site(access=access)) as one, one.client() as client:
        data = {"username": "anna", "password": PASSWORD}
        done = client.post("/login", data=data, headers={"x-forwarded-proto": "https"})
        assert "Secure" in done.headers["set-cookie"]


def test_a_proxy_that_names_people(tmp_path: Path) -> None:
    access = Access(header="X-Forwarded-User", proxies=("127.0.0.1",))
    with running(FakeAssistant(loaded=True), Site(access=access)) as one, one.client() as client:
        assert client.get("/config").status_code == 401
        assert client.get("/config", headers={"x-forwarded-user": "anna"}).status_code == 200


class Held4(FakeAssistant):
    """Keeps the questions "wait" until it is let go on."""

    def __init__(self) -> None:
        super().__init__(loaded=True)
        self.go_on = threading.Event()

    def ask(self, question: str, *, filters: Filters | None = None) -> Answer:
        if question.startswith("wait"):
            self.go_on.wait(20)
        return super().ask(question, filters=filters)


def test_one_who_floods_is_told_to_wait_and_another_is_answered(tmp_path: Path) -> None:
    assistant = Held4()
    with (
        running(assistant, closed_site(tmp_path, questions_per_minute=16)) as site,
        site.signed_in("anna") as anna,
        site.signed_in("bert") as bert,
    ):
        sent = [
            anna.post("/gradio_api/call/v2/ask", json={"question": f"wait {n}"}) for n in range(200)
        ]
        refused = [answer for answer in sent if answer.status_code != 200]
        # 60 requests may come at once and 2 · 16 + 60 = 92 a minute.
        assert 0 < len(refused) <= 140
        assert {answer.status_code for answer in refused} == {429}
        assert all("second" in answer.json()["detail"] for answer in refused)
        # Four are being answered and never end by themselves; the fifth to eighth place is free.
        assert EXAMPLES[0][1] in ask(bert, EXAMPLES[0][1])
        assert site.served.meter.in_flight == 4
        assistant.go_on.set()


def test_questions_a_minute_are_limited_with_a_sentence(tmp_path: Path) -> None:
    site = closed_site(tmp_path, questions_per_minute=1)
    with running(FakeAssistant(loaded=True), site) as one, one.signed_in() as client:
        answers = [ask(client, "What colour is the moon?") for _ in range(6)]
        assert all("event: complete" in answer for answer in answers[:5])
        assert "event: error" in answers[5]
        assert "many questions" in answers[5]
        client.headers["accept-language"] = "ja"
        assert "秒後に" in ask(client, "What colour is the moon?").encode().decode("unicode-escape")
        with one.signed_in("bert") as other:
            assert "event: complete" in ask(other, "What colour is the moon?")


def test_no_limit_where_none_is_wanted() -> None:
    with (
        running(FakeAssistant(loaded=True), Site(questions_per_minute=0)) as one,
        one.client() as client,
    ):
        answers = [ask(client, "What colour is the moon?") for _ in range(20)]
        assert all("event: complete" in answer for answer in answers)
