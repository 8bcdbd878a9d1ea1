"""The dossier's facts as pairs of a label and a value, the same in every format."""

from __future__ import annotations

from collections.abc import Iterator

from rag.export.contents import Dossier, PagePicture, Proof
from rag.export.wording import Wording, language_name
from rag.schema import OCR, Sentence, doubtful


def heading_facts(dossier: Dossier, wording: Wording) -> Iterator[tuple[str, str]]:
    """What was searched for, when it was drawn up, and what the search was limited to."""
    if dossier.answer.searched:
        yield wording.searched, dossier.answer.searched
    yield wording.made, f"{dossier.made:%Y-%m-%d %H:%M:%S} UTC"
    limits = (
        f"{wording.filter_names.get(name, name)} {_filter_value(name, value, wording)}"
        for name, value in dossier.filters.items()
    )
    yield wording.filters, "; ".join(limits) or wording.no_filters


def sentence_text(sentence: Sentence, wording: Wording) -> str:
    """A sentence, and that its passages do not bear it out where they do not."""
    return f"{sentence.text} ({wording.unverified})" if sentence.unverified else sentence.text


def notices(dossier: Dossier, wording: Wording) -> Iterator[tuple[str, str]]:
    """What to know before relying on the answer: pairs of a sentence and its language."""
    if dossier.answer.notice:
        yield dossier.answer.notice, dossier.answer.language
    yield wording.notice, wording.language


def proof_facts(proof: Proof, wording: Wording) -> Iterator[tuple[str, str]]:
    """Where a quote stands, and what it can be checked by."""
    citation = proof.citation
    yield wording.report, proof.title
    yield wording.source, citation.source
    yield wording.page, _page(citation.page, citation.page_label, wording)
    if citation.section:
        yield wording.section, " › ".join(citation.section)
    if citation.language:
        yield wording.quote_language, language_name(citation.language, wording)
    yield wording.characters, f"{citation.start}–{citation.end}"
    yield wording.sha256, proof.sha256
    known = [] if proof.quality is None else [f"{proof.quality:.2f}"]
    if doubtful(proof.quality, citation.faults):
        known.append(wording.recognised if OCR in citation.faults else wording.badly_read)
    if known:
        yield wording.quality, "; ".join(known)


def origin_facts(dossier: Dossier, wording: Wording) -> Iterator[tuple[str, str]]:
    """By what the answer was made."""
    kind, _, name = dossier.answer.generator.partition(":")
    yield wording.generator, name or kind if kind == "llm" else wording.extractive
    checks = dossier.answer.checks
    if checks and kind == "llm":
        counts = {"kept": checks.kept, "marked": checks.marked, "removed": checks.removed}
        yield wording.checks, wording.checked.format(**counts)
    yield wording.generation, dossier.generation
    yield wording.built, dossier.built
    yield wording.fingerprints, _listed(dossier.fingerprints.items())
    yield wording.versions, _listed(dossier.versions.items())


def caption(picture: PagePicture, wording: Wording) -> str:
    """What is to be seen on the picture."""
    return (wording.marked if picture.marked else wording.unmarked).format(page=picture.number)


def _page(number: int, label: str | None, wording: Wording) -> str:
    if label is None or label == str(number):
        return str(number)
    return wording.printed.format(page=number, label=label)


def _filter_value(name: str, value: str, wording: Wording) -> str:
    return language_name(value, wording) if name == "language" else value


def _listed(pairs: object) -> str:
    return "; ".join(f"{name} {value}" for name, value in sorted(pairs))  # type: ignore[call-overload]
