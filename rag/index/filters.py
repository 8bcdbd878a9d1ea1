"""Which documents a filter means."""

from __future__ import annotations

import unicodedata
from collections.abc import Collection

from rag.index.store import DocumentInfo


def matching(
    info: DocumentInfo,
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
        and (issuer is None or folded(facts.issuer) == folded(issuer))
        and (kind is None or folded(facts.kind) == folded(kind))
        and (since is None or (facts.date != "" and latest(facts.date) >= earliest(since)))
        and (until is None or (facts.date != "" and earliest(facts.date) <= latest(until)))
    )


def folded(text: str) -> str:
    """``text`` as issuers and kinds are compared: without case, width and spare white space."""
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())


def earliest(date: str) -> str:
    """An ISO date at any precision made comparable, at the beginning of what it may mean."""
    return date + "-00-00"[len(date) - 4 :] if len(date) >= 4 else date


def latest(date: str) -> str:
    """An ISO date at any precision made comparable, at the end of what it may mean."""
    return date + "-99-99"[len(date) - 4 :] if len(date) >= 4 else date
