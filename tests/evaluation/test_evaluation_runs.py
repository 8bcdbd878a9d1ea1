"""Run files: what is written is read back, and other tools rank it alike."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import ir_measures
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.errors import QueryFileError, RagError
from rag.evaluation.metrics import Passage
from rag.evaluation.runs import (
    decode_id,
    encode_id,
    parse_passage_id,
    passage_id,
    read_run,
    write_run,
)


@given(st.text(alphabet=st.characters(codec="utf-8"), min_size=1))
def test_ids_survive_and_have_no_white_space(name: str) -> None:
    assert decode_id(encode_id(name)) == name
    assert len(f"a {encode_id(name)} b".split()) == 3


@pytest.mark.parametrize("name", ["50%", "%20", "%%20", "a b", "%2 0", "%E4%BD", "中 文", "x"])
def test_awkward_ids(name: str) -> None:
    assert decode_id(encode_id(name)) == name
    assert encode_id("plain-50%") == "plain-50%"


def test_a_run_is_read_back_in_order(tmp_path: Path) -> None:
    run = {"q 1": [("p 2", 3.5), ("p1", 3.5), ("p0", 3.5)], "q2": [("x", -1.0), ("y", -2.0)]}
    path = tmp_path / "run.trec"
    write_run(path, run, tag="my mode")
    first = path.read_text().splitlines()[0].split()
    assert first == ["q%201", "Q0", "p%202", "1", "3.5", "my%20mode"]
    again = read_run(path)
    assert {query: [p for p, _ in ranking] for query, ranking in again.items()} == {
        "q 1": ["p 2", "p1", "p0"],
        "q2": ["x", "y"],
    }
    assert [file.name for file in tmp_path.iterdir()] == ["run.trec"]


@given(st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=50))
def test_written_scores_fall_strictly_in_single_precision(
    tmp_path_factory: pytest.TempPathFactory, scores: list[float]
) -> None:
    ranked = sorted(scores, reverse=True)
    path = tmp_path_factory.mktemp("run") / "run.trec"
    write_run(path, {"q": [(f"p{i}", score) for i, score in enumerate(ranked)]}, tag="t")
    written = [np.float32(line.split()[4]) for line in path.read_text().splitlines()]
    assert all(before > after for before, after in pairwise(written))
    assert written[0] == np.float32(ranked[0])


def test_another_reader_gets_the_same_ranking_from_equal_scores(tmp_path: Path) -> None:
    path = tmp_path / "run.trec"
    write_run(path, {"q": [("a", 1.0), ("b", 1.0), ("c", 1.0)]}, tag="t")
    for place, passage in enumerate("abc", start=1):
        qrels = [ir_measures.Qrel("q", passage, 1)]
        (metric,) = ir_measures.iter_calc(
            [ir_measures.RR], qrels, ir_measures.read_trec_run(str(path))
        )
        assert metric.value == pytest.approx(1 / place)


def test_a_foreign_run_is_ranked_by_score(tmp_path: Path) -> None:
    path = tmp_path / "run"
    path.write_text("q Q0 low 1 0.5 t\nq Q0 high 2 9 t\nq\tQ0\tlow2\t3\t0.5\tt\n\n")
    assert read_run(path) == {"q": [("high", 9.0), ("low", 0.5), ("low2", 0.5)]}


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("q Q0 p 1 2.0\n", "line 1: this is not a line"),
        ("q Q0 p 1 2.0 t\nq Q0 p2 2 high t\n", "line 2: this is not a line"),
        ("q Q0 p 1 nan t\n", "line 1"),
        ("q Q0 p 1 2.0 t\nq Q0 p 2 1.0 t\n", "line 2: query q has the passage p twice"),
        ("", "no ranking"),
    ],
)
def test_faults_are_told(tmp_path: Path, content: str, told: str) -> None:
    path = tmp_path / "run"
    path.write_text(content)
    with pytest.raises(QueryFileError, match=told):
        read_run(path)


def test_a_missing_run_and_a_missing_folder_are_told(tmp_path: Path) -> None:
    with pytest.raises(QueryFileError, match="cannot be read"):
        read_run(tmp_path / "gone")
    with pytest.raises(RagError, match="cannot be written"):
        write_run(tmp_path / "gone" / "run", {"q": [("p", 1.0)]}, tag="t")


def test_a_failed_write_leaves_the_old_file(tmp_path: Path) -> None:
    path = tmp_path / "run"
    write_run(path, {"q": [("p", 1.0)]}, tag="t")
    before = path.read_text()
    with pytest.raises(UnicodeEncodeError):
        write_run(path, {"q": [("\ud800", 1.0)]}, tag="t")
    assert path.read_text() == before
    assert [file.name for file in tmp_path.iterdir()] == ["run"]


def test_passages_as_ids() -> None:
    passage = Passage("sub folder/a:b", 10, 25)
    assert passage_id(passage) == "sub folder/a:b:10-25"
    assert parse_passage_id(passage_id(passage)) == passage
    with pytest.raises(QueryFileError, match="DOCUMENT:START-END"):
        parse_passage_id("p17")
