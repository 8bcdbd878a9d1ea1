"""Bytes to text, whatever encoding a regulator's web site used in its time."""

from __future__ import annotations

import codecs
import logging

from rag.errors import ReadError

_BOMS: tuple[tuple[bytes, str], ...] = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_LEGACY = ("gb18030", "big5hkscs", "cp932", "euc_jp", "euc_kr", "cp1256", "cp1251", "cp1252")
_SAMPLE = 200_000


def decode(data: bytes, declared: str = "") -> tuple[str, str]:
    """Text and the codec's name, from a byte order mark, ``declared``, UTF-8 or detection.

    ``declared`` is what the file says of itself and is believed only if the bytes obey it.
    Raises ReadError when the bytes are no text in any known encoding.
    """
    for mark, codec in _BOMS:
        if data.startswith(mark):
            return data.decode(codec, "replace").lstrip("\ufeff"), codec
    for codec in (_known(declared), "utf-8", _utf16_without_mark(data)):
        if codec:
            try:
                return data.decode(codec), codec
            except (UnicodeDecodeError, LookupError):
                continue
    return _detected(data)


def _known(name: str) -> str:
    try:
        codec = codecs.lookup(name.strip().lower()).name if name.strip() else ""
    except LookupError:
        return ""
    # Browsers read these names as their Windows supersets, and so are pages written.
    return {
        "gb2312": "gb18030",
        "gbk": "gb18030",
        "big5": "big5hkscs",
        "shift_jis": "cp932",
        "iso8859-1": "cp1252",
        "ascii": "cp1252",
        "euc_kr": "cp949",
    }.get(codec, codec)


def _utf16_without_mark(data: bytes) -> str:
    head = data[:4096]
    if len(head) < 4 or len(data) % 2 or head.count(0) < len(head) // 5:
        return ""
    return "utf-16-le" if head[1::2].count(0) > head[::2].count(0) else "utf-16-be"


def _detected(data: bytes) -> tuple[str, str]:
    if b"\0" in data[:4096]:
        raise ReadError(
            "It holds binary data and no text. Give the report as PDF, DOCX, HTML or text."
        )
    best = _by_detector(data) or _by_trial(data)
    if best is None:
        raise ReadError("Its character encoding cannot be recognised. Save it again as UTF-8 text.")
    return data.decode(best, "replace"), best


def _by_detector(data: bytes) -> str | None:
    from charset_normalizer import from_bytes

    logging.getLogger("charset_normalizer").setLevel(logging.ERROR)
    found = from_bytes(data[:_SAMPLE], cp_isolation=list(_LEGACY)).best()
    if found is None:
        return None
    return _known(found.encoding) or None


def _by_trial(data: bytes) -> str | None:
    for codec in _LEGACY:
        try:
            data.decode(codec)
        except UnicodeDecodeError:
            continue
        return codec
    return None
