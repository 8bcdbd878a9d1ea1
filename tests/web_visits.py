"""A served page and a person's browser window, for the tests that look at it as a person does."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Any

CHROMIUM = Path(os.environ.get("CHROMIUM", "/usr/bin/chromium"))
FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
TESTS = Path(__file__).parent


def free_port() -> int:
    """A port that nothing listens on at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Served:
    """A program that serves the page; ``address`` is what it said on stderr."""

    def __init__(self, command: Sequence[str], **environment: str) -> None:
        # A proxy that answers nothing stands for an office where everything goes through one.
        paths = os.pathsep.join([str(TESTS.parent), environment.pop("PYTHONPATH", "")])
        self.process = subprocess.Popen(
            command,
            env=os.environ
            | {"HTTP_PROXY": "http://127.0.0.1:9", "PYTHONPATH": paths}
            | environment,
            stderr=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self.process.stderr is not None
        for line in self.process.stderr:
            found = re.search(r"http://127\.0\.0\.1:\d+", line)
            if found:
                self.address = found.group()
                return
        raise AssertionError("the server ended before it said its address")

    def stop(self, number: signal.Signals = signal.SIGTERM) -> tuple[str, str]:
        """End it; what it wrote besides."""
        self.process.send_signal(number)
        return self.process.communicate(timeout=20)


class Visit:
    """One person's browser window: it notes each request elsewhere and each fault of the page."""

    def __init__(
        self, browser: Any, address: str, *, locale: str, width: int, path: str = ""
    ) -> None:
        self.context = browser.new_context(
            locale=locale,
            viewport={"width": width, "height": 800},
            reduced_motion="reduce",
            permissions=["clipboard-read", "clipboard-write"],
        )
        self.page = self.context.new_page()
        self.elsewhere: list[str] = []
        self.faults: list[str] = []
        self.page.on("request", self._note_request)
        self.page.on("pageerror", lambda error: self.faults.append(str(error)))
        self.page.on(
            "console",
            lambda said: (
                self.faults.append(f"{said.text} {said.location}") if _is_fault(said) else None
            ),
        )
        self.page.set_default_timeout(10_000)
        self.page.goto(address + path)
        self.page.wait_for_selector(".example, .turn")

    def _note_request(self, request: Any) -> None:
        if not re.match(r"(http://127\.0\.0\.1[:/]|data:|blob:)", request.url):
            self.elsewhere.append(request.url)

    def ask(self, question: str) -> None:
        """Ask and wait until the answer is all there."""
        answered = self.page.locator(".answer, .problem").count()
        self.page.fill("#question textarea", question)
        self.page.keyboard.press("Enter")
        self.page.wait_for_function(
            "count => document.querySelectorAll('.answer, .problem').length > count", arg=answered
        )

    def answered(self, count: int = 1) -> None:
        """Wait until so many questions have their whole answer."""
        self.page.wait_for_function(
            "count => document.querySelectorAll('.turn .tools, .turn .problem').length === count",
            arg=count,
        )

    def open_citation(self, number: int = 0) -> None:
        """Touch a mark, in the order of the page, and wait until its page can be seen."""
        self.page.locator(".cite").nth(number).click()
        self.page.wait_for_selector("#sheet .leafs")
        self.see()

    def see(self) -> None:
        """Wait until every picture of the open page is there."""
        self.page.wait_for_function(
            "[...document.querySelectorAll('#sheet img')].every(i => i.complete && i.naturalWidth)"
        )

    def box(self, selector: str) -> dict[str, float]:
        """Where a part stands."""
        return self.page.locator(selector).bounding_box()

    def barriers(self) -> list[str]:
        """What axe-core finds on the page that is serious or critical for some people."""
        import axe_playwright_python

        script = Path(axe_playwright_python.__file__).with_name("axe.min.js")
        self.page.evaluate(script.read_text("utf-8"))
        found = self.page.evaluate("axe.run(document)")
        assert len(found["passes"]) > 15, "axe looked at the page"
        return [
            f"{one['impact']}: {one['id']}: {[node['html'] for node in one['nodes']]}"
            for one in found["violations"]
            if one["impact"] in {"serious", "critical"}
        ]


def _is_fault(said: Any) -> bool:
    """Whether a message on the browser's console tells of a fault of ours.

    Gradio's own page asks to cancel or reset an event before it has been told its number, where
    both happen at once; the server refuses that and nothing is lost.
    """
    early = ("/gradio_api/cancel", "/gradio_api/reset")
    return said.type == "error" and not said.location["url"].endswith(early)
