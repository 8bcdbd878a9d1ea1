"""Vectors of sentences that were encoded before.

People ask about the same passages again and again, and encoding their sentences is most of what an
answer costs. A vector depends on its text and language alone, so what is remembered is what would
be computed.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

Vectors = NDArray[np.float32]
Encode = Callable[[Sequence[str], Sequence[str]], Vectors]


class RememberedVectors:
    """``encode`` that looks up the last ``kept`` texts first; safe to share by threads.

    Called as ``encode`` is: texts and their languages to unit vectors (n, d).
    """

    def __init__(self, encode: Encode, *, kept: int = 8192) -> None:
        self._encode = encode
        self._kept = kept
        self._lock = threading.Lock()
        self._vectors: OrderedDict[tuple[str, str], NDArray[np.float32]] = OrderedDict()

    def __call__(self, texts: Sequence[str], languages: Sequence[str]) -> Vectors:
        """Unit vectors (n, d), each computed once as long as it is remembered."""
        keys = list(zip(texts, languages, strict=True))
        with self._lock:
            found = {key: self._vectors[key] for key in keys if key in self._vectors}
            for key in found:
                self._vectors.move_to_end(key)
        missing = [key for key in dict.fromkeys(keys) if key not in found]
        if missing or not keys:
            made = self._encode([text for text, _ in missing], [code for _, code in missing])
            if not keys:
                return made
            # A row of its own does not keep the whole batch in memory.
            found |= {key: row.copy() for key, row in zip(missing, made, strict=True)}
            self._remember([(key, found[key]) for key in missing])
        return np.stack([found[key] for key in keys])

    def _remember(self, made: Sequence[tuple[tuple[str, str], NDArray[np.float32]]]) -> None:
        with self._lock:
            self._vectors.update(made)
            while len(self._vectors) > self._kept:
                self._vectors.popitem(last=False)
