"""The reader model that comes with the installation, under ONNX Runtime on the CPU."""

from __future__ import annotations

import hashlib
import re
import threading
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
from rag.errors import ModelError
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

_MARKS = re.compile(r"<(?=(?:/?s|pad|unk)>)")
_SURROGATES = re.compile(r"[\ud800-\udfff]")


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
        asked, *headings = self._tokens.ids(
            [as_plain_text(text) for text in (question, *(one.heading for one in passages))]
        )
        bodies = self._tokens.placed([as_plain_text(one.linear.text) for one in passages])

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


def as_plain_text(text: str) -> str:
    """``text`` in as many characters, none of which the model would take for more than text.

    What is written like one of the model's own marks (``</s>``) would end the passage, and half of
    a surrogate pair has no tokens.
    """
    return _SURROGATES.sub("\ufffd", _MARKS.sub("‹", text))


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


class PackagedReader:
    """The reader that comes with the installation, loaded when first used; threads may share it."""

    def __init__(self, cache: Path, report: Callable[[str], None] = lambda _: None) -> None:
        self._cache, self._report = cache, report
        self._lock = threading.Lock()
        self._model: ReaderModel | None = None

    def load(self) -> None:
        """Load the model now; raises ModelError with the ways out where it cannot be had."""
        self._loaded()

    def read(self, question: str, passages: Sequence[ReaderPassage]) -> list[PassageReading]:
        """As ``ReaderModel.read``; raises ModelError where the model cannot be had."""
        return self._loaded().read(question, passages)

    def _loaded(self) -> ReaderModel:
        with self._lock:
            if self._model is None:
                self._model = open_reader(self._cache, self._report)
            return self._model


def open_reader(
    cache: Path, report: Callable[[str], None] = lambda _: None, adapter: Path = ADAPTER
) -> ReaderModel:
    """The packaged reader, made below ``cache`` on first use; raises ModelError."""
    folder = reader_folder(cache, adapter)

    def write(data: memoryview, target: Path) -> None:
        weights = read_weights(data)
        write_vocabulary(weights.vocabulary, target)
        try:
            made = make_reader_graph(AdaptedWeights(weights, read_adapter(adapter)))
        # safetensors has an error class of its own, and a file of other tensors fails anywhere.
        except Exception as error:
            raise ModelError(_damaged(adapter, _first_line(error))) from error
        (target / _MODEL).write_bytes(made.SerializeToString())

    packaged.made_once(folder, write, report, marker=_MODEL, megabytes=120, what="reader model")
    try:
        return ReaderModel(folder)
    except ImportError as error:
        raise ModelError(
            f"The reader model cannot run: {error}. Install the locked packages again "
            '("make install"), or set reader = "none" in rag.toml.'
        ) from error
    # ONNX Runtime has no error class of its own for files that it cannot read.
    except Exception as error:
        raise ModelError(
            f"The reader model in {folder} cannot be read ({_first_line(error)}). Delete that "
            "folder; it is made anew."
        ) from error


def reader_folder(cache: Path, adapter: Path = ADAPTER) -> Path:
    """Where below ``cache`` the packaged reader is or will be; raises ModelError."""
    digest = adapter_fingerprint(adapter)
    return cache / f"reader-{packaged.WEIGHTS_SHA256[:12]}-{digest}-onnx-v{_VERSION}"


def is_available(cache: Path) -> bool:
    """Whether the packaged reader is below ``cache`` or the weights that it is made of are here."""
    if (reader_folder(cache) / _MODEL).is_file():
        return True
    try:
        packaged.weights_file()
    except ModelError:
        return False
    return True


def adapter_fingerprint(adapter: Path = ADAPTER) -> str:
    """Names what was trained, in twelve hexadecimal digits; raises ModelError without the file."""
    try:
        return hashlib.sha256(adapter.read_bytes()).hexdigest()[:12]
    except OSError as error:
        raise ModelError(_damaged(adapter, error.strerror or str(error))) from error


def _damaged(adapter: Path, reason: str) -> str:
    return (
        f"The reader model {adapter} cannot be read ({reason}). Install this program again, or set "
        'reader = "none" in rag.toml.'
    )


def _first_line(error: Exception) -> str:
    return next(iter(str(error).strip().splitlines()), type(error).__name__)[:200]
