"""Telling a server to stop while it answers: run as a program, because signals are meant."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

TESTS = Path(__file__).parents[1]


class Server:
    def __init__(self, answer_seconds: float, stop_seconds: float) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "fakes.serve_slow", str(answer_seconds), str(stop_seconds)],
            env=os.environ | {"PYTHONPATH": f"{TESTS.parent}{os.pathsep}{TESTS}"},
            stderr=subprocess.PIPE,
            text=True,
        )
        found = self.wait_for(r"Serving on (http://127\.0\.0\.1:\d+)")
        self.client = httpx.Client(base_url=found[1], timeout=60, trust_env=False)

    def wait_for(self, pattern: str) -> re.Match[str]:
        assert self.process.stderr is not None
        for line in self.process.stderr:
            if found := re.search(pattern, line):
                return found
        raise AssertionError(f"the server ended before it said {pattern}")

    def take(self) -> str:
        """Send a question and return the address of its answer, once it is being answered."""
        sent = self.client.post("/gradio_api/call/v2/ask", json={"question": "What colour?"})
        return f"/gradio_api/call/v2/ask/{sent.json()['event_id']}"


@contextmanager
def serving(answer_seconds: float, stop_seconds: float) -> Iterator[Server]:
    server = Server(answer_seconds, stop_seconds)
    try:
        with server.client:
            yield server
    finally:
        server.process.kill()
        server.process.communicate()


@pytest.mark.skipif(os.name != "posix", reason="signals are POSIX's")
def test_an_answer_under_way_finishes_and_new_questions_are_turned_away() -> None:
    with serving(answer_seconds=3, stop_seconds=20) as server:
        place = server.take()
        answers: list[str] = []
        listener = threading.Thread(target=lambda: answers.append(server.client.get(place).text))
        listener.start()
        server.wait_for("asked")
        server.process.send_signal(signal.SIGTERM)
        refused = None
        while refused is None or refused.status_code == 200:
            refused = server.client.get("/")
        assert refused.status_code == 503
        assert "being stopped" in refused.json()["detail"]
        assert (
            server.client.post("/gradio_api/call/v2/ask", json={"question": "q"}).status_code == 503
        )
        assert server.client.get("/healthz").status_code == 200
        assert server.client.get("/readyz").status_code == 503
        listener.join(20)
        assert "event: complete" in answers[0]
        assert "The reports do not answer this question." in answers[0]
        assert server.process.wait(20) == 0


@pytest.mark.skipif(os.name != "posix", reason="signals are POSIX's")
def test_an_answer_that_takes_too_long_is_given_up_and_the_end_is_still_clean() -> None:
    with serving(answer_seconds=600, stop_seconds=0.2) as server:
        server.take()
        server.wait_for("asked")
        server.process.send_signal(signal.SIGINT)
        server.wait_for("Stopped before every answer was done")
        assert server.process.wait(20) == 0


@pytest.mark.skipif(os.name != "posix", reason="signals are POSIX's")
def test_a_page_that_is_open_in_a_browser_keeps_no_server_from_stopping() -> None:
    heartbeat = "/gradio_api/heartbeat/somebody"
    with (
        serving(answer_seconds=0, stop_seconds=600) as server,
        server.client.stream("GET", heartbeat) as open_page,
    ):
        assert next(open_page.iter_lines()).startswith("data")
        server.process.send_signal(signal.SIGTERM)
        assert server.process.wait(20) == 0
