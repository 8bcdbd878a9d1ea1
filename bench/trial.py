"""An index before an update, the update, and whether what is left of it is whole."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np

from rag import cli, index
from rag.index import open_index
from rag.retrieval.retriever import Retriever

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
        return np.asarray(matrix / np.linalg.norm(matrix, axis=1, keepdims=True), np.float32)


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
        code = forked(lambda: run_command(root, command, said))
        return code, said.read_text("utf-8", "replace")


def run_command(root: Path, command: Sequence[str], said: Path) -> int:
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
                for hit in retriever.search(question, k=20, mode=mode).hits
            ]
            for question in QUESTIONS
            for mode in ("hybrid", "dense", "bm25")
        }


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
