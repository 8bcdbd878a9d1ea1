"""What runs a model: one interface, two implementations, and which of them a model gets."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, Protocol

import numpy as np
from numpy.typing import NDArray

from rag.encoder import packaged
from rag.errors import ConfigError

if TYPE_CHECKING:
    from rag.config import BackendName

Vectors = NDArray[np.float32]
Progress = Callable[[int], None]


@dataclass(frozen=True, slots=True)
class TokenVectors:
    """The tokens of a text: ``vectors`` (t, d), and ``spans`` (t, 2), the characters of each.

    The vectors are on the scale on which their mean, special tokens included, has length 1.
    """

    vectors: Vectors
    spans: NDArray[np.int64]


class Backend(Protocol):
    """A loaded model; safe to share by threads."""

    @property
    def dimension(self) -> int:
        """Components of a vector."""

    @property
    def max_tokens(self) -> int:
        """The model's window, special tokens counted."""

    @property
    def prompts(self) -> Mapping[str, str]:
        """The model's own prompts by name: ``query``, ``document`` and the like."""

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """The number of tokens in each text, special tokens left out, not cut."""

    def encode(self, texts: Sequence[str], prompt: str, progress: Progress | None) -> Vectors:
        """Unit vectors (n, dimension) of ``prompt + text``, cut to the window."""

    def encode_tokens(self, texts: Sequence[str], prompt: str) -> list[TokenVectors]:
        """The tokens of each text, those of the prompt left out; nothing beyond the window."""


def placed(vectors: Vectors, spans: Sequence[tuple[int, int]], prompt: int) -> TokenVectors:
    """What a model gave, ``vectors`` (t, d) with ``spans`` in a text after a prompt so long.

    Special tokens have empty spans.
    """
    places = np.array(spans, dtype=np.int64).reshape(-1, 2)
    kept = (places[:, 1] > prompt) & (places[:, 1] > places[:, 0])
    scale = max(float(np.linalg.norm(vectors.mean(axis=0))), 1e-12) if len(vectors) else 1.0
    return TokenVectors(vectors[kept] / np.float32(scale), np.maximum(places[kept] - prompt, 0))


def choose(model: str, device: str, backend: BackendName) -> Literal["onnx", "torch"]:
    """The backend that runs ``model`` on ``device``.

    Raises ConfigError where ``backend`` asks for ONNX Runtime with a model that does not come with
    the installation, or on another device than the CPU.
    """
    able = model == packaged.NAME and device.partition(":")[0] == "cpu"
    if backend == "onnx" and not able:
        raise ConfigError(
            'backend = "onnx" runs the packaged model on the CPU alone, not '
            f'model = "{model}" on device = "{device}". Take backend out of rag.toml, or set it '
            'to "torch".'
        )
    return "onnx" if able and backend != "torch" else "torch"
