"""Invented reports and the questions on them."""

from __future__ import annotations

import json
import re
from functools import cache
from itertools import pairwise
from pathlib import Path

import pytest

from rag.evaluation.queries import read_queries
from rag.readers.markdown import read_markdown
from rag.schema import Reading
from tools.invented.__main__ import write
from tools.invented.asking import ANSWERED, CASES, OTHER_ENTITY, OTHER_YEAR
from tools.invented.attributes import ATTRIBUTES, KINDS
from tools.invented.everything import everything
from tools.invented.lexicon import LEXICA
from tools.invented.names import LANGUAGES, clash
from tools.invented.reports import Asked, Collection, Report, collections, markdown
from tools.invented.values import CURRENCIES, Style, Value, render
from tools.invented.world import Fact

WORLDS = 25


@cache
def invented() -> tuple[Collection, ...]:
    return tuple(collections(seed=3, worlds=WORLDS))


@cache
def shown(report: Report) -> Reading:
    return read_markdown(report.text.encode())


def everything_asked() -> list[tuple[Collection, Asked]]:
    return [(collection, asked) for collection in invented() for asked in collection.asked]


def stated(collection: Collection) -> set[Fact]:
    passages = [passage for report in collection.reports for passage in report.passages]
    return {fact for passage in passages for fact in passage.places}


def test_the_same_seed_gives_the_same_reports_and_questions() -> None:
    first, again = (
        [
            ([report.text for report in one.reports], [(a.text, a.evidence) for a in one.asked])
            for one in collections(seed=5, worlds=3)
        ]
        for _ in range(2)
    )
    assert first == again
    other = [[report.text for report in one.reports] for one in collections(seed=6, worlds=3)]
    assert other != [reports for reports, _ in first]


def test_all_languages_and_cases_occur_in_reports_and_questions() -> None:
    assert {report.language for one in invented() for report in one.reports} == set(LANGUAGES)
    assert {asked.language for _, asked in everything_asked()} == set(LANGUAGES)
    assert {asked.case for _, asked in everything_asked()} == set(CASES)


def test_every_quote_stands_in_its_report_and_holds_its_answer() -> None:
    quotes = 0
    for collection, asked in everything_asked():
        texts = {report.name: shown(report).text for report in collection.reports}
        assert bool(asked.evidence) == (asked.case == ANSWERED)
        for one in asked.evidence:
            quotes += 1
            assert one.quote in texts[one.document]
            assert "\n" not in one.quote
            assert one.answer in one.quote
    assert quotes > WORLDS


def test_every_line_of_a_passage_is_a_line_of_its_report_as_read() -> None:
    for collection in invented():
        for report in collection.reports:
            passages = [line for one in report.passages for line in one.text.split("\n") if line]
            lines = shown(report).text.split("\n")
            assert [line for line in passages if line not in lines] == []


def test_a_question_without_evidence_is_stated_nowhere() -> None:
    for collection, asked in everything_asked():
        question, value = asked.question, collection.world.value
        facts = {
            fact for report in collection.reports for p in report.passages for fact in p.places
        }
        answering = [
            fact
            for fact in facts
            if fact.attribute == question.attribute
            and (question.entity is None or fact.entity is question.entity)
            and (question.year is None or fact.year == question.year)
            and (question.fact is None or value(fact) == value(question.fact))
        ]
        assert bool(answering) == (asked.case == ANSWERED)


def test_a_near_miss_is_what_its_case_says() -> None:
    for collection, asked in everything_asked():
        facts = {
            fact for report in collection.reports for p in report.passages for fact in p.places
        }
        same = {fact for fact in facts if fact.attribute == asked.question.attribute}
        own = {fact for fact in same if fact.entity is asked.question.entity}
        if asked.question.entity is not None:
            assert (asked.case == OTHER_YEAR) == (bool(own) and asked.case != ANSWERED)
            assert (asked.case == OTHER_ENTITY) == (bool(same) and not own)


def test_a_statement_without_its_year_stands_in_a_report_on_that_year() -> None:
    undated = 0
    for collection in invented():
        for report in collection.reports:
            title = _western(shown(report).facts.title)
            for passage in report.passages:
                for fact in passage.places:
                    statement = passage.statement(fact)
                    if fact.year is None or "\t" in statement or statement.startswith("- "):
                        continue
                    if str(fact.year) not in _western(statement):
                        undated += 1
                        assert str(fact.year) in title
    assert undated


def test_a_report_says_nothing_of_years_to_come() -> None:
    for collection in invented():
        for report in collection.reports:
            (year,) = re.findall(r"^# .*?(20\d\d)", report.text, re.MULTILINE)
            years = {fact.year for passage in report.passages for fact in passage.places}
            assert all(known is None or known <= int(year) for known in years)


def test_no_two_worlds_have_names_that_are_alike() -> None:
    names = [name for collection in invented()[:8] for name in collection.world.names]
    for at, name in enumerate(names):
        assert not any(clash(name, other) for other in names[at + 1 :])


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_attribute_can_be_asked_for_and_stated(language: str) -> None:
    lexicon = LEXICA[language]
    assert set(lexicon.attributes) == set(ATTRIBUTES)
    for key, wording in lexicon.attributes.items():
        yearly = not ATTRIBUTES[key].yearless
        year = {"year"} if yearly else set()
        assert wording.label
        assert len(wording.questions) > 1
        assert len(wording.statements) > 1
        for question in wording.questions:
            assert _slots(question) == {"entity"} | year, (key, question)
        for statement in wording.statements:
            assert _slots(statement) == {"entity", "value"} | year, (key, statement)
            assert statement.count("{value}") == statement.count("{entity}") == 1
        for template in (*wording.questions, *wording.statements):
            assert template.count("[") == template.count("]") == int(yearly), (key, template)
            assert "{year}" not in re.sub(r"\[[^\]]*\]", "", template)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_has_the_lists_that_english_has(language: str) -> None:
    lexicon, english = LEXICA[language], LEXICA["en"]
    assert set(lexicon.institutions) == set(KINDS)
    assert {name: len(found) for name, found in lexicon.choices.items()} == {
        name: len(found) for name, found in english.choices.items()
    }
    assert set(english.phrases) - {"months"} <= set(lexicon.phrases)
    for name in ("title", "section", "filler", "compare", "exact", "keyword", "brief"):
        slots = {frozenset(_slots(phrase)) for phrase in lexicon.phrases[name]}
        assert slots <= {frozenset(_slots(phrase)) for phrase in english.phrases[name]}, name


def test_no_two_sentences_on_end_begin_with_the_year() -> None:
    year = re.compile(r"(In|At the end of|For|Over|By|During) 20")
    begun = 0
    for passage in (p for one in invented() for report in one.reports for p in report.passages):
        if passage.language == "en" and "\t" not in passage.text:
            places = list(passage.places.values())
            starts = [bool(year.match(passage.text[place.first :])) for place in places]
            begun += sum(starts)
            for (one, first), (two, second) in pairwise(zip(places, starts, strict=True)):
                remark_between = two.first - one.last > len("\n(10) ")
                assert remark_between or not (first and second)
    assert begun


def test_numbers_are_written_as_the_language_has_them() -> None:
    style = Style(currency=0, big_units=True, indic_digits=True, percent_word=False, date_form=2)
    amount = Value("amount", 1_230_000_000)
    assert CURRENCIES[0]["en"] == "US dollars"
    assert render(amount, "en", style) == "1.23 billion US dollars"
    assert render(amount, "zh-Hans", style) == "12.3亿美元"
    assert render(amount, "zh-Hant", style) == "12.3億美元"
    assert render(amount, "ja", style) == "12億3,000万米ドル"
    assert render(amount, "ar", style) == "١٫٢٣ مليار دولار أمريكي"
    assert render(Value("duration", 5, "hour"), "ar", style) == "٥ ساعات"
    assert render(Value("duration", 15, "hour"), "ar", style) == "١٥ ساعة"
    assert render(Value("percent", 41.5), "en", style) == "41.5%"


def test_lines_become_paragraphs_lists_and_tables() -> None:
    text = "One.\nTwo\n- a: 1\n- b: 2\nThree\nA\tB\n1\t–\n"
    assert markdown(text) == (
        "One.\n\nTwo\n\n- a: 1\n- b: 2\n\nThree\n\n| A | B |\n|---|---|\n| 1 | – |"
    )


def test_the_files_are_documents_and_test_queries(tmp_path: Path) -> None:
    write(tmp_path, seed=3, worlds=2)
    worlds = list(everything(seed=3, worlds=2))
    texts = {document.name: document.text for documents, _ in worlds for document in documents}
    written = {file.stem: file.read_text("utf-8") for file in (tmp_path / "corpus").iterdir()}
    assert written == texts
    reports = {report.name: report.text for one in invented()[:2] for report in one.reports}
    assert reports.items() <= written.items()
    assert {name.split("-")[0] for name in written} == {"000", "001"}
    queries = read_queries(tmp_path / "queries.jsonl")
    asked = [one for _, posed in worlds for one in posed]
    assert [query.query for query in queries] == [one.text for one in asked]
    assert len({query.id for query in queries}) == len(queries)
    for query, one in zip(queries, asked, strict=True):
        assert query.answerable == bool(one.evidence)
        assert set(query.answers) == {evidence.answer for evidence in one.evidence}
        assert len(query.evidence) == bool(one.evidence)
    lines = (tmp_path / "queries.jsonl").read_text("utf-8").splitlines()
    for line in lines:
        entry = json.loads(line)
        assert entry["lang"]
        for place in entry["evidence"][0]["any"] if entry["evidence"] else ():
            assert place["answer"] in place["quote"]
            assert place["answer"] in entry["answers"]
    with pytest.raises(FileExistsError):
        write(tmp_path, seed=3, worlds=2)


def test_a_kind_of_documents_is_written_by_itself(tmp_path: Path) -> None:
    write(tmp_path, seed=3, worlds=2, kinds=["reports"])
    reports = {report.name for one in invented()[:2] for report in one.reports}
    assert {file.stem for file in (tmp_path / "corpus").iterdir()} == reports
    asked = [one.text for collection in invented()[:2] for one in collection.asked]
    assert [query.query for query in read_queries(tmp_path / "queries.jsonl")] == asked


def _slots(template: str) -> set[str]:
    return set(re.findall(r"\{(\w+)\}", template))


def _western(text: str) -> str:
    return text.translate(str.maketrans("٠١٢٣٤٥٦٧٨٩", "0123456789"))
