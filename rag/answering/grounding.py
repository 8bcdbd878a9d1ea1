"""Whether a passage bears a sentence out: checked on its words, trusting nobody who wrote it.

Every number, date, percentage, clause number, quotation and name of the sentence must stand in a
passage that it cites, and its meaning must be near that passage. A sentence that turns a passage
round without a new name or number ("may" for "must not", the giver for the taker) passes: this
shows what a sentence cannot rest on, not that it is true.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property
from typing import Literal, TypeVar

from rag.answering.dates import Date, dates, holds
from rag.answering.names import capitalised, quoted, stated_words
from rag.answering.numbers import Number, Stated, claimed, folded, stated
from rag.text.fold import fold
from rag.text.sentences import sentence_spans
from rag.text.terms import CLAUSE_MARK, single_terms

Reason = Literal["citation", "number", "date", "clause", "name", "quotation", "meaning"]

REASONS: tuple[Reason, ...] = (
    "citation",
    "number",
    "date",
    "clause",
    "name",
    "quotation",
    "meaning",
)
"""Why a sentence is not borne out: it cites nothing that exists, a thing of this kind in it stands
in no passage that it cites, or its meaning is far from all of them."""

_Item = TypeVar("_Item")

_MARK = re.compile(r"(?:\s*[\[［【]\s*\d{1,3}(?:\s*[,，、;；]\s*\d{1,3})*\s*[\]］】])+")
_DIGITS = re.compile(r"\d+")
_ENDS = frozenset(".!?。！？؟…।")
_SPACE = re.compile(r"\s+")
_LINE_START = re.compile(r"(?m)^[ \t]*(?:[-*•>#]+|\d{1,2}[.)])[ \t]+")


@dataclass(frozen=True, slots=True)
class Claim:
    """A sentence as a model wrote it, its marks taken out, and the passages it cites, from 1."""

    text: str
    cited: tuple[int, ...]


@dataclass(frozen=True)
class Ground:
    """A passage as evidence: its text, and ``around``, the headings and title it was shown with."""

    text: str
    language: str
    around: str = ""

    @property
    def whole(self) -> str:
        """The passage below what it stands under."""
        return f"{self.around}\n{self.text}"

    @cached_property
    def _folded(self) -> str:
        return folded(self.whole)

    @cached_property
    def numbers(self) -> Stated:
        """The numbers it states; those of its dates and clauses too."""
        own = stated(self._folded, self.language)
        named = [clause.removeprefix(CLAUSE_MARK) for clause in self.clauses]
        more = [Fraction(date.year) for date in self.dates if date.year is not None]
        more += [Fraction(number) for number in named if number.isdigit()]
        return Stated(own.values | {(value, "") for value in more}, own.scales, own.percent)

    @cached_property
    def dates(self) -> list[Date]:
        """The dates it states."""
        return dates(self._folded)

    @cached_property
    def years(self) -> frozenset[int]:
        """Numbers that may be years."""
        values = stated(self._folded, self.language).values
        return frozenset(int(v) for v, kind in values if not kind and 1300 <= v < 2100)

    @cached_property
    def clauses(self) -> frozenset[str]:
        """The terms of the clauses it names or is."""
        terms = single_terms(self.whole, self.language)
        return frozenset(term for term in terms if term.startswith(CLAUSE_MARK))

    @cached_property
    def words(self) -> str:
        """Its words in Latin letters in a row."""
        return stated_words(self.whole)

    @cached_property
    def squeezed(self) -> str:
        """All of it, folded, without white space."""
        return _SPACE.sub("", fold(self.whole))


@dataclass(frozen=True)
class Specifics:
    """What a sentence says that must stand in its passages letter by letter or by value."""

    numbers: tuple[Number, ...] = ()
    dates: tuple[Date, ...] = ()
    clauses: frozenset[str] = frozenset()
    names: tuple[tuple[str, ...], ...] = ()
    quotations: tuple[str, ...] = field(default=())

    def missing(self, grounds: Sequence[Ground]) -> tuple[Reason, ...]:
        """The kinds of which something stands in none of ``grounds``."""
        tests: tuple[tuple[Reason, bool], ...] = (
            ("number", _all_in(self.numbers, grounds, lambda n, g: g.numbers.holds(n))),
            ("date", _all_in(self.dates, grounds, lambda d, g: holds(g.dates, d, g.years))),
            ("clause", _all_in(self.clauses, grounds, _has_clause)),
            ("name", _all_in(self.names, grounds, _has_name)),
            ("quotation", _all_in(self.quotations, grounds, lambda q, g: q in g.squeezed)),
        )
        return tuple(reason for reason, held in tests if not held)

    def count_in(self, ground: Ground) -> int:
        """How many of them stand in ``ground``."""
        return sum(
            (
                sum(ground.numbers.holds(number) for number in self.numbers),
                sum(holds(ground.dates, date, ground.years) for date in self.dates),
                sum(_has_clause(clause, ground) for clause in self.clauses),
                sum(_has_name(name, ground) for name in self.names),
                sum(quotation in ground.squeezed for quotation in self.quotations),
            )
        )


def claims(text: str, language: str) -> list[Claim]:
    """The sentences of ``text`` with what each cites: ``[1]``, ``[1][2]``, ``[1, 2]`` or ``【1】``.

    A mark belongs to the sentence it follows, before or after its full stop. Sentences said before
    are left out.
    """
    text = _LINE_START.sub("", text.strip())
    plain, marks, at = "", [], 0
    for mark in _MARK.finditer(text):
        plain += text[at : mark.start()]
        marks.append((len(plain), tuple(int(n) for n in _DIGITS.findall(mark[0]))))
        at = mark.end()
        if plain[-1:] in _ENDS and text[at : at + 1].strip():
            plain += "\n"
    plain += text[at:]
    spans = sentence_spans(plain, language)
    found: dict[str, Claim] = {}
    for index, (start, end) in enumerate(spans):
        until = spans[index + 1][0] if index + 1 < len(spans) else len(plain) + 1
        cited = [number for place, numbers in marks if start < place <= until for number in numbers]
        sentence = plain[start:end]
        if any(character.isalnum() for character in sentence):
            found.setdefault(sentence, Claim(sentence, tuple(dict.fromkeys(cited))))
    return list(found.values())


def specifics(sentence: str, language: str) -> Specifics:
    """What ``sentence`` in ``language`` says that its passages must say too."""
    plain = folded(sentence)
    named = dates(plain)
    rest = list(plain)
    for date in named:
        rest[date.start : date.end] = " " * (date.end - date.start)
    without_dates = "".join(rest)
    clauses = {t for t in single_terms(sentence, language) if t.startswith(CLAUSE_MARK)}
    numbers = [
        number
        for number in claimed(without_dates, language)
        if f"{CLAUSE_MARK}{number.text}" not in clauses
    ]
    return Specifics(
        numbers=tuple(numbers),
        dates=tuple(named),
        clauses=frozenset(clauses),
        names=tuple(capitalised(sentence, language)),
        quotations=tuple(quoted(sentence)),
    )


def unproven(
    claim: Claim, language: str, grounds: Sequence[Ground], nearness: float, least: float
) -> tuple[Reason, ...]:
    """Why ``grounds``, the passages that ``claim`` cites and that exist, do not bear it out.

    ``nearness``, -1 to 1, is the cosine of its meaning and theirs, which must be ``least`` or more.
    Empty when nothing speaks against it.
    """
    if not grounds:
        return ("citation",)
    reasons = specifics(claim.text, language).missing(grounds)
    return (*reasons, "meaning") if nearness < least else reasons


def _has_clause(clause: str, ground: Ground) -> bool:
    number = clause.removeprefix(CLAUSE_MARK)
    # 4.2 at a paragraph's start is a clause's number; a plain 7 may count anything.
    return clause in ground.clauses or ("." in number and f" {number} " in ground.words)


def _has_name(name: tuple[str, ...], ground: Ground) -> bool:
    if f" {' '.join(name)} " in ground.words:
        return True
    if "and" not in name and "&" not in name:
        return False
    cut = name.index("and") if "and" in name else name.index("&")
    return all(not part or _has_name(part, ground) for part in (name[:cut], name[cut + 1 :]))


def _all_in(
    items: Iterable[_Item], grounds: Sequence[Ground], test: Callable[[_Item, Ground], bool]
) -> bool:
    return all(any(test(item, ground) for ground in grounds) for item in items)
