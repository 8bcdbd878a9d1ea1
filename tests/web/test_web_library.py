"""The library, the evaluation and the judging of citations, over a real index in a real server."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
from cli_tools import AUDIT_AR, QUERIES, THEFT_EN, call
from milvus_tools import QUIET, needs_milvus
from site_server import Running, password_file, running
from web_visits import Visit

from rag.answering import Assistant
from rag.app import make_assistant, make_encoder
from rag.cli.serving import access_of
from rag.cli.site import make_site_of
from rag.config import Settings
from rag.errors import ConfigError
from rag.evaluation.queries import read_queries
from rag.locale import INTERFACE_LANGUAGES, catalogue
from rag.page_images import PageImages
from rag.web.library_page import LibrarySite
from rag.web.page_views import ReportPageViews

QUESTION = "How many hours did it take to notice the theft?"
PENGUINS = "The aquarium of Port Selby keeps forty-seven penguins.\n\nThey are fed twice a day.\n"


@dataclass(frozen=True)
class Place:
    site: Running
    corpus: Path
    index: Path


def serve(folder: Path, **more: Any) -> Iterator[Place]:
    """A server over two reports, which ``anna`` may edit where people sign in."""
    corpus, index = folder / "corpus", folder / "index"
    corpus.mkdir()
    (corpus / "theft-review.en.md").write_text(THEFT_EN, "utf-8")
    (corpus / "audit.ar.txt").write_text(AUDIT_AR, "utf-8")
    lines = [json.dumps(query, ensure_ascii=False) for query in (QUERIES[0], QUERIES[3])]
    (corpus / "queries.jsonl").write_text("\n".join(lines) + "\n", "utf-8")
    assert call("index", corpus, "--index", index).code == 0
    settings = Settings(corpus=corpus, index=index, upload_mb=1, readers=1, **more)
    encoder = make_encoder(settings)
    assistant = make_assistant(settings, encoder)
    site = make_site_of(settings, assistant, encoder, access_of(settings), with_mcp=False)
    for _ in assistant.load():
        pass
    with (
        PageImages() as images,
        running(
            assistant,
            site,
            ReportPageViews(assistant.index, images),
            examples=lambda _: [("en", QUESTION)],
        ) as one,
    ):
        yield Place(one, corpus, index)


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    yield from serve(tmp_path_factory.mktemp("open"), library="edit", questions_per_minute=0)


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    folder = tmp_path_factory.mktemp("shared")
    password_file(folder, "anna", "bert")
    yield from serve(folder, library="edit", auth=folder / "passwords", editors="anna")


@pytest.fixture(scope="module")
def address(place: Place) -> str:
    return place.site.address


def settle(client: httpx.Client, path: str, **query: Any) -> dict[str, Any]:
    """Wait for what goes on in the background and give what is said of it."""
    while (state := client.get(path, params=query).json())["running"]:
        time.sleep(0.05)
    return state


def build(client: httpx.Client, *sources: str) -> dict[str, Any]:
    assert client.post("/library/build").status_code == 202
    return settle(client, "/library/state", source=list(sources))


def test_a_report_is_added_answered_from_and_removed(place: Place) -> None:
    with place.site.client() as client:
        before = client.get("/readyz").json()["generation"]
        sent = client.put("/library/files/..%2f..%2fPenguins%20企鵝.txt", content=PENGUINS.encode())
        assert (sent.status_code, sent.json()) == (201, {"source": "Penguins 企鵝.txt"})
        assert (place.corpus / "Penguins 企鵝.txt").read_text("utf-8") == PENGUINS
        state = build(client, "Penguins 企鵝.txt")
        assert state["outcomes"] == {"Penguins 企鵝.txt": {"good": True, "text": "Read: 1 page"}}
        assert client.get("/readyz").json()["generation"] != before
        again = client.put("/library/files/penguins%20企鵝.TXT", content=b"other")
        assert again.status_code == 409
        assert "Penguins 企鵝.txt" in client.get("/library").text
        assert client.delete("/library/files/Penguins%20企鵝.txt").status_code == 204
        build(client)
        assert "Penguins" not in client.get("/library/reports").text


def behind_the_page(settings: Settings) -> tuple[LibrarySite, Assistant]:
    """What the page builds with, and what answers beside it."""
    encoder = make_encoder(settings)
    assistant = make_assistant(settings, encoder)
    site = make_site_of(settings, assistant, encoder, access_of(settings), with_mcp=False)
    assert site.library is not None
    return site.library, assistant


@needs_milvus
def test_the_page_builds_what_the_server_of_vectors_serves(tmp_path: Path) -> None:
    corpus = tmp_path / "corpus"
    corpus.mkdir()
    (corpus / "theft-review.en.md").write_text(THEFT_EN, "utf-8")
    library, assistant = behind_the_page(
        Settings(
            corpus=corpus,
            index=tmp_path / "index",
            readers=1,
            engine="milvus",
            milvus_uri=str(tmp_path / "rag.db"),
        )
    )
    library.build(QUIET)
    before = assistant.index().generation
    (corpus / "penguins.txt").write_text(PENGUINS, "utf-8")
    library.build(QUIET)
    assert assistant.index().generation != before
    assert assistant.search("penguins").hits[0].source == "penguins.txt"
    assert [one["source"] for one in library.describe()["reports"]] == [
        "penguins.txt",
        "theft-review.en.md",
    ]


def test_the_page_builds_with_the_workers_that_are_set(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    library, _ = behind_the_page(Settings(corpus=tmp_path, index=tmp_path / "index", workers="ray"))
    monkeypatch.setattr("rag.app.find_spec", lambda _: None)
    with pytest.raises(ConfigError, match="package ray is not installed"):
        library.build(QUIET)


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("run.exe", b"MZ\x90", "are not read"),
        ("report.pdf", b"MZ\x90\x00", "a program"),
        ("report.docx", b"PK\x03\x04 broken", "damaged"),
        ("queries.jsonl", b"{}", "are not read"),
        ("large.txt", b"x" * ((1 << 20) + 1), "larger than 1 MB"),
        ("empty.txt", b"", "empty"),
    ],
)
def test_a_file_that_is_no_report_is_told_so(
    place: Place, name: str, content: bytes, reason: str
) -> None:
    held = sorted(place.corpus.iterdir())
    with place.site.client() as client:
        for body in (content, iter([content])):
            answer = client.put(f"/library/files/{name}", content=body)
            assert answer.status_code == 422
            assert reason in answer.json()["detail"]
    assert sorted(place.corpus.iterdir()) == held


@pytest.mark.parametrize(
    "source",
    ["..%2findex%2fcurrent.json", "queries.jsonl", "%2fetc%2fhostname", "nothing.txt", "."],
)
def test_only_reports_are_removed(place: Place, source: str) -> None:
    held = sorted(place.corpus.iterdir())
    with place.site.client() as client:
        assert client.delete(f"/library/files/{source}").status_code in {404, 405, 422}
    assert sorted(place.corpus.iterdir()) == held
    assert (place.index / "current.json").exists()


def test_who_may_look_may_not_change(shared: Place) -> None:
    with shared.site.signed_in("bert") as bert, shared.site.signed_in("anna") as anna:
        page = bert.get("/library").text
        assert "Review of the theft" in page
        assert 'id="drop"' not in page and "data-remove" not in page
        assert 'id="drop"' in anna.get("/library").text
        assert 'id="run"' not in bert.get("/evaluate").text
        for method, path in (
            ("PUT", "/library/files/a.txt"),
            ("DELETE", "/library/files/audit.ar.txt"),
            ("POST", "/library/build"),
            ("POST", "/evaluate/run?file=queries.jsonl"),
            ("PUT", "/evaluate/queries"),
        ):
            assert bert.request(method, path, content=b"x").status_code == 403
        assert bert.get("/evaluate/report").status_code == 404
        assert (shared.corpus / "audit.ar.txt").exists()
    with shared.site.client() as stranger:
        assert stranger.get("/library").status_code == 401
        assert stranger.put("/library/files/a.txt", content=b"x").status_code == 401


def test_a_library_that_is_off_is_not_there(tmp_path: Path) -> None:
    for one in serve(tmp_path, library="off"):
        with one.site.client() as client:
            assert client.get("/library").status_code == 404
            assert client.get("/evaluate").status_code == 404


def test_a_file_of_the_server_is_measured_and_one_that_is_sent(place: Place) -> None:
    with place.site.client() as client:
        assert client.get("/evaluate/report").status_code == 404
        assert client.post("/evaluate/run?file=..%2fpasswords").status_code == 404
        assert client.post("/evaluate/run?file=queries.jsonl").status_code == 202
        state = settle(client, "/evaluate/state")
        assert state["good"] and state["reports"] == 1
        report = client.get("/evaluate/report")
        assert QUERIES[0]["query"] in report.text or "1 answerable" in report.text
        assert "sandbox" in report.headers["content-security-policy"]
        assert "script-src" not in report.headers["content-security-policy"]
        client.put("/evaluate/queries", content=json.dumps(QUERIES[0]).encode())
        assert settle(client, "/evaluate/state")["reports"] == 2
        client.put("/evaluate/queries", content=b'{"id": 1}')
        state = settle(client, "/evaluate/state")
        assert (state["good"], state["reports"]) == (False, 2)
        assert "line 1" in state["said"]


@pytest.mark.parametrize("code", INTERFACE_LANGUAGES)
def test_the_pages_speak_the_five_languages(place: Place, code: str) -> None:
    texts = catalogue(code)
    with place.site.client(headers={"accept-language": code}) as client:
        library, evaluate = client.get("/library").text, client.get("/evaluate").text
        assert f'<html lang="{code}" dir="{texts.direction}">' in library
        for said in (texts.site.drop, texts.site.issuer, texts.site.remove):
            assert said in library
        assert texts.site.evaluate_hint in evaluate
        assert f'lang="{code}"' in client.get(f"/library?lang={code}").text


def test_words_that_are_not_the_reports_are_not_kept(place: Place) -> None:
    said = {"question": QUESTION, "document": "theft-review.en", "start": 0, "end": 9, "check": 1}
    with place.site.client() as client:
        refused = client.post("/feedback", json=said | {"good": True})
        assert (refused.status_code, "was changed" in refused.json()["detail"]) == (422, True)
        for more in ({}, {"good": "yes"}, {"good": True, "name": "x"}):
            assert client.post("/feedback", json=said | more).status_code == 422
    assert not (place.index / "feedback.jsonl").exists()


@pytest.mark.browser
def test_a_file_is_dropped_and_asked_about_without_a_restart(
    place: Place, visit: Callable[..., Visit]
) -> None:
    person = visit()
    page = person.page
    page.click("[data-page=library]")
    library = page.frame_locator("iframe.side").first
    library.locator("#drop").wait_for()
    (shown,) = [frame for frame in page.frames if "/library" in frame.url]
    shown.evaluate(
        """([good, bad]) => {
            const files = new DataTransfer();
            files.items.add(new File([good], "penguins.txt", { type: "text/plain" }));
            files.items.add(new File([bad], "<img src=x onerror=alert(1)>.pdf"));
            const drop = document.getElementById("drop");
            const event = { dataTransfer: files, bubbles: true, cancelable: true };
            drop.dispatchEvent(new DragEvent("drop", event));
        }""",
        [PENGUINS, "MZ\u0090 no report"],
    )
    lines = library.locator("#files li")
    lines.filter(has_text="penguins.txt").filter(has_text="Read: 1 page").wait_for(timeout=30_000)
    refused = lines.filter(has_text="<img src=x onerror=alert(1)>.pdf")
    assert "That did not work: Its content is plain text" in refused.inner_text()
    assert library.locator("#files img").count() == 0
    library.locator("#reports tr", has_text="penguins").wait_for()
    page.click("[data-page=ask]")
    person.ask("How many penguins does the aquarium keep?")
    person.answered()
    assert "forty-seven penguins" in page.inner_text(".answer >> nth=-1")
    page.on("dialog", lambda dialog: dialog.accept())
    page.click("[data-page=library]")
    library.locator("[data-remove='penguins.txt']").click()
    library.locator("#reports tr", has_text="penguins").wait_for(state="detached", timeout=60_000)
    assert not (place.corpus / "penguins.txt").exists()
    refusals = [fault for fault in person.faults if "422" not in fault]
    assert (refusals, person.elsewhere) == ([], [])


@pytest.mark.browser
def test_a_citation_is_judged_and_measured(place: Place, visit: Callable[..., Visit]) -> None:
    person = visit()
    page = person.page
    person.ask(QUESTION)
    person.answered()
    buttons = page.locator(".card .judging").first
    buttons.get_by_role("button", name="This passage answers the question").click()
    page.wait_for_selector(".judged:text('Noted')")
    assert buttons.locator("[aria-pressed=true]").count() == 1
    (query,) = read_queries(place.index / "feedback.jsonl")
    assert (query.query, query.kind, query.answerable) == (QUESTION, "feedback", True)
    page.click("[data-page=evaluate]")
    evaluate = page.frame_locator("iframe.side").last
    evaluate.locator("#file").select_option("feedback.jsonl")
    evaluate.locator("#run").click()
    report = evaluate.frame_locator("#report")
    report.get_by_role("heading", name="feedback.jsonl").wait_for(timeout=30_000)
    assert report.locator("script").count() == 0
    assert (person.faults, person.elsewhere) == ([], [])
