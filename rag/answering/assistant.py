"""Answers questions from the current generation of an index."""

from __future__ import annotations

import math
import threading
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from rag.analysis import PAIR_MARK, single_terms
from rag.answering.evidence import EvidenceModel, Signs
from rag.answering.extraction import (
    Candidate,
    Likelihood,
    candidates,
    choose,
    weigh,
    with_neighbours,
)
from rag.answering.wording import refusal
from rag.config import Mode
from rag.encoder import Encoder
from rag.fusion import term_groups
from rag.index import Index, open_index
from rag.ranking import question_terms
from rag.reranking import Reranker
from rag.retrieval import Filters, Retrieved, Retriever
from rag.schema import Answer, Citation, Sentence
from rag.sections import Sections

_READ = 8
"""Passages that sentences are taken from."""

_MOST = 3
"""Sentences of the longest answer."""

_MARGIN = 0.5
"""How likely another sentence must answer, as a share of the best one's likelihood."""


@dataclass(frozen=True, slots=True)
class Report:
    """A report of the index in one line; ``format`` is the file's suffix without the dot."""

    name: str
    title: str
    language: str
    pages: int
    format: str


class Assistant:
    """Search and answers over the index in ``root``; safe to share by threads.

    It moves to a new generation by itself. ``require`` are the fingerprints the index must have
    been built with. Every method may raise RagError, whose text is for the person who asked.
    """

    def __init__(
        self,
        root: Path,
        encoder: Encoder,
        *,
        require: Mapping[str, str],
        mode: Mode = "hybrid",
        evidence: EvidenceModel | None = None,
        reranker: Reranker | None = None,
    ) -> None:
        self._root = root
        self._encoder = encoder
        self._require = require
        self._mode: Mode = mode
        self._evidence = evidence or EvidenceModel()
        self._reranker = reranker
        self._lock = threading.Lock()
        self._retriever: Retriever | None = None
        self._loaded = False

    def ready(self) -> bool:
        """Whether index and model are loaded, so that a question is answered now."""
        return self._retriever is not None and self._loaded

    def load(self) -> Iterator[str]:
        """Open the index and load the model; names each step before it is taken."""
        yield "index"
        self._current()
        yield "model"
        self._encoder.load()
        self._loaded = True
        yield "done"

    def index(self) -> Index:
        """The current generation, open."""
        return self._current().index

    def documents(self) -> tuple[Report, ...]:
        """The reports in the index, by source."""
        return tuple(
            Report(
                info.name,
                info.facts.title,
                info.language,
                info.pages,
                info.source.rsplit(".", 1)[-1].lower() if "." in info.source else "",
            )
            for info in self.index().documents()
        )

    def search(
        self,
        question: str,
        *,
        k: int = 10,
        mode: Mode | None = None,
        filters: Filters | None = None,
    ) -> Retrieved:
        """The ``k`` best passages."""
        return self._current().search(question, k=k, mode=mode or self._mode, filters=filters)

    def ask(self, question: str, *, filters: Filters | None = None) -> Answer:
        """An answer of sentences of the reports, each cited, or a refusal."""
        retriever = self._current()
        found = retriever.search(question, k=_READ, mode="hybrid", filters=filters)
        weights = self._weights(retriever.index, found)
        sentences = self._sentences(retriever.index, found, weights)
        if not sentences or sentences[0].score < self._evidence.least:
            return _refuse(found, sentences[0].score if sentences else 0.0)
        best = choose(sentences, single_terms, most=_MOST, margin=_MARGIN)
        return _answer(found, with_neighbours(best, sentences, _MOST), retriever.index)

    def _current(self) -> Retriever:
        with self._lock:
            if self._retriever is None or not self._retriever.index.is_current():
                index = open_index(self._root, require=self._require)
                self._retriever = Retriever(index, self._encoder, self._reranker)
            return self._retriever

    def _weights(self, index: Index, found: Retrieved) -> dict[str, float]:
        """What each term of the question is worth: its rarity; one the index lacks is rarest."""
        counts = Counter(question_terms(found.query, found.language))
        rarest = math.log(2 * len(index) + 1)
        return {
            term.term: counts[term.term] * (max(term.idf, 0.0) if term.frequency else rarest)
            for term in index.sparse.known(sorted(counts))
            if PAIR_MARK not in term.term
        }

    def _sentences(
        self, index: Index, found: Retrieved, weights: Mapping[str, float]
    ) -> list[Candidate]:
        if found.vector is None:
            return []
        return weigh(
            candidates(found.hits, lambda name: index.document(name).reading),
            question_vector=found.vector,
            weights=weights,
            analyse=single_terms,
            encode=self._encoder.encode_passages,
            likelihood=self._likelihood(found.language),
        )

    def _likelihood(self, language: str) -> Likelihood:
        (own,) = term_groups([language])

        def likelihood(signs: Signs, other: str) -> float:
            (group,) = term_groups([other])
            return self._evidence.probability(signs, shares_terms=bool(group == own))

        return likelihood


def _refuse(found: Retrieved, evidence: float) -> Answer:
    text = refusal(found.language)
    return Answer(
        query=found.query,
        language=found.language,
        refused=True,
        text=text,
        sentences=(Sentence(text, ()),),
        citations=(),
        hits=found.hits,
        generator="extractive",
        evidence=evidence,
    )


def _answer(found: Retrieved, chosen: Sequence[Candidate], index: Index) -> Answer:
    citations: dict[tuple[str, tuple[int, int]], Citation] = {}
    sentences: list[Sentence] = []
    for item in chosen:
        ids = []
        for span in [(item.start, item.end), *([item.header] if item.header else [])]:
            key = (item.hit.chunk.document, span)
            if key not in citations:
                citations[key] = _cite(len(citations) + 1, item, span, index)
            ids.append(citations[key].id)
        sentences.append(Sentence(item.text, tuple(ids)))
    return Answer(
        query=found.query,
        language=found.language,
        refused=False,
        text="\n".join(sentence.text for sentence in sentences),
        sentences=tuple(sentences),
        citations=tuple(citations.values()),
        hits=found.hits,
        generator="extractive",
        evidence=chosen[0].score,
    )


def _cite(number: int, item: Candidate, span: tuple[int, int], index: Index) -> Citation:
    chunk, (start, end) = item.hit.chunk, span
    reading = index.document(chunk.document).reading
    page = index.page_of(chunk.document, start)
    return Citation(
        id=number,
        document=chunk.document,
        source=item.hit.source,
        page=page.number,
        page_label=page.label,
        start=start,
        end=end,
        quote=reading.text[start:end],
        section=Sections(reading.headings).at(start),
        language=chunk.language,
    )
