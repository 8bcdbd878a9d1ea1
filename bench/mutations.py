"""Files made hostile at random, and what becomes of each: read, or skipped with its reason.

    python -m bench.mutations [--count 2000] [--seed 0] [FOLDER ...]

Mutates the PDF and DOCX files of FOLDER (``corpus/``) and reads them as ``rag index`` does. Exits
with 1 when a file is neither read nor skipped for its content, or when the healthy file that is
read after each batch is not read as ever.
"""

from __future__ import annotations

import argparse
import io
import random
import re
import sys
import tempfile
import time
import zipfile
import zlib
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from rag.ingest import Limits, Outcome, ReadingPool

Mutation = Callable[[random.Random, bytes], bytes]

_OBJECT = re.compile(rb"\b(\d{1,6}) (\d{1,5}) obj\b")
_REFERENCE = re.compile(rb"\b(\d{1,6}) (\d{1,5}) R\b")
_NUMBER = re.compile(rb"(?<![\w.])\d{1,9}(?![\w.])")
_STREAM = re.compile(rb"stream\r?\n(.*?)endstream", re.DOTALL)
_NAME = re.compile(rb"/[A-Za-z]{2,16}\b")
_TAG = re.compile(rb"</?[A-Za-z][^<>]{0,200}>")
_EXTREMES = (b"0", b"-1", b"1", b"65536", b"2147483647", b"4294967296", b"99999999999", b"1e308")


def flipped_bits(chance: random.Random, data: bytes) -> bytes:
    """One bit in up to 64 places."""
    changed = bytearray(data)
    for _ in range(chance.choice((1, 2, 8, 64))):
        changed[chance.randrange(len(changed))] ^= 1 << chance.randrange(8)
    return bytes(changed)


def truncated(chance: random.Random, data: bytes) -> bytes:
    """The beginning, the end, or all but a stretch in the middle."""
    first, second = sorted(chance.sample(range(1, len(data)), 2))
    return chance.choice((data[:first], data[first:], data[:first] + data[second:]))


def overwritten(chance: random.Random, data: bytes) -> bytes:
    """A stretch of zeros, of noise, or of the file's own bytes from elsewhere."""
    length = min(len(data), chance.choice((1, 16, 256, 4096)))
    start = chance.randrange(len(data) - length + 1)
    other = chance.randrange(len(data) - length + 1)
    filling = chance.choice((bytes(length), chance.randbytes(length), data[other : other + length]))
    return data[:start] + filling + data[start + length :]


def repeated(chance: random.Random, data: bytes) -> bytes:
    """A stretch that comes again, up to a thousand times."""
    length = min(len(data), chance.choice((2, 64, 1024)))
    start = chance.randrange(len(data) - length + 1)
    times = chance.choice((1, 10, 1000))
    return data[:start] + data[start : start + length] * times + data[start:]


def swapped_objects(chance: random.Random, data: bytes) -> bytes:
    """Two objects of a PDF under each other's numbers; in other files, two tags."""
    found = list(_OBJECT.finditer(data)) or list(_TAG.finditer(data))
    if len(found) < 2:
        return flipped_bits(chance, data)
    first, second = sorted(chance.sample(found, 2), key=lambda match: match.start())
    between = data[first.end() : second.start()]
    return data[: first.start()] + second[0] + between + first[0] + data[second.end() :]


def misdirected(chance: random.Random, data: bytes) -> bytes:
    """References to other objects, which may close a circle."""
    found = list(_REFERENCE.finditer(data))
    if not found:
        return extreme_numbers(chance, data)
    parts, position = [], 0
    share = chance.choice((0.02, 0.2, 1.0))
    for match in found:
        if chance.random() < share:
            parts += [data[position : match.start()], chance.choice(found)[0]]
            position = match.end()
    return b"".join([*parts, data[position:]])


def extreme_numbers(chance: random.Random, data: bytes) -> bytes:
    """Numbers that are lengths, counts or sizes, made absurd."""
    parts, position = [], 0
    found = list(_NUMBER.finditer(data))
    for match in sorted(
        chance.sample(found, min(len(found), chance.choice((1, 4, 32)))), key=re.Match.start
    ):
        parts += [data[position : match.start()], chance.choice(_EXTREMES)]
        position = match.end()
    return b"".join([*parts, data[position:]])


def renamed(chance: random.Random, data: bytes) -> bytes:
    """One name in place of another, everywhere or once."""
    found = _NAME.findall(data) or _TAG.findall(data)
    if len(found) < 2:
        return flipped_bits(chance, data)
    old, new = chance.sample(found, 2)
    return data.replace(old, new, chance.choice((1, -1)))


def inside_a_stream(chance: random.Random, data: bytes) -> bytes:
    """What a compressed stream of a PDF holds, mutated and compressed again."""
    found = list(_STREAM.finditer(data))
    chance.shuffle(found)
    for match in found[:8]:
        try:
            content = zlib.decompress(match[1])
        except zlib.error:
            continue
        if content:
            changed = zlib.compress(chance.choice(_BYTES)(chance, content))
            return data[: match.start(1)] + changed + b"\n" + data[match.end(1) :]
    return flipped_bits(chance, data)


def inside_a_part(chance: random.Random, data: bytes) -> bytes:
    """One part of a ZIP archive, such as a DOCX, mutated and packed again."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            parts = {name: archive.read(name) for name in archive.namelist()}
    except (zipfile.BadZipFile, zlib.error, OSError, ValueError):
        return flipped_bits(chance, data)
    chosen = chance.choice([name for name, content in parts.items() if len(content) > 2])
    parts[chosen] = chance.choice(_TEXT)(chance, parts[chosen])
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(zipfile.ZipInfo(name), content)
    return packed.getvalue()


_BYTES: Sequence[Mutation] = (flipped_bits, truncated, overwritten, repeated)
_TEXT: Sequence[Mutation] = (*_BYTES, swapped_objects, extreme_numbers, renamed)
_PDF: Sequence[Mutation] = (*_TEXT, misdirected, inside_a_stream, inside_a_stream, inside_a_stream)
_ZIP: Sequence[Mutation] = (*_BYTES, inside_a_part, inside_a_part, inside_a_part, inside_a_part)


def mutated(seed: int, data: bytes) -> tuple[str, bytes]:
    """The mutation that ``seed`` chooses for this file, by its name, and what it makes of it."""
    chance = random.Random(seed)
    mutation = chance.choice(_ZIP if data[:2] == b"PK" else _PDF)
    return mutation.__name__, mutation(chance, data) or data[:1]


@dataclass(frozen=True, slots=True)
class Mutated:
    """What became of a mutated file: ``seed`` makes it again."""

    seed: int
    mutation: str
    source: Path
    outcome: Outcome


BATCH = 20


def read_mutated(
    files: Sequence[Path], seeds: Sequence[int], pool: ReadingPool
) -> Iterator[Mutated]:
    """Mutates ``files`` in turn, one for each seed, and reads what comes of it.

    Raises AssertionError when a healthy file among them is not read as it was alone.
    """
    healthy = min(files, key=lambda file: file.stat().st_size)
    expected = pool.read(healthy).reading
    with tempfile.TemporaryDirectory() as folder:
        for start in range(0, len(seeds), BATCH):
            made = []
            for seed in seeds[start : start + BATCH]:
                source = files[seed % len(files)]
                mutation, data = mutated(seed, source.read_bytes())
                path = Path(folder, f"{seed}{source.suffix}")
                path.write_bytes(data)
                made.append((seed, mutation, source, path))
            outcomes = pool.read_all([*(path for *_, path in made), healthy])
            for seed, mutation, source, path in made:
                yield Mutated(seed, mutation, source, next(outcomes))
                path.unlink()
            if next(outcomes).reading != expected:
                raise AssertionError(f"a healthy file was harmed by seeds {seeds[start]} and on")


def verdict(outcome: Outcome) -> str:
    """What became of a file, in a word or two."""
    if outcome.reading is None:
        return "skipped: " + outcome.reason.split(". ")[0]
    return "read, pages left out" if outcome.reading.notes else "read"


def reports(folders: Sequence[Path]) -> list[Path]:
    """The PDF and DOCX files in ``folders``, sorted."""
    return sorted(
        file
        for folder in folders
        for file in folder.rglob("*")
        if file.suffix.lower() in {".pdf", ".docx"}
    )


def main() -> None:
    parser = argparse.ArgumentParser(prog="bench.mutations", description=__doc__)
    parser.add_argument("folders", nargs="*", type=Path, default=[Path("corpus")])
    parser.add_argument("--count", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=0)
    arguments = parser.parse_args()
    seeds = range(arguments.seed, arguments.seed + arguments.count)
    counts: Counter[str] = Counter()
    by_mutation: Counter[tuple[str, bool]] = Counter()
    limited, unsettled = [], []
    started = time.monotonic()
    with ReadingPool(Limits()) as pool:
        for one in read_mutated(reports(arguments.folders), seeds, pool):
            counts[verdict(one.outcome)] += 1
            by_mutation[one.mutation, one.outcome.reading is not None] += 1
            if one.outcome.limited:
                limited.append(one)
            if not one.outcome.settled:
                unsettled.append(one)
    print(f"{arguments.count} mutated files in {time.monotonic() - started:.0f} s\n")
    print("| what became of it | files |\n|---|---|")
    for what, count in counts.most_common():
        print(f"| {what} | {count} |")
    print("\n| mutation | read | skipped |\n|---|---|---|")
    for name in sorted({name for name, _ in by_mutation}):
        print(f"| {name} | {by_mutation[name, True]} | {by_mutation[name, False]} |")
    for one in limited:
        print(f"limits: seed {one.seed}, {one.mutation} of {one.source}: {verdict(one.outcome)}")
    for one in unsettled:
        print(f"lost: seed {one.seed}, {one.mutation} of {one.source}: {one.outcome.reason}")
    sys.exit(bool(unsettled))


if __name__ == "__main__":
    main()
