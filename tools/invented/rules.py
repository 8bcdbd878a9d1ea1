"""Invented rules: laws, circulars and directives with numbered articles, and what each states."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from itertools import groupby

from tools.invented.lexicon import LEXICA, RULE_LEXICA, Lexicon, fill, filled_in
from tools.invented.matters import (
    FIGURES,
    MATTERS,
    PARTIES,
    Datum,
    Matter,
    Notation,
    choices,
    han,
    period,
    random_amount,
    random_datum,
    written,
)
from tools.invented.names import Name
from tools.invented.posed import Document
from tools.invented.reports import markdown
from tools.invented.values import Value, digits, random_style, render

ASPECTS = (
    *("value", "exempt", "penalty", "reason", "start"),
    *("cure", "check", "review", "previous", "special"),
)
"""What an article may state of its matter and those bound by it.

"special" is followed by the place of a condition in the list of these: what applies if it is met.
"""
ENTRY = "entry"
"""The aspect, of no matter, that is the day on which a whole rulebook takes effect."""

_STOPS = {"en": ".", "ar": "."}
_SHARES = {
    **{"exempt": 0.34, "penalty": 0.26, "reason": 0.26, "start": 0.13, "notice": 0.15},
    **{"cure": 0.16, "check": 0.14, "review": 0.12, "previous": 0.26},
    "special": 0.3,
}
_BARE = 0.25
_TIERED = 0.35
_DECIMAL = 100
_ANNEXED = 0.4
_ARABIC_ORDINALS = (
    *("الأولى", "الثانية", "الثالثة", "الرابعة", "الخامسة", "السادسة", "السابعة", "الثامنة"),
    *("التاسعة", "العاشرة", "الحادية عشرة", "الثانية عشرة", "الثالثة عشرة", "الرابعة عشرة"),
    *("الخامسة عشرة", "السادسة عشرة", "السابعة عشرة", "الثامنة عشرة", "التاسعة عشرة", "العشرون"),
)

Bound = tuple[str, str]
"""A matter and those bound by its rule, "" where it is a definition."""


@dataclass(frozen=True)
class Jurisdiction:
    """A place and the authority that issues its rules, in whose name the place's stands."""

    place: Name
    agency: Name
    currency: int


@dataclass(frozen=True)
class Stated:
    """What a rulebook states of a matter and those bound: where, and the words that answer.

    ``quote`` is "" where no words of the rulebook could be told from others. ``datum`` is the value
    where one is stated; the aspect "who" has no bound and the words for those bound to it.
    ``number`` is the article's, of the aspect "clause" as ``label_of`` takes it.
    """

    rulebook: Rulebook
    bound: Bound
    aspect: str
    number: int
    quote: str
    answer: str
    datum: Datum | None = None


@dataclass(eq=False)
class Rulebook:
    """Rules of one year in one language; ``articles`` has those bound by each by its number."""

    jurisdiction: Jurisdiction
    year: int
    document: Document
    stated: list[Stated] = field(default_factory=list)
    articles: dict[int, tuple[Bound, ...]] = field(default_factory=dict)


@dataclass(frozen=True)
class _Sentence:
    """A sentence in the article ``number`` that states an aspect, its answer [start, end)."""

    number: int
    bound: Bound
    aspect: str
    text: str
    start: int
    end: int
    datum: Datum | None = None


def bounds(rng: random.Random) -> list[Bound]:
    """The matters and those bound that rulebooks of one world choose from."""
    definitions = [matter for matter in MATTERS.values() if matter.who == "none"]
    others = [matter for matter in MATTERS.values() if matter.who != "none"]
    chosen = [(matter.key, "") for matter in rng.sample(definitions, 3)]
    parties = {group: rng.sample(members, 3) for group, members in PARTIES.items()}
    for matter in rng.sample(others, 9):
        chosen += [
            (matter.key, party) for party in rng.sample(parties[matter.who], rng.choice((2, 2, 3)))
        ]
    return chosen


class RuleWriter:
    """Writes one rulebook in one language and layout."""

    def __init__(
        self, rng: random.Random, language: str, jurisdiction: Jurisdiction, year: int
    ) -> None:
        self.rng, self.language, self.year = rng, language, year
        self.jurisdiction = jurisdiction
        self.lexicon, self.space = RULE_LEXICA[language], LEXICA[language].space
        self.notation = Notation(random_style(rng, jurisdiction.currency), rng.random() < 0.4)
        self.label_form = rng.randrange(3)
        self.headed = rng.random() < 0.3
        self.numbered = rng.random() < 0.5
        self.list_lines = rng.random() < 0.5
        self.list_mark = rng.choice(("({})", "{}.", "{})"))
        self.sentences: list[_Sentence] = []
        self.decimals: dict[int, int] = {}

    def rulebook(self, name: str, subject: Sequence[Bound]) -> Rulebook:
        """The rulebook on these matters, in chapters."""
        title = self.phrase("title", n=str(self.rng.randint(2, 60)), year=str(self.year))
        agency = self.jurisdiction.agency[self.language]
        day = f"{self.year}-{self.rng.randint(1, 12):02}-{self.rng.randint(1, 28):02}"
        front = f"---\ntitle: {title}\nissuer: {agency}\ndate: {day}\n---"
        blocks = [front, f"# {title}", self.sentence(self.phrase("preamble"))]
        articles: dict[int, tuple[Bound, ...]] = {}
        labels: dict[int, str] = {}
        chapters = self.rng.sample(self.lexicon.phrases["chapter"], 7)
        number, chapter, place = self.rng.choice((0, 0, 3, 10)), 0, 0
        runs, annexed = self.runs(subject)
        for at, run in enumerate(runs):
            if at % 3 == 0:
                chapter, place = chapter + 1, 0
                blocks.append(f"## {chapter} {chapters[(chapter - 1) % 7]}")
            number, place = number + 1, place + 1
            articles[number] = run
            labels[number] = self.label(number, chapter, place)
            blocks += self.article(number, labels[number], run)
        if self.rng.random() < 0.7:
            articles[number + 1] = ((ENTRY, ""),)
            blocks += self.entry(number + 1, self.label(number + 1, chapter, place + 1))
        if annexed:
            blocks += [f"## {self.phrase('annex')}", self.annex(annexed)]
        read = "\n\n".join(blocks)
        text = "\n\n".join(markdown(one) if "\t" in one else one for one in blocks) + "\n"
        document = Document(f"{name}.{self.language}", self.language, text)
        book = Rulebook(self.jurisdiction, self.year, document, articles=articles)
        for sentence in self.sentences:
            book.stated += _placed(book, read, sentence, self.lexicon)
        book.stated += self.whole(book, read, labels)
        return book

    def runs(self, subject: Sequence[Bound]) -> tuple[list[tuple[Bound, ...]], list[Bound]]:
        """Those of each article, several where it has all figures of a matter, and of the annex."""
        runs: list[tuple[Bound, ...]] = []
        annexed: list[Bound] = []
        for key, group in groupby(subject, key=lambda bound: bound[0]):
            run = tuple(group)
            if len(run) > 1 and MATTERS[key].value in FIGURES and self.rng.random() < _TIERED:
                if self.rng.random() < _ANNEXED:
                    annexed += run
                else:
                    runs.append(run)
            else:
                runs += [(bound,) for bound in run]
        return runs, annexed

    def whole(self, book: Rulebook, read: str, labels: dict[int, str]) -> list[Stated]:
        """The articles as such: what each says, and in which its matter stands."""
        found: list[Stated] = []
        for number, run in book.articles.items():
            main = next(one for one in self.sentences if one.number == number)
            asked = self.decimals.get(number, number)
            found.append(Stated(book, run[0], "clause", asked, _unique(read, main.text), main.text))
            if not self.headed:
                line = _unique(read, _line(read, main.text))
                found += [
                    Stated(book, one, "where", number, line, labels[number])
                    for one in run
                    if one[1]
                ]
        return found

    def phrase(self, name: str, **slots: str) -> str:
        """One of the phrases of that name, filled."""
        return fill(self.rng.choice(self.lexicon.phrases[name]), self.slots(**slots)).text

    def slots(self, **slots: str) -> dict[str, str]:
        """These and the slots for the place and its authority."""
        place, agency = self.jurisdiction.place, self.jurisdiction.agency
        authority = self.lexicon.phrases["authority"][0]
        return {
            "place": place[self.language],
            "agency": agency[self.language],
            "authority": agency[self.language] if self.rng.random() < 0.2 else authority,
            **slots,
        }

    def sentence(self, text: str) -> str:
        """With the stop that ends a sentence."""
        return text + _STOPS.get(self.language, "。")

    def label(self, number: int, chapter: int, place: int) -> str:
        """An article's label in one of three forms, of which the last is decimal."""
        if self.label_form == 2:
            self.decimals[number] = _DECIMAL * chapter + place
            return _decimal(self.decimals[number], self.language, self.notation)
        return label_of(number, self.language, self.notation, words=self.label_form == 1)

    def article(self, number: int, label: str, run: tuple[Bound, ...]) -> list[str]:
        """The blocks of one article."""
        bound = run[0]
        key, party = bound
        before = len(self.sentences)
        if len(run) > 1:
            text = self.tiers(number, run)
            if self.headed:
                return [f"### {label}", text]
            return [f"{label} {text}"]
        self.main(number, bound)
        spoken = [
            aspect
            for aspect in (*ASPECTS[1:], "notice")
            if party and self.rng.random() < _SHARES[aspect]
        ]
        for aspect in spoken:
            if aspect == "exempt" and self.inline_exemption():
                continue
            self.further(number, bound, aspect)
        texts = [one.text for one in self.sentences[before:]]
        # An exemption within a sentence is recorded with that sentence's text.
        texts = list(dict.fromkeys(texts))
        if self.numbered and len(texts) > 1:
            lines = [f"{self.paragraph(at)} {text}" for at, text in enumerate(texts, start=1)]
        else:
            lines = [self.space.join(texts)]
        if self.headed:
            topic = self.lexicon.attributes[key].label
            return [f"### {label} {topic}" if self.rng.random() < 0.6 else f"### {label}", *lines]
        return [f"{label} {lines[0]}", *lines[1:]]

    def paragraph(self, number: int) -> str:
        """The mark of a paragraph in an article."""
        if self.language == "ja":
            return str(number).translate(str.maketrans("0123456789", "０１２３４５６７８９"))
        if self.language.startswith("zh"):
            return f"（{han(number, self.language)}）"
        return f"({digits(str(number), self.language, self.notation.style)})"

    def main(self, number: int, bound: Bound) -> None:
        """The article's first sentence, which may leave its value untold."""
        key, party = bound
        wording, matter = self.lexicon.attributes[key], MATTERS[key]
        slots = {"firms": self.lexicon.phrases[party][0]} if party else {}
        if wording.bare and self.rng.random() < _BARE:
            text = self.sentence(fill(self.rng.choice(wording.bare), self.slots(**slots)).text)
            self.sentences.append(_Sentence(number, bound, "bare", text, 0, len(text)))
            return
        datum = random_datum(self.rng, matter)
        if isinstance(datum, int):
            text = self.sentence(fill(wording.statements[datum], self.slots(**slots)).text)
            self.sentences.append(_Sentence(number, bound, "value", text, 0, len(text), datum))
            return
        slots["value"] = self.datum(datum, matter)
        template = _joined(self.rng.choice(wording.statements), slots["value"])
        filled = fill(template, self.slots(**slots))
        start, end = filled.spans["value"]
        text = self.sentence(filled.text)
        self.sentences.append(_Sentence(number, bound, "value", text, start, end, datum))

    def figure(self, key: str) -> tuple[Value, str]:
        """A value of a matter that has figures, and how it is written."""
        datum = random_datum(self.rng, MATTERS[key])
        if not isinstance(datum, Value):
            raise TypeError(f"the matter {key} has no figures")
        return datum, written(datum, self.language, self.notation)

    def tiers(self, number: int, run: tuple[Bound, ...]) -> str:
        """An article's text with the figures of all who are bound by a matter."""
        items: list[_Sentence] = []
        for bound in run:
            datum, value = self.figure(bound[0])
            firms = self.lexicon.phrases[bound[1]][0]
            text = filled_in(self.lexicon.phrases["tier"][0], {"firms": firms, "value": value})
            at = text.rindex(value)
            items.append(_Sentence(number, bound, "value", text, at, at + len(value), datum))
        body = self.listed([one.text for one in items])
        topic = self.lexicon.attributes[run[0][0]].label
        template = _joined(self.rng.choice(self.lexicon.phrases["tiers"]), body)
        text = self.sentence(fill(template, self.slots(topic=topic, value=body)).text)
        self.sentences.append(_Sentence(number, run[0], "notice", text, 0, len(text)))
        self.sentences += items
        return text

    def annex(self, annexed: Sequence[Bound]) -> str:
        """A table of figures by those bound, of all matters that bind some of them."""
        keys = list(dict.fromkeys(key for key, _ in annexed))
        parties = list(dict.fromkeys(party for _, party in annexed))
        labels = [self.lexicon.attributes[key].label for key in keys]
        rows = [
            "\t".join([self.phrase("annex_head"), *(one[:1].upper() + one[1:] for one in labels)])
        ]
        for party in parties:
            cells = [self.lexicon.phrases[party][0]]
            found: list[tuple[Bound, Value, int, str]] = []
            for key in keys:
                if (key, party) in annexed:
                    datum, value = self.figure(key)
                    at = len("\t".join(cells)) + 1
                    found.append(((key, party), datum, at, value))
                    cells.append(value)
                else:
                    cells.append("–")
            row = "\t".join(cells)
            rows.append(row)
            self.sentences += [
                _Sentence(0, bound, "value", row, at, at + len(value), datum)
                for bound, datum, at, value in found
            ]
        return "\n".join(rows)

    def datum(self, datum: Value | tuple[int, ...], matter: Matter) -> str:
        """What is stated, in words; a list's items are marked, in lines or in the sentence."""
        if isinstance(datum, Value):
            return written(datum, self.language, self.notation)
        return self.listed([choices(matter.options, self.language)[at] for at in datum])

    def listed(self, items: Sequence[str]) -> str:
        """Items with their marks, in lines or in the sentence."""
        marks = [self.item_mark(at) for at in range(len(items))]
        end = {"en": ";", "ar": "؛"}.get(self.language, "；")
        gap = "\n" if self.list_lines else self.space
        body = f"{end}{gap}".join(
            f"{mark}{self.space}{item}" for mark, item in zip(marks, items, strict=True)
        )
        return ("\n" if self.list_lines else "") + body

    def item_mark(self, at: int) -> str:
        """The mark of a list's item."""
        if self.language == "en":
            return f"({'abcdefg'[at]})"
        if self.language == "ar":
            return f"({'أبجدهوز'[at]})"
        return f"（{han(at + 1, self.language)}）"

    def inline_exemption(self) -> bool:
        """Perhaps have the last sentence name who is exempt; whether it does."""
        last = self.sentences[-1]
        if "\n" in last.text or self.rng.random() < 0.5 or last.aspect not in ("value", "bare"):
            return False
        value = self.exempt()
        template = self.rng.choice(self.lexicon.phrases["inline_exempt"])
        filled = fill(template, {"value": value})
        body = last.text[:-1]
        start, end = (len(body) + at for at in filled.spans["value"])
        text = self.sentence(body + filled.text)
        whole = last.end == len(last.text)
        self.sentences[-1] = replace(last, text=text, end=len(text) if whole else last.end)
        self.sentences.append(_Sentence(last.number, last.bound, "exempt", text, start, end))
        return True

    def exempt(self) -> str:
        """Those who are exempt."""
        template = self.rng.choice(choices("exempt", self.language))
        amount = Value("amount", random_amount(self.rng, 1, 900))
        slots = {
            "n": digits(str(self.rng.randint(4, 60)), self.language, self.notation.style),
            "amount": written(amount, self.language, self.notation),
            "years": period(self.rng.randint(3, 6), "year", self.language, self.notation),
        }
        return filled_in(template, slots)

    def further(self, number: int, bound: Bound, aspect: str) -> None:
        """A further sentence of the article."""
        if aspect == "notice":
            text = self.sentence(self.phrase("state_notice"))
            self.sentences.append(_Sentence(number, bound, aspect, text, 0, len(text)))
            return
        value = self.said(bound, aspect)
        if not value:
            return
        template = self.rng.choice(self.lexicon.phrases[f"state_{aspect}"])
        slots = self.slots(value=value)
        if aspect == "special":
            conditions = choices("condition", self.language)
            at = self.rng.randrange(len(conditions))
            slots["condition"] = filled_in(conditions[at], slots)
            aspect += str(at)
        filled = fill(template, slots)
        start, end = filled.spans["value"]
        text = self.sentence(filled.text)
        self.sentences.append(_Sentence(number, bound, aspect, text, start, end))

    def said(self, bound: Bound, aspect: str) -> str:
        """What a further sentence states, in words; "" where there is nothing to state."""
        if aspect in ("check", "review"):
            name = "role" if aspect == "check" else "frequency"
            return self.rng.choice(choices(name, self.language))
        if aspect in ("previous", "special"):
            return self.other_figure(bound)
        stated = {
            "exempt": self.exempt,
            "penalty": self.penalty,
            "reason": self.reason,
            "start": self.day,
            "cure": self.cure,
        }
        return stated[aspect]()

    def penalty(self) -> str:
        """An amount to be paid for a breach."""
        amount = Value("amount", random_amount(self.rng, 1, 2000))
        return written(amount, self.language, self.notation)

    def reason(self) -> str:
        """What a provision is meant to achieve."""
        return filled_in(self.rng.choice(choices("reason", self.language)), self.slots())

    def cure(self) -> str:
        """How long a breach may last."""
        number, unit = self.rng.choice(((5, "workday"), (10, "day"), (30, "day"), (3, "month")))
        return period(number, unit, self.language, self.notation)

    def other_figure(self, bound: Bound) -> str:
        """A figure other than the one that the article begins with, if that has one."""
        main = next(one for one in reversed(self.sentences) if one.aspect in ("value", "bare"))
        if main.bound != bound or MATTERS[bound[0]].value not in FIGURES or main.datum is None:
            return ""
        while True:
            datum, value = self.figure(bound[0])
            if datum != main.datum:
                return value

    def day(self) -> str:
        """A day of the rulebook's year or the next."""
        day = date(self.year, 1, 1) + timedelta(days=self.rng.randrange(600))
        return render(Value("date", day), self.language, self.notation.style)

    def entry(self, number: int, label: str) -> list[str]:
        """The article on when the rulebook takes effect."""
        filled = fill(self.rng.choice(self.lexicon.phrases["state_entry"]), {"value": self.day()})
        start, end = filled.spans["value"]
        text = self.sentence(filled.text)
        self.sentences.append(_Sentence(number, (ENTRY, ""), ENTRY, text, start, end))
        return [f"### {label}", text] if self.headed else [f"{label} {text}"]


def label_of(number: int, language: str, notation: Notation, *, words: bool) -> str:
    """An article's label by its number, of which ``words`` has the numeral spelled out.

    A number from 100 on, 100 times the chapter and the place in it, is that of a decimal label.
    """
    if number >= _DECIMAL:
        form = RULE_LEXICA[language].phrases["decimal"][0]
        return form.replace("{n}", _decimal(number, language, notation))
    if language == "en":
        return f"Section {number}" if words else f"Article {number}"
    if language == "ar":
        if words and number <= len(_ARABIC_ORDINALS):
            return f"المادة {_ARABIC_ORDINALS[number - 1]}"
        return f"المادة {digits(str(number), language, notation.style)}"
    numeral = han(number, language) if words else str(number)
    return f"第{numeral}{'條' if language == 'zh-Hant' else '条'}"


def _decimal(number: int, language: str, notation: Notation) -> str:
    """The label of chapter and place, its point one in every language."""
    parts = (str(part) for part in divmod(number, _DECIMAL))
    return ".".join(digits(part, language, notation.style) for part in parts)


def _joined(template: str, value: str) -> str:
    """The template, without a space at the end of a line before a list in lines."""
    return template.replace(" {value}", "{value}") if value.startswith("\n") else template


def _placed(book: Rulebook, read: str, one: _Sentence, lexicon: Lexicon) -> list[Stated]:
    """What the sentence states, and of a figure also for whom it stands."""
    quote = _unique(read, one.text) or _unique(read, _line(read, one.text))
    answer = one.text[one.start : one.end].strip()
    at = quote.find(one.text) + one.text.find(answer, one.start)
    found = [
        Stated(
            book, one.bound, one.aspect, one.number, _first(quote, answer, at), answer, one.datum
        )
    ]
    key, party = one.bound
    if one.aspect == "value" and party and MATTERS[key].value in FIGURES:
        firms = lexicon.phrases[party][0]
        at = one.text.lower().find(firms.lower())
        firms = one.text[at : at + len(firms)]
        quote = _first(quote, firms, quote.find(one.text) + at)
        found.append(Stated(book, (key, ""), "who", one.number, quote, firms, one.datum))
    return found


def _first(quote: str, answer: str, at: int) -> str:
    """The quote, or "" where the answer's words stand before their place in it.

    Readers of the quote take the answer to be where its words first stand.
    """
    return quote if quote.find(answer) == at else ""


def _unique(text: str, quote: str) -> str:
    """The quote, or "" where the text has it more than once."""
    return quote if text.count(quote) == 1 else ""


def _line(text: str, quote: str) -> str:
    """The lines in which the quote first stands."""
    at = text.index(quote)
    return text[text.rfind("\n", 0, at) + 1 : text.find("\n", at + len(quote))]
