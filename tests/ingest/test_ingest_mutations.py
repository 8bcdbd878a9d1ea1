"""Files damaged at random, each the same for its seed; ``bench/mutations.py`` runs thousands."""

from __future__ import annotations

from pathlib import Path

import pytest

from bench.mutations import mutated, read_mutated, reports
from rag.ingest import Limits, ReadingPool

CORPUS = Path(__file__).parents[2] / "corpus"
SEEDS = range(5000, 5060)
# Above what any of them takes, so that a busy machine changes nothing.
LIMITS = Limits(page_seconds=60, file_seconds=120, memory_mb=2048, patience=60)


def test_each_is_read_or_skipped_with_its_reason_and_harms_no_other() -> None:
    became = []
    with ReadingPool(LIMITS) as pool:
        for one in read_mutated(reports([CORPUS]), SEEDS, pool):
            outcome = one.outcome
            assert outcome.settled, f"seed {one.seed}: {outcome.reason}"
            if outcome.reading is None:
                # What is wrong, and what to do.
                assert outcome.reason.count(". ") >= 1 and outcome.reason.endswith("."), one.seed
            else:
                pages = outcome.reading.pages
                assert [page.number for page in pages] == list(range(1, len(pages) + 1))
                assert outcome.reading.text.strip()
            became.append(outcome.reading is not None)
    assert len(became) == len(SEEDS)
    assert 0 < sum(became) < len(became), "the mutations are neither harmless nor all fatal"


@pytest.mark.parametrize("name", ["operational-resilience-2024.ja.pdf",
                                  "internal-audit-instructions-2021.ar.docx"])  # fmt: skip
def test_a_seed_makes_the_same_file_again(name: str) -> None:
    data = (CORPUS / name).read_bytes()
    made = [mutated(seed, data) for seed in range(20)]
    assert made == [mutated(seed, data) for seed in range(20)]
    assert len({mutation for mutation, _ in made}) > 3
    assert sum(changed != data for _, changed in made) >= 19
