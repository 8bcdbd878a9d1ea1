"""A tiny file of weights in the layout of the packaged model, with values known to the tests."""

from __future__ import annotations

import struct

import numpy as np
from numpy.typing import NDArray

HIDDEN, FEED_FORWARD, HEADS, POSITIONS, TYPES = 32, 64, 2, 16, 2
PIECES = ["<s>", "<pad>", "</s>", "<unk>", "▁risk", "▁", "風", "險"]
SCORES = [0.0, 0.0, 0.0, 0.0, -1.0, -2.0, -3.0, -3.5]
# The vocabulary has a row more than there are pieces, as the real one has.
VOCABULARY = len(PIECES) + 1


def quantise(values: NDArray[np.float32]) -> bytes:
    """Blocks of 32 weights at 4 bits: scale max|w| / 7, weight = (nibble - 8) * scale."""
    blocks = []
    for block in values.reshape(-1, 32):
        scale = np.float16(float(np.abs(block).max()) / 7 or 1.0)
        nibbles = (np.rint(block / np.float32(scale)) + 8).astype(np.uint8)
        blocks.append(scale.tobytes() + (nibbles[:16] | nibbles[16:] << 4).tobytes())
    return b"".join(blocks)


def tensors() -> dict[str, NDArray[np.float32]]:
    """Every tensor of a model of one layer; each value is a multiple of a power of two."""
    sizes: dict[str, tuple[int, ...]] = {
        "emb.word": (VOCABULARY, HIDDEN),
        "emb.pos": (POSITIONS, HIDDEN),
        "emb.type": (TYPES, HIDDEN),
        "emb.ln.w": (HIDDEN,),
        "emb.ln.b": (HIDDEN,),
    }
    for part, (rows, columns) in {
        **dict.fromkeys(("q", "k", "v", "ao"), (HIDDEN, HIDDEN)),
        "fi": (FEED_FORWARD, HIDDEN),
        "fo": (HIDDEN, FEED_FORWARD),
    }.items():
        sizes |= {f"l0.{part}.w": (rows, columns), f"l0.{part}.b": (rows,)}
    for part in ("aln", "oln"):
        sizes |= {f"l0.{part}.w": (HIDDEN,), f"l0.{part}.b": (HIDDEN,)}
    random = np.random.default_rng(0)
    made = {}
    for name, shape in sizes.items():
        values = random.integers(-7, 8, shape).astype(np.float32)
        # The greatest of each block is 7, so that the scale is exactly 1/8.
        values.reshape(-1, 32)[:, 0] = 7
        made[name] = values / 8
    return made


def weights(magic: bytes = b"E5S1") -> bytes:
    """The whole file."""
    texts = [piece.encode() for piece in PIECES]
    offsets = np.cumsum([0, *map(len, texts)])
    head = magic + struct.pack(
        "<I7if", 1, HIDDEN, 1, HEADS, FEED_FORWARD, VOCABULARY, POSITIONS, TYPES, 1e-12
    )
    head += struct.pack("<i", 32)
    head += struct.pack("<5iQ", len(PIECES), 0, 2, 1, 3, sum(map(len, texts)))
    head += struct.pack(f"<{len(offsets)}I", *offsets) + struct.pack(f"<{len(SCORES)}f", *SCORES)
    head += b"".join(texts) + struct.pack("<iI", 0, 5) + b"chars"
    parts = []
    for name, values in tensors().items():
        matrix = values.ndim == 2 and name != "emb.pos"
        parts.append(
            (name, int(matrix), values.size, quantise(values) if matrix else values.tobytes())
        )
    offset = len(head) + 4 + sum(2 + len(name) + 1 + 4 + 16 for name, *_ in parts)
    directory, body = struct.pack("<i", len(parts)), b""
    for name, kind, size, content in parts:
        directory += struct.pack("<H", len(name)) + name.encode()
        directory += struct.pack("<BIQQ", kind, size, offset + len(body), len(content))
        body += content
    return head + directory + body
