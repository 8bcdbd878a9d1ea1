"""A memory for what was used last."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Hashable
from threading import Lock
from typing import Generic, TypeVar

Key = TypeVar("Key", bound=Hashable)
Value = TypeVar("Value")
Other = TypeVar("Other")


class Recent(Generic[Key, Value]):
    """Up to ``kept`` values by key; the longest unused is forgotten first. Threads may share it."""

    def __init__(self, kept: int) -> None:
        self._kept = kept
        self._lock = Lock()
        self._values: OrderedDict[Key, Value] = OrderedDict()

    def get(self, key: Key, other: Other) -> Value | Other:
        """The value of ``key``, or ``other`` where there is none."""
        with self._lock:
            if key not in self._values:
                return other
            self._values.move_to_end(key)
            return self._values[key]

    def put(self, key: Key, value: Value) -> None:
        """Remember ``value``."""
        with self._lock:
            self._values[key] = value
            self._values.move_to_end(key)
            while len(self._values) > self._kept:
                self._values.popitem(last=False)
