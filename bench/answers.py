"""How often an answer holds what was asked for: ``python -m bench.answers DATA [--questions N]``.

DATA is as ``tools.trials`` reads it. The questions on the articles that nothing was fitted to are
asked of the paragraphs of their own language and of those of all languages; counted is whether the
first sentence of the answer has the answer in the sentence's language, beside the first sentence of
the best passage. Whether the question would have been refused does not count here.
"""

from __future__ import annotations

import argparse
import random
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from rag.answering.asking import passage_reader
from rag.answering.evidence import EvidenceModel, load_evidence
from rag.answering.reader import reader_of_hits
from rag.app import make_encoder, make_reader
from rag.config import load_settings
from rag.text.sentences import sentence_spans
from tools.trials import Asked, Paragraph, Pool, Row, held_out, read


def right(text: str, language: str, one: Asked) -> bool:
    return any(answer in text for answer in one.answers.get(language, []))


def best_of(rows: Sequence[Row], model: EvidenceModel) -> Row:
    scores = [model.sentences.probability(row.features, shares_terms=row.own) for row in rows]
    return rows[int(np.argmax(scores))]


def first_of(rows: Sequence[Row]) -> tuple[str, str]:
    """The first sentence of the best passage, and its language."""
    chunk = min(rows, key=lambda row: row.sentence.hit.rank).sentence.hit.chunk
    start, end = sentence_spans(chunk.text, chunk.language)[0]
    return chunk.text[start:end], chunk.language


def measure(asked: Sequence[Asked], pools: dict[str, Pool], model: EvidenceModel) -> None:
    found: dict[tuple[str, str], list[tuple[bool, bool]]] = defaultdict(list)
    for one in asked:
        for name in (one.language, "all"):
            rows = pools[name].ask(one.text, one.language)
            best = best_of(rows, model).sentence
            text, language = first_of(rows)
            outcome = (right(best.text, best.hit.chunk.language, one), right(text, language, one))
            found[one.language, "own" if name == one.language else name].append(outcome)
    print(f"{'':20}{'questions':>10}{'answer':>10}{'passage':>10}")
    for (language, pool), outcomes in sorted(found.items()):
        ours, plain = np.mean(outcomes, axis=0)
        print(f"{language + ', ' + pool:20}{len(outcomes):10}{ours:10.3f}{plain:10.3f}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument("--questions", type=int, default=300)
    arguments = parser.parse_args()
    settings = load_settings()
    encoder = make_encoder(settings, print)
    paragraphs, asked = read(arguments.data)
    held = held_out(paragraph.article for paragraph in paragraphs)
    unseen = [one for one in asked if one.article in held]
    chosen = random.Random(1).sample(unseen, min(arguments.questions, len(unseen)))
    languages = sorted({p.language for p in paragraphs})
    read_tokens = passage_reader(encoder, kept=len(paragraphs))
    reader = make_reader(settings, print)
    answers = None if reader is None else reader_of_hits(reader, kept=100_000)

    def pool(some: Sequence[Paragraph]) -> Pool:
        vectors = encoder.encode_passages([p.text for p in some], [p.language for p in some])
        return Pool(some, vectors, encoder, read_tokens, answers)

    pools = {name: pool([p for p in paragraphs if p.language == name]) for name in languages}
    pools["all"] = pool(paragraphs)
    measure(chosen, pools, load_evidence(read=reader is not None))


if __name__ == "__main__":
    main()
