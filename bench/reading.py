"""How fast files become text: the program's processes beside a plain loop over pypdf.

    python -m bench.reading DIR [--readers N] [--rounds 3]

All PDFs under DIR are read. Within each round the ways take turns on every file: pypdf's own
extract_text page by page in one process, and the program with one process and with N, whose
processes are started before anything is timed. The table gives medians over the rounds of pages a
second, and the median of the files' ratios to pypdf's loop. What the program reads in parallel is
compared with what it reads in one process, character by character. The last line is of all files
in one call, as in a build; pages per processor second hold whatever else the machine does.
"""

from __future__ import annotations

import argparse
import resource
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

import pypdf

from rag import readers
from rag.errors import ReadError
from rag.ingest import ReadingPool
from rag.ingest.pool import usable_cores
from rag.schema import Reading


@dataclass
class Way:
    """One way of reading a file, and the seconds it took for each, round by round."""

    name: str
    read: Callable[[Path], object]
    seconds: dict[Path, list[float]] = field(default_factory=dict)

    def measure(self, path: Path) -> None:
        """One more reading of this file."""
        begun = time.perf_counter()
        self.read(path)
        self.seconds.setdefault(path, []).append(time.perf_counter() - begun)


def by_pypdf(path: Path) -> str:
    return "\n".join(page.extract_text() for page in pypdf.PdfReader(path).pages)


def readable(folder: Path) -> dict[Path, Reading]:
    """What one process reads, by file; the others are named and left out."""
    found: dict[Path, Reading] = {}
    for path in sorted(folder.rglob("*.pdf")) if folder.is_dir() else [folder]:
        try:
            found[path] = readers.read(path)
            by_pypdf(path)
        except (ReadError, pypdf.errors.PyPdfError) as error:
            print(f"left out: {path.name}: {error}", file=sys.stderr)
    return found


def differing(pool: ReadingPool, serial: dict[Path, Reading]) -> list[str]:
    """The files that the pool reads differently from one process."""
    outcomes = pool.read_all(serial)
    return [one.path.name for one in outcomes if one.reading != serial[one.path]]


def table(ways: list[Way], pages: dict[Path, int]) -> str:
    """Medians in Markdown."""
    total = sum(pages.values())
    first = ways[0].seconds
    lines = ["| | pages/s | against pypdf's loop |", "|---|---|---|"]
    for way in ways:
        rounds = zip(*way.seconds.values(), strict=True)
        took = median(sum(seconds) for seconds in rounds)
        ratios = [
            before / after
            for path, seconds in way.seconds.items()
            for before, after in zip(first[path], seconds, strict=True)
        ]
        lines.append(f"| {way.name} | {total / took:.1f} | {median(ratios):.2f} |")
    return "\n".join(lines)


def all_at_once(pool: ReadingPool, paths: list[Path]) -> tuple[float, float]:
    """Seconds by the clock and of processors for all files in one call, processes included."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    begun = time.perf_counter()
    with pool:
        list(pool.read_all(paths))
    took = time.perf_counter() - begun
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    used = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return took, used


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("folder", type=Path, metavar="DIR")
    parser.add_argument("--readers", type=int, default=usable_cores(), help="processes")
    parser.add_argument("--rounds", type=int, default=3, help="how often all take their turn")
    arguments = parser.parse_args()
    serial = readable(arguments.folder)
    if not serial:
        sys.exit(f"There is no PDF in {arguments.folder} that can be read.")
    pages = {path: len(reading.pages) for path, reading in serial.items()}
    count = arguments.readers
    with ReadingPool(readers=1) as one, ReadingPool(readers=count) as several:
        ways = [
            Way("pypdf, extract_text, one process", by_pypdf),
            Way("rag, one process", one.read),
            Way(f"rag, {count} processes", several.read),
        ]
        wrong = differing(one, serial) + differing(several, serial)
        for number in range(arguments.rounds):
            print(f"round {number + 1} of {arguments.rounds}", file=sys.stderr, flush=True)
            for path in serial:
                for way in ways:
                    way.measure(path)
    took, used = all_at_once(ReadingPool(readers=count), list(serial))
    total = sum(pages.values())
    print(
        f"{len(serial)} files, {total} pages, {usable_cores()} processors, medians of "
        f"{arguments.rounds} rounds, file by file; in parallel the text is "
        f"{'the same' if not wrong else 'NOT the same: ' + ', '.join(wrong)}\n"
    )
    print(table(ways, pages))
    print(
        f"\nAll files in one call, {count} processes started for it: {total / took:.1f} pages/s, "
        f"{total / used:.1f} pages per processor second, {used / took:.2f} processors used"
    )
    sys.exit(bool(wrong))


if __name__ == "__main__":
    main()
