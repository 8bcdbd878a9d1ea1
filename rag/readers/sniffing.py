"""What kind of file some bytes are, whatever the file is called."""

from __future__ import annotations

import io
import re
import zipfile

_MAGIC: tuple[tuple[bytes, str], ...] = (
    (b"\x89PNG", "a PNG picture"),
    (b"\xff\xd8\xff", "a JPEG picture"),
    (b"GIF8", "a GIF picture"),
    (b"II*\0", "a TIFF picture"),
    (b"MM\0*", "a TIFF picture"),
    (b"{\\rtf", "an RTF document"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"7z\xbc\xaf\x27\x1c", "a 7-Zip archive"),
    (b"Rar!", "a RAR archive"),
    (b"\x7fELF", "a program"),
    (b"MZ\x90", "a program"),
    (b"%!PS", "a PostScript file"),
    (b"SQLite format 3", "a database"),
)
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_HTML = re.compile(rb"<(?:!doctype\s+html|html|head|body|title|meta|table|div|p|h1)\b", re.I)


def kind_of(data: bytes) -> str:
    """``pdf``, ``docx``, ``xlsx``, ``pptx``, ``html``, ``text``, or in words what else it is."""
    # Readers of PDF accept some bytes before the header, and so do we.
    if b"%PDF-" in data[:1024]:
        return "pdf"
    if data.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return _zip_kind(data)
    if data.startswith(_OLE):
        return _ole_kind(data)
    for magic, name in _MAGIC:
        if data.startswith(magic):
            return name
    if _HTML.search(data[:2048].replace(b"\0", b"")):
        return "html"
    return "text"


def _zip_kind(data: bytes) -> str:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            names = set(package.namelist())
    except Exception:  # a damaged archive under a Word suffix is for that reader to refuse
        return "a damaged ZIP archive"
    for name, kind in (
        ("word/document.xml", "docx"),
        ("xl/workbook.xml", "xlsx"),
        ("xl/workbook.bin", "an Excel workbook of the binary kind (.xlsb)"),
        ("ppt/presentation.xml", "pptx"),
        ("META-INF/container.xml", "an e-book (EPUB)"),
        ("content.xml", "an OpenDocument file"),
    ):
        if name in names:
            return kind
    if any(re.fullmatch(r"word/document\w*\.xml", name) for name in names):
        return "docx"
    return "a ZIP archive"


def _ole_kind(data: bytes) -> str:
    if "EncryptedPackage".encode("utf-16-le") in data:
        return "an Office document locked with a password"
    if "WordDocument".encode("utf-16-le") in data:
        return "a Word document of the old kind (.doc)"
    if "Workbook".encode("utf-16-le") in data:
        return "an Excel workbook of the old kind (.xls)"
    return "an Office file of the old kind"
