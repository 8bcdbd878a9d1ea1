"""Invented statistical bulletins: tables of several institutions or regions and years."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from tools.invented.attributes import ATTRIBUTES, FIRMS, Attribute
from tools.invented.lexicon import LEXICA, TABLE_LEXICA, Wording, fill
from tools.invented.names import LANGUAGES, Name, Taken, institution, place
from tools.invented.posed import Document
from tools.invented.reports import markdown
from tools.invented.tsv import rows
from tools.invented.values import CURRENCIES, digits, random_style, random_value
from tools.invented.world import free_name

EMPTY_CELL = "–"
"""What stands for a figure that was not reported."""

_REGION = "region"
_UNTOLD = 0.06
_UNITS = {"thousand": 1_000, "million": 1_000_000}


def _measure(row: dict[str, str]) -> Attribute:
    kinds = tuple(row["institutions"].split(","))
    return Attribute(row["key"], row["value"], kinds, float(row["low"]), float(row["high"]), "")


MEASURES = {
    **{key: one for key, one in ATTRIBUTES.items() if one.numeric},
    **{row["key"]: _measure(row) for row in rows("measures")},
}
"""What can stand in a table, by key."""


def measure_wording(key: str, language: str) -> Wording:
    """How the measure is called and asked for."""
    return TABLE_LEXICA[language].attributes.get(key) or LEXICA[language].attributes[key]


def kind_words(kind: str, language: str) -> str:
    """What several of that kind are called."""
    if kind == _REGION:
        return TABLE_LEXICA[language].phrases[_REGION][0]
    return LEXICA[language].institutions[kind][1]


class Cell(NamedTuple):
    """A figure that a table may have: a measure of one (None: of all together) in a year."""

    entity: Name | None
    measure: str
    year: int


@dataclass
class Field:
    """What bulletins of one world are about; ``entities`` are those in the tables, all of them.

    ``absent`` are two of their kind of which no figures are published.
    """

    place: Name
    kind: str
    entities: list[Name]
    absent: list[Name]
    measures: list[str]
    years: list[int]
    currency: int
    values: dict[Cell, float] = field(default_factory=dict)

    def value(self, cell: Cell) -> float:
        """The figure, that of all together being the sum."""
        if cell.entity is not None:
            return self.values[cell]
        return sum(self.values[cell._replace(entity=entity)] for entity in self.entities)


@dataclass(frozen=True)
class Shown:
    """A cell as written, and its row, in which its text first stands at the cell; else ""."""

    row: str
    text: str
    name: str


@dataclass(eq=False)
class Bulletin:
    """Tables in one language: the cells that have figures, and those left empty."""

    document: Document
    unit: str
    shown: dict[Cell, Shown] = field(default_factory=dict)
    untold: list[Cell] = field(default_factory=list)


def make_field(rng: random.Random, taken: Taken) -> Field:
    """Institutions or regions, and all of their figures."""
    kind = rng.choice((*FIRMS, _REGION))
    where = free_name(lambda: place(rng), taken)

    def invent() -> Name:
        return place(rng) if kind == _REGION else institution(rng, kind)

    entities = [free_name(invent, taken) for _ in range(rng.randint(5, 8))]
    fitting = [key for key, one in MEASURES.items() if kind in one.institutions]
    own = [key for key in fitting if key not in ATTRIBUTES]
    chosen = rng.sample(own, min(len(own), 5))
    others = [key for key in fitting if key not in chosen]
    chosen += rng.sample(others, min(len(others), 3))
    first = rng.randint(2012, 2023)
    years = [first, first + 1, first + 2, first + 3]
    made = Field(
        where, kind, entities[:-2], entities[-2:], chosen, years, rng.randrange(len(CURRENCIES))
    )
    for entity in made.entities:
        for key in chosen:
            level = random_value(rng, MEASURES[key], first).number
            for year in years:
                made.values[Cell(entity, key, year)] = level
                level *= rng.uniform(0.85, 1.2)
                if MEASURES[key].value == "percent" and MEASURES[key].high < 100:
                    level = min(level, 99.9)
    return made


def write_bulletin(rng: random.Random, name: str, about: Field) -> Bulletin:
    """Some of the measures over some of the years, in two or three tables."""
    years = sorted(rng.sample(about.years, rng.choice((2, 2, 3))))
    language = rng.choice(LANGUAGES)
    writer = _Writer(rng, language, about, years)
    measures = rng.sample(about.measures, min(len(about.measures), rng.randint(3, 6)))
    sections: list[str] = []
    headings = rng.sample(writer.lexicon.phrases["section"], 3)
    while measures:
        count = rng.choice((1, 2, 2, 3))
        chosen, measures = measures[:count], measures[count:]
        heading = headings[len(sections) % 3]
        number = len(sections) + 1
        sections.append(f"## {number} {heading}\n\n{markdown(writer.section(chosen, number))}")
    title = writer.phrase("title", year=str(years[-1] + 1))
    day = f"{years[-1] + 1}-{rng.randint(1, 12):02}-{rng.randint(1, 28):02}"
    front = f"---\ntitle: {title}\ndate: {day}\n---"
    text = "\n\n".join([front, f"# {title}", *sections]) + "\n"
    made = Bulletin(Document(f"{name}.{language}", language, text), writer.unit)
    made.untold += writer.untold
    every = ["\t".join(row).rstrip("\t") for row in writer.rows]
    for cell, (row, at) in writer.places.items():
        line, texts = every[row], writer.rows[row]
        start = len("\t".join(texts[:at])) + 1
        sure = sum(other.count(line) for other in every) == 1 and line.find(texts[at]) == start
        entity = "" if cell.entity is None else cell.entity[language]
        made.shown[cell] = Shown(line if sure else "", texts[at], entity)
    return made


class _Writer:
    """Writes the tables of one bulletin, and keeps in which row and column each cell stands."""

    def __init__(
        self, rng: random.Random, language: str, about: Field, years: Sequence[int]
    ) -> None:
        self.rng, self.language, self.about, self.years = rng, language, about, years
        self.lexicon = TABLE_LEXICA[language]
        self.style = random_style(rng, about.currency)
        amounts = [
            value
            for cell, value in about.values.items()
            if MEASURES[cell.measure].value == "amount"
        ]
        small = any(value < _UNITS["million"] for value in amounts)
        self.unit = "thousand" if small else rng.choice(list(_UNITS))
        self.head_form = rng.randrange(len(self.lexicon.phrases["yearhead"]))
        self.signed = rng.random() < 0.6
        self.rows: list[list[str]] = []
        self.places: dict[Cell, tuple[int, int]] = {}
        self.untold: list[Cell] = []

    def phrase(self, name: str, **slots: str) -> str:
        """One of the phrases of that name, filled."""
        words = {
            "place": self.about.place[self.language],
            "types": kind_words(self.about.kind, self.language),
        }
        return fill(self.rng.choice(self.lexicon.phrases[name]), {**words, **slots}).text

    def section(self, measures: Sequence[str], number: int) -> str:
        """A caption, a table of these measures, and what is noted below it."""
        currency = CURRENCIES[self.about.currency][self.language]
        unit = self.lexicon.phrases[self.unit][0].replace("{currency}", currency)
        caption = self.phrase(
            "caption", n=digits(str(number), self.language, self.style), unit=unit
        )
        first = len(self.rows)
        layout = self.rng.choice(list(_LAYOUTS))
        if layout == "single" and len(measures) > 1:
            layout = "wide"
        _LAYOUTS[layout](self, list(measures))
        if layout == "single":
            caption += LEXICA[self.language].space + self.label(measures[0])
        lines = [caption, *("\t".join(row) for row in self.rows[first:])]
        if any(EMPTY_CELL in row for row in self.rows[first:]):
            lines.append(self.phrase("legend"))
        if self.rng.random() < 0.3:
            lines.append(self.phrase("remark"))
        return "\n".join(lines) + "\n"

    def label(self, key: str) -> str:
        """What a measure is called at the head of a row or column."""
        text = measure_wording(key, self.language).label
        sign = " (%)" if MEASURES[key].value == "percent" and not self.signed else ""
        return text[:1].upper() + text[1:] + sign

    def head(self, year: int) -> str:
        """A year at the head of a row or column."""
        form = self.lexicon.phrases["yearhead"][self.head_form]
        return form.replace("{year}", digits(str(year), self.language, self.style))

    def row(self, *pieces: str | Cell) -> None:
        """A row of texts and figures, a few of which are not told."""
        texts: list[str] = []
        for at, piece in enumerate(pieces):
            if isinstance(piece, str):
                texts.append(piece)
            elif piece.entity is not None and self.rng.random() < _UNTOLD:
                texts.append(EMPTY_CELL)
                self.untold.append(piece)
            else:
                self.places[piece] = (len(self.rows), at)
                texts.append(self.figure(piece))
        self.rows.append(texts)

    def figure(self, cell: Cell) -> str:
        """A figure in the bulletin's notation."""
        number, kind = self.about.value(cell), MEASURES[cell.measure].value
        if kind == "percent":
            text = f"{number:.1f}" + ("%" if self.signed else "")
        elif kind == "amount":
            text = f"{number / _UNITS[self.unit]:,.{1 if self.unit == 'million' else 0}f}"
        else:
            text = f"{number:,.0f}"
        return digits(text, self.language, self.style)

    def totals(self, measures: Sequence[str]) -> bool:
        """Whether a row or column has the sums."""
        summed = all(MEASURES[key].value != "percent" for key in measures)
        return summed and self.rng.random() < 0.6

    def wide(self, measures: list[str]) -> None:
        """Two rows of heads: each measure over its years."""
        pairs = [(key, year) for key in measures for year in self.years]
        self.row(self.phrase("name"), *(self.label(key) for key, _ in pairs))
        self.row("", *(self.head(year) for _, year in pairs))
        entities: list[Name | None] = list(self.about.entities)
        for entity in entities + ([None] if self.totals(measures) else []):
            label = self.phrase("total") if entity is None else entity[self.language]
            self.row(label, *(Cell(entity, key, year) for key, year in pairs))

    def single(self, measures: list[str]) -> None:
        """Years across, of the one measure that the caption names."""
        self.row(self.phrase("name"), *(self.head(year) for year in self.years))
        entities: list[Name | None] = list(self.about.entities)
        for entity in entities + ([None] if self.totals(measures) else []):
            label = self.phrase("total") if entity is None else entity[self.language]
            self.row(label, *(Cell(entity, measures[0], year) for year in self.years))

    def by_measure(self, measures: list[str]) -> None:
        """Entities across; each measure a group of rows, named in all of them or once above."""
        entities: list[Name | None] = list(self.about.entities)
        if self.totals(measures):
            entities.append(None)
        names = [self.phrase("total") if one is None else one[self.language] for one in entities]
        once = self.rng.random() < 0.5
        heads = [self.phrase("year")] if once else [self.phrase("item"), self.phrase("year")]
        self.row(*heads, *names)
        for key in measures:
            if once:
                self.row(self.label(key), *("" for _ in names))
            for year in self.years:
                labels = [self.head(year)] if once else [self.label(key), self.head(year)]
                self.row(*labels, *(Cell(entity, key, year) for entity in entities))

    def by_entity(self, measures: list[str]) -> None:
        """Years across; each entity a group of rows, named in all of them or once above."""
        once = self.rng.random() < 0.5
        heads = [self.phrase("item")] if once else [self.phrase("name"), self.phrase("item")]
        self.row(*heads, *(self.head(year) for year in self.years))
        for entity in self.about.entities:
            if once:
                self.row(entity[self.language], *("" for _ in self.years))
            for key in measures:
                labels = [self.label(key)] if once else [entity[self.language], self.label(key)]
                self.row(*labels, *(Cell(entity, key, year) for year in self.years))


_LAYOUTS = {
    "wide": _Writer.wide,
    "single": _Writer.single,
    "by_measure": _Writer.by_measure,
    "by_entity": _Writer.by_entity,
}
