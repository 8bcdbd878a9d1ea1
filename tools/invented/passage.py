"""Writes passages that state facts of a world, and keeps where each is stated."""

from __future__ import annotations

import random
from dataclasses import dataclass, field

from tools.invented.attributes import ATTRIBUTES
from tools.invented.lexicon import LEXICA, fill
from tools.invented.names import Name
from tools.invented.values import Style, digits, random_style, render
from tools.invented.world import Fact, World

_BRIEF = 0.07
_OTHER_WORDING = 0.4
_UNDATED = 0.6


@dataclass(frozen=True)
class Place:
    """Where a fact is stated: its value [start, end) in the sentence or line [first, last)."""

    start: int
    end: int
    first: int
    last: int


@dataclass(eq=False)
class Passage:
    """A text in one language and the places of the facts that it states; equal to itself alone.

    Rows of tables are lines with tabs, a table's first row its header.
    """

    language: str
    style: Style
    text: str = ""
    places: dict[Fact, Place] = field(default_factory=dict)

    def add(self, text: str) -> int:
        """Append text; returns where it begins."""
        self.text += text
        return len(self.text) - len(text)

    def value(self, fact: Fact) -> str:
        """The value of a stated fact as it is written."""
        return self.text[self.places[fact].start : self.places[fact].end]

    def statement(self, fact: Fact) -> str:
        """The sentence, line or row that states a fact."""
        return self.text[self.places[fact].first : self.places[fact].last]


class Writer:
    """Writes one passage about one world.

    ``known_year`` is the year that all of it is about, known without being said: its facts may be
    stated without a year.
    """

    def __init__(
        self, world: World, language: str, rng: random.Random, known_year: int | None = None
    ) -> None:
        self.world, self.rng, self.lexicon = world, rng, LEXICA[language]
        self.passage = Passage(language, random_style(rng, world.currency))
        self._known_year = known_year
        self._named: Name | None = None
        self._fillers_used: set[str] = set()
        self._wordings: dict[str, str] = {}
        self._began_with_year = False
        self._mark = rng.choice(("{}. ", "({}) ", "4.{} "))

    def phrase(self, name: str, **slots: str) -> str:
        """One of the phrases of that name, filled."""
        return fill(self.rng.choice(self.lexicon.phrases[name]), self._slots(**slots)).text

    def year(self, year: int) -> str:
        """The year in the passage's digits."""
        return digits(str(year), self.passage.language, self.passage.style)

    def label(self, attribute: str) -> str:
        """What an attribute is called where a line or column is headed by it."""
        text = self.lexicon.attributes[attribute].label
        return text[:1].upper() + text[1:]

    def _slots(self, **slots: str) -> dict[str, str]:
        words = self.lexicon.type_words(self.world.kind)
        return {"place": self.world.place[self.passage.language], **words, **slots}

    def _value(self, fact: Fact) -> str:
        return render(self.world.value(fact), self.passage.language, self.passage.style)

    def _call(self, entity: Name, *, short: bool) -> str:
        """An institution's name, or at times its short form if that may stand and it is clear."""
        if short and self._named is entity and self.rng.random() < 0.5:
            return self.lexicon.short_form(entity.kind)
        self._named = entity
        return entity[self.passage.language]

    def _template(self, attribute: str, *, dated: bool) -> str:
        """A way of stating the attribute, mostly that of last time.

        No two sentences on end begin with the year where there is another way.
        """
        if self.rng.random() < _BRIEF:
            return self.rng.choice(self.lexicon.phrases["brief"])
        options = self.lexicon.attributes[attribute].statements
        if dated and self._began_with_year:
            options = [option for option in options if not option.startswith("[")] or options
        last = self._wordings.get(attribute)
        if last in options and self.rng.random() >= _OTHER_WORDING:
            return last
        self._wordings[attribute] = self.rng.choice(options)
        return self._wordings[attribute]

    def state(self, fact: Fact) -> None:
        """Append a sentence that states the fact."""
        known = fact.year == self._known_year and self.rng.random() < _UNDATED
        dated = fact.year is not None and not known
        template = self._template(fact.attribute, dated=dated)
        slots = self._slots(
            entity=self._call(fact.entity, short="{label}" not in template),
            value=self._value(fact),
            label=self.lexicon.attributes[fact.attribute].label,
            year="" if fact.year is None else self.year(fact.year),
        )
        filled = fill(template, slots, with_year=dated)
        at = self.passage.add(filled.text)
        start, end = filled.spans["value"]
        self.passage.places[fact] = Place(at + start, at + end, at, at + len(filled.text))
        self._began_with_year = dated and template.startswith("[")
        if ATTRIBUTES[fact.attribute].value == "organisation":
            self._named = None

    def remark(self, entity: Name, phrases: str) -> None:
        """Append a sentence, "filler" or "mention", that states no fact."""
        options = self.lexicon.phrases[phrases]
        unused = [option for option in options if option not in self._fillers_used]
        template = self.rng.choice(unused or options)
        self._fillers_used.add(template)
        named = "{entity}" in template
        name = self._call(entity, short=phrases == "filler") if named else ""
        self.passage.add(fill(template, self._slots(entity=name)).text)
        self._began_with_year = False
        if not named:
            self._named = None

    def prose(
        self, facts: list[Fact], fillers: int, mentions: list[Name], *, clauses: bool
    ) -> None:
        """Sentences on the facts, one or more, with remarks among them.

        ``clauses`` has them numbered, each in a paragraph of its own.
        """
        steps: list[tuple[str, Fact | Name]] = [("fact", fact) for fact in facts]
        for _ in range(fillers):
            at = self.rng.randint(0, len(steps))
            near = steps[at - 1][1] if at else facts[0]
            steps.insert(at, ("filler", near.entity if isinstance(near, Fact) else near))
        for name in mentions:
            steps.insert(self.rng.randint(0, len(steps)), ("mention", name))
        if not clauses and self.rng.random() < 0.3:
            self.passage.add(self.phrase("intro"))
        for number, (what, subject) in enumerate(steps, start=1):
            self.passage.add(self._before(number, clauses=clauses))
            if isinstance(subject, Fact):
                self.state(subject)
            else:
                self.remark(subject, what)

    def _before(self, number: int, *, clauses: bool) -> str:
        """What stands before a sentence."""
        if clauses:
            return ("\n" if self.passage.text else "") + self._mark.format(number)
        return self.lexicon.space if self.passage.text else ""

    def line(self, *pieces: str | Fact) -> None:
        """Append a line of texts and values; a fact's place is the line."""
        first = len(self.passage.text)
        spans: dict[Fact, tuple[int, int]] = {}
        for piece in pieces:
            text = self._value(piece) if isinstance(piece, Fact) else piece
            at = self.passage.add(text)
            if isinstance(piece, Fact):
                spans[piece] = (at, at + len(text))
        last = self.passage.add("\n")
        for fact, (start, end) in spans.items():
            self.passage.places[fact] = Place(start, end, first, last)
