"""The readers' steps for a worker, with what a hostile file could make it do.

``READING_FAKES`` in the environment says what happens, as JSON: ``{"3": "spin"}`` at the page 3
(from 0), ``"open"`` and ``"assemble"`` instead of a number at these steps, ``"log"`` is a file that
gets a line for each step begun, ``"all"`` happens at every page.
"""

from __future__ import annotations

import json
import os
import signal
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from rag.ingest import steps
from rag.readers.ocr import Ocr
from rag.schema import Reading


def plan(**actions: str) -> str:
    """The value of ``READING_FAKES``; pages are given as ``page_3="spin"``."""
    return json.dumps({name.removeprefix("page_"): what for name, what in actions.items()})


def opened(data: bytes, suffix: str) -> Any:
    _meet("open")
    return steps.opened(data, suffix)


def pages(data: bytes) -> _Pages:
    return _Pages(data)


def assembled(
    data: bytes, layouts: Sequence[Any], described: Any, left_out: Mapping[int, str], ocr: Ocr
) -> Reading:
    _meet("assemble")
    return steps.assembled(data, layouts, described, left_out, ocr)


class _Pages:
    def __init__(self, data: bytes) -> None:
        self._pages = steps.pages(data)

    def layout(self, number: int) -> Any:
        _meet(str(number))
        return self._pages.layout(number)


def _meet(step: str) -> None:
    actions = json.loads(os.environ.get("READING_FAKES", "{}"))
    if log := actions.get("log"):
        with Path(log).open("a") as file:
            file.write(f"{step}\n")
    action = actions.get(step) or (actions.get("all", "") if step.isdigit() else "")
    if action == "spin":
        while True:
            pass
    elif action == "hog":
        kept = []
        while True:
            kept.append(bytearray(2**20))
    elif action == "exit":
        os._exit(0)
    elif action == "fault":
        os.kill(os.getpid(), signal.SIGSEGV)
    elif action == "sleep":
        time.sleep(600)
    elif action == "pause":
        time.sleep(0.1)
    elif action.startswith("kill once "):
        mark = Path(action.removeprefix("kill once "))
        if not mark.exists():
            mark.touch()
            os.kill(os.getpid(), signal.SIGKILL)
    elif action == "kill":
        os.kill(os.getpid(), signal.SIGKILL)
