"""Reading and encoding through a cluster, without one: order, journals, what is done once."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest
from cli_tools import Rag
from cluster_fakes import NoCluster
from index_fakes import FakeEncoder

from rag.backends.ray import ClusterEncoder, ClusterReading
from rag.index.stages import BlockEncoder
from rag.ingest import Limits, ReadingJournal, ReadingPool, Source
from rag.readers.ocr import OFF

LIMITS = Limits()


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> list[Source]:
    folder = tmp_path_factory.mktemp("files")
    texts = {f"{n}.txt": f"Report {n}\n\nThe bank met its limits." for n in range(20)}
    # Two with the same bytes and names of their own, one that cannot be read.
    texts |= {"same.txt": texts["3.txt"], "empty.txt": "", "title.md": "# A title\n\nText."}
    for name, text in texts.items():
        (folder / name).write_text(text)
    return [
        Source(folder / name, hashlib.sha256(text.encode()).hexdigest())
        for name, text in texts.items()
    ]


def journal_in(folder: Path) -> ReadingJournal:
    return ReadingJournal(folder / "read.partial", "1")


def test_the_outcomes_are_those_of_reading_here(files: list[Source], tmp_path: Path) -> None:
    cluster = NoCluster()
    with journal_in(tmp_path) as journal, ReadingPool(LIMITS, readers=1, ocr=OFF) as pool:
        found = list(ClusterReading(cluster, LIMITS, OFF).read_all(files, journal))  # type: ignore[arg-type]
        assert found == list(pool.read_all(files))
    # Each content once: two files have the same.
    assert cluster.tasks == len(files) - 1


def test_what_was_read_before_the_driver_died_is_not_read_again(
    files: list[Source], tmp_path: Path
) -> None:
    first, second, third = NoCluster(), NoCluster(), NoCluster()
    with journal_in(tmp_path) as journal:
        reading = ClusterReading(first, LIMITS, OFF).read_all(files, journal)  # type: ignore[arg-type]
        begun = [next(reading) for _ in range(3)]
        reading.close()
    assert first.tasks < len(files)
    with journal_in(tmp_path) as journal:
        found = list(ClusterReading(second, LIMITS, OFF).read_all(files, journal))  # type: ignore[arg-type]
    assert found[:3] == begun
    # One was read ahead but not kept: the next one's turn had come.
    assert first.tasks + second.tasks >= len(files)
    assert second.tasks < len(files)
    with journal_in(tmp_path) as journal:
        again = list(ClusterReading(third, LIMITS, OFF).read_all(files, journal))  # type: ignore[arg-type]
    assert (again, third.tasks) == (found, 0)


def test_a_file_whose_workers_are_lost_is_left_out_and_tried_again(
    files: list[Source], tmp_path: Path
) -> None:
    unlucky = NoCluster(lambda file, *_: file.path.name == "5.txt")
    with journal_in(tmp_path) as journal:
        found = list(ClusterReading(unlucky, LIMITS, OFF).read_all(files, journal))  # type: ignore[arg-type]
    (lost,) = [one for one in found if not one.settled]
    assert lost.path.name == "5.txt"
    assert lost.reading is None
    assert "lost 6 times" in lost.reason
    with journal_in(tmp_path) as journal:
        again = NoCluster()
        found = list(ClusterReading(again, LIMITS, OFF).read_all(files, journal))  # type: ignore[arg-type]
        assert all(one.settled for one in found)
        assert again.tasks == 1


def test_an_encoder_of_a_cluster_takes_several_blocks() -> None:
    own = FakeEncoder()
    encoder = ClusterEncoder(NoCluster(), own, FakeEncoder)  # type: ignore[arg-type]
    assert isinstance(encoder, BlockEncoder)
    assert not isinstance(own, BlockEncoder)
    assert (encoder.fingerprint, encoder.dimension) == (own.fingerprint, own.dimension)


def test_a_missing_package_is_named(rag: Rag, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("rag.app.find_spec", lambda _: None)
    complaint = rag.fails("index", ".", "--workers", "ray")
    assert "pip install 'regulatory-rag[ray]'" in complaint
