"""Each language's mean vector, and what is left of a vector without it."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

import numpy as np

from rag.encoder.backend import Vectors
from rag.errors import ModelError

_MEANS_FILE = Path(__file__).parents[1] / "data" / "language-means.npz"


@dataclass(frozen=True, slots=True)
class LanguageMeans:
    """Mean vectors by language, of questions and of passages apart; each of shape (dimension,).

    A language that has none gets the mean of all the languages.
    """

    queries: Mapping[str, Vectors] = field(default_factory=dict)
    passages: Mapping[str, Vectors] = field(default_factory=dict)

    def remove(self, vectors: Vectors, languages: Sequence[str], *, queries: bool) -> Vectors:
        """``vectors`` (n, dimension) less the mean of each one's language, of unit length again."""
        offsets = self._offsets(languages, queries=queries)
        return vectors if offsets is None else unit(vectors - offsets)

    def shift(self, vectors: Vectors, language: str, *, queries: bool) -> Vectors:
        """``vectors`` (n, dimension), all of one language, less its mean."""
        offsets = self._offsets([language], queries=queries)
        return vectors if offsets is None else vectors - offsets

    def _offsets(self, languages: Sequence[str], *, queries: bool) -> Vectors | None:
        means = self.queries if queries else self.passages
        if not means:
            return None
        common = np.mean(np.stack(list(means.values())), axis=0)
        return np.stack([means.get(language, common) for language in languages])

    def fingerprint(self) -> str:
        """A hash of all the means, short; the same for the same numbers."""
        digest = hashlib.sha256()
        for means in (self.queries, self.passages):
            for language in sorted(means):
                digest.update(language.encode() + means[language].tobytes())
        return digest.hexdigest()[:12]


def unit(vectors: Vectors) -> Vectors:
    """Rows of length 1; a row of zeros stays one."""
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    return np.asarray(vectors / np.maximum(lengths, 1e-12), dtype=np.float32)


def load_means(file: Path = _MEANS_FILE) -> LanguageMeans:
    """The means in ``file``, by default those shipped for the packaged model.

    Raises ModelError where the file is missing or holds no means.
    """
    try:
        return _read_means(file)
    except (OSError, ValueError, BadZipFile) as error:
        raise ModelError(
            f"The language means in {file} cannot be read ({error}). Make them with "
            "tools/language_means.py, or take means out of rag.toml."
        ) from error


def _read_means(file: Path) -> LanguageMeans:
    with np.load(file, allow_pickle=False) as arrays:
        split: dict[str, dict[str, Vectors]] = {"query": {}, "passage": {}}
        for key in arrays.files:
            kind, language = key.split("/", 1)
            split[kind][language] = arrays[key].astype(np.float32)
    return LanguageMeans(split["query"], split["passage"])


def save_means(means: LanguageMeans, file: Path) -> None:
    """Write ``means`` as an .npz that ``load_means`` reads; half precision is enough."""
    arrays: dict[str, Any] = {
        f"{kind}/{language}": vector.astype(np.float16)
        for kind, group in (("query", means.queries), ("passage", means.passages))
        for language, vector in sorted(group.items())
    }
    np.savez_compressed(file, **arrays)
