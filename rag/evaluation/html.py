"""A report as one HTML page that loads nothing from anywhere.

What queries and documents say is text: it is escaped, and set in its own direction.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from markupsafe import Markup

from rag.evaluation.answers import ANSWER_METRICS
from rag.evaluation.files import write_atomically
from rag.evaluation.metrics import METRICS
from rag.evaluation.rendering import render
from rag.evaluation.result import Case, EvaluationReport, EvaluationResult, Group
from rag.evaluation.svg import SERIES, Point, Series, dot_plot, line_chart

_DEPTH = 20
_LEVEL = 0.05
_TILES = ("recall@1", "recall@5", "mrr@10")
_ANSWER_TILES = {"citation_recall": "evidence cited", "false_answer_rate": "false answers"}


@dataclass(frozen=True, slots=True)
class _Cell:
    """A mean with its interval and how it compares with the first mode's; empty where unknown."""

    value: float | None
    interval: str
    compared: str
    significant: bool


@dataclass(frozen=True, slots=True)
class _Pairs:
    """Groups by language of the question (rows) and of the evidence (columns)."""

    evidence: tuple[str, ...]
    rows: tuple[tuple[str, tuple[Group | None, ...]], ...]


def write_html(
    path: Path, report: EvaluationReport, *, title: str, threshold: float | None = None
) -> None:
    """Write ``render_html`` to ``path`` in one step; raises RagError where that cannot be done."""
    write_atomically(path, render_html(report, title=title, threshold=threshold))


def render_html(report: EvaluationReport, *, title: str, threshold: float | None = None) -> str:
    """The page. ``threshold`` is the evidence below which questions are refused, if there is one.

    Failures, answers and groups are those of the first mode.
    """
    first = report.results[0]
    page = render(
        "report.html",
        title=title,
        report=report,
        first=first,
        level=_LEVEL,
        series=SERIES,
        metric_names=METRICS,
        tiles=_tiles(first),
        metrics=[
            (name, [_cell(report, result, name) for result in report.results]) for name in METRICS
        ],
        recall=_recall(report.results),
        pairs=_pairs(first.by_pair),
        answers=_answers(report.results),
        evidence=_evidence(first, threshold),
        failed=list(_failed(report)),
        wrongly_answered=_wrongly(first, answered=True),
        wrongly_refused=_wrongly(first, answered=False),
    )
    return f"{page}\n"


def _tiles(result: EvaluationResult) -> list[tuple[str, float | None]]:
    answers = result.answers or {}
    return [
        *((name, result.metrics[name]) for name in _TILES),
        *((label, answers[name]) for name, label in _ANSWER_TILES.items() if name in answers),
    ]


def _cell(report: EvaluationReport, result: EvaluationResult, metric: str) -> _Cell:
    interval = result.intervals[metric]
    compared = next(
        (c for c in report.comparison if (c.second, c.metric) == (result.mode, metric)), None
    )
    return _Cell(
        value=result.metrics[metric],
        interval="" if interval is None else f"{interval[0]:.3f} – {interval[1]:.3f}",
        compared="" if compared is None else f"p = {compared.p_holm:.3f}",
        significant=compared is not None and compared.p_holm < _LEVEL,
    )


def _recall(results: Sequence[EvaluationResult]) -> tuple[list[str], Markup] | None:
    """The names of the curves and the chart; None where there are none."""
    curves = [Series(result.mode, result.recall_curve(_DEPTH)) for result in results]
    curves = [curve for curve in curves if curve.values]
    if not curves:
        return None
    chart = line_chart(curves, x_label="passages looked at", title="Recall by number of passages")
    return [curve.name for curve in curves], chart


def _pairs(groups: Mapping[str, Group]) -> _Pairs | None:
    pairs = {tuple(pair.split("→", 1)): group for pair, group in groups.items()}
    questions = sorted({pair[0] for pair in pairs})
    evidence = tuple(sorted({pair[1] for pair in pairs}))
    if not pairs:
        return None
    return _Pairs(
        evidence,
        tuple((one, tuple(pairs.get((one, other)) for other in evidence)) for one in questions),
    )


def _answers(
    results: Sequence[EvaluationResult],
) -> tuple[list[str], list[tuple[str, list[float | None]]]] | None:
    """The modes that answered, and each measure of theirs by its name."""
    measured = [(result.mode, result.answers) for result in results if result.answers is not None]
    if not measured:
        return None
    names = dict.fromkeys([*ANSWER_METRICS, *(name for _, values in measured for name in values)])
    return [mode for mode, _ in measured], [
        (name.replace("_", " "), [values.get(name) for _, values in measured]) for name in names
    ]


def _evidence(result: EvaluationResult, threshold: float | None) -> Markup | None:
    rows = [
        (
            name,
            [Point(c.answer.evidence, f"{c.id} {c.query}") for c in cases if c.answer],
        )
        for name, cases in (
            ("answerable", result.answerable),
            ("unanswerable", [c for c in result.cases if not (c.answerable or c.open)]),
        )
    ]
    rows = [(name, points) for name, points in rows if points]
    if not rows:
        return None
    return dot_plot(
        rows, mark=threshold, mark_label="refused below", title="Evidence for each question"
    )


def _failed(report: EvaluationReport) -> Iterator[tuple[Case, list[tuple[str, str]]]]:
    """The questions the first mode fails, with the rank of their first evidence in each mode."""
    by_id = [(result.mode, {case.id: case for case in result.cases}) for result in report.results]
    for case in report.results[0].failed:
        yield (
            case,
            [(mode, _first_rank(cases[case.id])) for mode, cases in by_id if case.id in cases],
        )


def _first_rank(case: Case) -> str:
    return str(min((rank for rank in case.ranks if rank is not None), default="not found"))


def _wrongly(result: EvaluationResult, *, answered: bool) -> list[Case]:
    return [
        case
        for case in result.cases
        if case.answer is not None
        and not case.open
        and answered not in (case.answerable, case.answer.refused)
    ]
