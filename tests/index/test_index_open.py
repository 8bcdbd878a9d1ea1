"""Opening an index, asking it, and what it says when it cannot be used."""

from __future__ import annotations

import gc
import json
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from index_fakes import FakeEncoder, stages, write

from rag.errors import IndexUnusable, RagError
from rag.index import Index, build, open_index, rollback
from rag.index.generations import generation_folder, generations
from rag.index.manifest import seal
from rag.retrieval.catalogue import DocumentInfo
from rag.retrieval.filters import matching
from rag.schema import Facts, Page

FILES = {
    "basel/minutes.txt": "Basel Committee|minutes|2024-06\nCapital is king\n\fLiquidity 2",
    "hk.md": "ＨＫＭＡ|circular|2023\n资本 充足",
    "z.txt": "No facts at all",
}


@pytest.fixture
def root(tmp_path: Path) -> Path:
    build(tmp_path / "index", write(tmp_path / "corpus", FILES), stages())
    return tmp_path / "index"


def test_rows_count_chunks_by_document_and_place(root: Path) -> None:
    with open_index(root) as index:
        assert len(index) == 6
        assert [c.text for c in index.chunks(np.array([4, 0, 4]))] == [
            "资本 充足",
            "Basel Committee|minutes|2024-06",
            "资本 充足",
        ]
        assert index.document_numbers().tolist() == [0, 0, 0, 1, 1, 2]
        assert index.languages().tolist() == ["en", "en", "en", "en", "zh", "en"]
        for row in (-1, 6):
            with pytest.raises(IndexError):
                index.chunks([row])
        assert index.chunks([]) == []


def test_more_chunks_at_once_than_a_statement_holds(tmp_path: Path) -> None:
    text = "\n".join(f"l{i}" for i in range(1200))
    build(tmp_path / "index", write(tmp_path / "corpus", {"a.txt": text}), stages())
    with open_index(tmp_path / "index") as index:
        rows = np.arange(1199, -1, -1)
        assert [c.text for c in index.chunks(rows)] == [f"l{i}" for i in range(1199, -1, -1)]


def test_the_listing_says_what_a_document_is(root: Path) -> None:
    with open_index(root) as index:
        first = index.documents()[0]
        assert (first.name, first.source) == ("basel/minutes", "basel/minutes.txt")
        assert (first.pages, first.chunks, first.first_row) == (2, 3, 0)
        assert first.characters == len(FILES["basel/minutes.txt"])
        assert first.facts == Facts("", "Basel Committee", "minutes", "2024-06")
        assert first.notes == ("a note",)
        with pytest.raises(RagError, match="no document 'nix'"):
            index.document("nix")


def test_a_page_is_where_an_offset_lies(root: Path) -> None:
    break_at = FILES["basel/minutes.txt"].index("\f")
    one = Page(1, 0, break_at, "p. 1")
    two = Page(2, break_at + 1, len(FILES["basel/minutes.txt"]), "p. 2")
    with open_index(root) as index:
        # The form feed itself lies between the pages and counts to the one before.
        for start, page in ((0, one), (break_at - 1, one), (break_at, one), (break_at + 1, two)):
            assert index.page_of("basel/minutes", start) == page
        assert index.page_of("basel/minutes.txt", break_at + 5) == two
        with pytest.raises(RagError):
            index.page_of("nix", 0)


@pytest.mark.parametrize(
    ("ask", "rows"),
    [
        (lambda i: i.rows_where(), [0, 1, 2, 3, 4, 5]),
        (lambda i: i.rows_where(language="zh"), [4]),
        (lambda i: i.rows_where(language="fr"), []),
        (lambda i: i.rows_where(document="hk"), [3, 4]),
        (lambda i: i.rows_where(document="hk.md", language="zh"), [4]),
        (lambda i: i.rows_where(document=["z", "hk"]), [3, 4, 5]),
        (lambda i: i.rows_where(document=[]), []),
        (lambda i: i.rows_where(document="nix"), []),
        (lambda i: i.rows_where(issuer="hkma"), [3, 4]),
        (lambda i: i.rows_where(kind="Minutes"), [0, 1, 2]),
        (lambda i: i.rows_where(since="2024"), [0, 1, 2]),
        (lambda i: i.rows_where(until="2023-03"), [3, 4]),
        (lambda i: i.rows_where(since="2024-06-15", until="2024"), [0, 1, 2]),
        (lambda i: i.rows_where(since="2024-07"), []),
    ],
)
def test_filters_name_rows(root: Path, ask: Callable[[Index], np.ndarray], rows: list[int]) -> None:
    with open_index(root) as index:
        found = ask(index)
        assert found.tolist() == rows and found.dtype == np.int64


@pytest.mark.parametrize(
    ("date", "since", "until", "kept"),
    [
        ("2024", "2024-06-01", "2024-06-02", True),
        ("2024-05", "2024-06", None, False),
        ("2024-05-31", None, "2024-05", True),
        ("2024-05-31", None, "2024-05-30", False),
        ("2024-05-31", "2024-05-31", "2024-05-31", True),
        ("", "1900", None, False),
        ("", None, None, True),
    ],
)
def test_dates_are_compared_at_their_precision(
    date: str, since: str | None, until: str | None, kept: bool
) -> None:
    info = DocumentInfo("a", "a.txt", "", "en", 1, 1, 0, 1, Facts(date=date), ())
    assert matching(info, since=since, until=until) is kept


def test_a_missing_index_names_the_command(tmp_path: Path) -> None:
    for root in (tmp_path, tmp_path / "none", write(tmp_path, {"file": ""}) / "file"):
        with pytest.raises(IndexUnusable, match=r"no index in .* `rag index`"):
            open_index(root)


def test_another_model_is_refused(root: Path) -> None:
    open_index(root, require=stages().all_fingerprints()).close()
    other = stages(encoder=FakeEncoder("fake-2")).all_fingerprints()
    with pytest.raises(IndexUnusable, match=r"another embedding model \(fake-1.*`rag index`"):
        open_index(root, require=other)


def test_another_format_is_refused(root: Path) -> None:
    path = generation_folder(root, generations(root)[0]) / "manifest.json"
    path.write_bytes(seal({**json.loads(path.read_text()), "format": 99}))
    with pytest.raises(IndexUnusable, match=r"format 99 .*`rag index --rebuild`"):
        open_index(root)
    corpus = root.parent / "corpus"
    assert build(root, corpus, stages()).chunks_encoded == 6
    open_index(root).close()


@pytest.mark.parametrize("name", ["current.json", "manifest.json", "vectors.faiss", "bm25/idf.npy"])
@pytest.mark.parametrize("harm", ["truncate", "remove"])
def test_damage_is_refused_and_a_build_mends_it(root: Path, name: str, harm: str) -> None:
    folder = root if name == "current.json" else generation_folder(root, generations(root)[0])
    path = folder / name
    if harm == "truncate":
        path.write_bytes(path.read_bytes()[:-1])
        with pytest.raises(IndexUnusable, match=r"damaged.*`rag index --rebuild`"):
            open_index(root)
    else:
        path.unlink()
        with pytest.raises(IndexUnusable, match="`rag index"):
            open_index(root)
    build(root, root.parent / "corpus", stages(), rebuild=True)
    open_index(root).close()


def test_a_reader_keeps_its_generation_whatever_is_built(root: Path) -> None:
    corpus = root.parent / "corpus"
    with open_index(root) as index:
        assert index.is_current()
        for i in range(3):
            write(corpus, {"z.txt": f"No facts {i}"})
            build(root, corpus, stages())
        assert not index.is_current()
        # Nothing of it had been read before it was replaced.
        assert index.chunks([5])[0].text == "No facts at all"
        assert index.sparse.search(["all"], 9)[1].tolist() == [5]
        assert len(index.dense) == 6
        held = index.generation
        assert held in generations(root)
    write(corpus, {"z.txt": "the end"})
    last = build(root, corpus, stages())
    assert held not in generations(root)
    assert len(generations(root)) == 2
    with open_index(root) as index:
        assert index.generation == last.generation and index.is_current()


def test_readers_see_whole_generations_while_builds_run(root: Path) -> None:
    corpus = root.parent / "corpus"
    done = threading.Event()
    seen: set[str] = set()
    problems: list[str] = []

    def look() -> None:
        while not done.is_set():
            try:
                with open_index(root) as index:
                    word = index.document("z").text
                    rows = index.rows_where(document="z").tolist()
                    if [c.text for c in index.chunks(rows)] != [word]:
                        problems.append(f"{index.generation}: text and chunks differ")
                    if index.sparse.search([word.split()[-1]], 5)[1].tolist() != rows:
                        problems.append(f"{index.generation}: terms and chunks differ")
                    vector = FakeEncoder().vector(f"z\n{word}", "en")
                    if index.dense.search(vector[None], 1)[1].tolist() != [rows]:
                        problems.append(f"{index.generation}: vectors and chunks differ")
                    seen.add(index.generation)
            except Exception as error:
                problems.append(repr(error))

    readers = [threading.Thread(target=look) for _ in range(3)]
    for reader in readers:
        reader.start()
    for i in range(12):
        write(corpus, {"z.txt": f"No facts w{i}"})
        build(root, corpus, stages())
    done.set()
    for reader in readers:
        reader.join()
    assert problems == [] and len(seen) > 1


def test_several_threads_may_search_one_index(root: Path) -> None:
    wrong: list[object] = []
    with open_index(root) as index:

        def look(row: int) -> None:
            text = index.chunks([row])[0].text
            for _ in range(50):
                chunk = index.chunks([row])[0]
                vector = index.dense.reconstruct(np.array([row]))
                if chunk.text != text or index.dense.search(vector, 1)[1].tolist() != [[row]]:
                    wrong.append(row)
                if chunk not in [index.chunks([r])[0] for r in index.rows_where()]:
                    wrong.append(chunk)

        threads = [threading.Thread(target=look, args=(row,)) for row in range(6)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert wrong == []


def test_a_closed_index_says_so(root: Path) -> None:
    index = open_index(root)
    index.close()
    index.close()
    for ask in (lambda: index.chunks([0]), lambda: index.dense, lambda: index.sparse):
        with pytest.raises(IndexUnusable, match="closed"):
            ask()


def test_rollback_makes_the_earlier_generation_current(root: Path) -> None:
    with pytest.raises(RagError, match="no earlier generation"):
        rollback(root)
    first = generations(root)[0]
    write(root.parent / "corpus", {"new.txt": "new"})
    build(root, root.parent / "corpus", stages())
    assert rollback(root) == first
    with open_index(root) as index:
        assert index.generation == first and len(index.documents()) == 3
    assert build(root, root.parent / "corpus", stages()).added == ("new",)
    # Both the current generation and the one it was built from are kept.
    assert generations(root)[0] == first and len(generations(root)) == 2


def test_rollback_refuses_a_damaged_generation(root: Path) -> None:
    first = generations(root)[0]
    write(root.parent / "corpus", {"new.txt": "new"})
    second = build(root, root.parent / "corpus", stages()).generation
    path = generation_folder(root, first) / "vectors.faiss"
    path.write_bytes(path.read_bytes()[:-1] + b"?")
    with pytest.raises(IndexUnusable, match=r"earlier generation .* is damaged"):
        rollback(root)
    with open_index(root) as index:
        assert index.generation == second


def test_importing_the_package_loads_neither_faiss_nor_torch() -> None:
    code = "import rag.index, sys; print({'faiss', 'torch'} & set(sys.modules))"
    parent = str(Path(__file__).parents[2])
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=parent, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "set()"


@pytest.mark.skipif(not Path("/proc/self/maps").exists(), reason="open files are listed on Linux")
def test_an_index_that_nobody_uses_is_let_go_at_once(root: Path) -> None:
    def still_open() -> set[str]:
        links = Path("/proc/self/fd").iterdir()
        names = [str(link.readlink()) for link in links if link.is_symlink()]
        mapped = Path("/proc/self/maps").read_text().splitlines()
        return {line for line in [*names, *mapped] if str(root) in line}

    gc.collect()
    gc.disable()
    try:
        index = open_index(root)
        index.dense.search(FakeEncoder().vector("Capital", "en")[None], 1)
        index.sparse.scores(["Capital"])
        index.document(index.documents()[0].name)
        index.rows_where(language="en")
        assert still_open()
        del index
        assert still_open() == set()
    finally:
        gc.enable()
