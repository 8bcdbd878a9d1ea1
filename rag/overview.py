"""What is in an index, for people and for programs."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict
from typing import Any

from rag.index import Index


def overview(index: Index) -> dict[str, Any]:
    """The object of ``rag info --json``."""
    manifest = index.manifest
    documents = [
        {
            "document": info.name,
            "source": info.source,
            "title": info.facts.title,
            "issuer": info.facts.issuer,
            "kind": info.facts.kind,
            "date": info.facts.date,
            "language": info.language,
            "pages": info.pages,
            "chunks": info.chunks,
            "sha256": info.sha256,
            "notes": list(info.notes),
        }
        for info in index.documents()
    ]
    measured = index.measured
    return {
        "generation": index.generation,
        "created": manifest.created,
        "corpus": manifest.corpus,
        "documents": len(documents),
        "pages": sum(info.pages for info in index.documents()),
        "chunks": len(index),
        "languages": dict(Counter(info.language for info in index.documents()).most_common()),
        "fingerprints": dict(manifest.fingerprints),
        "dense": {"exact": True} if measured is None else {"exact": False, **asdict(measured)},
        "reports": documents,
        "skipped": [{"source": s.source, "reason": s.reason} for s in index.skipped],
    }


def render_overview(described: dict[str, Any]) -> str:
    """``overview`` as lines."""
    lines = [
        f"generation {described['generation']}, built {described['created']} "
        f"from {described['corpus']}",
        f"{described['documents']} reports, {described['pages']} pages, "
        f"{described['chunks']} passages",
        _dense(described["dense"]),
        "",
    ]
    for report in described["reports"]:
        name = " ".join(report["source"].splitlines())
        title = f"  {report['title']}" if report["title"] else ""
        lines.append(f"{name}  [{report['language']}, {report['pages']} pages]{title}")
        lines += [f"    {note}" for note in report["notes"]]
    lines += [f"skipped {item['source']}: {item['reason']}" for item in described["skipped"]]
    return "\n".join(lines)


def _dense(described: dict[str, Any]) -> str:
    if described["exact"]:
        return "dense search: exact"
    return (
        f"dense search: approximate ({described['kind']}), with {described['recall']:.1%} of the "
        f"ten nearest among {described['candidates']} candidates, measured when built"
    )
