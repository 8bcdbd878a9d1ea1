"""Work in the background: one at a time, told while it goes on, ended with the server."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Any

import pytest

from rag.errors import RagError
from rag.web.job import Job


def ended(job: Job) -> None:
    while job.state.running:
        time.sleep(0.005)


def test_progress_is_told_while_it_goes_on() -> None:
    job, seen, go_on = Job(), threading.Event(), threading.Event()

    def work(progress: Any) -> None:
        progress.stage("reading", 3)
        progress.advance(2)
        seen.set()
        go_on.wait(10)

    job.ask(work)
    assert job.state.running
    seen.wait(10)
    assert (job.state.stage, job.state.done, job.state.total) == ("reading", 2, 3)
    go_on.set()
    ended(job)
    assert job.state.problem is None


def test_what_is_asked_meanwhile_is_done_once_after_it() -> None:
    job, go_on = Job(), threading.Event()
    done: list[str] = []

    def first(_: Any) -> None:
        go_on.wait(10)
        done.append("first")

    def second(_: Any) -> None:
        done.append("second")

    job.ask(first)
    while job.state.stage or not job.state.running:
        time.sleep(0.005)
    job.ask(second)
    job.ask(second)
    go_on.set()
    ended(job)
    assert done.count("second") == 1
    assert done[0] == "first"


@pytest.mark.parametrize(
    ("error", "said"),
    [(RagError("The disk is full."), "The disk is full."), (ZeroDivisionError("secret"), "server")],
)
def test_a_failure_is_told_and_the_next_work_is_done(error: Exception, said: str) -> None:
    job = Job()

    def fail(_: Any) -> None:
        raise error

    job.ask(fail)
    ended(job)
    assert said in (job.state.problem or "")
    assert "secret" not in (job.state.problem or "")
    job.ask(lambda _: None)
    ended(job)
    assert job.state.problem is None


def test_stopping_ends_the_work_at_its_next_step() -> None:
    job, began = Job(), threading.Event()
    ends: list[str] = []

    def work(progress: Any) -> None:
        advance: Callable[[int], None] = progress.starter("reading", 10**9)
        began.set()
        try:
            while True:
                advance(1)
        finally:
            ends.append("tidied up")

    job.ask(work)
    began.wait(10)
    job.stop(10)
    assert ends == ["tidied up"]
    assert "stopped" in (job.state.problem or "")
