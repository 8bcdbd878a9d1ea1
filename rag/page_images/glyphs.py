"""The values of this stage: characters with their boxes, quotes on a page, pictures of pages."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rag.schema import Page


@dataclass(frozen=True, slots=True)
class Rectangle:
    """Part of a page in points (1/72 inch), the origin at the lower left, y upwards.

    These are the page's own coordinates, before any rotation that the file asks for.
    """

    left: float
    bottom: float
    right: float
    top: float

    @property
    def height(self) -> float:
        """From ``bottom`` to ``top``."""
        return self.top - self.bottom

    @property
    def centre(self) -> tuple[float, float]:
        """The point in its middle, x and y."""
        return (self.left + self.right) / 2, (self.bottom + self.top) / 2

    def holds(self, point: tuple[float, float]) -> bool:
        """Whether the point lies in it or on its edge."""
        x, y = point
        return self.left <= x <= self.right and self.bottom <= y <= self.top

    def joined(self, other: Rectangle) -> Rectangle:
        """The smallest rectangle around both."""
        return Rectangle(
            min(self.left, other.left),
            min(self.bottom, other.bottom),
            max(self.right, other.right),
            max(self.top, other.top),
        )


@dataclass(frozen=True, slots=True)
class Glyph:
    """A character of a page as the PDF has it.

    ``ink`` is around what is drawn, ``box`` is as high as its font's line and as wide as its
    advance. White space that the PDF does not have is not among the glyphs.
    """

    text: str
    ink: Rectangle
    box: Rectangle


@dataclass(frozen=True, slots=True)
class PageQuote:
    """The quote ``text[start:end]`` of a page whose extracted text is ``text``."""

    text: str
    start: int
    end: int

    @property
    def quote(self) -> str:
        """The quoted characters."""
        return self.text[self.start : self.end]


@dataclass(frozen=True, slots=True)
class PageImage:
    """A picture of one page.

    ``png`` are its bytes, ``width`` and ``height`` its size in pixels. ``boxes`` are, for each
    quote asked for, the rectangles that were marked; empty for one that was not found. ``marks``
    are the same as pixels of the picture: left, top, right and bottom, the origin at the top left.
    """

    png: bytes
    width: int
    height: int
    boxes: tuple[tuple[Rectangle, ...], ...]
    marks: tuple[tuple[tuple[int, int, int, int], ...], ...]


def page_quotes(
    text: str, pages: Sequence[Page], start: int, end: int
) -> tuple[tuple[int, PageQuote], ...]:
    """The quote ``text[start:end]`` of a document, by the numbers of the pages it lies on."""
    found = []
    for page in pages:
        first, last = max(start, page.start), min(end, page.end)
        if first < last and text[first:last].strip():
            whole = text[page.start : page.end]
            found.append((page.number, PageQuote(whole, first - page.start, last - page.start)))
    return tuple(found)
