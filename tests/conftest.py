"""What several files of tests share."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from cli_tools import Library, Rag, make_library
from hypothesis import settings
from web_visits import CHROMIUM, FLAGS, Visit

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


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    """A Chromium without a window."""
    if not CHROMIUM.exists():
        pytest.skip(f"no Chromium at {CHROMIUM}; install it or name it in CHROMIUM")
    playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    with playwright.sync_playwright() as driver:
        chromium = driver.chromium.launch(executable_path=str(CHROMIUM), args=FLAGS)
        yield chromium
        chromium.close()


@pytest.fixture
def visit(browser: Any, address: str) -> Iterator[Callable[..., Visit]]:
    """Opens the page of the module's server, as often as it is called."""
    visits: list[Visit] = []

    def go(locale: str = "en-GB", width: int = 1280, path: str = "") -> Visit:
        visits.append(Visit(browser, address, locale=locale, width=width, path=path))
        return visits[-1]

    yield go
    for one in visits:
        one.context.close()
