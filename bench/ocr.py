"""How many characters OCR reads right: the sample reports printed as pictures and read again.

The truth is the text layer of the same pages. ``python -m bench.ocr [--dpi 200 300] [PDF …]``
"""

from __future__ import annotations

import argparse
import time
import unicodedata
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

from rapidfuzz.distance import Levenshtein

from rag.readers.ocr import PACKS, Ocr, confidence_of, find_ocr, recognise
from rag.readers.pdf.opening import document_facts, layouts
from rag.readers.pdf.second_extractor import SecondExtractor
from rag.readers.quality import disagreement_of
from rag.text.languages import detect

PAGES = 3


@dataclass(frozen=True, slots=True)
class Measured:
    """Of one page: ``accuracy`` in reading order, ``found`` whatever the order, both 0 to 1."""

    accuracy: float
    found: float
    confidence: float
    seconds: float


def plain(text: str) -> str:
    folded = unicodedata.normalize("NFKC", text)
    return "".join(c for c in folded if not c.isspace() and c not in ".·…\u200e\u200f")


def measure(path: Path, dpi: int, ocr: Ocr) -> tuple[str, list[Measured]]:
    data = path.read_bytes()
    count = document_facts(data).pages
    numbers = sorted({count // 2, max(0, count // 2 - 1), count - 1})[:PAGES]
    texts = [
        "\n".join(line.text for row in layout.rows for line in row.lines) if layout else ""
        for layout in layouts(data, numbers)
    ]
    language = detect("\n".join(texts))
    pack = PACKS.get(language, "")
    if pack not in ocr.packs:
        return language, []
    measured = []
    with SecondExtractor(data) as second:
        for number, truth in zip(numbers, texts, strict=True):
            page = second.page(number)
            picture = page.picture(dpi) if page else None
            if picture is None or len(plain(truth)) < 200:
                continue
            started = time.perf_counter()
            lines = recognise(picture, pack) or []
            seconds = time.perf_counter() - started
            read = "\n".join(" ".join(word.text for word in line) for line in lines)
            distance = Levenshtein.distance(plain(truth), plain(read))
            measured.append(
                Measured(
                    max(0.0, 1 - distance / len(plain(truth))),
                    1 - (disagreement_of(truth, read) or 0.0),
                    confidence_of(lines),
                    seconds,
                )
            )
    return language, measured


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("pdfs", nargs="*", type=Path)
    parser.add_argument("--dpi", nargs="+", type=int, default=[200, 300])
    options = parser.parse_args()
    ocr = find_ocr("auto")
    if not ocr.packs:
        raise SystemExit(ocr.advice)
    paths = options.pdfs or sorted(Path("corpus").rglob("*.pdf"))
    print(f"{ocr.fingerprint}\n")
    print("| language | dpi | pages | right, in order | found | confidence | s a page |")
    print("|---|---|---|---|---|---|---|")
    for dpi in options.dpi:
        found: dict[str, list[Measured]] = defaultdict(list)
        for path in paths:
            language, measured = measure(path, dpi, ocr)
            found[language] += measured
        for language, pages in sorted(found.items()):
            if pages:
                columns = zip(
                    *((p.accuracy, p.found, p.confidence, p.seconds) for p in pages), strict=True
                )
                means = [sum(column) / len(pages) for column in columns]
                shown = " | ".join(f"{mean:.3f}" for mean in means[:3])
                print(f"| {language} | {dpi} | {len(pages)} | {shown} | {means[3]:.1f} |")


if __name__ == "__main__":
    main()
