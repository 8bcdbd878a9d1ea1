"""What is in an index, for people and for programs."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict
from typing import Any

from rag.index import DocumentInfo, Index
from rag.index.corrections import READER, origins

_FACTS = ("title", "issuer", "kind", "date", "language")


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
            "origins": origins(info.correction),
            "found": _found(info),
        }
        for info in index.documents()
    ]
    return {
        "generation": index.generation,
        "created": manifest.created,
        "corpus": manifest.corpus,
        "documents": len(documents),
        "pages": sum(info.pages for info in index.documents()),
        "chunks": len(index),
        "languages": dict(Counter(info.language for info in index.documents()).most_common()),
        "fingerprints": dict(manifest.fingerprints),
        "reports": documents,
        "skipped": [{"source": s.source, "reason": s.reason} for s in index.skipped],
    }


def _found(info: DocumentInfo) -> dict[str, str]:
    """What the reader found where people say something else."""
    found = {**asdict(info.found.facts), "language": info.found.language}
    return {key: found[key] for key in found if key in info.correction.values}


def render_overview(described: dict[str, Any]) -> str:
    """``overview`` as lines."""
    lines = [
        f"generation {described['generation']}, built {described['created']} "
        f"from {described['corpus']}",
        f"{described['documents']} reports, {described['pages']} pages, "
        f"{described['chunks']} passages",
        "",
    ]
    for report in described["reports"]:
        name = " ".join(report["source"].splitlines())
        lines.append(f"{name}  [{report['language']}, {report['pages']} pages]")
        lines += [f"    {key:<9}{_stated(report, key)}" for key in _FACTS if _is_told(report, key)]
        lines += [f"    {note}" for note in report["notes"]]
    lines += [f"skipped {item['source']}: {item['reason']}" for item in described["skipped"]]
    return "\n".join(lines)


def _is_told(report: dict[str, Any], key: str) -> bool:
    """Facts that there are; the language, which the first line gives, where it was corrected."""
    return key in report["found"] or (key != "language" and bool(report[key]))


def _stated(report: dict[str, Any], key: str) -> str:
    """A fact and where it is from."""
    origin = report["origins"][key]
    if origin == READER:
        return f"{report[key]}  ({READER})"
    was = f'"{report["found"][key]}"' if report["found"][key] else "none"
    return f"{report[key] or '-'}  ({origin}; the reader found {was})"
