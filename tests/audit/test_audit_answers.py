"""Every answer is recorded once, whoever words it, with the conversation that it was given in."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from cli_tools import Library, Rag
from concepts import ConceptEncoder, build_reports, concept_stages
from llm_server import Reply, breaks_off, says, serve, status

from rag.answering import Assistant, Writer
from rag.answering.evidence import EvidenceModel, LogisticModel, Pair
from rag.app import make_recorder
from rag.audit import audit
from rag.config import Settings
from rag.errors import RagError
from rag.index import FolderEngine
from rag.llm.client import ChatModel, Patience
from rag.reader_model.model import adapter_fingerprint
from rag.schema import Answer

QUESTION = "What did the theft at the exchange cost?"
FOLLOWUP = "And what does Article 7 ask of them?"
COMPLETED = "What does Article 7 ask of the board after a theft?"
MOON = "What colour is the moon?"
PLAIN = LogisticModel.named(cosine=8, coverage=4, context=1, behind=-10, bias=-5)


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build_reports(tmp_path_factory.mktemp("recorded"))


@pytest.fixture
def record(tmp_path: Path) -> Path:
    return tmp_path / "record.jsonl"


def entries(record: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in record.read_bytes().splitlines()]


def assistant(root: Path, record: Path | None = None, url: str = "", **more: Any) -> Assistant:
    encoder = ConceptEncoder()
    settings = Settings(record=record, llm_base_url=url or None, llm_model="scripted")
    if url:
        pytest.importorskip("openai", reason="the extra llm is not installed")
        model = ChatModel(url, "scripted", key="sk-secret", patience=Patience(2, 5))
        more["writer"] = Writer(model, encoder.encode_passages, unverified="remove", passages=6)
    return Assistant(
        FolderEngine(root),
        encoder,  # type: ignore[arg-type]
        require=concept_stages().all_fingerprints(),
        mode="hybrid",
        evidence=EvidenceModel(Pair(PLAIN, PLAIN), Pair(PLAIN, PLAIN), 0.2),
        on_answer=make_recorder(settings),
        **more,
    )


def outcomes(root: Path, record: Path) -> list[tuple[str, tuple[str, ...]]]:
    """What an audit without any server says."""
    found = audit(
        record, FolderEngine(root), lambda generation, _: assistant(root, generation=generation)
    )
    assert not found.faults
    return [(one.outcome, one.details) for one in found.replayed]


def numbered(sentence: str, words: str) -> Callable[[dict[str, Any]], str]:
    """``sentence`` with the number, in the request, of the passage that has ``words``."""

    def text(request: dict[str, Any]) -> str:
        user = request["messages"][1]["content"]
        number = user[: user.index(words)].rsplit('n="', 1)[1].split('"')[0]
        return f"{sentence} [{number}]."

    return text


THEFT = says(numbered("The theft at the exchange cost 41 million", "41 million"))


def test_asking_and_streaming_record_the_answer_once_each(root: Path, record: Path):
    helper = assistant(root, record)
    asked = helper.ask(QUESTION)
    *_, streamed = helper.ask_stream(QUESTION)
    refused = helper.ask(MOON)
    assert isinstance(streamed, Answer)
    assert refused.refused
    assert [entry["answer"] for entry in entries(record)] == [
        asked.text, streamed.text, refused.text,
    ]  # fmt: skip
    assert [entry["history"] for entry in entries(record)] == [[], [], []]
    assert outcomes(root, record) == [("same", ())] * 3


def test_the_entry_is_there_when_the_answer_is_given(root: Path, record: Path):
    for part in assistant(root, record).ask_stream(QUESTION):
        assert isinstance(part, Answer)
        assert entries(record)[0]["answer"] == part.text


def test_an_answer_that_cannot_be_recorded_is_not_given(root: Path, record: Path):
    record.mkdir()
    helper, given = assistant(root, record), []
    with pytest.raises(RagError, match="not given without its entry"):
        given.extend(helper.ask_stream(QUESTION))
    with pytest.raises(RagError, match="not given without its entry"):
        helper.ask(QUESTION)
    assert given == []


@pytest.mark.parametrize(
    ("reply", "generator"),
    [
        (THEFT, "llm:scripted"),
        (says("The theft at the exchange cost 97 million [1]."), "extractive"),
        (status(500), "extractive"),
        (breaks_off("The theft"), "extractive"),
    ],
    ids=["proven", "invented", "failed", "broken off"],
)
def test_the_last_word_is_recorded_whoever_has_it(
    root: Path, record: Path, reply: Reply, generator: str
):
    with serve(reply) as server:
        *_, answer = assistant(root, record, server.url).ask_stream(QUESTION)
    assert isinstance(answer, Answer)
    (entry,) = entries(record)
    assert (entry["generator"], entry["answer"]) == (generator, answer.text)
    assert (entry["notice"], bool(entry["checks"])) == (answer.notice, bool(answer.checks))
    assert entry["settings"]["llm_model"] == "scripted"
    assert server.url not in record.read_text()
    assert "sk-secret" not in record.read_text()
    assert outcomes(root, record) == [("same", ())]


def test_a_followup_is_recorded_and_repeated_as_it_was_searched_for(root: Path, record: Path):
    answer = assistant(root, record).ask(FOLLOWUP, history=[QUESTION])
    (entry,) = entries(record)
    assert (entry["question"], entry["history"]) == (FOLLOWUP, [QUESTION])
    assert entry["searched"] == answer.searched != FOLLOWUP
    assert outcomes(root, record) == [("same", ())]


def test_what_a_model_completed_is_repeated_without_the_model(root: Path, record: Path):
    with serve(says(COMPLETED), status(500)) as server:
        answer = assistant(root, record, server.url).ask(FOLLOWUP, history=[QUESTION])
    (entry,) = entries(record)
    assert entry["searched"] == answer.searched == COMPLETED
    assert entry["generator"] == "extractive"
    assert outcomes(root, record) == [("same", ())]


def test_a_stream_that_is_left_before_its_end_gave_no_answer(root: Path, record: Path):
    two = numbered("The theft at the exchange cost 41 million", "41 million")
    with serve(says(lambda request: f"{two(request)}\n{two(request)}")) as server:
        parts = assistant(root, record, server.url).ask_stream(QUESTION)
        assert isinstance(next(parts), str)
        assert isinstance(parts, Iterator)
        parts.close()  # type: ignore[attr-defined]
    assert not record.exists()


def test_the_command_records_the_questions_before_and_audits_without_a_server(
    rag: Rag, library: Library
):
    pytest.importorskip("openai", reason="the extra llm is not installed")
    before, after = "How many hours did it take to notice the theft?", "And what did it cost?"
    reply = says(numbered("The exchange noticed the theft after 19 hours", "after 19 hours"))
    with serve(reply) as server:
        model = {"RAG_LLM_BASE_URL": server.url, "RAG_LLM_MODEL": "m", "RAG_RECORD": "on"}
        said = rag("ask", before, "--index", library.index, "--json", **model)
        assert said.code == 0, said.err
        extra = ("--extractive", "--after", before)
        assert rag("ask", after, *extra, "--index", library.index, **model).code == 0
        asked = len(server.requests)
        result = rag("audit", "--index", library.index, "--json", **model)
        assert len(server.requests) == asked, "nobody is asked again"
    assert result.code == 0, result.err
    first, second = entries(rag.place / "record.jsonl")
    assert (first["generator"], first["answer"]) == ("llm:m", said.json["answer"])
    assert (second["generator"], second["history"]) == ("extractive", [before])
    assert [one["outcome"] for one in result.json["replayed"]] == ["same", "same"]


def test_an_entry_has_the_settings_of_its_answer_and_is_repeated_with_them(
    rag: Rag, library: Library
):
    question = "How many hours did it take to notice the theft?"
    fitted = Path(__file__).parents[2] / "rag" / "data" / "evidence.json"
    then = {"RAG_EVIDENCE": "0", "RAG_EVIDENCE_MODEL": str(fitted), "RAG_RECORD": "on"}
    assert rag("ask", question, "--index", library.index, **then).code == 0
    (entry,) = entries(rag.place / "record.jsonl")
    assert entry["settings"] == {
        "mode": "hybrid", "evidence": 0.0, "evidence_model": str(fitted), "reranker": None,
        "reader": "auto", "reader_weights": adapter_fingerprint(),
    }  # fmt: skip
    now = {"RAG_EVIDENCE": "1", "RAG_RECORD": "on"}
    result = rag("audit", "--index", library.index, "--json", **now)
    assert [one["outcome"] for one in result.json["replayed"]] == ["same"], result
