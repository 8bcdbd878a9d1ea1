"""Write invented reports and questions on them.

    python -m tools.invented FOLDER [--seed N] [--worlds N]

FOLDER gets ``corpus/``, Markdown in five languages, and ``queries.jsonl``, test queries whose
"kind" is the case: "answered", or how near the reports come. It must not have a corpus yet.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from tools.invented.reports import Asked, collections


def entry(asked: Asked) -> dict[str, object]:
    """A test query; all places that answer are alternatives of one piece of evidence."""
    places = dict.fromkeys((one.document, one.quote) for one in asked.evidence)
    alternatives = [{"doc": document, "quote": quote} for document, quote in places]
    return {
        "id": asked.id,
        "query": asked.text,
        "lang": asked.language,
        "kind": asked.case,
        "answers": list(dict.fromkeys(one.answer for one in asked.evidence)),
        "evidence": [{"any": alternatives}] if alternatives else [],
    }


def write(folder: Path, seed: int, worlds: int) -> None:
    """Write the reports and questions; raises FileExistsError where ``folder`` has a corpus."""
    corpus = folder / "corpus"
    corpus.mkdir(parents=True)
    lines: list[str] = []
    for collection in collections(seed, worlds):
        for report in collection.reports:
            (corpus / f"{report.name}.md").write_text(report.text, encoding="utf-8")
        lines += [json.dumps(entry(asked), ensure_ascii=False) for asked in collection.asked]
    (folder / "queries.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")


def main() -> None:
    parser = argparse.ArgumentParser(description="Write invented reports and questions on them.")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--worlds", type=int, default=30)
    options = parser.parse_args()
    try:
        write(options.folder, options.seed, options.worlds)
    except FileExistsError:
        parser.error(f"{options.folder / 'corpus'} is there already; name another folder")


if __name__ == "__main__":
    main()
