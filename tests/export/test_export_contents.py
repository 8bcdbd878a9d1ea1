"""What a dossier is made of, before any format shows it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from cli_tools import Library

from rag.export.contents import Dossier, gather
from rag.index import open_index
from rag.index.reader import FolderIndex
from rag.page_images import PageImages
from rag.schema import Answer, Citation, Document, Facts, Filters

LENGTH = 30


@pytest.fixture(scope="module")
def documents(library: Library) -> tuple[Document, ...]:
    index = open_index(library.index)
    try:
        return tuple(index.document(info.name) for info in index.documents())
    finally:
        index.close()


def dossier_of(library: Library, document: Document) -> Dossier:
    """That of an answer which quotes the beginning of ``document``."""
    quote = document.text[:LENGTH]
    citation = Citation(1, document.name, document.source, 1, None, 0, LENGTH, quote)
    answer = Answer("?", "en", False, quote, (), (citation,), (), "extractive")
    index = open_index(library.index)
    try:
        with PageImages() as images:
            return gather(answer, Filters(language="en"), index, images, versions={"rag": "1"})
    finally:
        index.close()


def test_a_proof_is_called_by_the_reports_title_or_its_name(
    library: Library, documents: tuple[Document, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    titled = documents[0]
    assert titled.reading.facts.title not in ("", titled.name)
    assert dossier_of(library, titled).proofs[0].title == titled.reading.facts.title
    untitled = replace(titled, reading=replace(titled.reading, facts=Facts()))
    monkeypatch.setattr(FolderIndex, "document", lambda *_: untitled)
    assert dossier_of(library, untitled).proofs[0].title == titled.name


def test_the_time_is_utc_in_whole_seconds(
    library: Library, documents: tuple[Document, ...]
) -> None:
    before = datetime.now(UTC).replace(microsecond=0)
    made = dossier_of(library, documents[0]).made
    assert made.microsecond == 0
    assert made.utcoffset() == timedelta(0)
    assert before <= made <= datetime.now(UTC)


def test_only_pdfs_have_pictures_and_only_set_filters_are_named(
    library: Library, documents: tuple[Document, ...]
) -> None:
    for document in documents:
        dossier = dossier_of(library, document)
        (proof,) = dossier.proofs
        assert bool(proof.pictures) == document.source.endswith(".pdf")
        assert (proof.problem, proof.sha256) == ("", document.sha256)
        assert dossier.filters == {"language": "en"}
