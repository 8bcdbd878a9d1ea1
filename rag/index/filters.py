"""Which documents a filter means."""

from __future__ import annotations

import unicodedata
from collections.abc import Collection
from typing import Protocol

from rag.schema import Facts


class Described(Protocol):
    """What a filter looks at."""

    @property
    def name(self) -> str:
        """What citations call the document."""

    @property
    def source(self) -> str:
        """The path of its file, relative to the corpus."""

    @property
    def facts(self) -> Facts:
        """What the report says of itself."""


def matching(
    info: Described,
    *,
    names: Collection[str] | None = None,
    issuer: str | None = None,
    kind: str | None = None,
    since: str | None = None,
    until: str | None = None,
) -> bool:
    """Whether ``info`` meets every condition that is not None."""
    facts = info.facts
    return (
        (names is None or info.name in names or info.source in names)
        and (issuer is None or _folded(facts.issuer) == _folded(issuer))
        and (kind is None or _folded(facts.kind) == _folded(kind))
        and (since is None or (facts.date != "" and _latest(facts.date) >= _earliest(since)))
        and (until is None or (facts.date != "" and _earliest(facts.date) <= _latest(until)))
    )


def _folded(text: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())


def _earliest(date: str) -> str:
    return date + "-00-00"[len(date) - 4 :] if len(date) >= 4 else date


def _latest(date: str) -> str:
    return date + "-99-99"[len(date) - 4 :] if len(date) >= 4 else date
