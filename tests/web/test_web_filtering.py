"""What a search is limited to: counted by report, said in chips, carried by an address."""

from __future__ import annotations

from urllib.parse import parse_qsl

import pytest
from fakes.web_assistant import ANSWERS, EXAMPLES, REPORTS, FakeAssistant, refuse
from markupsafe import escape

from rag.locale import INTERFACE_LANGUAGES, catalogue
from rag.retrieval.retriever import Filters
from rag.web.chat import Chat
from rag.web.conversation import Turn, conversation_html
from rag.web.filtering import (
    admitted,
    choices,
    chosen,
    filters_of,
    narrowed,
    question_address,
)
from rag.web.filters_html import filters_html, titles_of
from rag.web.frame import keys_html
from rag.web.history import history_html
from rag.web.pages import ExtraPage, navigation_html

ENGLISH = catalogue("en")
QUESTION = EXAMPLES[0][1]


def test_a_choice_is_counted_beside_the_others_in_force():
    # Two reports are thematic reviews, one of them in Japanese.
    assert dict(choices(REPORTS, Filters(), "kind")) == {
        "thematic review": 2, "report": 2, "inspection report": 1,
    }  # fmt: skip
    assert choices(REPORTS, Filters(kind="thematic review"), "language") == [("en", 1), ("ja", 1)]
    # The choice itself does not narrow its own alternatives.
    assert len(choices(REPORTS, Filters(kind="thematic review"), "kind")) == 3


def test_years_are_bounds_and_a_report_without_a_date_is_outside_them():
    # 2024-06-30 and 2024-03 lie in 2024; 2023 and 2023-12-31 in 2023; one has no date.
    assert choices(REPORTS, Filters(), "since") == [("2024", 2), ("2023", 4)]
    assert choices(REPORTS, Filters(), "until") == [("2024", 4), ("2023", 2)]
    assert [report.language for report in admitted(REPORTS, Filters(since="2024-04"))] == ["en"]
    assert len(admitted(REPORTS, Filters())) == 5


def test_a_value_that_leaves_nothing_stays_to_be_seen():
    assert ("nobody", 0) in choices(REPORTS, Filters(issuer="nobody"), "issuer")
    assert ("2024-04", 1) in choices(REPORTS, Filters(since="2024-04"), "since")


def test_filters_go_into_an_address_and_come_back():
    filters = Filters(language="zh-Hant", issuer="瀛洲金融監督署 & Co", since="2024")
    address = question_address("Why? a=b", filters)
    values = dict(parse_qsl(address.removeprefix("?")))
    assert values.pop("q") == "Why? a=b"
    assert filters_of(values) == filters
    assert filters_of({"language": " ", "q": "x", "colour": "red"}) == Filters()


def test_one_filter_is_set_and_taken_away():
    one = narrowed(Filters(), "kind", "rules")
    assert chosen(one) == [("kind", "rules")]
    assert narrowed(one, "kind", "") == Filters()


def test_chips_name_what_is_in_force_and_how_many_reports_it_leaves():
    html = filters_html(REPORTS, Filters(language="ja", document=REPORTS[0].name), ENGLISH)
    assert html.count('class="chip"') == 2
    assert 'aria-label="Remove the filter Language: 日本語"' in html
    assert "Liquidity Review 2024: Harbour Banks</bdi>" in html
    assert "0 of 5 reports searched" in html
    assert 'class="chip"' not in filters_html(REPORTS, Filters(), ENGLISH)
    assert filters_html((), Filters(), ENGLISH) == ""


def test_what_an_address_or_a_report_says_is_text():
    harm = '"><script>harm()</script>'
    html = filters_html(REPORTS, Filters(issuer=harm), ENGLISH)
    turn = Turn(harm, refuse(harm), filters=Filters(kind=harm))
    html += conversation_html([turn], ENGLISH, titles={}, examples=())
    html += history_html([turn], ENGLISH)
    assert "<script" not in html
    assert html.count(escape(harm)) >= 5


def test_filters_go_with_the_question_and_with_its_dossier():
    assistant = FakeAssistant(loaded=True)
    told: list[Filters] = []

    def export(answer, filters, language) -> bytes:
        told.append(filters)
        return b"file"

    chat = Chat(assistant, ENGLISH, export=export)
    filters = Filters(kind="thematic review")
    turns = list(chat.converse(QUESTION, (), filters))[-1].turns
    assert turns is not None
    assert assistant.filtered == [filters]
    assert turns[0].filters == filters
    list(chat.dossier(0, turns))
    assert told == [filters]


def test_a_refusal_says_that_filters_are_on_only_where_they_are():
    for filters, said in ((Filters(kind="report"), 1), (Filters(), 0)):
        turn = Turn("moon?", refuse("moon?"), filters=filters)
        html = conversation_html([turn], ENGLISH, titles={}, examples=())
        assert html.count(ENGLISH.filters.refused) == said
        assert html.count('data-unfiltered="0"') == said


def test_a_link_asks_a_follow_up_as_it_was_completed():
    from dataclasses import replace

    answer = replace(ANSWERS[QUESTION], searched="What was it in 2022?")
    html = conversation_html([Turn("And in 2022?", answer)], ENGLISH, titles={}, examples=())
    assert 'data-link="?q=What+was+it+in+2022%3F"' in html


def test_the_history_lists_the_questions_in_order():
    turns = [Turn(question, ANSWERS[question]) for _, question in EXAMPLES[:3]]
    html = history_html(turns, ENGLISH)
    assert [html.index(f'data-jump="t{number}"') for number in range(3)] == sorted(
        html.index(f'data-jump="t{number}"') for number in range(3)
    )
    assert history_html((), ENGLISH) == ""


def test_links_to_pages_are_there_only_with_pages():
    page = ExtraPage("library", lambda texts: f"<{texts.language}>", lambda language: None)
    html = navigation_html([page], catalogue("ja"))
    assert '<a href="#ask" data-page="ask">質問</a>' in html
    assert '<a href="#library" data-page="library">&lt;ja&gt;</a>' in html
    assert navigation_html([], ENGLISH) == ""


@pytest.mark.parametrize("code", INTERFACE_LANGUAGES)
def test_every_language_marks_the_keys(code: str):
    html = keys_html(catalogue(code))
    assert all(f"<kbd>{key}</kbd>" in html for key in ("/", "←", "→", "Esc"))


def test_titles_are_by_name():
    assert titles_of(REPORTS)["fsr-2023.zh-Hans"] == "二〇二三年金融稳定监测报告"
