"""Ends builds where they stand, many times over, and looks at what is left.

    python -m bench.kills [--moments 300] [--full-disks 0] [--model] [--seed 1]

Each time a `rag index` process that brings an index up to date is killed (SIGKILL) at a random
moment of its run. Half of the moments are times, half are counted steps: the n-th file opened,
renamed, removed or synced. Then, every time: `rag verify` must find the index whole, a search must
give exactly what the generation before or the one after gives, and the next `rag index` must end
with the index that a build from nothing makes, to the last bit of the scores. `--full-disks`
repeats the update on a disk with a random amount of room (Linux, as root). `--model` takes the
real embedding model, without it vectors are made from hashes.

Commands are forked from this process, since importing takes longer than building. What reads the
reports are processes of their own, as always.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np

from bench.trial import HashEncoder, Place, Trial, forked, run_command
from rag import app as assembly
from rag.config import load_settings
from rag.retrieval.dense import DenseIndex

WATCHED = {"open", "os.rename", "os.mkdir", "os.remove", "os.rmdir", "sqlite3.connect", "os.fsync"}


def killing_at(step: int, work: Callable[[], int]) -> Callable[[], int]:
    """``work`` that is killed at its ``step``-th step; 0 only counts, into the exit code's file."""

    def run() -> int:
        seen = 0

        def hook(event: str, arguments: object) -> None:
            nonlocal seen
            if event in WATCHED:
                seen += 1
                if seen == step:
                    os.kill(os.getpid(), signal.SIGKILL)

        sync = os.fsync

        def counted(fd: Any) -> None:
            hook("os.fsync", ())
            sync(fd)

        os.fsync = counted
        sys.addaudithook(hook)
        code = work()
        if not step:
            Path("steps").write_text(str(seen))
        return code

    return run


def where(root: Path, before: str) -> str:
    """How far the build was that was killed, by what lies in its folder."""
    folder = root / "generations"
    names = sorted(path.name for path in folder.iterdir())
    if before not in (root / "current.json").read_text():
        return "after the swap" + (" (removing)" if any(".removed" in n for n in names) else "")
    if any(not name.startswith(".") and name != before for name in names):
        return "between publishing and the swap"
    building = next((folder / name for name in names if name.startswith(".building")), None)
    if building is None:
        return "before anything is written"
    signs = (
        (building / "manifest.json", "syncing"),
        (building / "vectors.faiss", "vectors, hashing"),
        (root / "encoded.partial", "encoding, with a journal"),
        (building / "bm25", "terms, encoding"),
        (root / "read.partial", "reading, with a journal"),
    )
    return next((stage for sign, stage in signs if sign.exists()), "reading")


def kill_at_random(trial: Trial, moments: int, chance: random.Random) -> Counter[str]:
    """Kill ``moments`` updates; counts where they were."""
    root, counts = trial.place.folder / "index", Counter[str]()

    def update() -> int:
        said = trial.place.folder / "said"
        return run_command(root, ["index", str(trial.place.corpus)], said)

    trial.again(root)
    begun = time.monotonic()
    forked(killing_at(0, update))
    seconds, steps = time.monotonic() - begun, int(Path("steps").read_text())
    for number in range(moments):
        trial.again(root)
        if number % 2:
            # Half of them among the last, where everything is put in its place.
            step = chance.randint(1 if number % 4 == 1 else steps - 30, steps)
            code = forked(killing_at(step, update))
            moment = f"step {step} of {steps}"
        else:
            deadline = chance.uniform(0, 1.1 * seconds)
            code = forked(update, deadline=deadline)
            moment = f"{deadline:.3f} s of {seconds:.3f}"
        stage = where(root, trial.generation) if code == -signal.SIGKILL else "not at all: was done"
        try:
            stage += f" → {trial.is_whole(root)}"
            trial.completes(root)
        except SystemExit as problem:
            raise SystemExit(f"killed at {moment} ({stage}): {problem}") from None
        counts[stage] += 1
        print(f"{number + 1}/{moments} {moment}: {stage}", file=sys.stderr, flush=True)
    return counts


@contextmanager
def small_disk(folder: Path, size: int) -> Iterator[Path]:
    """A disk of ``size`` bytes; it can be made larger with ``enlarge``."""
    folder.mkdir(exist_ok=True)
    command = ["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(folder)]
    subprocess.run(command, check=True)
    try:
        yield folder
    finally:
        subprocess.run(["umount", str(folder)], check=True)


def enlarge(disk: Path) -> None:
    subprocess.run(["mount", "-o", "remount,size=64m", str(disk)], check=True)


def fill_at_random(trial: Trial, times: int, chance: random.Random) -> Counter[str]:
    """Update ``times`` times with little room; counts how they ended."""
    used = sum(path.stat().st_size for path in trial.before.rglob("*") if path.is_file())
    counts = Counter[str]()
    for number in range(times):
        with small_disk(trial.place.folder / "disk", 64 << 20) as disk:
            root = disk / "index"
            trial.again(root)
            # Up to twice what a generation takes: most are too little, some enough.
            room = chance.randint(0, 2 * used)
            free = os.statvfs(disk)
            (disk / "filler").write_bytes(b"x" * max(0, free.f_bavail * free.f_frsize - room))
            code, said = trial.place.run(root, "index", str(trial.place.corpus))
            if code == 0:
                ended = "enough room"
            elif code == 1 and "could not be written" in said and "Traceback" not in said:
                ended = "said to be full"
            else:
                raise SystemExit(f"{room} bytes of room: exit {code}: {said}")
            kind = trial.is_whole(root)
            names = [path.name for path in (root / "generations").iterdir()]
            if code and (kind != "old" or names != [trial.generation]):
                raise SystemExit(f"{room} bytes of room: {kind}, left over: {names}")
            (disk / "filler").unlink()
            enlarge(disk)
            trial.completes(root)
            counts[f"{ended} → {kind}"] += 1
            print(f"{number + 1}/{times} {room} bytes: {ended}", file=sys.stderr, flush=True)
    return counts


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--moments", type=int, default=300, help="how many builds are killed")
    parser.add_argument("--full-disks", type=int, default=0, help="how many builds lack room")
    parser.add_argument("--model", action="store_true", help="take the real embedding model")
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    chance = random.Random(arguments.seed)
    os.environ["RAG_READERS"] = "2"
    if arguments.model:
        encoder: Any = assembly.make_encoder(load_settings())
    else:
        encoder = HashEncoder()
        assembly.make_encoder = lambda *_: encoder
    with tempfile.TemporaryDirectory() as folder, contextlib.redirect_stdout(io.StringIO()):
        # Here, so that no forked process has to import it.
        DenseIndex.build(np.eye(2, dtype=np.float32))
        trial = Trial(Place(Path(folder)), encoder)
        HashEncoder.slow = 0.003
        killed = kill_at_random(trial, arguments.moments, chance)
        HashEncoder.slow = 0.0
        full = fill_at_random(trial, arguments.full_disks, chance)
        os.chdir("/")
    for title, counts in (("killed", killed), ("short of room", full)):
        if counts:
            print(f"\n{sum(counts.values())} builds {title}; every index was whole:\n")
            print("\n".join(f"- {number} {stage}" for stage, number in counts.most_common()))


if __name__ == "__main__":
    main()
