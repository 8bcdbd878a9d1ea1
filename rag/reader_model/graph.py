"""The reader model as an ONNX model with 8-bit weights, on the layers of the encoder's graph."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from rag.encoder.graph import GraphBuilder
from rag.reader_model.weights import AdaptedWeights

if TYPE_CHECKING:
    from onnx import ModelProto

LOGIT, SPANS = "logit", "spans"
"""Whether the passage answers, (1, 1, 1), and the start and end logits of each token, (1, t, 2)."""


def make_reader_graph(weights: AdaptedWeights) -> ModelProto:
    """Twelve layers over question and passage together, and both heads; one pair at a time."""
    graph = GraphBuilder(weights)
    rows = graph.encode()

    def linear(rows: str, name: str, output: str | None = None) -> str:
        matrix = graph.constant(f"{name}.matrix", weights.head(f"{name}.weight").T)
        bias = graph.constant(f"{name}.bias", weights.head(f"{name}.bias"))
        product = graph.node("MatMul", [rows, matrix])
        return graph.node("Add", [product, bias], outputs=[output] if output else None)

    linear(rows, "span", SPANS)
    place = graph.constant("place.first", np.zeros(1, dtype=np.int64))
    first = graph.node("Gather", [rows, place], axis=1)
    first = graph.node("Gelu", [linear(first, "first")], domain="com.microsoft")
    linear(first, "answers", LOGIT)
    return graph.model({LOGIT: [1, 1, 1], SPANS: [1, "tokens", 2]})
