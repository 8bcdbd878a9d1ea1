"""An assistant whose questions are counted and limited, person by person."""

from __future__ import annotations

import time
from collections import Counter as Counts
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from threading import Lock

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

from rag.config import Mode
from rag.errors import RagError
from rag.retrieval.retriever import Filters
from rag.schema import Answer
from rag.web.access.buckets import Buckets
from rag.web.access.people import Person
from rag.web.protocol import Assistant, Found, Report

AT_ONCE = 4
"""Questions of one person that are answered at once; half of those answered at all."""

SECONDS = (0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 120.0)
"""Upper bounds of the classes that answers are counted in by the time they took."""


class TooMany(RagError):
    """A person asks more than the limits allow."""


class Meter:
    """Counts questions and times answers; safe to share by threads.

    ``words`` gives the sentence for a person who must wait so many seconds, 0 where former
    questions of theirs are still being answered. What is counted is told by ``registry``.
    """

    def __init__(
        self,
        buckets: Buckets,
        words: Callable[[Person, float], str],
        registry: CollectorRegistry,
    ) -> None:
        self._buckets = buckets
        self._words = words
        self._lock = Lock()
        self._asking: Counts[str] = Counts()

        def counter(name: str, explained: str) -> Counter:
            return Counter(f"rag_{name}", explained, registry=registry)

        self._questions = counter("questions", "Questions that were taken.")
        self._refusals = counter("refusals", "Answers that say that the reports do not answer.")
        self._errors = counter("errors", "Questions that ended in an error.")
        self._limited = counter("limited", "Questions turned away because a person asked too much.")
        self._seconds = Histogram(
            "rag_answer_seconds",
            "Time from a question to its whole answer.",
            registry=registry,
            buckets=SECONDS,
        )
        Gauge(
            "rag_questions_in_flight", "Questions being answered.", registry=registry
        ).set_function(lambda: self.in_flight)

    @property
    def in_flight(self) -> int:
        """Questions that are being answered."""
        with self._lock:
            return self._asking.total()

    @contextmanager
    def question(self, person: Person) -> Iterator[Callable[[bool], None]]:
        """Count a question; what is given is told whether it was refused.

        Raises TooMany where the person has asked too much or has ``AT_ONCE`` questions under way.
        """
        self._admit(person)
        began = time.monotonic()
        try:
            yield self._answered
        except GeneratorExit:
            raise
        except BaseException:
            self._errors.inc()
            raise
        finally:
            self._seconds.observe(time.monotonic() - began)
            with self._lock:
                self._asking[person.key] -= 1
                if not self._asking[person.key]:
                    del self._asking[person.key]

    def _admit(self, person: Person) -> None:
        key = person.key
        with self._lock:
            busy = self._asking[key] >= AT_ONCE
            if not busy:
                self._asking[key] += 1
        wait = 0.0 if busy else self._buckets.wait(key, take=True)
        if busy or wait:
            with self._lock:
                if not busy:
                    self._asking[key] -= 1
            self._limited.inc()
            raise TooMany(self._words(person, wait))
        self._questions.inc()

    def _answered(self, refused: bool) -> None:
        if refused:
            self._refusals.inc()


class MeteredAssistant:
    """``assistant`` for the people who use it; ``who`` tells whose question is being asked."""

    def __init__(self, assistant: Assistant, meter: Meter, who: Callable[[], Person]) -> None:
        self._assistant = assistant
        self._meter = meter
        self._who = who

    def ready(self) -> bool:
        """As the assistant's."""
        return self._assistant.ready()

    def load(self) -> Iterator[str]:
        """As the assistant's."""
        return self._assistant.load()

    def ask(self, question: str, *, filters: Filters | None = None) -> Answer:
        """As the assistant's; raises TooMany besides."""
        with self._meter.question(self._who()) as answered:
            answer = self._assistant.ask(question, filters=filters)
            answered(answer.refused)
        return answer

    def ask_stream(
        self, question: str, *, history: Sequence[str] = (), filters: Filters | None = None
    ) -> Iterator[str | Answer]:
        """As the assistant's; raises TooMany besides."""
        with self._meter.question(self._who()) as answered:
            for part in self._assistant.ask_stream(question, history=history, filters=filters):
                if isinstance(part, Answer):
                    answered(part.refused)
                yield part

    def search(
        self,
        question: str,
        *,
        k: int = 10,
        mode: Mode | None = None,
        filters: Filters | None = None,
    ) -> Found:
        """As the assistant's; raises TooMany besides."""
        with self._meter.question(self._who()):
            return self._assistant.search(question, k=k, mode=mode, filters=filters)

    def documents(self) -> Sequence[Report]:
        """As the assistant's."""
        return self._assistant.documents()
