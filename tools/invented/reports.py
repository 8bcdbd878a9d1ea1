"""Reports on invented worlds, in Markdown, and questions on them with what answers them."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from tools.invented.asking import (
    ANSWERED,
    BOTH_MISSING,
    OTHER_ATTRIBUTE,
    OTHER_ENTITY,
    OTHER_YEAR,
    Question,
    Verdict,
    comparisons,
    judge,
    questions,
    wording,
)
from tools.invented.forms import write_passage
from tools.invented.lexicon import LEXICA, fill
from tools.invented.names import LANGUAGES, Taken
from tools.invented.passage import Passage
from tools.invented.posed import Document, Evidence, Posed
from tools.invented.world import Fact, World, make_world

QUESTIONS = 14
"""How many questions a world has, or a few less."""

_SHARES = {
    ANSWERED: 7.0,
    OTHER_YEAR: 2.0,
    OTHER_ENTITY: 2.4,
    OTHER_ATTRIBUTE: 2.4,
    BOTH_MISSING: 0.6,
}
_COMPARISONS = 0.08
_DATED = 0.7


@dataclass(frozen=True)
class Report(Document):
    """A report in one language: a section with a heading for each passage."""

    passages: tuple[Passage, ...]


@dataclass(frozen=True)
class Asked(Posed):
    """A question about institutions; ``case`` is one of ``asking.CASES``."""

    question: Question


@dataclass(frozen=True)
class Collection:
    """The reports on one world and the questions on them."""

    world: World
    reports: tuple[Report, ...]
    asked: tuple[Asked, ...]


def collections(seed: int, worlds: int, taken: Taken | None = None) -> Iterator[Collection]:
    """As many collections as ``worlds``, the same for the same seed and names ``taken``.

    No institution and no place of one has the name of another's, so that no collection answers
    another's questions.
    """
    rng = random.Random(seed)
    taken = Taken() if taken is None else taken
    for number in range(worlds):
        world = make_world(rng, taken)
        prefix = f"{number:03}"
        reports = tuple(_report(world, f"{prefix}-{n}", rng) for n in range(rng.randint(2, 4)))
        yield Collection(world, reports, tuple(_ask(world, reports, prefix, rng)))


def _report(world: World, name: str, rng: random.Random) -> Report:
    """A report on one of the world's later years, dated in the next."""
    language, year = rng.choice(LANGUAGES), rng.choice(world.years[1:])
    lexicon = LEXICA[language]
    count = rng.randint(2, 4)
    passages = tuple(write_passage(world, language, rng, year) for _ in range(count))
    headings = rng.sample(lexicon.phrases["section"], count)
    slots = {"year": str(year), "place": world.place[language]}
    title = fill(rng.choice(lexicon.phrases["title"]), slots).text
    issuer = world.agency[language]
    date = f"{year + 1}-{rng.randint(1, 12):02}-{rng.randint(1, 28):02}"
    front = f"---\ntitle: {title}\nissuer: {issuer}\ndate: {date}\n---"
    sections = [
        f"## {number} {heading}\n\n{markdown(passage.text)}"
        for number, (heading, passage) in enumerate(zip(headings, passages, strict=True), start=1)
    ]
    text = "\n\n".join([front, f"# {title}", issuer, *sections]) + "\n"
    return Report(f"{name}.{language}", language, text, passages)


def markdown(text: str) -> str:
    """Lines as Markdown: those with tabs as tables, those that begin with "- " as lists.

    Every other line is a paragraph. Of each table the first line is the header.
    """
    blocks: list[str] = []
    for kind, group in groupby(text.strip("\n").split("\n"), key=_kind):
        lines = list(group)
        if kind == "table":
            rows = [f"| {line} |".replace("\t", " | ") for line in lines]
            rule = "|" + "---|" * (lines[0].count("\t") + 1)
            lines = ["\n".join([rows[0], rule, *rows[1:]])]
        blocks.append(("\n\n" if kind == "paragraph" else "\n").join(lines))
    return "\n\n".join(blocks)


def _kind(line: str) -> str:
    if "\t" in line:
        return "table"
    return "list" if line.startswith("- ") else "paragraph"


def _ask(
    world: World, reports: Sequence[Report], prefix: str, rng: random.Random
) -> Iterator[Asked]:
    """Different questions, of each case as many as chance has it and there are."""
    pools = {
        False: _by_case(questions(world), world, reports),
        True: _by_case(comparisons(world, rng), world, reports),
    }
    for number in range(QUESTIONS):
        case = rng.choices(list(_SHARES), list(_SHARES.values()))[0]
        pool = pools[rng.random() < _COMPARISONS].get(case)
        if not pool:
            continue
        dated = [one for one in pool if one[0].year is not None]
        chosen = rng.choice(dated if dated and rng.random() < _DATED else pool)
        pool.remove(chosen)
        question, evidence = chosen
        language = _language(evidence, reports, rng)
        text = wording(question, world, language, rng)
        yield Asked(f"{prefix}-{number:02}", text, language, case, evidence, question)


Pool = list[tuple[Question, tuple[Evidence, ...]]]


def _by_case(asked: Iterator[Question], world: World, reports: Sequence[Report]) -> dict[str, Pool]:
    """The questions by case, without those that are doubtful or whose quotes are ambiguous."""
    passages = [passage for report in reports for passage in report.passages]
    pools: dict[str, Pool] = {}
    for question in asked:
        verdict = judge(question, passages, world)
        if verdict is not None and _unambiguous(verdict, reports):
            pool = pools.setdefault(verdict.case, [])
            pool.append((question, _evidence(question, verdict, reports)))
    return pools


def _unambiguous(verdict: Verdict, reports: Sequence[Report]) -> bool:
    """Whether each quote stands in its report only where what is asked is stated."""
    for report in reports:
        here = [one for one in verdict.answers if one[0] in report.passages]
        for quote in {passage.statement(fact) for passage, fact in here}:
            places = {
                (passage, passage.places[fact].first)
                for passage, fact in here
                if passage.statement(fact) == quote
            }
            if sum(passage.text.count(quote) for passage in report.passages) != len(places):
                return False
    return True


def _evidence(
    question: Question, verdict: Verdict, reports: Sequence[Report]
) -> tuple[Evidence, ...]:
    def answer(passage: Passage, fact: Fact) -> str:
        named = question.entity is None
        return fact.entity[passage.language] if named else passage.value(fact)

    return tuple(
        Evidence(report.name, passage.statement(fact), answer(passage, fact))
        for report in reports
        for passage, fact in verdict.answers
        if passage in report.passages
    )


def _language(evidence: Sequence[Evidence], reports: Sequence[Report], rng: random.Random) -> str:
    """Half the time that of a report that answers, of any report where none does."""
    answering = {one.document for one in evidence}
    own = [report.language for report in reports if report.name in answering or not answering]
    return rng.choice(own if rng.random() < 0.5 else LANGUAGES)
