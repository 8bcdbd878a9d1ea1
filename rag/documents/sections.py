"""Which headings stand above a place in a report."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence

from rag.schema import Heading


class Sections:
    """The section path of every place; ``headings`` are in order of their starts."""

    def __init__(self, headings: Sequence[Heading]) -> None:
        self._headings = headings
        self._starts = [heading.start for heading in headings]
        self._paths: list[tuple[str, ...]] = []
        stack: list[Heading] = []
        for heading in headings:
            while stack and stack[-1].level >= heading.level:
                stack.pop()
            stack.append(heading)
            self._paths.append(tuple(above.title for above in stack))

    def at(self, offset: int) -> tuple[str, ...]:
        """The titles of the headings above ``offset``, outermost first; empty before the first."""
        index = bisect_right(self._starts, offset) - 1
        return self._paths[index] if index >= 0 else ()

    def is_heading(self, start: int, end: int) -> bool:
        """Whether ``start:end`` is nothing but a heading or a part of one."""
        index = bisect_right(self._starts, start) - 1
        return index >= 0 and end <= self._headings[index].end
