"""What several files of tests share."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from functools import lru_cache
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
def _model_loaded_once() -> Iterator[None]:
    """Commands run in this process load the model once instead of each anew."""
    from rag.encoder import onnx_backend, torch_backend

    patch = pytest.MonkeyPatch()
    for module, name in ((onnx_backend, "OnnxBackend"), (torch_backend, "_load")):
        loading: Callable[..., object] = getattr(module, name)
        patch.setattr(module, name, lru_cache(maxsize=4)(loading))
    yield
    patch.undo()


@pytest.fixture(scope="session")
def library(tmp_path_factory: pytest.TempPathFactory, _model_loaded_once: None) -> Library:
    """A corpus in several languages and its index; tests leave it as it is."""
    return make_library(tmp_path_factory.mktemp("library"))


@pytest.fixture
def rag(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, _model_loaded_once: None) -> Iterator[Rag]:
    """The command line in an empty working folder and an environment without settings."""
    runner = Rag(tmp_path / "work", monkeypatch)
    runner.place.mkdir()
    yield runner
