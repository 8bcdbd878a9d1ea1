"""How exactly the boxes of a quote hold the quote: every sentence of every page of PDF reports.

A quote counts as exact when the characters whose centres lie in its boxes, box after box, are the
quote itself after NFKC and without white space (printers' radicals as ordinary ideographs); as
order when they are the same characters in another order, as in a line that runs both ways; as
folded when they are the same after the folding that quotes are looked for with (without hyphens
and vowel marks, brackets and quotation marks by kind). Apart are quotes with a box that is more
than two lines away from their others, as where a sign was found in the wrong place.

    python -m bench.boxes [FILE or FOLDER ...] [--failures N]
    python -m bench.boxes --queries FILE --index DIR

The second measures the citations of the answers to test queries instead.
"""

from __future__ import annotations

import argparse
import json
import time
import unicodedata
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import groupby
from pathlib import Path

from rag.page_images import Glyph, PageQuote, PdfPages, Rectangle, page_quotes
from rag.page_images.folding import fold_pieces
from rag.readers import read
from rag.readers.characters import mend
from rag.schema import Reading
from rag.text.languages import UNKNOWN, detect
from rag.text.sentences import sentence_spans

LEVELS = ("exact", "order", "folded", "wrong", "none")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("paths", nargs="*", type=Path, default=[Path("corpus")])
    parser.add_argument("--failures", type=int, default=0, help="show so many of each report")
    parser.add_argument("--queries", type=Path, help="test queries whose citations are measured")
    parser.add_argument("--index", type=Path, default=Path("index"))
    arguments = parser.parse_args()
    if arguments.queries is not None:
        measure_citations(arguments.queries, arguments.index)
        return
    by_language: dict[str, Counter[str]] = {}
    print(
        f"{'report':48} {'quotes':>6} " + " ".join(f"{level:>7}" for level in (*LEVELS, "apart")),
        "  ms",
    )
    for path in sorted(pdfs(arguments.paths)):
        reading, data = read(path), path.read_bytes()
        language = detect(reading.text, UNKNOWN)
        started, counts, shown = time.perf_counter(), Counter[str](), 0
        for level, apart, quote, under in measured(reading, data, sentences(reading, language)):
            counts[level] += 1
            counts["apart"] += apart
            if apart and shown < arguments.failures:
                print(f"    apart: {quote!r}")
            if level not in {"exact", "order"} and shown < arguments.failures:
                shown += 1
                print(f"    {level}: {quote!r}\n      under: {under!r}")
        spent = (
            1000 * (time.perf_counter() - started) / max(1, sum(counts[level] for level in LEVELS))
        )
        print(row(path.name, counts), f"{spent:5.1f}")
        by_language.setdefault(language, Counter()).update(counts)
    for language, counts in sorted(by_language.items()):
        print(row(language, counts))
    print(row("all", sum(by_language.values(), Counter())))


def measure_citations(queries: Path, root: Path) -> None:
    from rag.app import make_assistant, make_encoder
    from rag.config import load_settings
    from rag.export.contents import source_path

    settings = load_settings(index=root)
    assistant = make_assistant(settings, make_encoder(settings))
    index = assistant.index()
    by_language: dict[str, Counter[str]] = {}
    for line in queries.read_text("utf-8").splitlines():
        for citation in assistant.ask(json.loads(line)["query"]).citations if line.strip() else ():
            if not citation.source.lower().endswith(".pdf"):
                continue
            reading = index.document(citation.document).reading
            data = source_path(index, citation.source).read_bytes()
            counts = by_language.setdefault(citation.language, Counter())
            for level, apart, _, _ in measured(reading, data, [(citation.start, citation.end)]):
                counts[level] += 1
                counts["apart"] += apart
    titles = " ".join(f"{level:>7}" for level in (*LEVELS, "apart"))
    print(f"{'citations in':48} {'quotes':>6} {titles}")
    for language, counts in sorted(by_language.items()):
        print(row(language, counts))
    print(row("all", sum(by_language.values(), Counter())))


def pdfs(paths: Sequence[Path]) -> Iterator[Path]:
    for path in paths:
        yield from path.rglob("*.pdf") if path.is_dir() else [path]


def sentences(reading: Reading, language: str) -> list[tuple[int, int]]:
    return sentence_spans(reading.text, language)


def measured(
    reading: Reading, data: bytes, spans: Sequence[tuple[int, int]]
) -> Iterator[tuple[str, bool, str, str]]:
    """The level of each quote, whether its boxes are scattered, itself, what is under its boxes."""
    quotes = [
        (number, quote)
        for start, end in spans
        for number, quote in page_quotes(reading.text, reading.pages, start, end)
    ]
    with PdfPages(data) as pages:
        for number, group in groupby(quotes, key=lambda one: one[0]):
            on_page = [quote for _, quote in group]
            glyphs = pages.glyphs(number)
            for quote, boxes in zip(on_page, pages.boxes(number, on_page), strict=True):
                under = text_under(boxes, glyphs)
                yield level_of(quote, under), scattered(boxes), quote.quote, under


def text_under(boxes: Sequence[Rectangle], glyphs: Sequence[Glyph]) -> str:
    """The characters in the boxes, box after box, each once."""
    taken: dict[int, str] = {}
    for box in boxes:
        for number, glyph in enumerate(glyphs):
            if box.holds(glyph.ink.centre):
                taken.setdefault(number, glyph.text)
    return "".join(taken.values())


def level_of(quote: PageQuote, under: str) -> str:
    if not under:
        return "none"
    wanted, got = plain(quote.quote), plain(under)
    if wanted == got:
        return "exact"
    if sorted(wanted) == sorted(got):
        return "order"
    wanted, got = fold_pieces(quote.quote).text, fold_pieces(under).text
    return "folded" if sorted(wanted) == sorted(got) else "wrong"


def plain(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", mend(text)).split())


def scattered(boxes: Sequence[Rectangle]) -> bool:
    """Whether a box is more than two lines away from every other one of its quote."""
    if len(boxes) < 2:
        return False
    return any(
        all(
            max(one.bottom - other.top, other.bottom - one.top) > 2 * max(one.height, other.height)
            for other in boxes
            if other is not one
        )
        for one in boxes
    )


def row(name: str, counts: Counter[str]) -> str:
    every = total(counts)
    shares = " ".join(f"{counts[level] / max(1, every):7.4f}" for level in (*LEVELS, "apart"))
    return f"{name:48} {every:6} {shares}"


def total(counts: Counter[str]) -> int:
    return sum(counts[level] for level in LEVELS)


if __name__ == "__main__":
    main()
