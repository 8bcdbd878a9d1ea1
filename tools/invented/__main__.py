"""Write invented reports, rules and statistical tables, and questions on them.

    python -m tools.invented FOLDER [--seed N] [--worlds N] [--kinds KIND…] [--unnamed SHARE]

FOLDER gets ``corpus/``, Markdown in five languages, and ``queries.jsonl``, test queries whose
"kind" is the case: "answered", or how near the documents come, with "rule-" or "table-" before it
for those on rules and tables. It must not have a corpus yet. A KIND is "reports", "rules" or
"tables". SHARE of the questions on rules do not say whose rules they mean, and know only what
answers them in their own world: for training, not for measuring a search.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Collection
from pathlib import Path

from tools.invented.everything import KINDS, everything
from tools.invented.posed import Posed


def entry(asked: Posed) -> dict[str, object]:
    """A test query; all places that answer are alternatives of one piece of evidence.

    Each has its "answer", of which "answers" are all.
    """
    places = {(one.document, one.quote): one.answer for one in asked.evidence}
    alternatives = [
        {"doc": document, "quote": quote, "answer": answer}
        for (document, quote), answer in places.items()
    ]
    return {
        "id": asked.id,
        "query": asked.text,
        "lang": asked.language,
        "kind": asked.case,
        "answers": list(dict.fromkeys(one.answer for one in asked.evidence)),
        "evidence": [{"any": alternatives}] if alternatives else [],
    }


def write(
    folder: Path,
    seed: int,
    worlds: int,
    kinds: Collection[str] = KINDS,
    unnamed: float = 0.0,
) -> None:
    """Write the documents and questions; raises FileExistsError where ``folder`` has a corpus.

    ``unnamed`` is the share of questions on rules that do not say whose rules they mean: they know
    only what answers them in their own world.
    """
    corpus = folder / "corpus"
    corpus.mkdir(parents=True)
    lines: list[str] = []
    for documents, posed in everything(seed, worlds, kinds, unnamed):
        for document in documents:
            (corpus / f"{document.name}.md").write_text(document.text, encoding="utf-8")
        lines += [json.dumps(entry(asked), ensure_ascii=False) for asked in posed]
    (folder / "queries.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")


def main() -> None:
    parser = argparse.ArgumentParser(description="Write invented reports and questions on them.")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--worlds", type=int, default=30)
    parser.add_argument("--kinds", nargs="+", choices=KINDS, default=KINDS)
    parser.add_argument("--unnamed", type=float, default=0.0, metavar="SHARE")
    options = parser.parse_args()
    try:
        write(options.folder, options.seed, options.worlds, options.kinds, options.unnamed)
    except FileExistsError:
        parser.error(f"{options.folder / 'corpus'} is there already; name another folder")


if __name__ == "__main__":
    main()
