"""Answers decided by a model that reads question and passage together."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pytest
from concepts import ConceptEncoder, build_reports, concept_stages

from rag.answering import Assistant
from rag.answering.evidence import EvidenceModel, LogisticModel, Pair
from rag.index import FolderEngine
from rag.reader_model.model import PassageReading, reading_of
from rag.reader_model.passages import ReaderPassage

READ = LogisticModel.named(reader=10, span=10, bias=0)
EVIDENCE = EvidenceModel(Pair(READ, READ), Pair(READ, READ))


class KeywordReader:
    """Takes the first of ``words`` that a passage has for its answer; remembers what it read."""

    def __init__(self, *words: str) -> None:
        self.words, self.read_texts = words, list[str]()

    def load(self) -> None:
        """Nothing."""

    def read(self, question: str, passages: Sequence[ReaderPassage]) -> list[PassageReading]:
        return [self._read(passage) for passage in passages]

    def _read(self, passage: ReaderPassage) -> PassageReading:
        text = passage.linear.text
        self.read_texts.append(text)
        tokens = np.array([[i, i + 1] for i in range(len(text))], dtype=np.int64)
        starts = np.full(len(text), -10.0, dtype=np.float32)
        ends = starts.copy()
        word = next((word for word in self.words if word in text), None)
        if word is not None:
            at = text.index(word)
            starts[at], ends[at + len(word) - 1] = 6.0, 6.0
        return reading_of(5.0 if word is not None else -5.0, tokens, starts, ends)


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build_reports(tmp_path_factory.mktemp("reader"))


@pytest.fixture
def assistant(root: Path) -> Callable[[KeywordReader], Assistant]:
    def make(reader: KeywordReader) -> Assistant:
        return Assistant(
            FolderEngine(root),
            ConceptEncoder(),  # type: ignore[arg-type]
            require=concept_stages().all_fingerprints(),
            mode="hybrid",
            evidence=EVIDENCE,
            reader=reader,
        )

    return make


THEFT = "How much did the theft at the exchange cost?"


def test_the_sentence_that_the_reader_picks_is_the_answer(
    assistant: Callable[[KeywordReader], Assistant],
) -> None:
    answer = assistant(KeywordReader("41 million")).ask(THEFT)
    assert not answer.refused
    quote = answer.citations[0]
    assert "41 million" in quote.quote
    assert answer.evidence == pytest.approx(1 / (1 + np.exp(-(5.0 + 12.0))), abs=1e-6)


def test_nothing_is_answered_where_the_reader_finds_nothing(
    assistant: Callable[[KeywordReader], Assistant],
) -> None:
    answer = assistant(KeywordReader("no such words")).ask(THEFT)
    assert answer.refused
    assert not answer.citations
    assert answer.hits


def test_what_was_read_for_a_question_is_not_read_again(
    assistant: Callable[[KeywordReader], Assistant],
) -> None:
    reader = KeywordReader("41 million")
    helper = assistant(reader)
    first = helper.ask(THEFT)
    read = len(reader.read_texts)
    assert 0 < read == len(set(reader.read_texts)) <= 8
    assert helper.ask(THEFT) == first
    assert len(reader.read_texts) == read


def test_a_value_in_front_is_what_the_reader_takes_for_the_answer(
    assistant: Callable[[KeywordReader], Assistant],
) -> None:
    answer = assistant(KeywordReader("41 million")).ask(THEFT)
    assert answer.sentences[0].text.startswith("41 million")
    assert answer.sentences[0].citations == answer.sentences[1].citations


def test_no_value_stands_in_front_where_the_sentence_is_of_another_year(
    assistant: Callable[[KeywordReader], Assistant],
) -> None:
    answer = assistant(KeywordReader("41 million")).ask(
        "How much did the theft at the exchange cost in 1987?"
    )
    assert not answer.refused
    assert all(not sentence.text.startswith("41 million") for sentence in answer.sentences)
