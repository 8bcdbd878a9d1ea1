"""Any question-answering model or cross-encoder of ``transformers`` as the reader."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rag.errors import ModelError
from rag.reader_model.model import PassageReading, as_plain_text, original_places, reading_of
from rag.reader_model.passages import ReaderPassage

_SPAN_SCALE = 0.5
"""A question-answering model says by its spans alone whether a passage answers."""


class TransformersReader:
    """The model ``name``, a folder or a name that ``transformers`` knows; loaded when first used.

    A question-answering model gives spans, and half the margin of its best one as the logit. A
    cross-encoder (one label, or two of which the second says "relevant") gives the logit alone.
    """

    def __init__(self, name: str, *, device: str = "cpu") -> None:
        self._name, self._device = name, device
        # Fast tokenizers set how they cut anew for each call, which no two threads may do at once.
        self._lock = threading.Lock()

    def load(self) -> None:
        """Load the model now; raises ModelError with the ways out where it cannot be had."""
        with self._lock:
            _ = self._loaded

    def read(self, question: str, passages: Sequence[ReaderPassage]) -> list[PassageReading]:
        """Each of ``passages`` read with ``question``; raises ModelError."""
        with self._lock:
            return [self._read(question, passage) for passage in passages]

    @cached_property
    def _loaded(self) -> tuple[Any, Any, bool]:
        try:
            import transformers

            config = transformers.AutoConfig.from_pretrained(self._name)
            answering = any("QuestionAnswering" in one for one in config.architectures or ())
            kind = (
                transformers.AutoModelForQuestionAnswering
                if answering
                else transformers.AutoModelForSequenceClassification
            )
            tokenizer = transformers.AutoTokenizer.from_pretrained(self._name)
            if not tokenizer.is_fast:
                raise ValueError("its tokenizer does not say where tokens stand")
            model = kind.from_pretrained(self._name).to(self._device).eval()
        # Whatever a folder or hub does wrong, the person is told which model it was.
        except Exception as error:
            first = next(iter(str(error).strip().splitlines()), type(error).__name__)
            raise ModelError(
                f'The reader "{self._name}" cannot be loaded ({first[:200]}). Set reader in '
                'rag.toml to the folder of a question-answering model or cross-encoder, to "auto" '
                'or to "none".'
            ) from error
        return tokenizer, model, answering

    def _read(self, question: str, passage: ReaderPassage) -> PassageReading:
        import torch

        tokenizer, model, answering = self._loaded
        before = f"{as_plain_text(passage.heading)}\n" if passage.heading else ""
        text, ahead = before + as_plain_text(passage.linear.text), len(before)
        longest = min(int(tokenizer.model_max_length), 512)
        encoded = tokenizer(
            _cut(tokenizer, as_plain_text(question), longest // 4),
            text,
            truncation="only_second",
            max_length=longest,
            stride=min(64, longest // 4),
            return_overflowing_tokens=True,
            return_offsets_mapping=True,
            padding=True,
            return_tensors="pt",
        )
        offsets = encoded.pop("offset_mapping").numpy()
        encoded.pop("overflow_to_sample_mapping", None)
        second = np.array(
            [[part == 1 for part in encoded.sequence_ids(row)] for row in range(len(offsets))]
        )
        with torch.no_grad():
            output = model(**{name: values.to(self._device) for name, values in encoded.items()})
        if not answering:
            logits = output.logits.float().cpu().numpy()
            best = float((logits[:, -1] - (logits[:, 0] if logits.shape[1] > 1 else 0)).max())
            none = np.zeros(0, dtype=np.float32)
            return reading_of(best, np.zeros((0, 2), dtype=np.int64), none, none)
        starts = _relative(output.start_logits.float().cpu().numpy())
        ends = _relative(output.end_logits.float().cpu().numpy())
        spans = offsets[second] - ahead
        inside = spans[:, 0] >= 0
        tokens = original_places(
            [(int(a), int(b)) for a, b in spans[inside]], passage.linear.places
        )
        found = reading_of(0.0, tokens, starts[second][inside], ends[second][inside])
        return reading_of(
            _SPAN_SCALE * max(min(found.margin, 40.0), -40.0), tokens, found.starts, found.ends
        )


def _cut(tokenizer: Any, question: str, most: int) -> str:
    """The first ``most`` tokens of ``question``, so that the window has room for a passage."""
    found = tokenizer(question, add_special_tokens=False, return_offsets_mapping=True)
    offsets = found["offset_mapping"]
    return question if len(offsets) <= most else question[: offsets[most - 1][1]]


def _relative(logits: NDArray[np.float32]) -> NDArray[np.float32]:
    """Logits (windows, t) less those of the first token, which stands for "none"."""
    return np.asarray(logits - logits[:, :1], dtype=np.float32)
