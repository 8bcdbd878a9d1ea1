"""Questions on rulebooks, and whether what they state answers them."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from tools.invented.lexicon import LEXICA, RULE_LEXICA, fill, filled_in
from tools.invented.matters import (
    FIGURES,
    MATTERS,
    PARTIES,
    Datum,
    Notation,
    choices,
    random_datum,
    written,
)
from tools.invented.names import LANGUAGES, Taken, institution, place
from tools.invented.posed import Evidence, Posed
from tools.invented.rules import (
    ASPECTS,
    ENTRY,
    Bound,
    Jurisdiction,
    Rulebook,
    RuleWriter,
    Stated,
    bounds,
    label_of,
)
from tools.invented.values import CURRENCIES, Value, digits, random_style
from tools.invented.world import free_name

ANSWERED = "rule-answered"
OTHER_PARTY = "rule-other-party"
OTHER_VERSION = "rule-other-version"
OTHER_AUTHORITY = "rule-other-authority"
NOT_STATED = "rule-not-stated"
FALSE_PREMISE = "rule-false-premise"
OTHER_MATTER = "rule-other-matter"
CASES = (
    *(ANSWERED, OTHER_PARTY, OTHER_VERSION, OTHER_AUTHORITY),
    *(NOT_STATED, FALSE_PREMISE, OTHER_MATTER),
)
QUESTIONS = 16
"""How many questions the rules of a world have, or a few less."""

_SHARES = {
    ANSWERED: 8.0,
    OTHER_PARTY: 2.2,
    OTHER_VERSION: 1.4,
    OTHER_AUTHORITY: 1.4,
    NOT_STATED: 2.0,
    FALSE_PREMISE: 0.5,
    OTHER_MATTER: 0.7,
}
_TRIES = 90
_POLITE = 0.15
_FORMAL = 0.25
_BY_TOPIC = 0.15
_SCOPED_WITHIN = 0.5
_KEYWORDS = 0.06


@dataclass(frozen=True)
class RuleQuestion:
    """Asks what rules state of a matter and those bound by it, by aspect.

    ``jurisdiction`` and ``year`` are None where the question names none. ``number`` is that of the
    article asked for, 0 where none is. ``by_agency`` names the authority, not the place. ``datum``
    is the figure that the aspect "who" names.
    """

    bound: Bound
    aspect: str
    jurisdiction: Jurisdiction | None
    year: int | None
    number: int = 0
    by_agency: bool = False
    datum: Datum | None = None

    def covers(self, book: Rulebook) -> bool:
        """Whether the question is on this rulebook, as far as it says."""
        return self.jurisdiction in (None, book.jurisdiction) and self.year in (None, book.year)

    def met(self, one: Stated) -> bool:
        """Whether that is what is asked, whichever rulebook states it."""
        if self.aspect == "clause":
            return one.aspect == "clause" and one.number == self.number
        if self.aspect == "who" and one.datum != self.datum:
            return False
        return (one.bound, one.aspect) == (self.bound, self.aspect)


@dataclass(frozen=True)
class RuleAsked(Posed):
    """A question on rules; ``case`` is one of ``CASES``."""

    question: RuleQuestion


@dataclass(frozen=True)
class RuleCollection:
    """Rulebooks of one world and the questions on them."""

    rulebooks: tuple[Rulebook, ...]
    asked: tuple[RuleAsked, ...]


def rule_collection(
    rng: random.Random, prefix: str, taken: Taken, unnamed: float
) -> RuleCollection:
    """Rulebooks of two jurisdictions, one of them perhaps in two versions, and questions.

    ``unnamed`` is the share of questions that name no jurisdiction, although the rules of another
    collection might answer these.
    """
    places = [_jurisdiction(rng, taken) for _ in range(3)]
    chosen = bounds(rng)
    year = rng.randint(2012, 2024)
    editions = [(places[0], year), (places[1], year + rng.choice((-2, 0, 0, 1)))]
    if rng.random() < 0.6:
        editions.append((places[0], year + rng.randint(1, 4)))
    books: list[Rulebook] = []
    for at, (where, when) in enumerate(editions):
        writer = RuleWriter(rng, rng.choice(LANGUAGES), where, when)
        books.append(writer.rulebook(f"{prefix}-r{at}", _articles(rng, chosen)))
    return RuleCollection(tuple(books), tuple(_ask(rng, prefix, books, places, unnamed)))


def _jurisdiction(rng: random.Random, taken: Taken) -> Jurisdiction:
    where = free_name(lambda: place(rng), taken)
    return Jurisdiction(
        where, institution(rng, "agency", where.text), rng.randrange(len(CURRENCIES))
    )


def _articles(rng: random.Random, chosen: Sequence[Bound]) -> list[Bound]:
    """Some of the matters, definitions first and articles on one matter together."""
    count = rng.randint(6, 11)
    picked = set(rng.sample(range(len(chosen)), min(count, len(chosen))))
    return [bound for at, bound in enumerate(chosen) if at in picked]


def judge(question: RuleQuestion, books: Sequence[Rulebook]) -> tuple[str, tuple[Stated, ...]]:
    """The case, and what answers: nothing but for ``ANSWERED``."""
    everywhere = [one for book in books for one in book.stated]
    stated = [one for one in everywhere if question.covers(one.rulebook)]
    answers = tuple(one for one in stated if question.met(one))
    return (ANSWERED if answers else _miss(question, stated, everywhere)), answers


def _miss(question: RuleQuestion, stated: Sequence[Stated], everywhere: Sequence[Stated]) -> str:
    """How near a question comes, of what is stated where it asks and everywhere."""
    matter = [one for one in stated if one.bound[0] == question.bound[0]]
    met = [one.rulebook.jurisdiction for one in everywhere if question.met(one)]
    if question.aspect == "freed":
        return FALSE_PREMISE
    if any(one.bound == question.bound for one in matter):
        return NOT_STATED
    if any(one.aspect == question.aspect for one in matter):
        return OTHER_PARTY
    if met:
        same_place = question.jurisdiction is None or question.jurisdiction in met
        return OTHER_VERSION if same_place else OTHER_AUTHORITY
    return OTHER_MATTER


def _ask(
    rng: random.Random,
    prefix: str,
    books: Sequence[Rulebook],
    places: Sequence[Jurisdiction],
    unnamed: float,
) -> Iterator[RuleAsked]:
    pools: dict[str, dict[RuleQuestion, tuple[Stated, ...]]] = {}
    for _ in range(_TRIES):
        question = _proposed(rng, books, places, unnamed)
        case, answers = judge(question, books)
        if all(one.quote for one in answers) and not _doubtful(question, answers, books):
            pools.setdefault(case, {})[question] = answers
    for number in range(QUESTIONS):
        pool = pools.get(rng.choices(list(_SHARES), list(_SHARES.values()))[0])
        if not pool:
            continue
        question = rng.choice(list(pool))
        answers = pool.pop(question)
        case, _ = judge(question, books)
        language = _language(rng, answers, question, books)
        evidence = tuple(
            Evidence(one.rulebook.document.name, one.quote, one.answer) for one in answers
        )
        text = wording(rng, question, language)
        yield RuleAsked(f"{prefix}-r{number:02}", text, language, case, evidence, question)


def _doubtful(question: RuleQuestion, answers: Sequence[Stated], books: Sequence[Rulebook]) -> bool:
    """Whether readers might disagree.

    The day of a whole rulebook may be that of a provision, a figure may be that of several, an
    article's label may be its heading, which is no part of a passage, an earlier year's figure may
    be the one that a later rulebook says was replaced, and under a condition of which nothing is
    said the rule itself may hold.
    """
    stated = [one for book in books if question.covers(book) for one in book.stated]
    if question.aspect == "who":
        parties = {
            one.bound[1]
            for one in stated
            if (one.aspect, one.bound[0], one.datum) == ("value", question.bound[0], question.datum)
        }
        return len(parties) > 1
    if question.aspect == "where":
        told = {one.rulebook.document for one in answers}
        own = {one.rulebook.document for one in stated if one.bound == question.bound}
        return bool(own - told)
    if question.aspect.startswith("special"):
        return not answers and any(one.bound == question.bound for one in stated)
    if question.aspect == "start":
        return not answers and any(one.aspect == ENTRY for one in stated)
    return (
        question.aspect == "value"
        and not answers
        and any(
            (one.bound, one.aspect) == (question.bound, "previous")
            for book in books
            if question.year is not None and book.year > question.year
            for one in book.stated
        )
    )


def _proposed(
    rng: random.Random,
    books: Sequence[Rulebook],
    places: Sequence[Jurisdiction],
    unnamed: float,
) -> RuleQuestion:
    """A question on something stated, half the time changed in one point."""
    one = rng.choice([one for book in rng.sample(books, 1) for one in book.stated])
    while one.aspect == "notice":
        one = rng.choice(rng.choice(books).stated)
    aspect = "value" if one.aspect == "bare" else one.aspect
    if (aspect == "where" and not one.bound[1]) or (
        aspect in ("clause", "where") and one.bound[1] and rng.random() < 0.6
    ):
        aspect = "value"
    named = aspect in (ENTRY, "clause", "who") or rng.random() >= unnamed
    where = one.rulebook.jurisdiction if named else None
    dated = aspect == "clause" or rng.random() < 0.5
    question = RuleQuestion(
        one.bound,
        aspect,
        where,
        one.rulebook.year if dated else None,
        one.number if aspect == "clause" else 0,
        by_agency=not dated and rng.random() < 0.3,
        datum=one.datum if aspect == "who" else None,
    )
    return _changed(rng, question, books, places) if rng.random() < 0.6 else question


def _changed(
    rng: random.Random,
    question: RuleQuestion,
    books: Sequence[Rulebook],
    places: Sequence[Jurisdiction],
) -> RuleQuestion:
    """The question changed in its year, jurisdiction, aspect, those bound or matter."""
    key, party = question.bound
    if question.aspect == "clause":
        return replace(question, number=question.number + rng.randint(1, 12))
    if question.aspect == "who" and rng.random() < 0.5:
        return replace(question, datum=random_datum(rng, MATTERS[key]))
    changes = ["year", "place"] + (["aspect", "party", "party", "matter", "freed"] if party else [])
    if not party and key != ENTRY and question.aspect != "who":
        changes.append("term")
    change = rng.choice(changes)
    if change == "year":
        years = [book.year for book in books]
        year = rng.choice([*years, min(years) - 1, max(years) + 1])
        return replace(question, year=year, by_agency=False)
    if change == "place":
        return replace(question, jurisdiction=rng.choice(places))
    if change in ("aspect", "freed"):
        aspect = "freed" if change == "freed" else rng.choice(ASPECTS)
        if aspect == "special" or question.aspect.startswith("special"):
            aspect = f"special{rng.randrange(len(choices('condition', 'en')))}"
        return replace(question, aspect=aspect)
    group = MATTERS[key].who
    others = [matter.key for matter in MATTERS.values() if matter.who == group]
    bound = (key, rng.choice(PARTIES[group])) if change == "party" else (rng.choice(others), party)
    return replace(question, bound=bound)


def _language(
    rng: random.Random,
    answers: Sequence[Stated],
    question: RuleQuestion,
    books: Sequence[Rulebook],
) -> str:
    """Half the time that of a rulebook that answers, of any where none does."""
    if rng.random() < 0.5:
        return rng.choice(LANGUAGES)
    own = [one.rulebook for one in answers] or [book for book in books if question.covers(book)]
    return rng.choice(own or list(books)).document.language


def wording(rng: random.Random, question: RuleQuestion, language: str) -> str:
    """The question in words, in those of every day more than in those of rules."""
    lexicon, where = RULE_LEXICA[language], question.jurisdiction
    template = rng.choice(_templates(rng, question, language))
    slots = _slots(rng, question, language)
    scopes = [] if where is None else ["agency" if question.by_agency else "place"]
    if scopes == ["place"] and question.year is None and "{firms}" in template:
        if rng.random() < _SCOPED_WITHIN:
            slots["firms"] = filled_in(lexicon.phrases["firms_in"][0], slots)
            scopes = []
    elif scopes == ["agency"] and "{authority}" in template:
        slots["authority"] = slots["agency"]
        scopes = []
    if question.year is not None:
        scopes.append("year")
    text = filled_in(template, slots)
    if scopes:
        scope = filled_in(rng.choice(lexicon.phrases["_".join(["scope", *scopes])]), slots)
        text = scope + LEXICA[language].space + text
    manner = "polite" if rng.random() < _POLITE else "plain"
    return fill(rng.choice(lexicon.phrases[manner]), {"q": text}).text


def _templates(rng: random.Random, question: RuleQuestion, language: str) -> list[str]:
    """Ways of asking, of a value by its matter's own or by the matter's name."""
    lexicon, aspect = RULE_LEXICA[language], question.aspect
    key, party = question.bound
    if aspect.startswith("special"):
        return lexicon.phrases["ask_special"]
    if aspect != "value":
        return lexicon.phrases["ask_why_exempt" if aspect == "freed" else f"ask_{aspect}"]
    if party and rng.random() < _KEYWORDS:
        return lexicon.phrases["ask_keyword"]
    if party and MATTERS[key].value in FIGURES and rng.random() < _BY_TOPIC:
        return lexicon.phrases[f"ask_{MATTERS[key].value}"]
    return lexicon.attributes[key].questions


def _slots(rng: random.Random, question: RuleQuestion, language: str) -> dict[str, str]:
    """The words for all that the question may name."""
    lexicon, where = RULE_LEXICA[language], question.jurisdiction
    key, party = question.bound
    currency = 0 if where is None else where.currency
    notation = Notation(random_style(rng, currency), words=rng.random() < 0.3)
    slots = {
        "authority": rng.choice(lexicon.phrases["regulator"]),
        "label": label_of(question.number, language, notation, words=rng.random() < 0.5),
    }
    if where is not None:
        slots |= {"place": where.place[language], "agency": where.agency[language]}
    if question.year is not None:
        slots["year"] = digits(str(question.year), language, notation.style)
    if party:
        formal, *everyday = lexicon.phrases[party]
        slots["firms"] = formal if rng.random() < _FORMAL else rng.choice(everyday)
    if key in MATTERS:
        slots["topic"] = lexicon.attributes[key].label
    if question.aspect.startswith("special"):
        at = int(question.aspect.removeprefix("special"))
        slots["condition"] = choices("condition_asked", language)[at]
    if isinstance(question.datum, Value):
        slots["value"] = written(question.datum, language, notation)
    return slots
