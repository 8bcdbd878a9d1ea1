"""A cross-encoder that reads question and passage together; optional, and off by default."""

from __future__ import annotations

import os
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from rag.errors import ModelError

if TYPE_CHECKING:
    from sentence_transformers import CrossEncoder


class Reranker:
    """Any sentence-transformers ``CrossEncoder``, by name or folder, loaded when first needed."""

    def __init__(self, model: str, *, device: str = "cpu") -> None:
        self.model = model
        self._device = device
        self._lock = threading.Lock()
        self._loaded: CrossEncoder | None = None

    def scores(self, question: str, passages: Sequence[str]) -> NDArray[np.float32]:
        """One score a passage, shape (n,), higher is better, on the model's own scale.

        Raises ModelError where the model cannot be had.
        """
        if not passages:
            return np.zeros(0, dtype=np.float32)
        with self._lock:
            if self._loaded is None:
                self._loaded = _open(self.model, self._device)
            pairs = [(question, passage) for passage in passages]
            values = self._loaded.predict(pairs, show_progress_bar=False)
        return np.asarray(values, dtype=np.float32).reshape(len(passages), -1)[:, 0]


def _open(model: str, device: str) -> CrossEncoder:
    folder = Path(model).expanduser()
    if folder.is_dir():
        os.environ.setdefault("HF_HUB_OFFLINE", "1")
    try:
        from sentence_transformers import CrossEncoder

        name = str(folder) if folder.is_dir() else model
        loaded: CrossEncoder = CrossEncoder(name, device=device)
        return loaded
    # The libraries below raise whatever went wrong: OSError, ValueError, RuntimeError, HTTP errors.
    except Exception as error:
        reason = next(iter(str(error).strip().splitlines()), type(error).__name__)[:200]
        raise ModelError(
            f'The reranker "{model}" is not on this machine and cannot be fetched, or is no '
            f"cross-encoder ({reason}). Give reranker in rag.toml the path of a folder that holds "
            "one, or take the line out."
        ) from error
