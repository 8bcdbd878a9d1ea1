"""Opening a PDF: what it says of itself, and the layouts of its pages."""

from __future__ import annotations

import io
import logging
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Self

import pypdf
from pypdf.errors import DependencyError, PdfReadError

from rag.errors import ReadError
from rag.readers.characters import mend
from rag.readers.pdf.fonts import FontDecoder
from rag.readers.pdf.glyphs import Piece
from rag.readers.pdf.headings import Outline, outline_key
from rag.readers.pdf.rows import PageLayout, page_layout
from rag.readers.pdf.second_extractor import SecondExtractor
from rag.readers.pdf.streams import page_pieces, page_resources, page_size
from rag.readers.quality import QualitySignals, disagreement_of, text_signals

_DAMAGED = "It is damaged and cannot be read as a PDF. Copy it again from where it came."
_MAX_PAGES = 20_000


@dataclass(frozen=True, slots=True)
class PdfProperties:
    """What the file says of itself. ``labels`` is empty where it numbers no pages."""

    pages: int
    labels: tuple[str, ...]
    outline: Outline
    title: str
    author: str
    made: str


def _opened(data: bytes) -> pypdf.PdfReader:
    # pypdf logs every fault that it mends; what cannot be read is said by our errors and notes.
    logging.getLogger("pypdf").setLevel(logging.CRITICAL)
    try:
        reader = pypdf.PdfReader(io.BytesIO(data))
        if reader.is_encrypted and not reader.decrypt(""):
            raise ReadError("It is locked with a password. Give a copy without one.")
    except ReadError:
        raise
    except (DependencyError, NotImplementedError) as error:
        raise ReadError(
            "It is encrypted in a way that cannot be opened. Give a plain copy."
        ) from error
    except Exception as error:  # pypdf raises whatever a malformed object makes it meet
        raise ReadError(_DAMAGED) from error
    return reader


def document_facts(data: bytes) -> PdfProperties:
    """Pages, labels, outline and metadata; raises ReadError when the file cannot be opened."""
    reader = _opened(data)
    try:
        count = len(reader.pages)
    except Exception as error:
        raise ReadError(_DAMAGED) from error
    if not 0 < count <= _MAX_PAGES:
        raise ReadError(_DAMAGED if count == 0 else "It has too many pages. Split it into parts.")
    title, author, made = _metadata(reader)
    return PdfProperties(count, _labels(reader, count), _outline(reader), title, author, made)


def _metadata(reader: pypdf.PdfReader) -> tuple[str, str, str]:
    try:
        metadata = reader.metadata
        values = (
            [str(metadata.get(key) or "") for key in ("/Title", "/Author", "/CreationDate")]
            if metadata
            else ["", "", ""]
        )
    except Exception:  # malformed metadata is as good as none
        return "", "", ""
    return mend(values[0]), mend(values[1]), values[2]


def _labels(reader: pypdf.PdfReader, count: int) -> tuple[str, ...]:
    try:
        labels = reader.page_labels if "/PageLabels" in reader.root_object else []
    except Exception:  # malformed labels are as good as none
        return ()
    return tuple(mend(label) for label in labels) if len(labels) == count else ()


def _outline(reader: pypdf.PdfReader) -> Outline:
    """Level by page (from 0) and folded title."""
    found: Outline = {}
    try:
        pending: list[tuple[int, object]] = [(1, item) for item in reversed(reader.outline)]
        while pending:
            level, item = pending.pop()
            if isinstance(item, list):
                pending.extend((level + 1, inner) for inner in reversed(item))
            elif isinstance(item, pypdf.generic.Destination):
                page = reader.get_destination_page_number(item)
                if page is not None and item.title:
                    found.setdefault((page, outline_key(mend(item.title))), min(level, 9))
    except Exception:  # a malformed outline is as good as none
        return found
    return found


def layouts(data: bytes, numbers: Iterable[int]) -> list[PageLayout | None]:
    """The layouts of pages by number from 0; None for a page that cannot be read.

    Pages do not depend on one another: processes may each take some and lay them together.
    """
    with OpenPages(data) as pages:
        return [pages.layout(number) for number in numbers]


class OpenPages:
    """A file kept open, for layouts one by one; ReadError when it cannot be opened."""

    def __init__(self, data: bytes) -> None:
        self._reader = _opened(data)
        self._fonts: dict[int, FontDecoder] = {}
        self._second = SecondExtractor(data)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the file."""
        self._second.close()

    def layout(self, number: int) -> PageLayout | None:
        """The layout of the page ``number`` (from 0); None when it cannot be read."""
        try:
            page = self._reader.pages[number]
            pieces = page_pieces(page, self._reader, self._fonts)
            layout = page_layout(pieces, *page_size(page))
            signs = _signs(layout, pieces, _has_pictures(page), self._second, number)
            return replace(layout, signs=signs)
        except (MemoryError, KeyboardInterrupt):
            raise
        except (PdfReadError, Exception):  # one malformed page must not cost the others
            return None


def _signs(
    layout: PageLayout,
    pieces: Sequence[Piece],
    has_pictures: bool,
    second: SecondExtractor,
    number: int,
) -> QualitySignals:
    """How far the text of a page can be trusted, by itself and by a second reader."""
    text = "\n".join(line.text for row in layout.rows for line in row.lines)
    signs = text_signals(text, "".join(c for piece in pieces for c in piece.clusters))
    page = second.page(number)
    if page is None:
        return replace(signs, pictured=has_pictures and not text)
    try:
        other = page.text()
        pictured = page.is_picture(bool(text)) or (has_pictures and not text)
        return replace(
            signs,
            disagreement=None if other is None else disagreement_of(text, other),
            pictured=pictured,
            recognised=pictured and page.has_hidden_text(),
        )
    finally:
        page.close()


def _has_pictures(page: pypdf.PageObject) -> bool:
    """Whether a page may show something else than text; a blank page has no pictures."""
    return "/XObject" in page_resources(page)
