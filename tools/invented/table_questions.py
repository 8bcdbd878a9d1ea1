"""Questions on the tables of bulletins, and whether they answer them."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from tools.invented.bulletins import (
    MEASURES,
    Bulletin,
    Cell,
    Field,
    Shown,
    kind_words,
    make_field,
    measure_wording,
    write_bulletin,
)
from tools.invented.lexicon import LEXICA, RULE_LEXICA, TABLE_LEXICA, fill, filled_in
from tools.invented.names import LANGUAGES, Taken
from tools.invented.posed import Evidence, Posed
from tools.invented.values import CURRENCIES, digits, random_style

ANSWERED = "table-answered"
OTHER_YEAR = "table-other-year"
OTHER_ENTITY = "table-other-entity"
OTHER_MEASURE = "table-other-measure"
NOT_STATED = "table-not-stated"
CASES = (ANSWERED, OTHER_YEAR, OTHER_ENTITY, OTHER_MEASURE, NOT_STATED)
QUESTIONS = 10
"""How many questions the tables of a world have, or a few less."""

_SHARES = {
    ANSWERED: 5.0,
    OTHER_YEAR: 1.4,
    OTHER_ENTITY: 1.4,
    OTHER_MEASURE: 1.3,
    NOT_STATED: 0.9,
}
_TRIES = 60
_FORMS = {"cell": 6.0, "named": 1.5, "most": 1.0, "total": 1.2}
_POLITE = 0.12


@dataclass(frozen=True)
class TableQuestion:
    """Asks for the figure of a cell ("cell", or "total", of all together), or whose it is.

    "named" tells the figure, "most" asks for the one with the highest.
    """

    form: str
    cell: Cell


@dataclass(frozen=True)
class TableAsked(Posed):
    """A question on tables; ``case`` is one of ``CASES``."""

    question: TableQuestion


@dataclass(frozen=True)
class TableCollection:
    """Bulletins of one world and the questions on them."""

    about: Field
    bulletins: tuple[Bulletin, ...]
    asked: tuple[TableAsked, ...]


def table_collection(rng: random.Random, prefix: str, taken: Taken) -> TableCollection:
    """One or two bulletins on the same institutions or regions, and questions."""
    about = make_field(rng, taken)
    count = rng.choice((1, 1, 2))
    bulletins = tuple(write_bulletin(rng, f"{prefix}-t{at}", about) for at in range(count))
    return TableCollection(about, bulletins, tuple(_ask(rng, prefix, about, bulletins)))


def judge(
    question: TableQuestion, bulletins: Sequence[Bulletin], about: Field
) -> tuple[str, tuple[tuple[Bulletin, Shown], ...]] | None:
    """The case and what answers; None where readers might disagree."""
    cell = question.cell
    answers = tuple((one, one.shown[cell]) for one in bulletins if cell in one.shown)
    stated = {found for one in bulletins for found in (*one.shown, *one.untold)}
    if question.form in ("named", "most") and not _distinct(question, bulletins, about):
        return None
    if answers:
        # Whose a figure is must stand in its row, and first.
        named = question.form in ("named", "most")
        sure = all(shown.row.startswith(shown.name if named else "") for _, shown in answers)
        return (ANSWERED, answers) if sure and all(shown.row for _, shown in answers) else None
    same = {found for found in stated if found.measure == cell.measure}
    if not same:
        return OTHER_MEASURE, ()
    if not any(found.year == cell.year for found in same):
        return OTHER_YEAR, ()
    if cell in stated or cell.entity is None:
        return NOT_STATED, ()
    return OTHER_ENTITY, ()


def _distinct(question: TableQuestion, bulletins: Sequence[Bulletin], about: Field) -> bool:
    """Whether nobody else's figure is like this one, or all others are told and lower."""
    cell = question.cell
    if cell.entity not in about.entities:
        return False
    own = about.value(cell)
    others = [cell._replace(entity=one) for one in about.entities if one is not cell.entity]
    if question.form == "named":
        return all(abs(about.value(other) - own) > 0.02 * own for other in others)
    untold = {found for one in bulletins for found in one.untold}
    return all(about.value(other) < 0.98 * own for other in others) and not any(
        other in untold for other in (cell, *others)
    )


def _ask(
    rng: random.Random, prefix: str, about: Field, bulletins: Sequence[Bulletin]
) -> Iterator[TableAsked]:
    pools: dict[str, dict[TableQuestion, tuple[tuple[Bulletin, Shown], ...]]] = {}
    for _ in range(_TRIES):
        question = _proposed(rng, about, bulletins)
        verdict = judge(question, bulletins, about)
        if verdict is not None:
            pools.setdefault(verdict[0], {})[question] = verdict[1]
    for number in range(QUESTIONS):
        case = rng.choices(list(_SHARES), list(_SHARES.values()))[0]
        if not pools.get(case):
            continue
        question = rng.choice(list(pools[case]))
        answers = pools[case].pop(question)
        named = question.form in ("named", "most")
        evidence = tuple(
            Evidence(one.document.name, shown.row, shown.name if named else shown.text)
            for one, shown in answers
        )
        own = [one for one, _ in answers] or list(bulletins)
        language = rng.choice(own).document.language
        if rng.random() < 0.5:
            language = rng.choice(LANGUAGES)
        text = wording(rng, question, about, language)
        yield TableAsked(f"{prefix}-t{number:02}", text, language, case, evidence, question)


def _proposed(rng: random.Random, about: Field, bulletins: Sequence[Bulletin]) -> TableQuestion:
    """A question on a figure that is in a table, or on one near it."""
    cells = list(rng.choice(bulletins).shown)
    cell = rng.choice(cells)
    form = rng.choices(list(_FORMS), list(_FORMS.values()))[0]
    if cell.entity is None or (form == "total" and MEASURES[cell.measure].value != "percent"):
        return TableQuestion("total", _near(rng, cell._replace(entity=None), about, bulletins))
    if form == "most":
        entities = [cell._replace(entity=entity) for entity in about.entities]
        cell = max(entities, key=about.value)
    cell = _near(rng, cell, about, bulletins)
    if form in ("named", "most") and cell.entity in about.absent:
        form = "cell"
    return TableQuestion("cell" if form == "total" else form, cell)


def _near(rng: random.Random, cell: Cell, about: Field, bulletins: Sequence[Bulletin]) -> Cell:
    """The cell itself half the time, else another that need not be in a table."""
    untold = [found for one in bulletins for found in one.untold]
    change = rng.choice(("", "", "", "", "year", "entity", "measure", "untold"))
    if change == "untold" and untold and cell.entity is not None:
        return rng.choice(untold)
    if change == "year":
        return cell._replace(year=rng.choice(about.years))
    if change == "entity" and cell.entity is not None:
        return cell._replace(entity=rng.choice(about.absent))
    if change == "measure":
        return cell._replace(measure=rng.choice(about.measures))
    return cell


def wording(rng: random.Random, question: TableQuestion, about: Field, language: str) -> str:
    """The question in words."""
    lexicon, cell = TABLE_LEXICA[language], question.cell
    style = random_style(rng, about.currency)
    measure = measure_wording(cell.measure, language)
    slots = {
        "place": about.place[language],
        "types": kind_words(about.kind, language),
        "label": measure.label,
        "year": digits(str(cell.year), language, style),
    }
    if question.form == "named":
        slots["value"] = _told(rng, cell, about, language)
    if question.form == "cell" and cell.entity is not None:
        slots["entity"] = cell.entity[language]
        # Attributes of reports are asked for with the mark that measures leave out.
        text = fill(rng.choice(measure.questions), slots).text.rstrip("?？؟。")
    else:
        text = filled_in(rng.choice(lexicon.phrases[f"ask_{question.form}"]), slots)
    manner = "polite" if rng.random() < _POLITE else "plain"
    return fill(rng.choice(RULE_LEXICA[language].phrases[manner]), {"q": text}).text


def _told(rng: random.Random, cell: Cell, about: Field, language: str) -> str:
    """A figure as a question has it, its unit said."""
    number, kind = about.value(cell), MEASURES[cell.measure].value
    if kind == "percent":
        return f"{number:.1f}%"
    if kind == "count":
        return f"{number:,.0f}"
    currency = CURRENCIES[about.currency][language]
    if rng.random() < 0.5:
        unit = TABLE_LEXICA[language].phrases["million"][0].replace("{currency}", currency)
        space = LEXICA[language].space
        return f"{number / 1e6:,.1f}{space}({unit})" if space else f"{number / 1e6:,.1f}（{unit}）"
    return f"{number:,.0f}{LEXICA[language].space}{currency}"
