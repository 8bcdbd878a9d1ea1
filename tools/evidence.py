"""Fit the models that judge evidence, for the embedding model that the settings name.

    python -m tools.evidence DATA… rag/data/evidence.json [--most N …]

DATA are folders as ``tools.trials`` reads them. Each question is asked of a pool, with and without
the paragraphs that answer it, without its whole article, and with other numbers and names in it.
One model tells which sentence answers, another whether the best one does. Every fourth article is
held out for the figures that are printed. Of the others, half are judged by models fitted to the
other half, and the other way round; refusing begins where, by these judgements, 5 % of the
answerable questions are refused in their own language and 15 % across languages. What is stored is
then fitted to all but those held out.

The models shipped were fitted to the halves of XQuAD (arXiv 1910.11856, CC BY-SA 4.0), in English,
Chinese and Arabic, and of DRCD (arXiv 1806.00920, CC BY-SA 3.0) from which no figure in the README
comes (``--most 1000 500``). Only their weights are kept.
"""

from __future__ import annotations

import argparse
import json
import random
from collections.abc import Sequence
from dataclasses import astuple, dataclass
from pathlib import Path

import numpy as np
from scipy.optimize import minimize

from rag.answering.signs import NAMES
from rag.assembly import make_encoder
from rag.config import load_settings
from tools.trials import CASES, MANNERS, Row, Trial, held_out, trials

FALLING = frozenset({"behind", "absent", "lacking", "unnamed", "unknown"})
"""The signs that speak against an answer."""

_SHARES = (0.02, 0.05, 0.1, 0.2)

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
    """Weights (n,) of the signs and the bias."""

    weights: np.ndarray
    bias: float

    def odds(self, rows: Sequence[Row]) -> np.ndarray:
        """The log odds of each sentence, (n,)."""
        odds: np.ndarray = np.array([astuple(row.signs) for row in rows]) @ self.weights + self.bias
        return odds


def logistic(rows: Sequence[Row], said: Sequence[bool], *, balanced: bool = False) -> Logistic:
    """Fitted with every sign's weight kept on the side where it belongs, or at 0.

    Signs go together: free weights play them against each other, and are wrong where reports are
    unlike encyclopaedias. ``balanced`` gives those that are and those that are not equal weight.
    """
    signs, labels = np.array([astuple(row.signs) for row in rows]), np.array(said, dtype=float)
    middle, scale = signs.mean(axis=0), np.maximum(signs.std(axis=0), 1e-6)
    scaled = (signs - middle) / scale
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

    sides = [(None, 0.0) if name in FALLING else (0.0, None) for name in NAMES]
    found = minimize(
        loss, np.zeros(len(NAMES) + 1), jac=True, method="L-BFGS-B", bounds=[*sides, (None, None)]
    ).x
    weights = found[:-1] / scale
    return Logistic(weights, float(found[-1] - weights @ middle))


def fit(done: Sequence[Trial]) -> tuple[Models, Models]:
    """What ranks sentences, and what judges the first, each by whether it can share terms."""
    met = [row for t in done for case in CASES[:2] for row in t.rows[case]]
    ranking = {
        own: logistic([r for r in met if r.own == own], [r.answers for r in met if r.own == own])
        for own in (True, False)
    }
    first = [(top(ranking, rows), case) for t in done for case, rows in t.rows.items()]
    judging = {
        own: logistic(
            [row for row, _ in first if row.own == own],
            [case == CASES[0] for row, case in first if row.own == own],
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
    """The log odds below which ``share``, 0 to 1, of the answerable questions lie."""
    return float(np.quantile([j.odds for j in judged if j.case == CASES[0]], share))


def table(judged: Sequence[Judged], least: dict[bool, float]) -> str:
    """Shares answered by case, by manner and language."""
    rows = [f"{'':18}" + "".join(f"{case:>15}" for case in CASES) + "   first sentence right"]
    groups = {m: [j for j in judged if j.trial.manner == m] for m in MANNERS}
    for language in sorted({j.trial.asked.language for j in judged}):
        for manner in MANNERS:
            some = [j for j in groups[manner] if j.trial.asked.language == language]
            groups |= {f"{language}, {manner}": some} if some else {}
    for name, some in groups.items():
        shares = []
        for case in CASES:
            bars = [j.odds >= least[j.own] for j in some if j.case == case]
            shares.append(np.mean(bars) if bars else np.nan)
        right = np.mean([j.right for j in some if j.case == CASES[0]])
        rows.append(f"{name:18}" + "".join(f"{s:15.3f}" for s in shares) + f"{right:23.3f}")
    return "\n".join(rows)


def curve(judged: Sequence[Judged]) -> str:
    """Of the answerable, the share refused where these shares of each kind are answered."""
    rows = [f"{'answered':>26}" + "".join(f"{share:>8.0%}" for share in _SHARES)]
    for manner in MANNERS:
        some = [j for j in judged if j.trial.manner == manner]
        answered = np.array([j.odds for j in some if j.case == CASES[0]])
        for case in CASES[1:3]:
            others = np.array([j.odds for j in some if j.case == case])
            if not len(answered) or not len(others):
                continue
            refused = [np.mean(answered < np.quantile(others, 1 - s)) for s in _SHARES]
            rows.append(f"{manner:8} {case:>17}" + "".join(f"{share:8.2f}" for share in refused))
    return "\n".join(rows)


def stored(models: Models, least: dict[bool, float]) -> dict[str, dict[str, float]]:
    """Weights by sign, with the bias moved by ``least``."""
    return {
        name: {
            **{
                sign: round(float(w), 4) for sign, w in zip(NAMES, models[own].weights, strict=True)
            },
            "bias": round(models[own].bias - least[own], 4),
        }
        for name, own in (("own", True), ("across", False))
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path, nargs="+")
    parser.add_argument("output", type=Path)
    parser.add_argument(
        "--most", type=int, nargs="+", default=[1000], help="questions of each data set"
    )
    parser.add_argument("--own", type=float, default=0.05, help="share of questions refused")
    parser.add_argument("--across", type=float, default=0.15, help="the same across languages")
    arguments = parser.parse_args()
    encoder = make_encoder(load_settings(), print)
    chance = random.Random(0)
    most = [*arguments.most, *arguments.most[-1:] * len(arguments.data)]
    done = [
        trial
        for data, number in zip(arguments.data, most, strict=False)
        for trial in trials(data, encoder, number, chance)
    ]
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
    ranking, judging = fit(kept)
    judged = judge((ranking, judging), unseen)
    print(f"fitted to {len(kept)} questions; of {len(unseen)} on other articles, shares answered:")
    print(table(judged, least))
    print("\nshares refused of the answerable, by share answered of the unanswerable:")
    print(curve(judged))
    fitted = {
        "sentences": stored(ranking, {True: 0.0, False: 0.0}),
        "answers": stored(judging, least),
    }
    arguments.output.write_text(json.dumps(fitted, indent=1) + "\n", encoding="utf-8")
    print(f"\nwrote {arguments.output}:\n{json.dumps(fitted, indent=1)}")


if __name__ == "__main__":
    main()
