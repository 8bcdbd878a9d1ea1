"""The words of a question held against those of a passage, and values set before sentences."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest

from rag.answering.extraction import Candidate, candidates, choose
from rag.answering.features import Question
from rag.answering.interaction import best_matches, content_tokens, read_passages
from rag.answering.leading import contradicting, leading, names_another, needed_lead
from rag.encoder import TokenVectors
from rag.schema import Chunk, Hit, Page, Reading, Table
from rag.text.terms import single_terms

WINDOW = 4


def by_character(texts: Sequence[str], languages: Sequence[str]) -> list[TokenVectors]:
    """A token a character, at most ``WINDOW`` of them: its code point and 1."""
    del languages
    return [
        TokenVectors(
            np.array([[ord(c), 1] for c in text[:WINDOW]], dtype=np.float32),
            np.array([(at, at + 1) for at in range(len(text[:WINDOW]))], dtype=np.int64),
        )
        for text in texts
    ]


def test_a_passage_is_read_below_its_lines_and_beyond_the_window() -> None:
    # "H" and a line end stand above "abcdef": 8 tokens in two windows, those above at -2 and -1.
    (found,) = read_passages([("H", "abcdef", "en")], by_character)
    assert found.vectors[:, 0].tolist() == [ord(c) for c in "H\nabcdef"]
    assert found.spans[:, 0].tolist() == [-2, -1, 0, 1, 2, 3, 4, 5]
    assert found.within([(1, 3)]).tolist() == [False] * 3 + [True] * 2 + [False] * 3


def test_an_empty_passage_has_no_tokens() -> None:
    (found,) = read_passages([("", " ", "en")], by_character)
    assert (len(found.vectors), len(found.spans)) == (0, 0)


def test_each_word_is_matched_by_the_best_token() -> None:
    words = np.array([[1, 0], [0.6, 0.8]], dtype=np.float32)
    tokens = np.array([[0, 1], [0.8, 0.6]], dtype=np.float32)
    # (1, 0): 0 and 0.8. (0.6, 0.8): 0.8 and 0.48 + 0.48.
    assert best_matches(words, tokens) == pytest.approx([0.8, 0.96])
    assert best_matches(words, tokens[:0]).tolist() == [0, 0]


@pytest.mark.parametrize(
    ("question", "language", "kept"),
    [
        ("What was the fine?", "en", "fine"),
        ("كم بلغت الغرامة؟", "ar", "بلغت الغرامة"),
        ("罚款是多少?", "zh-Hans", "罚款"),
        ("盗難はいつ?", "ja", "盗難"),
        ("What is it?", "en", "What is it?"),
    ],
)
def test_words_that_ask_are_left_out_unless_there_is_nothing_else(
    question: str, language: str, kept: str
) -> None:
    vectors = np.array([[1 + at, 1] for at in range(len(question))], dtype=np.float32)
    places = np.array([(at, at + 1) for at in range(len(question))], dtype=np.int64)
    found = content_tokens(question, language, TokenVectors(vectors, places))
    expected = kept if kept == question else kept.replace(" ", "")
    assert len(found) == len(expected)
    assert np.linalg.norm(found, axis=1) == pytest.approx(np.ones(len(found)))


def asked(text: str, language: str = "en") -> Question:
    terms = dict.fromkeys(single_terms(text, language), 1.0)
    vector = np.array([1, 0], dtype=np.float32)
    return Question.of(text, language, vector, words=vector[None], weights=terms)


def sentence(text: str, language: str = "en", start: int = 0) -> Candidate:
    chunk = Chunk("id", "report", start, start + len(text), text, language)
    return Candidate(Hit(1, 0.5, chunk, "report.txt", 1), start, start + len(text), text, text)


@pytest.mark.parametrize(
    ("question", "language", "text", "lead"),
    [
        ("How much was taken?", "en", "In 2024 they took JPY 53 billion.", "JPY 53 billion"),
        ("損失多少錢？", "zh-Hant", "2024年損失約530億日圓。", "530億日圓"),
        ("罚了多少钱?", "zh-Hans", "该平台被罚款320万元。", "320万元"),
        ("كم بلغت الغرامة؟", "ar", "غرامة قدرها 3.5 مليون دولار", "3.5 مليون دولار"),
        ("損失額はいくらか。", "ja", "損失は480億円であった。", "480億円"),
        ("By when must it report?", "en", "The report is due by 30 April 2024.", "30 April 2024"),
        ("How much was taken?", "en", "It took 2 million dollars and 3 million euros.", ""),
        ("How many banks failed?", "en", "2.2 Bank failures.", ""),
        ("Why did it fail?", "en", "It lacked 3 million dollars.", ""),
    ],
)  # fmt: skip
def test_the_only_value_of_the_kind_asked_for_leads(
    question: str, language: str, text: str, lead: str
) -> None:
    reading = Reading(text, (Page(1, 0, len(text)),))
    assert leading(sentence(text, language), asked(question, language), reading) == lead


@pytest.mark.parametrize(
    ("question", "lead"),
    [
        ("What was the leverage ratio of large banks in 2023?", "Large banks · 2023: 5.4%"),
        ("What was the leverage ratio of large banks?", ""),
    ],
)
def test_a_cell_is_named_by_its_row_and_its_column(question: str, lead: str) -> None:
    text = "Group\t2022\t2023\nLarge banks\t5.2%\t5.4%"
    reading = Reading(text, (Page(1, 0, len(text)),), (), (Table(0, len(text), 15),))
    chunk = Chunk("id", "report", 0, len(text), text, "en")
    (row,) = candidates([Hit(1, 0.5, chunk, "report.txt", 1)], lambda _: reading)
    assert leading(row, asked(question), reading) == lead


@pytest.mark.parametrize(
    ("name", "another", "leads"),
    [
        ("LCR", [False, True], ["LCR, all banks · 2022: 148%", ""]),
        ("NSFR", [True, False], ["", "NSFR, all banks · 2022: 131%"]),
        ("DORA", [False, False], None),
    ],
)
def test_a_row_without_the_name_that_another_row_has_leads_with_nothing(
    name: str, another: list[bool], leads: list[str] | None
) -> None:
    question = asked(f"What was the {name} of all banks in 2022?")
    text = "Ratio\t2021\t2022\nLCR, all banks\t164%\t148%\nNSFR, all banks\t129%\t131%"
    end = text.index("\n") + 1
    reading = Reading(text, (Page(1, 0, len(text)),), (), (Table(0, len(text), end),))
    chunk = Chunk("id", "report", 0, len(text), text, "en")
    rows = candidates([Hit(1, 0.5, chunk, "report.txt", 1)], lambda _: reading)
    assert [names_another(row, question, reading) for row in rows] == another
    if leads is not None:
        assert [leading(row, question, reading) for row in rows] == leads


def test_outside_a_table_no_sentence_is_a_row_of_another() -> None:
    text = "The NSFR was 131%."
    reading = Reading(text, (Page(1, 0, len(text)),))
    assert not names_another(sentence(text), asked("What was the LCR?"), reading)


def test_a_cell_of_the_kind_asked_for_comes_before_the_header_that_fits() -> None:
    text = "Group\tWith a qualification\tPart\nLarge banks\t93\t11.0%"
    end = text.index("\n") + 1
    reading = Reading(text, (Page(1, 0, len(text)),), (), (Table(0, len(text), end),))
    chunk = Chunk("id", "report", 0, len(text), text, "en")
    (row,) = candidates([Hit(1, 0.5, chunk, "report.txt", 1)], lambda _: reading)
    question = asked("What proportion of large banks have a qualification?")
    assert leading(row, question, reading) == "Large banks · Part: 11.0%"


def test_the_line_above_is_kept_where_it_has_words_asked_for() -> None:
    question = replace(asked("Complaints about Harrow?"), weights={"harrow": 1.0, "complaint": 1.0})
    item = replace(sentence("- Complaints: 569"), lead=(0, 14), lead_text="Harrow Savings")
    assert needed_lead(item, question) == item
    other = replace(item, lead_text="Orlo Trust")
    assert needed_lead(other, question).lead is None


def test_who_is_asked_for_leads() -> None:
    reading = Reading("", (Page(1, 0, 0),))
    question = asked("Which bank suspended its dividend?")
    for number in ("", "1.3 "):
        text = f"{number}One bank, Harrow Savings, suspended its dividend."
        assert leading(sentence(text), question, reading) == "Harrow Savings"


def test_the_same_words_with_other_numbers_stand_side_by_side() -> None:
    one, other = sentence("The bank had 41 branches."), sentence("The bank had 43 branches.")
    again = sentence("The bank had 41 branches.", start=90)
    assert choose([one, other, again], single_terms, most=3, margin=0.5) == [one, other]


def of_report(name: str, text: str) -> Candidate:
    made = sentence(text)
    return replace(made, hit=replace(made.hit, chunk=replace(made.hit.chunk, document=name)))


@pytest.mark.parametrize(
    ("document", "text", "lead", "places"),
    [
        ("b", "The theft cost JPY 48 billion.", "JPY 48 billion", [0, 1]),
        ("b", "The theft cost JPY 53,000 million.", "JPY 53,000 million", []),
        ("b", "Fees of the year were JPY 48 billion.", "JPY 48 billion", []),
        ("a", "The theft cost JPY 48 billion.", "JPY 48 billion", []),
        ("b", "The theft cost a lot.", "", []),
    ],
)
def test_reports_contradict_each_other_by_another_value_in_the_same_words(
    document: str, text: str, lead: str, places: list[int]
) -> None:
    chosen = [of_report("a", "The theft cost JPY 53 billion."), of_report(document, text)]
    assert contradicting(chosen, ["JPY 53 billion", lead]) == places


def test_a_number_counts_as_the_answer_to_how_many_though_it_looks_like_a_year() -> None:
    found = asked("How many branches did it have?").answering("They had 1950 in all.", "en")
    assert [value.value for value in found] == ["1950"]


def test_how_much_is_answered_by_a_number_rather_than_by_the_year_beside_it() -> None:
    text = "In 2019 it moved 40 of them."
    reading = Reading(text, (Page(1, 0, len(text)),))
    assert leading(sentence(text), asked("How much was moved?"), reading) == "40"


@pytest.mark.parametrize(("answer", "lead"), [((13, 16), "10%"), ((0, 13), ""), ((16, 20), "")])
def test_a_value_that_only_touches_what_was_read_as_the_answer_does_not_lead(
    answer: tuple[int, int], lead: str
) -> None:
    text = "The share is 10% or 20%."
    reading = Reading(text, (Page(1, 0, len(text)),))
    found = replace(sentence(text), answer=answer)
    assert leading(found, asked("What percentage is it?"), reading) == lead
