"""Data sets in BEIR's layout (Thakur et al. 2021): loading them, and measuring a ranking."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rag.errors import QueryFileError
from rag.evaluation.metrics import METRICS
from rag.evaluation.result import Case, EvaluationResult, Found, shortened, summarise
from rag.evaluation.runs import Run

UNKNOWN_LANGUAGE = "und"
_DEPTH_SHOWN = 5
_LAYOUT = "a data set has corpus.jsonl, queries.jsonl and qrels/SPLIT.tsv"


@dataclass(frozen=True, slots=True)
class BeirPassage:
    """An entry of the corpus; ``lang`` is empty where the data does not say."""

    id: str
    title: str
    text: str
    lang: str = ""


@dataclass(frozen=True, slots=True)
class BeirQuery:
    """A query; ``lang`` is ``"und"`` where the data does not say."""

    id: str
    text: str
    lang: str = UNKNOWN_LANGUAGE


@dataclass(frozen=True, slots=True)
class BeirData:
    """One split. ``queries`` are those with a relevant passage in ``qrels``, in the file's order.

    ``qrels`` is by query, then passage: the grade, above 0 where it is relevant.
    """

    corpus: tuple[BeirPassage, ...]
    queries: tuple[BeirQuery, ...]
    qrels: Mapping[str, Mapping[str, int]]
    split: str
    notes: tuple[str, ...] = ()


def load_beir(folder: Path, split: str | None = None) -> BeirData:
    """Load ``folder``. Without ``split``: ``test`` where it is there, otherwise the only one.

    Raises QueryFileError naming the file (and line) when one is missing or malformed, when an id
    is there twice, when a judgement names a query or passage that is not there, and when the
    split does not exist (with those that do).
    """
    if not folder.is_dir():
        raise QueryFileError(f"{folder} is not a folder; {_LAYOUT}.")
    corpus = tuple(_passages(folder / "corpus.jsonl"))
    queries = tuple(_queries(folder / "queries.jsonl"))
    chosen = _chosen_split(folder / "qrels", split)
    path = folder / "qrels" / f"{chosen}.tsv"
    qrels = _qrels(path)
    _check_names(path, qrels, {p.id for p in corpus}, {q.id for q in queries})
    judged = {query for query, grades in qrels.items() if any(g > 0 for g in grades.values())}
    if not judged:
        raise QueryFileError(f"{path} calls no passage relevant; nothing can be measured with it.")
    without = len(qrels) - len(judged)
    notes = (f"{without} queries of {path.name} have no relevant passage and are left out.",)
    return BeirData(
        corpus=corpus,
        queries=tuple(query for query in queries if query.id in judged),
        qrels={query: qrels[query] for query in qrels if query in judged},
        split=chosen,
        notes=notes if without else (),
    )


def evaluate_run(
    data: BeirData,
    run: Run,
    *,
    mode: str,
    seconds: float,
) -> EvaluationResult:
    """Measure ``run``: for each query id its passages' ids and scores, best first.

    The order given is the ranking, also between equal scores. A query that it lacks found
    nothing; queries outside the split are passed over. ``recall@k`` counts passages with a grade
    above 0; ``ndcg@10`` takes the grade as the gain.
    """
    values = _run_metrics(data, run)
    passages = {passage.id: passage for passage in data.corpus}
    cases = [
        _case(query, data.qrels[query.id], run.get(query.id, ()), values[query.id], passages)
        for query in data.queries
    ]
    return summarise(mode, cases, answers=None, seconds=seconds, notes=data.notes)


def _run_metrics(data: BeirData, run: Run) -> dict[str, dict[str, float]]:
    import ir_measures
    from ir_measures import AP, RR, R, nDCG

    names = {
        R @ 1: "recall@1",
        R @ 5: "recall@5",
        R @ 10: "recall@10",
        RR @ 10: "mrr@10",
        nDCG @ 10: "ndcg@10",
        AP @ 10: "map@10",
    }
    # Places instead of scores: tools order equal scores each in its own way.
    ranked = {
        query.id: {doc: -float(place) for place, (doc, _) in enumerate(run.get(query.id, ()))}
        for query in data.queries
    }
    qrels = {query: dict(grades) for query, grades in data.qrels.items()}
    values: dict[str, dict[str, float]] = {
        query.id: dict.fromkeys(METRICS, 0.0) for query in data.queries
    }
    for metric in ir_measures.iter_calc(list(names), qrels, ranked):
        values[metric.query_id][names[metric.measure]] = float(metric.value)
    return values


def _case(
    query: BeirQuery,
    grades: Mapping[str, int],
    ranking: Sequence[tuple[str, float]],
    metrics: Mapping[str, float],
    passages: Mapping[str, BeirPassage],
) -> Case:
    relevant = [doc for doc, grade in grades.items() if grade > 0]
    ranks: dict[str, int] = {}
    for rank, (doc, _) in enumerate(ranking, start=1):
        ranks.setdefault(doc, rank)
    return Case(
        id=query.id,
        query=query.text,
        lang=query.lang,
        kinds=(),
        expected=tuple(f"{doc}: {shortened(passages[doc].text)}" for doc in relevant),
        ranks=tuple(ranks.get(doc) for doc in relevant),
        languages=tuple((passages[doc].lang,) if passages[doc].lang else () for doc in relevant),
        metrics=metrics,
        ranking=tuple(ranking),
        found=tuple(
            Found(
                rank=rank,
                document=doc,
                page=None,
                score=score,
                text=shortened(passages[doc].text) if doc in passages else "",
                relevant=grades.get(doc, 0) > 0,
            )
            for rank, (doc, score) in enumerate(ranking[:_DEPTH_SHOWN], start=1)
        ),
    )


def _passages(path: Path) -> Iterator[BeirPassage]:
    for where, entry in _entries(path):
        yield BeirPassage(
            id=entry["_id"],
            title=_text(entry, "title", where) if "title" in entry else "",
            text=_text(entry, "text", where),
            lang=_language(entry, where),
        )


def _queries(path: Path) -> Iterator[BeirQuery]:
    for where, entry in _entries(path):
        yield BeirQuery(
            entry["_id"], _text(entry, "text", where), _language(entry, where) or UNKNOWN_LANGUAGE
        )


def _entries(path: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    """The objects of a file of JSON lines, each with where it stands; ids checked, none twice."""
    seen: set[str] = set()
    for number, line in enumerate(_read(path).split("\n"), start=1):
        if not line.strip():
            continue
        where = f"{path}, line {number}"
        try:
            entry = json.loads(line)
        except (ValueError, RecursionError) as error:
            raise QueryFileError(f"{where}: this is not JSON ({error}).") from error
        if not isinstance(entry, dict):
            raise QueryFileError(f'{where}: an object with "_id" and "text" is needed.')
        name = _text(entry, "_id", where)
        if not name or name in seen:
            raise QueryFileError(f'{where}: the "_id" {name!r} is blank or there twice.')
        seen.add(name)
        yield where, entry
    if not seen:
        raise QueryFileError(f"{path} is empty; {_LAYOUT}.")


def _text(entry: Mapping[str, Any], key: str, where: str) -> str:
    value = entry.get(key)
    if not isinstance(value, str):
        raise QueryFileError(f'{where}: "{key}" is needed and must be a string.')
    return value


def _language(entry: Mapping[str, Any], where: str) -> str:
    metadata = entry.get("metadata")
    if metadata is None:
        return ""
    if not isinstance(metadata, dict):
        raise QueryFileError(f'{where}: "metadata" must be an object.')
    return _text(metadata, "lang", f"{where}, metadata") if metadata.get("lang") else ""


def _chosen_split(folder: Path, split: str | None) -> str:
    there = sorted(path.stem for path in folder.glob("*.tsv"))
    listed = ", ".join(there) if there else "none"
    if split is None and len(there) == 1:
        return there[0]
    chosen = "test" if split is None else split
    if chosen not in there:
        wanted = "Say which split." if split is None else f"There is no split {split}."
        raise QueryFileError(f"{wanted} {folder} has these: {listed}.")
    return chosen


def _qrels(path: Path) -> dict[str, dict[str, int]]:
    qrels: dict[str, dict[str, int]] = {}
    for number, line in enumerate(_read(path).split("\n"), start=1):
        if not line.strip():
            continue
        fields = line.rstrip("\r").split("\t")
        if number == 1 and fields[-1].strip().lower() in ("score", "relevance", "label"):
            continue
        try:
            query, passage, grade = fields
            qrels.setdefault(query, {})[passage] = int(grade)
        except ValueError as error:
            raise QueryFileError(
                f"{path}, line {number}: three fields separated by tabs are needed, "
                "query-id, corpus-id and a whole number."
            ) from error
    return qrels


def _check_names(
    path: Path, qrels: Mapping[str, Mapping[str, int]], passages: set[str], queries: set[str]
) -> None:
    for query, grades in qrels.items():
        if query not in queries:
            raise QueryFileError(f"{path} judges the query {query}, which queries.jsonl lacks.")
        for passage in grades:
            if passage not in passages:
                raise QueryFileError(
                    f"{path} judges the passage {passage}, which the corpus lacks."
                )


def _read(path: Path) -> str:
    try:
        return path.read_bytes().decode("utf-8-sig")
    except FileNotFoundError as error:
        raise QueryFileError(f"{path} is missing; {_LAYOUT}.") from error
    except OSError as error:
        raise QueryFileError(f"{path} cannot be read: {error.strerror or error}.") from error
    except UnicodeDecodeError as error:
        raise QueryFileError(f"{path} is not UTF-8 text (byte {error.start}).") from error
