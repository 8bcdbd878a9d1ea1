"""Training pairs drawn from the file that ``tools.reader.pairs`` wrote; knows nothing but NumPy.

A drawn pair is a question with a stretch of text: a passage with neighbours of its article beside
it, or cut to a window. Half the pairs answer; the others are a passage of the same article that
looks likest, the question's own passage without the sentence that answers, or, rarely, any other.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

Array = np.ndarray[Any, Any]

QUESTION_TOKENS, HEADING_TOKENS = 64, 64
SHARES = {
    "jaquad": 0.13,
    "jsquad": 0.04,
    "cmrc": 0.05,
    "cmrct": 0.05,
    "arcd": 0.05,
    "covid": 0.025,
    "drcd": 0.035,
    "policy": 0.05,
    "xq-main": 0.06,
    "xq": 0.03,
    "cross-main": 0.10,
    "cross": 0.06,
    "tatqa": 0.04,
    "obliqa": 0.05,
    "edited": 0.11,
    "inv": 0.26,
    "inv-none": 0.10,
}
"""How often each family of sources is drawn, as proportions of their sum."""

_MAIN = ("en", "zh", "ar")


@dataclass(frozen=True)
class Pair:
    """``ids``: the whole sequence; ``start`` and ``end``: tokens of it, 0 where it does not answer.

    ``located`` is False where only the logit is to be learnt.
    """

    ids: list[int]
    first: int
    start: int
    end: int
    answers: bool
    located: bool
    source: str


class Pairs:
    """Draws pairs; ``aside`` draws from what is kept aside alone."""

    def __init__(self, file: Path, seed: int, *, aside: bool = False) -> None:
        with np.load(file) as data:
            self._data: dict[str, Array] = {name: data[name] for name in data.files}
        self._random = np.random.default_rng(seed)
        data = self._data
        self._ends = {
            name: np.cumsum(np.concatenate([[0], data[f"question.{name}"]]))
            for name in ("spans", "hard", "avoid")
        }
        self._sources = [str(one) for one in data["sources"]]
        chosen = np.flatnonzero(data["question.aside"] == aside)
        self._by_source = {
            number: chosen[data["question.source"][chosen] == number]
            for number in range(len(self._sources))
        }
        self._by_source = {n: rows for n, rows in self._by_source.items() if len(rows)}
        sizes: dict[str, int] = {}
        for number, rows in self._by_source.items():
            family = _family(self._sources[number])
            sizes[family] = sizes.get(family, 0) + len(rows)
        weights = np.array(
            [
                SHARES[family] * len(rows) / sizes[family]
                for number, rows in self._by_source.items()
                if (family := _family(self._sources[number]))
            ]
        )
        self._numbers = list(self._by_source)
        self._shares = weights / weights.sum()

    def shares(self) -> dict[str, float]:
        """How often each family of sources is drawn."""
        found: dict[str, float] = {}
        for number, share in zip(self._numbers, self._shares, strict=True):
            family = _family(self._sources[number])
            found[family] = found.get(family, 0.0) + float(share)
        return found

    def draw(self) -> Pair:
        """The next pair."""
        while True:
            number = self._numbers[self._random.choice(len(self._numbers), p=self._shares)]
            question = int(self._random.choice(self._by_source[number]))
            pair = self._pair(question, self._sources[number])
            if pair is not None:
                return pair

    def _slice(self, name: str, question: int) -> Array:
        ends = self._ends[name]
        return self._data[name][ends[question] : ends[question + 1]]

    def _ids(self, name: str, number: int) -> Array:
        ends = self._data[f"{name}.ends"]
        return self._data[f"{name}.ids"][ends[number] : ends[number + 1]]

    def _pair(self, question: int, source: str) -> Pair | None:
        spans, hard = self._slice("spans", question), self._slice("hard", question)
        avoid = set(self._slice("avoid", question).tolist())
        draw = self._random.random
        located = bool(self._data["question.located"][question])
        length = int(self._random.integers(70, 330))
        if len(spans) and draw() < 0.56:
            context, start, end, _, _ = spans[self._random.integers(len(spans))].tolist()
            ids, shift = self._stretch(context, length, avoid, (start, end) if end else None)
            if located and not (start - shift >= 0 and end - shift < len(ids)):
                return None
            return self._compose(question, context, ids, source, (start - shift, end - shift), True)
        if len(spans) and located and draw() < 0.18:
            context, start, end, first, last = spans[self._random.integers(len(spans))].tolist()
            rest = self._without(context, start, end, first, last)
            if rest is None:
                return None
            return self._compose(question, context, rest, source + "-self", (0, 0), False)
        if len(hard) and draw() < 0.93:
            place = min(int(self._random.exponential(2.5)), len(hard) - 1)
            context = int(hard[place])
            label = source + ("" if source.endswith(("edited", "none")) else "-near")
        else:
            context = int(self._random.integers(len(self._data["context.group"])))
            if self._data["context.group"][context] == self._data["question.group"][question]:
                return None
            label = source + "-far"
        # An edited question is held against its own passage, which must stay whole.
        ids, _ = self._stretch(context, length, avoid, None)
        return self._compose(question, context, ids, label, (0, 0), False)

    def _stretch(
        self, context: int, length: int, avoid: set[int], span: tuple[int, int] | None
    ) -> tuple[Array, int]:
        """The passage in at most about ``length`` tokens, and by how much its tokens moved."""
        own = self._ids("context", context)
        if len(own) > length:
            first, last = span or (int(self._random.integers(len(own))),) * 2
            low, high = max(0, last + 1 - length), min(first, len(own) - length)
            at = int(self._random.integers(min(low, high), max(low, high) + 1))
            at = max(0, min(at, first))
            return own[at : max(at + length, last + 1)], at
        parts, before, left, right = [own], 0, context - 1, context + 1
        total = len(own)
        if self._random.random() < 0.35:
            return own, 0
        for _ in range(6):
            forwards = self._random.random() < 0.5
            other = right if forwards else left
            if not self._joins(context, other, avoid):
                break
            more = self._ids("context", other)
            if total + len(more) > length:
                break
            total += len(more)
            if forwards:
                parts.append(more)
                right += 1
            else:
                parts.insert(0, more)
                before += len(more)
                left -= 1
        return np.concatenate(parts), -before

    def _joins(self, context: int, other: int, avoid: set[int]) -> bool:
        groups, headings = self._data["context.group"], self._data["context.heading"]
        return (
            0 <= other < len(groups)
            and groups[other] == groups[context]
            and headings[other] == headings[context]
            and other not in avoid
        )

    def _without(self, context: int, start: int, end: int, first: int, last: int) -> Array | None:
        """The passage without the tokens ``first:last``; None where the answer stands elsewhere."""
        own = self._ids("context", context)
        rest = np.concatenate([own[:first], own[last:]])
        answer = own[start : end + 1]
        if last <= first or len(rest) < max(20, len(answer)) or not len(answer):
            return None
        windows = np.lib.stride_tricks.sliding_window_view(rest, len(answer))
        return None if (windows == answer).all(1).any() else rest[:330]

    def _compose(
        self,
        question: int,
        context: int,
        passage: Array,
        source: str,
        span: tuple[int, int],
        answers: bool,
    ) -> Pair:
        asked = self._ids("text", int(self._data["question.text"][question]))[:QUESTION_TOKENS]
        heading = self._ids("heading", int(self._data["context.heading"][context]))
        dropped = 0.05 if source.startswith("inv") else 0.3
        if self._random.random() < dropped:
            heading = heading[:0]
        front = [0, *asked.tolist(), 2, 2]
        if len(heading):
            front += [*heading[:HEADING_TOKENS].tolist(), 2]
        ids = [*front, *passage[: 447 - len(front)].tolist(), 2]
        located = bool(self._data["question.located"][question])
        start, end = (len(front) + span[0], len(front) + span[1]) if answers and located else (0, 0)
        if end >= len(ids) - 1:
            start = end = 0
            located = False
        return Pair(ids, len(front), start, end, answers, located or not answers, source)


def _family(source: str) -> str:
    if "+edited" in source:
        return "edited"
    parts = source.split("-")
    if parts[0] == "cross":
        return "cross-main" if set(parts[1:]) <= set(_MAIN) else "cross"
    if parts[0] == "xq":
        return "xq-main" if parts[1] in _MAIN else "xq"
    return source
