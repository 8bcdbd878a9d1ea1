"""What a dossier holds, gathered from an answer and the index it was taken from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

from rag.errors import RagError, ReadError
from rag.index import Index
from rag.page_images import PageImages, page_quotes
from rag.retrieval.retriever import Filters
from rag.schema import Answer, Citation, Document

WIDTH = 1100
"""Pixels across the picture of a page."""


@dataclass(frozen=True, slots=True)
class PagePicture:
    """The page ``number`` as PNG; ``marked``: the quote was found on it and is marked."""

    number: int
    png: bytes
    width: int
    height: int
    marked: bool


@dataclass(frozen=True, slots=True)
class Proof:
    """A citation and what it can be checked by.

    ``title`` is the report's, its name where it has none; ``sha256`` is that of the file's bytes.
    ``quality``, 0 to 1, is how well the page was read, None where that is not known. ``problem``
    says why there is no picture of a PDF's page; empty otherwise.
    """

    citation: Citation
    title: str
    sha256: str
    quality: float | None
    pictures: tuple[PagePicture, ...] = ()
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Dossier:
    """An answer with everything that proves it.

    ``made`` is when it was drawn up (UTC), ``built`` when the index was; ``filters`` are what the
    search was limited to, by name; ``fingerprints`` say what the index was made with.
    """

    answer: Answer
    filters: Mapping[str, str]
    made: datetime
    generation: str
    built: str
    fingerprints: Mapping[str, str]
    versions: Mapping[str, str]
    proofs: tuple[Proof, ...]


def gather(
    answer: Answer,
    filters: Filters,
    index: Index,
    images: PageImages,
    *,
    versions: Mapping[str, str],
    width: int = WIDTH,
) -> Dossier:
    """The dossier of ``answer``, which was taken from ``index``.

    Pictures come from the files of the corpus, where they still are the ones that were indexed.
    Raises RagError where the index does not have a quote at its place.
    """
    return Dossier(
        answer=answer,
        filters={name: value for name, value in asdict(filters).items() if value is not None},
        made=datetime.now(UTC).replace(microsecond=0),
        generation=index.generation,
        built=index.manifest.created,
        fingerprints=dict(index.manifest.fingerprints),
        versions=dict(versions),
        proofs=tuple(_proof(citation, index, images, width) for citation in answer.citations),
    )


def _proof(citation: Citation, index: Index, images: PageImages, width: int) -> Proof:
    document = index.document(citation.document)
    if document.text[citation.start : citation.end] != citation.quote:
        raise RagError(
            f"The index was changed since the answer was given: quote {citation.id} is not at its "
            f"place in {citation.document} any more. Ask the question again."
        )
    page = index.page_of(citation.document, citation.start)
    pictures, problem = _pictures(citation, document, index, images, width)
    return Proof(
        citation=citation,
        title=document.reading.facts.title or document.name,
        sha256=document.sha256,
        quality=page.quality,
        pictures=pictures,
        problem=problem,
    )


def _pictures(
    citation: Citation, document: Document, index: Index, images: PageImages, width: int
) -> tuple[tuple[PagePicture, ...], str]:
    if not document.source.lower().endswith(".pdf"):
        return (), ""
    path, found = source_path(index, document.source), []
    quotes = page_quotes(document.text, document.reading.pages, citation.start, citation.end)
    try:
        for number, quote in quotes:
            image = images.picture(path, document.sha256, number, [quote], width=width)
            marked = bool(image.boxes[0])
            found.append(PagePicture(number, image.png, image.width, image.height, marked))
    except ReadError as error:
        return tuple(found), str(error)
    return tuple(found), ""


def source_path(index: Index, source: str) -> Path:
    """Where the file of a document was when the index was built."""
    corpus = Path(index.manifest.corpus)
    return corpus if corpus.is_file() else corpus / source
