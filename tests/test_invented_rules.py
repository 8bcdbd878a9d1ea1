"""Invented rules and the questions on them."""

from __future__ import annotations

import random
import re
from functools import cache

import pytest

from rag.readers.markdown import read_markdown
from tools.invented.lexicon import RULE_LEXICA
from tools.invented.matters import MATTERS, PARTIES, Notation, choices, han, period, written
from tools.invented.names import LANGUAGES, Taken
from tools.invented.rule_questions import (
    ANSWERED,
    CASES,
    NOT_STATED,
    OTHER_AUTHORITY,
    OTHER_PARTY,
    OTHER_VERSION,
    RuleAsked,
    RuleCollection,
    rule_collection,
)
from tools.invented.rules import label_of
from tools.invented.values import Style, Value

WORLDS = 40
PLAIN = Style(currency=0, big_units=False, indic_digits=False, percent_word=False, date_form=2)


@cache
def invented() -> tuple[RuleCollection, ...]:
    rng, taken = random.Random(5), Taken()
    return tuple(rule_collection(rng, f"{number:03}", taken, 0.3) for number in range(WORLDS))


def everything_asked() -> list[tuple[RuleCollection, RuleAsked]]:
    return [(collection, asked) for collection in invented() for asked in collection.asked]


def test_the_same_seed_gives_the_same_rules_and_questions() -> None:
    first, again = (
        [
            (one.rulebooks[0].document.text, [(asked.text, asked.evidence) for asked in one.asked])
            for one in (
                rule_collection(random.Random(seed), "000", Taken(), 0.0) for seed in (7, 9)
            )
        ]
        for _ in range(2)
    )
    assert first == again
    other = rule_collection(random.Random(8), "000", Taken(), 0.0)
    assert other.rulebooks[0].document.text != first[0][0]


def test_all_languages_and_cases_occur() -> None:
    languages = {book.document.language for one in invented() for book in one.rulebooks}
    assert languages == set(LANGUAGES)
    assert {asked.language for _, asked in everything_asked()} == set(LANGUAGES)
    assert {asked.case for _, asked in everything_asked()} == set(CASES)


def test_a_quote_stands_once_in_its_rules_as_they_are_read_and_holds_the_answer() -> None:
    quotes = 0
    for collection, asked in everything_asked():
        texts = {
            book.document.name: read_markdown(book.document.text.encode()).text
            for book in collection.rulebooks
        }
        assert bool(asked.evidence) == (asked.case == ANSWERED)
        for one in asked.evidence:
            quotes += 1
            assert texts[one.document].count(one.quote) == 1
            assert one.answer
            assert one.answer in one.quote
    assert quotes > WORLDS


def test_a_near_miss_is_what_its_case_says() -> None:
    for collection, asked in everything_asked():
        question = asked.question
        stated = [one for book in collection.rulebooks for one in book.stated]
        met = [one for one in stated if question.met(one)]
        covered = [one for one in stated if question.covers(one.rulebook)]
        assert bool(set(met) & set(covered)) == (asked.case == ANSWERED)
        if asked.case == NOT_STATED:
            assert any(one.bound == question.bound for one in covered)
        if asked.case == OTHER_PARTY:
            others = [one for one in covered if one.bound[0] == question.bound[0]]
            assert any(one.aspect == question.aspect for one in others)
            assert all(one.bound[1] != question.bound[1] for one in others)
        if asked.case == OTHER_VERSION:
            assert question.year is not None
            years = {
                one.rulebook.year
                for one in met
                if question.jurisdiction in (None, one.rulebook.jurisdiction)
            }
            assert years
            assert question.year not in years
        if asked.case == OTHER_AUTHORITY:
            assert met
            assert all(one.rulebook.jurisdiction is not question.jurisdiction for one in met)


def test_an_article_states_the_value_asked_for_of_those_bound() -> None:
    for collection, asked in everything_asked():
        key, party = asked.question.bound
        if asked.case != ANSWERED or asked.question.aspect != "value" or not party:
            continue
        languages = {book.document.name: book.document.language for book in collection.rulebooks}
        for one in asked.evidence:
            bound = RULE_LEXICA[languages[one.document]].phrases[party][0]
            assert bound.lower() in one.quote.lower(), key


def test_a_figure_asked_for_by_whom_it_binds_stands_beside_them_alone() -> None:
    asked_by_figure = 0
    for collection, asked in everything_asked():
        question = asked.question
        if question.aspect != "who":
            continue
        bound = {
            one.bound[1]
            for book in collection.rulebooks
            if question.covers(book)
            for one in book.stated
            if one.aspect == "value" and one.bound[0] == question.bound[0]
            if one.datum == question.datum
        }
        assert len(bound) == (asked.case == ANSWERED)
        for one in asked.evidence:
            asked_by_figure += 1
            (party,) = bound
            languages = {b.document.name: b.document.language for b in collection.rulebooks}
            firms = RULE_LEXICA[languages[one.document]].phrases[party][0]
            assert one.answer.lower() == firms.lower()
    assert asked_by_figure


def test_a_figure_of_old_or_under_a_condition_is_another_than_the_rule_s() -> None:
    beside = 0
    for book in (book for one in invented() for book in one.rulebooks):
        for one in book.stated:
            if one.aspect == "previous" or one.aspect.startswith("special"):
                (figure,) = [
                    other.answer
                    for other in book.stated
                    if (other.number, other.aspect) == (one.number, "value")
                ]
                assert one.answer != figure
                beside += 1
    assert beside


def test_what_readers_might_answer_otherwise_is_not_asked() -> None:
    for collection, asked in everything_asked():
        question = asked.question
        books = [book for book in collection.rulebooks if question.covers(book)]
        stated = [one for book in books for one in book.stated if one.bound == question.bound]
        if question.aspect == "where":
            told = {one.rulebook.document.name for one in stated}
            assert told == {one.document for one in asked.evidence}
        if asked.case == ANSWERED:
            continue
        if question.aspect == "start":
            assert not any(one.aspect == "entry" for book in books for one in book.stated)
        if question.aspect.startswith("special"):
            assert not stated


def test_some_articles_and_annexes_have_the_figures_of_several() -> None:
    books = [book for one in invented() for book in one.rulebooks]
    assert any(len(run) > 1 for book in books for run in book.articles.values())
    annexed = [one for book in books for one in book.stated if "\t" in one.quote]
    assert annexed
    assert all(one.number == 0 for one in annexed)


def test_a_third_of_the_answered_questions_are_asked_in_another_language() -> None:
    answered = [asked for _, asked in everything_asked() if asked.evidence]
    across = [
        asked
        for asked in answered
        if not any(one.document.endswith(f".{asked.language}") for one in asked.evidence)
    ]
    assert len(across) > len(answered) / 3


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_matter_can_be_asked_for_and_stated(language: str) -> None:
    lexicon = RULE_LEXICA[language]
    assert set(lexicon.attributes) == set(MATTERS)
    for key, wording in lexicon.attributes.items():
        matter = MATTERS[key]
        bound = {"firms"} if matter.who != "none" else set()
        value = {"value"} if matter.value != "permit" else set()
        assert wording.label
        assert len(wording.questions) > 1, key
        assert len(wording.statements) == 2 or matter.value != "permit"
        for text in wording.statements:
            assert _slots(text) - {"authority"} == bound | value, (key, text)
        for text in (*wording.bare, *wording.questions):
            assert _slots(text) - {"authority"} == bound, (key, text)
        if matter.value in ("choice", "list"):
            assert len(choices(matter.options, language)) == len(choices(matter.options, "en"))


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_has_the_lists_that_english_has(language: str) -> None:
    lexicon, english = RULE_LEXICA[language], RULE_LEXICA["en"]
    assert set(lexicon.phrases) == set(english.phrases)
    for parties in PARTIES.values():
        assert all(len(lexicon.phrases[party]) > 1 for party in parties)
    for name, phrases in lexicon.phrases.items():
        known = {frozenset(_slots(phrase)) for phrase in english.phrases[name]}
        if name != "title":
            assert {frozenset(_slots(phrase)) for phrase in phrases} <= known, name
    for name, items in lexicon.choices.items():
        assert [_slots(item) for item in items] == [
            _slots(item) for item in english.choices[name]
        ], name


def test_figures_and_labels_are_written_as_rules_have_them() -> None:
    words, figures = Notation(PLAIN, words=True), Notation(PLAIN, words=False)
    assert period(30, "day", "en", words) == "thirty days"
    assert period(30, "workday", "en", figures) == "30 working days"
    assert period(30, "day", "zh-Hans", words) == "三十日"
    assert period(5, "year", "ar", words) == "خمس سنوات"
    assert period(5, "day", "ar", words) == "خمسة أيام"
    assert period(30, "day", "ar", figures) == "30 يومًا"
    assert written(Value("percent", 15), "ja", words) == "百分の十五"
    assert written(Value("percent", 15), "zh-Hant", words) == "百分之十五"
    assert written(Value("percent", 12.5), "zh-Hant", words) == "12.5%"
    assert written(Value("amount", 5_000_000), "zh-Hans", words) == "五百万美元"
    assert label_of(12, "zh-Hant", words, words=True) == "第十二條"
    assert label_of(6, "ar", words, words=True) == "المادة السادسة"
    assert label_of(6, "en", words, words=False) == "Article 6"
    assert label_of(203, "en", words, words=False) == "paragraph 2.3"


def test_an_article_asked_for_by_its_number_bears_it() -> None:
    asked_for = 0
    for collection, asked in everything_asked():
        question = asked.question
        if question.aspect != "clause":
            continue
        texts = {book.document.name: book.document.text for book in collection.rulebooks}
        figure = str(question.number)
        if question.number >= 100:
            figure = f"{question.number // 100}.{question.number % 100}"
        for one in asked.evidence:
            before = texts[one.document][: texts[one.document].index(one.quote)]
            # The label begins the line, or is the heading above it.
            above = "".join([line for line in before.split("\n") if line][-2:])
            label = above.translate(str.maketrans("٠١٢٣٤٥٦٧٨٩", "0123456789"))
            spelled = {han(question.number, "ja"), han(question.number, "zh-Hans")}
            assert figure in label or any(word in label for word in spelled) or "المادة ال" in label
            asked_for += 1
        if asked.case != ANSWERED and question.number < 100:
            for book in collection.rulebooks:
                if question.covers(book):
                    assert not re.search(
                        rf"^(### )?(Article|Section) {figure}\b", book.document.text, re.MULTILINE
                    )
    assert asked_for


@pytest.mark.parametrize(
    ("number", "chinese", "japanese"),
    [
        (10, "十", "十"),
        (24, "二十四", "二十四"),
        (110, "一百一十", "百十"),
        (105, "一百零五", "百五"),
        (1_050, "一千零五十", "千五十"),
        (120_000, "十二万", "十二万"),
        (100_500, "十万零五百", "十万五百"),
        (12_000_000, "一千二百万", "千二百万"),
        (250_000_000, "二亿五千万", "二億五千万"),
    ],
)
def test_numbers_in_chinese_characters(number: int, chinese: str, japanese: str) -> None:
    assert han(number, "zh-Hans") == chinese
    assert han(number, "ja") == japanese


def _slots(template: str) -> set[str]:
    return set(re.findall(r"\{(\w+)\}", template))
