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
from functools import cached_property
from typing import Literal, TypeVar

from rag.answering.names import capitalised, quoted, stated_words
from rag.answering.stated import Stated, ends_of
from rag.text.fold import fold
from rag.text.quantities import Quantity, quantities
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

_DATES = frozenset({"date", "period"})

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
    def stated(self) -> Stated:
        """The quantities it states."""
        return Stated.of(self.whole, self.language)

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

    quantities: tuple[Quantity, ...] = ()
    clauses: frozenset[str] = frozenset()
    names: tuple[tuple[str, ...], ...] = ()
    quotations: tuple[str, ...] = field(default=())

    def missing(self, grounds: Sequence[Ground]) -> tuple[Reason, ...]:
        """The kinds of which something stands in none of ``grounds``."""
        dates = [q for q in self.quantities if q.kind in _DATES]
        numbers = [q for q in self.quantities if q.kind not in _DATES]
        tests: tuple[tuple[Reason, bool], ...] = (
            ("number", _all_in(numbers, grounds, lambda n, g: g.stated.holds(n))),
            ("date", _all_in(dates, grounds, lambda d, g: g.stated.holds(d))),
            ("clause", _all_in(self.clauses, grounds, _has_clause)),
            ("name", _all_in(self.names, grounds, _has_name)),
            ("quotation", _all_in(self.quotations, grounds, lambda q, g: q in g.squeezed)),
        )
        return tuple(reason for reason, held in tests if not held)

    def count_in(self, ground: Ground) -> int:
        """How many of them stand in ``ground``."""
        return sum(
            (
                sum(ground.stated.holds(quantity) for quantity in self.quantities),
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
    clauses = {t for t in single_terms(sentence, language) if t.startswith(CLAUSE_MARK)}
    return Specifics(
        quantities=tuple(
            end
            for quantity in quantities(sentence, language)
            if _must_stand(quantity, sentence, clauses)
            for end in ends_of(quantity)
        ),
        clauses=frozenset(clauses),
        names=tuple(capitalised(sentence, language)),
        quotations=tuple(quoted(sentence)),
    )


def _must_stand(quantity: Quantity, sentence: str, clauses: set[str]) -> bool:
    """Whether a quantity of a sentence is one that a passage has to state.

    Clauses are compared as such. A single one said in words, and an ordinal, may be a manner of
    speaking.
    """
    in_digits = any(c.isdecimal() for c in sentence[quantity.start : quantity.end])
    if quantity.kind == "reference":
        word, _, path = str(quantity.value).rpartition(" ")
        return bool(word) and f"{CLAUSE_MARK}{path}" not in clauses
    return in_digits or (quantity.kind != "ordinal" and quantity.value != 1)


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
