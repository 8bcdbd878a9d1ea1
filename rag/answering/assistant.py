"""Answers questions from the current generation of an index."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from rag.answering.asking import READ, passage_reader, question_of, share_terms
from rag.answering.comparing import Weighed, weigh
from rag.answering.conversation import is_followup, rewrite
from rag.answering.evidence import EvidenceModel
from rag.answering.extraction import Candidate, candidates, choose, with_neighbours
from rag.answering.features import Features, Question
from rag.answering.leading import leading, names_another, needed_lead
from rag.answering.missing import missing_words
from rag.answering.quoting import quoted, refused, sources
from rag.answering.reader import Reader, reader_of_hits
from rag.answering.wording import unsure
from rag.answering.writing import Writer
from rag.config import Mode
from rag.documents.chunking import facts_line
from rag.encoder import Encoder
from rag.index import Engine, Index
from rag.reader_model.model import PassageReading
from rag.retrieval.reranking import Reranker
from rag.retrieval.retriever import Filters, Retrieved, Retriever, one_line
from rag.schema import Answer, Facts, Hit
from rag.text.terms import single_terms

_MOST = 3
"""Sentences of the longest answer."""

_SURE_SPAN = 0.4
"""The margin of a span, in tens of logits, from which its value is set in front."""

_MARGIN = 0.5
"""How likely another sentence must answer, as a share of the best one's likelihood."""


class OnAnswer(Protocol):
    """What is told each answer; it may raise RagError."""

    def __call__(
        self,
        answer: Answer,
        *,
        history: Sequence[str],
        filters: Filters,
        mode: Mode,
        index: Index,
    ) -> None:
        """``history`` are the questions before it, ``filters`` what it was limited to.

        Its passages were found in ``index`` by ``mode``; its hits are those that were read.
        """


@dataclass(frozen=True, slots=True)
class Report:
    """A report of the index in one line.

    ``language`` is the one most of it is in, ``languages`` are all that its passages are in.
    """

    name: str
    source: str
    facts: Facts
    language: str
    languages: frozenset[str]
    pages: int

    @property
    def title(self) -> str:
        """What the report calls itself; empty where it does not say."""
        return self.facts.title

    @property
    def format(self) -> str:
        """The file's suffix without the dot."""
        return self.source.rsplit(".", 1)[-1].lower() if "." in self.source else ""


class Assistant:
    """Search and answers over the index of ``engine``; safe to share by threads.

    It moves to a new generation by itself. ``require`` are the fingerprints the index must have
    been built with. ``on_answer`` has every answer before it is given. With ``generation`` it stays
    with that one instead. Every method may raise RagError, whose text is for the person who asked.
    """

    def __init__(
        self,
        engine: Engine,
        encoder: Encoder,
        *,
        require: Mapping[str, str],
        mode: Mode,
        evidence: EvidenceModel,
        reranker: Reranker | None = None,
        reader: Reader | None = None,
        writer: Writer | None = None,
        on_answer: OnAnswer | None = None,
        generation: str | None = None,
    ) -> None:
        self._engine = engine
        self._encoder = encoder
        self._read = passage_reader(encoder)
        self._require = require
        self._mode = mode
        self._evidence = evidence
        self._reader = reader
        self._answers = None if reader is None else reader_of_hits(reader)
        self._reranker = reranker
        self._writer = writer
        self._on_answer = on_answer
        self._generation = generation
        self._lock = threading.Lock()
        self._retriever: Retriever | None = None
        self._reports: tuple[str, tuple[Report, ...]] | None = None
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
        if self._reader is not None:
            self._reader.load()
        self._loaded = True
        yield "done"

    def index(self) -> Index:
        """The current generation, open."""
        return self._current().index

    def documents(self) -> tuple[Report, ...]:
        """The reports in the index, by source."""
        index = self.index()
        with self._lock:
            # Passages are many, and a page lists the reports again and again.
            if self._reports is None or self._reports[0] != index.generation:
                self._reports = (index.generation, tuple(_reports(index)))
            return self._reports[1]

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
        mode: Mode | None = None,
        k: int = READ,
    ) -> Answer:
        """An answer, each sentence cited, or a refusal.

        ``history`` are the former questions of the conversation, oldest first; what ``question``
        leaves out is taken from them. Without ``extractive`` a language model, where one is set,
        words the answer from what was found, and what it says is checked. ``k`` passages are
        found, of which the first ``READ`` are read: the answer is the same with more of them.
        """
        *_, answer = self.ask_stream(
            question, history=history, filters=filters, extractive=extractive, mode=mode, k=k
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
        mode: Mode | None = None,
        k: int = READ,
    ) -> Iterator[str | Answer]:
        """As ``ask``: the text of the sentences proven so far as it grows, at the end the answer.

        Each text begins with the one before it; the answer may be another where the model failed.
        """
        retriever, mode = self._current(), mode or self._mode
        writer = None if extractive else self._writer
        history = tuple(one_line(before) for before in history)
        searched = self._searched(one_line(question), history, writer)
        found = retriever.search(searched, k=max(k, READ), mode=mode, filters=filters)
        for part in self._parts(retriever, question, found, filters, writer):
            if isinstance(part, Answer) and self._on_answer is not None:
                self._on_answer(
                    replace(part, hits=part.hits[:READ]),
                    history=history,
                    filters=filters or Filters(),
                    mode=mode,
                    index=retriever.index,
                )
            yield part

    def _parts(
        self,
        retriever: Retriever,
        question: str,
        found: Retrieved,
        filters: Filters | None,
        writer: Writer | None,
    ) -> Iterator[str | Answer]:
        extracted = self._extract(retriever, found, filters)
        asked = one_line(question)
        if found.query != asked:
            extracted = replace(extracted, query=asked, searched=found.query)
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

    def _extract(self, retriever: Retriever, found: Retrieved, filters: Filters | None) -> Answer:
        index = retriever.index
        asked = self._question(index, found)
        # Marks alone ask nothing, whatever a model makes of them.
        worded = any(character.isalnum() for character in found.query)
        weighed = self._weighed(index, found, asked) if worded else []
        evidence, sure = self._judged(found.language, weighed)
        if not weighed or evidence < self._evidence.least:
            return refused(
                found,
                evidence,
                reports=retriever.reports(filters),
                missing=_missing(index, found),
            )
        sentences = [sentence for sentence, _ in weighed]
        best = choose(sentences, single_terms, most=_MOST, margin=_MARGIN)
        chosen = [needed_lead(c, asked) for c in with_neighbours(best, sentences, _MOST)]
        chosen.sort(
            key=lambda c: names_another(c, asked, index.document(c.hit.chunk.document).reading)
        )
        about = {_place(sentence): features for sentence, features in weighed}
        leads = [
            leading(c, asked, index.document(c.hit.chunk.document).reading)
            if c.answer is None or _names_what_is_asked(about[_place(c)])
            else ""
            for c in chosen
        ]
        answer = quoted(found, chosen, leads, evidence, index)
        if sure or answer.notice:
            return answer
        return replace(answer, notice=unsure(found.language))

    def _judged(self, language: str, weighed: Sequence[Weighed]) -> tuple[float, bool]:
        """How likely the best sentence answers, 0 to 1, and whether that leaves little doubt.

        0 where there is none.
        """
        if not weighed:
            return 0.0, False
        sentence, features = weighed[0]
        own = share_terms(language, sentence.hit.chunk.language)
        likely = self._evidence.answers.probability(features, shares_terms=own)
        return likely, self._evidence.is_sure(likely, shares_terms=own)

    def _current(self) -> Retriever:
        with self._lock:
            if self._retriever is None or not (
                self._generation or self._retriever.index.is_current()
            ):
                index = self._engine.open(require=self._require, generation=self._generation)
                self._retriever = Retriever(index, self._encoder, self._reranker)
            return self._retriever

    def _question(self, index: Index, found: Retrieved) -> Question:
        vector = found.vector
        if vector is None:
            # Terms alone find passages, but sentences are judged by meaning too.
            (vector,) = self._encoder.encode_queries([found.query], [found.language])
        return question_of(
            found.query,
            found.language,
            vector,
            known=index.known,
            passages=len(index),
            encoder=self._encoder if self._answers is None else None,
        )

    def _weighed(self, index: Index, found: Retrieved, question: Question) -> list[Weighed]:
        def describe(hit: Hit) -> str:
            return facts_line(index.document(hit.chunk.document))

        def read_hits(text: str, hits: Sequence[Hit]) -> list[PassageReading]:
            assert self._answers is not None
            return self._answers(text, hits, index.document)

        return weigh(
            candidates(_read(found), lambda name: index.document(name).reading),
            question,
            analyse=single_terms,
            read=self._read,
            describe=describe,
            answers=None if self._answers is None else read_hits,
            likelihood=lambda features, language: self._evidence.sentences.probability(
                features, shares_terms=share_terms(found.language, language)
            ),
        )


def _read(found: Retrieved) -> tuple[Hit, ...]:
    """The passages whose sentences are judged.

    How far one stands behind the best is judged on the scale of cosines. Scores of terms are on
    another: with them alone none stands behind.
    """
    hits = found.hits[:READ]
    return tuple(replace(hit, score=0.0) for hit in hits) if found.mode == "bm25" else hits


def _place(sentence: Candidate) -> tuple[str, int]:
    return sentence.hit.chunk.document, sentence.start


def _names_what_is_asked(features: Features) -> bool:
    """Whether the reader is sure of its span, and names and year of the question are there.

    In the sentence or in what it stands under.
    """
    sure = features.span >= _SURE_SPAN
    return sure and not features.year_mismatch and not features.unnamed


def _missing(index: Index, found: Retrieved) -> tuple[str, ...]:
    """The words of the question that no report of the index has."""
    languages = {language for info in index.documents() for language in info.spoken}
    return missing_words(
        found.query,
        found.language,
        lambda terms: [term.frequency for term in index.known(terms)],
        shared=any(share_terms(found.language, language) for language in languages),
    )


def _reports(index: Index) -> Iterator[Report]:
    for info in index.documents():
        yield Report(
            name=info.name,
            source=info.source,
            facts=info.facts,
            language=info.language,
            languages=frozenset(info.spoken),
            pages=info.pages,
        )
