"""Answers by a language model: checked, and replaced by quotes whenever the server fails."""

from __future__ import annotations

import logging
import socket
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from concepts import ConceptEncoder, build_reports, concept_stages
from llm_server import Reply, breaks_off, event, raw, says, serve, status

from rag.answering import Assistant, Writer
from rag.answering.evidence import EvidenceModel, LogisticModel, Pair
from rag.answering.wording import standing_in
from rag.index import FolderEngine
from rag.json_contract import answer_to_json
from rag.llm.client import ChatModel, GenerationError, Patience, goes_in_circles
from rag.schema import Answer

pytest.importorskip("openai", reason="the extra llm is not installed")

KEY = "sk-never-to-be-seen-0123456789"
QUESTION = "What did the theft at the exchange cost?"
PLAIN = LogisticModel.named(cosine=8, coverage=4, context=1, behind=-10, bias=-5)
RIGHT = "The theft at the exchange cost 41 million [1]."
INVENTED = "The theft at the exchange cost 97 million [1]."


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build_reports(tmp_path_factory.mktemp("generation"))


def cites(request: dict[str, Any]) -> str:
    """The number that the passage about 41 million has among those sent."""
    user = request["messages"][1]["content"]
    return user[: user.index("41 million")].rsplit('n="', 1)[1].split('"')[0]


def cited(text: str) -> Callable[[dict[str, Any]], str]:
    return lambda request: text.replace("[1]", f"[{cites(request)}]")


def assistant(root: Path, url: str, **more: Any) -> Assistant:
    patience = more.pop("patience", Patience(2, 5))
    encoder = ConceptEncoder()
    return Assistant(
        FolderEngine(root),
        encoder,  # type: ignore[arg-type]
        require=concept_stages().all_fingerprints(),
        mode="hybrid",
        evidence=EvidenceModel(Pair(PLAIN, PLAIN), Pair(PLAIN, PLAIN), more.pop("least", 0.07)),
        writer=Writer(
            ChatModel(url, "scripted", key=KEY, patience=patience),
            encoder.encode_passages,
            **{"unverified": "remove", "passages": 6, **more},
        ),
    )


def test_a_sentence_borne_out_is_kept_with_the_exact_words_behind_it(root: Path) -> None:
    with serve(says(cited(RIGHT))) as server:
        helper = assistant(root, server.url)
        *texts, answer = helper.ask_stream(QUESTION)
    assert isinstance(answer, Answer)
    assert answer.generator == "llm:scripted"
    assert answer.text == "The theft at the exchange cost 41 million."
    assert (answer.notice, answer.checks and answer.checks.kept) == ("", 1)
    (citation,) = answer.citations
    text = helper.index().document(citation.document).text
    assert citation.quote == text[citation.start : citation.end]
    assert "41 million" in citation.quote
    assert answer.sentences[0].citations == (1,)
    assert all(answer.text.startswith(str(part)) for part in texts)


def test_what_is_sent_is_the_passages_as_data_and_the_key_alone(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("OPENAI_ORG_ID", "OPENAI_PROJECT_ID", "OPENAI_ADMIN_KEY", "OPENAI_API_KEY"):
        monkeypatch.setenv(name, "of-another-program")
    with serve(says(cited(RIGHT))) as server:
        assistant(root, server.url).ask(QUESTION)
        assistant(root, server.url).ask(QUESTION)
    first, second = (request["messages"] for request in server.requests)
    assert (server.requests[0]["temperature"], server.requests[0]["seed"]) == (0, 0)
    marks = [text[1]["content"].split("<passage-")[1].split(" ")[0] for text in (first, second)]
    assert marks[0] != marks[1], "nobody can foresee the marks"
    assert all(
        mark in text[0]["content"] for mark, text in zip(marks, (first, second), strict=True)
    )
    sent = {name.lower(): value for name, value in server.headers[0].items()}
    assert sent["authorization"] == f"Bearer {KEY}"
    assert "of-another-program" not in str(sent)


def test_an_invented_number_is_taken_out(root: Path) -> None:
    with serve(says(cited(f"{RIGHT} {INVENTED}"))) as server:
        answer = assistant(root, server.url).ask(QUESTION)
    assert answer.text == "The theft at the exchange cost 41 million."
    made = answer_to_json(answer)
    assert made["checks"] == {"kept": 1, "marked": 0, "removed": 1, "reasons": {"number": 1}}


def test_or_marked(root: Path) -> None:
    with serve(says(cited(f"{RIGHT} {INVENTED} Nobody knows."))) as server:
        answer = assistant(root, server.url, unverified="mark").ask(QUESTION)
    assert [sentence.unverified for sentence in answer.sentences] == [
        (),
        ("number",),
        ("citation",),
    ]
    assert answer.sentences[2].citations == ()
    assert answer.checks is not None
    assert (answer.checks.kept, answer.checks.marked, answer.checks.removed) == (1, 2, 0)
    assert "unverified" not in answer_to_json(answer)["sentences"][0]


def test_the_word_for_no_answer_is_a_refusal(root: Path) -> None:
    def refuse(request: dict[str, Any]) -> str:
        return request["messages"][0]["content"].rsplit(" ", 1)[1]

    with serve(says(refuse)) as server:
        answer = assistant(root, server.url).ask(QUESTION)
    assert answer.refused
    assert (answer.citations, answer.generator) == ((), "llm:scripted")


def test_without_evidence_the_model_is_not_asked(root: Path) -> None:
    with serve(says(RIGHT)) as server:
        assert assistant(root, server.url, least=1.0).ask(QUESTION).refused
    assert server.requests == []


def test_extractive_does_not_ask_it_either(root: Path) -> None:
    with serve(says(RIGHT)) as server:
        assert assistant(root, server.url).ask(QUESTION, extractive=True).generator == "extractive"
    assert server.requests == []


FAILURES: dict[str, tuple[str, list[Reply]]] = {
    "server error": ("failed", [status(500, f'{{"error": "{KEY}"}}')]),
    "unavailable": ("failed", [status(503)]),
    "unknown model": ("failed", [status(404)]),
    "key refused, and repeated": ("refused", [status(401, f'{{"error": "bad key {KEY}"}}')]),
    "too many requests for long": ("busy", [status(429, retry_after="3600")]),
    "too many requests, no word how long": ("busy", [status(429)]),
    "too many requests twice": ("busy", [status(429, retry_after="0")]),
    "not JSON": ("garbled", [raw([b"data: {{{ no JSON\n\n"])]),
    "another JSON": ("garbled", [raw([b'data: {"surprise": 1}\n\n'])]),
    "a page": ("cut", [raw([b"<html><body>Welcome to the portal</body></html>"])]),
    "nothing": ("cut", [raw([b""])]),
    "an end and no words": ("empty", [says("")]),
    "white space": ("empty", [says(" \n ")]),
    "cut": ("cut", [breaks_off("The theft at the exchange")]),
    "out of tokens": ("cut", [raw([event("The theft"), event(None, "length")])]),
    "repetition": ("repetition", [says("the exchange and the board " * 200)]),
    "one letter": ("repetition", [says("a" * 500)]),
    "no citations": ("uncited", [says("The theft at the exchange cost 41 million.")]),
    "another language": (
        "language",
        [says("交易所被盗损失四千一百万，董事会没有审查登记册，监管局要求报告。[1]")],
    ),
    "a citation that does not exist": ("unproven", [says("The theft cost 41 million [99].")]),
    "only what is invented": ("unproven", [says(cited(INVENTED))]),
    "silence": ("slow", [raw([event("late")], pause=30)]),
    "a trickle of comments": ("slow", [raw([b": ping\n\n"], pause=0.05, times=400)]),
    "a trickle of words": ("slow", [raw([event(f"word {n} ") for n in "abcdef"], pause=0.35)]),
}


@pytest.mark.parametrize("name", FAILURES)
def test_quotes_stand_in_and_say_why(
    root: Path, name: str, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    failure, replies = FAILURES[name]
    caplog.set_level(logging.DEBUG)
    with serve(*replies) as server:
        helper = assistant(root, server.url, patience=Patience(0.6, 1.5))
        quoted = helper.ask(QUESTION, extractive=True)
        answer = helper.ask(QUESTION)
    assert answer.notice == standing_in(failure, "en")  # type: ignore[arg-type]
    assert answer.generator == "extractive"
    assert (answer.sentences, answer.citations) == (quoted.sentences, quoted.citations)
    out, err = capfd.readouterr()
    assert KEY not in "".join([out, err, caplog.text, repr(answer)])
    assert "Traceback" not in out + err + caplog.text


def test_a_server_that_is_down(root: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    answer = assistant(root, f"http://127.0.0.1:{port}/v1").ask(QUESTION)
    assert answer.notice == standing_in("unreachable", "en")
    assert answer.citations


def test_a_busy_server_is_waited_for_when_it_says_for_how_short(root: Path) -> None:
    with serve(status(429, retry_after="0.05"), says(cited(RIGHT))) as server:
        answer = assistant(root, server.url).ask(QUESTION)
    assert answer.generator == "llm:scripted"


def test_notices_are_in_the_five_languages() -> None:
    said = {standing_in("slow", language) for language in ("en", "zh-Hans", "zh-Hant", "ar", "ja")}
    assert len(said) == 5
    assert standing_in("slow", "xx") == standing_in("slow", "en")


def test_going_in_circles_is_told_from_a_list() -> None:
    assert goes_in_circles("It is so. " * 5)
    assert goes_in_circles("报告已经提交。" * 6)
    assert not goes_in_circles("Bank A has 1. Bank B has 2. Bank C has 3. Bank D has 4.")
    assert not goes_in_circles("1,000,000,000 and ------")


def test_a_followup_is_completed_by_the_model_unless_it_brings_in_something(root: Path) -> None:
    history = ["What did the theft at the exchange cost?"]
    completed = "What did the board do about the theft at the exchange?"
    with serve(says(completed), says(cited(RIGHT))) as server:
        answer = assistant(root, server.url).ask("And the board?", history=history)
        assert (answer.query, answer.searched) == ("And the board?", completed)
    for wrong in ("What did Northgate do in 2019?", "Line one\nline two", "", "x" * 900):
        with serve(says(wrong), says(cited(RIGHT))) as server:
            answer = assistant(root, server.url).ask("And the board?", history=history)
            assert answer.searched.startswith(history[0])


def test_streaming_raises_what_failed() -> None:
    with serve(status(500)) as server:
        model = ChatModel(server.url, "scripted", patience=Patience(2, 5))
        with pytest.raises(GenerationError, match="failed"):
            list(model.stream([{"role": "user", "content": "hello"}]))
