"""Vectors for the rows of a build: each text once, and none that is known already."""

from __future__ import annotations

import hashlib
from array import array
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from rag.errors import ModelError
from rag.index.journal import Journal
from rag.index.reader import FolderIndex
from rag.index.stages import BlockEncoder, Encoder

Floats = NDArray[np.float32]

# Texts given to the model at once. Blocks start where those of an interrupted build did, so that
# a text meets the same neighbours in the model's batches.
BLOCK = 256


def text_key(text: str, language: str) -> bytes:
    """A digest of what a vector is made from, besides the model."""
    content = f"{language}\0{text}".encode("utf-8", "surrogatepass")
    return hashlib.sha256(content).digest()


@dataclass(slots=True)
class Vectors:
    """Collects what the rows need.

    A row's vector lies in a row of ``former`` (its number is in ``places``) or is the n-th of
    ``texts`` that are still to be encoded (-1 - n).
    """

    former: FolderIndex | None
    places: array[int] = field(default_factory=lambda: array("q"))
    texts: list[str] = field(default_factory=list)
    languages: list[str] = field(default_factory=list)
    waiting: dict[bytes, int] = field(default_factory=dict)
    _known: dict[bytes, int] | None = None

    @classmethod
    def reusing(cls, former: FolderIndex | None, encoder: Encoder) -> Vectors:
        """Reuse the vectors of ``former``, if they are from the same model."""
        if former is None:
            return cls(None)
        built = (former.manifest.fingerprints.get("model"), former.manifest.counts.dimension)
        return cls(former if built == (encoder.fingerprint, encoder.dimension) else None)

    def add(self, text: str, language: str) -> bytes:
        """One more row, with this text; returns the digest of the text."""
        key = text_key(text, language)
        place = self._place(key)
        if place is None:
            place = self.waiting.setdefault(key, len(self.texts))
            if place == len(self.texts):
                self.texts.append(text)
                self.languages.append(language)
            place = -1 - place
        self.places.append(place)
        return key

    def keep(self, first: int, last: int) -> None:
        """The next rows are those of ``former`` from ``first`` to before ``last``."""
        self.places.extend(range(first, last))

    def _place(self, key: bytes) -> int | None:
        # Not before it is needed: where nothing is added, nobody asks.
        if self._known is None:
            keys = self.former.vector_keys() if self.former is not None else []
            self._known = {key: row for row, key in enumerate(keys)}
        return self._known.get(key)

    def matrix(
        self, encoder: Encoder, journal: Journal, progress: Callable[[int], None]
    ) -> tuple[Floats, int]:
        """The unit vectors of all rows (n, d), and how many texts the model was given.

        Vectors go to ``journal`` as they come, and those that lie there already are taken from
        it. Raises ModelError if the model does not give unit vectors.
        """
        fresh, encoded = self._encode(encoder, journal, progress)
        places = np.frombuffer(self.places, np.int64)
        if len(self.texts) == len(places):
            # Every row has a text of its own: a copy would be as large as all of them.
            return fresh, encoded
        matrix = np.empty((len(places), encoder.dimension), np.float32)
        old, new = places >= 0, places < 0
        if self.former is not None and old.any():
            matrix[old] = self.former.dense.reconstruct(places[old])
        matrix[new] = fresh[-1 - places[new]]
        return matrix, encoded

    def _encode(
        self, encoder: Encoder, journal: Journal, progress: Callable[[int], None]
    ) -> tuple[Floats, int]:
        kept = journal.vectors()
        fresh = np.empty((len(self.texts), encoder.dimension), np.float32)
        keys, todo = list(self.waiting), []
        for i, key in enumerate(keys):
            if (vector := kept.get(key)) is None:
                todo.append(i)
            else:
                fresh[i] = vector
        progress(len(keys) - len(todo))
        blocks = [todo[start : start + BLOCK] for start in range(0, len(todo), BLOCK)]
        contents = (
            ([self.texts[i] for i in block], [self.languages[i] for i in block]) for block in blocks
        )
        made = encode_blocks(encoder, contents, progress)
        for block, vectors in zip(blocks, made, strict=True):
            fresh[block] = vectors
            journal.add([keys[i] for i in block], vectors)
        return fresh, len(todo)


def encode_blocks(
    encoder: Encoder,
    blocks: Iterable[tuple[Sequence[str], Sequence[str]]],
    progress: Callable[[int], None],
) -> Iterator[Floats]:
    """What ``encoder`` makes of each of ``blocks``, texts and languages, in order, checked."""
    if not isinstance(encoder, BlockEncoder):
        for texts, languages in blocks:
            yield encode(encoder, texts, languages, progress)
        return
    for vectors in encoder.encode_blocks(blocks):
        progress(len(vectors))
        yield checked(vectors, len(vectors), encoder.dimension)


def encode(
    encoder: Encoder,
    texts: Sequence[str],
    languages: Sequence[str],
    progress: Callable[[int], None] | None,
) -> Floats:
    """What ``encoder`` makes of ``texts``, checked: one finite vector of length 1 each."""
    vectors = np.asarray(encoder.encode_passages(texts, languages, progress), np.float32)
    return checked(vectors, len(texts), encoder.dimension)


def checked(vectors: Floats, count: int, dimension: int) -> Floats:
    """``vectors``, if they are as many unit vectors of ``dimension``; ModelError otherwise."""
    if vectors.shape != (count, dimension):
        raise ModelError(
            f"The embedding model gave vectors of shape {vectors.shape} for {count} passages "
            f"of dimension {dimension}. Choose another model, or another version of it."
        )
    if not np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-3):
        raise ModelError(
            "The embedding model gave vectors whose length is not 1. Choose another model, or "
            "another version of it."
        )
    return vectors
