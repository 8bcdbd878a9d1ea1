"""Judgements of citations: kept as test queries, the latest holds, `rag eval` measures them."""

from __future__ import annotations

import json
import threading
from dataclasses import replace
from pathlib import Path

import pytest
from cli_tools import Library, Rag, call

from rag.errors import RagError
from rag.evaluation.feedback import LARGEST, CitedQuote, FeedbackFile
from rag.evaluation.queries import read_queries
from rag.index import open_index

QUESTION = "How many hours did it take to notice the theft?"


@pytest.fixture
def cited(library: Library) -> CitedQuote:
    found = call("ask", QUESTION, "--index", library.index, "--json").json["citations"][0]
    return CitedQuote(found["document"], found["start"], found["end"], found["quote"])


@pytest.fixture
def kept(library: Library, tmp_path: Path) -> FeedbackFile:
    return FeedbackFile(tmp_path / "feedback.jsonl", lambda: open_index(library.index))


def wrong(cited: CitedQuote, library: Library) -> CitedQuote:
    """Another sentence of the same report."""
    text = open_index(library.index).document(cited.document).text
    quote = "No second signature was needed"
    start = text.index(quote)
    return CitedQuote(cited.document, start, start + len(quote), quote)


def test_good_is_evidence_and_bad_claims_none(
    kept: FeedbackFile, cited: CitedQuote, library: Library
) -> None:
    kept.judge(f"  {QUESTION}\n", cited, True)
    kept.judge(QUESTION, wrong(cited, library), False)
    good, bad = read_queries(kept.path)
    assert (good.query, good.lang, good.kind) == (QUESTION, "en", "feedback")
    (reference,) = good.evidence[0].alternatives
    assert (reference.doc, reference.quote) == (cited.document, cited.quote)
    assert bad.evidence == () and bad.rejected[0].quote == "No second signature was needed"
    assert bad.open, "where the answer is, if anywhere, is not known"
    assert kept.path.stat().st_mode & 0o077 == 0, "questions can be telling"


def test_what_is_not_in_the_report_is_not_kept(kept: FeedbackFile, cited: CitedQuote) -> None:
    for other in (
        replace(cited, quote="what the report never said"),
        replace(cited, start=cited.start + 1),
        replace(cited, document="no such report"),
        replace(cited, start=5, end=5, quote=""),
    ):
        with pytest.raises(RagError):
            kept.judge(QUESTION, other, True)
    for question in ("", " \n", "x" * 2001):
        with pytest.raises(RagError, match="1 to 2000"):
            kept.judge(question, cited, True)
    assert not kept.path.exists()


def test_many_at_once_lose_nothing(kept: FeedbackFile, cited: CitedQuote) -> None:
    people = [
        threading.Thread(target=kept.judge, args=(f"{QUESTION} {n}", cited, True))
        for n in range(12)
    ]
    for one in people:
        one.start()
    for one in people:
        one.join()
    assert {q.query for q in read_queries(kept.path)} == {f"{QUESTION} {n}" for n in range(12)}


def test_a_line_that_a_crash_cut_off_does_no_harm(kept: FeedbackFile, cited: CitedQuote) -> None:
    kept.judge("first", cited, True)
    with kept.path.open("ab") as file:
        file.write(b'{"id": "cut o')
    kept.judge("second", cited, True)
    assert [query.query for query in read_queries(kept.path)] == ["first", "second"]


def test_a_full_file_is_said(kept: FeedbackFile, cited: CitedQuote) -> None:
    kept.path.write_bytes(b" " * (LARGEST - 1) + b"\n")
    with pytest.raises(RagError, match="full"):
        kept.judge(QUESTION, cited, True)
    assert kept.path.stat().st_size == LARGEST


def test_eval_measures_what_people_judged(
    kept: FeedbackFile, cited: CitedQuote, library: Library
) -> None:
    # One question with a good citation; one whose only citation is wrong, and is cited again.
    kept.judge(QUESTION, cited, True)
    kept.judge(QUESTION, wrong(cited, library), False)
    other = "How long did it take to notice the theft?"
    kept.judge(other, cited, False)
    measured = call("eval", kept.path, "--index", library.index, "--json")
    assert measured.code == 0, measured.err
    result = measured.json
    assert (result["queries"], result["answerable"]) == (2, 1)
    assert result["metrics"]["recall@10"] == 1.0
    answers = result["answers"]
    assert answers["citation_recall"] == 1.0
    assert answers["false_answer_rate"] is None, "nobody said that the reports do not answer"
    assert answers["contains_answer"] is None
    # Two quotes were rejected; the answer to the second question cites one of them.
    assert answers["rejected_cited"] == 0.5
    assert list(result["by_kind"]) == ["feedback", "quote"]
    shown = call("eval", kept.path, "--index", library.index).out
    assert "rejected_cited" in shown


def test_who_thinks_better_of_it_is_believed(
    kept: FeedbackFile, cited: CitedQuote, library: Library
) -> None:
    kept.judge(QUESTION, cited, False)
    kept.judge(QUESTION, cited, True)
    result = call("eval", kept.path, "--index", library.index, "--json").json
    assert (result["queries"], result["answerable"]) == (1, 1)
    assert "rejected_cited" not in result["answers"]
    kept.judge(QUESTION, cited, False)
    result = call("eval", kept.path, "--index", library.index, "--json").json
    assert (result["queries"], result["answerable"]) == (1, 0)
    assert result["answers"]["rejected_cited"] == 1.0


def test_a_report_that_left_the_corpus_takes_its_judgements_along(
    kept: FeedbackFile, cited: CitedQuote, library: Library, rag: Rag
) -> None:
    kept.judge(QUESTION, cited, True)
    lines = kept.path.read_text("utf-8").splitlines()
    gone = json.loads(lines[0]) | {"id": "gone"}
    gone["evidence"] = [{"doc": "a report of old", "quote": "gone"}]
    kept.path.write_text("\n".join([*lines, json.dumps(gone)]) + "\n", "utf-8")
    result = call("eval", kept.path, "--index", library.index, "--json").json
    assert result["queries"] == 1
    assert "“gone” in a report of old is not in the corpus any more" in result["notes"][0]
    kept.path.write_text(json.dumps(gone) + "\n", "utf-8")
    said = rag.fails("eval", kept.path, "--index", library.index)
    assert "None of the quotes that were judged" in said


def test_rejected_is_checked_like_evidence(tmp_path: Path) -> None:
    path = tmp_path / "q.jsonl"
    line = {"id": "1", "query": "q", "lang": "en", "answers": [], "evidence": []}
    path.write_text(json.dumps(line | {"rejected": [{"doc": "d"}]}), "utf-8")
    with pytest.raises(RagError, match='rejected 1 needs either "quote" or "page"'):
        read_queries(path)
