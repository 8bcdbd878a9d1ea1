"""Which documents a filter means."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from typing import Protocol

from rag.schema import Facts, Filters
from rag.text.fold import fold
from rag.text.languages import normalise_code


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


class Spoken(Described, Protocol):
    """What is described, with the languages of its passages."""

    @property
    def spoken(self) -> tuple[str, ...]:
        """The languages of its passages."""


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
        and (issuer is None or label_key(facts.issuer) == label_key(issuer))
        and (kind is None or label_key(facts.kind) == label_key(kind))
        and (since is None or (facts.date != "" and latest(facts.date) >= earliest(since)))
        and (until is None or (facts.date != "" and earliest(facts.date) <= latest(until)))
    )


def passes(info: Spoken, filters: Filters) -> bool:
    """Whether a passage of the document may pass ``filters``."""
    return (filters.language is None or filters.language in info.spoken) and matching(
        info,
        names=None if filters.document is None else (filters.document,),
        issuer=filters.issuer,
        kind=filters.kind,
        since=filters.since,
        until=filters.until,
    )


def normalised(filters: Filters | None) -> Filters:
    """``filters`` with the language's code of ``rag.text.languages``, however it was written."""
    filters = filters or Filters()
    if filters.language is None:
        return filters
    return replace(filters, language=normalise_code(filters.language))


def label_key(text: str) -> str:
    """``text`` as issuers and kinds are compared."""
    return fold(text, letters=False, accents=False, space="single")


def earliest(date: str) -> str:
    """An ISO date at any precision made comparable, at the beginning of what it may mean."""
    return date + "-00-00"[len(date) - 4 :] if len(date) >= 4 else date


def latest(date: str) -> str:
    """An ISO date at any precision made comparable, at the end of what it may mean."""
    return date + "-99-99"[len(date) - 4 :] if len(date) >= 4 else date
