"""What it costs to bring an index up to date: one report of many changed, and none.

    python -m bench.update [--reports 1000] [--passages 10]

The reports are made up. Vectors are made from hashes, and what the model would have taken is added:
the real one is timed on some of the passages, and every newly encoded text counts as much. Both
are given, seconds with the model's and the program's own alone; processor seconds of all processes.
"""

from __future__ import annotations

import argparse
import random
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from bench.build import children
from bench.trial import HashEncoder
from rag.app import make_encoder, make_stages
from rag.config import load_settings
from rag.index import BuildReport, Stages, build, verify
from rag.retrieval.sparse import Bm25

_TIMED = 24
_WORDS = (
    *("bank", "capital", "ratio", "buffer", "exposure", "authority", "provision", "liquidity"),
    *("breach", "notice", "report", "board", "credit", "collateral", "margin", "recovery", "plan"),
)


def report(number: int, passages: int, version: int = 0) -> str:
    """A report of about so many passages, the same for the same numbers."""
    chance = random.Random(number)
    sections = []
    for section in range(passages):
        words = [
            f"{chance.choice(_WORDS)}{chance.choice(('', 's', '-' + str(number)))}"
            for _ in range(150)
        ]
        if section == passages // 2:
            words[7] = f"version{version}"
        sections.append(
            f"# {section + 1} Of {chance.choice(_WORDS)}\n\n" + " of the ".join(words) + "."
        )
    return f"# Report {number}\n\n" + "\n\n".join(sections) + "\n"


def timed(work: Callable[[], BuildReport]) -> tuple[BuildReport, float]:
    """What ``work`` gives, and its processor seconds."""
    begun = time.process_time() + children()
    done = work()
    return done, time.process_time() + children() - begun


def seconds_a_passage(texts: list[str]) -> float:
    """Processor seconds of the real model for one passage."""
    encoder = make_encoder(load_settings())
    encoder.encode_passages(texts[:2], ["en"] * 2)
    begun = time.process_time()
    encoder.encode_passages(texts, ["en"] * len(texts))
    return (time.process_time() - begun) / len(texts)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--reports", type=int, default=1000)
    parser.add_argument("--passages", type=int, default=10, help="in each report")
    arguments = parser.parse_args()
    encoder = HashEncoder()
    encoder.dimension = 384
    stages: Stages = make_stages(load_settings(), encoder)  # type: ignore[arg-type]
    passages: list[str] = []

    def described(document, chunk):  # type: ignore[no-untyped-def]
        text = describe(document, chunk)
        passages.append(text)
        return text

    describe = stages.describe
    stages = replace(stages, describe=described)
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        root, corpus = Path(folder) / "index", Path(folder) / "corpus"
        corpus.mkdir()
        for number in range(arguments.reports):
            (corpus / f"r{number:05}.md").write_text(report(number, arguments.passages))
        # As a corpus that lies there: what has just been written is always read again.
        time.sleep(4)
        rows.append(("full build", *timed(lambda: build(root, corpus, stages))))
        rows.append(("nothing changed", *timed(lambda: build(root, corpus, stages))))
        middle = arguments.reports // 2
        changed = report(middle, arguments.passages, version=1)
        (corpus / f"r{middle:05}.md").write_text(changed)
        rows.append(("one report changed", *timed(lambda: build(root, corpus, stages))))
        (corpus / f"r{middle:05}.md").rename(corpus / "renamed.md")
        rows.append(("one report renamed", *timed(lambda: build(root, corpus, stages))))
        others = replace(stages, bm25=Bm25(k1=1.2))
        rows.append(("another k1 of BM25", *timed(lambda: build(root, corpus, others))))
        prints = {**stages.fingerprints, "analysis": "other"}
        others = replace(others, fingerprints=prints)
        rows.append(("another analyser", *timed(lambda: build(root, corpus, others))))
        assert not verify(root)[1]
        size = sum(path.stat().st_size for path in root.rglob("*") if path.is_file())
        each = seconds_a_passage(passages[:: max(1, len(passages) // _TIMED)][:_TIMED])
    whole, own = rows[0][2] + rows[0][1].chunks_encoded * each, rows[0][2]
    print(
        f"{rows[0][1].documents} reports, {rows[0][1].chunks} passages, "
        f"{size / 2**20:.0f} MiB for two generations; the model takes "
        f"{1000 * each:.0f} ms a passage\n"
    )
    print("| | encoded | own s | with the model s | % of the full build | % without the model |")
    print("|---|---|---|---|---|---|")
    for name, done, seconds in rows:
        total = seconds + done.chunks_encoded * each
        print(
            f"| {name} | {done.chunks_encoded} | {seconds:.2f} | {total:.2f} "
            f"| {100 * total / whole:.2f} | {100 * seconds / own:.1f} |"
        )


if __name__ == "__main__":
    main()
