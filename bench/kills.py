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
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np

from rag import assembly, cli, index
from rag.dense import DenseIndex
from rag.index import open_index
from rag.retrieval import Retriever

WATCHED = {"open", "os.rename", "os.mkdir", "os.remove", "os.rmdir", "sqlite3.connect", "os.fsync"}
QUESTIONS = ("capital of the bank", "notify the authority", "risk of loss", "资本充足率")
Hits = list[tuple[str, int, int, float]]


class HashEncoder:
    """Unit vectors from hashes, in place of a model."""

    fingerprint, dimension, max_tokens, slow = "hashes", 16, 512, 0.0

    def load(self) -> None: ...

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        return [len(text.split()) for text in texts]

    def encode_queries(self, texts: Sequence[str], languages: Sequence[str]) -> Any:
        return self.encode_passages(texts, languages)

    def encode_passages(
        self, texts: Sequence[str], languages: Sequence[str], progress: Any = None
    ) -> np.ndarray[Any, np.dtype[np.float32]]:
        rows = []
        for text in texts:
            seed = sha256(text.encode("utf-8", "surrogatepass")).digest()
            rows.append(np.random.default_rng(list(seed)).standard_normal(self.dimension))
            time.sleep(self.slow)
        if progress is not None:
            progress(len(rows))
        matrix = np.array(rows).reshape(len(rows), self.dimension)
        return (matrix / np.linalg.norm(matrix, axis=1, keepdims=True)).astype(np.float32)


def write_reports(folder: Path, words: dict[str, str]) -> None:
    """Reports of some passages: text, Markdown and HTML."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    for name, word in words.items():
        sections = [
            f"# {number} Capital and risk {word}\n\nThe bank shall notify the authority of a loss "
            f"of {number} {word} of its capital within {number} days. 资本充足率 {word}\n"
            for number in range(1, 16)
        ]
        text = "\n".join(sections)
        body = f"<html><body><p>{text}</p></body></html>" if name.endswith(".html") else text
        (folder / name).write_text(body, "utf-8")


BEFORE = {"a.txt": "old", "b.md": "same", "c.html": "going", "d.txt": "same"}
AFTER = {"a.txt": "new", "b.md": "same", "d.txt": "same", "e.html": "come", "f.md": "come"}


@dataclass(frozen=True)
class Place:
    """The folder everything lies in."""

    folder: Path

    @property
    def corpus(self) -> Path:
        return self.folder / "corpus"

    def run(self, root: Path, *command: str) -> tuple[int, str]:
        """A command of the program in a process of its own: exit code and what it said."""
        said = self.folder / "said"
        code = forked(lambda: _command(root, command, said))
        return code, said.read_text("utf-8", "replace")


def _command(root: Path, command: Sequence[str], said: Path) -> int:
    with said.open("w", encoding="utf-8") as out:
        os.dup2(out.fileno(), 1)
        os.dup2(out.fileno(), 2)
        sys.argv = ["rag", *command, "--index", str(root)]
        try:
            cli.main()
        except SystemExit as end:
            return int(end.code or 0)
    return 0


def forked(work: Callable[[], int], *, deadline: float | None = None) -> int:
    """The exit code of ``work`` in a child; SIGKILL after ``deadline`` seconds."""
    child = os.fork()
    if child == 0:
        code = 70
        try:
            os.setsid()
            code = work()
        finally:
            with contextlib.suppress(Exception):
                sys.stdout.flush()
            os._exit(code)
    if deadline is not None:
        time.sleep(deadline)
        with contextlib.suppress(ProcessLookupError):
            os.kill(child, signal.SIGKILL)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


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

        def counted(file: int) -> None:
            hook("os.fsync", ())
            sync(file)

        os.fsync = counted
        sys.addaudithook(hook)
        code = work()
        if not step:
            Path("steps").write_text(str(seen))
        return code

    return run


def answers(root: Path, encoder: Any) -> dict[str, Hits]:
    """What searches find: places and scores, by question and mode.

    Asked in a process of its own, since a model's threads do not survive a later fork.
    """
    # In the working folder, since the index's disk may be full.
    found = Path("answers.json")
    if forked(lambda: found.write_text(json.dumps(_answers(root, encoder))) and 0):
        raise SystemExit(f"{root}: a search failed")
    return dict(json.loads(found.read_text()))


def _answers(root: Path, encoder: Any) -> dict[str, Hits]:
    with open_index(root) as opened:
        retriever = Retriever(opened, encoder)
        return {
            f"{mode} {question}": [
                (hit.chunk.document, hit.chunk.start, hit.chunk.end, hit.score)
                for hit in retriever.search(question, k=20, mode=mode).hits  # type: ignore[arg-type]
            ]
            for question in QUESTIONS
            for mode in ("hybrid", "dense", "bm25")
        }


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


class Trial:
    """An index before an update, the corpus after it, and what searches must find then."""

    def __init__(self, place: Place, encoder: Any) -> None:
        self.place, self.encoder = place, encoder
        self.before, self.scratch = place.folder / "before", place.folder / "scratch"
        os.chdir(place.folder)
        write_reports(place.corpus, BEFORE)
        self.must(self.before, "index", str(place.corpus))
        self.old = answers(self.before, encoder)
        write_reports(place.corpus, AFTER)
        self.must(self.scratch, "index", str(place.corpus))
        self.new = answers(self.scratch, encoder)
        assert self.old != self.new
        self.generation = index.verify(self.before)[0] or ""

    def must(self, root: Path, *command: str) -> None:
        code, said = self.place.run(root, *command)
        if code:
            raise SystemExit(f"rag {' '.join(command)}: exit {code}: {said}")

    def again(self, root: Path) -> None:
        """``root`` as it was before the update."""
        shutil.rmtree(root, ignore_errors=True)
        shutil.copytree(self.before, root)

    def is_whole(self, root: Path) -> str:
        """``old`` or ``new``: which generation searches answer from. Exits where it is neither."""
        self.must(root, "verify")
        found = answers(root, self.encoder)
        if found not in (self.old, self.new):
            raise SystemExit(f"{root}: answers are neither those before nor those after")
        return "old" if found == self.old else "new"

    def completes(self, root: Path) -> None:
        """The next build ends, gives what a build from nothing gives, and leaves nothing over."""
        self.must(root, "index", str(self.place.corpus))
        if self.is_whole(root) != "new":
            raise SystemExit(f"{root}: the next build did not bring it up to date")
        digests = [(index.verify(one)[0] or "").split("-")[1] for one in (root, self.scratch)]
        if digests[0] != digests[1]:
            raise SystemExit(f"{root}: not the content of a build from nothing")
        left = {path.name for path in root.iterdir()}
        left -= {"current.json", "generations", "build.lock", "hashes.json", "filler"}
        generations = [path.name for path in (root / "generations").iterdir()]
        if left or len(generations) > 2 or any(name.startswith(".") for name in generations):
            raise SystemExit(f"{root}: left over: {left} {generations}")


def kill_at_random(trial: Trial, moments: int, chance: random.Random) -> Counter[str]:
    """Kill ``moments`` updates; counts where they were."""
    root, counts = trial.place.folder / "index", Counter[str]()

    def update() -> int:
        said = trial.place.folder / "said"
        return _command(root, ["index", str(trial.place.corpus)], said)

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
        encoder: Any = assembly.make_encoder(cli._settings())
    else:
        encoder = HashEncoder()
        assembly.make_encoder = lambda *_: encoder  # type: ignore[assignment]
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
