"""The packaged weights as an ONNX model with 8-bit weights, made without PyTorch.

Every matrix product is dynamically quantised: weights to 7 bits, one scale an output channel, when
the model is made; activations to 8 bits, one scale a run (Jacob et al. 2018, arXiv 1712.05877).
7 bits and not 8 because processors without VNNI add two products of 8 by 8 bits in 16 bits, which
overflows; with 7 bits all processors give the same sums.
The word embeddings stay in the blocks of 4 bits in which they come.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from rag.weights import BLOCK, Weights

if TYPE_CHECKING:
    from onnx import ModelProto

INPUT, OUTPUT = "ids", "vector"
"""The token ids (1, t) int64 of one text, and its unit vector (1, hidden) float32."""

_LIMIT = 64
_CONTRIBUTED = "com.microsoft"
_OPSET, _IR_VERSION = 18, 9


def make_graph(weights: Weights) -> ModelProto:
    """Embeddings, the layers, the mean over all tokens, length 1; for one text at a time.

    One text and no padding, since the scale of the activations is taken over a whole run: a text's
    vector must not depend on what stands beside it.
    """
    graph = _Graph(weights)
    tokens = graph.embed()
    for layer in range(weights.architecture.layers):
        tokens = graph.layer(f"l{layer}.", tokens)
    return graph.finish(tokens)


class _Graph:
    """Nodes and constants, in the order in which they run."""

    def __init__(self, weights: Weights) -> None:
        self._weights = weights
        self._sizes = weights.architecture
        self._nodes: list[Any] = []
        self._constants: list[Any] = []
        hidden = self._sizes.hidden
        self._thirds = self._constant("thirds", np.array([hidden] * 3, dtype=np.int64))

    def embed(self) -> str:
        nibbles, scales = self._weights.blocks("emb.word")
        packed = nibbles[:, 0::2] | nibbles[:, 1::2] << 4
        words = self._node(
            "GatherBlockQuantized",
            [self._constant("words", packed), INPUT, self._constant("words.scale", scales)],
            domain=_CONTRIBUTED,
            bits=4,
            block_size=BLOCK,
            gather_axis=0,
            quantize_axis=1,
        )
        tensor = self._weights.tensor
        places = self._constant("places", tensor("emb.pos") + tensor("emb.type")[0])
        start = self._constant("start", np.zeros(1, dtype=np.int64))
        length = self._node("Shape", [INPUT], start=1, end=2)
        places = self._node("Slice", [places, start, length, start])
        return self._normalised_sum(words, places, "emb.ln")

    def layer(self, layer: str, tokens: str) -> str:
        """Self-attention and feed-forward, each added to its input and normalised after it."""
        joint = self._linear(tokens, [f"{layer}{part}" for part in ("q", "k", "v")])
        parts = [f"{joint}.{part}" for part in range(3)]
        self._node("Split", [joint, self._thirds], outputs=parts, axis=2)
        attention = self._node(
            "MultiHeadAttention", parts, domain=_CONTRIBUTED, num_heads=self._sizes.heads
        )
        attention = self._linear(attention, [f"{layer}ao"])
        tokens = self._normalised_sum(tokens, attention, f"{layer}aln")
        inner = self._node("Gelu", [self._linear(tokens, [f"{layer}fi"])], domain=_CONTRIBUTED)
        return self._normalised_sum(tokens, self._linear(inner, [f"{layer}fo"]), f"{layer}oln")

    def finish(self, tokens: str) -> ModelProto:
        from onnx import TensorProto, helper

        axis = self._constant("axis", np.ones(1, dtype=np.int64))
        mean = self._node("ReduceMean", [tokens, axis], keepdims=0)
        self._node("LpNormalization", [mean], outputs=[OUTPUT], axis=-1, p=2)
        ids = helper.make_tensor_value_info(INPUT, TensorProto.INT64, [1, "tokens"])
        vector = helper.make_tensor_value_info(OUTPUT, TensorProto.FLOAT, [1, self._sizes.hidden])
        return helper.make_model(
            helper.make_graph(self._nodes, "encoder", [ids], [vector], self._constants),
            opset_imports=[
                helper.make_opsetid("", _OPSET),
                helper.make_opsetid(_CONTRIBUTED, 1),
            ],
            ir_version=_IR_VERSION,
        )

    def _linear(self, rows: str, names: list[str]) -> str:
        """``rows`` times the matrices ``names`` side by side, plus their biases."""
        tensor = self._weights.tensor
        matrix, scale = quantise(np.concatenate([tensor(f"{name}.w") for name in names]).T)
        bias = np.concatenate([tensor(f"{name}.b") for name in names])
        name = names[0]
        constants: dict[str, NDArray[Any]] = {
            f"{name}.matrix": matrix,
            f"{name}.scale": scale,
            f"{name}.zero": np.zeros(len(scale), dtype=np.int8),
            f"{name}.bias": bias,
        }
        inputs = [self._constant(*constant) for constant in constants.items()]
        return self._node("DynamicQuantizeMatMul", [rows, *inputs], domain=_CONTRIBUTED)

    def _normalised_sum(self, one: str, other: str, name: str) -> str:
        tensor = self._weights.tensor
        gain = self._constant(f"{name}.gain", tensor(f"{name}.w"))
        bias = self._constant(f"{name}.bias", tensor(f"{name}.b"))
        return self._node(
            "LayerNormalization",
            [self._node("Add", [one, other]), gain, bias],
            axis=-1,
            epsilon=self._sizes.layer_norm_epsilon,
        )

    def _constant(self, name: str, values: NDArray[Any]) -> str:
        from onnx import numpy_helper

        self._constants.append(numpy_helper.from_array(np.ascontiguousarray(values), name))
        return name

    def _node(
        self,
        kind: str,
        inputs: list[str],
        *,
        outputs: list[str] | None = None,
        domain: str = "",
        **attributes: Any,
    ) -> str:
        from onnx import helper

        outputs = outputs or [f"node{len(self._nodes)}"]
        self._nodes.append(helper.make_node(kind, inputs, outputs, domain=domain, **attributes))
        return outputs[0]


def quantise(matrix: NDArray[np.float32]) -> tuple[NDArray[np.int8], NDArray[np.float32]]:
    """``matrix`` (inputs, outputs) as integers from -64 to 64 and one scale a column.

    The product of the two is nearest to the matrix; a column of zeros has the scale 1.
    """
    greatest = np.abs(matrix).max(axis=0)
    scale = np.where(greatest > 0, greatest / _LIMIT, 1).astype(np.float32)
    return np.rint(matrix / scale).astype(np.int8), scale
