"""A report as plain text for the terminal."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence

from rag.evaluation.answers import ANSWER_METRICS
from rag.evaluation.metrics import METRICS
from rag.evaluation.result import EvaluationReport, EvaluationResult, Group

_SHOWN_FAILURES = 10
_SHOWN_NOTES = 10
_LEVEL = 0.05


def render_text(report: EvaluationReport) -> str:
    """Tables of metrics, groups and answers, then the failed queries and notes; ends in a newline.

    Only the first mode's groups, failures and notes are shown.
    """
    first = report.results[0]
    parts = [
        f"{len(first.cases)} queries, {len(first.answerable)} answerable, {first.seconds:.1f} s",
        _metrics(report),
        _answers(report.results),
        _groups("question in", first.by_language, METRICS),
        _groups("question→evidence", first.by_pair, ("recall@1", "recall@5", "recall@10")),
        _groups("kind", first.by_kind, METRICS),
        _failed(first),
        _listed("Notes", first.notes, _SHOWN_NOTES),
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def table(rows: Sequence[Sequence[str]]) -> str:
    """Rows of cells in columns, the first to the left and the others to the right."""
    widths = [max(map(_width, column)) for column in zip(*rows, strict=True)]
    lines: list[str] = []
    for row in rows:
        gaps = [" " * (width - _width(cell)) for cell, width in zip(row, widths, strict=True)]
        cells = [
            row[0] + gaps[0],
            *(gap + cell for cell, gap in zip(row[1:], gaps[1:], strict=True)),
        ]
        lines.append("  ".join(cells).rstrip())
    return "\n".join(lines)


def figure(value: float | int | None) -> str:
    """A share with three decimals, a count as it is, a dash for None."""
    if value is None:
        return "–"
    return str(value) if isinstance(value, int) else f"{value:.3f}"


def _metrics(report: EvaluationReport) -> str:
    marked = {
        (comparison.second, comparison.metric)
        for comparison in report.comparison
        if comparison.p_holm < _LEVEL
    }
    rows = [["", *(result.mode for result in report.results)]]
    for name in METRICS:
        cells = [name]
        for result in report.results:
            interval = result.intervals[name]
            shown = "" if interval is None else f" [{interval[0]:.3f}, {interval[1]:.3f}]"
            mark = " *" if (result.mode, name) in marked else "  " if marked else ""
            cells.append(f"{figure(result.metrics[name])}{shown}{mark}")
        rows.append(cells)
    legend = (
        f"\n* differs from {report.results[0].mode}: paired randomisation test, Holm, "
        f"p < {_LEVEL:g}"
        if marked
        else ""
    )
    return table(rows) + legend


def _answers(results: Sequence[EvaluationResult]) -> str:
    measured = [(result.mode, result.answers) for result in results if result.answers is not None]
    if not measured:
        return ""
    rows = [["answers", *(mode for mode, _ in measured)]]
    names = dict.fromkeys([*ANSWER_METRICS, *(name for _, values in measured for name in values)])
    rows += [[name, *(figure(values.get(name)) for _, values in measured)] for name in names]
    return table(rows)


def _groups(heading: str, groups: Mapping[str, Group], names: Sequence[str]) -> str:
    if not groups:
        return ""
    rows = [[heading, "queries", *names]]
    rows += [
        [key, figure(group["queries"]), *(figure(group[name]) for name in names)]
        for key, group in groups.items()
    ]
    return table(rows)


def _failed(result: EvaluationResult) -> str:
    lines = [
        f"{case.id}: {' '.join(case.query.split())}\n      expected {case.expected[0]}"
        for case in result.failed
    ]
    return _listed("Without evidence in the first five", lines, _SHOWN_FAILURES)


def _listed(heading: str, lines: Sequence[str], most: int) -> str:
    if not lines:
        return ""
    shown = [f"  {line}" for line in lines[:most]]
    more = [f"  and {len(lines) - most} more"] if len(lines) > most else []
    return "\n".join([f"{heading} ({len(lines)}):", *shown, *more])


def _width(text: str) -> int:
    """Columns that ``text`` takes in a terminal: two for wide characters, none for marks."""
    return sum(
        0 if unicodedata.combining(char) else 2 if unicodedata.east_asian_width(char) in "WF" else 1
        for char in text
    )
