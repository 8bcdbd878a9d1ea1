"""Answers while generations change, and over damaged files: from one whole generation, or none."""

from __future__ import annotations

import random
import re
import shutil
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from index_fakes import FakeEncoder, stages, write
from test_index_verify import PARTS, folder_of

from rag.answering import Assistant
from rag.answering.evidence import load_evidence
from rag.errors import IndexUnusable, RagError
from rag.index import FolderEngine, build, open_index, rollback, verify

VERSION = re.compile(r"version\d+")


class Model(FakeEncoder):
    """Encodes questions as it does passages."""

    def encode_queries(self, texts: list[str], languages: list[str]) -> object:
        return self.encode_passages(texts, languages, None)

    def load(self) -> None: ...


def reports(version: int) -> dict[str, str]:
    line = f"The capital of the bank is version{version} of the report."
    # Most passages say nothing of capital: BM25 finds no word that nearly all have.
    other = "\n".join(f"Line {number} of version{version} is on liquidity." for number in range(60))
    return {f"r{number}.txt": "\n".join([line] * 5) for number in range(4)} | {"z.txt": other}


def assistant(root: Path) -> Assistant:
    return Assistant(
        FolderEngine(root),
        Model(),  # type: ignore[arg-type]
        require=stages().all_fingerprints(),
        mode="hybrid",
        evidence=load_evidence(),
    )


def test_every_answer_is_from_one_generation_while_they_change(tmp_path: Path) -> None:
    root, corpus = tmp_path / "index", tmp_path / "corpus"
    build(root, write(corpus, reports(0)), stages())
    asked, seen, wrong = assistant(root), set(), []
    stop = threading.Event()

    def ask(mode: str) -> None:
        while not stop.is_set():
            try:
                hits = asked.search("capital bank", k=10, mode=mode).hits  # type: ignore[arg-type]
                versions = {version for hit in hits for version in VERSION.findall(hit.chunk.text)}
                if len(versions) != 1:
                    wrong.append(f"{versions}")
                seen.update(versions)
            except Exception as error:
                wrong.append(repr(error))

    threads = [threading.Thread(target=ask, args=(m,)) for m in ("hybrid", "dense", "bm25")]
    for thread in threads:
        thread.start()
    for version in range(1, 13):
        build(root, write(corpus, reports(version)), stages())
        if version % 4 == 0:
            rollback(root)
    stop.set()
    for thread in threads:
        thread.join()
    assert not wrong
    # The running assistant moved on by itself, more than once.
    assert len(seen) > 2
    build(root, corpus, stages())
    assert "version12" in asked.search("capital").hits[0].chunk.text


@pytest.fixture(scope="module")
def pristine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    folder = tmp_path_factory.mktemp("damage")
    build(folder / "index", write(folder / "corpus", reports(1)), stages())
    yield folder / "index"


def found(root: Path) -> list[object]:
    one = assistant(root)
    return [
        [(hit.chunk, hit.score, hit.page) for hit in one.search("capital bank", mode=mode).hits]
        for mode in ("hybrid", "dense", "bm25")
    ]


@pytest.mark.parametrize("name", PARTS)
def test_damage_gives_the_right_answer_or_none(pristine: Path, tmp_path: Path, name: str) -> None:
    right, chance = found(pristine), random.Random(name)
    root = tmp_path / "index"
    shutil.copytree(pristine, root)
    path = (root if name == "current.json" else folder_of(root)) / name
    whole = path.read_bytes()
    for at in [0, len(whole) - 1, *(chance.randrange(len(whole)) for _ in range(10))]:
        flipped = bytes([whole[at] ^ 1 << chance.randrange(8)])
        for content in (whole[:at] + flipped + whole[at + 1 :], whole[:at]):
            path.write_bytes(content)
            assert any(str(path) in problem for problem in verify(root)[1])
            try:
                assert found(root) == right
            except RagError as error:
                assert "rag index" in str(error)
    path.unlink()
    with pytest.raises(IndexUnusable):
        found(root)


def test_a_copied_index_is_read_as_it_is(pristine: Path, tmp_path: Path) -> None:
    # Other times of change than in the manifest: every byte is looked at, and is right.
    shutil.copytree(pristine, tmp_path / "copy", copy_function=shutil.copyfile)
    assert found(tmp_path / "copy") == found(pristine)
    with open_index(tmp_path / "copy") as index:
        assert index.generation == verify(tmp_path / "copy")[0]
