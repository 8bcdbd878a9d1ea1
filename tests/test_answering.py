"""Answers from sentences, each with a quote to the character, or a refusal."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from concepts import REPORTS, ConceptEncoder, build_reports, concept_stages

from rag import analysis
from rag.answering import Assistant
from rag.answering.evidence import Thresholds
from rag.answering.extraction import Candidate, candidates, choose, weigh
from rag.answering.wording import refusal
from rag.errors import IndexUnusable
from rag.index import build
from rag.schema import Chunk, Heading, Hit


def assistant(root: Path, **settings: object) -> Assistant:
    encoder = ConceptEncoder()
    require = concept_stages().all_fingerprints()
    return Assistant(root, encoder, require=require, **settings)  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build_reports(tmp_path_factory.mktemp("answering"))


@pytest.fixture(scope="module")
def helper(root: Path) -> Assistant:
    return assistant(root)


QUESTIONS = [
    "What did the theft at the exchange cost?",
    "交易所被盗损失多少?",
    "هل السيولة لدى البنك كافية؟",
    "What does Article 7 ask of the board?",
]


@pytest.mark.parametrize("question", QUESTIONS)
def test_every_sentence_is_a_quote_to_the_character(helper: Assistant, question: str) -> None:
    answer = helper.ask(question)
    assert not answer.refused
    assert answer.generator == "extractive"
    assert answer.text == "\n".join(sentence.text for sentence in answer.sentences)
    assert [citation.id for citation in answer.citations] == list(
        range(1, len(answer.citations) + 1)
    )
    for citation in answer.citations:
        document = helper.index().document(citation.document)
        assert document.text[citation.start : citation.end] == citation.quote
        assert (document.name, document.source) == (citation.document, citation.source)
        page = document.reading.pages[citation.page - 1]
        assert page.start <= citation.start < citation.end <= page.end
        assert citation.page_label == page.label
    for sentence in answer.sentences:
        assert sentence.citations
        quotes = [answer.citations[number - 1].quote for number in sentence.citations]
        assert sentence.text in quotes


@pytest.mark.parametrize(
    ("question", "contains"),
    [
        (QUESTIONS[0], "41 million"),
        (QUESTIONS[1], "四千万元"),
        (QUESTIONS[2], "كافية"),
        (QUESTIONS[3], "24 hours"),
    ],
)
def test_the_answer_holds_what_was_asked(helper: Assistant, question: str, contains: str) -> None:
    assert contains in helper.ask(question).text


@pytest.mark.parametrize(
    ("question", "language"),
    [
        ("Who won the chess championship in Reykjavik?", "en"),
        ("谁赢得了象棋冠军?", "zh-Hans"),
        ("من فاز ببطولة الشطرنج؟", "ar"),
    ],
)
def test_without_evidence_it_refuses_in_the_questions_language(
    root: Path, question: str, language: str
) -> None:
    # The stand-in model puts every text without a concept in one place, so the bar is set high.
    answer = assistant(root, thresholds=Thresholds(least=1.2)).ask(question)
    assert answer.refused
    assert (answer.language, answer.text) == (language, refusal(language))
    assert answer.citations == ()
    assert all(sentence.citations == () for sentence in answer.sentences)
    assert answer.hits, "the nearest passages are still shown"


def test_a_bar_that_is_higher_never_answers_more(root: Path) -> None:
    refused = [
        [
            assistant(root, thresholds=Thresholds(least=least)).ask(question).refused
            for question in QUESTIONS
        ]
        for least in (-1.0, 0.5, 9.0)
    ]
    assert refused[0] == [False] * len(QUESTIONS)
    assert refused[2] == [True] * len(QUESTIONS)
    assert all(a <= b <= c for a, b, c in zip(*refused, strict=True))


def test_refusals_are_in_the_language_and_english_where_there_is_none() -> None:
    assert refusal("zh-Hant") != refusal("zh-Hans") != refusal("en")
    assert refusal("xx") == refusal("en")


def test_it_moves_to_a_new_generation_by_itself(tmp_path: Path) -> None:
    root = build_reports(tmp_path)
    helper = assistant(root)
    assert "41 million" in helper.ask(QUESTIONS[0]).text
    report = tmp_path / "corpus" / "theft.en.txt"
    report.write_text(REPORTS["theft.en.txt"].replace("41", "87"), encoding="utf-8")
    build(root, tmp_path / "corpus", concept_stages())
    assert "87 million" in helper.ask(QUESTIONS[0]).text


def test_an_index_of_another_model_is_refused(root: Path) -> None:
    other = Assistant(root, ConceptEncoder(), require={"model": "another"})  # type: ignore[arg-type]
    with pytest.raises(IndexUnusable, match="rag index"):
        other.ask("theft")


def test_loading_names_its_steps(root: Path) -> None:
    helper = assistant(root)
    assert not helper.ready()
    assert list(helper.load()) == ["index", "model", "done"]
    assert helper.ready()


def test_reports_are_listed(helper: Assistant) -> None:
    assert [(r.name, r.pages, r.format) for r in helper.documents()] == [
        ("liquidity.ar", 1, "txt"),
        ("theft.en", 2, "txt"),
        ("theft.zh", 1, "txt"),
    ]


def hit(text: str, *, start: int = 0, score: float = 0.5, rank: int = 1) -> Hit:
    chunk = Chunk(f"id{rank}", "report", start, start + len(text), text, "en")
    return Hit(rank, score, chunk, "report.txt", 1)


def test_sentences_of_a_passage_have_places_in_the_document() -> None:
    found = candidates([hit("It failed. It closed.", start=100)], lambda _: [])
    assert [(c.start, c.end, c.text) for c in found] == [
        (100, 110, "It failed."),
        (111, 121, "It closed."),
    ]


def test_headings_are_no_sentences() -> None:
    text = "Findings of the year\nThe bank had failed."
    found = candidates([hit(text, start=10)], lambda _: [Heading(10, 30, 1, text[:20])])
    assert [c.text for c in found] == ["The bank had failed."]


def test_a_sentence_found_twice_is_taken_once() -> None:
    passage = hit("The bank had failed.")
    assert len(candidates([passage, passage], lambda _: [])) == 1


def test_coverage_is_the_weight_of_the_questions_terms_that_are_there() -> None:
    first, second = candidates([hit("The bank failed badly. The theft was large.")], lambda _: [])
    scored = weigh(
        [first, second],
        question_vector=np.array([1, 0], dtype=np.float32),
        # bank is worth 3 and fail 1 of all 4: 4/4 for the first sentence, 0 for the second.
        weights={"bank": 3.0, "fail": 1.0},
        analyse=analysis.terms,
        encode=lambda texts, _: np.tile(np.array([0.6, 0.8], dtype=np.float32), (len(texts), 1)),
    )
    assert [(c.text, c.coverage) for c in scored] == [(first.text, 1.0), (second.text, 0.0)]
    # The cosines and the passage are the same, so coverage is all that lies between them.
    assert scored[0].score - scored[1].score > 0


def test_a_nearer_sentence_comes_first_where_terms_are_silent() -> None:
    found = candidates([hit("The bank failed badly. The theft was large.")], lambda _: [])
    scored = weigh(
        found,
        question_vector=np.array([0, 1], dtype=np.float32),
        weights={},
        analyse=analysis.terms,
        encode=lambda _, __: np.array([[1, 0], [0, 1]], dtype=np.float32),
    )
    assert [c.text for c in scored] == ["The theft was large.", "The bank failed badly."]
    assert (
        weigh(
            [],
            question_vector=np.zeros(2, np.float32),
            weights={},
            analyse=analysis.terms,
            encode=lambda _, __: np.zeros((0, 2), np.float32),
        )
        == []
    )


def scored(text: str, score: float) -> Candidate:
    return Candidate(hit(text), 0, len(text), text, score)


def test_the_best_sentence_is_always_chosen_and_far_worse_ones_never() -> None:
    best, worse = scored("The bank had failed.", 1.5), scored("Cats sleep a lot.", 0.1)
    assert choose([best, worse], analysis.terms) == [best]
    assert choose([], analysis.terms) == []


def test_the_same_thing_is_said_once() -> None:
    one, again = scored("The bank had failed.", 1.5), scored("Failed the bank had.", 1.5)
    other = scored("Customers lost deposits.", 1.5)
    assert choose([one, again, other], analysis.terms) == [one, other]


def test_no_more_than_asked_for_are_chosen() -> None:
    words = ["alpha", "beta", "gamma", "delta"]
    many = [scored(f"{word} {word}s {i}", 1.0) for i, word in enumerate(words)]
    assert choose(many, analysis.terms, most=2) == many[:2]
