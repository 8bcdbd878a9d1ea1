"""Answers from sentences, each with a quote to the character, or a refusal."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from cli_tools import QUERIES, Library
from concepts import REPORTS, ConceptEncoder, build_reports, concept_stages
from numpy.typing import NDArray

from rag.answering import Assistant
from rag.answering.asking import READ
from rag.answering.comparing import features_of, weigh
from rag.answering.evidence import EvidenceModel, LogisticModel, Pair, load_evidence
from rag.answering.extraction import (
    Candidate,
    candidates,
    choose,
    with_neighbours,
)
from rag.answering.features import NAMES, Features, Question
from rag.answering.interaction import PassageTokens, read_passages
from rag.answering.wording import refusal, unsure
from rag.app import make_assistant, make_encoder
from rag.config import Mode, Settings
from rag.encoder import TokenVectors
from rag.errors import ConfigError, IndexUnusable
from rag.index import FolderEngine, build
from rag.schema import Chunk, Heading, Hit, Page, Reading, Table
from rag.text.terms import single_terms

PLAIN = LogisticModel.named(cosine=8, coverage=4, context=1, behind=-10, bias=-5)
EVIDENCE = EvidenceModel(Pair(PLAIN, PLAIN), Pair(PLAIN, PLAIN), least=0.07)


def assistant(
    root: Path,
    evidence: EvidenceModel = EVIDENCE,
    *,
    mode: Mode = "hybrid",
    require: Mapping[str, str] | None = None,
) -> Assistant:
    """Answers with the stand-in model, for which the weights of the real one mean nothing."""
    return Assistant(
        FolderEngine(root),
        ConceptEncoder(),  # type: ignore[arg-type]
        require=require or concept_stages().all_fingerprints(),
        mode=mode,
        evidence=evidence,
    )


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
def test_every_sentence_is_in_a_quote_that_is_exact(helper: Assistant, question: str) -> None:
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
        assert any(sentence.text in quote for quote in quotes)


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
    terms_alone = LogisticModel.named(coverage=20, bias=-10)
    model = EvidenceModel(Pair(PLAIN, PLAIN), Pair(terms_alone, terms_alone))
    answer = assistant(root, evidence=model).ask(question)
    assert answer.refused
    assert answer.language == language
    assert answer.text == refusal(language, answer.reports, answer.missing)
    assert answer.reports == len(REPORTS)
    assert answer.citations == ()
    assert all(sentence.citations == () for sentence in answer.sentences)
    assert answer.hits, "the nearest passages are still shown"


def test_a_bar_that_is_higher_never_answers_more(root: Path) -> None:
    refused = [
        [
            assistant(root, replace(EVIDENCE, least=least)).ask(question).refused
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


@pytest.mark.parametrize("question", QUESTIONS)
@pytest.mark.parametrize("mode", ["hybrid", "dense", "bm25"])
def test_it_answers_from_what_its_mode_finds(root: Path, mode: Mode, question: str) -> None:
    helper = assistant(root, mode=mode)
    answer = helper.ask(question)
    assert answer.hits == helper.search(question, k=READ).hits
    known = {"hybrid": (True, True), "dense": (True, False), "bm25": (False, True)}
    assert {(h.cosine is not None, h.bm25 is not None) for h in answer.hits} <= {known[mode]}
    assert answer == assistant(root).ask(question, mode=mode)


@pytest.mark.parametrize("mode", ["hybrid", "dense", "bm25"])
def test_terms_alone_find_what_a_sentence_answers_from(root: Path, mode: Mode) -> None:
    answer = assistant(root, mode=mode).ask("What did the theft at the exchange cost?")
    assert "41 million" in answer.text


def test_an_answer_is_the_same_however_many_passages_are_found(library: Library) -> None:
    settings = Settings(index=library.index)
    helper = make_assistant(settings, make_encoder(settings))
    for query in QUERIES:
        question = str(query["query"])
        answer, more = helper.ask(question), helper.ask(question, k=READ + 12)
        assert (len(answer.hits), len(more.hits)) == (READ, READ + 12)
        assert more.hits[:READ] == answer.hits
        assert replace(more, hits=answer.hits) == answer


def test_an_index_of_another_model_is_refused(root: Path) -> None:
    other = assistant(root, require={"model": "another"})
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


def hit(text: str, *, start: int = 0, score: float = 0.5, section: tuple[str, ...] = ()) -> Hit:
    chunk = Chunk(f"id{start}", "report", start, start + len(text), text, "en", section)
    return Hit(1, score, chunk, "report.txt", 1)


def reading(
    text: str, headings: tuple[Heading, ...] = (), tables: tuple[Table, ...] = ()
) -> Reading:
    return Reading(text, (Page(1, 0, len(text)),), headings, tables)


def sentences_of(*hits: Hit) -> list[Candidate]:
    return candidates(hits, lambda _: reading(""))


def test_sentences_of_a_passage_have_places_in_the_document() -> None:
    found = sentences_of(hit("It failed. It closed.\nThen nothing.", start=100))
    assert [(c.start, c.end, c.text) for c in found] == [
        (100, 110, "It failed."),
        (111, 121, "It closed."),
        (122, 135, "Then nothing."),
    ]
    assert [c.paragraph for c in found] == ["It failed. It closed."] * 2 + ["Then nothing."]


def test_headings_are_no_sentences() -> None:
    text = "Findings of the year\nThe bank had failed."
    report = reading(text, headings=(Heading(0, 20, 1, text[:20]),))
    found = candidates([hit(text, section=(text[:20],))], lambda _: report)
    assert [(c.text, c.heading) for c in found] == [("The bank had failed.", text[:20])]


def test_a_row_of_a_table_knows_its_header_and_the_header_is_no_sentence() -> None:
    text = "Measure\tNumber\nBanks that failed\t3"
    report = reading(text, tables=(Table(0, len(text), 15),))
    (row,) = candidates([hit(text)], lambda _: report)
    assert row.text == "Banks that failed\t3"
    assert (row.header, row.header_text) == ((0, 14), "Measure\tNumber")


def test_a_row_of_a_table_knows_the_line_above_it() -> None:
    text = "Capital in 2022, by bank:\nBank\tRatio\nHarrow\t14.2%"
    report = reading(text, tables=(Table(26, len(text), 37),))
    *_, row = candidates([hit(text)], lambda _: report)
    assert (row.text, row.lead, row.lead_text) == ("Harrow\t14.2%", (0, 25), text[:25])


@pytest.mark.parametrize("mark", ["-", "•", "(a)", "（三）"])
def test_an_item_of_a_list_knows_the_line_that_leads_to_it(mark: str) -> None:
    text = f"Harrow Savings (2019)\n{mark} Complaints: 569\n\n{mark} Branches: 41"
    *_, item = sentences_in(text)
    assert item.text.endswith("Branches: 41")
    assert (item.lead, item.lead_text) == ((0, 21), "Harrow Savings (2019)")


def test_a_heading_and_a_whole_sentence_lead_to_no_list() -> None:
    text = "Findings\n- Complaints: 569"
    (item,) = candidates([hit(text)], lambda _: reading(text, (Heading(0, 8, 1, "Findings"),)))
    assert item.lead is None
    *_, item = sentences_in("The bank had failed.\n- Complaints: 569")
    assert item.lead is None


def sentences_in(text: str) -> list[Candidate]:
    return candidates([hit(text)], lambda _: reading(text))


def test_a_row_is_read_with_the_line_above_it() -> None:
    seen: list[Features] = []
    text = "Harrow Savings (2019)\n- Complaints: 569"
    weighed(sentences_in(text), {"harrow": 3.0, "complaint": 1.0}, seen, "Complaints in 2019?")
    assert [features.coverage for features in seen] == [0.75, 1.0]
    assert [features.year_mismatch for features in seen] == [0.0, 0.0]


def test_a_sentence_on_another_year_than_the_question_is_about() -> None:
    seen: list[Features] = []
    text = "In 2021 it had 41 branches. In 2022 it had 39.\nIt had 38 later."
    weighed(sentences_in(text), {}, seen, "How many branches were there in 2022?")
    # The last sentence names no year: the line before it does.
    assert [features.year_mismatch for features in seen] == [1.0, 0.0, 0.0]
    seen.clear()
    # No line names a year but the report's title: 2023.
    weighed(sentences_in("It had 38."), {}, seen, "How many branches were there in 2023?")
    weighed(sentences_in("It had 38."), {}, seen, "How many branches were there?")
    weighed(sentences_in("It had 38."), {}, seen, "How many branches were there in 2019?")
    assert [features.year_mismatch for features in seen] == [0.0, 0.0, 1.0]


def test_the_clause_that_the_question_names() -> None:
    seen: list[Features] = []
    found = sentences_in("Article 7: The board meets.\nArticle 8: It votes.")
    weighed(found, {"§7": 2.0, "board": 1.0}, seen, "What does Article 7 ask of the board?")
    assert [features.clause for features in seen] == [1.0, 0.0]


def test_a_name_is_met_with_another_ending() -> None:
    seen: list[Features] = []
    found = sentences_in("The banks of Meridia had failed.")
    weighed(found, {}, seen, "How did the Meridian banks fail?")
    weighed(found, {}, seen, "How did the Meribel banks fail?")
    assert [features.unnamed for features in seen] == [0.0, 1.0]


def test_weak_evidence_is_said_to_be_weak(root: Path) -> None:
    weak = assistant(root, replace(EVIDENCE, sure=(1.0, 1.0))).ask(QUESTIONS[1])
    sure = assistant(root, replace(EVIDENCE, sure=(0.0, 0.0))).ask(QUESTIONS[1])
    assert (weak.notice, sure.notice) == (unsure("zh-Hans"), "")
    assert weak.sentences == sure.sentences


def test_a_sentence_found_twice_is_taken_once() -> None:
    passage = hit("The bank had failed.")
    assert len(sentences_of(passage, passage)) == 1


def same_tokens(texts: Sequence[str], languages: Sequence[str]) -> list[TokenVectors]:
    """The words of texts, all with the vector (0.6, 0.8)."""
    del languages
    spans = [[word.span() for word in re.finditer(r"\S+", text)] for text in texts]
    return [
        TokenVectors(
            np.tile(np.array([0.6, 0.8], dtype=np.float32), (len(places), 1)),
            np.array(places, dtype=np.int64),
        )
        for places in spans
    ]


def weighed(
    found: list[Candidate], weights: dict[str, float], seen: list[Features], question: str = ""
) -> list[Candidate]:
    """Every token has the vector (0.6, 0.8); a score is the share of the terms."""

    def likelihood(features: Features, language: str) -> float:
        assert language == "en"
        seen.append(features)
        return features.coverage

    ranked = weigh(
        found,
        Question.of(
            question,
            "en",
            np.array([1, 0], dtype=np.float32),
            words=np.array([[0.6, 0.8]], dtype=np.float32),
            weights=weights,
        ),
        analyse=single_terms,
        read=lambda passages: read_passages(passages, same_tokens),
        describe=lambda _: "Annual Report 2023",
        likelihood=likelihood,
    )
    return [sentence for sentence, _ in ranked]


def test_what_is_known_of_a_sentence() -> None:
    seen: list[Features] = []
    found = sentences_of(
        hit("The theft was large. The bank failed badly.", score=0.7),
        hit("Customers lost deposits.", start=50, score=0.4),
    )
    ranked = weighed(found, {"bank": 3.0, "fail": 1.0, "zymurgi": 4.0}, seen)
    # bank and fail weigh 3 + 1 of 8. The first sentence has neither, its paragraph both;
    # 1·0.6 + 0·0.8 = 0.6 is the cosine; the second passage is 0.7 - 0.4 behind the best.
    expected = [(0.6, 0.0, 0.5, 0.0), (0.6, 0.5, 0.5, 0.0), (0.6, 0.0, 0.0, 0.3)]
    for features, (cosine, coverage, context, behind) in zip(seen, expected, strict=True):
        assert features.cosine == pytest.approx(cosine)
        assert (features.coverage, features.context) == (coverage, context)
        assert features.behind == pytest.approx(behind)
    # Every token has the vector (0.6, 0.8) and so has the only word of the question: each word is
    # matched by 1, and no passage better than another.
    assert [features.near for features in seen] == pytest.approx([1.0] * 3)
    assert [(features.late, features.weakest) for features in seen] == [
        pytest.approx((1.0, 1.0))
    ] * 3
    assert [(features.spread, features.ahead) for features in seen] == [
        pytest.approx((0.0, 0.0))
    ] * 3
    assert [c.text for c in ranked] == [
        "The bank failed badly.",
        "The theft was large.",
        "Customers lost deposits.",
    ]


def test_a_question_without_terms_covers_nothing() -> None:
    seen: list[Features] = []
    weighed(sentences_of(hit("The bank failed badly.")), {}, seen)
    assert [(features.coverage, features.context) for features in seen] == [(0.0, 0.0)]
    assert weighed([], {}, seen) == []


def test_numbers_that_passage_and_facts_lack_and_values_that_are_asked_for() -> None:
    seen: list[Features] = []
    found = sentences_of(hit("In 2023 they fined 41 banks. Appeals failed. It was 2023."))
    weighed(found, {}, seen, "How many banks were fined in 2023, and how many in 2019?")
    # 2023 is in the passage and in the report's title; 2019 in neither: 1 of 2 numbers.
    assert [features.absent for features in seen] == [0.5] * 3
    # Only the first sentence states a number that the question does not state itself.
    assert [features.lacking for features in seen] == [0.0, 1.0, 1.0]
    seen.clear()
    weighed(found, {}, seen, "Why did the appeals fail?")
    assert [(features.absent, features.lacking) for features in seen] == [(0.0, 0.0)] * 3


def test_the_likelihood_is_logistic() -> None:
    model = LogisticModel.named(cosine=2, coverage=1, context=1, behind=-10, lacking=-3, bias=-2)
    # 2·0.5 + 1·0.5 + 1·0.5 - 10·0 - 2 = 0: even odds.
    assert model.probability(Features(0.5, 0.5, 0.5, 0.0)) == 0.5
    # 2·0.5 + 1·0.5 + 1·0.5 - 10·0.1 - 2 = -1: 1 / (1 + e) = 0.26894.
    assert model.probability(Features(0.5, 0.5, 0.5, 0.1)) == pytest.approx(0.26894142)
    # 0 - 3: 1 / (1 + e³) = 0.04743.
    assert model.probability(Features(0.5, 0.5, 0.5, 0.0, lacking=1.0)) == pytest.approx(0.04742587)


@pytest.mark.parametrize("shares", [True, False])
def test_the_models_shipped_go_the_right_way(shares: bool) -> None:
    model = load_evidence()

    def alike(share: float) -> Features:
        close = dict.fromkeys(("passage", "near", "late", "weakest"), share)
        return Features(share, share, share, 0.0, spread=0.1 * share, ahead=0.1 * share, **close)

    for pair in (model.sentences, model.answers):

        def likely(features: Features, pair: Pair = pair) -> float:
            return pair.probability(features, shares_terms=shares)

        rising = [likely(alike(c / 10)) for c in range(11)]
        assert rising == sorted(rising)
        assert 0 <= rising[0] < model.least < rising[-1] <= 1
        assert likely(replace(alike(0.5), absent=1.0)) < likely(alike(0.5))
        assert likely(replace(alike(0.5), lacking=1.0)) <= likely(alike(0.5))


def test_a_model_of_ones_own(tmp_path: Path) -> None:
    file = tmp_path / "evidence.json"
    weights = dict.fromkeys(NAMES, 1.0)
    pair = {"own": {**weights, "bias": -4}, "across": {**weights, "bias": 0}}
    sure = {"own": 0.8, "across": 0.9}
    file.write_text(json.dumps({"sentences": pair, "answers": pair, "sure": sure}))
    model = load_evidence(file, 0.7)
    # 0.5 + 0.5 + 0.5 + 1.0 + 0.5 + 1.0 + 0.0 - 4 = 0.
    features = Features(0.5, 0.5, 0.5, 1.0, 0.5, 1.0, 0.0)
    assert (model.answers.probability(features, shares_terms=True), model.least) == (0.5, 0.7)
    assert model.is_sure(0.85, shares_terms=True)
    assert not model.is_sure(0.85, shares_terms=False)
    file.write_text(json.dumps({"sentences": pair, "answers": {"own": {"bias": 1}}}))
    with pytest.raises(ConfigError, match="is not an evidence model"):
        load_evidence(file)
    with pytest.raises(ConfigError, match="cannot be opened"):
        load_evidence(tmp_path / "none.json")


def scored(text: str, score: float) -> Candidate:
    return Candidate(hit(text), 0, len(text), text, text, score=score)


def test_the_best_sentence_is_always_chosen_and_far_worse_ones_never() -> None:
    best, worse = scored("The bank had failed.", 0.5), scored("Cats sleep a lot.", 0.3)
    assert choose([best, worse], single_terms, most=3, margin=0.5) == [best]
    assert choose([], single_terms, most=3, margin=0.5) == []


def test_the_same_thing_is_said_once() -> None:
    one, again = scored("The bank had failed.", 0.5), scored("Failed the bank had.", 0.5)
    other = scored("Customers lost deposits.", 0.5)
    assert choose([one, again, other], single_terms, most=3, margin=0.5) == [one, other]


def test_no_more_than_asked_for_are_chosen() -> None:
    words = ["alpha", "beta", "gamma", "delta"]
    many = [scored(f"{word} {word}s {i}", 0.5) for i, word in enumerate(words)]
    assert choose(many, single_terms, most=2, margin=0.5) == many[:2]


def test_what_follows_in_the_paragraph_is_added() -> None:
    found = sentences_of(hit("The bank had failed. It closed in May.\nCats sleep a lot."))
    assert with_neighbours(found[:1], found, 3) == found[:2]
    assert with_neighbours(found[:1], found, 1) == found[:1]
    assert with_neighbours([], found, 3) == []


def test_the_lines_that_a_colon_introduces_are_added() -> None:
    found = sentences_of(hit("The plan must name:\n- the servers\n- the contractors"))
    assert with_neighbours(found[:1], found, 3) == found


def test_neighbours_do_not_push_out_what_was_chosen() -> None:
    found = sentences_of(hit("One bank failed. It closed. It paid."), hit("Two paid.", start=90))
    assert with_neighbours([found[0], found[3]], found, 2) == [found[0], found[3]]


def test_a_sentence_as_long_as_three_short_words_is_read_and_a_shorter_one_is_not() -> None:
    # "I do." has 5 characters, "We do." has 6.
    assert [c.text for c in sentences_of(hit("I do.\nWe do."))] == ["We do."]


@pytest.mark.parametrize(("length", "leads"), [(200, True), (400, False)])
def test_a_line_leads_to_a_list_unless_it_is_as_long_as_a_paragraph(
    length: int, leads: bool
) -> None:
    line = "Branches of " + "x" * (length - 12)
    *_, item = sentences_in(f"{line}\n- Complaints: 569")
    assert (item.lead_text == line) == leads


@pytest.mark.parametrize(("before", "leads"), [(30, True), (50, False)])
def test_the_line_that_leads_to_a_list_is_looked_for_above_its_items(
    before: int, leads: bool
) -> None:
    items = [f"- Branches of bank {number}" for number in range(before + 1)]
    *_, last = sentences_in("\n".join(["Harrow Savings (2019)", *items]))
    assert last.text.endswith(f"bank {before}")
    assert (last.lead_text == "Harrow Savings (2019)") == leads


def test_sentences_that_share_up_to_four_fifths_of_the_shorter_say_different_things() -> None:
    one = scored("alpha beta gamma delta epsilon", 0.5)
    # 4 of 5 terms are shared: not more than 0.8.
    other = scored("alpha beta gamma delta zeta", 0.5)
    assert choose([one, other], single_terms, most=3, margin=0.5) == [one, other]
    # 5 of 6 terms are shared: 0.83.
    long, longer = (scored(f"alpha beta gamma delta zeta {end}", 0.5) for end in ("iota", "kappa"))
    assert choose([long, longer], single_terms, most=3, margin=0.5) == [long]


def test_the_odds_of_another_sentence_are_held_against_those_of_the_best() -> None:
    best = scored("The bank had failed.", 0.5)
    # 0.5 / 0.5 = 1 and 0.2 / 0.8 = 0.25 are the odds.
    other = scored("Cats sleep a lot.", 0.2)
    assert choose([best, other], single_terms, most=3, margin=0.25) == [best, other]
    assert choose([best, other], single_terms, most=3, margin=0.26) == [best]


def test_a_short_name_is_not_met_with_another_ending() -> None:
    seen: list[Features] = []
    weighed(sentences_in("The Kenya banks had failed."), {}, seen, "How did the Kenyan banks fail?")
    weighed(sentences_in("The Havel banks had failed."), {}, seen, "How did the Haven banks fail?")
    assert [features.unnamed for features in seen] == [0.0, 1.0]


def test_the_year_of_the_paragraph_comes_before_that_of_the_nearest_line_and_that_of_others() -> (
    None
):
    seen: list[Features] = []
    question = "How many branches were there in 2022?"
    *_, first, _ = sentences_in("In 2021 it grew.\nIt had 38 branches. This was so in 2022.")
    weighed([first], {}, seen, question)
    *_, last = sentences_in("In 2021 it grew.\nIn 2022 it shrank.\nIt had 38 branches.")
    weighed([last], {}, seen, question)
    *_, last = sentences_in("In 2022 it grew.\nIn 2021 it shrank.\nIt had 38 branches.")
    weighed([last], {}, seen, question)
    assert [features.year_mismatch for features in seen] == [0.0, 0.0, 1.0]


def at_angles(*cosines: float) -> NDArray[np.float32]:
    """Unit vectors (n, 2) with these cosines with (1, 0)."""
    return np.array([[c, (1 - c * c) ** 0.5] for c in cosines], dtype=np.float32)


def known_of(
    found: Sequence[Candidate], words: NDArray[np.float32], tokens: Sequence[PassageTokens]
) -> list[Features]:
    question = Question.of("", "en", words[0], words=words, weights={})
    return features_of(
        found, question, analyse=single_terms, read=lambda _: tokens, describe=lambda _: ""
    )


def test_the_lower_quartile_of_the_matches_tells_the_weakest_word() -> None:
    found = sentences_of(hit("The bank failed."))
    tokens = PassageTokens(at_angles(1.0), np.array([[0, 16]]))
    (features,) = known_of(found, at_angles(0.9, 0.5, 0.3, 0.1, 0.7), [tokens])
    # Of 0.1, 0.3, 0.5, 0.7, 0.9 a quarter lies below 0.3; the mean is 2.5 / 5.
    assert features.weakest == pytest.approx(0.3, abs=1e-6)
    assert features.late == pytest.approx(0.5, abs=1e-6)


def test_a_passage_is_held_against_the_others_of_its_language() -> None:
    hits = [hit("The bank failed.", start=start) for start in (0, 50, 100)]
    chunk = replace(
        hits[0].chunk, id="zh", start=150, end=157, text="银行已经倒闭。", language="zh-Hans"
    )
    found = sentences_of(*hits, replace(hits[0], chunk=chunk))
    tokens = [PassageTokens(at_angles(c), np.array([[0, 16]])) for c in (0.9, 0.5, 0.1, 0.7)]
    features = known_of(found, at_angles(1.0), tokens)
    # The mean of 0.9, 0.5 and 0.1 is 0.5; the Chinese passage stands by itself.
    assert [one.spread for one in features] == pytest.approx([0.4, 0.0, -0.4, 0.0], abs=1e-6)
    # 0.9 - 0.5, 0.5 - 0.9, 0.1 - 0.9, and nothing to be ahead of.
    assert [one.ahead for one in features] == pytest.approx([0.4, -0.4, -0.8, 0.0], abs=1e-6)


@pytest.mark.parametrize(("header", "near"), [((10, 20), 0.8), ((60, 66), 0.2), (None, 0.2)])
def test_the_words_of_a_header_on_the_page_before_count_for_its_rows(
    header: tuple[int, int] | None, near: float
) -> None:
    (row,) = sentences_of(hit("The bank failed.", start=50))
    # The lines above the passage have a token with 0.8, the sentence one with 0.2.
    tokens = PassageTokens(at_angles(0.8, 0.2), np.array([[-5, -1], [0, 16]]))
    (features,) = known_of([replace(row, header=header)], at_angles(1.0), [tokens])
    assert features.near == pytest.approx(near, abs=1e-6)


def test_a_probability_as_high_as_the_bar_is_sure() -> None:
    model = replace(EVIDENCE, sure=(0.75, 0.875))
    assert [model.is_sure(p, shares_terms=True) for p in (0.74, 0.75)] == [False, True]
    assert [model.is_sure(p, shares_terms=False) for p in (0.75, 0.875)] == [False, True]
