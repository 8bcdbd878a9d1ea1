"""Answers decided by a model that reads question and passage together."""

from __future__ import annotations

import tracemalloc
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from concepts import ConceptEncoder, build_reports, concept_stages

from rag.answering import Assistant
from rag.answering.comparing import features_of
from rag.answering.evidence import EvidenceModel, LogisticModel, Pair
from rag.answering.extraction import Candidate
from rag.answering.features import Question
from rag.answering.leading import leading
from rag.answering.reader import _key, reader_of_hits
from rag.index import FolderEngine
from rag.reader_model.inputs import Linear, linearise
from rag.reader_model.model import PassageReading, reading_of
from rag.reader_model.passages import ReaderPassage
from rag.schema import Chunk, Document, Hit, Page, Reading, Table

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


@pytest.mark.parametrize(("logit", "span"), [(6.0, 1.2), (15.0, 2.0), (-15.0, -2.0)])
def test_logits_count_in_tens_and_those_of_a_span_for_two_at_most(
    logit: float, span: float
) -> None:
    text = "It cost 41 million."
    one = Hit(1, 0.5, Chunk("id", "report", 30, 30 + len(text), text, "en"), "report.txt", 1)
    found = Candidate(one, 30, 30 + len(text), text, text)
    both = np.array([logit], dtype=np.float32)
    read = reading_of(5.0, np.array([[0, len(text)]]), both, both)
    vector = np.array([1, 0], dtype=np.float32)
    (features,) = features_of(
        [found],
        Question.of("", "en", vector, words=vector[None], weights={}),
        analyse=lambda *_: [],
        read=lambda _: [],
        describe=lambda _: "",
        answers=lambda *_: [read],
    )
    # 5 / 10; the margin is twice the logit: 12 / 10, and 30 / 10 and -30 / 10 are cut.
    assert (features.reader, features.span) == (0.5, pytest.approx(span))


@pytest.mark.parametrize(("margin", "beside"), [(0.5, True), (0.0, False)])
def test_another_sentence_stands_beside_the_best_with_half_its_odds(
    root: Path, margin: float, beside: bool
) -> None:
    class Scored(KeywordReader):
        """The span "41 million" has the margin 1, "四千万元" the one given."""

        def _read(self, passage: ReaderPassage) -> PassageReading:
            read = super()._read(passage)
            logit = 0.5 if "41 million" in passage.linear.text else margin / 2
            starts, ends = (np.where(x > 0, logit, x) for x in (read.starts, read.ends))
            return reading_of(read.logit, read.tokens, starts, ends)

    spans = LogisticModel.named(span=10, bias=0)
    helper = Assistant(
        FolderEngine(root),
        ConceptEncoder(),  # type: ignore[arg-type]
        require=concept_stages().all_fingerprints(),
        mode="hybrid",
        evidence=EvidenceModel(Pair(spans, spans), Pair(spans, spans)),
        reader=Scored("41 million", "四千万元"),
    )
    # Odds are e to the margin: 1 / e^0.5 = 0.61 of the best one's, and 1 / e^1 = 0.37.
    answer = helper.ask(THEFT)
    assert any("41 million" in citation.quote for citation in answer.citations)
    assert any("四千万元" in citation.quote for citation in answer.citations) == beside


def test_marks_alone_ask_nothing(assistant: Callable[[KeywordReader], Assistant]) -> None:
    helper = assistant(KeywordReader("41 million"))
    for marks in ("?", "\0", "\\", "。。。"):
        assert helper.ask(marks).refused
    assert not helper.ask(f"?! {THEFT}").refused


def test_half_a_surrogate_pair_in_a_question_is_no_fault(
    assistant: Callable[[KeywordReader], Assistant],
) -> None:
    helper = assistant(KeywordReader("41 million"))
    answer = helper.ask(f"\udcff {THEFT}", history=["\ud800"])
    assert answer.query == f"\ufffd {THEFT}"
    assert "41 million" in answer.text
    answer.query.encode()
    assert helper.search("\ud800 theft").hits


def test_a_lead_is_exact_and_cites_what_its_sentence_cites(
    assistant: Callable[[KeywordReader], Assistant],
) -> None:
    helper = assistant(KeywordReader("41 million"))
    answer = helper.ask(THEFT)
    lead = answer.sentences[0]
    quotes = {one.id: one for one in answer.citations}
    assert lead.citations
    assert any(lead.text in quotes[number].quote for number in lead.citations)
    for one in answer.citations:
        assert helper.index().document(one.document).text[one.start : one.end] == one.quote


def test_twenty_threads_over_one_assistant_have_the_answers_that_one_has(
    assistant: Callable[[KeywordReader], Assistant],
) -> None:
    questions = [THEFT, "Did the board meet?", "Who stole 41 million?", "liquidity?"]
    alone = {q: assistant(KeywordReader("41 million", "twice")).ask(q) for q in questions}
    shared = assistant(KeywordReader("41 million", "twice"))
    with ThreadPoolExecutor(20) as pool:
        found = list(pool.map(shared.ask, questions * 10, timeout=120))
    assert found == [alone[q] for q in questions * 10]


def test_readings_are_kept_for_the_last_questions_and_without_their_passages() -> None:
    text = "The theft at the exchange cost 41 million. " * 35
    document = Document(
        "theft", "theft.en.txt", "0" * 64, "en", Reading(text, (Page(1, 0, len(text)),))
    )
    hit = Hit(1, 1.0, Chunk("c", document.name, 0, len(text), text, "en"), "theft.en.txt", 1)

    class FewTokens(KeywordReader):
        def _read(self, passage: ReaderPassage) -> PassageReading:
            self.read_texts.append(passage.linear.text)
            tokens = np.zeros((320, 2), dtype=np.int64)
            logits = np.zeros(320, dtype=np.float32)
            return reading_of(1.0, tokens, logits, logits.copy())

    reader = FewTokens()
    answers = reader_of_hits(reader, kept=100)

    def ask(number: int) -> None:
        answers(f"question {number}", [hit], lambda _: document)

    ask(0)
    tracemalloc.start()
    for number in range(1, 300):
        ask(number)
    held, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    # 320 tokens of 2 * 8 + 4 + 4 bytes, and as much again for what holds them.
    assert sum(map(len, reader.read_texts)) > 0
    reader.read_texts.clear()
    assert held < 100 * 2 * 320 * 24 + 300 * 2000
    ask(299)
    assert not reader.read_texts
    ask(0)
    assert len(reader.read_texts) == 1


def test_a_reading_is_of_the_question_the_heading_and_the_places() -> None:
    one = ReaderPassage("above", linearise("a b"))
    others = [
        ("q", ReaderPassage("", linearise("a b"))),
        ("q", ReaderPassage("above", linearise("a c"))),
        ("q", ReaderPassage("above", Linear("a b", (0, -1, 1)))),
        ("other", one),
        ("qabove", ReaderPassage("", one.linear)),
    ]
    keys = {_key(question, passage) for question, passage in [("q", one), *others]}
    assert len(keys) == 6
    assert _key("q", ReaderPassage("above", linearise("a b"))) == _key("q", one)


def lead_of(
    question: str, text: str, *, answer: tuple[int, int], tables: tuple[Table, ...] = ()
) -> str:
    """What the last line of ``text`` leads with, whose ``answer`` the reader gives."""
    start = text.rfind("\n") + 1
    hit = Hit(1, 1.0, Chunk("c", "d", 0, len(text), text, "en"), "d.txt", 1)
    sentence = Candidate(hit, start, len(text), text[start:], text[start:], answer=answer)
    asked = Question.of(
        question, "en", np.zeros(1, np.float32), words=np.zeros((0, 1), np.float32), weights={}
    )
    return leading(sentence, asked, Reading(text, (Page(1, 0, len(text)),), tables=tables))


def test_a_cell_leads_with_its_row_and_head_and_alone_where_it_has_neither() -> None:
    question = "How many branches were there?"
    headed = "Bank\tBranches\nNorth\t41"
    at = headed.index("41"), len(headed)
    assert lead_of(question, headed, answer=at, tables=(Table(0, len(headed), 14),)) == (
        "North · Branches: 41"
    )
    bare = "\t41"
    assert lead_of(question, bare, answer=(1, 3), tables=(Table(0, 3, 0),)) == "41"


@pytest.mark.parametrize("marks", ["(—)", "…", "« »", "-"])
def test_marks_alone_lead_no_sentence(marks: str) -> None:
    text = f"The inspection was led {marks} last year."
    at = text.index(marks)
    assert lead_of("Who led the inspection?", text, answer=(at, at + len(marks))) == ""
    word = text.index("inspection")
    named = lead_of("Who led it?", text, answer=(word, word + len("inspection")))
    assert named == "inspection"
