"""The commands and their JSON, as other programs and users' scripts rely on them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from cli_tools import QUERIES, SAMPLES, TEXTS, Library, Rag

HIT = {
    "rank", "score", "document", "source", "page", "page_label", "section", "language", "start",
    "end", "text", "quality", "faults",
}  # fmt: skip
CITATION = {
    "id", "document", "source", "page", "page_label", "start", "end", "quote", "quality", "faults",
}  # fmt: skip
METRICS = {"recall@1", "recall@5", "recall@10", "mrr@10", "ndcg@10", "map@10"}
QUESTION = "How many hours did it take to notice the theft?"
UNANSWERABLE = "Who won the chess championship in Reykjavik?"
DOCUMENTS = sorted(
    [name.rpartition(".")[0] for name in TEXTS] + [Path(name).stem for name in SAMPLES]
)


def shown(rag: Rag, library: Library, document: str) -> str:
    """The text that offsets count."""
    result = rag("show", document, "--index", library.index)
    assert result.code == 0, result.err
    return result.out


def test_index_says_what_it_did(library: Library) -> None:
    report = library.report
    assert set(report) == {
        "added", "updated", "unchanged", "removed", "skipped", "documents", "pages", "chunks",
        "chunks_encoded", "seconds", "generation", "notes",
    }  # fmt: skip
    assert report["added"] == DOCUMENTS
    assert report["updated"] == report["unchanged"] == report["removed"] == []
    assert report["skipped"] == []
    assert report["documents"] == len(DOCUMENTS)
    assert report["chunks"] == report["chunks_encoded"] > len(DOCUMENTS)
    assert report["pages"] > len(DOCUMENTS)


def test_an_index_is_brought_up_to_date(rag: Rag, library: Library) -> None:
    index = library.copy(rag.place)
    again = rag("index", library.corpus, "--index", index, "--json").json
    assert again["unchanged"] == DOCUMENTS
    assert (again["chunks_encoded"], again["generation"]) == (0, library.report["generation"])

    corpus = rag.place / "corpus"
    corpus.mkdir()
    (corpus / "theft-review.en.md").write_text(TEXTS["theft-review.en.md"].replace("41", "43"))
    (corpus / "new.txt").write_text("The board of the bank approved the plan for recovery.")
    report = rag("index", "corpus", "--index", index, "--json").json
    assert report["added"] == ["new"]
    assert report["updated"] == ["theft-review.en"]
    assert report["removed"] == [name for name in DOCUMENTS if name != "theft-review.en"]
    # The one changed passage and the new one; the others' vectors are known.
    assert report["chunks_encoded"] == 2
    assert "43 million" in rag("search", "theft", "--index", index).out
    assert rag("rollback", "--index", index).code == 0
    assert "41 million" in rag("search", "theft", "--index", index).out


def test_search_gives_the_places_of_its_passages(rag: Rag, library: Library) -> None:
    result = rag("search", QUESTION, "--index", library.index, "-k", "4", "--json")
    assert result.code == 0
    found = result.json
    assert set(found) == {"query", "language", "mode", "hits"}
    assert (found["query"], found["language"], found["mode"]) == (QUESTION, "en", "hybrid")
    assert [hit["rank"] for hit in found["hits"]] == [1, 2, 3, 4]
    for hit in found["hits"]:
        assert set(hit) == HIT
        text = shown(rag, library, hit["document"])
        assert text[hit["start"] : hit["end"]] == hit["text"]
        page = rag("show", hit["document"], "--page", str(hit["page"]), "--index", library.index)
        assert hit["text"] in page.out
    scores = [hit["score"] for hit in found["hits"]]
    assert scores == sorted(scores, reverse=True)
    first = found["hits"][0]
    assert (first["document"], first["source"]) == ("theft-review.en", "theft-review.en.md")
    assert first["section"][-1] == "1 What happened"


@pytest.mark.parametrize("query", QUERIES[:3], ids=lambda query: query["id"])
@pytest.mark.parametrize("mode", ["hybrid", "dense", "bm25"])
def test_each_mode_finds_the_report_in_each_language(
    rag: Rag, library: Library, query: dict[str, Any], mode: str
) -> None:
    found = rag(
        "search", query["query"], "--mode", mode, "-k", "3", "--index", library.index, "--json"
    ).json
    assert found["mode"] == mode
    assert found["language"] == query["lang"]
    doc = query["evidence"][0]["doc"]
    assert any(doc in (hit["document"], hit["source"]) for hit in found["hits"])


def test_questions_find_reports_in_other_languages(rag: Rag, library: Library) -> None:
    question = "Which bank had the lowest liquidity coverage ratio?"
    found = rag("search", question, "-k", "3", "--index", library.index, "--json").json
    assert "通報/流動性.zh-Hant" in {hit["document"] for hit in found["hits"]}


def test_a_clause_number_meets_the_same_clause_in_other_languages(
    rag: Rag, library: Library
) -> None:
    found = rag("search", "Article 7", "--mode", "bm25", "--index", library.index, "--json").json
    documents = {hit["document"] for hit in found["hits"]}
    assert {"theft-review.en", "通報/流動性.zh-Hant", "audit report 2023.ar"} <= documents


@pytest.mark.parametrize(
    ("flags", "documents"),
    [
        (["--language", "zh-TW"], {"通報/流動性.zh-Hant"}),
        (["--language", "ja", "--document", "continuity.ja"], {"continuity.ja"}),
        (["--document", "theft-review.en.md"], {"theft-review.en"}),
        (["--language", "th"], set()),
        (["--language", "en", "--document", "continuity.ja"], set()),
    ],
)
def test_filters(rag: Rag, library: Library, flags: list[str], documents: set[str]) -> None:
    result = rag("search", QUESTION, *flags, "-k", "50", "--index", library.index, "--json")
    assert result.code == 0
    assert {hit["document"] for hit in result.json["hits"]} == documents


def test_a_filter_that_matches_nothing_says_so(rag: Rag, library: Library) -> None:
    result = rag("search", QUESTION, "--language", "th", "--index", library.index)
    assert (result.code, result.out) == (0, "Nothing was found.\n")


@pytest.mark.parametrize("query", QUERIES[:3], ids=lambda query: query["id"])
def test_answers_quote_to_the_character(rag: Rag, library: Library, query: dict[str, Any]) -> None:
    result = rag("ask", query["query"], "--index", library.index, "--json")
    assert result.code == 0
    answer = result.json
    assert set(answer) == {
        "query", "language", "refused", "answer", "sentences", "citations", "generator",
        "searched", "notice", "checks", "reports", "missing", "nearest",
    }  # fmt: skip
    assert answer["refused"] is False
    assert answer["generator"] == "extractive"
    assert any(text in answer["answer"] for text in query["answers"])
    assert [citation["id"] for citation in answer["citations"]] == list(
        range(1, len(answer["citations"]) + 1)
    )
    for citation in answer["citations"]:
        assert set(citation) == CITATION
        text = shown(rag, library, citation["document"])
        assert text[citation["start"] : citation["end"]] == citation["quote"]
    ids = {citation["id"] for citation in answer["citations"]}
    for sentence in answer["sentences"]:
        assert set(sentence) == {"text", "citations"}
        assert sentence["citations"] and set(sentence["citations"]) <= ids


def test_an_answer_for_people_has_marks_and_sources(rag: Rag, library: Library) -> None:
    result = rag("ask", QUESTION, "--index", library.index, "--extractive")
    assert result.code == 0
    assert "19 hours. [1]" in result.out
    assert "[1] theft-review.en.md, page 1" in result.out


@pytest.mark.parametrize(
    ("question", "language"), [(UNANSWERABLE, "en"), ("谁赢得了国际象棋冠军?", "zh-Hans")]
)
def test_what_the_reports_do_not_say_is_refused(
    rag: Rag, library: Library, question: str, language: str
) -> None:
    answer = rag("ask", question, "--index", library.index, "--json").json
    assert answer["refused"] is True
    assert answer["citations"] == []
    assert answer["language"] == language
    assert answer["answer"]
    assert all(sentence["citations"] == [] for sentence in answer["sentences"])


def test_show_gives_a_page_or_all(rag: Rag, library: Library) -> None:
    name = "outsourcing-cloud-rules-2022.en"
    text = shown(rag, library, name)
    page = rag("show", name, "--page", "2", "--index", library.index).out
    assert page in text
    assert text.index(page) > 0 and len(page) < len(text)
    message = rag.fails("show", name, "--page", "999", "--index", library.index)
    assert name in message and "999" in message


def test_info_counts_what_is_there(rag: Rag, library: Library) -> None:
    described = rag("info", "--index", library.index, "--json").json
    assert described["generation"] == library.report["generation"]
    for key in ("documents", "pages", "chunks"):
        assert described[key] == library.report[key]
    assert [report["document"] for report in described["reports"]] == DOCUMENTS
    assert sum(report["chunks"] for report in described["reports"]) == described["chunks"]
    plain = rag("info", "--index", library.index)
    assert plain.code == 0 and "continuity.ja.html" in plain.out


def test_verify_says_whether_every_byte_is_what_was_built(rag: Rag, library: Library) -> None:
    index = library.copy(rag.place)
    generation = library.report["generation"]
    whole = rag("verify", "--index", index, "--json")
    assert whole.code == 0
    assert whole.json == {"ok": True, "generation": generation, "problems": []}
    vectors = index / "generations" / generation / "vectors.faiss"
    content = bytearray(vectors.read_bytes())
    content[-9] ^= 1
    vectors.write_bytes(content)
    broken = rag("verify", "--index", index, "--json")
    assert broken.code == 1
    assert broken.json["ok"] is False
    assert "vectors.faiss" in "".join(broken.json["problems"])


def test_one_corpus_makes_one_index_whatever_the_order_of_its_files(rag: Rag) -> None:
    for name, files in (("one", list(TEXTS)), ("other", list(reversed(TEXTS)))):
        for file in files:
            path = rag.place / name / file
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(TEXTS[file], encoding="utf-8")
    reports = {
        name: rag("index", name, "--index", f"{name}.index", "--json").json
        for name in ("one", "other")
    }

    def content(name: str) -> dict[str, bytes]:
        folder = rag.place / f"{name}.index" / "generations" / reports[name]["generation"]
        files = [folder / "vectors.faiss", *(folder / "bm25").rglob("*")]
        return {str(f.relative_to(folder)): f.read_bytes() for f in files if f.is_file()}

    def hits(name: str, query: str) -> list[dict[str, Any]]:
        found = rag("search", query, "--index", f"{name}.index", "-k", "50", "--json")
        return list(found.json["hits"])

    assert content("one") == content("other")
    for query in QUERIES:
        assert hits("one", query["query"]) == hits("other", query["query"])
    same = reports["one"].keys() - {"seconds", "generation"}
    assert {key: reports["one"][key] for key in same} == {
        key: reports["other"][key] for key in same
    }


@pytest.mark.parametrize("before", [True, False])
def test_the_index_may_be_named_before_or_after(rag: Rag, library: Library, before: bool) -> None:
    named = ["--index", library.index]
    arguments = [*named, QUESTION] if before else [QUESTION, *named]
    assert "theft-review.en.md" in rag("search", *arguments, "--mode", "bm25").out


def test_flag_beats_environment_beats_file_beats_default(rag: Rag, library: Library) -> None:
    def mode(*flags: str, **environment: str) -> str:
        return str(rag("search", QUESTION, "--json", *flags, **environment).json["mode"])

    at = {"RAG_INDEX": str(library.index)}
    assert mode(**at) == "hybrid"
    (rag.place / "rag.toml").write_text(f'mode = "dense"\nindex = "{library.index}"\n')
    assert mode() == "dense"
    assert mode(RAG_MODE="bm25") == "bm25"
    assert mode("--mode", "hybrid", RAG_MODE="bm25") == "hybrid"


def test_an_unknown_setting_is_an_error(rag: Rag, library: Library) -> None:
    (rag.place / "rag.toml").write_text("chunk_size = 3\n")
    message = rag.fails("info", "--index", library.index)
    assert "rag.toml" in message and "chunk_size" in message and "chunk_tokens" in message


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["frobnicate"],
        ["search"],
        ["search", "q", "--mode", "fuzzy"],
        ["search", "q", "-k", "0"],
        ["eval"],
        ["eval", "q.jsonl", "--beir", "data"],
        ["eval", "q.jsonl", "--fail-under", "recall"],
        ["eval", "q.jsonl", "--fail-under", "precision@5=0.5"],
        ["serve", "--port", "70000"],
        ["show", "d", "--page", "0"],
    ],
)
def test_wrong_usage_exits_2(rag: Rag, arguments: list[str]) -> None:
    result = rag(*arguments)
    assert result.code == 2
    assert result.err or result.out


@pytest.mark.parametrize("command", ["index", "search", "ask", "eval", "serve", "show", "info",
                                     "verify", "rollback"])  # fmt: skip
def test_every_command_takes_an_index_and_has_help(rag: Rag, command: str) -> None:
    result = rag(command, "--help")
    assert result.code == 0
    assert "--index" in result.out


def test_every_json_is_one_object_for_any_encoding(rag: Rag, library: Library) -> None:
    result = rag("search", "銀行", "--index", library.index, "--json")
    decoder = json.JSONDecoder()
    _, end = decoder.raw_decode(result.out)
    assert result.out[end:] == "\n"


def test_a_followup_is_completed_from_the_question_before(rag: Rag, library: Library) -> None:
    before = "What does Article 12 require of an exchange?"
    arguments = ("ask", "And Article 7?", "--after", before, "--index", library.index)
    answer = rag(*arguments, "--json").json
    assert answer["query"] == "And Article 7?"
    assert answer["searched"] == "What does Article 7 require of an exchange?"
    assert "24 hours" in answer["answer"]
    assert f"Searched for: {answer['searched']}" in rag(*arguments).out
