"""What several files of tests share."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from cli_tools import Library, Rag, make_library
from hypothesis import settings

# The library reads this when it is imported: no test may ask a model hub.
os.environ["HF_HUB_OFFLINE"] = "1"

# A slow machine is no fault of the code.
settings.register_profile("no deadline", deadline=None)
settings.load_profile("no deadline")


@pytest.fixture(scope="session")
def library(tmp_path_factory: pytest.TempPathFactory) -> Library:
    """A corpus in several languages and its index; tests leave it as it is."""
    return make_library(tmp_path_factory.mktemp("library"))


@pytest.fixture
def rag(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Rag]:
    """The command line in an empty working folder and an environment without settings."""
    runner = Rag(tmp_path / "work", monkeypatch)
    runner.place.mkdir()
    yield runner
