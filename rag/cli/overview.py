"""What is in an index, for people and for programs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any, Literal

from pydantic import TypeAdapter

from rag.index import DocumentInfo, Index
from rag.index.corrections import READER, origins
from rag.json_contract import DenseJson, InfoJson, ReportJson
from rag.schema import (
    DISAGREEMENT,
    EMPTY,
    FAULTS,
    GARBLED,
    OCR,
    PICTURE,
    SCRIPT,
    UNREAD,
    Page,
)

WORST_PAGES = 5
"""How many pages of a report are listed with what is wrong."""

Fact = Literal["title", "issuer", "kind", "date", "language"]
_INFO = TypeAdapter(InfoJson)
_FACTS: tuple[Fact, ...] = ("title", "issuer", "kind", "date", "language")
_IN_WORDS = {
    UNREAD: "damaged, nothing could be read",
    PICTURE: "a picture whose text was not read",
    GARBLED: "its text is garbled",
    SCRIPT: "its text is not in the report's script",
    DISAGREEMENT: "two readers make different text of it",
    OCR: "recognised from a picture",
    EMPTY: "it shows nothing",
}


def overview(index: Index) -> InfoJson:
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
            "notes": info.notes,
            **_quality(index.pages(info.name)),
            "origins": origins(info.correction),
            "found": _found(info),
        }
        for info in index.documents()
    ]
    measured = index.measured
    values = {
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
        "skipped": [asdict(skipped) for skipped in index.skipped],
    }
    return _INFO.validate_python(values)


def _quality(pages: Sequence[Page]) -> dict[str, Any]:
    """How well the pages were read: ``quality`` of all, and the worst of those with faults."""
    known = [page.quality for page in pages if page.quality is not None]
    faulty = sorted(
        (page for page in pages if set(page.faults) - {EMPTY} or page.doubtful),
        key=lambda page: (1.0 if page.quality is None else page.quality, page.number),
    )
    return {
        "quality": {
            "mean": round(sum(known) / len(known), 3) if known else None,
            "lowest": min(known, default=None),
            "pages_with_faults": len(faulty),
        },
        "worst_pages": [
            {"page": page.number, "quality": page.quality, "faults": page.faults}
            for page in faulty[:WORST_PAGES]
        ],
    }


def _quality_lines(report: ReportJson) -> list[str]:
    """The quality of a report in lines, none where every page was read well."""
    quality, worst = report["quality"], report["worst_pages"]
    if not worst:
        return []
    count = quality["pages_with_faults"]
    lines = [
        f"    quality {quality['mean']:.2f} on average, {quality['lowest']:.2f} at the lowest; "
        f"{count} {'page' if count == 1 else 'pages'} to be checked"
    ]
    for page in worst:
        known = [code for code in FAULTS if code in page["faults"]]
        wrong = "; ".join(_IN_WORDS[code] for code in known) or "parts of its text are doubtful"
        lines.append(f"    page {page['page']} ({page['quality']:.2f}): {wrong}")
    if count > len(worst):
        lines.append(f"    and {count - len(worst)} more")
    return lines


def _found(info: DocumentInfo) -> dict[str, str]:
    """What the reader found where people say something else."""
    found = {**asdict(info.found.facts), "language": info.found.language}
    return {key: found[key] for key in found if key in info.correction.values}


def render_overview(described: InfoJson) -> str:
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
        pages = "1 page" if report["pages"] == 1 else f"{report['pages']} pages"
        lines.append(f"{name}  [{report['language']}, {pages}]")
        lines += [f"    {key:<9}{_stated(report, key)}" for key in _FACTS if _is_told(report, key)]
        lines += [f"    {note}" for note in report["notes"]]
        lines += _quality_lines(report)
    lines += [f"skipped {item['source']}: {item['reason']}" for item in described["skipped"]]
    return "\n".join(lines)


def _is_told(report: ReportJson, key: Fact) -> bool:
    """Facts that there are; the language, which the first line gives, where it was corrected."""
    return key in report["found"] or (key != "language" and bool(report[key]))


def _stated(report: ReportJson, key: Fact) -> str:
    """A fact and where it is from."""
    origin = report["origins"][key]
    if origin == READER:
        return f"{report[key]}  ({READER})"
    was = f'"{report["found"][key]}"' if report["found"][key] else "none"
    return f"{report[key] or '-'}  ({origin}; the reader found {was})"


def _dense(described: DenseJson) -> str:
    if described["exact"]:
        return "dense search: exact"
    return (
        f"dense search: approximate ({described['kind']}), with {described['recall']:.1%} of the "
        f"ten nearest among {described['candidates']} candidates, measured when built"
    )
