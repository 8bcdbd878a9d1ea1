"""What was computed before, and need not be again.

People ask about the same passages again and again, and encoding them is most of what an answer
costs. What is computed depends on what it is computed from alone, so that what is remembered is
what would be computed.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from typing import Generic, TypeVar

from rag.recent import Recent

Item = TypeVar("Item", bound=Hashable)
Result = TypeVar("Result")


class Remembered(Generic[Item, Result]):
    """``work`` that looks up the last ``kept`` items first; safe to share by threads.

    Called as ``work`` is: items to their results, in their order.
    """

    def __init__(self, work: Callable[[Sequence[Item]], Sequence[Result]], *, kept: int) -> None:
        self._work = work
        self._results: Recent[Item, Result] = Recent(kept)

    def __call__(self, items: Sequence[Item]) -> list[Result]:
        """The results of ``items``, each computed once as long as it is remembered."""
        known = ((item, self._results.get(item, _NOTHING)) for item in dict.fromkeys(items))
        found = {item: result for item, result in known if not isinstance(result, _Nothing)}
        missing = [item for item in dict.fromkeys(items) if item not in found]
        if missing:
            for item, result in zip(missing, self._work(missing), strict=True):
                self._results.put(item, result)
                found[item] = result
        return [found[item] for item in items]


class _Nothing:
    """Stands for what is not remembered."""


_NOTHING = _Nothing()
