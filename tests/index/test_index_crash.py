"""A build may be killed, or the disk may fill up, at any moment: an index stays whole."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from index_fakes import stages, write

from rag.errors import RagError
from rag.index import build, open_index, verify
from rag.index.generations import generations

resource = pytest.importorskip("resource", reason="limits and signals are POSIX's")

OLD = {"a.txt": "alpha\nold", "b.txt": "beta\n" * 40}
NEW = {"a.txt": "alpha\nnew", "c.txt": "gamma\n" * 40}

# Forks a build for each moment: killed when Python opens, renames, makes or removes the n-th file,
# or after so many microseconds. Forked, because importing takes longer than building.
_KILLER = """
import os, shutil, signal, sys
from pathlib import Path
sys.path[:0] = sys.argv[1:3]
from index_fakes import stages
from rag.index import build, open_index, verify
import rag.retrieval.dense, rag.retrieval.sparse
folder, ends = Path(sys.argv[3]), []
WATCHED = {"open", "os.rename", "os.mkdir", "os.remove", "os.rmdir", "sqlite3.connect"}

def killed_at(event_number, microseconds):
    seen = 0
    def hook(event, arguments):
        nonlocal seen
        if event in WATCHED:
            seen += 1
            if seen == event_number:
                os.kill(os.getpid(), signal.SIGKILL)
    if event_number:
        sys.addaudithook(hook)
    else:
        # SIGALRM ends a process as SIGKILL does, without any clearing up.
        signal.setitimer(signal.ITIMER_REAL, microseconds / 1e6)
    build(folder / "index", folder / "corpus", stages())

def checked():
    generation, problems = verify(folder / "index")
    assert problems == [], problems
    with open_index(folder / "index") as index:
        assert index.document("a").text.split()[1] in ("old", "new")
        assert ("b" in {d.name for d in index.documents()}) == ("old" in index.document("a").text)
    build(folder / "index", folder / "corpus", stages())
    assert verify(folder / "index")[1] == []
    left = {p.name for p in (folder / "index").iterdir()} - {"hashes.json"}
    assert left == {"current.json", "generations", "build.lock"}, left
    assert len(list((folder / "index/generations").iterdir())) <= 2

def forked(work, *arguments):
    pid = os.fork()
    if pid == 0:
        try:
            work(*arguments)
        except BaseException as error:
            sys.stderr.write(f"{arguments}: {error!r}\\n")
            os._exit(1)
        os._exit(0)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])

for moment in sys.argv[4:]:
    shutil.rmtree(folder / "index", ignore_errors=True)
    shutil.copytree(folder / "before", folder / "index")
    kind, number = moment.split(":")
    arguments = (int(number), 0) if kind == "event" else (0, int(number))
    ends.append(forked(killed_at, *arguments))
    if forked(checked) != 0:
        sys.exit(f"not whole after {moment}")
print(*ends)
"""


def test_a_killed_build_leaves_a_whole_index(tmp_path: Path) -> None:
    corpus = write(tmp_path / "corpus", OLD)
    build(tmp_path / "before", corpus, stages())
    (tmp_path / "before" / "build.lock").unlink(missing_ok=True)
    shutil.rmtree(corpus)
    write(corpus, NEW)
    here = Path(__file__).parents[1]
    moments = [
        *(f"event:{n}" for n in range(1, 90, 2)),
        *(f"time:{n}" for n in range(500, 20000, 1300)),
    ]
    done = subprocess.run(
        [sys.executable, "-c", _KILLER, str(here), str(here.parent), str(tmp_path), *moments],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    ends = [int(end) for end in done.stdout.split()]
    # Some were killed, and the last events come after the end of a build.
    assert ends.count(-9) > 20 and set(ends) <= {0, -9, -14}


@pytest.fixture
def roots(tmp_path: Path) -> tuple[Path, Path]:
    corpus = write(tmp_path / "corpus", {"a.txt": "old"})
    build(tmp_path / "index", corpus, stages())
    lines = "\n".join(f"line {i} of many" for i in range(400))
    write(corpus, {"a.txt": "new", "b.txt": lines})
    return tmp_path / "index", corpus


@pytest.mark.parametrize("limit", [0, 1, 100, 1000, 5000, 20_000, 40_000])
def test_a_file_that_cannot_grow_leaves_the_index_as_it_was(
    roots: tuple[Path, Path], limit: int
) -> None:
    root, corpus = roots
    before = verify(root)
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit, hard))
    try:
        with pytest.raises(RagError, match=r"could not be written: .*What was there before"):
            build(root, corpus, stages())
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert verify(root) == before
    assert [p.name for p in (root / "generations").iterdir()] == [before[0]]
    build(root, corpus, stages())
    assert verify(root)[1] == []


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    if sys.platform != "linux" or os.geteuid() != 0:
        pytest.skip("only root on Linux can make a small disk")
    disk = tmp_path / "disk"
    disk.mkdir()
    made = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=96k", "tmpfs", str(disk)],
        check=False,
        capture_output=True,
    )
    if made.returncode:
        pytest.skip("may not mount a small disk here")
    try:
        yield disk
    finally:
        subprocess.run(["umount", str(disk)], check=True)


def test_a_full_disk_is_said_and_leaves_no_rubbish(tmp_path: Path, small_disk: Path) -> None:
    root, corpus = small_disk / "index", write(tmp_path / "corpus", {"a.txt": "one"})
    # SQLite's pages alone take 80 kB: nothing fits.
    with pytest.raises(RagError, match=r"could not be written: .*(No space left|disk is full)"):
        build(root, corpus, stages())
    assert not [*(root / "generations").iterdir()]
    subprocess.run(["mount", "-o", "remount,size=1m", str(small_disk)], check=True)
    first = build(root, corpus, stages())
    for size in range(10_000, 120_000, 15_000):
        (root / "filler").write_bytes(b"")
        free = os.statvfs(root)
        room = free.f_bavail * free.f_frsize
        (root / "filler").write_bytes(b"x" * (room - size))
        write(corpus, {"b.txt": "\n".join(f"line {i}" for i in range(600))})
        try:
            build(root, corpus, stages())
        except RagError as error:
            assert "No space left" in str(error) or "full" in str(error)
            assert verify(root) == (first.generation, [])
            assert generations(root) == [first.generation]
    (root / "filler").unlink()
    last = build(root, corpus, stages())
    assert verify(root) == (last.generation, [])
    with open_index(root) as index:
        assert len(index) == 601


def test_a_place_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    corpus = write(tmp_path / "corpus", {"a.txt": "one"})
    write(tmp_path, {"file": "x"})
    with pytest.raises(RagError, match=r"could not be written"):
        build(tmp_path / "file" / "index", corpus, stages())
