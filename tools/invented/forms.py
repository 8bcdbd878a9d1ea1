"""Passages of every form: prose, numbered clauses, lists, tables, and prose before a table."""

from __future__ import annotations

import random
from collections.abc import Sequence
from itertools import groupby

from tools.invented.attributes import Attribute
from tools.invented.names import Name
from tools.invented.passage import Passage, Writer
from tools.invented.world import Fact, World

EMPTY_CELL = "–"
"""What stands in a table for a value that is not told."""

_SHARES = {"prose": 42, "clauses": 14, "table": 22, "mixed": 14, "listing": 8}
_REPORT_YEAR = 0.4

Row = tuple[str, list[Fact]]


def write_passage(world: World, language: str, rng: random.Random, report_year: int) -> Passage:
    """A passage about the world for a report on ``report_year``, one of the world's later years.

    It states nothing of years to come; statements without a year are about the report's.
    """
    form = rng.choices(list(_SHARES), list(_SHARES.values()))[0]
    past = [year for year in world.years if year <= report_year]
    years = rng.sample(past, rng.choice((1, 1, 2)))
    if rng.random() < _REPORT_YEAR:
        years = [report_year]
    tabular = form in ("table", "mixed")
    entities = rng.sample(world.reported, rng.choice((2, 3, 4) if tabular else (1, 2, 2, 3, 3, 4)))
    writer = Writer(world, language, rng, report_year if years == [report_year] else None)
    if form == "listing":
        _listing(writer, _facts(world, rng, entities, years[:1], rng.randint(3, 6)), years[0])
        return writer.passage
    others = [entity for entity in world.reported if entity not in entities]
    mentions = rng.sample(others, rng.choice((0, 0, 1, 1, 2)))
    if form in ("prose", "clauses"):
        facts = _facts(world, rng, entities, years, rng.randint(2, 6), grouped=rng.random() < 0.7)
        writer.prose(facts, rng.randint(1, 3), mentions, clauses=form == "clauses")
        return writer.passage
    if form == "mixed":
        facts = _facts(world, rng, entities[:1], years[:1], rng.randint(1, 2))
        writer.prose(facts, 1, mentions, clauses=False)
        writer.passage.add(writer.lexicon.space + writer.phrase("tableintro") + "\n")
    said = {fact.attribute for fact in writer.passage.places}
    attributes = [attribute for attribute in world.attributes if attribute.key not in said]
    _table(writer, entities, rng.sample(attributes, rng.randint(2, 4)), sorted(years))
    return writer.passage


def _facts(
    world: World,
    rng: random.Random,
    entities: list[Name],
    years: Sequence[int],
    count: int,
    *,
    grouped: bool = True,
) -> list[Fact]:
    """Up to ``count`` different facts on a few attributes, those of an institution together."""
    attributes = rng.sample(world.attributes, rng.randint(3, 6))
    pool = [world.fact(e, a, year) for e in entities for a in attributes for year in years]
    pool = list(dict.fromkeys(pool))
    chosen = rng.sample(pool, min(count, len(pool)))
    return sorted(chosen, key=lambda fact: entities.index(fact.entity)) if grouped else chosen


def _listing(writer: Writer, facts: list[Fact], year: int) -> None:
    """Lines of a label and a value under each institution and the year."""
    for entity, group in groupby(facts, key=lambda fact: fact.entity):
        writer.line(f"{entity[writer.passage.language]} ({writer.year(year)})")
        for fact in group:
            writer.line(f"- {writer.label(fact.attribute)}: ", fact)


def _table(
    writer: Writer, entities: list[Name], attributes: list[Attribute], years: list[int]
) -> None:
    """A table with institutions, attributes or years across."""
    rng, fact, language = writer.rng, writer.world.fact, writer.passage.language
    institution, item = writer.lexicon.phrases["words"]
    dated = [attribute for attribute in attributes if not attribute.yearless]
    names = [entity[language] for entity in entities]
    across = [writer.year(year) for year in years]
    layout = rng.choice(("wide", "wide", "tall", "entity", "attribute"))
    rows: list[Row]
    if layout == "entity" and len(years) > 1 and dated:
        caption = writer.phrase("caption_entity", entity=names[0])
        rows = [(writer.label(a.key), [fact(entities[0], a, y) for y in years]) for a in dated]
        _grid(writer, caption, [item, *across], rows)
    elif layout == "attribute" and len(years) > 1 and dated:
        chosen = rng.choice(dated)
        label = writer.lexicon.attributes[chosen.key].label
        caption = writer.phrase("caption_attr", label=label)
        rows = [(e[language], [fact(e, chosen, y) for y in years]) for e in entities]
        _grid(writer, caption, [institution, *across], rows)
    elif layout == "tall":
        caption = writer.phrase("caption", year=across[0])
        rows = [(writer.label(a.key), [fact(e, a, years[0]) for e in entities]) for a in attributes]
        _grid(writer, caption, [item, *names], rows)
    else:
        caption = writer.phrase("caption", year=across[0])
        rows = [(e[language], [fact(e, a, years[0]) for a in attributes]) for e in entities]
        _grid(writer, caption, [institution, *(writer.label(a.key) for a in attributes)], rows)


def _grid(writer: Writer, caption: str, head: list[str], rows: list[Row]) -> None:
    """A caption and a table, in some of which not every value is told."""
    left_out = writer.rng.choice((0.0, 0.0, 0.15))
    writer.line(caption)
    writer.line("\t".join(head))
    for label, facts in rows:
        cells = [EMPTY_CELL if writer.rng.random() < left_out else fact for fact in facts]
        writer.line(label, *(piece for cell in cells for piece in ("\t", cell)))
