"""Readers: a file in, what a person holding the report would recognise out.

One file a format. Each reader takes the file's bytes and gives a ``Reading`` or raises
``ReadError``; none raises anything else, whatever the bytes are.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from rag.errors import ReadError
from rag.readers.ocr import OFF, Ocr
from rag.readers.quality import with_quality
from rag.readers.sniffing import kind_of
from rag.schema import Reading

VERSION = 3
"""Goes up whenever a reader makes something else of the same bytes."""

SUFFIXES = (".pdf", ".docx", ".html", ".htm", ".md", ".markdown", ".txt")
"""The suffixes that are read, in lower case; a file's own may be in any case."""

_EXPECTED = {".pdf": "pdf", ".docx": "docx", ".html": "html", ".htm": "html"}
_NAMES = {"pdf": "a PDF", "docx": "a Word document", "html": "an HTML page", "text": "plain text"}


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
    return read_bytes(data, suffix, ocr)


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
        if expected == "docx" and kind == "a damaged ZIP archive":
            raise ReadError(
                "It is damaged and cannot be opened as a Word document. "
                "Copy it again, or save it again from Word."
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
    if form == "docx":
        from rag.readers.docx import read_docx

        return read_docx(data)
    if form == "html":
        from rag.readers.html import read_html

        return read_html(data)
    if suffix == ".txt":
        from rag.readers.text import read_text

        return read_text(data)
    from rag.readers.markdown import read_markdown

    return read_markdown(data)


def _check_suffix(suffix: str) -> None:
    if suffix not in SUFFIXES:
        raise ReadError(
            f"Files ending in {suffix or 'nothing'} are not read. Use {_suffix_list()}."
        )


def _suffix_list() -> str:
    return ", ".join(SUFFIXES[:-1]) + " or " + SUFFIXES[-1]
