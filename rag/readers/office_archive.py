"""Office files are ZIP archives of XML parts; what must hold before a library opens one."""

from __future__ import annotations

import io
import zipfile

from rag.errors import ReadError

MAX_PART = 256 * 2**20
MAX_TOTAL = 512 * 2**20
MAX_ENTRIES = 20_000
_PROLOG = 65_536


def check_package(data: bytes, kind: str) -> None:
    """Refuse what unpacks to far more than a report holds, and what declares entities.

    ``kind`` is what the file is to a person, such as ``Word document``. Raises ReadError.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            entries = package.infolist()
            xml = [entry for entry in entries if entry.filename.endswith((".xml", ".rels"))]
            if (
                len(entries) > MAX_ENTRIES
                or max((entry.file_size for entry in xml), default=0) > MAX_PART
                or sum(entry.file_size for entry in entries) > MAX_TOTAL
            ):
                raise ReadError(
                    "It unpacks to far more than a report holds and was not opened. "
                    "Check where the file comes from."
                )
            for entry in xml:
                with package.open(entry) as part:
                    # Without the zeros UTF-16 reads as ASCII does.
                    if b"<!DOCTYPE" in part.read(_PROLOG).replace(b"\0", b""):
                        raise ReadError(
                            f"It declares XML entities, as no {kind} does, and was not opened. "
                            "Check where the file comes from."
                        )
    except ReadError:
        raise
    except Exception as error:  # zipfile raises many kinds on damaged archives
        raise damaged(kind) from error


def damaged(kind: str) -> ReadError:
    """The error for a file that is no whole one of its kind."""
    article = "an" if kind[0] in "AEIOU" else "a"
    return ReadError(
        f"It is damaged and cannot be opened as {article} {kind}. "
        "Save it again from the program that made it, or give a PDF."
    )
