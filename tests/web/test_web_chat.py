"""A question runs from asking to the answer shown, and every failure ends in a sentence."""

from __future__ import annotations

import json
import socket
from dataclasses import replace

import pytest
from fakes.web_assistant import ANSWERS, EXAMPLES, HITS, FakeAssistant
from fakes.web_page_views import FakePageViews

from rag.errors import RagError
from rag.json_contract import answer_to_json, search_to_json
from rag.locale import catalogue
from rag.retrieval.retriever import Filters
from rag.schema import Checks, Sentence
from rag.web.chat import KEPT_TURNS, QUESTION_LIMIT, Chat, View
from rag.web.conversation import Turn
from rag.web.server import serve

ENGLISH = catalogue("en")


def test_the_first_question_loads_searches_and_sets_out_sentence_by_sentence():
    assistant = FakeAssistant()
    views = list(Chat(assistant, ENGLISH, EXAMPLES).converse(EXAMPLES[0][1], ()))
    said = [view.status for view in views if view.status]
    for sentence, shown in zip(
        (
            ENGLISH.chat.searching,
            ENGLISH.chat.loading_index,
            ENGLISH.chat.loading_model,
            ENGLISH.chat.searching,
        ),
        said,
        strict=False,
    ):
        assert sentence in shown
    set_out = [view.conversation.count('class="sentence"') for view in views if view.conversation]
    assert set_out == [0, 1, 2, 3]
    assert views[0].box == ""
    last = views[-1]
    assert last.turns is not None
    assert last.turns[0].answer is ANSWERS[EXAMPLES[0][1]]
    assert last.evidence is not None
    assert "<mark" in last.evidence


def test_a_loaded_assistant_is_not_loaded_again():
    views = Chat(FakeAssistant(loaded=True), ENGLISH).converse("anything", ())
    assert not any(ENGLISH.chat.loading_index in (view.status or "") for view in views)


def test_an_empty_question_changes_nothing():
    assistant = FakeAssistant(loaded=True)
    assert list(Chat(assistant, ENGLISH).converse(" \n ", ())) == [View()]
    assert assistant.asked == []


def test_a_question_is_asked_up_to_the_limit_and_refused_above_it():
    assistant = FakeAssistant(loaded=True)
    chat = Chat(assistant, ENGLISH)
    list(chat.converse("x" * QUESTION_LIMIT, ()))
    assert len(assistant.asked) == 1
    (view,) = chat.converse("x" * (QUESTION_LIMIT + 1), ())
    assert len(assistant.asked) == 1
    assert view.box is None, "the text stays, to be shortened"
    assert view.conversation is not None
    assert ENGLISH.chat.too_long.format(2001, limit=2000) in view.conversation


def test_an_expected_failure_is_shown_as_its_sentence():
    last = list(Chat(FakeAssistant(), ENGLISH).converse("broken", ()))[-1]
    assert last.conversation is not None
    assert "The index in index/ is damaged. Build it again with `rag index`." in last.conversation
    assert last.status == ""


def test_an_unexpected_failure_tells_the_log_and_not_the_page(caplog: pytest.LogCaptureFixture):
    last = list(Chat(FakeAssistant(), ENGLISH).converse("crash", ()))[-1]
    assert last.conversation is not None
    assert ENGLISH.chat.unexpected.split(";", maxsplit=1)[0] in last.conversation
    assert "secret detail" not in last.conversation
    assert "secret detail" in caplog.text


def test_a_dossier_that_fails_is_a_notice_and_the_answer_stays():
    def export(answer: object, filters: object, language: str) -> bytes:
        raise RagError("The index was changed since the answer was given.")

    chat = Chat(FakeAssistant(loaded=True), ENGLISH, export=export)
    turns = list(chat.converse(EXAMPLES[0][1], ()))[-1].turns
    assert turns is not None
    first, last = chat.dossier(0, turns)
    assert ENGLISH.chat.drawing_up in (first.status or "")
    assert "The index was changed" in (last.status or "")
    assert (last.turns, last.conversation, last.download) == (None, None, None)
    assert list(chat.dossier(7, turns)) == [View()]


def test_conversations_do_not_mix():
    chat = Chat(FakeAssistant(loaded=True), ENGLISH)
    one = list(chat.converse("first person", ()))[-1].turns
    two = list(chat.converse("second person", ()))[-1].turns
    assert one is not None
    assert two is not None
    assert [turn.question for turn in one] == ["first person"]
    assert [turn.question for turn in two] == ["second person"]


def test_old_turns_leave_the_page():
    chat = Chat(FakeAssistant(loaded=True), ENGLISH)
    turns = ()
    for number in range(KEPT_TURNS + 1):
        turns = list(chat.converse(f"question {number}", turns))[-1].turns or ()
    assert len(turns) == KEPT_TURNS
    assert turns[0].question == "question 1"


def test_warming_up_ends_with_the_list_of_reports():
    views = list(Chat(FakeAssistant(), ENGLISH).warm_up((), Filters()))
    assert views[-1].status == ""
    assert "Liquidity Review 2024: Harbour Banks" in (views[-1].evidence or "")


def test_warming_up_what_is_loaded_leaves_what_was_chosen_meanwhile():
    views = list(Chat(FakeAssistant(loaded=True), ENGLISH).warm_up((), Filters(kind="report")))
    assert views == [View()]


def test_an_answer_has_the_contracts_json():
    answer = ANSWERS[EXAMPLES[0][1]]
    made = json.loads(json.dumps(answer_to_json(answer)))
    assert list(made) == [
        *("query", "language", "refused", "answer", "sentences", "citations", "generator"),
        *("searched", "notice", "checks", "reports", "missing", "nearest"),
    ]
    assert made["sentences"][1] == {
        "text": "Two banks fell under 110 per cent for at least one day.",
        "citations": [2],
    }
    citation = made["citations"][1]
    assert list(citation) == [
        *("id", "document", "source", "page", "page_label", "start", "end", "quote"),
        *("quality", "faults"),
    ]
    chunk = HITS["en"].chunk
    start = citation["start"] - chunk.start
    assert chunk.text[start : start + len(citation["quote"])] == citation["quote"]
    assert citation["page_label"] == "27"


def test_a_search_has_the_contracts_json():
    made = json.loads(json.dumps(search_to_json("q", "en", "hybrid", [HITS["table"]])))
    assert list(made) == ["query", "language", "mode", "hits"]
    assert made["hits"] == [
        {
            "rank": 2,
            "score": 0.5,
            "document": "harbour/liquidity-2024",
            "source": "harbour/liquidity-2024.pdf",
            "page": 33,
            "page_label": None,
            "section": ["3 Liquidity", "3.4 By group"],
            "language": "en",
            "start": 2000,
            "end": 2000 + len(HITS["table"].chunk.text),
            "text": HITS["table"].chunk.text,
            "quality": None,
            "faults": [],
        }
    ]


def test_a_port_in_use_is_said_with_what_to_do():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(
            RagError, match=rf"Port {port} on 127\.0\.0\.1 is already in use.*--port"
        ):
            serve(FakeAssistant(), FakePageViews(), host="127.0.0.1", port=port)


def test_an_impossible_port_is_said_with_what_to_do():
    with pytest.raises(RagError, match="--port"):
        serve(FakeAssistant(), FakePageViews(), host="127.0.0.1", port=70000)


def test_a_draft_is_shown_as_text_while_it_is_written_and_then_the_answer():
    assistant = FakeAssistant(loaded=True, drafts=("<b>First</b>", "<b>First</b> second"))
    views = list(Chat(assistant, ENGLISH).converse(EXAMPLES[0][1], ()))
    drafted = [view for view in views if "&lt;b&gt;First" in (view.conversation or "")]
    assert len(drafted) == 2
    assert all("<b>" not in view.conversation for view in drafted)
    assert ENGLISH.chat.writing in drafted[0].status
    assert "First" not in views[-1].conversation


def test_former_questions_go_with_the_next_as_they_were_searched():
    assistant = FakeAssistant(loaded=True)
    chat = Chat(assistant, ENGLISH)
    turns = list(chat.converse("What was the ratio in 2021?", ()))[-1].turns
    turns = (replace(turns[0], answer=replace(turns[0].answer, searched="completed")),)
    list(chat.converse("And in 2022?", turns))
    assert assistant.histories == [(), ("completed",)]


def test_notice_searched_question_and_checks_are_shown_and_escaped():
    answer = replace(
        ANSWERS[EXAMPLES[0][1]],
        searched="<i>searched</i>",
        notice="<i>notice</i>",
        generator="llm:<i>m</i>",
        checks=Checks(kept=2, marked=1, removed=0, reasons=(("number", 1),)),
        sentences=(Sentence("Some <i>claim</i>.", (1,), unverified=("number",)),),
    )
    html = Chat(FakeAssistant(loaded=True), ENGLISH).show((Turn("q", answer),)).conversation
    assert "<i>" not in html
    for text in ("searched", "notice", "Some", ENGLISH.chat.unverified, "marked: 1"):
        assert text in html
