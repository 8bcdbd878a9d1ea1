"""The reader model in PyTorch, and the packaged weights that it starts from.

All twelve layers read question and passage together. The upper layers are trained in full, the
lower ones by low-rank additions (LoRA; Hu et al. 2021, arXiv 2106.09685), so that what is trained
fits in one small file; the word embeddings stay as they are.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

HIDDEN, HEADS, INNER, LAYERS = 384, 12, 1536, 12
HEAD = HIDDEN // HEADS


class LowRank(nn.Linear):
    """A linear map that stays, plus a trained product of two thin matrices."""

    def __init__(self, inputs: int, outputs: int, rank: int) -> None:
        super().__init__(inputs, outputs)
        self.down = nn.Parameter(torch.randn(rank, inputs) / inputs**0.5)
        self.up = nn.Parameter(torch.zeros(outputs, rank))

    def forward(self, rows: Tensor) -> Tensor:
        return functional.linear(rows, self.weight, self.bias) + functional.linear(
            functional.linear(rows, self.down), self.up
        )


def linear(inputs: int, outputs: int, rank: int) -> nn.Linear:
    """A linear map trained in full (``rank`` 0) or by additions of that rank."""
    return LowRank(inputs, outputs, rank) if rank else nn.Linear(inputs, outputs)


class Norm(nn.LayerNorm):
    """A layer norm that gives what it gets: half precision stays so, which halves what is moved."""

    def __init__(self) -> None:
        super().__init__(HIDDEN, 1e-12)

    def forward(self, rows: Tensor) -> Tensor:
        with torch.autocast(rows.device.type, enabled=False):
            gain, bias = self.weight.to(rows.dtype), self.bias.to(rows.dtype)
            return functional.layer_norm(rows, (HIDDEN,), gain, bias, self.eps)


class Layer(nn.Module):
    """Self-attention and feed-forward, each added to its input and normalised after it."""

    def __init__(self, rank: int, dropout: float) -> None:
        super().__init__()
        self.qkv = linear(HIDDEN, 3 * HIDDEN, rank)
        self.ao = linear(HIDDEN, HIDDEN, rank)
        self.fi = linear(HIDDEN, INNER, rank)
        self.fo = linear(INNER, HIDDEN, rank)
        self.aln, self.oln = Norm(), Norm()
        self.dropout = dropout

    def forward(self, rows: Tensor, mask: Tensor) -> Tensor:
        batch, length, _ = rows.shape
        split = self.qkv(rows).view(batch, length, 3, HEADS, HEAD).permute(2, 0, 3, 1, 4)
        if rows.device.type == "cpu" and torch.is_grad_enabled():
            # PyTorch's own backward of attention takes half of a step on the CPU.
            weights = (split[0] * HEAD**-0.5) @ split[1].transpose(-1, -2) + mask
            mixed = weights.softmax(-1) @ split[2]
        else:
            mixed = functional.scaled_dot_product_attention(
                split[0], split[1], split[2], attn_mask=mask
            )
        mixed = self.ao(mixed.transpose(1, 2).reshape(batch, length, HIDDEN))
        rows = self.aln(rows + functional.dropout(mixed, self.dropout, self.training))
        inner = self.fo(functional.gelu(self.fi(rows)))
        found: Tensor = self.oln(rows + functional.dropout(inner, self.dropout, self.training))
        return found


class Reader(nn.Module):
    """Token ids (b, t) and their mask (b, t) to one logit (b,) and start and end logits (b, t).

    The logit says whether the passage answers the question; position 0 of the others stands for
    "none". ``low`` layers from the bottom are trained by additions of rank ``rank``.
    """

    def __init__(self, pieces: int, low: int, rank: int, dropout: float = 0.1) -> None:
        super().__init__()
        self.words = nn.Embedding(pieces, HIDDEN)
        self.positions = nn.Embedding(512, HIDDEN)
        self.embedded = Norm()
        self.layers = nn.ModuleList(
            Layer(rank if number < low else 0, dropout) for number in range(LAYERS)
        )
        self.span = nn.Linear(HIDDEN, 2)
        self.first = nn.Linear(HIDDEN, HIDDEN)
        self.answers = nn.Linear(HIDDEN, 1)

    def forward(self, ids: Tensor, present: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        rows = self.words(ids) + self.positions.weight[: ids.shape[1]]
        rows = self.embedded(rows)
        if torch.is_autocast_enabled(ids.device.type):
            rows = rows.to(torch.get_autocast_dtype(ids.device.type))
        mask = torch.zeros_like(present, dtype=rows.dtype).masked_fill(~present, -1e4)
        mask = mask[:, None, None, :]
        for layer in self.layers:
            rows = layer(rows, mask)
        spans = self.span(rows).float()
        logit = self.answers(functional.gelu(self.first(rows[:, 0]))).float()
        return logit[:, 0], spans[..., 0], spans[..., 1]

    def trained(self) -> dict[str, Tensor]:
        """The parameters that training changes, by name."""
        return dict(self._trained())

    def _trained(self) -> Iterator[tuple[str, Tensor]]:
        for name, parameter in self.named_parameters():
            if name.startswith(("words.", "positions.", "embedded.")):
                continue
            part = name.rsplit(".", 2)[-2]
            kept = (
                name.startswith("layers.")
                and name.endswith(".weight")
                and hasattr(self.layers[int(name.split(".")[1])].qkv, "down")
            )
            if kept and part in ("qkv", "ao", "fi", "fo"):
                continue
            yield name, parameter


def pack_base(out: Path, vocabulary: np.ndarray[Any, Any]) -> None:
    """Write the packaged weights at their 4 bits, with the pieces of ``vocabulary`` alone."""
    from rag.encoder.packaged import weights_file
    from rag.encoder.weights import read_weights

    weights = read_weights(memoryview(weights_file().read_bytes()))
    arrays: dict[str, Any] = {"vocabulary": vocabulary}
    for name in weights.directory:
        try:
            nibbles, scales = weights.blocks(name)
        except Exception:  # a vector, which is stored as it is
            arrays[name] = weights.tensor(name)
            continue
        if name == "emb.word":
            nibbles, scales = nibbles[vocabulary], scales[vocabulary]
        arrays[f"{name}.packed"] = nibbles[:, 0::2] | nibbles[:, 1::2] << 4
        arrays[f"{name}.scales"] = scales.astype(np.float16)
    np.savez(out, **arrays)


def load_base(reader: Reader, file: Path) -> None:
    """Set the weights that ``pack_base`` wrote; the heads stay as they are."""
    with np.load(file) as data:
        tensors = {name: data[name] for name in data.files}

    def tensor(name: str) -> Tensor:
        if name in tensors:
            return torch.from_numpy(tensors[name].copy())
        packed, scales = tensors[f"{name}.packed"], tensors[f"{name}.scales"].astype(np.float32)
        nibbles = np.stack([packed & 15, packed >> 4], -1).reshape(len(packed), -1)
        values = (nibbles.astype(np.float32) - 8) * np.repeat(scales, 32, axis=1)
        return torch.from_numpy(values)

    with torch.no_grad():
        reader.words.weight.copy_(tensor("emb.word"))
        kinds = tensor("emb.type")
        reader.positions.weight.copy_(
            tensor("emb.pos").reshape(-1, HIDDEN) + kinds.reshape(-1, HIDDEN)[0]
        )
        reader.embedded.weight.copy_(tensor("emb.ln.w"))
        reader.embedded.bias.copy_(tensor("emb.ln.b"))
        for number in range(LAYERS):
            layer = reader.get_submodule(f"layers.{number}")
            assert isinstance(layer, Layer)
            name = f"l{number}."
            joint = [name + part for part in "qkv"]
            layer.qkv.weight.copy_(torch.cat([tensor(f"{one}.w") for one in joint]))
            layer.qkv.bias.copy_(torch.cat([tensor(f"{one}.b") for one in joint]))
            for part in ("ao", "fi", "fo", "aln", "oln"):
                target = layer.get_submodule(part)
                assert isinstance(target, (nn.Linear, nn.LayerNorm))
                target.weight.copy_(tensor(f"{name}{part}.w"))
                target.bias.copy_(tensor(f"{name}{part}.b"))
