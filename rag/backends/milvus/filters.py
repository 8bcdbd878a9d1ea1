"""Filters as expressions that the server evaluates."""

from __future__ import annotations

from collections.abc import Sequence

from rag.backends.milvus.text import digest, literal
from rag.retrieval.filters import earliest, label_key, latest
from rag.schema import Filters


def expression(filters: Filters, documents: Sequence[str] | None) -> str:
    """What passages must meet; empty where all pass.

    ``documents`` are the names of those that ``filters.document`` means, None where it is not set.
    """
    conditions = []
    if filters.language is not None:
        conditions.append(f"language == {literal(filters.language)}")
    if documents is not None:
        keys = ",".join(literal(digest(name)) for name in documents)
        conditions.append(f"document_key in [{keys}]")
    if filters.issuer is not None:
        conditions.append(f"issuer == {literal(label_key(filters.issuer))}")
    if filters.kind is not None:
        conditions.append(f"kind == {literal(label_key(filters.kind))}")
    # A report without a date has "" in both fields and is left out.
    if filters.since is not None:
        conditions.append(f'date_to != "" and date_to >= {literal(earliest(filters.since))}')
    if filters.until is not None:
        conditions.append(f'date_from != "" and date_from <= {literal(latest(filters.until))}')
    return " and ".join(f"({condition})" for condition in conditions)


def among(rows: Sequence[int]) -> str:
    """Only these rows."""
    return f"row in [{','.join(map(str, rows))}]"
