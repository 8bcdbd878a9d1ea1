"""Invented rules: laws, circulars and directives with numbered articles, and what each states."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from tools.invented.lexicon import LEXICA, RULE_LEXICA, fill, filled_in
from tools.invented.matters import (
    MATTERS,
    PARTIES,
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
from tools.invented.values import Value, digits, random_style, render

ASPECTS = ("value", "exempt", "penalty", "reason", "start")
"""What an article may state of its matter and those bound by it."""
ENTRY = "entry"
"""The aspect, of no matter, that is the day on which a whole rulebook takes effect."""

_STOPS = {"en": ".", "ar": "."}
_SHARES = {"exempt": 0.34, "penalty": 0.28, "reason": 0.28, "start": 0.14, "notice": 0.2}
_BARE = 0.25
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

    ``quote`` is "" where no words of the rulebook could be told from others.
    """

    rulebook: Rulebook
    bound: Bound
    aspect: str
    number: int
    quote: str
    answer: str


@dataclass(eq=False)
class Rulebook:
    """Rules of one year in one language; ``articles`` has the matter of each by its number."""

    jurisdiction: Jurisdiction
    year: int
    document: Document
    stated: list[Stated] = field(default_factory=list)
    articles: dict[int, Bound] = field(default_factory=dict)


@dataclass(frozen=True)
class _Sentence:
    """A sentence in the article ``number`` that states an aspect, its answer [start, end)."""

    number: int
    bound: Bound
    aspect: str
    text: str
    start: int
    end: int


def bounds(rng: random.Random) -> list[Bound]:
    """The matters and those bound that rulebooks of one world choose from."""
    definitions = [matter for matter in MATTERS.values() if matter.who == "none"]
    others = [matter for matter in MATTERS.values() if matter.who != "none"]
    chosen = [(matter.key, "") for matter in rng.sample(definitions, 3)]
    parties = {group: rng.sample(members, 3) for group, members in PARTIES.items()}
    for matter in rng.sample(others, 9):
        chosen += [(matter.key, party) for party in rng.sample(parties[matter.who], 2)]
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

    def rulebook(self, name: str, subject: Sequence[Bound]) -> Rulebook:
        """The rulebook on these matters, in chapters."""
        title = self.phrase("title", n=str(self.rng.randint(2, 60)), year=str(self.year))
        agency = self.jurisdiction.agency[self.language]
        day = f"{self.year}-{self.rng.randint(1, 12):02}-{self.rng.randint(1, 28):02}"
        front = f"---\ntitle: {title}\nissuer: {agency}\ndate: {day}\n---"
        blocks = [front, f"# {title}", self.sentence(self.phrase("preamble"))]
        articles: dict[int, Bound] = {}
        labels: dict[int, str] = {}
        chapters = self.rng.sample(self.lexicon.phrases["chapter"], 7)
        number, chapter, place = self.rng.choice((0, 0, 3, 10)), 0, 0
        for at, bound in enumerate(subject):
            if at % 3 == 0:
                chapter, place = chapter + 1, 0
                blocks.append(f"## {chapter} {chapters[(chapter - 1) % 7]}")
            number, place = number + 1, place + 1
            articles[number] = bound
            labels[number] = self.label(number, chapter, place)
            blocks += self.article(number, labels[number], bound)
        if self.rng.random() < 0.7:
            blocks += self.entry(number + 1, self.label(number + 1, chapter, place + 1))
        text = "\n\n".join(blocks) + "\n"
        book = Rulebook(
            self.jurisdiction,
            self.year,
            Document(f"{name}.{self.language}", self.language, text),
            articles=articles,
        )
        book.stated += [_placed(book, sentence) for sentence in self.sentences]
        book.stated += self.whole(book, labels)
        return book

    def whole(self, book: Rulebook, labels: dict[int, str]) -> list[Stated]:
        """The articles as such: what each says, and in which its matter stands."""
        found: list[Stated] = []
        for number, bound in book.articles.items():
            main = next(one for one in self.sentences if one.number == number)
            quote = _unique(book.document.text, main.text)
            found.append(Stated(book, bound, "clause", number, quote, main.text))
            if not self.headed:
                line = _line(book.document.text, main.text)
                unique = _unique(book.document.text, line)
                found.append(Stated(book, bound, "where", number, unique, labels[number]))
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
            return digits(f"{chapter}.{place}", self.language, self.notation.style)
        return label_of(number, self.language, self.notation, words=self.label_form == 1)

    def article(self, number: int, label: str, bound: Bound) -> list[str]:
        """The blocks of one article."""
        key, party = bound
        before = len(self.sentences)
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
            self.sentences.append(_Sentence(number, bound, "value", text, 0, len(text)))
            return
        slots["value"] = self.datum(datum, matter)
        filled = fill(self.rng.choice(wording.statements), self.slots(**slots))
        start, end = filled.spans["value"]
        text = self.sentence(filled.text)
        self.sentences.append(_Sentence(number, bound, "value", text, start, end))

    def datum(self, datum: Value | tuple[int, ...], matter: Matter) -> str:
        """What is stated, in words; a list's items are marked, in lines or in the sentence."""
        if isinstance(datum, Value):
            return written(datum, self.language, self.notation)
        items = [choices(matter.options, self.language)[at] for at in datum]
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
        self.sentences[-1] = _Sentence(
            last.number, last.bound, last.aspect, text, last.start, len(text) if whole else last.end
        )
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
        if aspect == "exempt":
            value = self.exempt()
        elif aspect == "penalty":
            amount = Value("amount", random_amount(self.rng, 1, 2000))
            value = written(amount, self.language, self.notation)
        elif aspect == "reason":
            value = filled_in(self.rng.choice(choices("reason", self.language)), self.slots())
        else:
            value = self.day()
        template = self.rng.choice(self.lexicon.phrases[f"state_{aspect}"])
        filled = fill(template, {"value": value})
        start, end = filled.spans["value"]
        text = self.sentence(filled.text)
        self.sentences.append(_Sentence(number, bound, aspect, text, start, end))

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
    """An article's label by its number, of which ``words`` has the numeral spelled out."""
    if language == "en":
        return f"Section {number}" if words else f"Article {number}"
    if language == "ar":
        if words and number <= len(_ARABIC_ORDINALS):
            return f"المادة {_ARABIC_ORDINALS[number - 1]}"
        return f"المادة {digits(str(number), language, notation.style)}"
    numeral = han(number, language) if words else str(number)
    return f"第{numeral}{'條' if language == 'zh-Hant' else '条'}"


def _placed(book: Rulebook, one: _Sentence) -> Stated:
    answer = one.text[one.start : one.end].strip()
    text = book.document.text
    quote = _unique(text, one.text) or _unique(text, _line(text, one.text))
    # Readers of the quote take the answer to be where its words first stand.
    if quote.find(answer) != quote.find(one.text) + one.text.find(answer, one.start):
        quote = ""
    return Stated(book, one.bound, one.aspect, one.number, quote, answer)


def _unique(text: str, quote: str) -> str:
    """The quote, or "" where the text has it more than once."""
    return quote if text.count(quote) == 1 else ""


def _line(text: str, quote: str) -> str:
    """The lines in which the quote first stands."""
    at = text.index(quote)
    return text[text.rfind("\n", 0, at) + 1 : text.find("\n", at + len(quote))]
