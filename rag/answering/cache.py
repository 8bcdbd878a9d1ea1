"""What was computed before, and need not be again.

People ask about the same passages again and again, and encoding them is most of what an answer
costs. What is computed depends on what it is computed from alone, so that what is remembered is
what would be computed.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable, Sequence
from typing import Generic, TypeVar

Item = TypeVar("Item", bound=Hashable)
Result = TypeVar("Result")


class Remembered(Generic[Item, Result]):
    """``work`` that looks up the last ``kept`` items first; safe to share by threads.

    Called as ``work`` is: items to their results, in their order.
    """

    def __init__(self, work: Callable[[Sequence[Item]], Sequence[Result]], *, kept: int) -> None:
        self._work = work
        self._kept = kept
        self._lock = threading.Lock()
        self._results: OrderedDict[Item, Result] = OrderedDict()

    def __call__(self, items: Sequence[Item]) -> list[Result]:
        """The results of ``items``, each computed once as long as it is remembered."""
        with self._lock:
            found = {item: self._results[item] for item in items if item in self._results}
            for item in found:
                self._results.move_to_end(item)
        missing = [item for item in dict.fromkeys(items) if item not in found]
        if missing:
            made = dict(zip(missing, self._work(missing), strict=True))
            self._remember(made)
            found |= made
        return [found[item] for item in items]

    def _remember(self, made: dict[Item, Result]) -> None:
        with self._lock:
            self._results.update(made)
            while len(self._results) > self._kept:
                self._results.popitem(last=False)
