"""What was trained of the reader model, on top of the packaged weights.

One safetensors file: matrices of the upper layers at 8 bits (``NAME.weight`` int8 (outputs, inputs)
and ``NAME.scale`` float32, one an output), the low-rank additions ``NAME.down`` (r, inputs) and
``NAME.up`` (outputs, r) of the lower ones, biases, norms and heads in half precision. ``NAME`` is
``layers.{i}.{qkv,ao,fi,fo}`` and the like.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rag.encoder.weights import Architecture, Weights

_PARTS = {"q": 0, "k": 1, "v": 2}


def quantised(matrix: NDArray[np.float32]) -> tuple[NDArray[np.int8], NDArray[np.float32]]:
    """``matrix`` (outputs, inputs) as integers from -127 to 127 and one scale an output."""
    greatest = np.abs(matrix).max(axis=1)
    scale = np.where(greatest > 0, greatest / 127, 1).astype(np.float32)
    return np.rint(matrix / scale[:, None]).astype(np.int8), scale


def read_adapter(file: Path) -> dict[str, NDArray[Any]]:
    """The tensors of the file by name."""
    from safetensors.numpy import load_file

    return dict(load_file(file))


@dataclass(frozen=True, slots=True)
class AdaptedWeights:
    """The packaged weights ``base`` with what ``adapter`` says of the layers in their place."""

    base: Weights
    adapter: Mapping[str, NDArray[Any]]

    @property
    def architecture(self) -> Architecture:
        """The sizes, those of the base."""
        return self.base.architecture

    def blocks(self, name: str) -> tuple[NDArray[np.uint8], NDArray[np.float32]]:
        """As ``Weights.blocks``."""
        return self.base.blocks(name)

    def head(self, name: str) -> NDArray[np.float32]:
        """A tensor that the base has none of: ``span.weight``, ``first.bias``…"""
        return self.adapter[name].astype(np.float32)

    def tensor(self, name: str) -> NDArray[np.float32]:
        """As ``Weights.tensor``, trained."""
        if name.startswith("emb."):
            return self.base.tensor(name)
        layer, part, kind = name.split(".")
        if part in _PARTS:
            hidden = self.architecture.hidden
            at = _PARTS[part] * hidden
            return self._layer(name, f"layers.{layer[1:]}.qkv", kind, slice(at, at + hidden))
        return self._layer(name, f"layers.{layer[1:]}.{part}", kind, slice(None))

    def _layer(self, name: str, trained: str, kind: str, rows: slice) -> NDArray[np.float32]:
        if kind == "b":
            return self.adapter[f"{trained}.bias"][rows].astype(np.float32)
        if f"{trained}.down" in self.adapter:
            up = self.adapter[f"{trained}.up"][rows].astype(np.float32)
            return self.base.tensor(name) + up @ self.adapter[f"{trained}.down"].astype(np.float32)
        matrix = self.adapter[f"{trained}.weight"][rows].astype(np.float32)
        if f"{trained}.scale" in self.adapter:
            return np.asarray(matrix * self.adapter[f"{trained}.scale"][rows][:, None], np.float32)
        return matrix
