"""Invented reports cut into passages as the product does, and where test queries are answered."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rag.documents.chunking import chunk_document
from rag.encoder.onnx_backend import open_onnx
from rag.encoder.tokens import Tokens
from rag.reader_model.inputs import Linear
from rag.reader_model.passages import reader_passage
from rag.readers import read
from rag.schema import Chunk, Document


@dataclass(frozen=True)
class Passage:
    """A chunk of an invented report, ready to be read."""

    chunk: Chunk
    heading: str
    linear: Linear
    language: str


def open_tokens(cache: Path) -> Tokens:
    """The packaged model's tokenizer."""
    return open_onnx(cache, lambda _: None).tokens


def passages_of(file: Path, tokens: Tokens, max_tokens: int) -> list[Passage]:
    """The passages of a report whose name ends with its language (``name.ar.md``)."""
    reading = read(file)
    language = file.stem.rpartition(".")[2]
    document = Document(file.stem, file.name, "", language, reading)
    chunks = chunk_document(
        document,
        max_tokens=max_tokens,
        count_tokens=lambda texts: [len(ids) for ids in tokens.ids(texts)],
        detect_language=lambda _: language,
    )
    made = [(chunk, reader_passage(document, chunk)) for chunk in chunks]
    return [Passage(chunk, one.heading, one.linear, language) for chunk, one in made]


def placed_evidence(
    query: dict[str, Any], passages: Sequence[Passage]
) -> tuple[list[tuple[int, int, int]], list[int]]:
    """Where the passages answer: (passage, start, end) of the answer in the text as it is read.

    And all passages that touch a quote of the evidence, whether the answer could be placed or not.
    The answer is looked for in the quote; where it does not stand there, the quote answers.
    """
    quotes = {
        (one["doc"], one["quote"])
        for evidence in query["evidence"]
        for one in evidence.get("any", [evidence])
        if "quote" in one
    }
    found, touched = [], []
    for number, passage in enumerate(passages):
        for document, quote in quotes:
            if passage.chunk.document != document:
                continue
            at = passage.chunk.text.find(quote)
            if at < 0:
                if quote[:24] in passage.chunk.text or quote[-24:] in passage.chunk.text:
                    touched.append(number)
                continue
            touched.append(number)
            inside = [a for a in query["answers"] if a in quote]
            answer = max(inside, key=len) if inside else quote
            start = at + quote.index(answer)
            span = _linear_span(passage.linear, start, start + len(answer))
            if span:
                found.append((number, *span))
    return found, touched


def _linear_span(linear: Linear, start: int, end: int) -> tuple[int, int] | None:
    inside = [i for i, place in enumerate(linear.places) if start <= place < end]
    return (inside[0], inside[-1] + 1) if inside else None
