"""Make the means that a model's vectors are centred by: of the model that the settings name.

    python tools/language_means.py FOLDER rag/data/language-means.npz

FOLDER holds LANGUAGE.jsonl files of general text, one {"kind": "query" | "passage", "text"} a line.
The means shipped were made from paragraphs and questions of XQuAD (arXiv 1910.11856, CC BY-SA 4.0;
twelve languages) and JaQuAD (arXiv 2202.01764, CC BY-SA 3.0; Japanese): 120 to 160 paragraphs and
456 to 612 questions a language. Traditional Chinese is XQuAD's Simplified text through OpenCC. Only
these sums of vectors are kept, none of the text.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import numpy as np
import opencc

from rag.config import load_settings
from rag.encoder import Encoder, LanguageMeans, Vectors, save_means

_CODES = {"zh": "zh-Hans"}


def texts_by_kind(file: Path, share: float) -> dict[str, list[str]]:
    """The first ``share`` of the texts of each kind, in the file's order."""
    entries = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]
    kinds = {
        kind: [entry["text"] for entry in entries if entry["kind"] == kind]
        for kind in ("query", "passage")
    }
    return {kind: texts[: max(1, round(share * len(texts)))] for kind, texts in kinds.items()}


def mean_of(encoder: Encoder, texts: list[str], kind: str) -> Vectors:
    encode = encoder.encode_queries if kind == "query" else encoder.encode_passages
    return np.asarray(encode(texts, ["und"] * len(texts)).mean(axis=0), dtype=np.float32)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("output", type=Path)
    parser.add_argument("--share", type=float, default=1.0, help="use only this first part")
    arguments = parser.parse_args()
    settings = load_settings()
    encoder = Encoder(
        settings.model,
        cache=settings.cache,
        device=settings.device,
        query_prompt=settings.query_prompt,
        passage_prompt=settings.passage_prompt,
        means=LanguageMeans(),
        report=print,
    )
    to_traditional = opencc.OpenCC("s2tw")
    means: dict[str, dict[str, Vectors]] = {"query": {}, "passage": {}}
    for file in sorted(arguments.folder.glob("*.jsonl")):
        code = _CODES.get(file.stem, file.stem)
        kinds = texts_by_kind(file, arguments.share)
        for kind, texts in kinds.items():
            means[kind][code] = mean_of(encoder, texts, kind)
            if code == "zh-Hans":
                traditional = [to_traditional.convert(text) for text in texts]
                means[kind]["zh-Hant"] = mean_of(encoder, traditional, kind)
        print(code, {kind: len(texts) for kind, texts in kinds.items()}, flush=True)
    arguments.output.parent.mkdir(parents=True, exist_ok=True)
    save_means(LanguageMeans(means["query"], means["passage"]), arguments.output)


if __name__ == "__main__":
    main()
