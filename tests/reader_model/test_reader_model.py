"""The packaged reader: what it was given is what runs, and spans are the best there are."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.encoder.packaged import weights_file
from rag.encoder.weights import read_weights
from rag.reader_model.inputs import linearise
from rag.reader_model.model import (
    ADAPTER,
    ReaderModel,
    open_reader,
    original_places,
    reading_of,
)
from rag.reader_model.passages import ReaderPassage
from rag.reader_model.weights import AdaptedWeights, quantised, read_adapter

MOST_BYTES = 16 * 2**20


@pytest.fixture(scope="module")
def reader(tmp_path_factory: pytest.TempPathFactory) -> ReaderModel:
    return open_reader(tmp_path_factory.mktemp("cache"))


def passage(text: str, heading: str = "") -> ReaderPassage:
    return ReaderPassage(heading, linearise(text))


@given(st.lists(st.tuples(st.floats(-9, 9), st.floats(-9, 9)), min_size=1, max_size=30))
def test_the_best_span_is_the_best_of_all(logits: list[tuple[float, float]]) -> None:
    starts = np.array([a for a, _ in logits], dtype=np.float32)
    ends = np.array([b for _, b in logits], dtype=np.float32)
    tokens = np.array([[2 * i, 2 * i + 2] for i in range(len(logits))])
    found = reading_of(0.0, tokens, starts, ends)
    best = max(
        float(starts[i]) + float(ends[j]) for i in range(len(logits)) for j in range(i, len(logits))
    )
    assert found.margin == pytest.approx(best, abs=1e-4)
    first, last = found.start // 2, found.end // 2 - 1
    assert float(starts[first]) + float(ends[last]) == pytest.approx(best, abs=1e-4)


def test_a_span_within_a_sentence_is_of_its_tokens_alone() -> None:
    tokens = np.array([[0, 2], [2, 4], [-1, -1], [5, 7]])
    starts = np.array([9, 1, 99, 2], dtype=np.float32)
    ends = np.array([0, 8, 99, 3], dtype=np.float32)
    found = reading_of(0.0, tokens, starts, ends)
    assert (found.start, found.end, found.margin) == (0, 4, 17.0)
    assert found.span_margin(5, 7) == 5.0
    assert found.best_within(5, 7) == (5, 7)
    assert found.span_margin(4, 5) == float("-inf")


def test_tokens_lead_back_past_what_was_put_in() -> None:
    places = (0, 1, -1, -1, 2, 3)
    assert original_places([(0, 2), (2, 4), (3, 6)], places).tolist() == [[0, 2], [-1, -1], [2, 4]]


def test_eight_bits_are_within_half_a_step() -> None:
    matrix = np.random.default_rng(0).normal(size=(5, 40)).astype(np.float32)
    values, scale = quantised(matrix)
    assert values.dtype == np.int8
    assert np.abs(values * scale[:, None] - matrix).max() <= scale.max() / 2 + 1e-6
    assert np.abs(matrix).max(axis=1) == pytest.approx(scale * 127)
    nothing, scale = quantised(np.zeros((1, 3), np.float32))
    assert (nothing.tolist(), scale.tolist()) == ([[0, 0, 0]], [1.0])


def test_lower_layers_are_the_packaged_ones_plus_what_was_learnt() -> None:
    base = read_weights(memoryview(weights_file().read_bytes()))
    adapter = read_adapter(ADAPTER)
    weights = AdaptedWeights(base, adapter)
    rows = adapter["layers.2.qkv.up"][384:768].astype(np.float32)
    learnt = rows @ adapter["layers.2.qkv.down"].astype(np.float32)
    assert np.array_equal(weights.tensor("l2.k.w"), base.tensor("l2.k.w") + learnt)
    scale = adapter["layers.9.fo.scale"]
    upper = adapter["layers.9.fo.weight"].astype(np.float32) * scale[:, None]
    assert np.allclose(weights.tensor("l9.fo.w"), upper)
    assert np.array_equal(weights.tensor("emb.pos"), base.tensor("emb.pos"))


def test_what_was_trained_fits_in_sixteen_megabytes() -> None:
    assert ADAPTER.stat().st_size <= MOST_BYTES


CLAUSE = (
    "A payment institution shall keep client money apart from its own funds. It shall report a "
    "serious incident to the Authority within 36 hours. Records are kept for seven years."
)


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ("Within how many hours must a serious incident be reported?", "36 hours"),
        ("发生重大事件后须在多少小时内报告？", "36 hours"),
        ("重大なインシデントは何時間以内に報告しなければなりませんか。", "36 hours"),
        ("خلال كم ساعة يجب الإبلاغ عن حادث خطير؟", "36 hours"),
    ],
)
def test_it_finds_the_answer_in_a_clause_in_any_language(
    reader: ReaderModel, question: str, answer: str
) -> None:
    (read,) = reader.read(question, [passage(CLAUSE, "Rules on payment institutions 2024")])
    assert answer in CLAUSE[read.start : read.end] or "36" in CLAUSE[read.start : read.end]
    assert read.logit > 0


def test_a_clause_on_the_matter_that_does_not_answer_is_told_apart(reader: ReaderModel) -> None:
    silent = CLAUSE.replace(" within 36 hours", "")
    question = "Within how many hours must a serious incident be reported?"
    stated, missing = reader.read(question, [passage(CLAUSE), passage(silent)])
    assert stated.logit > missing.logit + 1
    assert stated.margin > missing.margin


def test_a_passage_longer_than_the_window_is_read_to_its_end(reader: ReaderModel) -> None:
    filler = "The annex lists the members of the working group and their offices. " * 60
    text = filler + CLAUSE
    (read,) = reader.read(
        "Within how many hours must a serious incident be reported?", [passage(text)]
    )
    assert "36 hours" in text[read.start - 10 : read.end + 10]
    assert len(read.tokens) > 448


def test_readings_do_not_depend_on_what_else_is_read(reader: ReaderModel) -> None:
    question = "How long are records kept?"
    alone = reader.read(question, [passage(CLAUSE)])[0]
    among = reader.read(question, [passage("Nothing here."), passage(CLAUSE), passage("")])[1]
    assert (alone.logit, alone.start, alone.end) == (among.logit, among.start, among.end)


def test_the_model_is_made_once(tmp_path: Path) -> None:
    said: list[str] = []
    open_reader(tmp_path, said.append)
    assert len(said) == 1
    open_reader(tmp_path, said.append)
    assert len(said) == 1
