"""How the models that judge evidence are fitted, and what they are fitted to."""

from __future__ import annotations

import random
import re
from pathlib import Path

import pytest

from rag.answering.extraction import Candidate
from rag.answering.features import NAMES, Features
from rag.app import make_encoder
from rag.config import load_settings
from rag.evaluation.queries import read_queries
from rag.schema import Chunk, Hit
from tools.evidence import FALLING, Judged, bar, fit, judge, logistic, stored, surely
from tools.invented.__main__ import write
from tools.queried import OWN, queried
from tools.trials import ANSWERED, Asked, Row, Trial, held_out, other_names, other_numbers

CHUNK = Chunk("id", "report", 0, 4, "text", "en")
SENTENCE = Candidate(Hit(1, 0.5, CHUNK, "report.txt", 1), 0, 4, "text", "text")


def row(near: float, *, own: bool = True, answers: bool = False, absent: float = 0.0) -> Row:
    features = Features(near, near, near, 0.0, near=near, absent=absent)
    return Row(features, own, answers, SENTENCE)


def trial(rows: dict[str, list[Row]]) -> Trial:
    return Trial(Asked("q", "en", "?", {}, frozenset(), "article"), OWN, rows)


def judged(odds: float, case: str, *, right: bool = True) -> Judged:
    return Judged(trial({}), case, True, odds, right)


def test_refusing_begins_below_the_share_of_right_answers() -> None:
    answers = [judged(float(odds), ANSWERED) for odds in range(11)]
    wrong = [judged(-9.0, ANSWERED, right=False), judged(5.0, "near miss")]
    # A tenth of 0, 1 … 10 lies below 1; wrong first sentences and near misses do not count.
    assert bar([*answers, *wrong], 0.1) == 1.0


def test_doubt_ends_where_one_in_ten_unanswerable_questions_is() -> None:
    others = [judged(float(odds), "near miss") for odds in range(11)]
    # Nine tenths of 0, 1 … 10 lie below 9; answers do not count.
    assert surely([*others, judged(50.0, ANSWERED)], own=True) == 9.0


def test_signs_keep_to_their_side() -> None:
    # Here the absence of numbers goes with answers, and nearness with none: neither may count.
    rows = [row(0.1, absent=1.0), row(0.2, absent=1.0), row(0.8), row(0.9)]
    weights = dict(zip(NAMES, logistic(rows, [True, True, False, False]).weights, strict=True))
    assert all(weights[name] <= 0 for name in FALLING)
    assert all(weights[name] >= 0 for name in set(NAMES) - FALLING)


@pytest.mark.parametrize("own", [True, False])
def test_what_is_fitted_tells_answers_from_near_misses(own: bool) -> None:
    done = [
        trial({case: [row(near + step / 100, own=flag, answers=case == ANSWERED)]})
        for step in range(20)
        for flag in (True, False)
        for case, near in ((ANSWERED, 0.7), ("other-year", 0.4))
    ]
    ranking, judging = fit(done)
    odds = {j.case: j.odds for j in judge((ranking, judging), done) if j.own == own}
    assert odds[ANSWERED] > 0 > odds["other-year"]
    kept = stored(judging, {True: 1.0, False: 2.0})
    assert kept["own"]["bias"] == pytest.approx(judging[True].bias - 1.0, abs=1e-4)
    assert kept["across"]["bias"] == pytest.approx(judging[False].bias - 2.0, abs=1e-4)
    # No data has clauses: that weight is the one assumed.
    assert kept["own"]["clause"] == 1.5


def test_questions_with_other_numbers_and_names() -> None:
    chance = random.Random(1)
    changed = other_numbers("How many of the 41 firms failed in 2019?", chance)
    first, second = map(int, re.findall(r"\d+", changed))
    # Each number is moved by -7, -3, 3, 8 or 12.
    assert {first - 41, second - 2019} <= {-7, -3, 3, 8, 12}
    names, others = ["Orlo", "Orlo Trust", "41"], ["Harrow"]
    assert other_names("Who led Orlo Trust?", names, others, chance) == "Who led Harrow?"
    assert other_names("Who led it?", names, others, chance) == "Who led it?"


def test_every_fourth_article_is_held_out() -> None:
    assert held_out(["b", "a", "c", "d", "a", "e", "f", "g", "h"]) == {"d", "h"}


def test_queries_are_asked_of_their_reports(tmp_path: Path) -> None:
    write(tmp_path / "invented", seed=5, worlds=2, kinds=["reports"])
    settings = load_settings()
    done = list(queried(tmp_path / "invented", settings, make_encoder(settings)))
    # Each query has the case that its file gives it.
    queries = read_queries(tmp_path / "invented" / "queries.jsonl")
    kinds = {query.id: query.kind for query in queries}
    assert {one.asked.id: case for one in done for case in one.rows} == kinds
    answered = [one for one in done if ANSWERED in one.rows]
    assert 0 < len(answered) < len(done)
    right = [any(found.answers for found in one.rows[ANSWERED]) for one in answered]
    assert sum(right) > len(right) / 2
    assert not any(
        r.answers
        for one in done
        for case, rows in one.rows.items()
        for r in rows
        if case != ANSWERED
    )
