"""How likely it is that a sentence answers the question, from what is known of both.

Logistic models, of each two: one for sentences in a language that can have the question's terms and
one for others. ``tools/evidence.py`` fits them to questions with known answers, for one embedding
model, and moves the bias of those that judge so that 0.5 is where refusing begins. The README has
their figures on questions they never saw.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rag.answering.features import NAMES, Features
from rag.errors import ConfigError

_DATA = Path(__file__).parents[1] / "data"
_FITTED = {False: _DATA / "evidence.json", True: _DATA / "evidence-read.json"}
"""Without and with a reader model."""


@dataclass(frozen=True, slots=True)
class LogisticModel:
    """The weight of each feature, in the order of ``features.NAMES``, and the bias."""

    weights: tuple[float, ...]
    bias: float

    def probability(self, features: Features) -> float:
        """How likely a sentence with these features answers, 0 to 1."""
        odds = self.bias
        for name, weight in zip(NAMES, self.weights, strict=True):
            odds += weight * getattr(features, name)
        return 1 / (1 + math.exp(-max(min(odds, 500.0), -500.0)))

    @classmethod
    def named(cls, bias: float, **weights: float) -> LogisticModel:
        """The model with these weights by the name of their feature; the others are 0."""
        return cls(tuple(weights.get(name, 0.0) for name in NAMES), bias)


@dataclass(frozen=True, slots=True)
class Pair:
    """``own`` is for sentences that can share the question's terms, ``across`` for all others."""

    own: LogisticModel
    across: LogisticModel

    def probability(self, features: Features, *, shares_terms: bool) -> float:
        """0 to 1, for a sentence with these features."""
        return (self.own if shares_terms else self.across).probability(features)


@dataclass(frozen=True, slots=True)
class EvidenceModel:
    """``sentences`` tell which sentence answers, ``answers`` whether the best one does.

    ``least`` is the probability by ``answers`` from which a question is answered. ``sure`` are
    those from which one in ten of the questions that no report answers would be, of sentences that
    can share the question's terms and of others.
    """

    sentences: Pair
    answers: Pair
    least: float = 0.5
    sure: tuple[float, float] = (0.5, 0.5)

    def is_sure(self, probability: float, *, shares_terms: bool) -> bool:
        """Whether a ``probability`` by ``answers`` leaves little doubt."""
        return probability >= self.sure[0 if shares_terms else 1]


def load_evidence(
    file: Path | None = None, least: float = 0.5, *, read: bool = False
) -> EvidenceModel:
    """The model in ``file``, or the one fitted for the packaged embedding model.

    ``read`` says whether a reader model's features are known.

    Raises ConfigError when the file cannot be read or is not such a model.
    """
    path = file or _FITTED[read]
    try:
        fitted = json.loads(path.read_text(encoding="utf-8"))
        return EvidenceModel(
            _pair(fitted["sentences"]),
            _pair(fitted["answers"]),
            least,
            (float(fitted["sure"]["own"]), float(fitted["sure"]["across"])),
        )
    except OSError as error:
        raise ConfigError(
            f"The evidence model {path} cannot be opened: {error.strerror}. "
            "Correct evidence_model in rag.toml, or take it out."
        ) from error
    except (ValueError, KeyError, TypeError) as error:
        raise ConfigError(
            f"{path} is not an evidence model. Make one with tools/evidence.py, or take "
            "evidence_model out of rag.toml."
        ) from error


def _pair(fitted: Mapping[str, Any]) -> Pair:
    return Pair(_model(fitted["own"]), _model(fitted["across"]))


def _model(fitted: Mapping[str, Any]) -> LogisticModel:
    unknown = set(fitted) - {*NAMES, "bias"}
    if unknown:
        raise ValueError(f"unknown features: {unknown}")
    return LogisticModel(
        tuple(float(fitted.get(name, 0.0)) for name in NAMES), float(fitted["bias"])
    )
