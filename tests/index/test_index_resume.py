"""How a build says how far it has come, and goes on where another was interrupted."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
from index_fakes import FakeEncoder, files_of, stages, write

from rag.index import build
from rag.index.vectors import BLOCK


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return tmp_path / "index"


class Progress:
    def __init__(self) -> None:
        self.stages: list[tuple[str, int]] = []
        self.done: list[int] = []

    def stage(self, name: str, total: int) -> None:
        self.stages.append((name, total))
        self.done.append(0)

    def advance(self, count: int = 1) -> None:
        self.done[-1] += count


def test_progress_counts_to_the_end_of_each_stage(tmp_path: Path, root: Path) -> None:
    corpus = write(tmp_path / "corpus", {"a.txt": "one\ntwo", "b.txt": "three", "c.txt": "four"})
    progress = Progress()
    build(root, corpus, stages(), progress=progress)
    assert progress.stages == [("hashing", 3), ("reading", 3), ("encoding", 4)]
    assert progress.done == [3, 3, 4]


class Stops(FakeEncoder):
    """Is interrupted after so many texts."""

    left = 0

    def encode_passages(
        self, texts: Sequence[str], languages: Sequence[str], progress: Callable[[int], None] | None
    ) -> Any:
        if self.left < len(texts):
            raise KeyboardInterrupt
        self.left -= len(texts)
        return super().encode_passages(texts, languages, progress)


def test_an_interrupted_build_need_not_encode_again(tmp_path: Path, root: Path) -> None:
    lines = [f"line {i}" for i in range(3 * BLOCK)]
    corpus = write(tmp_path / "corpus", {"a.txt": "\n".join(lines)})
    encoder = Stops()
    encoder.left = 2 * BLOCK
    with pytest.raises(KeyboardInterrupt):
        build(root, corpus, stages(encoder=encoder))
    # A killed build may leave half a record.
    with (root / "encoded.partial").open("ab") as file:
        file.write(b"half a record")
    progress, encoder = Progress(), Stops()
    encoder.left = 3 * BLOCK
    report = build(root, corpus, stages(encoder=encoder), progress=progress)
    assert report.chunks_encoded == len(encoder.encoded) == BLOCK
    assert progress.stages[-1] == ("encoding", 3 * BLOCK) and progress.done[-1] == 3 * BLOCK
    assert not (root / "encoded.partial").exists()
    scratch = tmp_path / "scratch"
    build(scratch, corpus, stages())
    assert files_of(root) == files_of(scratch)


def test_vectors_of_another_model_are_not_resumed(tmp_path: Path, root: Path) -> None:
    corpus = write(tmp_path / "corpus", {"a.txt": "\n".join(map(str, range(2 * BLOCK)))})
    encoder = Stops()
    encoder.left = BLOCK
    with pytest.raises(KeyboardInterrupt):
        build(root, corpus, stages(encoder=encoder))
    assert build(root, corpus, stages(encoder=FakeEncoder("other"))).chunks_encoded == 2 * BLOCK
