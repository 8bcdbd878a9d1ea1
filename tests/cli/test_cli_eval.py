"""Measuring through the command line: test queries, and data sets in BEIR's layout."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import ir_measures
import pytest
from cli_tools import QUERIES, Library, Rag

from rag.retrieval.retriever import Retrieved, Retriever

METRICS = {"recall@1", "recall@5", "recall@10", "mrr@10", "ndcg@10", "map@10"}
ANSWERS = {
    "contains_answer", "citation_recall", "citations_exact", "false_answer_rate",
    "false_refusal_rate",
}  # fmt: skip
EVALUATION = {
    "queries", "answerable", "mode", "metrics", "intervals", "by_language", "answers", "seconds",
}  # fmt: skip

PASSAGES = {
    "p1": ("Theft", "Attackers took 41 million euros from the hot wallet of the exchange."),
    "p2": ("Liquidity", "Three of twelve banks fell below the required coverage ratio."),
    "p3": ("", "The board did not review the register of outsourcing contracts."),
    "p4": ("Recovery", "Four firms held no recovery exercise for more than a year."),
    "p5": ("Capital", "The capital buffer was raised to two per cent of exposures."),
}
BEIR_QUERIES = {
    "b1": ("How much was stolen from the hot wallet?", {"p1": 1}),
    "b2": ("How many banks missed the coverage ratio?", {"p2": 2}),
    "b3": ("Who failed to review the outsourcing register?", {"p3": 1, "p4": 0}),
}


def write_lines(path: Path, entries: Sequence[dict[str, Any]]) -> None:
    lines = [json.dumps(entry, ensure_ascii=False) for entry in entries]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def write_beir(folder: Path) -> Path:
    (folder / "qrels").mkdir(parents=True)
    passages = [{"_id": i, "title": title, "text": t} for i, (title, t) in PASSAGES.items()]
    write_lines(folder / "corpus.jsonl", passages)
    queries = [{"_id": i, "text": text} for i, (text, _) in BEIR_QUERIES.items()]
    write_lines(folder / "queries.jsonl", queries)
    rows = [f"{q}\t{p}\t{g}" for q, (_, grades) in BEIR_QUERIES.items() for p, g in grades.items()]
    header = "query-id\tcorpus-id\tscore"
    (folder / "qrels" / "test.tsv").write_text("\n".join([header, *rows]) + "\n")
    return folder


def test_test_queries_are_measured(rag: Rag, library: Library) -> None:
    result = rag(
        "eval", library.queries, "--index", library.index, "--json", "--html", "page.html",
        "--run", "run.trec", "--fail-under", "recall@5=0.9", "--fail-under", "citations_exact=1",
    )  # fmt: skip
    assert result.code == 0, result.err
    measured = result.json
    assert set(measured) >= EVALUATION
    assert (measured["queries"], measured["answerable"], measured["mode"]) == (4, 3, "hybrid")
    assert set(measured["metrics"]) == set(measured["intervals"]) == METRICS
    for name, value in measured["metrics"].items():
        low, high = measured["intervals"][name]
        assert 0 <= low <= value <= high <= 1
    assert measured["metrics"]["recall@5"] == 1
    assert set(measured["by_language"]) == {"en", "zh-Hant", "ar"}
    assert measured["by_language"]["en"]["queries"] == 2
    assert set(measured["by_language"]["ar"]) >= METRICS | {"queries"}
    assert set(measured["answers"]) == ANSWERS
    assert measured["answers"]["citations_exact"] == 1
    assert measured["answers"]["false_answer_rate"] == 0
    page = (rag.place / "page.html").read_text(encoding="utf-8")
    assert page.startswith("<!doctype html>") or page.startswith("<!DOCTYPE html>")
    assert "東灣銀行" in page or QUERIES[1]["query"] in page
    ranked = list(ir_measures.read_trec_run(str(rag.place / "run.trec")))
    assert {row.query_id for row in ranked} == {query["id"] for query in QUERIES}


def test_a_bound_that_is_not_kept_exits_1_after_the_result(rag: Rag, library: Library) -> None:
    queries = rag.place / "queries.jsonl"
    # The right answer is in the reports, so a query without evidence is answered wrongly.
    write_lines(queries, [{**QUERIES[0], "evidence": [{"doc": "continuity.ja", "page": 1}]}])
    result = rag(
        "eval", queries, "--mode", "bm25", "--index", library.index, "--json", "--fail-under",
        "recall@10=0.5",
    )  # fmt: skip
    assert result.code == 1
    assert result.json["metrics"]["recall@10"] == 0
    assert "recall@10 is 0.0000; at least 0.5" in result.err


def test_modes_are_compared(rag: Rag, library: Library) -> None:
    measured = rag(
        "eval", library.queries, "--mode", "dense", "--mode", "bm25", "--index", library.index,
        "--json",
    ).json  # fmt: skip
    assert measured["mode"] == "dense"
    assert set(measured["modes"]) == {"dense", "bm25"}


def test_each_question_is_searched_for_once_a_mode(
    rag: Rag, library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    searched: list[tuple[str, str]] = []
    search = Retriever.search

    def counted(self: Retriever, query: str, **more: Any) -> Retrieved:
        searched.append((query, more["mode"]))
        return search(self, query, **more)

    monkeypatch.setattr(Retriever, "search", counted)
    modes = ("--mode", "bm25", "--mode", "dense")
    result = rag("eval", library.queries, *modes, "--index", library.index, "--json")
    assert result.json["answers"]["contains_answer"] is not None
    assert searched == [(one["query"], mode) for mode in ("bm25", "dense") for one in QUERIES]


@pytest.mark.parametrize("mode", ["hybrid", "bm25"])
def test_a_data_set_is_measured_and_its_ranking_written(rag: Rag, mode: str) -> None:
    data = write_beir(rag.place / "data")
    arguments = ("eval", "--beir", data, "--mode", mode, "--run", "run.trec", "--json")
    result = rag(*arguments)
    assert result.code == 0, result.err
    measured = result.json
    assert set(measured) >= EVALUATION - {"answers"}
    assert "answers" not in measured
    assert (measured["queries"], measured["mode"]) == (3, mode)
    assert measured["metrics"]["recall@1"] == 1

    run = list(ir_measures.read_trec_run(str(rag.place / "run.trec")))
    assert {row.doc_id for row in run} <= set(PASSAGES)
    qrels = [
        ir_measures.Qrel(q, p, g)
        for q, (_, grades) in BEIR_QUERIES.items()
        for p, g in grades.items()
    ]
    names = {"ndcg@10": "nDCG@10", "map@10": "AP@10", "mrr@10": "RR@10", "recall@5": "R@5"}
    measures = {name: ir_measures.parse_measure(text) for name, text in names.items()}
    expected = ir_measures.calc_aggregate(measures.values(), qrels, run)
    for name, measure in measures.items():
        assert measured["metrics"][name] == pytest.approx(expected[measure])

    again = rag(*arguments)
    assert again.json["metrics"] == measured["metrics"]


def test_a_split_that_is_not_there_names_those_that_are(rag: Rag) -> None:
    data = write_beir(rag.place / "data")
    message = rag.fails("eval", "--beir", data, "--split", "dev")
    assert "dev" in message and "test" in message


@pytest.mark.parametrize("missing", ["corpus.jsonl", "queries.jsonl", "qrels/test.tsv"])
def test_a_data_set_with_a_file_missing_names_it(rag: Rag, missing: str) -> None:
    data = write_beir(rag.place / "data")
    (data / missing).unlink()
    assert Path(missing).name.split(".")[0] in rag.fails("eval", "--beir", data, "--mode", "bm25")


@pytest.mark.parametrize(
    "line",
    [
        "{broken",
        "[]",
        '{"id": "x", "query": "q", "lang": "en", "answers": []}',
        '{"id": "x", "query": "q", "lang": "en", "answers": "a", "evidence": []}',
        '{"id": "x", "query": "q", "lang": "en", "answers": [], "evidence": [{"doc": "d"}]}',
    ],
)
def test_a_malformed_line_names_file_and_line(rag: Rag, library: Library, line: str) -> None:
    queries = rag.place / "my queries.jsonl"
    queries.write_text(json.dumps(QUERIES[3]) + "\n" + line + "\n")
    message = rag.fails("eval", queries, "--index", library.index)
    assert "my queries.jsonl, line 2" in message


def test_evidence_that_is_not_in_the_corpus_names_the_query(rag: Rag, library: Library) -> None:
    queries = rag.place / "queries.jsonl"
    write_lines(
        queries, [{**QUERIES[0], "evidence": [{"doc": "theft-review.en", "quote": "no such"}]}]
    )
    message = rag.fails("eval", queries, "--index", library.index)
    assert "en-theft" in message and "theft-review.en" in message


def test_a_missing_query_file_is_named(rag: Rag, library: Library) -> None:
    assert "absent.jsonl" in rag.fails("eval", "absent.jsonl", "--index", library.index)
