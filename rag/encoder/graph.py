"""The packaged weights as an ONNX model with 8-bit weights, made without PyTorch.

Every matrix product is dynamically quantised: weights to 7 bits, one scale an output channel, when
the model is made; activations to 8 bits, one scale a run (Jacob et al. 2018, arXiv 1712.05877),
after what is outstanding in them has been divided out by component or by row.
7 bits and not 8 because processors without VNNI add two products of 8 by 8 bits in 16 bits, which
overflows; with 7 bits all processors give the same sums.
The word embeddings stay in the blocks of 4 bits in which they come.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from rag.encoder.weights import BLOCK, Weights

if TYPE_CHECKING:
    from onnx import ModelProto

INPUT, OUTPUT, TOKENS = "ids", "vector", "tokens"
"""The token ids (1, t) int64 of one text, its unit vector (1, hidden) float32 and the vectors of
its tokens (1, t, hidden) float32, whose mean has that direction."""

_LIMIT = 64
_DEVIATIONS = 1.0
_TINY = 1e-4
_GELU_REACH = 0.17
"""GELU's values are never below -0.17."""

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
        norm = f"l{layer - 1}.oln" if layer else "emb.ln"
        tokens = graph.layer(f"l{layer}.", tokens, norm)
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

    def layer(self, layer: str, tokens: str, norm: str) -> str:
        """Self-attention and feed-forward, each added to its input and normalised after it.

        ``norm`` is the normalisation that ``tokens`` come from.
        """
        joint = self._smoothed(tokens, norm, [f"{layer}{part}" for part in ("q", "k", "v")])
        parts = [f"{joint}.{part}" for part in range(3)]
        self._node("Split", [joint, self._thirds], outputs=parts, axis=2)
        attention = self._node(
            "MultiHeadAttention", parts, domain=_CONTRIBUTED, num_heads=self._sizes.heads
        )
        attention = self._linear(attention, [f"{layer}ao"])
        tokens = self._normalised_sum(tokens, attention, f"{layer}aln")
        inner = self._smoothed(tokens, f"{layer}aln", [f"{layer}fi"])
        inner = self._node("Gelu", [inner], domain=_CONTRIBUTED)
        return self._normalised_sum(tokens, self._by_row(inner, f"{layer}fo"), f"{layer}oln")

    def finish(self, tokens: str) -> ModelProto:
        from onnx import TensorProto, helper

        axis = self._constant("axis", np.ones(1, dtype=np.int64))
        tokens = self._node("Identity", [tokens], outputs=[TOKENS])
        mean = self._node("ReduceMean", [tokens, axis], keepdims=0)
        self._node("LpNormalization", [mean], outputs=[OUTPUT], axis=-1, p=2)
        ids = helper.make_tensor_value_info(INPUT, TensorProto.INT64, [1, "tokens"])
        hidden = self._sizes.hidden
        vector = helper.make_tensor_value_info(OUTPUT, TensorProto.FLOAT, [1, hidden])
        each = helper.make_tensor_value_info(TOKENS, TensorProto.FLOAT, [1, "tokens", hidden])
        return helper.make_model(
            helper.make_graph(self._nodes, "encoder", [ids], [vector, each], self._constants),
            opset_imports=[
                helper.make_opsetid("", _OPSET),
                helper.make_opsetid(_CONTRIBUTED, 1),
            ],
            ir_version=_IR_VERSION,
        )

    def _linear(self, rows: str, names: list[str]) -> str:
        """``rows`` times the matrices ``names`` side by side, plus their biases."""
        return self._product(rows, names[0], self._matrix(names), self._bias(names))

    def _smoothed(self, rows: str, norm: str, names: list[str]) -> str:
        """As ``_linear``, for ``rows`` out of the normalisation ``norm``.

        A few components of such rows are far greater than the others and would take all the steps
        of the common scale. Each component is divided by what its row of the matrix is multiplied
        by (SmoothQuant; Xiao et al. 2023, arXiv 2211.10438), the share of both halved. How great a
        component gets follows from gain and bias of the normalisation.
        """
        tensor = self._weights.tensor
        matrix = self._matrix(names)
        reach = np.abs(tensor(f"{norm}.b")) + _DEVIATIONS * np.abs(tensor(f"{norm}.w"))
        factors = np.sqrt(np.maximum(reach, _TINY) / np.maximum(np.abs(matrix).max(axis=1), _TINY))
        factors = factors.astype(np.float32)
        inverse = self._constant(f"{names[0]}.smooth", 1 / factors)
        rows = self._node("Mul", [rows, inverse])
        return self._product(rows, names[0], matrix * factors[:, None], self._bias(names))

    def _by_row(self, rows: str, name: str) -> str:
        """As ``_linear``, for ``rows`` out of GELU, some of which are far greater than others.

        Each is divided by its greatest value before the product and multiplied by it afterwards.
        """
        axis = self._constant(f"{name}.axis", np.array([-1], dtype=np.int64))
        least = self._constant(f"{name}.least", np.array([_GELU_REACH], dtype=np.float32))
        greatest = self._node("ReduceMax", [rows, axis], keepdims=1)
        greatest = self._node("Max", [greatest, least])
        product = self._product(self._node("Div", [rows, greatest]), name, self._matrix([name]))
        bias = self._constant(f"{name}.bias", self._bias([name]))
        return self._node("Add", [self._node("Mul", [product, greatest]), bias])

    def _matrix(self, names: list[str]) -> NDArray[np.float32]:
        """(inputs, outputs), the outputs of all ``names`` side by side."""
        return np.concatenate([self._weights.tensor(f"{name}.w") for name in names]).T

    def _bias(self, names: list[str]) -> NDArray[np.float32]:
        return np.concatenate([self._weights.tensor(f"{name}.b") for name in names])

    def _product(
        self,
        rows: str,
        name: str,
        matrix: NDArray[np.float32],
        bias: NDArray[np.float32] | None = None,
    ) -> str:
        values, scale = quantise(matrix)
        constants: dict[str, NDArray[Any]] = {
            f"{name}.matrix": values,
            f"{name}.scale": scale,
            f"{name}.zero": np.zeros(len(scale), dtype=np.int8),
        }
        if bias is not None:
            constants[f"{name}.bias"] = bias
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
