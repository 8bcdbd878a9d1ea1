"""The reader model that comes with the installation, under ONNX Runtime on the CPU."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from rag.encoder import packaged
from rag.encoder.onnx_backend import open_session, processors
from rag.encoder.tokens import Tokens, write_vocabulary
from rag.encoder.weights import read_weights
from rag.reader_model.graph import LOGIT, SPANS, make_reader_graph
from rag.reader_model.inputs import EOS, TOTAL_TOKENS, front, windows
from rag.reader_model.passages import ReaderPassage
from rag.reader_model.weights import AdaptedWeights, read_adapter

ADAPTER = Path(__file__).resolve().parents[1] / "data" / "reader.safetensors"
"""What was trained; docs/reader.md says on what."""

_VERSION = 1
_MODEL = "reader.onnx"
_LONGEST_ANSWER = 60
_UNREAD = -1e4


@dataclass(frozen=True, slots=True)
class PassageReading:
    """What the model makes of one passage and a question.

    ``logit`` says how far the passage answers, above 0 for yes. ``start:end`` are the characters of
    the passage that answer best, and ``margin`` is by how much their logits exceed those of "none".
    ``tokens`` (t, 2) are the characters of each token read, -1 where it was put in; ``starts`` and
    ``ends`` (t,) are their logits less those of "none".
    """

    logit: float
    start: int
    end: int
    margin: float
    tokens: NDArray[np.int64]
    starts: NDArray[np.float32]
    ends: NDArray[np.float32]

    def span_margin(self, start: int, end: int) -> float:
        """The margin of the best answer within ``start:end`` of the text; -inf without tokens."""
        inside = (
            (self.tokens[:, 0] >= start) & (self.tokens[:, 1] <= end) & (self.tokens[:, 0] >= 0)
        )
        rows = np.flatnonzero(inside)
        if not len(rows):
            return float("-inf")
        _, _, margin = _best_span(self.starts[rows], self.ends[rows])
        return margin

    def best_within(self, start: int, end: int) -> tuple[int, int]:
        """The characters of the best answer within ``start:end``; empty where nothing was read."""
        inside = (
            (self.tokens[:, 0] >= start) & (self.tokens[:, 1] <= end) & (self.tokens[:, 0] >= 0)
        )
        rows = np.flatnonzero(inside)
        if not len(rows):
            return start, start
        first, last, _ = _best_span(self.starts[rows], self.ends[rows])
        return int(self.tokens[rows[first], 0]), int(self.tokens[rows[last], 1])


class ReaderModel:
    """Reads one passage at a time on each processor; safe to share by threads."""

    def __init__(self, folder: Path) -> None:
        self._session = open_session(folder / _MODEL)
        self._tokens = Tokens(folder)

    def read(self, question: str, passages: Sequence[ReaderPassage]) -> list[PassageReading]:
        """Each of ``passages`` read with ``question``, in their order."""
        if not passages:
            return []
        asked, *headings = self._tokens.ids([question, *(one.heading for one in passages)])
        bodies = self._tokens.placed([one.linear.text for one in passages])

        def one(row: int) -> PassageReading:
            return self._read(asked, headings[row], bodies[row], passages[row])

        workers = min(len(passages), processors())
        if workers <= 1:
            return [one(row) for row in range(len(passages))]
        with ThreadPoolExecutor(workers, thread_name_prefix="read") as pool:
            return list(pool.map(one, range(len(passages))))

    def _read(
        self,
        asked: Sequence[int],
        heading: Sequence[int],
        body: tuple[list[int], list[tuple[int, int]]],
        passage: ReaderPassage,
    ) -> PassageReading:
        opening = front(asked, heading)
        ids, spans = body
        starts = np.full(len(ids), _UNREAD, dtype=np.float32)
        ends = starts.copy()
        logit = float("-inf")
        for first, last in windows(len(ids), TOTAL_TOKENS - len(opening) - 1):
            sequence = np.array([[*opening, *ids[first:last], EOS]], np.int64)
            answers, found = self._session.run([LOGIT, SPANS], {"ids": sequence})
            found = found[0, len(opening) : -1] - found[0, 0]
            logit = max(logit, float(answers[0, 0, 0]))
            starts[first:last] = np.maximum(starts[first:last], found[:, 0])
            ends[first:last] = np.maximum(ends[first:last], found[:, 1])
        tokens = original_places(spans, passage.linear.places)
        return reading_of(logit, tokens, starts, ends)


def reading_of(
    logit: float, tokens: NDArray[np.int64], starts: NDArray[np.float32], ends: NDArray[np.float32]
) -> PassageReading:
    """The reading with the best span of these logits, less those of "none"."""
    rows = np.flatnonzero(tokens[:, 0] >= 0)
    if not len(rows):
        return PassageReading(logit, 0, 0, float("-inf"), tokens, starts, ends)
    first, last, margin = _best_span(starts[rows], ends[rows])
    start, end = int(tokens[rows[first], 0]), int(tokens[rows[last], 1])
    return PassageReading(logit, start, end, margin, tokens, starts, ends)


def original_places(spans: Sequence[tuple[int, int]], places: Sequence[int]) -> NDArray[np.int64]:
    """The characters (t, 2) of the passage that each token of its linear text stands for.

    -1 for a token of which every character was put in or is white space.
    """
    found = np.full((len(spans), 2), -1, dtype=np.int64)
    for row, (start, end) in enumerate(spans):
        own = [place for place in places[start:end] if place >= 0]
        if own:
            found[row] = own[0], own[-1] + 1
    return found


def _best_span(starts: NDArray[np.float32], ends: NDArray[np.float32]) -> tuple[int, int, float]:
    """First and last row of the best span of at most ``_LONGEST_ANSWER`` rows, and its sum."""
    best, first, last = float("-inf"), 0, 0
    for row in range(len(starts)):
        reach = ends[row : row + _LONGEST_ANSWER]
        at = int(reach.argmax())
        total = float(starts[row]) + float(reach[at])
        if total > best:
            best, first, last = total, row, row + at
    return first, last, best


def open_reader(
    cache: Path, report: Callable[[str], None] = lambda _: None, adapter: Path = ADAPTER
) -> ReaderModel:
    """The packaged reader, made below ``cache`` on first use; raises ModelError."""
    digest = hashlib.sha256(adapter.read_bytes()).hexdigest()[:12]
    folder = cache / f"reader-{packaged.WEIGHTS_SHA256[:12]}-{digest}-onnx-v{_VERSION}"

    def write(data: memoryview, target: Path) -> None:
        weights = read_weights(data)
        write_vocabulary(weights.vocabulary, target)
        adapted = AdaptedWeights(weights, read_adapter(adapter))
        (target / _MODEL).write_bytes(make_reader_graph(adapted).SerializeToString())

    packaged.made_once(folder, write, report, marker=_MODEL, megabytes=120)
    return ReaderModel(folder)
