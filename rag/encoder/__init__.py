"""Text to unit vectors: questions and passages apart, each language's mean removed.

Multilingual encoders place the texts of one language together, whatever they say, so that a pool of
several languages ranks the question's own language first. The offset is nearly the same for all
texts of a language; subtracting its mean and normalising again makes languages comparable
(README, figures).
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from rag.encoder import packaged
from rag.encoder.backend import Backend, Progress, TokenVectors, Vectors, choose
from rag.encoder.means import LanguageMeans, load_means, save_means, unit

if TYPE_CHECKING:
    from rag.config import BackendName

__all__ = [
    "Encoder",
    "LanguageMeans",
    "Progress",
    "TokenVectors",
    "Vectors",
    "load_means",
    "open_backend",
    "save_means",
    "unit",
]


class Encoder:
    """A model and its means, loaded when it is first needed; safe to share by threads.

    Vectors are float32 of shape (n, ``dimension``) and unit length, so their inner product is the
    cosine, from -1 to 1, higher is nearer. Raises ConfigError for a ``backend`` that cannot run
    ``model`` on ``device``.
    """

    def __init__(
        self,
        model: str = packaged.NAME,
        *,
        cache: Path,
        device: str = "cpu",
        backend: BackendName = "auto",
        query_prompt: str | None = None,
        passage_prompt: str | None = None,
        means: LanguageMeans | None = None,
        report: Callable[[str], None] = lambda _: None,
    ) -> None:
        self.model = model
        self._cache = cache
        self._device = device
        self._kind = choose(model, device, backend)
        self._prompts = {"query": query_prompt, "passage": passage_prompt}
        self._report = report
        self._lock = threading.Lock()
        self._loaded: Backend | None = None
        shipped = model == packaged.NAME
        self._means = means if means is not None else load_means() if shipped else LanguageMeans()

    @property
    def dimension(self) -> int:
        """Components of a vector."""
        return self._backend.dimension

    @property
    def max_tokens(self) -> int:
        """The model's window, special tokens counted."""
        return self._backend.max_tokens

    @cached_property
    def fingerprint(self) -> str:
        """Names weights, what runs them, prompts and means: equal ones give equal vectors."""
        if self._kind == "onnx":
            from rag.encoder.onnx_backend import VERSION

            ran = f"onnx-int8-v{VERSION}"
        else:
            ran = "torch"
        if self.model == packaged.NAME:
            weights = f"{packaged.NAME}-{packaged.WEIGHTS_SHA256[:12]}"
        else:
            from rag.encoder.torch_backend import fingerprint_of

            weights = fingerprint_of(self.model)
        prompts = json.dumps(self._prompts, sort_keys=True)
        return f"{weights}/{ran}/{self._means.fingerprint()}/{prompts}"

    def load(self) -> None:
        """Load the model now; raises ModelError with the ways out where it cannot be had."""
        _ = self._backend

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """The number of the model's tokens in each text, special tokens left out."""
        return self._backend.count_tokens(texts) if texts else []

    def encode_queries(self, texts: Sequence[str], languages: Sequence[str]) -> Vectors:
        """Vectors of questions; ``languages`` has the language of each."""
        return self._encode(texts, languages, "query", None)

    def encode_passages(
        self, texts: Sequence[str], languages: Sequence[str], progress: Progress | None = None
    ) -> Vectors:
        """Vectors of passages; ``progress`` is told how many more are done."""
        return self._encode(texts, languages, "passage", progress)

    def encode_tokens(
        self, texts: Sequence[str], languages: Sequence[str], *, queries: bool
    ) -> list[TokenVectors]:
        """The tokens of texts, read as questions or as passages, each language's mean removed.

        They are on one scale with the means, not of unit length. What is beyond the model's window
        has none.
        """
        if not texts:
            return []
        found = self._backend.encode_tokens(texts, self._prompt("query" if queries else "passage"))
        return [
            TokenVectors(self._means.shift(one.vectors, language, queries=queries), one.spans)
            for one, language in zip(found, languages, strict=True)
        ]

    def _encode(
        self, texts: Sequence[str], languages: Sequence[str], kind: str, progress: Progress | None
    ) -> Vectors:
        if not texts:
            return np.zeros((0, self.dimension), dtype=np.float32)
        raw = self._backend.encode(texts, self._prompt(kind), progress)
        return self._means.remove(raw, languages, queries=kind == "query")

    def _prompt(self, kind: str) -> str:
        own = self._prompts[kind]
        if own is not None:
            return own
        names = ("query",) if kind == "query" else ("document", "passage", "corpus")
        prompts = self._backend.prompts
        return next((text for name in names if (text := prompts.get(name))), "")

    @property
    def _backend(self) -> Backend:
        with self._lock:
            if self._loaded is None:
                self._loaded = open_backend(
                    self._kind, self.model, self._cache, self._device, self._report
                )
            return self._loaded


def open_backend(
    kind: str, model: str, cache: Path, device: str, report: Callable[[str], None]
) -> Backend:
    """``model`` ready to run; raises ModelError with the ways out where it cannot be had."""
    if kind == "onnx":
        from rag.encoder.onnx_backend import open_onnx

        return open_onnx(cache, report)
    from rag.encoder.torch_backend import open_torch

    return open_torch(model, cache, device, report)
