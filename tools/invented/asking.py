"""Questions about a world, and whether passages on it answer them.

A question that no passage answers is a near miss of some kind: the fact is stated of another year
or institution, another fact of the institution is stated, or neither is.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from tools.invented.attributes import confusable
from tools.invented.lexicon import LEXICA, fill
from tools.invented.names import Name
from tools.invented.passage import Passage
from tools.invented.values import digits, random_style, render
from tools.invented.world import Fact, World

ANSWERED = "answered"
OTHER_YEAR = "other-year"
OTHER_ENTITY = "other-entity"
OTHER_ATTRIBUTE = "other-attribute"
BOTH_MISSING = "both-missing"
CASES = (ANSWERED, OTHER_YEAR, OTHER_ENTITY, OTHER_ATTRIBUTE, BOTH_MISSING)

_KEYWORDS = 0.08

Stated = tuple[Passage, Fact]
"""A fact and one of the passages that state it."""


@dataclass(frozen=True)
class Question:
    """Asks for an attribute of ``entity``, or which institution (None) has most of it.

    With ``fact`` it asks which institution has that fact's value. ``year`` is None where none is
    named.
    """

    entity: Name | None
    attribute: str
    year: int | None
    fact: Fact | None = None

    def about(self, fact: Fact) -> bool:
        """Whether the fact is of the asked attribute, and year if one is named."""
        return fact.attribute == self.attribute and self.year in (None, fact.year)


@dataclass(frozen=True)
class Verdict:
    """One of ``CASES``, and what answers: nothing but for ``ANSWERED``."""

    case: str
    answers: tuple[Stated, ...] = ()


def questions(world: World) -> Iterator[Question]:
    """Every question about single institutions of the world."""
    for entity in world.entities:
        for attribute in world.attributes:
            yield Question(entity, attribute.key, None)
            if not attribute.yearless:
                yield from (Question(entity, attribute.key, year) for year in world.years)


def comparisons(world: World, rng: random.Random) -> Iterator[Question]:
    """Questions on which institution has most of something, or a certain value."""
    for attribute in world.attributes:
        if attribute.numeric:
            for year in (None, *world.years):
                yield Question(None, attribute.key, year)
            for year in world.years:
                fact = world.fact(rng.choice(world.reported), attribute, year)
                yield Question(None, attribute.key, rng.choice((year, year, None)), fact)


def judge(question: Question, passages: Sequence[Passage], world: World) -> Verdict | None:
    """Whether some of the passages answer, or how they miss; None where readers might disagree."""
    stated = [(passage, fact) for passage in passages for fact in passage.places]
    if question.entity is None:
        return _judge_comparison(question, stated, world)
    own = [one for one in stated if one[1].entity is question.entity]
    answers = tuple(one for one in own if question.about(one[1]))
    if answers:
        return Verdict(ANSWERED, answers)
    if any(confusable(question.attribute, fact.attribute) for _, fact in own):
        return None
    if any(fact.attribute == question.attribute for _, fact in own):
        return Verdict(OTHER_YEAR)
    if any(fact.attribute == question.attribute for _, fact in stated):
        return Verdict(OTHER_ENTITY)
    named = any(question.entity[passage.language] in passage.text for passage in passages)
    return Verdict(OTHER_ATTRIBUTE if named else BOTH_MISSING)


def _judge_comparison(question: Question, stated: Sequence[Stated], world: World) -> Verdict | None:
    about = [one for one in stated if question.about(one[1])]
    if not about:
        known = any(fact.attribute == question.attribute for _, fact in stated)
        return Verdict(OTHER_YEAR if known else OTHER_ATTRIBUTE)
    if question.fact is None:
        answers = _with_most(about, world)
    else:
        value = world.value(question.fact)
        answers = [one for one in about if world.value(one[1]) == value]
        if not answers:
            return Verdict(OTHER_ENTITY)
    one_entity = len({fact.entity for _, fact in answers}) == 1
    # What answers is the institution's name, which must stand where the value does.
    named = all(
        fact.entity[passage.language] in passage.statement(fact) for passage, fact in answers
    )
    return Verdict(ANSWERED, tuple(answers)) if one_entity and named else None


def _with_most(about: Sequence[Stated], world: World) -> list[Stated]:
    """The statements of the greatest value that stand beside another institution's.

    None of them where the values are of several years, or no passage compares the greatest.
    """
    if len({fact.year for _, fact in about}) > 1:
        return []
    most = max(world.value(fact).number for _, fact in about)
    compared = [
        (passage, fact)
        for passage, fact in about
        if any(other is passage and one.entity is not fact.entity for other, one in about)
    ]
    return [one for one in compared if world.value(one[1]).number == most]


def wording(question: Question, world: World, language: str, rng: random.Random) -> str:
    """The question in words; a few about one institution are keywords alone."""
    lexicon, style = LEXICA[language], random_style(rng, world.currency)
    attribute = lexicon.attributes[question.attribute]
    slots = {
        "label": attribute.label,
        "place": world.place[language],
        **lexicon.type_words(world.kind),
    }
    if question.year is not None:
        slots["year"] = digits(str(question.year), language, style)
    if question.fact is not None:
        slots["value"] = render(world.value(question.fact), language, style)
    if question.entity is None:
        templates = lexicon.phrases["compare" if question.fact is None else "exact"]
    else:
        slots["entity"] = question.entity[language]
        brief = rng.random() < _KEYWORDS
        templates = lexicon.phrases["keyword"] if brief else attribute.questions
    return fill(rng.choice(templates), slots, with_year=question.year is not None).text
