"""Invented tables and the questions on them."""

from __future__ import annotations

import random
import re
from functools import cache

import pytest

from rag.readers.markdown import read_markdown
from tools.invented.bulletins import EMPTY_CELL, MEASURES, Bulletin, measure_wording
from tools.invented.lexicon import TABLE_LEXICA
from tools.invented.names import LANGUAGES, Taken
from tools.invented.table_questions import (
    ANSWERED,
    CASES,
    OTHER_ENTITY,
    OTHER_MEASURE,
    OTHER_YEAR,
    TableAsked,
    TableCollection,
    table_collection,
)

WORLDS = 40


@cache
def invented() -> tuple[TableCollection, ...]:
    rng, taken = random.Random(5), Taken()
    return tuple(table_collection(rng, f"{number:03}", taken) for number in range(WORLDS))


@cache
def shown_text(bulletin: Bulletin) -> str:
    return read_markdown(bulletin.document.text.encode()).text


def everything_asked() -> list[tuple[TableCollection, TableAsked]]:
    return [(collection, asked) for collection in invented() for asked in collection.asked]


def test_the_same_seed_gives_the_same_tables_and_questions() -> None:
    first, again = (
        [
            ([bulletin.document.text for bulletin in one.bulletins], [a.text for a in one.asked])
            for one in (table_collection(random.Random(seed), "000", Taken()) for seed in range(9))
        ]
        for _ in range(2)
    )
    assert first == again


def test_all_languages_cases_and_forms_occur() -> None:
    languages = {one.document.language for found in invented() for one in found.bulletins}
    assert languages == set(LANGUAGES)
    assert {asked.language for _, asked in everything_asked()} == set(LANGUAGES)
    assert {asked.case for _, asked in everything_asked()} == set(CASES)
    answered = {a.question.form for _, a in everything_asked() if a.case == ANSWERED}
    assert answered == {"cell", "named", "most", "total"}


def test_a_quote_is_the_only_such_row_and_its_answer_stands_first_in_its_cell() -> None:
    rows = 0
    for collection, asked in everything_asked():
        texts = {one.document.name: shown_text(one) for one in collection.bulletins}
        assert bool(asked.evidence) == (asked.case == ANSWERED)
        for one in asked.evidence:
            rows += 1
            assert texts[one.document].split("\n").count(one.quote) == 1
            assert texts[one.document].count(one.quote) == 1
            if asked.question.form in ("cell", "total"):
                before = one.quote[: one.quote.index(one.answer)]
                assert one.quote.split("\t")[before.count("\t")] == one.answer
            else:
                name = asked.question.cell.entity
                assert name is not None
                assert one.answer in name.text.values()
                assert one.quote.startswith(f"{one.answer}\t")
    assert rows > WORLDS


def test_the_answer_is_the_figure_of_the_cell_in_the_unit_of_the_table() -> None:
    checked = 0
    for collection, asked in everything_asked():
        bulletins = {one.document.name: one for one in collection.bulletins}
        for one in asked.evidence if asked.question.form in ("cell", "total") else ():
            value = collection.about.value(asked.question.cell)
            if MEASURES[asked.question.cell.measure].value == "amount":
                unit = bulletins[one.document].unit
                value /= {"thousand": 1e3, "million": 1e6}[unit]
            western = one.answer.translate(str.maketrans("٠١٢٣٤٥٦٧٨٩٫", "0123456789."))
            assert float(re.sub(r"[,٬%٪]", "", western)) == pytest.approx(value, abs=0.5)
            checked += 1
    assert checked


def test_a_near_miss_is_what_its_case_says() -> None:
    for collection, asked in everything_asked():
        cell = asked.question.cell
        told = {one for bulletin in collection.bulletins for one in bulletin.shown}
        every = told | {one for bulletin in collection.bulletins for one in bulletin.untold}
        assert (cell in told) == (asked.case == ANSWERED)
        years = {one.year for one in every if one.measure == cell.measure}
        assert (not years) == (asked.case == OTHER_MEASURE)
        assert (bool(years) and cell.year not in years) == (asked.case == OTHER_YEAR)
        if asked.case == OTHER_ENTITY:
            assert cell.entity in collection.about.absent


def test_the_one_with_most_has_more_than_all_others() -> None:
    for collection, asked in everything_asked():
        if asked.question.form == "most":
            about, cell = collection.about, asked.question.cell
            values = [about.value(cell._replace(entity=one)) for one in about.entities]
            assert about.value(cell) == max(values)
            assert values.count(max(values)) == 1


def test_some_figures_are_left_out_and_said_to_be() -> None:
    left_out = [bulletin for one in invented() for bulletin in one.bulletins if bulletin.untold]
    assert left_out
    for bulletin in left_out:
        assert f"| {EMPTY_CELL} |" in bulletin.document.text
        legends = TABLE_LEXICA[bulletin.document.language].phrases["legend"]
        assert any(legend in bulletin.document.text for legend in legends)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_measure_can_be_asked_for(language: str) -> None:
    for key in MEASURES:
        wording = measure_wording(key, language)
        assert wording.label
        assert len(wording.questions) > 1
        for question in wording.questions:
            assert set(re.findall(r"\{(\w+)\}", question)) == {"entity", "year"}, key


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_has_the_phrases_that_english_has(language: str) -> None:
    phrases, english = TABLE_LEXICA[language].phrases, TABLE_LEXICA["en"].phrases
    assert set(phrases) == set(english)
    for name, found in phrases.items():
        known = {frozenset(re.findall(r"\{(\w+)\}", one)) for one in english[name]}
        assert {frozenset(re.findall(r"\{(\w+)\}", one)) for one in found} <= known, name
    assert len(phrases["yearhead"]) == len(english["yearhead"])
