"""What a change does not touch is not done again."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from index_fakes import FakeEncoder, analyse, chunk, describe, stages, write

from rag.index import build, hashing, verify
from rag.index.manifest import file_sha256
from rag.retrieval.sparse import Bm25
from rag.text.languages import detect

FILES = {"a.txt": "alpha one\nalpha two", "b.txt": "beta one", "c.md": "资本 充足\nalpha one"}
YEAR = 365 * 86400


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    return aged(write(tmp_path / "corpus", FILES))


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return tmp_path / "index"


def aged(corpus: Path) -> Path:
    for path in corpus.iterdir():
        os.utime(path, (path.stat().st_atime, path.stat().st_mtime - YEAR))
    return corpus


def counted(calls: list[str], name: str, work: Callable[..., Any]) -> Callable[..., Any]:
    def call(*arguments: Any) -> Any:
        calls.append(name)
        return work(*arguments)

    return call


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"bm25": Bm25(k1=0.9)}, set()),
        ({"fingerprints": {"readers": "1", "chunking": "1", "analysis": "2"}}, {"analyse"}),
        ({"encoder": FakeEncoder("fake-2")}, {"describe"}),
        (
            {"fingerprints": {"readers": "1", "chunking": "2", "analysis": "1"}},
            {"chunk", "describe", "analyse"},
        ),
    ],
)
def test_only_the_stages_that_a_setting_touches_run(
    corpus: Path, root: Path, changes: dict[str, Any], expected: set[str]
) -> None:
    build(root, corpus, stages())
    calls: list[str] = []
    watched = {
        name: counted(calls, name, work)
        for name, work in (("chunk", chunk), ("describe", describe), ("analyse", analyse))
    }
    build(root, corpus, stages(**watched, **changes))
    assert set(calls) == expected
    assert verify(root)[1] == []


def test_only_the_changed_report_is_cut_and_analysed(corpus: Path, root: Path) -> None:
    build(root, corpus, stages())
    write(corpus, {"b.txt": "beta one\nbeta two"})
    calls: list[str] = []
    encoder = FakeEncoder()
    build(
        root,
        corpus,
        stages(
            chunk=counted(calls, "chunk", chunk),
            analyse=counted(calls, "analyse", analyse),
            encoder=encoder,
        ),
    )
    # One report of two passages, of which one is new.
    assert calls == ["chunk", "analyse", "analyse"] and encoder.encoded == ["b\nbeta two"]


def test_another_model_is_announced_before_anything_is_encoded(corpus: Path, root: Path) -> None:
    said: list[tuple[str, int]] = []
    encoder = FakeEncoder("fake-2")
    build(root, corpus, stages(), say=lambda text: said.append((text, 0)))
    assert said == []
    build(
        root, corpus, stages(encoder=encoder), say=lambda t: said.append((t, len(encoder.encoded)))
    )
    ((text, encoded),) = said
    assert encoded == 0
    assert "another embedding model" in text and "5 texts, less than a minute" in text


def test_a_few_texts_tell_how_long_another_model_takes(tmp_path: Path, root: Path) -> None:
    corpus = write(tmp_path / "corpus", {"a.txt": "\n".join(f"line {i}" for i in range(300))})
    build(root, corpus, stages())
    encoder, said = FakeEncoder("fake-2"), []

    def say(text: str) -> None:
        said.append(text)
        # The first to load the model, then three of three hundred.
        assert encoder.encoded == [f"a\nline {i}" for i in (0, 0, 100, 200)]

    assert build(root, corpus, stages(encoder=encoder), say=say).chunks_encoded == 300
    assert len(said) == 1


def hashed(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    seen: list[str] = []

    def watch(path: Path) -> str:
        seen.append(path.name)
        return file_sha256(path)

    monkeypatch.setattr(hashing, "file_sha256", watch)
    # As if what has just been written had been written long ago.
    monkeypatch.setattr(hashing, "_RACY_NS", -(10**15))
    return seen


def test_untouched_reports_are_not_hashed_again(
    corpus: Path, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = hashed(monkeypatch)
    build(root, corpus, stages())
    assert sorted(seen) == ["a.txt", "b.txt", "c.md"]
    seen.clear()
    build(root, corpus, stages())
    assert seen == []
    # The same size and the same time of change: the inode's own time tells.
    times = (corpus / "b.txt").stat().st_mtime_ns
    write(corpus, {"b.txt": "beta two"})
    os.utime(corpus / "b.txt", ns=(times, times))
    assert build(root, corpus, stages()).updated == ("b",) and seen == ["b.txt"]
    seen.clear()
    build(root, corpus, stages(), rebuild=True)
    assert sorted(seen) == ["a.txt", "b.txt", "c.md"]


def test_damaged_memory_of_hashes_is_no_memory(
    corpus: Path, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = hashed(monkeypatch)
    build(root, corpus, stages())
    memory = root / "hashes.json"
    for content in (memory.read_bytes().replace(b"a.txt", b"x.txt"), b"", b"{}", b"\xff"):
        memory.write_bytes(content)
        seen.clear()
        assert build(root, corpus, stages()).unchanged == ("a", "b", "c")
        assert sorted(seen) == ["a.txt", "b.txt", "c.md"]


def test_a_report_changed_just_now_is_hashed_again(
    corpus: Path, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = hashed(monkeypatch)
    # Changes of the last hour might be followed by another that no clock tells from them.
    monkeypatch.setattr(hashing, "_RACY_NS", 3600 * 10**9)
    for _ in range(2):
        build(root, corpus, stages())
    assert sorted(seen) == ["a.txt", "a.txt", "b.txt", "b.txt", "c.md", "c.md"]


@pytest.mark.parametrize(
    "text",
    [
        "Total cash and cash equivalents\t4,236\t—\t4,236",
        "ITEM 1B. UNRESOLVED STAFF COMMENTS\n\nNone.",
    ],
)
def test_the_report_s_language_spares_asking_a_model(
    text: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> str:
        raise AssertionError("asked")

    monkeypatch.setattr("rag.text.languages._detect_with_lingua", fail)
    assert detect(text, "en") == "en"


def test_a_passage_in_another_language_is_still_told() -> None:
    german = "Die Bank hat der Behörde jeden Verlust innerhalb von zehn Tagen anzuzeigen."
    assert detect(german, "en") == "de"
