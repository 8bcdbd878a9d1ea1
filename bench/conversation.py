"""Follow-ups with and without the question before them: `python -m bench.conversation`.

Measured over the index of the sample reports: evidence among the first five passages for each
follow-up as it was asked, as it was completed, and as a person would have asked it in full; then
the sample queries after a random other one, which must stay as they are.
"""

from __future__ import annotations

import argparse
import json
import random
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from rag.answering.conversation import rewrite
from rag.app import make_assistant, make_encoder
from rag.config import load_settings
from rag.evaluation.evaluate import evaluate_queries
from rag.evaluation.locate import locate
from rag.evaluation.queries import Query, read_queries
from rag.text.languages import detect

FOLLOWUPS = Path(__file__).parent / "followups.jsonl"
QUERIES = Path(__file__).parents[1] / "corpus" / "queries.jsonl"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--index", type=Path, help="the index of corpus/")
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    settings = load_settings(index=options.index)
    assistant = make_assistant(settings, make_encoder(settings))
    documents = assistant.index().document

    def recall(queries: Sequence[Query]) -> float:
        located = locate(queries, documents, lambda doc, at: detect(doc.text[at : at + 100]))
        search: Callable[[str], Any] = lambda text: assistant.search(text, k=10).hits  # noqa: E731
        found = evaluate_queries(queries, located, search=search).metrics["recall@5"]
        return float("nan") if found is None else found

    lines = FOLLOWUPS.read_text(encoding="utf-8").splitlines()
    more = {row["id"]: row for row in map(json.loads, lines)}
    followups = read_queries(FOLLOWUPS)
    for half in ("development", "held-out"):
        own = [query for query in followups if more[query.id]["half"] == half]
        completed = [
            replace(query, query=rewrite(query.query, more[query.id]["history"])) for query in own
        ]
        full = [replace(query, query=more[query.id]["full"]) for query in own]
        print(
            f"{half}: {len(own)} follow-ups, recall@5 as asked {recall(own):.3f}, "
            f"completed {recall(completed):.3f}, in full {recall(full):.3f}"
        )
        for language in dict.fromkeys(query.lang for query in own):
            chosen = [n for n, query in enumerate(own) if query.lang == language]
            parts = [recall([some[n] for n in chosen]) for some in (own, completed, full)]
            print(f"  {language}: {' '.join(f'{part:.2f}' for part in parts)}")
    rng = random.Random(options.seed)
    alone = read_queries(QUERIES)
    after = [
        replace(query, query=rewrite(query.query, [rng.choice(alone).query])) for query in alone
    ]
    changed = sum(one.query != other.query for one, other in zip(alone, after, strict=True))
    asked = [query for query in alone if query.answerable]
    put_after = [query for query in after if query.answerable]
    print(
        f"{len(alone)} questions that stand alone, each after another: {changed} changed, "
        f"recall@5 {recall(asked):.3f} alone, {recall(put_after):.3f} after"
    )


if __name__ == "__main__":
    main()
