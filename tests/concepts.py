"""A stand-in for the embedding model that knows a few concepts in several languages."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
from index_fakes import read, read_all, stages, write
from numpy.typing import NDArray

from rag.documents.chunking import chunk_document
from rag.encoder import TokenVectors
from rag.index import Index, Stages, build, open_index
from rag.schema import Chunk, Document
from rag.text import terms
from rag.text.languages import detect

CONCEPTS = [
    ("theft", "stolen", "被盗", "سرقة", "盗難"),
    ("liquidity", "流动性", "سيولة", "流動性"),
    ("board", "董事会", "مجلس", "取締役会"),
    ("capital", "资本", "رأس", "資本"),
]
PLAIN = len(CONCEPTS)

REPORTS = {
    "theft.en.txt": "Authority|review|2024-03\n"
    "The theft at the exchange cost 41 million.\n"
    "Article 7 asks the board to report a theft within 24 hours.\n"
    "\fThe board of the bank met twice.",
    "theft.zh.txt": "监管局|通报|2023\n交易所被盗损失四千万元。\n董事会没有审查登记册。",
    "liquidity.ar.txt": "الهيئة|تقرير|2022-11\n"
    "السيولة لدى البنك كافية.\nلم يراجع مجلس الإدارة السجل.",
}


class ConceptEncoder:
    """Unit vectors: one axis a concept that the text names, and one for the rest."""

    fingerprint = "concepts-1"
    dimension = PLAIN + 1
    max_tokens = 512

    def load(self) -> None:
        """There is nothing to load."""

    def encode_queries(self, texts: Sequence[str], languages: Sequence[str]) -> NDArray[np.float32]:
        """Vectors (n, dimension) of questions."""
        return self.encode_passages(texts, languages)

    def encode_passages(
        self,
        texts: Sequence[str],
        languages: Sequence[str],
        progress: Callable[[int], None] | None = None,
    ) -> NDArray[np.float32]:
        """Vectors (n, dimension) of passages."""
        rows = np.zeros((len(texts), self.dimension), dtype=np.float32)
        for row, text in zip(rows, texts, strict=True):
            row[PLAIN] = 0.2
            for axis, words in enumerate(CONCEPTS):
                row[axis] = any(word in text.lower() for word in words)
        return rows / np.linalg.norm(rows, axis=1, keepdims=True)

    def encode_tokens(
        self, texts: Sequence[str], languages: Sequence[str], *, queries: bool
    ) -> list[TokenVectors]:
        """The words between spaces: their mean has the direction of the text's own vector.

        Only where each of its concepts is named once.
        """
        del languages, queries
        return [self._tokens(list(re.finditer(r"\S+", text))) for text in texts]

    @staticmethod
    def _tokens(words: Sequence[re.Match[str]]) -> TokenVectors:
        rows = np.zeros((len(words), PLAIN + 1), dtype=np.float32)
        for row, word in zip(rows, words, strict=True):
            row[PLAIN] = 0.2 / len(words)
            for axis, names in enumerate(CONCEPTS):
                row[axis] = any(name in word[0].lower() for name in names)
        spans = np.array([word.span() for word in words], dtype=np.int64)
        return TokenVectors(rows, spans.reshape(-1, 2))


def _cut(document: Document) -> list[Chunk]:
    return chunk_document(
        document,
        max_tokens=12,
        count_tokens=lambda texts: [len(text.split()) + len(text) // 12 for text in texts],
        detect_language=detect,
    )


def concept_stages() -> Stages:
    """The real passages and terms over the stand-in model."""
    return replace(
        stages(encoder=ConceptEncoder()),
        read_all=read_all(read),
        detect_language=detect,
        chunk=_cut,
        describe=lambda _, chunk: chunk.text,
        analyse=lambda _, chunk: terms.terms(chunk.text, chunk.language),
    )


def build_reports(folder: Path, reports: dict[str, str] = REPORTS) -> Path:
    """Build an index of ``reports``; its folder."""
    build(folder / "index", write(folder / "corpus", reports), concept_stages())
    return folder / "index"


def open_reports(folder: Path) -> Index:
    """The open index of ``REPORTS``."""
    return open_index(build_reports(folder))
