"""BEIR's layout, and rankings measured against it."""

from __future__ import annotations

import json
from math import log2
from pathlib import Path

import pytest

from rag.errors import QueryFileError
from rag.evaluation.beir import BeirPassage, BeirQuery, evaluate_run, load_beir

SHARED = Path(__file__).resolve().parents[3] / "shared"


def lines(path: Path, *entries: object) -> None:
    text = "".join(f"{json.dumps(e, ensure_ascii=False)}\n" for e in entries)
    path.write_text(text, encoding="utf-8")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    lines(
        tmp_path / "corpus.jsonl",
        {"_id": "p1", "title": "One", "text": "first", "metadata": {"lang": "en"}},
        {"_id": "p2", "title": "", "text": "zweiter", "metadata": {"lang": "de"}},
        {"_id": "p3", "text": "third"},
        {"_id": "p 4", "text": ""},
    )
    lines(
        tmp_path / "queries.jsonl",
        {"_id": "a", "text": "A?", "metadata": {"lang": "en", "answers": ["x"]}},
        {"_id": "b", "text": "B?"},
        {"_id": "unjudged", "text": "C?"},
        {"_id": "zero", "text": "D?"},
    )
    (tmp_path / "qrels").mkdir()
    (tmp_path / "qrels" / "test.tsv").write_text(
        "query-id\tcorpus-id\tscore\na\tp1\t2\na\tp2\t1\na\tp3\t0\nb\tp 4\t1\nzero\tp1\t0\n"
    )
    return tmp_path


def test_loading(folder: Path) -> None:
    data = load_beir(folder)
    assert data.split == "test"
    assert data.corpus[0] == BeirPassage("p1", "One", "first", "en")
    assert data.corpus[2] == BeirPassage("p3", "", "third", "")
    assert data.queries == (BeirQuery("a", "A?", "en"), BeirQuery("b", "B?", "und"))
    assert data.qrels == {"a": {"p1": 2, "p2": 1, "p3": 0}, "b": {"p 4": 1}}
    assert "1 queries of test.tsv have no relevant passage" in data.notes[0]


def test_a_header_is_not_needed(folder: Path) -> None:
    (folder / "qrels" / "dev.tsv").write_text("a\tp1\t1\r\n")
    assert load_beir(folder, "dev").qrels == {"a": {"p1": 1}}


def test_splits_are_chosen_or_listed(folder: Path) -> None:
    (folder / "qrels" / "dev.tsv").write_text("a\tp1\t1\n")
    assert load_beir(folder).split == "test"
    with pytest.raises(QueryFileError, match=r"no split train.*these: dev, test"):
        load_beir(folder, "train")
    (folder / "qrels" / "test.tsv").unlink()
    assert load_beir(folder).split == "dev"
    (folder / "qrels" / "train.tsv").write_text("a\tp1\t1\n")
    with pytest.raises(QueryFileError, match=r"Say which split.*dev, train"):
        load_beir(folder)


@pytest.mark.parametrize(
    ("file", "content", "told"),
    [
        ("corpus.jsonl", '{"_id": "p1", "text": "x"}\n{"_id": "p1", "text": "y"}', "line 2.*twice"),
        ("corpus.jsonl", '{"_id": "p1"}', 'line 1: "text" is needed'),
        ("corpus.jsonl", '{"_id": 1, "text": "x"}', 'line 1: "_id" is needed'),
        ("corpus.jsonl", "nonsense", "line 1: this is not JSON"),
        ("corpus.jsonl", '["x"]', "line 1: an object"),
        ("corpus.jsonl", "", "is empty"),
        ("queries.jsonl", '{"_id": "a", "text": "A?", "metadata": 1}', '"metadata" must be'),
        ("qrels/test.tsv", "a\tp1\n", "line 1: three fields"),
        ("qrels/test.tsv", "a\tp1\tyes\n", "line 1: three fields"),
        ("qrels/test.tsv", "q\tp1\t1\n", "the query q, which queries.jsonl lacks"),
        ("qrels/test.tsv", "a\tp9\t1\n", "the passage p9, which the corpus lacks"),
        ("qrels/test.tsv", "a\tp1\t0\n", "calls no passage relevant"),
    ],
)
def test_faults_are_told_with_their_place(folder: Path, file: str, content: str, told: str) -> None:
    (folder / file).write_text(content)
    with pytest.raises(QueryFileError, match=told) as raised:
        load_beir(folder)
    assert Path(file).name in str(raised.value)


def test_missing_parts_are_named(folder: Path) -> None:
    with pytest.raises(QueryFileError, match="not a folder"):
        load_beir(folder / "nowhere")
    (folder / "queries.jsonl").unlink()
    with pytest.raises(QueryFileError, match=r"queries\.jsonl is missing"):
        load_beir(folder)


def test_metrics_by_hand(folder: Path) -> None:
    run = {
        "a": [("p3", 9.0), ("p1", 8.0), ("p2", 7.0)],
        "unjudged": [("p1", 1.0)],
    }
    result = evaluate_run(load_beir(folder), run, mode="dense", seconds=2.0)
    first, second = result.cases
    assert first.ranks == (2, 3)
    assert first.metrics["recall@1"] == 0
    assert first.metrics["recall@5"] == 1
    assert first.metrics["mrr@10"] == pytest.approx(1 / 2)
    assert first.metrics["map@10"] == pytest.approx((1 / 2 + 2 / 3) / 2)
    # The grades 2 and 1 are the gains.
    gained, ideal = 2 / log2(3) + 1 / log2(4), 2 / log2(2) + 1 / log2(3)
    assert first.metrics["ndcg@10"] == pytest.approx(gained / ideal)
    # A query that found nothing counts as nothing, and is not left out.
    assert set(second.metrics.values()) == {0.0}
    assert result.metrics["recall@5"] == pytest.approx(1 / 2)
    entry = result.to_json()
    assert entry["queries"] == entry["answerable"] == 2
    assert "answers" not in entry
    assert entry["by_language"]["en"]["mrr@10"] == pytest.approx(1 / 2)
    assert entry["by_pair"] == {
        "en→de": {"queries": 1, "recall@1": 0, "recall@5": 1, "recall@10": 1},
        "en→en": {"queries": 1, "recall@1": 0, "recall@5": 1, "recall@10": 1},
    }
    assert entry["failed"] == ["b"]


def test_the_order_given_is_the_ranking_also_between_equal_scores(folder: Path) -> None:
    data = load_beir(folder)
    for ranking, reciprocal in ((["p1", "p3"], 1), (["p3", "p1"], 1 / 2)):
        run = {"a": [(passage, 1.0) for passage in ranking]}
        result = evaluate_run(data, run, mode="x", seconds=0)
        assert result.cases[0].metrics["mrr@10"] == pytest.approx(reciprocal)


@pytest.mark.shared
def test_a_perfect_run_over_the_development_data() -> None:
    folder = SHARED / "bench" / "xquad-dev"
    if not folder.is_dir():
        pytest.skip("the development data is not beside the checkout")
    data = load_beir(folder)
    assert (len(data.corpus), len(data.queries), data.split) == (360, 1836, "dev")
    run = {query: [(passage, 1.0) for passage in grades] for query, grades in data.qrels.items()}
    result = evaluate_run(data, run, mode="perfect", seconds=0)
    # Three translations of each paragraph are relevant: one fits into the first place.
    assert result.metrics["recall@1"] == pytest.approx(1 / 3, abs=1e-3)
    assert result.metrics["recall@5"] == result.metrics["ndcg@10"] == pytest.approx(1)
