"""How well the structure of the sample PDFs is read, measured against their sources.

    python -m bench.structure [--without-outline] [--faults] [--reports DIR]

The sources of corpus/ say what each PDF was printed from. Text is compared after NFKC without white
space and footnote marks. ``--without-outline`` reads the files as if they had no outline, as most
reports have none. ``--faults`` names what is wrong. ``--reports`` takes a folder with ``pdf/`` and
``text/`` and gives the similarity of each PDF's text to the text it was printed from.
"""

from __future__ import annotations

import argparse
import difflib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

from bench.truth import Block, blocks_of_source, folded
from rag.documents.sections import Sections
from rag.readers.numbering import numbered_heading
from rag.readers.pdf import assembled, document_facts, layouts
from rag.schema import Reading
from tools.corpus.source import Source, read_all

REPOSITORY = Path(__file__).parents[1]
_MEASURES = (
    "headings", "levels", "extra headings", "sections", "tables", "extra tables", "header rows",
    "cells", "paragraphs", "items", "footnotes", "split", "merged", "missing", "leaks", "labels",
)  # fmt: skip


@dataclass
class Score:
    """Counts by measure: how many are right and how many there are.

    ``split`` and ``merged`` are paragraphs over several lines of the reading, and ones that share a
    line; ``missing`` are found nowhere; ``leaks`` are running headers or footers in the text.
    For these four, and for what is extra, the first number is that of faults.
    """

    right: Counter[str] = field(default_factory=Counter)
    total: Counter[str] = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)

    def add(self, measure: str, right: bool, fault: str = "") -> None:
        """Counts one case; ``fault`` says what it is, where it is not right."""
        self.total[measure] += 1
        self.right[measure] += right
        if not right:
            self.faults.append(f"{measure}: {fault[:90]}")

    def share(self, measure: str) -> float:
        """The share that is right, 1 where there is nothing."""
        return self.right[measure] / self.total[measure] if self.total[measure] else 1.0


@dataclass(frozen=True, slots=True)
class _Folded:
    """A reading's text folded, with the offset in the text that each character comes from."""

    text: str
    offsets: list[int]

    def span(self, part: str) -> tuple[int, int] | None:
        at = self.text.find(part)
        return None if at < 0 else (self.offsets[at], self.offsets[at + len(part) - 1] + 1)


def read_pdf(data: bytes, outline: bool = True) -> Reading:
    """As the reader does; without the file's outline where that is wanted."""
    described = document_facts(data)
    known = described if outline else replace(described, outline={})
    return assembled(layouts(data, range(described.pages)), known)


def score_of(source: Source, reading: Reading) -> Score:
    """Compares a reading with the source it was printed from."""
    score = Score()
    blocks = blocks_of_source(source)
    _score_headings(score, blocks, reading, folded(source.title))
    _score_tables(score, [block for block in blocks if block.kind == "table"], reading)
    _score_text(score, blocks, reading)
    _score_pages(score, source, reading)
    return score


def _score_headings(score: Score, blocks: list[Block], reading: Reading, title: str) -> None:
    expected = [block for block in blocks if block.kind == "heading"]
    # The contents pages of a report repeat its headings as text, the cover has its title.
    found = [(folded(h.title), h.level) for h in reading.headings if folded(h.title) != title]
    shift = 1 if any(folded(h.title) == title and h.level == 1 for h in reading.headings) else 0
    left = list(found)
    for block in expected:
        text = folded(block.text)
        match = next((item for item in left if item[0] == text), None)
        score.add("headings", match is not None, block.text)
        if match is not None:
            left.remove(match)
            score.add("levels", match[1] in (block.level, block.level + shift), f"{match}")
    clauses = _clauses(blocks)
    left = [item for item in left if item[0] not in clauses]
    score.total["extra headings"] = len(found)
    score.right["extra headings"] = len(left)
    score.faults += [f"extra heading: {text[:60]} ({level})" for text, level in left]


def _clauses(blocks: list[Block]) -> set[str]:
    """The marks of clauses, such as Rule 3.1: they may head what they begin."""
    firsts = (numbered_heading(b.text.replace("**", "")) for b in blocks if b.kind == "paragraph")
    texts = (b.text for b in blocks if b.kind == "paragraph")
    return {folded(t[: n.end]) for n, t in zip(firsts, texts, strict=True) if n and n.end < len(t)}


def _score_tables(score: Score, expected: list[Block], reading: Reading) -> None:
    grids = [
        [
            [folded(cell) for cell in line.split("\t")]
            for line in reading.text[table.start : table.end].split("\n")
        ]
        for table in reading.tables
    ]
    used: set[int] = set()
    for block in expected:
        truth = [[folded(cell) for cell in row] for row in block.rows]
        shares = {i: _alike(truth, grid) for i, grid in enumerate(grids) if i not in used}
        best = max(shares, key=lambda i: shares[i], default=-1)
        good = best >= 0 and shares[best] > 0.3
        score.add("tables", good, " | ".join(block.rows[0]))
        count = sum(len(row) for row in truth)
        score.total["cells"] += count
        if not good:
            score.add("header rows", False, "no table")
            continue
        used.add(best)
        score.right["cells"] += round(shares[best] * count)
        if shares[best] < 1:
            score.faults.append(f"cells: {shares[best]:.2f} of {block.rows[0]}")
        table = reading.tables[best]
        header = reading.text[table.start : table.header_end]
        alike = folded(header) == "".join(truth[0])
        score.add("header rows", alike, f"{header!r} for {block.rows[0]}")
    score.total["extra tables"] = len(grids)
    score.right["extra tables"] = len(grids) - len(used)


def _alike(truth: list[list[str]], grid: list[list[str]]) -> float:
    """The share of cells with the right text at the right row and column."""
    same = sum(
        cell == (row[c] if c < len(row) else "")
        for cells, row in zip(truth, grid, strict=False)
        for c, cell in enumerate(cells)
    )
    return same / sum(len(row) for row in truth)


def _score_text(score: Score, blocks: list[Block], reading: Reading) -> None:
    lines = [folded(line) for line in reading.text.split("\n")]
    exact = set(lines)
    whole = _fold(reading.text)
    sections = Sections(reading.headings)
    clauses = _clauses(blocks)
    for block in blocks:
        if block.kind in ("heading", "table"):
            continue
        measure = "paragraphs" if block.kind == "paragraph" else block.kind + "s"
        text = folded(block.text)
        # Items and footnotes stand behind their mark.
        good = text in exact or (
            block.kind != "paragraph"
            and any(line.endswith(text) and len(line) - len(text) <= 3 for line in lines)
        )
        good = good or all(folded(part) in exact for part in block.text.split("\n"))
        score.add(measure, good, block.text)
        span = whole.span(text)
        if not good:
            split = span is not None and "\n" in reading.text[span[0] : span[1]]
            score.right["split"] += split
            score.right["merged"] += span is not None and not split
            score.right["missing"] += span is None
        if span is not None and block.kind != "footnote":
            path = [folded(title) for title in sections.at(span[0])]
            truth = [folded(title) for title in block.section]
            if path and path[-1] in clauses:
                path.pop()
            score.add("sections", path[-len(truth) :] == truth, f"{path} for {block.text}")
    for measure in ("split", "merged", "missing"):
        score.total[measure] = sum(score.total[m] for m in ("paragraphs", "items", "footnotes"))


def _fold(text: str) -> _Folded:
    parts: list[str] = []
    offsets: list[int] = []
    for offset, character in enumerate(text):
        plain = folded(character)
        parts.append(plain)
        offsets.extend([offset] * len(plain))
    return _Folded("".join(parts), offsets)


def _score_pages(score: Score, source: Source, reading: Reading) -> None:
    running = {folded(source.running or source.title), folded(source.issuer)}
    running |= {folded(source.reference)} - {""}
    front = 2 if source.layout in ("report", "booklet") else 0
    for page in reading.pages:
        label = ["i", "ii"][page.number - 1] if page.number <= front else str(page.number - front)
        score.add("labels", page.label == label, f"{page.label} for {label}")
        if page.number == 1:  # the cover names title and issuer
            continue
        for line in reading.text[page.start : page.end].split("\n"):
            score.total["leaks"] += 1
            if folded(line) in running | {label}:
                score.right["leaks"] += 1
                score.faults.append(f"leak: {line}")


def similarity(truth: str, text: str) -> float:
    """How alike two texts are, 0 to 1, after NFKC and without white space."""
    return difflib.SequenceMatcher(None, folded(truth), folded(text), autojunk=False).ratio()


def scores(outline: bool = True) -> Iterator[tuple[Source, Score]]:
    """The score of every sample PDF."""
    for source in read_all():
        if source.format == "pdf":
            data = (REPOSITORY / "corpus" / source.output).read_bytes()
            yield source, score_of(source, read_pdf(data, outline))


def main() -> None:
    parsed = argparse.ArgumentParser(description=__doc__, add_help=True)
    parsed.add_argument("--without-outline", action="store_true")
    parsed.add_argument("--faults", action="store_true")
    parsed.add_argument("--reports", type=Path)
    options = parsed.parse_args()
    if options.reports:
        for path in sorted((options.reports / "pdf").glob("*.pdf")):
            truth = (options.reports / "text" / f"{path.stem}.txt").read_text("utf-8")
            text = read_pdf(path.read_bytes(), not options.without_outline).text
            print(f"{path.stem:45} {similarity(truth, text):.4f}")
        return
    right, total = Counter[str](), Counter[str]()
    print(f"{'':24}" + " ".join(f"{name[:9]:>9}" for name in _MEASURES))
    for source, score in scores(not options.without_outline):
        right += score.right
        total += score.total
        _print_row(source.path.stem, score.right, score.total)
        if options.faults:
            print("\n".join(f"    {fault}" for fault in score.faults))
    _print_row("all", right, total)


def _print_row(name: str, right: Counter[str], total: Counter[str]) -> None:
    cells = " ".join(f"{right[m]:>4}/{total[m]:<4}" for m in _MEASURES)
    print(f"{name:24}{cells}")


if __name__ == "__main__":
    main()
