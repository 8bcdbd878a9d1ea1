"""Every byte of an index counts: whatever is changed in it, verify names the file."""

from __future__ import annotations

import random
import sqlite3
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from index_fakes import stages, write

from rag.index import build, verify
from rag.index.generations import generation_folder
from rag.index.manifest import file_sha256, read_manifest, write_manifest
from rag.retrieval.catalogue import File
from rag.retrieval.dense import DenseIndex

# 302 chunks: a line with something on it is one.
FILES = {"a.txt": "alpha\nbeta\f" + "gamma delta\n" * 300, "b.txt": "资本"}
TERMS = ("words", "word_ends", "lengths", "row_ends", "numbers", "counts")
PARTS = [
    "current.json",
    "manifest.json",
    "documents.sqlite",
    "vectors.faiss",
    *(f"bm25/{name}.npy" for name in ("terms", "term_ends", "starts", "rows", "scores", "idf")),
    "bm25/bm25.json",
    *(f"terms/{name}.npy" for name in TERMS),
]


@pytest.fixture(scope="module")
def pristine(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("pristine")
    build(folder / "index", write(folder / "corpus", FILES), stages())
    return folder / "index"


def folder_of(root: Path) -> Path:
    (folder,) = (root / "generations").iterdir()
    return folder


def test_the_list_of_parts_is_complete(pristine: Path) -> None:
    folder = folder_of(pristine)
    found = {p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file()}
    assert found == set(PARTS[1:])
    assert set(read_manifest(folder).files) == set(PARTS[2:])
    assert verify(pristine) == (folder.name, [])


@pytest.mark.parametrize("name", PARTS)
def test_a_changed_byte_is_found_and_named(pristine: Path, name: str) -> None:
    path = (pristine if name == "current.json" else folder_of(pristine)) / name
    whole = path.read_bytes()
    chance = random.Random(name)
    places = {0, len(whole) - 1, *(chance.randrange(len(whole)) for _ in range(6))}
    harmed = [
        whole[:at] + bytes([whole[at] ^ 1 << chance.randrange(8)]) + whole[at + 1 :]
        for at in places
    ]
    try:
        for content in (*harmed, whole[:-1], whole + b"\n", b""):
            path.write_bytes(content)
            generation, problems = verify(pristine)
            assert any(str(path) in problem for problem in problems)
            assert generation == (None if name == "current.json" else folder_of(pristine).name)
        path.unlink()
        assert verify(pristine)[1] != []
    finally:
        path.write_bytes(whole)
    assert verify(pristine)[1] == []


def test_there_is_a_problem_where_there_is_no_index(tmp_path: Path) -> None:
    generation, problems = verify(tmp_path)
    assert generation is None and "`rag index`" in problems[0]


def seal_again(root: Path) -> None:
    """Make the manifest fit the files, as if they had been built so."""
    folder = folder_of(root)
    files = {
        name: File((folder / name).stat().st_size, file_sha256(folder / name)) for name in PARTS[2:]
    }
    write_manifest(folder, replace(read_manifest(folder), files=files))


def short_vectors(folder: Path) -> None:
    matrix = DenseIndex.load(folder / "vectors.faiss").reconstruct(np.arange(302))
    DenseIndex.build(matrix / 2).save(folder / "vectors.faiss")


def fewer_vectors(folder: Path) -> None:
    matrix = DenseIndex.load(folder / "vectors.faiss").reconstruct(np.arange(301))
    DenseIndex.build(matrix).save(folder / "vectors.faiss")


def fewer_chunks(folder: Path) -> None:
    with sqlite3.connect(folder / "documents.sqlite") as connection:
        connection.execute("DELETE FROM chunks WHERE row = 5")


@pytest.mark.parametrize(
    ("harm", "word"),
    [
        (short_vectors, "length is not 1"),
        (fewer_vectors, "does not have 302 rows"),
        (fewer_chunks, "as many documents, pages and chunks"),
    ],
)
def test_parts_that_contradict_each_other_are_found(
    tmp_path: Path, harm: Callable[[Path], None], word: str
) -> None:
    root = tmp_path / "index"
    build(root, write(tmp_path / "corpus", FILES), stages())
    harm(folder_of(root))
    seal_again(root)
    _, problems = verify(root)
    assert len(problems) == 1 and word in problems[0]


def test_a_build_does_not_take_over_what_was_changed(tmp_path: Path) -> None:
    root = tmp_path / "index"
    first = build(root, write(tmp_path / "corpus", FILES), stages())
    path = generation_folder(root, first.generation) / "vectors.faiss"
    whole = path.read_bytes()
    path.write_bytes(whole[:-2] + bytes([whole[-2] ^ 1]) + whole[-1:])
    second = build(root, tmp_path / "corpus", stages())
    assert second.chunks_encoded == first.chunks_encoded
    assert verify(root) == (second.generation, [])
