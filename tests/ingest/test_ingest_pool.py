"""Files read by several processes: the same readings, and limits that no file gets round."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from functools import lru_cache
from pathlib import Path

import pytest
from ingest_fakes import plan
from reader_pdfs import latin, pdf

from rag import readers
from rag.errors import RagError, ReadError
from rag.ingest import Limits, Outcome, ReadingPool, Source
from rag.schema import Reading

pytestmark = pytest.mark.skipif(
    sys.platform != "linux", reason="limits of memory are enforced on Linux"
)

REPOSITORY = Path(__file__).parents[2]
SMALL = Limits(page_seconds=0.3, file_seconds=3, memory_mb=128, patience=60)
# Unlike one another: what stands on every page is taken for a running head.
TEN = [
    *("Banks report monthly.", "Two firms failed.", "Who supervises custody?", "Rules changed."),
    *("An audit found gaps.", "Losses fell by half.", "Clients were repaid.", "Drills lag."),
    *("Licences lapse yearly.", "Nothing else remained."),
]

Read = Callable[..., Outcome]


@pytest.fixture
def report(tmp_path: Path) -> Path:
    """A PDF of ten pages."""
    path = tmp_path / "report.pdf"
    path.write_bytes(pdf([latin(text, 60, 700 - 9 * n) for n, text in enumerate(TEN)]))
    return path


@pytest.fixture
def read(report: Path, monkeypatch: pytest.MonkeyPatch) -> Read:
    """Reads ``report`` while what is said happens."""

    def with_actions(limits: Limits = SMALL, readers: int = 2, **actions: str) -> Outcome:
        monkeypatch.setenv("READING_FAKES", plan(**actions))
        with ReadingPool(limits, readers=readers, steps="ingest_fakes") as pool:
            return pool.read(report)

    return with_actions


@lru_cache
def expected(path: Path) -> tuple[Reading | None, str]:
    try:
        return readers.read(path), ""
    except ReadError as error:
        return None, str(error)


@pytest.mark.parametrize("processes", [1, 2, 3])
def test_readings_are_those_of_one_process(processes: int, tmp_path: Path) -> None:
    paths = sorted(p for p in (REPOSITORY / "corpus").rglob("*") if p.is_file())
    (tmp_path / "empty.txt").touch()
    (tmp_path / "false.pdf").write_text("Only text.")
    paths += [tmp_path / "empty.txt", tmp_path / "false.pdf", tmp_path / "none.txt"]
    with ReadingPool(readers=processes) as pool:
        outcomes = list(pool.read_all(paths))
    assert [one.path for one in outcomes] == paths
    assert [(one.reading, one.reason) for one in outcomes] == [expected(path) for path in paths]
    # A missing file may be there next time; a false one will not be another.
    assert [one.settled for one in outcomes[-3:]] == [True, True, False]
    assert not any(one.limited for one in outcomes)


def test_a_page_that_never_ends_is_left_out_and_named(read: Read) -> None:
    outcome = read(page_2="spin", page_3="spin", page_6="spin")
    assert outcome.reading is not None and outcome.limited and outcome.settled
    kept = [text for number, text in enumerate(TEN) if number not in (2, 3, 6)]
    assert outcome.reading.text.split("\n\n") == kept
    assert len(outcome.reading.pages) == 10
    assert outcome.reading.notes == (
        "Pages 3-4 and 7 could not be read: it took longer than 0.3 s.",
    )


@pytest.mark.parametrize(
    ("action", "why", "settled"),
    [
        ("hog", "it needed more than 128 MB of memory", True),
        ("exit", "it crashed the reader", True),
        ("fault", "it crashed the reader", True),
        ("kill", "the reader was stopped from outside, as when memory runs out", False),
    ],
)
def test_a_page_that_ends_its_process_is_left_out(
    read: Read, action: str, why: str, settled: bool
) -> None:
    outcome = read(page_4=action)
    assert outcome.reading is not None
    assert outcome.reading.notes == (f"Page 5 could not be read: {why}.",)
    assert outcome.reading.text.split("\n\n") == [*TEN[:4], *TEN[5:]]
    assert (outcome.limited, outcome.settled) == (True, settled)


def test_a_page_that_waits_for_nothing_is_left_out(read: Read) -> None:
    outcome = read(Limits(page_seconds=0.3, patience=20), page_4="sleep")
    assert outcome.reading is not None and not outcome.settled
    assert outcome.reading.notes == ("Page 5 could not be read: the reader was kept waiting.",)


def test_a_process_killed_from_outside_costs_nothing(
    read: Read, report: Path, tmp_path: Path
) -> None:
    outcome = read(page_4=f"kill once {tmp_path / 'mark'}")
    assert outcome.reading == readers.read(report)
    assert (outcome.limited, outcome.settled) == (False, True)


@pytest.mark.parametrize("step", ["open", "assemble"])
@pytest.mark.parametrize(
    ("action", "reason"),
    [
        ("spin", "It takes longer than 0.5 s to read."),
        ("hog", "It needs more than 128 MB of memory to be read."),
        ("exit", "It crashes the reader."),
    ],
)
def test_a_file_that_ends_its_process_is_refused(
    read: Read, step: str, action: str, reason: str
) -> None:
    # Filling the memory takes processor time, too.
    limits = Limits(file_seconds=0.5 if action == "spin" else 5, memory_mb=128)
    outcome = read(limits, **{step: action})
    assert outcome.reading is None and outcome.limited and outcome.settled
    assert outcome.reason.startswith(reason)
    # What happened, then what to do.
    assert len(outcome.reason.split(". ")) >= 2 and outcome.reason.endswith(".")


def test_a_file_of_hostile_pages_is_given_up(read: Read, tmp_path: Path) -> None:
    log = tmp_path / "log"
    limits = Limits(page_seconds=0.2, file_seconds=0.7)
    outcome = read(limits, readers=1, all="spin", log=str(log))
    assert outcome.reading is None and outcome.limited and outcome.settled
    # Four pages of 0.2 s are more than 0.7 s.
    assert outcome.reason.startswith(
        "Pages 1-4 could not be read: it took longer than 0.2 s. It was"
    )
    assert log.read_text().split() == ["open", "0", "1", "2", "3"]


def test_when_no_page_is_left_the_reason_says_why(read: Read, report: Path) -> None:
    report.write_bytes(pdf([latin(text, 60, 700) for text in TEN[:2]]))
    outcome = read(readers=1, all="exit")
    assert outcome.reading is None
    assert outcome.reason.startswith("Pages 1-2 could not be read: it crashed the reader.")


def test_the_others_are_read_in_order_beside_a_hostile_file(
    report: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    paths = [report]
    for number in range(30):
        paths.append(tmp_path / f"{number}.txt")
        paths[-1].write_text(f"text {number}")
    monkeypatch.setenv("READING_FAKES", plan(page_0="fault", page_9="spin"))
    with ReadingPool(SMALL, readers=2, steps="ingest_fakes") as pool:
        outcomes = list(pool.read_all(paths))
    assert [one.path for one in outcomes] == paths
    texts = [one.reading.text for one in outcomes[1:] if one.reading]
    assert texts == [f"text {number}" for number in range(30)]
    assert outcomes[0].reading is not None and len(outcomes[0].reading.notes) == 2


def test_reading_ahead_is_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    paths = [tmp_path / f"{number}.txt" for number in range(40)]
    for path in paths:
        path.write_text("text")
    monkeypatch.setenv("READING_FAKES", plan(log=str(tmp_path / "log")))
    with ReadingPool(readers=1, steps="ingest_fakes") as pool:
        outcomes = pool.read_all(paths)
        next(outcomes)
        time.sleep(0.3)
        # The one taken, and eight more for the one process.
        assert len((tmp_path / "log").read_text().split()) <= 9
        assert len(list(outcomes)) == 39


def test_nothing_to_read_starts_no_process() -> None:
    with ReadingPool(steps="no_such_module") as pool:
        assert list(pool.read_all([])) == []
        assert pool.workers == []


def test_processes_that_cannot_start_are_said(report: Path) -> None:
    with ReadingPool(steps="no_such_module") as pool, pytest.raises(RagError, match="as soon as"):
        pool.read(report)


def test_a_pool_goes_on_after_a_reading_was_broken_off(report: Path) -> None:
    with ReadingPool(readers=2) as pool:
        outcomes = pool.read_all([report] * 5)
        first = next(outcomes)
        outcomes.close()
        assert pool.read(report) == first
    assert pool.workers == []


def test_a_worker_imports_the_readers_and_nothing_heavy(report: Path) -> None:
    code = "import rag.ingest.worker, rag.ingest.pool, sys; print(*sys.modules)"
    ended = subprocess.run(
        [sys.executable, "-c", code], cwd=REPOSITORY, capture_output=True, text=True, check=True
    )
    loaded = set(ended.stdout.split())
    assert loaded.isdisjoint({"numpy", "pypdf", "lxml", "onnxruntime", "torch", "pydantic"})


# Reads a file at whose first page a worker stays; tells its workers.
_ORPHANER = """
import os, sys
from pathlib import Path
sys.path[:0] = sys.argv[1:3]
from rag.ingest import ReadingPool
with ReadingPool(readers=2, steps="ingest_fakes") as pool:
    outcomes = pool.read_all([Path(sys.argv[3])] * 2)
    import threading
    def tell():
        print(*(worker.pid for worker in pool.workers), flush=True)
    threading.Timer(1.0, tell).start()
    next(outcomes)
"""


def _children_gone(pids: list[int]) -> bool:
    for _ in range(200):
        if not any(Path(f"/proc/{pid}/stat").exists() for pid in pids):
            return True
        time.sleep(0.02)
    return False


@pytest.mark.parametrize("how", ["SIGKILL", "SIGTERM", "SIGINT"])
def test_no_worker_outlives_the_parent(report: Path, how: str) -> None:
    import signal

    here = Path(__file__).parents[1]
    parent = subprocess.Popen(
        [sys.executable, "-c", _ORPHANER, str(here), str(here.parent), str(report)],
        env={**os.environ, "READING_FAKES": plan(all="spin")},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert parent.stdout is not None and parent.stderr is not None
    pids = [int(pid) for pid in parent.stdout.readline().split()]
    assert pids
    parent.send_signal(getattr(signal, how))
    parent.wait(10)
    assert _children_gone(pids)
    # Only the parent's own word on Ctrl-C, which the command line keeps from being printed.
    said = parent.stderr.read()
    assert said.count("Traceback") == (1 if how == "SIGINT" else 0)
    parent.stdout.close()
    parent.stderr.close()


def test_sources_name_their_suffix_in_lower_case() -> None:
    assert Source(Path("A.PDF")).suffix == ".pdf"


@pytest.fixture(autouse=True)
def no_actions(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.delenv("READING_FAKES", raising=False)
    yield
