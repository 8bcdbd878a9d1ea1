"""Questions to click, made in the background."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from threading import Lock, Thread

from rag.errors import RagError

Example = tuple[str, str]
"""A language and a question."""

_AT_ONCE = 0.2
"""Seconds that are waited for those that need not be made."""

_log = logging.getLogger(__name__)


class BackgroundExamples:
    """Those of each generation and language, made once; safe to share by threads.

    ``make`` gives those in a language, which may take long; ``generation`` tells what they are
    made from.
    """

    def __init__(
        self, make: Callable[[str], Sequence[Example]], generation: Callable[[], str]
    ) -> None:
        self._make = make
        self._generation = generation
        self._lock = Lock()
        self._making: dict[tuple[str, str], Thread] = {}
        self._made: dict[tuple[str, str], tuple[Example, ...]] = {}

    def __call__(self, language: str) -> tuple[Example, ...] | None:
        """The questions for a page in ``language``; None while they are being made."""
        try:
            key = (self._generation(), language)
        except RagError:
            return ()
        with self._lock:
            if key not in self._making:
                self._making[key] = Thread(target=self._fill, args=[key], daemon=True)
                self._making[key].start()
            thread = self._making[key]
        thread.join(_AT_ONCE)
        return self._made.get(key)

    def _fill(self, key: tuple[str, str]) -> None:
        made: tuple[Example, ...] = ()
        try:
            made = tuple(self._make(key[1]))
        except RagError as error:
            _log.warning("no questions to click: %s", error)
        except Exception:
            _log.exception("no questions to click")
        self._made[key] = made
