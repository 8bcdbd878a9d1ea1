"""Rank a BEIR data set with this project's own stages, each corpus entry one passage."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from rag.config import Mode
from rag.evaluation.beir import BeirData, BeirPassage
from rag.retrieval.fusion import group_numbers
from rag.retrieval.ranking import Question, rank, signals_of
from rag.retrieval.sparse import Bm25, SparseIndex
from rag.text.languages import detect, normalise_code
from rag.text.terms import terms

Vectors = NDArray[np.float32]
Run = dict[str, list[tuple[str, float]]]
Progress = Callable[[int], None]


class Encoder(Protocol):
    """Texts to unit vectors (n, d)."""

    @property
    def fingerprint(self) -> str:
        """Equal fingerprints give equal vectors."""

    def encode_queries(self, texts: Sequence[str], languages: Sequence[str]) -> Vectors:
        """Vectors of questions."""

    def encode_passages(
        self, texts: Sequence[str], languages: Sequence[str], progress: Progress | None = None
    ) -> Vectors:
        """Vectors of passages."""


class Ranker:
    """Ranks the passages of one data set; the encoded corpus is kept in ``cache``.

    ``texts`` are what terms are taken from and ``languages`` theirs, a passage each.
    """

    def __init__(
        self,
        data: BeirData,
        encoder: Encoder,
        *,
        cache: Path,
        bm25: Bm25,
        progress: Callable[[str, int], Progress],
    ) -> None:
        self._data = data
        self._encoder = encoder
        self._cache = cache
        self._progress = progress
        self.texts = [f"{p.title}\n{p.text}".strip() for p in data.corpus]
        self._encoded_texts = [_without_number(passage) for passage in data.corpus]
        self.languages = [
            normalise_code(passage.lang) if passage.lang else detect(passage.text)
            for passage in data.corpus
        ]
        self._bm25 = bm25
        self._sparse: SparseIndex | None = None
        self._vectors: Vectors | None = None

    def run(self, mode: Mode, depth: int = 100) -> Run:
        """For each query id the best ``depth`` passages with their scores, best first."""
        queries = self._data.queries
        languages = [detect(query.text) for query in queries]
        questions: Vectors | None = None
        if mode != "bm25":
            corpus = self.vectors()
            questions = self._encoder.encode_queries([query.text for query in queries], languages)
        advance = self._progress(f"ranking, {mode}", len(queries))
        groups = group_numbers(self.languages)
        sparse = None if mode == "dense" else self._terms()
        run: Run = {}
        for number, query in enumerate(queries):
            vector = None if questions is None else questions[number]
            question = Question(query.text, languages[number], vector)
            cosines = None if vector is None else corpus @ vector
            signals = signals_of(question, sparse, cosines)
            found, scores = rank(signals, groups, question.language, depth)
            run[query.id] = [
                (self._data.corpus[i].id, float(score))
                for i, score in zip(found, scores, strict=True)
            ]
            advance(1)
        return run

    def _terms(self) -> SparseIndex:
        if self._sparse is None:
            analysed = [terms(t, code) for t, code in zip(self.texts, self.languages, strict=True)]
            self._sparse = SparseIndex.build(
                analysed, k1=self._bm25.k1, b=self._bm25.b, epsilon=self._bm25.epsilon
            )
        return self._sparse

    def vectors(self) -> Vectors:
        """The passages' vectors (n, d), encoded now or taken from the cache."""
        if self._vectors is None:
            digest = hashlib.sha256(self._encoder.fingerprint.encode())
            for text, language in zip(self._encoded_texts, self.languages, strict=True):
                digest.update(f"\0{language}\0{text}".encode("utf-8", "surrogatepass"))
            file = self._cache / f"{digest.hexdigest()[:24]}.npy"
            if file.is_file():
                self._vectors = np.load(file, mmap_mode="r", allow_pickle=False)
            else:
                advance = self._progress("encoding", len(self._encoded_texts))
                self._vectors = self._encoder.encode_passages(
                    self._encoded_texts, self.languages, advance
                )
                _save(file, self._vectors)
        return self._vectors


def _without_number(passage: BeirPassage) -> str:
    """Title and text; a title that is a number alone is left out, for it is found, not meant."""
    named = any(character.isalpha() for character in passage.title)
    return f"{passage.title}\n{passage.text}".strip() if named else passage.text


def _save(file: Path, vectors: Vectors) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    beside = file.with_suffix(".part")
    with beside.open("wb") as handle:
        np.save(handle, vectors, allow_pickle=False)
    beside.replace(file)
