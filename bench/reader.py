"""The reader model alone, on articles that it was not trained on.

    python -m bench.reader ../shared/bench/xquad-dev [--most 450]

Each question is asked of the paragraphs of all the unread articles, in its own language, among all
three, and across; with the paragraph that answers it and without. A passage's score is the logit
and half the margin of its best span. Given are the share of near misses that are answered where 5 %
and 10 % of the right answers are refused, and how often the sentence that answers comes first,
with 95 % bootstrap intervals.
"""

from __future__ import annotations

import argparse
import random
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from rag.app import make_encoder, make_reader
from rag.config import load_settings
from tools.evidence import unread
from tools.trials import ANSWERED, MANNERS, Row, Trial, trials

NEAR_MISS = "near miss"


def score(row: Row) -> float:
    """Logit and half the margin, in tens of logits."""
    return row.features.reader + row.features.span / 2


def figures(done: Sequence[Trial]) -> dict[str, float]:
    """The shares of the module's text, over these trials."""
    firsts = [max(trial.rows[ANSWERED], key=score) for trial in done if trial.rows[ANSWERED]]
    misses = np.array([max(map(score, trial.rows[NEAR_MISS]), default=-9.0) for trial in done])
    right = np.array([score(row) for row in firsts if row.answers])
    if not len(right):
        return {}
    return {
        "first": len(right) / len(done),
        "near misses at 5 %": float((misses > np.quantile(right, 0.05)).mean()),
        "near misses at 10 %": float((misses > np.quantile(right, 0.10)).mean()),
    }


def interval(done: Sequence[Trial], name: str, rounds: int = 400) -> tuple[float, float]:
    """The middle 95 % of the figure over ``rounds`` samples with replacement."""
    chance = random.Random(0)
    found = [
        figures(chance.choices(done, k=len(done))).get(name, float("nan")) for _ in range(rounds)
    ]
    low, high = np.nanquantile(found, [0.025, 0.975])
    return float(low), float(high)


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("data", type=Path)
    parser.add_argument("--most", type=int, default=450)
    options = parser.parse_args()
    settings = load_settings()
    encoder, reader = make_encoder(settings, print), make_reader(settings, print)
    done = list(trials(options.data, encoder, options.most, random.Random(3), reader, unread))
    for language in sorted({trial.asked.language for trial in done}):
        for manner in MANNERS:
            some = [t for t in done if (t.asked.language, t.manner) == (language, manner)]
            told = []
            for name, value in figures(some).items() if some else ():
                low, high = interval(some, name)
                told.append(f"{name} {value:.2f} [{low:.2f}, {high:.2f}]")
            print(f"{language:8} {manner:14} {len(some):4} questions  {'  '.join(told)}")


if __name__ == "__main__":
    main()
