"""Bounds that a measurement must keep, as in ``--fail-under recall@5=0.9``."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rag.evaluation.answers import ANSWER_METRICS
from rag.evaluation.metrics import METRICS
from rag.evaluation.result import EvaluationResult

_PREFIX = "answers."
_LOWER_IS_BETTER = ("false_answer_rate", "false_refusal_rate")


@dataclass(frozen=True, slots=True)
class Threshold:
    """``value`` (0 to 1) is the least allowed; for a false rate the most allowed.

    ``metric`` is one of ``METRICS``, or of ``ANSWER_METRICS`` after ``"answers."``.
    """

    metric: str
    value: float


def parse_threshold(text: str) -> Threshold:
    """Parse ``METRIC=VALUE``; a metric of answers may stand without ``answers.`` before it.

    Raises ValueError with a sentence for the person, naming the metrics where it is not one.
    """
    name, separator, number = (part.strip() for part in text.partition("="))
    metric = name.lower().removeprefix(_PREFIX)
    if not separator:
        raise ValueError(f'"{text}" is not METRIC=VALUE, as in recall@5=0.9.')
    if metric not in (*METRICS, *ANSWER_METRICS) or (_PREFIX in name and metric in METRICS):
        names = ", ".join((*METRICS, *(f"{_PREFIX}{answer}" for answer in ANSWER_METRICS)))
        raise ValueError(f'"{name}" is not a metric. These are: {names}.')
    try:
        value = float(number)
    except ValueError:
        value = -1.0
    if not 0 <= value <= 1:
        raise ValueError(f'"{number}" is not a number from 0 to 1, as in {name}=0.9.')
    return Threshold(metric if metric in METRICS else f"{_PREFIX}{metric}", value)


def failures(thresholds: Sequence[Threshold], result: EvaluationResult) -> list[str]:
    """A sentence for each threshold that ``result`` does not keep.

    What was not measured, or is a share of nothing, does not keep its threshold.
    """
    sentences: list[str] = []
    for threshold in thresholds:
        name = threshold.metric.removeprefix(_PREFIX)
        values = result.metrics if name in METRICS else (result.answers or {})
        value = values.get(name)
        bound = f"{threshold.value:g}"
        if value is None:
            sentences.append(f"{threshold.metric} was not measured; {bound} is asked for.")
        elif name in _LOWER_IS_BETTER and value > threshold.value:
            sentences.append(f"{threshold.metric} is {value:.4f}; at most {bound} is allowed.")
        elif name not in _LOWER_IS_BETTER and value < threshold.value:
            sentences.append(f"{threshold.metric} is {value:.4f}; at least {bound} is asked for.")
    return sentences
