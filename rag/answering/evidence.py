"""Whether the passages found are evidence, or only the nearest of what does not answer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from rag.answering.extraction import Candidate
from rag.retrieval import Retrieved


@dataclass(frozen=True, slots=True)
class Thresholds:
    """The line between answering and refusing: ``evidence_score`` must reach ``least``."""

    least: float = 0.45


def evidence_score(
    found: Retrieved, sentences: Sequence[Candidate], weights: Mapping[str, float]
) -> float:
    """How much speaks for an answer, about 0 to 1.5; higher is more.

    The best cosine of a passage, plus what the best sentence adds: the share of the question's
    terms that it has.
    """
    cosine = max((hit.cosine for hit in found.hits if hit.cosine is not None), default=0.0)
    coverage = max((sentence.coverage for sentence in sentences[:3]), default=0.0)
    return cosine + 0.25 * coverage


def has_evidence(
    found: Retrieved,
    sentences: Sequence[Candidate],
    weights: Mapping[str, float],
    thresholds: Thresholds,
) -> bool:
    """Whether there is a sentence to cite and enough speaks for it."""
    return bool(sentences) and evidence_score(found, sentences, weights) >= thresholds.least
