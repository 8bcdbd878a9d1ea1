"""Readers: a file in, what a person holding the report would recognise out.

One file a format. Each reader takes the file's bytes and gives a ``Reading`` or raises
``ReadError``; none raises anything else, whatever the bytes are.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from importlib import import_module
from pathlib import Path

from rag.errors import ReadError
from rag.readers.facts import with_name
from rag.readers.ocr import OFF, Ocr
from rag.readers.quality import with_quality
from rag.readers.sniffing import kind_of
from rag.schema import Reading

VERSION = 7
"""Goes up whenever a reader makes something else of the same bytes."""

SUFFIXES = (".pdf", ".docx", ".xlsx", ".pptx", ".html", ".htm", ".md", ".markdown", ".txt")
"""The suffixes that are read, in lower case; a file's own may be in any case."""

_EXPECTED = {
    **{suffix: suffix[1:] for suffix in (".pdf", ".docx", ".xlsx", ".pptx")},
    **dict.fromkeys((".html", ".htm"), "html"),
}
_OFFICE = {
    "docx": "a Word document",
    "xlsx": "an Excel workbook",
    "pptx": "a PowerPoint presentation",
}
_NAMES = {"pdf": "a PDF", **_OFFICE, "html": "an HTML page", "text": "plain text"}


def read(path: Path, ocr: Ocr = OFF) -> Reading:
    """Reads one report; its suffix and its content both say how. ``ocr`` reads its pictures.

    Raises ReadError, the reason and what to do, without the file's name.
    """
    suffix = path.suffix.lower()
    _check_suffix(suffix)
    try:
        data = path.read_bytes()
    except OSError as error:
        raise cannot_open(error) from error
    reading = read_bytes(data, suffix, ocr)
    return replace(reading, facts=with_name(reading.facts, path.stem))


def cannot_open(error: OSError) -> ReadError:
    """The reason why a file was not even opened."""
    reason = error.strerror or type(error).__name__
    return ReadError(f"It cannot be opened: {reason}. Check the file and its permissions.")


def read_bytes(data: bytes, suffix: str, ocr: Ocr = OFF) -> Reading:
    """As ``read``, of the bytes of a file with this suffix (lower case, with its point)."""
    with said_plainly():
        return with_quality(_read_format(data, suffix, format_of(data, suffix), ocr))


@contextmanager
def said_plainly() -> Iterator[None]:
    """Turns whatever a malformed file makes a reader meet into a ReadError."""
    try:
        yield
    except ReadError:
        raise
    except RecursionError as error:
        raise ReadError(
            "It is nested too deeply to be read. Save it again in another format."
        ) from error
    except MemoryError as error:
        raise ReadError("It needs more memory than there is. Split it into parts.") from error
    except Exception as error:  # a file may be malformed in ways that no library foresaw
        raise ReadError(
            f"It is malformed ({type(error).__name__}). Save it again or in another format."
        ) from error


def format_of(data: bytes, suffix: str) -> str:
    """``pdf``, ``docx``, ``html`` or ``text``; ReadError when content and suffix do not agree."""
    _check_suffix(suffix)
    if not data:
        raise ReadError("It is empty (0 bytes). Copy it again from where it came.")
    kind = kind_of(data)
    expected = _EXPECTED.get(suffix, "text")
    if kind not in _NAMES:
        if expected in _OFFICE and kind == "a damaged ZIP archive":
            raise ReadError(
                f"It is damaged and cannot be opened as {_OFFICE[expected]}. "
                "Copy it again, or save it again from the program that made it."
            )
        raise ReadError(f"It is {kind}, not a report that can be read. Use {_suffix_list()}.")
    if (
        kind != expected
        and not (kind == "html" and expected == "text")
        and not (kind == "text" and expected == "html")
    ):
        raise ReadError(
            f"Its content is {_NAMES[kind]}, though its name says {suffix}. Rename or replace it."
        )
    return expected


def _read_format(data: bytes, suffix: str, form: str, ocr: Ocr) -> Reading:
    if form == "pdf":
        from rag.readers.pdf import read_pdf

        return read_pdf(data, ocr)
    name = form if form != "text" else "text" if suffix == ".txt" else "markdown"
    return _reader(name)(data)


def _reader(name: str) -> Callable[[bytes], Reading]:
    """The reader of a format, whose library is imported only where such a file is read."""
    module = import_module(f"rag.readers.{name}")
    reader: Callable[[bytes], Reading] = getattr(module, f"read_{name}")
    return reader


def _check_suffix(suffix: str) -> None:
    if suffix not in SUFFIXES:
        raise ReadError(
            f"Files ending in {suffix or 'nothing'} are not read. Use {_suffix_list()}."
        )


def _suffix_list() -> str:
    return ", ".join(SUFFIXES[:-1]) + " or " + SUFFIXES[-1]
