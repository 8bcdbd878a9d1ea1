"""How near a sentence is to the passage it came from: `python -m bench.grounding DATA`.

DATA is XQuAD in BEIR's layout, its paragraphs parallel in several languages. A sentence is measured
against a right paragraph and the nearest wrong one of the same article, as an answer's sentence is
against the passage it cites: by the best cosine with the passage and with each of its sentences,
languages' means removed. Within a language a question with its answer stands for a sentence put in
other words; across languages the sentence is that of the translated paragraph. The threshold is
chosen on every other article and its figures are those of the rest.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rag.answering.proving import Nearness
from rag.app import make_encoder
from rag.config import load_settings
from rag.text.languages import normalise_code
from rag.text.sentences import sentence_spans

Pair = tuple[str, str, float, float]
"""Language of the sentence, of the paragraph, nearness of the right and of the nearest wrong."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument("--articles", type=int, default=24, help="how many articles are read")
    options = parser.parse_args()
    pairs = list(_pairs(options.data, options.articles))
    shipped = Nearness()
    for kind, least in (("own", shipped.own), ("across", shipped.across)):
        some = [(n, p) for n, p in pairs if (p[0] == p[1]) == (kind == "own")]
        chosen = np.array([p[2:] for n, p in some if n % 2 == 0])
        print(
            f"{kind}: 2 % of the right ones lie below "
            f"{np.quantile(chosen[:, 0], 0.02):.3f}; in use is {least:.2f}"
        )
        measured = [p for n, p in some if n % 2]
        for languages in sorted({p[:2] for p in measured}):
            values = np.array([p[2:] for p in measured if p[:2] == languages])
            right, wrong = (values >= least).mean(axis=0)
            print(
                f"  {languages[0]} on {languages[1]}: {len(values)} sentences, right kept "
                f"{right:.3f}, nearest wrong of the article let through {wrong:.3f}; "
                f"medians {np.median(values[:, 0]):.2f} and {np.median(values[:, 1]):.2f}"
            )


def _pairs(data: Path, most: int) -> Iterable[tuple[int, Pair]]:
    encoder = make_encoder(load_settings())
    paragraphs = {row["_id"]: row["text"] for row in _rows(data / "corpus.jsonl")}
    numbers = sorted({int(name.split("-")[1]) for name in paragraphs})[:most]
    names = [name for name in paragraphs if int(name.split("-")[1]) in numbers]
    parts = {name: _sentences(paragraphs[name], name) for name in names}
    vectors = {
        name: encoder.encode_passages(
            [paragraphs[name], *parts[name]], [_language(name)] * (len(parts[name]) + 1)
        )
        for name in names
    }
    said = _said(data, set(names))
    spoken = encoder.encode_passages([text for text, _ in said], [_language(n) for _, n in said])
    sentences: list[tuple[str, NDArray[np.float32], bool]] = [
        (name, vector, True) for (_, name), vector in zip(said, spoken, strict=True)
    ]
    sentences += [(name, vector, False) for name in names for vector in vectors[name][1:]]
    for name, vector, own in sentences:
        language, article, paragraph = name.split("-")
        for other in {n.split("-")[0] for n in names}:
            if (other == language) != own:
                continue
            near = {
                n.split("-")[2]: float((vectors[n] @ vector).max())
                for n in names
                if n.startswith(f"{other}-{article}-")
            }
            right = near.pop(paragraph)
            if near:
                yield numbers.index(int(article)), (language, other, right, max(near.values()))


def _said(data: Path, names: set[str]) -> list[tuple[str, str]]:
    """A question with its answer, and its paragraph in its language."""
    questions = {row["_id"]: row for row in _rows(data / "queries.jsonl")}
    lines = (data / "qrels" / "dev.tsv").read_text(encoding="utf-8").splitlines()[1:]
    return [
        (f"{questions[query]['text']} {questions[query]['metadata']['answers'][0]}", name)
        for query, name, _ in (line.split("\t") for line in lines)
        if name in names and query.split("-")[0] == name.split("-")[0]
    ]


def _sentences(text: str, name: str) -> list[str]:
    spans = sentence_spans(text, _language(name))
    return [text[start:end] for start, end in spans if end - start >= 12]


def _language(name: str) -> str:
    return normalise_code(name.split("-", maxsplit=1)[0])


def _rows(file: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]


if __name__ == "__main__":
    main()
