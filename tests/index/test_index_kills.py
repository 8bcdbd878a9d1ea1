"""The benchmark that kills `rag index` at random moments, run for some of them."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).parents[2]


@pytest.mark.skipif(os.name == "nt", reason="forks")
def test_a_killed_rag_index_leaves_a_whole_index_and_the_next_completes() -> None:
    disks = "2" if sys.platform == "linux" and os.geteuid() == 0 and can_mount() else "0"
    command = [sys.executable, "-m", "bench.kills", "--moments", "12", "--full-disks", disks]
    done = subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "12 builds killed; every index was whole" in done.stdout
    # Some came before the swap and some after it, or the moments were badly chosen.
    assert "→ old" in done.stdout and "→ new" in done.stdout


def can_mount() -> bool:
    """Whether small disks may be made here, as not in every container."""
    command = ["unshare", "--mount", "mount", "-t", "tmpfs", "tmpfs", "/mnt"]
    return subprocess.run(command, capture_output=True, check=False).returncode == 0
