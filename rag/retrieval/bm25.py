"""BM25's numbers: what every term contributes to every passage, sorted by term."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Scores = NDArray[np.float64]
Integers = NDArray[np.int32]

_AT_ONCE = 1 << 20


@dataclass(frozen=True, slots=True)
class Bm25:
    """The parameters of Okapi BM25.

    ``k1``, 0 and up, is the saturation of term frequency: at 0 a repeated term adds nothing. ``b``,
    0 to 1, is the normalisation of length: at 0 long passages are not held back. A negative idf, of
    a term in more than half of the passages, becomes ``epsilon`` times the mean idf.
    """

    k1: float = 1.5
    b: float = 0.75
    epsilon: float = 0.25


def check_parameters(parameters: Bm25) -> None:
    """Raise ValueError for parameters out of range."""
    k1, b, epsilon = parameters.k1, parameters.b, parameters.epsilon
    if not (k1 >= 0 and 0 <= b <= 1 and math.isfinite(k1) and math.isfinite(epsilon)):
        raise ValueError("BM25 needs k1 of at least 0, b from 0 to 1 and a finite epsilon")


def columns(
    vocabulary: Sequence[bytes],
    *,
    lengths: Integers,
    terms: Integers,
    rows: Integers,
    counts: Integers,
    parameters: Bm25,
) -> dict[str, NDArray[np.generic]]:
    """The arrays of the index. ``vocabulary``, encoded, is in the order of first occurrence."""
    k1, b = parameters.k1, parameters.b
    frequencies = np.bincount(terms, minlength=len(vocabulary))
    idf = _idf(len(lengths), frequencies.tolist(), parameters.epsilon)
    by_bytes = sorted(range(len(vocabulary)), key=vocabulary.__getitem__)
    place = np.empty(len(vocabulary), np.int32)
    place[by_bytes] = np.arange(len(vocabulary))
    # Stable: within a term the rows stay ascending, as they were read.
    order = np.argsort(place[terms], kind="stable")
    mean_length = lengths.sum() / len(lengths) if len(terms) else 1.0
    sorted_rows, scores = rows[order], np.empty(len(order))
    # A part at a time: the terms of the arithmetic take several times as much room as its result.
    for start in range(0, len(order), _AT_ONCE):
        part = slice(start, start + _AT_ONCE)
        term_frequency = counts[order[part]].astype(np.float64)
        length_norm = 1 - b + b * lengths[sorted_rows[part]] / mean_length
        saturated = term_frequency * (k1 + 1) / (term_frequency + k1 * length_norm)
        scores[part] = idf[terms[order[part]]] * saturated
    return {
        "terms": np.frombuffer(b"".join(vocabulary[i] for i in by_bytes), np.uint8),
        "term_ends": np.cumsum([len(vocabulary[i]) for i in by_bytes], dtype=np.int64),
        "starts": np.concatenate(([0], np.cumsum(frequencies[by_bytes], dtype=np.int64))),
        "rows": sorted_rows,
        "scores": scores,
        "idf": idf[by_bytes],
    }


def _idf(passages: int, frequencies: Sequence[int], epsilon: float) -> Scores:
    # BM25Okapi's own order of summation: by first occurrence, without compensation.
    values = [math.log(passages - f + 0.5) - math.log(f + 0.5) for f in frequencies]
    total = 0.0
    for value in values:
        total += value
    floor = epsilon * (total / len(values)) if values else 0.0
    return np.array([floor if value < 0 else value for value in values], np.float64)


def encoded(term: str) -> bytes:
    """A term as it is stored; what PDFs have of lone surrogates passes through."""
    return term.encode("utf-8", "surrogatepass")
