"""A small invented jurisdiction: institutions of one kind and all that is true of them."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import NamedTuple

from tools.invented.attributes import ATTRIBUTES, Attribute
from tools.invented.names import INSTITUTIONS, Name, Taken, bare_name, clash, institution, place
from tools.invented.values import CURRENCIES, Value, random_value

_SHARES = {
    "bank": 4,
    "exchange": 5,
    "insurer": 3,
    "payment": 3,
    "fund": 3,
    "cloud": 1,
    "agency": 1,
}
_ENTITIES = 7
_ATTRIBUTES = 14
_FIRST_YEARS = range(2012, 2024)


class Fact(NamedTuple):
    """What may be stated: an attribute of an institution in a year (None: of no year)."""

    entity: Name
    attribute: str
    year: int | None


@dataclass
class World:
    """Institutions of one ``kind`` in one ``place``, over three years.

    ``agency`` supervises them; ``attributes`` are those that its reports are about.
    """

    rng: random.Random
    place: Name
    agency: Name
    kind: str
    entities: list[Name]
    years: list[int]
    attributes: list[Attribute]
    currency: int
    _values: dict[Fact, Value] = field(default_factory=dict)

    @property
    def reported(self) -> list[Name]:
        """The institutions that reports may name: all but one."""
        return self.entities[:-1]

    @property
    def names(self) -> list[Name]:
        """The names that no other world may have."""
        return [self.place, self.agency, *self.entities]

    @staticmethod
    def fact(entity: Name, attribute: Attribute, year: int) -> Fact:
        """The fact of that year, or the one fact of a yearless attribute."""
        return Fact(entity, attribute.key, None if attribute.yearless else year)

    def value(self, fact: Fact) -> Value:
        """The value of a fact, always the same; no other fact's where that can be had."""
        if fact not in self._values:
            attribute = ATTRIBUTES[fact.attribute]
            taken = {v for f, v in self._values.items() if f.attribute == fact.attribute}
            for _ in range(8):
                value = random_value(self.rng, attribute, fact.year or self.years[0])
                if value not in taken:
                    break
            self._values[fact] = value
        return self._values[fact]


def make_world(rng: random.Random, taken: Taken) -> World:
    """Invent a jurisdiction of which no name is like one of ``taken``; its own are added there."""
    kind = rng.choices(list(_SHARES), list(_SHARES.values()))[0]
    applicable = [a for a in ATTRIBUTES.values() if kind in a.institutions]
    first = rng.choice(_FIRST_YEARS)
    where = free_name(lambda: place(rng), taken)
    agency = free_name(lambda: institution(rng, "agency"), taken)
    return World(
        rng,
        where,
        agency,
        kind,
        _entities(rng, kind, taken),
        [first, first + 1, first + 2],
        rng.sample(applicable, min(len(applicable), _ATTRIBUTES)),
        rng.randrange(len(CURRENCIES)),
    )


def free_name(invent: Callable[[], Name], taken: Taken) -> Name:
    """The first name that is like none of those taken, to which it is added."""
    while taken.clashes(name := invent()):
        pass
    taken.add([name])
    return name


def _entities(rng: random.Random, kind: str, taken: Taken) -> list[Name]:
    """Institutions in any order; now and then two share their bare name."""
    chosen: list[Name] = []
    base = bare_name(rng) if rng.random() < 0.3 and len(INSTITUTIONS[kind]) > 2 else None
    while len(chosen) < _ENTITIES:
        name = institution(rng, kind, base if len(chosen) < 2 else None)
        if not taken.clashes(name) and not any(clash(name, other) for other in chosen):
            chosen.append(name)
        elif rng.random() < 0.2:
            base = None
    taken.add(chosen)
    rng.shuffle(chosen)
    return chosen
