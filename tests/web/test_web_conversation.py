"""Conversation and evidence show what an Answer holds, in the language of each part."""

from __future__ import annotations

from dataclasses import replace

import pytest
from fakes.web_assistant import ANSWERS, EXAMPLES, HITS, HOSTILE, REPORTS, extract, refuse
from markupsafe import escape

from rag.locale import INTERFACE_LANGUAGES, catalogue
from rag.web.conversation import Turn, conversation_html
from rag.web.evidence import evidence_html
from rag.web.negotiation import choose_language

ENGLISH = catalogue("en")
TITLES = {report.name: report.title for report in REPORTS}


def conversation(*turns: Turn, texts=ENGLISH, sentences: int | None = None) -> str:
    return conversation_html(turns, texts, titles=TITLES, examples=EXAMPLES, sentences=sentences)


def evidence(*turns: Turn, texts=ENGLISH) -> str:
    return evidence_html(turns, texts, reports=REPORTS, titles=TITLES)


def answered(language: str) -> Turn:
    question = dict(EXAMPLES)[language]
    return Turn(question, ANSWERS[question])


def test_every_sentence_is_followed_by_the_numbers_of_its_citations():
    html = conversation(answered("en"))
    for number in (1, 2, 3):
        assert f'data-cite="t0-c{number}"' in html
    assert (
        'aria-label="Citation 1: Liquidity Review 2024: Harbour Banks, page 31 (printed “27”)"'
        in html
    )
    first, second = (html.index(f'data-cite="t0-c{number}"') for number in (1, 2))
    assert html.index("nine points below") < first < html.index("Two banks fell") < second


def test_a_citation_the_answer_does_not_hold_gets_no_mark():
    turn = answered("en")
    assert turn.answer is not None
    html = conversation(Turn(turn.question, replace(turn.answer, citations=())))
    assert "data-cite" not in html


def test_sentences_appear_one_by_one():
    html = conversation(answered("en"), sentences=1)
    assert "nine points below" in html
    assert "Two banks fell" not in html
    assert escape(ENGLISH.chat.quoted) not in html


def test_citations_of_one_passage_share_a_card_with_page_section_and_marks():
    html = evidence(answered("en"))
    # Two citations lie in the running text, the third in the table.
    assert html.count('<article class="card"') == 2
    assert "page 31 (printed “27”)" in html
    assert "<bdi>3 Liquidity</bdi>" in html
    assert '<mark data-quote="t0-c2">Two banks fell under 110 per cent' in html
    assert '<td><mark data-quote="t0-c3">Medium banks</mark></td>' in html


def test_citations_of_one_passage_on_different_pages_have_a_card_each():
    answer = extract("q", "en", [("en", "At the end of June"), ("en", "Two banks fell")])
    first, second = answer.citations
    turned = replace(answer, citations=(first, replace(second, page=32, page_label=None)))
    html = evidence(Turn("q", turned))
    assert html.count('<article class="card"') == 2
    assert ">page 32<" in html


def test_a_quote_outside_every_passage_stands_alone():
    answer = replace(extract("q", "en", [("en", "Two banks fell")]), hits=())
    html = evidence(Turn("q", answer))
    assert '<mark data-quote="t0-c1">Two banks fell</mark></p>' in html


def test_a_page_label_equal_to_the_number_is_not_said_twice():
    answer = extract("q", "en", [("en", "Two banks fell")])
    same = replace(answer.citations[0], page_label="31")
    assert "printed" not in evidence(Turn("q", replace(answer, citations=(same,), hits=())))


def test_a_refusal_is_named_and_lists_the_closest_passages():
    turn = Turn("What colour is the moon?", refuse("What colour is the moon?"))
    html = conversation(turn)
    assert ENGLISH.chat.refused in html
    assert "The reports do not answer this question." in html
    panel = evidence(turn)
    assert ENGLISH.chat.closest in panel
    assert ENGLISH.chat.sources not in panel
    assert panel.count('<article class="card plain"') == 2
    assert "<mark" not in panel


def test_only_the_last_answers_evidence_is_in_view():
    html = evidence(answered("en"), answered("ja"))
    assert 'data-turn="0" hidden>' in html
    assert 'data-turn="1">' in html


@pytest.mark.parametrize("language", [language for language, _ in EXAMPLES])
def test_question_answer_and_passage_carry_their_language_and_direction(language: str):
    turn = answered(language)
    direction = "rtl" if language == "ar" else "auto"
    attributes = f'lang="{language}" dir="{direction}"'
    assert f'<p class="answer-text" {attributes}>' in conversation(turn)
    assert f'<div class="passage" {attributes}>' in evidence(turn)


@pytest.mark.parametrize("code", INTERFACE_LANGUAGES)
def test_the_interface_carries_its_own_language_and_direction(code: str):
    texts = catalogue(code)
    attributes = f'lang="{code}" dir="{"rtl" if code == "ar" else "ltr"}"'
    assert f'<div class="welcome" {attributes}>' in conversation(texts=texts)
    assert f'aria-label="{texts.chat.evidence}" {attributes}>' in evidence(texts=texts)


def test_questions_problems_titles_and_labels_are_text():
    harm = '<script>harm()</script>"'
    answer = extract(harm, "en", [("hostile", HOSTILE)])
    turns = (Turn(harm, problem=harm), Turn(harm, answer))
    html = conversation(*turns) + evidence_html(
        turns, ENGLISH, reports=REPORTS, titles={REPORTS[0].name: harm}
    )
    assert "<script" not in html
    assert "<img" not in html
    assert "<b>" not in html
    assert html.count(escape("<script>window.harmed")) == 3, (
        "in the sentence, in what is copied and marked in the passage"
    )
    assert escape(HITS["hostile"].page_label or "") in html


def test_the_welcome_offers_an_example_in_each_language():
    html = conversation()
    for index, (language, question) in enumerate(EXAMPLES):
        assert f'data-example="{index}" lang="{language}"' in html
        assert escape(question) in html


@pytest.mark.parametrize(
    ("accepted", "chosen"),
    [
        ("", "en"),
        ("de-DE, fr;q=0.9", "en"),
        ("zh-CN,zh;q=0.9,en;q=0.8", "zh-Hans"),
        ("zh-TW", "zh-Hant"),
        ("zh-HK, en;q=0.5", "zh-Hant"),
        ("zh-Hans-HK", "zh-Hans"),
        ("zh-Hant", "zh-Hant"),
        ("en;q=0.3, ar-EG;q=0.7", "ar"),
        ("fr, ja;q=0.2", "ja"),
        ("ja;q=0, en;q=0.1", "en"),
        ("ar;q=nonsense, ja;q=0.1", "ja"),
    ],
)
def test_the_browsers_preference_chooses_the_interface(accepted: str, chosen: str):
    assert choose_language(accepted) == chosen
