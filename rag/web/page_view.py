"""The values of a page that is looked at: which place is asked for, and what is shown of it."""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from enum import StrEnum

from rag.schema import Facts, Page

Mark = tuple[int, int, int, int]
"""Left, top, right and bottom in pixels of a picture, the origin at the top left."""


class Unavailable(StrEnum):
    """Why a page is shown as text although its file has pages to see."""

    none = ""
    gone = "gone"
    changed = "changed"
    undrawable = "undrawable"
    moved = "moved"


@dataclass(frozen=True, slots=True)
class Place:
    """The quote ``text[start:end]`` of ``document``; nothing is quoted where both are equal.

    ``page``, from 1, is the one to show; None shows those that the quote lies on. ``check`` is the
    ``checksum`` of the quote, None where it is not known.
    """

    document: str
    page: int | None = None
    start: int = 0
    end: int = 0
    check: int | None = None


@dataclass(frozen=True, slots=True)
class PageImage:
    """The picture of one page, in pixels; ``marks`` are empty where nothing is marked."""

    page: Page
    width: int
    height: int
    marks: tuple[Mark, ...]


@dataclass(frozen=True, slots=True)
class PageView:
    """What is shown of a place.

    ``shown`` is the first page that is shown, of ``pages``; ``cited`` are the pages that the quote
    lies on. ``page_images`` are pictures, none where the file has no pages to see or
    ``unavailable`` says why there are none. ``text``, which begins at offset ``start`` of the
    document, is that of the pages shown, or the surroundings of the quote where a page is long.
    """

    document: str
    source: str
    sha256: str
    language: str
    facts: Facts
    section: tuple[str, ...]
    shown: Page
    pages: int
    cited: tuple[int, ...]
    page_images: tuple[PageImage, ...]
    text: str
    start: int
    unavailable: Unavailable = Unavailable.none


def checksum(quote: str) -> int:
    """What tells a quote from another at the same place: the CRC-32 of its UTF-8."""
    return zlib.crc32(quote.encode("utf-8", "surrogatepass"))
