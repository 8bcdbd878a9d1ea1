"""Answers questions from the current generation of an index."""

from __future__ import annotations

import math
import threading
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from rag.analysis import PAIR_MARK, single_terms
from rag.answering.conversation import is_followup, rewrite
from rag.answering.evidence import EvidenceModel, load_evidence
from rag.answering.extraction import (
    Candidate,
    Likelihood,
    candidates,
    choose,
    weigh,
    with_neighbours,
)
from rag.answering.quoting import quoted, refused, sources
from rag.answering.signs import Question, Signs
from rag.answering.writing import Writer
from rag.chunking import facts_line
from rag.config import Mode
from rag.encoder import Encoder
from rag.fusion import term_groups
from rag.index import Engine, FolderEngine, Index
from rag.ranking import question_terms
from rag.reranking import Reranker
from rag.retrieval import Filters, Retrieved, Retriever
from rag.schema import Answer, Hit

_READ = 8
"""Passages that sentences are taken from."""

_MOST = 3
"""Sentences of the longest answer."""

_MARGIN = 0.5
"""How likely another sentence must answer, as a share of the best one's likelihood."""


Keep = Callable[[Answer, Sequence[str], Filters, Index], None]
"""Is told each answer, the questions before it, what it was limited to and what it was taken from.

It may raise RagError.
"""


@dataclass(frozen=True, slots=True)
class Report:
    """A report of the index in one line; ``format`` is the file's suffix without the dot."""

    name: str
    title: str
    language: str
    pages: int
    format: str


class Assistant:
    """Search and answers over the index in ``root``, or ``engine``'s; safe to share by threads.

    It moves to a new generation by itself. ``require`` are the fingerprints the index must have
    been built with. ``keep`` has every answer before it is given. With ``generation`` it stays with
    that one instead. Every method may raise RagError, whose text is for the person who asked.
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
        writer: Writer | None = None,
        keep: Keep | None = None,
        generation: str | None = None,
        engine: Engine | None = None,
    ) -> None:
        self._engine = engine or FolderEngine(root)
        self._encoder = encoder
        self._require = require
        self._mode: Mode = mode
        self._evidence = evidence or load_evidence()
        self._reranker = reranker
        self._writer = writer
        self._keep = keep
        self._generation = generation
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

    def ask(
        self,
        question: str,
        *,
        history: Sequence[str] = (),
        filters: Filters | None = None,
        extractive: bool = False,
    ) -> Answer:
        """An answer, each sentence cited, or a refusal.

        ``history`` are the former questions of the conversation, oldest first; what ``question``
        leaves out is taken from them. Without ``extractive`` a language model, where one is set,
        words the answer from what was found, and what it says is checked.
        """
        *_, answer = self.ask_stream(
            question, history=history, filters=filters, extractive=extractive
        )
        assert isinstance(answer, Answer)
        return answer

    def ask_stream(
        self,
        question: str,
        *,
        history: Sequence[str] = (),
        filters: Filters | None = None,
        extractive: bool = False,
    ) -> Iterator[str | Answer]:
        """As ``ask``: the text of the sentences proven so far as it grows, at the end the answer.

        Each text begins with the one before it; the answer may be another where the model failed.
        """
        retriever = self._current()
        for part in self._parts(retriever, question, history, filters, extractive=extractive):
            if isinstance(part, Answer) and self._keep is not None:
                self._keep(part, history, filters or Filters(), retriever.index)
            yield part

    def _parts(
        self,
        retriever: Retriever,
        question: str,
        history: Sequence[str],
        filters: Filters | None,
        *,
        extractive: bool,
    ) -> Iterator[str | Answer]:
        writer = None if extractive else self._writer
        searched = self._searched(question, history, writer)
        extracted = self._extract(retriever, searched, filters)
        if searched != question:
            extracted = replace(extracted, query=" ".join(question.split()), searched=searched)
        if writer is None or extracted.refused:
            yield extracted
        else:
            yield from writer.write(extracted, sources(retriever.index))

    def _searched(self, question: str, history: Sequence[str], writer: Writer | None) -> str:
        """``question``, completed from ``history`` where it leaves something out."""
        if not history or not is_followup(question, history):
            return question
        completed = writer.rewrite(question, history) if writer else None
        return completed or rewrite(question, history)

    def _extract(self, retriever: Retriever, question: str, filters: Filters | None) -> Answer:
        found = retriever.search(question, k=_READ, mode="hybrid", filters=filters)
        sentences = self._sentences(retriever.index, found)
        if not sentences or sentences[0].score < self._evidence.least:
            return refused(found, sentences[0].score if sentences else 0.0)
        best = choose(sentences, single_terms, most=_MOST, margin=_MARGIN)
        return quoted(found, with_neighbours(best, sentences, _MOST), retriever.index)

    def _current(self) -> Retriever:
        with self._lock:
            if self._retriever is None or not (
                self._generation or self._retriever.index.is_current()
            ):
                index = self._engine.open(require=self._require, generation=self._generation)
                self._retriever = Retriever(index, self._encoder, self._reranker)
            return self._retriever

    def _question(self, index: Index, found: Retrieved) -> Question | None:
        """What sentences are held against; a term that the index lacks is worth the most."""
        if found.vector is None:
            return None
        counts = Counter(question_terms(found.query, found.language))
        rarest = math.log(2 * len(index) + 1)
        weights = {
            term.term: counts[term.term] * (max(term.idf, 0.0) if term.frequency else rarest)
            for term in index.known(sorted(counts))
            if PAIR_MARK not in term.term
        }
        return Question.of(found.query, found.vector, weights)

    def _sentences(self, index: Index, found: Retrieved) -> list[Candidate]:
        question = self._question(index, found)
        if question is None:
            return []

        def describe(hit: Hit) -> str:
            return facts_line(index.document(hit.chunk.document))

        return weigh(
            candidates(found.hits, lambda name: index.document(name).reading),
            question,
            analyse=single_terms,
            encode=self._encoder.encode_passages,
            describe=describe,
            likelihood=self._likelihood(found.language),
        )

    def _likelihood(self, language: str) -> Likelihood:
        (own,) = term_groups([language])

        def likelihood(signs: Signs, other: str) -> float:
            (group,) = term_groups([other])
            return self._evidence.probability(signs, shares_terms=bool(group == own))

        return likelihood
