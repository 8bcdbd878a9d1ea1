"""Fit the models that judge evidence, for the embedding model that the settings name.

    python -m tools.evidence DATA… rag/data/evidence.json [--most N …]

DATA are folders with reports and test queries on them (``tools.queried``) or data sets
(``tools.trials``), whose questions are asked of a pool, with and without the paragraphs that answer
them, without their whole article, and with other numbers and names in them. One model tells which
sentence answers, another whether the best one does. Every fourth article is held out for the
figures that are printed. Of the others, half are judged by models fitted to the other half, and the
other way round; refusing begins where, by these judgements, the shares ``--own`` and ``--across``
of the right answers are refused in the question's language and across languages, and an answer
leaves little doubt where one in ten of the questions without one would be answered. What is stored
is then fitted to all but those held out.

With a reader (``reader`` in the settings, as it is by default) what it reads is judged, and of the
parallel set only the articles count that it was not trained on; with ``RAG_READER=none`` the words
that match are. The models for that were fitted to the halves of XQuAD (arXiv 1910.11856, CC BY-SA
4.0), in English, Chinese and Arabic, and of DRCD (arXiv 1806.00920, CC BY-SA 3.0) from which no
figure in the README comes (``--most 1000 500``), and to invented reports (``python -m
tools.invented FOLDER --seed 2 --worlds 70 --kinds reports``). Only their weights are kept.
"""

from __future__ import annotations

import argparse
import json
import math
import random
from collections.abc import Sequence
from dataclasses import astuple, dataclass
from pathlib import Path

import numpy as np
from scipy.optimize import minimize

from rag.answering.features import NAMES
from rag.app import make_encoder, make_reader
from rag.config import load_settings
from tools.queried import ACROSS, OWN, queried
from tools.trials import ANSWERED, MANNERS, OFF_TOPIC, SWAPPED, Row, Trial, held_out, trials

FALLING = frozenset({"behind", "absent", "lacking", "unnamed", "unknown", "year_mismatch"})
"""The features that speak against an answer."""

ASSUMED = {"clause": 1.5}
"""Weights chosen by hand: in invented rules a clause that is named is nearly always the answer."""

_SHARES = (0.02, 0.05, 0.1, 0.2)
_DOUBTFUL = 0.1

Models = dict[bool, "Logistic"]


@dataclass(frozen=True)
class Judged:
    """The sentence that ranks first in one case of a trial and its log odds of answering."""

    trial: Trial
    case: str
    own: bool
    odds: float
    right: bool


@dataclass(frozen=True)
class Logistic:
    """Weights (n,) of the features and the bias."""

    weights: np.ndarray
    bias: float

    def odds(self, rows: Sequence[Row]) -> np.ndarray:
        """The log odds of each sentence, (n,)."""
        odds: np.ndarray = (
            np.array([astuple(row.features) for row in rows]) @ self.weights + self.bias
        )
        return odds


def logistic(rows: Sequence[Row], said: Sequence[bool], *, balanced: bool = False) -> Logistic:
    """Fitted with every feature's weight kept on the side where it belongs, or at 0.

    Features go together: free weights play them against each other, and are wrong where reports are
    unlike encyclopaedias. ``balanced`` gives those that are and those that are not equal weight.
    """
    features, labels = (
        np.array([astuple(row.features) for row in rows]),
        np.array(said, dtype=float),
    )
    middle, scale = features.mean(axis=0), np.maximum(features.std(axis=0), 1e-6)
    scaled = (features - middle) / scale
    share = labels.mean()
    each = (
        np.where(labels > 0, 0.5 / share, 0.5 / (1 - share)) if balanced else np.ones(len(labels))
    )

    def loss(at: np.ndarray) -> tuple[float, np.ndarray]:
        odds = scaled @ at[:-1] + at[-1]
        wrong = each * (1 / (1 + np.exp(-odds)) - labels)
        value = float((each * (np.logaddexp(0, odds) - labels * odds)).sum())
        slope = np.append(scaled.T @ wrong + at[:-1], wrong.sum())
        return value + 0.5 * float(at[:-1] @ at[:-1]), slope

    sides = [_side(name) for name in NAMES]
    found = minimize(
        loss, np.zeros(len(NAMES) + 1), jac=True, method="L-BFGS-B", bounds=[*sides, (None, None)]
    ).x
    weights = found[:-1] / scale
    return Logistic(weights, float(found[-1] - weights @ middle))


def _side(name: str) -> tuple[float | None, float | None]:
    """Between which values the weight of a feature may lie."""
    if name in ASSUMED:
        return 0.0, 0.0
    return (None, 0.0) if name in FALLING else (0.0, None)


def fit(done: Sequence[Trial]) -> tuple[Models, Models]:
    """What ranks sentences, and what judges the first, each by whether it can share terms.

    A question that the reports answer with another sentence than the first is not judged by it.
    """
    met = [
        row
        for trial in done
        for case, rows in trial.rows.items()
        if case not in {OFF_TOPIC, *SWAPPED}
        for row in rows
    ]
    ranking = {
        own: logistic([r for r in met if r.own == own], [r.answers for r in met if r.own == own])
        for own in (True, False)
    }
    best = [(top(ranking, rows), case) for t in done for case, rows in t.rows.items()]
    first = [(row, case) for row, case in best if row.answers or case != ANSWERED]
    judging = {
        own: logistic(
            [row for row, _ in first if row.own == own],
            [case == ANSWERED for row, case in first if row.own == own],
            balanced=True,
        )
        for own in (True, False)
    }
    return ranking, judging


def top(ranking: Models, rows: Sequence[Row]) -> Row:
    """The sentence likeliest to answer."""
    own = np.array([row.own for row in rows])
    return rows[int(np.argmax(np.where(own, ranking[True].odds(rows), ranking[False].odds(rows))))]


def judge(models: tuple[Models, Models], done: Sequence[Trial]) -> list[Judged]:
    """The first sentences of all cases, judged."""
    ranking, judging = models
    judged = []
    for trial in done:
        for case, rows in trial.rows.items():
            row = top(ranking, rows)
            odds = float(judging[row.own].odds([row])[0])
            judged.append(Judged(trial, case, row.own, odds, row.answers))
    return judged


def bar(judged: Sequence[Judged], share: float) -> float:
    """The log odds below which ``share``, 0 to 1, of the answers lie that are right.

    Where another sentence ranks first, refusing is better than giving it.
    """
    return float(np.quantile([j.odds for j in judged if j.case == ANSWERED and j.right], share))


def surely(judged: Sequence[Judged], own: bool) -> float:
    """The log odds above which ``_DOUBTFUL`` of the unanswerable questions lie."""
    odds = [j.odds for j in judged if j.own == own and j.case != ANSWERED]
    return float(np.quantile(odds, 1 - _DOUBTFUL))


def table(judged: Sequence[Judged], least: dict[bool, float]) -> str:
    """Shares answered by case, by manner and language."""
    cases = list(dict.fromkeys(j.case for j in judged))
    manners = [m for m in (*MANNERS, OWN, ACROSS) if any(j.trial.manner == m for j in judged)]
    rows = [f"{'':25}" + "".join(f"{case:>16}" for case in cases) + "   first sentence right"]
    groups = {m: [j for j in judged if j.trial.manner == m] for m in manners}
    for language in sorted({j.trial.asked.language for j in judged}):
        for manner in manners:
            some = [j for j in groups[manner] if j.trial.asked.language == language]
            groups |= {f"{language}, {manner}": some} if some else {}
    for name, some in groups.items():
        shares = []
        for case in cases:
            bars = [j.odds >= least[j.own] for j in some if j.case == case]
            shares.append(np.mean(bars) if bars else np.nan)
        right = np.mean([j.right for j in some if j.case == ANSWERED])
        rows.append(f"{name:25}" + "".join(f"{s:16.3f}" for s in shares) + f"{right:23.3f}")
    return "\n".join(rows)


def curve(judged: Sequence[Judged]) -> str:
    """Of the answerable, the share refused where these shares of the others are answered."""
    rows = [f"{'answered':>31}" + "".join(f"{share:>8.0%}" for share in _SHARES)]
    for manner in (*MANNERS, OWN, ACROSS):
        some = [j for j in judged if j.trial.manner == manner]
        answered = np.array([j.odds for j in some if j.case == ANSWERED])
        for case in sorted({j.case for j in some} - {ANSWERED}):
            others = np.array([j.odds for j in some if j.case == case])
            if len(answered):
                refused = [np.mean(answered < np.quantile(others, 1 - s)) for s in _SHARES]
                told = "".join(f"{share:8.2f}" for share in refused)
                rows.append(f"{manner:15}{case:>16}{told}")
    return "\n".join(rows)


def stored(models: Models, least: dict[bool, float]) -> dict[str, dict[str, float]]:
    """Weights by feature, with the bias moved by ``least``."""
    return {
        name: {
            **{
                feature: round(float(w) + ASSUMED.get(feature, 0.0), 4)
                for feature, w in zip(NAMES, models[own].weights, strict=True)
            },
            "bias": round(models[own].bias - least[own], 4),
        }
        for name, own in (("own", True), ("across", False))
    }


def unread(article: str) -> bool:
    """Whether the reader model was not trained on this article of the parallel set."""
    number = article.rpartition(" ")[2]
    return not number.isdecimal() or int(number) // 2 % 4 == 3


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path, nargs="+")
    parser.add_argument("output", type=Path)
    parser.add_argument(
        "--most", type=int, nargs="+", default=[1000], help="questions of each data set"
    )
    parser.add_argument("--own", type=float, default=0.03, help="share of right answers refused")
    parser.add_argument("--across", type=float, default=0.08, help="the same across languages")
    arguments = parser.parse_args()
    settings = load_settings()
    encoder, reader = make_encoder(settings, print), make_reader(settings, print)
    chance = random.Random(0)
    sets = [data for data in arguments.data if (data / "qrels").is_dir()]
    most = [*arguments.most, *arguments.most[-1:] * len(sets)]
    done = [
        trial
        for data, number in zip(sets, most, strict=False)
        for trial in trials(
            data, encoder, number, chance, reader, unread if reader else lambda _: True
        )
    ]
    for folder in arguments.data:
        done += queried(folder, settings, encoder, reader) if folder not in sets else []
    held = held_out(t.asked.article for t in done)
    kept = [t for t in done if t.asked.article not in held]
    unseen = [t for t in done if t.asked.article in held]
    articles = sorted({t.asked.article for t in kept})
    halves = [[t for t in kept if articles.index(t.asked.article) % 2 == half] for half in (0, 1)]
    judged = [*judge(fit(halves[0]), halves[1]), *judge(fit(halves[1]), halves[0])]
    least = {
        own: bar([j for j in judged if j.own == own], share)
        for own, share in ((True, arguments.own), (False, arguments.across))
    }
    sure = {own: surely(judged, own) - least[own] for own in (True, False)}
    ranking, judging = fit(kept)
    judged = judge((ranking, judging), unseen)
    print(f"fitted to {len(kept)} questions; of {len(unseen)} on other articles, shares answered:")
    print(table(judged, least))
    print("\nshares refused of the answerable, by share answered of the unanswerable:")
    print(curve(judged))
    fitted = {
        "sentences": stored(ranking, {True: 0.0, False: 0.0}),
        "answers": stored(judging, least),
        "sure": {
            name: round(1 / (1 + math.exp(-max(sure[own], 0.0))), 4)
            for name, own in (("own", True), ("across", False))
        },
    }
    arguments.output.write_text(json.dumps(fitted, indent=1) + "\n", encoding="utf-8")
    print(f"\nwrote {arguments.output}:\n{json.dumps(fitted, indent=1)}")


if __name__ == "__main__":
    main()
