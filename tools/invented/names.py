"""Invented names with one rendering a language.

A name is a few syllables, transliterated, or two words that mean something, translated; words for
its kind complete it, such as Bank, 銀行 or بنك.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from tools.invented.tsv import rows

LANGUAGES = ("en", "zh-Hans", "zh-Hant", "ar", "ja")

Rendering = dict[str, str]
"""A text by language."""

# Parts of the names in corpus/, which is tuned on: no invented name may be like one of those.
_AVOIDED = (
    *("merid", "hald", "souka", "sahil", "rimal", "tessel"),
    *("minat", "halej", "lanha", "ingzh", "iazh"),
)
_SHORTEST = 5
_JOINTS = {"en": " ", "zh-Hans": "·", "zh-Hant": "·", "ar": " ", "ja": "・"}
_SYLLABLES = rows("syllables")
_ENDINGS = rows("endings")
_FIRST_WORDS = rows("first_words")
_SECOND_WORDS = rows("second_words")


def _institutions() -> dict[str, list[Rendering]]:
    found: dict[str, list[Rendering]] = {}
    for row in rows("institutions"):
        found.setdefault(row.pop("kind"), []).append(row)
    return found


INSTITUTIONS: dict[str, list[Rendering]] = _institutions()
"""Names of institutions by kind, with ``{}`` for the bare name."""


@dataclass(frozen=True, eq=False)
class Name:
    """One invented name; equal to itself alone. ``kind`` is an institution's, or what else it is.

    ``text`` has its rendering in each of ``LANGUAGES``.
    """

    text: Rendering
    kind: str

    def __getitem__(self, language: str) -> str:
        return self.text[language]


def bare_name(rng: random.Random) -> Rendering:
    """A name of two to four syllables."""
    while True:
        parts = rng.sample(_SYLLABLES, rng.choice((2, 2, 2, 3)))
        if (len(parts) == 2 or rng.random() < 0.3) and rng.random() < 0.75:
            parts.append(rng.choice(_ENDINGS))
        name = {language: "".join(part[language] for part in parts) for language in LANGUAGES}
        name["en"] = name["en"].capitalize()
        latin = name["en"].lower()
        if len(latin) >= _SHORTEST and not any(part in latin for part in _AVOIDED):
            return name


def meaning_name(rng: random.Random) -> Rendering:
    """A translated name of two words, such as Harbour Bridge, 港橋 or جسر الميناء."""
    first, second = rng.choice(_FIRST_WORDS), rng.choice(_SECOND_WORDS)
    return {
        language: first[language] + second[language] for language in ("zh-Hans", "zh-Hant", "ja")
    } | {
        "en": f"{first['en']} {second['en']}",
        "ar": f"{second['ar']} {first['ar']}",
    }


def institution(rng: random.Random, kind: str, base: Rendering | None = None) -> Name:
    """An institution of a kind of ``INSTITUTIONS``, called by ``base`` or a fresh name."""
    if base is None:
        base = meaning_name(rng) if rng.random() < 0.25 and kind != "agency" else bare_name(rng)
    words = rng.choice(INSTITUTIONS[kind])
    return Name({language: words[language].format(base[language]) for language in LANGUAGES}, kind)


def place(rng: random.Random) -> Name:
    """A city or jurisdiction."""
    return Name(bare_name(rng), "place")


def person(rng: random.Random) -> Name:
    """A person with a given and a family name."""
    given, family = bare_name(rng), bare_name(rng)
    texts = {
        language: given[language] + _JOINTS[language] + family[language] for language in LANGUAGES
    }
    return Name(texts, "person")


def clash(left: Name, right: Name) -> bool:
    """Whether one name contains the other in some language."""
    return any(left[code] in right[code] or right[code] in left[code] for code in LANGUAGES)


class Taken:
    """Names that are in use, of which many are searched at once."""

    def __init__(self) -> None:
        self._names: dict[str, set[str]] = {language: set() for language in LANGUAGES}
        self._joined: dict[str, str] = dict.fromkeys(LANGUAGES, "")

    def add(self, names: Sequence[Name]) -> None:
        """Have these in use as well."""
        for language in LANGUAGES:
            added = [name[language] for name in names]
            self._names[language].update(added)
            self._joined[language] += "\n".join(["", *added])

    def clashes(self, name: Name) -> bool:
        """Whether the name and one in use clash."""
        return any(
            name[language] in self._joined[language]
            or not self._names[language].isdisjoint(_parts(name[language]))
            for language in LANGUAGES
        )


def _parts(text: str) -> Iterator[str]:
    return (text[i:j] for i in range(len(text)) for j in range(i + 2, len(text) + 1))
