"""The packaged weights as an ONNX model with 8-bit weights, made without PyTorch.

Every matrix product is dynamically quantised: weights to 7 bits, one scale an output channel, when
the model is made; activations to 8 bits, one scale a run (Jacob et al. 2018, arXiv 1712.05877),
after what is outstanding in them has been divided out by component or by row.
7 bits and not 8 because processors without VNNI add two products of 8 by 8 bits in 16 bits, which
overflows; with 7 bits all processors give the same sums.
The word embeddings stay in the blocks of 4 bits in which they come.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
from numpy.typing import NDArray

from rag.encoder.weights import BLOCK, Architecture, Weights

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
    graph = GraphBuilder(weights)
    return _finished(graph, graph.encode())


def _finished(graph: GraphBuilder, tokens: str) -> ModelProto:
    axis = graph.constant("axis", np.ones(1, dtype=np.int64))
    tokens = graph.node("Identity", [tokens], outputs=[TOKENS])
    mean = graph.node("ReduceMean", [tokens, axis], keepdims=0)
    graph.node("LpNormalization", [mean], outputs=[OUTPUT], axis=-1, p=2)
    return graph.model({OUTPUT: [1, graph.hidden], TOKENS: [1, "tokens", graph.hidden]})


class Tensors(Protocol):
    """Weights by the names of ``rag.encoder.weights.Weights``."""

    @property
    def architecture(self) -> Architecture:
        """The sizes."""

    def tensor(self, name: str) -> NDArray[np.float32]:
        """A matrix (outputs, inputs) or a vector."""

    def blocks(self, name: str) -> tuple[NDArray[np.uint8], NDArray[np.float32]]:
        """A matrix in blocks of 4 bits."""


class GraphBuilder:
    """Nodes and constants of a BERT encoder for one text, in the order in which they run."""

    def __init__(self, weights: Tensors) -> None:
        self._weights = weights
        self._sizes = weights.architecture
        self._nodes: list[Any] = []
        self._constants: list[Any] = []
        hidden = self._sizes.hidden
        self._thirds = self.constant("thirds", np.array([hidden] * 3, dtype=np.int64))

    def encode(self) -> str:
        """The rows (1, t, hidden) that come out of the last layer."""
        tokens = self.embed()
        for layer in range(self._sizes.layers):
            norm = f"l{layer - 1}.oln" if layer else "emb.ln"
            tokens = self.layer(f"l{layer}.", tokens, norm)
        return tokens

    def embed(self) -> str:
        """The normalised sum of words and places (1, t, hidden) of the input ``INPUT``."""
        nibbles, scales = self._weights.blocks("emb.word")
        packed = nibbles[:, 0::2] | nibbles[:, 1::2] << 4
        words = self.node(
            "GatherBlockQuantized",
            [self.constant("words", packed), INPUT, self.constant("words.scale", scales)],
            domain=_CONTRIBUTED,
            bits=4,
            block_size=BLOCK,
            gather_axis=0,
            quantize_axis=1,
        )
        tensor = self._weights.tensor
        places = self.constant("places", tensor("emb.pos") + tensor("emb.type")[0])
        start = self.constant("start", np.zeros(1, dtype=np.int64))
        length = self.node("Shape", [INPUT], start=1, end=2)
        places = self.node("Slice", [places, start, length, start])
        return self._normalised_sum(words, places, "emb.ln")

    @property
    def hidden(self) -> int:
        """Components of a row."""
        return self._sizes.hidden

    def layer(self, layer: str, tokens: str, norm: str) -> str:
        """Self-attention and feed-forward, each added to its input and normalised after it.

        ``norm`` is the normalisation that ``tokens`` come from.
        """
        joint = self._smoothed(tokens, norm, [f"{layer}{part}" for part in ("q", "k", "v")])
        parts = [f"{joint}.{part}" for part in range(3)]
        self.node("Split", [joint, self._thirds], outputs=parts, axis=2)
        attention = self.node(
            "MultiHeadAttention", parts, domain=_CONTRIBUTED, num_heads=self._sizes.heads
        )
        attention = self._linear(attention, [f"{layer}ao"])
        tokens = self._normalised_sum(tokens, attention, f"{layer}aln")
        inner = self._smoothed(tokens, f"{layer}aln", [f"{layer}fi"])
        inner = self.node("Gelu", [inner], domain=_CONTRIBUTED)
        return self._normalised_sum(tokens, self._by_row(inner, f"{layer}fo"), f"{layer}oln")

    def model(self, outputs: Mapping[str, Sequence[int | str]]) -> ModelProto:
        """The graph as a model with these outputs, float32, and their shapes."""
        from onnx import TensorProto, helper

        ids = helper.make_tensor_value_info(INPUT, TensorProto.INT64, [1, "tokens"])
        values = [
            helper.make_tensor_value_info(name, TensorProto.FLOAT, list(shape))
            for name, shape in outputs.items()
        ]
        return helper.make_model(
            helper.make_graph(self._nodes, "encoder", [ids], values, self._constants),
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
        inverse = self.constant(f"{names[0]}.smooth", 1 / factors)
        rows = self.node("Mul", [rows, inverse])
        return self._product(rows, names[0], matrix * factors[:, None], self._bias(names))

    def _by_row(self, rows: str, name: str) -> str:
        """As ``_linear``, for ``rows`` out of GELU, some of which are far greater than others.

        Each is divided by its greatest value before the product and multiplied by it afterwards.
        """
        axis = self.constant(f"{name}.axis", np.array([-1], dtype=np.int64))
        least = self.constant(f"{name}.least", np.array([_GELU_REACH], dtype=np.float32))
        greatest = self.node("ReduceMax", [rows, axis], keepdims=1)
        greatest = self.node("Max", [greatest, least])
        product = self._product(self.node("Div", [rows, greatest]), name, self._matrix([name]))
        bias = self.constant(f"{name}.bias", self._bias([name]))
        return self.node("Add", [self.node("Mul", [product, greatest]), bias])

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
        inputs = [self.constant(*constant) for constant in constants.items()]
        return self.node("DynamicQuantizeMatMul", [rows, *inputs], domain=_CONTRIBUTED)

    def _normalised_sum(self, one: str, other: str, name: str) -> str:
        tensor = self._weights.tensor
        gain = self.constant(f"{name}.gain", tensor(f"{name}.w"))
        bias = self.constant(f"{name}.bias", tensor(f"{name}.b"))
        return self.node(
            "LayerNormalization",
            [self.node("Add", [one, other]), gain, bias],
            axis=-1,
            epsilon=self._sizes.layer_norm_epsilon,
        )

    def constant(self, name: str, values: NDArray[Any]) -> str:
        """Keeps ``values`` under ``name``, and gives the name."""
        from onnx import numpy_helper

        self._constants.append(numpy_helper.from_array(np.ascontiguousarray(values), name))
        return name

    def node(
        self,
        kind: str,
        inputs: list[str],
        *,
        outputs: list[str] | None = None,
        domain: str = "",
        **attributes: Any,
    ) -> str:
        """Adds an operation; the name of its first output."""
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
