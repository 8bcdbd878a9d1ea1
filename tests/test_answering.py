"""Answers from sentences, each with a quote to the character, or a refusal."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from concepts import REPORTS, ConceptEncoder, build_reports, concept_stages

from rag import analysis
from rag.answering import Assistant
from rag.answering.evidence import EvidenceModel, Line
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
    # The stand-in model puts every text without a concept in one place, so terms alone decide.
    terms_alone = EvidenceModel(own=Line(0, 20, 10), across=Line(0, 20, 10))
    answer = assistant(root, evidence=terms_alone).ask(question)
    assert answer.refused
    assert (answer.language, answer.text) == (language, refusal(language))
    assert answer.citations == ()
    assert all(sentence.citations == () for sentence in answer.sentences)
    assert answer.hits, "the nearest passages are still shown"


def test_a_bar_that_is_higher_never_answers_more(root: Path) -> None:
    refused = [
        [
            assistant(root, evidence=EvidenceModel(least=least)).ask(question).refused
            for question in QUESTIONS
        ]
        for least in (0.0, 0.5, 1.01)
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


def both(cosine: float, coverage: float, language: str) -> float:
    """A likelihood whose arithmetic is plain."""
    assert language == "en"
    return 0.5 * cosine + 0.5 * coverage


def test_a_score_comes_from_the_cosine_and_the_weight_of_the_terms_that_are_there() -> None:
    found = candidates([hit("The theft was large. The bank failed badly.")], lambda _: [])
    scored = weigh(
        found,
        question_vector=np.array([1, 0], dtype=np.float32),
        weights={"bank": 3.0, "fail": 1.0, "zymurgi": 4.0},
        analyse=analysis.terms,
        encode=lambda texts, _: np.tile(np.array([0.6, 0.8], dtype=np.float32), (len(texts), 1)),
        likelihood=both,
    )
    # bank and fail are 3 + 1 of 8; both sentences have a cosine of 1·0.6 + 0·0.8 = 0.6.
    assert [(c.text, c.coverage) for c in scored] == [
        ("The bank failed badly.", 0.5),
        ("The theft was large.", 0.0),
    ]
    assert [c.score for c in scored] == pytest.approx([0.55, 0.3])


def test_a_question_without_terms_leaves_the_cosines() -> None:
    found = candidates([hit("The bank failed badly. The theft was large.")], lambda _: [])
    scored = weigh(
        found,
        question_vector=np.array([0, 1], dtype=np.float32),
        weights={},
        analyse=analysis.terms,
        encode=lambda _, __: np.array([[1, 0], [0, 1]], dtype=np.float32),
        likelihood=both,
    )
    assert [(c.text, c.coverage) for c in scored] == [
        ("The theft was large.", 0.0),
        ("The bank failed badly.", 0.0),
    ]


def test_the_likelihood_is_logistic() -> None:
    # 2 · 0.5 + 1 · 1 - 2 = 0: even odds; 2 · 0.5 + 1 · 0 - 2 = -1: 1 / (1 + e) = 0.2689.
    line = Line(cosine=2, coverage=1, offset=2)
    assert line.probability(0.5, 1) == 0.5
    assert line.probability(0.5, 0) == pytest.approx(0.26894142)


def test_more_evidence_never_makes_an_answer_less_likely() -> None:
    model = EvidenceModel()
    for shares in (True, False):
        rising = [model.probability(c / 10, c / 10, shares_terms=shares) for c in range(11)]
        assert rising == sorted(rising)
        assert 0 <= rising[0] < model.least < rising[-1] <= 1


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
