"""Reads the wordings: ``wording/LANGUAGE.txt``, and those of rules and tables in folders beside it.

A line ``@key label`` opens an attribute, ``? …`` is a question about it, ``= …`` a statement of it
and ``~ …`` one of its matter that does not tell its value. ``%name`` opens a list of choices and
``#name`` one of other phrases; ``#kind one; several; short`` says what an institution, several, and
one just named are called. Templates have slots such as ``{entity}``; a part in ``[…]`` has the year
and is left out where none is said.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from tools.invented.names import LANGUAGES

_FOLDER = Path(__file__).parent / "wording"
_SLOT = re.compile(r"\{(\w+)\}")
_WITH_YEAR = re.compile(r"\[([^\]]*)\]")


@dataclass
class Wording:
    """How one attribute is called, asked for and stated in one language."""

    label: str
    questions: list[str] = field(default_factory=list)
    statements: list[str] = field(default_factory=list)
    bare: list[str] = field(default_factory=list)


@dataclass
class Lexicon:
    """All wordings of one language: attributes by key, lists by name, institutions by kind."""

    language: str
    attributes: dict[str, Wording] = field(default_factory=dict)
    choices: dict[str, list[str]] = field(default_factory=dict)
    phrases: dict[str, list[str]] = field(default_factory=dict)
    institutions: dict[str, tuple[str, str, str]] = field(default_factory=dict)

    def type_words(self, kind: str) -> dict[str, str]:
        """The slots ``type`` (one institution) and ``types`` (several)."""
        one, several, _ = self.institutions[kind]
        return {"type": one, "types": several}

    def short_form(self, kind: str) -> str:
        """What an institution that has just been named is called."""
        return self.institutions[kind][2]

    @property
    def space(self) -> str:
        """What separates two sentences."""
        return "" if self.language in ("zh-Hans", "zh-Hant", "ja") else " "


@dataclass(frozen=True)
class Filled:
    """A filled template, and the span [start, end) of each slot in it."""

    text: str
    spans: dict[str, tuple[int, int]]


def fill(template: str, slots: Mapping[str, str], *, with_year: bool = True) -> Filled:
    """Fill the slots, with or without the parts for the year; the first letter becomes a capital.

    Raises KeyError where a slot has no text.
    """
    template = _WITH_YEAR.sub(r"\1" if with_year else "", template)
    spans: dict[str, tuple[int, int]] = {}
    text, after = "", 0
    for match in _SLOT.finditer(template):
        text += template[after : match.start()]
        spans[match[1]] = (len(text), len(text) + len(slots[match[1]]))
        text += slots[match[1]]
        after = match.end()
    text += template[after:]
    return Filled(text[:1].upper() + text[1:], spans)


def filled_in(template: str, slots: Mapping[str, str]) -> str:
    """The template with its slots filled, as part of a sentence: without a capital."""
    return _SLOT.sub(lambda match: slots[match[1]], template)


def _read(name: str) -> Lexicon:
    lexicon = Lexicon(name.rpartition("/")[2])
    wording, phrases = Wording(""), list[str]()
    for line in (_FOLDER / f"{name}.txt").read_text(encoding="utf-8").splitlines():
        mark, rest = line[:1], line[1:].strip()
        name, _, words = rest.partition(" ")
        if mark == "@":
            wording = lexicon.attributes[name] = Wording(words)
        elif mark == "?":
            wording.questions.append(rest)
        elif mark == "=":
            wording.statements.append(rest)
        elif mark == "~":
            wording.bare.append(rest)
        elif mark == "#" and words:
            one, several, short = words.split("; ")
            lexicon.institutions[name] = (one, several, short)
        elif mark in ("#", "%"):
            phrases = (lexicon.phrases if mark == "#" else lexicon.choices).setdefault(name, [])
        else:
            phrases.append(line)
    return lexicon


LEXICA: dict[str, Lexicon] = {language: _read(language) for language in LANGUAGES}
"""The wordings of reports by language."""

RULE_LEXICA: dict[str, Lexicon] = {language: _read(f"rules/{language}") for language in LANGUAGES}
"""The wordings of rules by language; its attributes are matters."""

TABLE_LEXICA: dict[str, Lexicon] = {language: _read(f"tables/{language}") for language in LANGUAGES}
"""The wordings of statistical tables by language; its attributes are measures."""
