"""The dossier's facts as pairs of a label and a value, the same in every format."""

from __future__ import annotations

from collections.abc import Iterator

from rag.export.contents import Dossier, PagePicture, Proof
from rag.locale import Catalogue, language_name
from rag.schema import OCR, Answer, Sentence, doubtful


def heading_facts(dossier: Dossier, texts: Catalogue) -> Iterator[tuple[str, str]]:
    """What was searched for, when it was drawn up, and what the search was limited to."""
    if dossier.answer.searched:
        yield texts.dossier.searched, dossier.answer.searched
    yield texts.dossier.made, f"{dossier.made:%Y-%m-%d %H:%M:%S} UTC"
    limits = (
        f"{texts.dossier.filter_names.get(name, name)} {_filter_value(name, value, texts)}"
        for name, value in dossier.filters.items()
    )
    yield texts.dossier.filters, "; ".join(limits) or texts.dossier.no_filters


def sentence_text(sentence: Sentence, texts: Catalogue) -> str:
    """A sentence, and that its passages do not bear it out where they do not."""
    return f"{sentence.text} ({texts.dossier.unverified})" if sentence.unverified else sentence.text


def sentence_language(answer: Answer, sentence: Sentence) -> str:
    """That of the quote where the sentence is one, else that of the answer."""
    if answer.generator != "extractive":
        return answer.language
    languages = {citation.id: citation.language for citation in answer.citations}
    quoted = next((languages[id_] for id_ in sentence.citations if id_ in languages), "")
    return quoted or answer.language


def notices(dossier: Dossier, texts: Catalogue) -> Iterator[tuple[str, str]]:
    """What to know before relying on the answer: pairs of a sentence and its language."""
    if dossier.answer.notice:
        yield dossier.answer.notice, dossier.answer.language
    yield texts.dossier.notice, texts.language


def proof_facts(proof: Proof, texts: Catalogue) -> Iterator[tuple[str, str]]:
    """Where a quote stands, and what it can be checked by."""
    citation = proof.citation
    yield texts.dossier.report, proof.title
    yield texts.dossier.source, citation.source
    yield texts.dossier.page, _page(citation.page, citation.page_label, texts)
    if citation.section:
        yield texts.dossier.section, " › ".join(citation.section)
    if citation.language:
        yield texts.dossier.quote_language, language_name(citation.language, texts.language)
    yield texts.dossier.characters, f"{citation.start}–{citation.end}"
    yield texts.dossier.sha256, proof.sha256
    known = [] if proof.quality is None else [f"{proof.quality:.2f}"]
    if doubtful(proof.quality, citation.faults):
        known.append(
            texts.dossier.recognised if OCR in citation.faults else texts.dossier.badly_read
        )
    if known:
        yield texts.dossier.quality, "; ".join(known)


def origin_facts(dossier: Dossier, texts: Catalogue) -> Iterator[tuple[str, str]]:
    """By what the answer was made."""
    kind, _, name = dossier.answer.generator.partition(":")
    yield texts.dossier.generator, name or kind if kind == "llm" else texts.dossier.extractive
    checks = dossier.answer.checks
    if checks and kind == "llm":
        counts = {"kept": checks.kept, "marked": checks.marked, "removed": checks.removed}
        yield texts.dossier.checks, texts.dossier.checked.format(**counts)
    yield texts.dossier.generation, dossier.generation
    yield texts.dossier.built, dossier.built
    yield texts.dossier.fingerprints, _listed(dossier.fingerprints.items())
    yield texts.dossier.versions, _listed(dossier.versions.items())


def caption(picture: PagePicture, texts: Catalogue) -> str:
    """What is to be seen on the picture."""
    return (texts.dossier.marked if picture.marked else texts.dossier.unmarked).format(
        page=picture.number
    )


def _page(number: int, label: str | None, texts: Catalogue) -> str:
    if label is None or label == str(number):
        return str(number)
    return texts.dossier.printed.format(page=number, label=label)


def _filter_value(name: str, value: str, texts: Catalogue) -> str:
    return language_name(value, texts.language) if name == "language" else value


def _listed(pairs: object) -> str:
    return "; ".join(f"{name} {value}" for name, value in sorted(pairs))  # type: ignore[call-overload]
