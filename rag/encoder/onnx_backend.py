"""The packaged model under ONNX Runtime, with 8-bit weights, on the CPU."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from rag.encoder import packaged
from rag.encoder.backend import Progress, TokenVectors, Vectors, placed
from rag.encoder.graph import INPUT, OUTPUT, TOKENS, make_graph
from rag.encoder.tokens import Tokens, write_vocabulary
from rag.encoder.weights import read_weights
from rag.errors import ModelError

if TYPE_CHECKING:
    from onnxruntime import InferenceSession

VERSION = 2
"""Names graph and quantisation: raised with whatever changes vectors."""

_LAYOUT = 2
"""Names what the files hold besides: raised with whatever else is taken from them."""

_MODEL, _WINDOW = "model.onnx", "window.npy"


class OnnxBackend:
    """Runs one text at a time on each processor; a text's vector depends on nothing but the text.

    Not on the texts beside it, for the activations are scaled over a run, and not on the number of
    threads, for each run has one.
    """

    prompts: Mapping[str, str] = packaged.PROMPTS

    def __init__(self, folder: Path) -> None:
        self._session = open_session(folder / _MODEL)
        self.tokens = Tokens(folder)
        self.max_tokens = int(np.load(folder / _WINDOW))
        outputs = {output.name: output.shape for output in self._session.get_outputs()}
        self.dimension = int(outputs[OUTPUT][1])

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """See ``Backend``."""
        return [len(ids) for ids in self.tokens.ids(texts)]

    def encode(self, texts: Sequence[str], prompt: str, progress: Progress | None) -> Vectors:
        """See ``Backend``."""
        tokens = self.tokens.ids([prompt + text for text in texts])
        vectors = np.empty((len(texts), self.dimension), dtype=np.float32)
        # The longest first, so that no processor is left with a long one at the end.
        order = sorted(range(len(texts)), key=lambda row: -len(tokens[row]))
        workers = min(len(texts), processors())
        if workers <= 1:
            for row in order:
                vectors[row] = self._vector(tokens[row])
                if progress:
                    progress(1)
            return vectors
        pool = ThreadPoolExecutor(workers, thread_name_prefix="encode")
        try:
            rows = pool.map(lambda row: self._vector(tokens[row]), order)
            for row, vector in zip(order, rows, strict=True):
                vectors[row] = vector
                if progress:
                    progress(1)
        finally:
            pool.shutdown(cancel_futures=True)
        return vectors

    def encode_tokens(self, texts: Sequence[str], prompt: str) -> list[TokenVectors]:
        """See ``Backend``."""
        found = self.tokens.placed([prompt + text for text in texts])

        def one(tokens: tuple[list[int], list[tuple[int, int]]]) -> TokenVectors:
            ids, spans = tokens
            spans = [(0, 0), *spans[: self.max_tokens - 2], (0, 0)]
            return placed(self._run(ids, TOKENS), spans, len(prompt))

        workers = min(len(texts), processors())
        if workers <= 1:
            return [one(tokens) for tokens in found]
        with ThreadPoolExecutor(workers, thread_name_prefix="encode") as pool:
            return list(pool.map(one, found))

    def _vector(self, tokens: Sequence[int]) -> Vectors:
        return self._run(tokens, OUTPUT)

    def _run(self, tokens: Sequence[int], output: str) -> Vectors:
        cut = tokens[: self.max_tokens - 2]
        ids = np.array([[self.tokens.bos, *cut, self.tokens.eos]], dtype=np.int64)
        found: Vectors = self._session.run([output], {INPUT: ids})[0][0]
        return found


def open_onnx(cache: Path, report: Callable[[str], None]) -> OnnxBackend:
    """The packaged model, made below ``cache`` on first use; raises ModelError."""
    folder = (
        cache / f"multilingual-e5-small-q4-{packaged.WEIGHTS_SHA256[:12]}-onnx-v{VERSION}.{_LAYOUT}"
    )
    packaged.made_once(folder, write_model, report, marker=_MODEL, megabytes=120)
    try:
        return OnnxBackend(folder)
    except ImportError as error:
        raise ModelError(
            f"The embedding model cannot run: {error}. Install the locked packages again "
            '("make install").'
        ) from error
    # ONNX Runtime has no error class of its own for files that it cannot read.
    except Exception as error:
        raise ModelError(
            f"The embedding model in {folder} cannot be read ({_first_line(error)}). Delete that "
            "folder; it is made anew."
        ) from error


def write_model(data: memoryview, folder: Path) -> None:
    """Write the weights file ``data`` as an ONNX model with its vocabulary into ``folder``."""
    weights = read_weights(data)
    write_vocabulary(weights.vocabulary, folder)
    np.save(folder / _WINDOW, weights.architecture.positions)
    (folder / _MODEL).write_bytes(make_graph(weights).SerializeToString())


def processors() -> int:
    """How many this process may use; no more than OMP_NUM_THREADS, where that is set."""
    if hasattr(os, "sched_getaffinity"):
        usable = len(os.sched_getaffinity(0))
    else:
        usable = os.cpu_count() or 1
    allowed = os.environ.get("OMP_NUM_THREADS", "")
    return min(usable, int(allowed)) if allowed.isdecimal() and int(allowed) else usable


def open_session(file: Path) -> InferenceSession:
    """A model on one thread of the CPU, as its graph says."""
    import onnxruntime

    onnxruntime.disable_telemetry_events()
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 3
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    # Fusing Add and LayerNormalization would put a slower kernel in the place of two fast ones.
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
    # Plans of memory are kept for each length of text; there are hundreds.
    options.enable_mem_pattern = False
    return onnxruntime.InferenceSession(str(file), options, providers=["CPUExecutionProvider"])


def _first_line(error: Exception) -> str:
    return next(iter(str(error).strip().splitlines()), type(error).__name__)[:200]
