"""A report as one HTML page that loads nothing from anywhere.

What queries and documents say is text: everything is escaped, and set in its own direction.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from html import escape
from pathlib import Path

from rag.evaluation.answers import ANSWER_METRICS
from rag.evaluation.files import write_atomically
from rag.evaluation.metrics import METRICS
from rag.evaluation.result import Case, EvaluationReport, EvaluationResult, Found, Group
from rag.evaluation.style import CSS
from rag.evaluation.svg import SERIES, Point, Series, dot_plot, line_chart
from rag.evaluation.text import figure

_DEPTH = 20
_LEVEL = 0.05


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
    sections = [
        _header(first, title),
        _section("Metrics", _metrics(report)),
        _section("Recall by number of passages", _recall(report.results)),
        _section("Recall@5 by question and evidence language", _pairs(first.by_pair)),
        _section("By language of the question", _groups(first.by_language, "language")),
        _section("By kind", _groups(first.by_kind, "kind")),
        _section("Answers", _answers(report.results)),
        _section("Nearest passage of each question", _scores(first, threshold)),
        _section(f"Failed questions ({len(first.failed)})", _failed(report)),
        _section("Answered, though the corpus has no evidence", _wrongly(first, answered=True)),
        _section("Refused, though the corpus has evidence", _wrongly(first, answered=False)),
        _section("Notes", _notes(first.notes)),
    ]
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta http-equiv="Content-Security-Policy" content="default-src \'none\'; '
        "style-src 'unsafe-inline'\">\n"
        f"<title>{escape(title)}</title>\n<style>{CSS}</style>\n</head>\n<body>\n"
        + "\n".join(section for section in sections if section)
        + "\n</body>\n</html>\n"
    )


def _section(heading: str, body: str) -> str:
    return f"<section><h2>{escape(heading)}</h2>\n{body}</section>" if body else ""


def _header(result: EvaluationResult, title: str) -> str:
    tiles = [(name, figure(result.metrics[name])) for name in ("recall@1", "recall@5", "mrr@10")]
    answers = result.answers or {}
    tiles += [
        (label, figure(answers[name]))
        for name, label in (
            ("citation_recall", "evidence cited"),
            ("false_answer_rate", "false answers"),
        )
        if name in answers
    ]
    shown = "".join(
        f'<div class="tile"><b>{value}</b><span>{escape(label)}</span></div>'
        for label, value in tiles
    )
    return (
        f'<header><h1 dir="auto">{escape(title)}</h1><p class="soft">'
        f"{len(result.cases)} questions, {len(result.answerable)} answerable · "
        f"mode {escape(result.mode)} · {result.seconds:.1f} s</p>"
        f'<div class="tiles">{shown}</div></header>'
    )


def _metrics(report: EvaluationReport) -> str:
    differences = {(c.second, c.metric): c for c in report.comparison}
    rows: list[list[str]] = []
    for name in METRICS:
        cells = [escape(name)]
        for result in report.results:
            interval = result.intervals[name]
            span = "" if interval is None else f"{interval[0]:.3f} – {interval[1]:.3f}"
            compared = differences.get((result.mode, name))
            told = "" if compared is None else f"p = {compared.p_holm:.3f}"
            if compared is not None and compared.p_holm < _LEVEL:
                told = f"<b>{told}</b>"
            cells.append(
                f"{figure(result.metrics[name])}<small>{span}</small>"
                + (f"<small>{told}</small>" if told else "")
            )
        rows.append(cells)
    head = ["", *(escape(result.mode) for result in report.results)]
    told = "Means over answerable questions with 95 % bootstrap intervals."
    if report.comparison:
        told += (
            f" p: paired randomisation test against {escape(report.results[0].mode)}, Holm's "
            f"correction over all of them; below {_LEVEL:g} in bold."
        )
    return f'{_table(head, rows)}<p class="soft">{told}</p>'


def _recall(results: Sequence[EvaluationResult]) -> str:
    curves = [Series(result.mode, result.recall_curve(_DEPTH)) for result in results]
    curves = [curve for curve in curves if curve.values]
    if not curves:
        return ""
    legend = "".join(
        f'<span><svg viewBox="0 0 36 10" aria-hidden="true"><line class="line s{i % SERIES}" '
        f'x1="0" x2="36" y1="5" y2="5"/></svg>{escape(curve.name)}</span>'
        for i, curve in enumerate(curves)
    )
    chart = line_chart(curves, x_label="passages looked at", title="Recall by number of passages")
    return f'<div class="legend">{legend}</div>{chart}'


def _pairs(groups: Mapping[str, Group]) -> str:
    pairs = {tuple(pair.split("→", 1)): group for pair, group in groups.items()}
    questions = sorted({pair[0] for pair in pairs})
    evidence = sorted({pair[1] for pair in pairs})
    if not pairs:
        return ""
    body = "".join(
        f"<tr><th>{escape(one)}</th>"
        + "".join(_heat(pairs.get((one, other))) for other in evidence)
        + "</tr>"
        for one in questions
    )
    head = "".join(f"<th>{escape(language)}</th>" for language in evidence)
    return (
        f'<div class="wide"><table><thead><tr><th>question ↓ evidence →</th>{head}</tr></thead>'
        f"<tbody>{body}</tbody></table></div>"
    )


def _heat(group: Group | None) -> str:
    value = None if group is None else group["recall@5"]
    if group is None or value is None:
        return '<td class="soft none">–</td>'
    # Dark cells need light text to stay readable.
    full = " full" if value >= 0.85 else ""
    count = group["queries"]
    plural = "" if count == 1 else "s"
    return (
        f'<td class="heat{full}" style="--v:{value:.2f}">{value:.2f}'
        f"<small>{count} question{plural}</small></td>"
    )


def _groups(groups: Mapping[str, Group], name: str) -> str:
    if not groups:
        return ""
    rows = [
        [
            escape(key),
            figure(group["queries"]),
            figure(group["answerable"]),
            *(figure(group[metric]) for metric in METRICS),
        ]
        for key, group in groups.items()
    ]
    return _table([name, "questions", "answerable", *METRICS], rows)


def _answers(results: Sequence[EvaluationResult]) -> str:
    measured = [(result.mode, result.answers) for result in results if result.answers is not None]
    if not measured:
        return ""
    names = dict.fromkeys([*ANSWER_METRICS, *(name for _, values in measured for name in values)])
    rows = [
        [name.replace("_", " "), *(figure(values.get(name)) for _, values in measured)]
        for name in names
    ]
    return _table(["", *(escape(mode) for mode, _ in measured)], rows)


def _scores(result: EvaluationResult, threshold: float | None) -> str:
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
        return ""
    plot = dot_plot(
        rows, mark=threshold, mark_label="refused below", title="Evidence for each question"
    )
    return f'{plot}<p class="soft">How likely the best sentence found answers, 0 to 1.</p>'


def _failed(report: EvaluationReport) -> str:
    first, others = report.results[0], report.results[1:]
    by_id = [(result.mode, {case.id: case for case in result.cases}) for result in others]
    parts: list[str] = []
    for case in first.failed:
        ranks = [
            (first.mode, case),
            *((mode, cases[case.id]) for mode, cases in by_id if case.id in cases),
        ]
        parts.append(_entry(case, _expected(case) + _instead(case.found) + _ranks(ranks)))
    if not parts and first.answerable:
        return '<p class="soft">None: every question has evidence in its first five passages.</p>'
    return "".join(parts)


def _wrongly(result: EvaluationResult, *, answered: bool) -> str:
    return "".join(
        _entry(case, (_expected(case) if case.answerable else "") + _given(case.answer.text))
        for case in result.cases
        if case.answer is not None
        and not case.open
        and answered not in (case.answerable, case.answer.refused)
    )


def _entry(case: Case, body: str) -> str:
    return (
        f'<details><summary><code>{escape(case.id)}</code><span class="q" dir="auto" '
        f'lang="{escape(case.lang)}">{escape(case.query)}</span><code>{escape(case.lang)}</code>'
        f'</summary><div class="body">{body}</div></details>'
    )


def _expected(case: Case) -> str:
    return "<h3>Expected</h3>" + "".join(_text(text, "expected") for text in case.expected)


def _instead(found: Iterable[Found]) -> str:
    entries = "".join(
        f'<p class="soft">{one.rank}. <bdi>{escape(one.document)}</bdi>'
        + ("" if one.page is None else f", page {one.page}")
        + f" · {one.score:.3f}</p>{_text(one.text, 'found')}"
        for one in found
    )
    return f"<h3>Found instead</h3>{entries or '<p>Nothing.</p>'}"


def _ranks(cases: Sequence[tuple[str, Case]]) -> str:
    told = ", ".join(f"{escape(mode)}: {_first_rank(case)}" for mode, case in cases)
    return f'<p class="soft">First evidence at rank – {told}</p>'


def _first_rank(case: Case) -> str:
    return str(min((rank for rank in case.ranks if rank is not None), default="not found"))


def _given(text: str) -> str:
    return f"<h3>Answer</h3>{_text(text, 'found')}"


def _text(text: str, kind: str) -> str:
    return f'<p class="text {kind}" dir="auto">{escape(text)}</p>'


def _notes(notes: Sequence[str]) -> str:
    items = "".join(f'<li dir="auto">{escape(note)}</li>' for note in notes)
    return f"<ul>{items}</ul>" if items else ""


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A table of cells that are HTML already."""
    top = "".join(f"<th>{cell}</th>" for cell in head)
    body = "".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>" for row in rows)
    return (
        f'<div class="wide"><table><thead><tr>{top}</tr></thead><tbody>{body}</tbody></table></div>'
    )
