"""An answer as an entry of the record."""

from __future__ import annotations

import hashlib
import platform
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

from rag.distribution import __version__
from rag.index import Index
from rag.json_contract import answer_to_json
from rag.retrieval.retriever import Filters
from rag.schema import Answer, Hit

FORMAT = 2
"""Answers of format 1 were searched for in the mode ``hybrid``, whatever their settings say."""


def entry_of(
    answer: Answer,
    history: Sequence[str],
    filters: Filters,
    index: Index,
    settings: Mapping[str, Any],
) -> dict[str, Any]:
    """What is kept of ``answer``, which was taken from ``index``.

    ``history`` are the questions before it, and ``searched`` in the entry is the one that they
    completed it to. ``settings`` are those that the answer depends on. Passages are kept by id,
    place, score and SHA-256 of their text, not by their words; quotes are kept with their words.
    """
    answered = answer_to_json(answer)
    return {
        "format": FORMAT,
        "time": datetime.now(UTC).isoformat(timespec="milliseconds"),
        "question": answer.query,
        "history": list(history),
        "filters": {name: value for name, value in asdict(filters).items() if value is not None},
        "generation": index.generation,
        "fingerprints": dict(index.manifest.fingerprints),
        "settings": dict(settings),
        "versions": versions(),
        "passages": [passage(hit) for hit in answer.hits],
        "documents": {
            name: index.info(name).sha256
            for name in sorted({citation.document for citation in answer.citations})
        },
        "evidence": answer.evidence,
        **{n: value for n, value in answered.items() if n not in {"query", "nearest"}},
    }


def passage(hit: Hit) -> dict[str, Any]:
    """What is kept of one passage."""
    chunk = hit.chunk
    return {
        "id": chunk.id,
        "document": chunk.document,
        "start": chunk.start,
        "end": chunk.end,
        "sha256": text_hash(chunk.text),
        "score": hit.score,
    }


def text_hash(text: str) -> str:
    """The SHA-256 of ``text`` in UTF-8, hexadecimal."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def versions() -> dict[str, str]:
    """The versions of this program and of Python."""
    return {"rag": __version__, "python": platform.python_version()}
