"""What an evaluation found out, and its JSON."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field

from pydantic import TypeAdapter

from rag.evaluation.answers import AnswerOutcome
from rag.evaluation.metrics import METRICS, RECALL_CUTOFFS, as_matrix, mean_metrics, recall
from rag.evaluation.significance import bootstrap_intervals, holm, permutation_p_value
from rag.json_contract import EvaluationJson, ModeJson

_MODE = TypeAdapter(ModeJson)
_EVALUATION = TypeAdapter(EvaluationJson)

Means = Mapping[str, float | None]
Intervals = Mapping[str, tuple[float, float] | None]
Group = Mapping[str, float | int | None]


@dataclass(frozen=True, slots=True)
class Found:
    """One of the first passages, for showing; ``text`` is its beginning, ``page`` counts from 1."""

    rank: int
    document: str
    page: int | None
    score: float
    text: str
    relevant: bool


@dataclass(frozen=True, slots=True)
class Case:
    """One query and what became of it.

    ``ranks`` has the rank of the first passage with each of ``expected``, or None, and
    ``languages`` those in which each of them stands (none where unknown); all are empty where the
    query is unanswerable, and so is ``metrics``. ``ranking`` is the whole
    of it, ids and scores; ``found`` its beginning.
    """

    id: str
    query: str
    lang: str
    kinds: tuple[str, ...]
    expected: tuple[str, ...]
    ranks: tuple[int | None, ...]
    languages: tuple[tuple[str, ...], ...]
    metrics: Mapping[str, float]
    ranking: tuple[tuple[str, float], ...] = ()
    found: tuple[Found, ...] = ()
    answer: AnswerOutcome | None = None
    open: bool = False

    @property
    def answerable(self) -> bool:
        """Whether the corpus has evidence for it."""
        return bool(self.ranks)

    @property
    def failed(self) -> bool:
        """Whether the query is answerable and its first five passages have none of its evidence."""
        return self.answerable and not any(rank is not None and rank <= 5 for rank in self.ranks)


@dataclass(frozen=True, slots=True)
class EvaluationResult:
    """One mode measured. Metrics are means over answerable queries, None where there are none.

    ``intervals`` are 95 % bootstrap intervals. ``answers`` is None where none were asked for.
    """

    mode: str
    cases: tuple[Case, ...]
    metrics: Means
    intervals: Intervals
    answers: Means | None
    seconds: float
    notes: tuple[str, ...] = ()

    @property
    def answerable(self) -> tuple[Case, ...]:
        """The cases that the retrieval metrics are about."""
        return tuple(case for case in self.cases if case.answerable)

    @property
    def failed(self) -> tuple[Case, ...]:
        """The answerable cases without any evidence in the first five passages."""
        return tuple(case for case in self.cases if case.failed)

    @property
    def run(self) -> dict[str, tuple[tuple[str, float], ...]]:
        """The rankings by query id, for ``rag.evaluation.runs.write_run``."""
        return {case.id: case.ranking for case in self.cases}

    @property
    def by_language(self) -> dict[str, Group]:
        """Means by the question's language; ``queries`` counts unanswerable ones too."""
        return _grouped(self.cases, lambda case: (case.lang,))

    @property
    def by_pair(self) -> dict[str, Group]:
        """Recall by ``"question's language→evidence's"``, over the evidence in that language.

        A query counts in as many pairs as its evidence has languages.
        """
        ranks: dict[str, list[list[int | None]]] = {}
        for case in self.answerable:
            mine: dict[str, list[int | None]] = {}
            for rank, languages in zip(case.ranks, case.languages, strict=True):
                for language in languages:
                    mine.setdefault(f"{case.lang}→{language}", []).append(rank)
            for pair, found in mine.items():
                ranks.setdefault(pair, []).append(found)
        return {
            pair: {
                "queries": len(found),
                **{
                    f"recall@{k}": sum(recall(one, k) for one in found) / len(found)
                    for k in RECALL_CUTOFFS
                },
            }
            for pair, found in sorted(ranks.items())
        }

    @property
    def by_kind(self) -> dict[str, Group]:
        """Means by the kind of the evidence (quote, page) and the file's own kinds."""
        return _grouped(self.cases, lambda case: case.kinds)

    def recall_curve(self, depth: int = 20) -> tuple[float, ...]:
        """Mean recall at 1, 2 … ``depth``; empty where there is no answerable query."""
        cases = self.answerable
        if not cases:
            return ()
        return tuple(
            sum(recall(case.ranks, k) for case in cases) / len(cases) for k in range(1, depth + 1)
        )

    def to_json(self) -> ModeJson:
        """The object of ``rag eval --json``; None stands for a mean over nothing."""
        values = {
            "queries": len(self.cases),
            "answerable": len(self.answerable),
            "mode": self.mode,
            "metrics": self.metrics,
            "intervals": self.intervals,
            "by_language": self.by_language,
            "seconds": round(self.seconds, 3),
            "by_pair": self.by_pair,
            "by_kind": self.by_kind,
            "failed": [case.id for case in self.failed],
            "notes": self.notes,
        }
        if self.answers is not None:
            values["answers"] = self.answers
        return _MODE.validate_python(values)


@dataclass(frozen=True, slots=True)
class Comparison:
    """The difference ``first - second`` of a metric's means over the queries that both have.

    ``p`` is that of the paired randomisation test, ``p_holm`` the same corrected for all the
    comparisons made together.
    """

    first: str
    second: str
    metric: str
    difference: float
    p: float
    p_holm: float


@dataclass(frozen=True, slots=True)
class EvaluationReport:
    """One or more modes over the same queries, the first being the one in question."""

    results: tuple[EvaluationResult, ...]
    comparison: tuple[Comparison, ...] = field(default=())

    def to_json(self) -> EvaluationJson:
        """The first mode's object; with several modes also ``modes`` and ``comparison``."""
        modes = {result.mode: result.to_json() for result in self.results}
        values = {**self.results[0].to_json()}
        if len(self.results) > 1:
            values["modes"] = modes
            values["comparison"] = [asdict(comparison) for comparison in self.comparison]
        return _EVALUATION.validate_python(values)


def summarise(
    mode: str,
    cases: Sequence[Case],
    *,
    answers: Means | None,
    seconds: float,
    notes: Sequence[str] = (),
) -> EvaluationResult:
    """Means and intervals over ``cases``."""
    values = [case.metrics for case in cases if case.answerable]
    intervals: dict[str, tuple[float, float] | None] = dict.fromkeys(METRICS)
    if values:
        for name, (low, high) in zip(METRICS, bootstrap_intervals(as_matrix(values)), strict=True):
            intervals[name] = (float(low), float(high))
    return EvaluationResult(
        mode=mode,
        cases=tuple(cases),
        metrics=mean_metrics(values),
        intervals=intervals,
        answers=answers,
        seconds=seconds,
        notes=tuple(notes),
    )


def compare(results: Sequence[EvaluationResult]) -> EvaluationReport:
    """The report of ``results`` (at least one): the first against each other, in every metric."""
    first = results[0]
    rows: list[tuple[str, str, float, float]] = []
    for second in results[1:]:
        ours = {case.id: case.metrics for case in first.answerable}
        theirs = {case.id: case.metrics for case in second.answerable}
        shared = [query for query in ours if query in theirs]
        if not shared:
            continue
        a = as_matrix([ours[query] for query in shared])
        b = as_matrix([theirs[query] for query in shared])
        for column, name in enumerate(METRICS):
            p = permutation_p_value(a[:, column], b[:, column])
            difference = float(a[:, column].mean() - b[:, column].mean())
            rows.append((second.mode, name, difference, p))
    corrected = holm([p for *_, p in rows])
    return EvaluationReport(
        tuple(results),
        tuple(
            Comparison(first.mode, mode, name, difference, p, p_holm)
            for (mode, name, difference, p), p_holm in zip(rows, corrected, strict=True)
        ),
    )


def shortened(text: str, longest: int = 240) -> str:
    """The beginning of ``text``, with an ellipsis where it goes on."""
    return text if len(text) <= longest else f"{text[:longest]}…"


def _grouped(cases: Sequence[Case], keys: Callable[[Case], Sequence[str]]) -> dict[str, Group]:
    groups: dict[str, list[Case]] = {}
    for case in cases:
        for key in keys(case):
            groups.setdefault(key, []).append(case)
    return {key: _group(groups[key]) for key in sorted(groups)}


def _group(cases: Sequence[Case]) -> Group:
    answerable = [case for case in cases if case.answerable]
    return {
        "queries": len(cases),
        "answerable": len(answerable),
        **mean_metrics([case.metrics for case in answerable]),
    }
