"""Test queries asked of the reports that they are about."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from rag.answering.asking import READ, passage_reader, question_of, share_terms
from rag.answering.comparing import Read, features_of
from rag.answering.extraction import candidates
from rag.answering.reader import Answers, Reader, reader_of_hits
from rag.app import make_stages
from rag.config import Settings
from rag.documents.chunking import facts_line
from rag.encoder import Encoder
from rag.evaluation.locate import Item, locate
from rag.evaluation.queries import Query, read_queries
from rag.index import FolderEngine, Index, build
from rag.retrieval.retriever import Retriever
from rag.schema import Hit
from rag.text.terms import single_terms
from tools.trials import ANSWERED, Asked, Row, Trial

OWN, ACROSS = "reports, own", "reports, across"


def queried(
    folder: Path,
    settings: Settings,
    encoder: Encoder,
    reader: Reader | None = None,
    index_at: Path | None = None,
) -> Iterator[Trial]:
    """The queries in ``folder``/queries.jsonl, each asked of the reports in ``folder``/corpus.

    The index is kept in ``index_at``, else in ``folder``/index. The case of a trial is
    ``ANSWERED``, or the query's kind
    where the reports do not answer it. Queries whose ids are alike up to the first "-" are taken to
    be on one subject.
    """
    stages = make_stages(settings, encoder)
    place = index_at or folder / "index"
    build(place, folder / "corpus", stages)
    answers = None if reader is None else reader_of_hits(reader, kept=100_000)
    index = FolderEngine(place).open(require=stages.fingerprints, generation=None)
    retriever, read = Retriever(index, encoder), passage_reader(encoder, kept=len(index))
    queries = read_queries(folder / "queries.jsonl")
    items = locate(queries, index.document).items
    for query in queries:
        rows = _rows(query, items[query.id], retriever, read, encoder, answers)
        if rows:
            # Not by the folder's name: what is held out must not depend on where it lies.
            subject = f"reports {query.id.partition('-')[0]}"
            asked = Asked(query.id, query.lang, query.query, {}, frozenset(), subject)
            case = ANSWERED if query.answerable else query.kind
            yield Trial(asked, _manner(query, items[query.id]), {case: rows})


def _manner(query: Query, items: Sequence[Item]) -> str:
    """Whether a report answers in a language that shares words with the question's, or none."""
    languages = {place.language for item in items for place in item.places}
    own = any(share_terms(query.lang, language) for language in languages)
    return OWN if own or not languages else ACROSS


def _rows(
    query: Query,
    items: Sequence[Item],
    retriever: Retriever,
    read: Read,
    encoder: Encoder,
    answers: Answers | None,
) -> list[Row]:
    """The sentences met, those that overlap the evidence called answers."""
    index = retriever.index
    found = retriever.search(query.query, k=READ, mode="hybrid")
    if found.vector is None:
        return []
    question = question_of(
        found.query,
        found.language,
        found.vector,
        known=index.known,
        passages=len(index),
        encoder=encoder if answers is None else None,
    )
    met = candidates(found.hits, lambda name: index.document(name).reading)
    features = features_of(
        met,
        question,
        analyse=single_terms,
        read=read,
        describe=lambda hit: _facts(index, hit),
        answers=None if answers is None else lambda text, hits: answers(text, hits, index.document),
    )
    return [
        Row(
            feature,
            share_terms(found.language, one.hit.chunk.language),
            any(item.met_by(one.hit.chunk.document, one.start, one.end) for item in items),
            one,
        )
        for one, feature in zip(met, features, strict=True)
    ]


def _facts(index: Index, hit: Hit) -> str:
    return facts_line(index.document(hit.chunk.document))
