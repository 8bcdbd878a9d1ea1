"""Names of files that a stranger sends, made fit to stand in a folder of ours."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection

from rag.errors import RagError

LONGEST = 200
"""Bytes of the longest name in UTF-8; file systems take 255, and something is put before it."""

# Joiners are part of how Persian and some Indian words are written; nothing else unseen is kept.
_JOINERS = "\u200c\u200d"
_FORBIDDEN = frozenset('<>:"|?*')
_RESERVED = re.compile(r"(?i)(con|prn|aux|nul|com\d|lpt\d|conin\$|conout\$)(\.|$)")


def clean_name(sent: str, suffixes: Collection[str]) -> str:
    """The last part of the path ``sent``, in NFC, without what is unseen or has a meaning.

    Letters of every script stay. A leading dot would hide the file, one of the names that Windows
    keeps for devices gets a line before it. Raises RagError where nothing is left or the suffix is
    not among ``suffixes`` (lower case, with the dot).
    """
    last = re.split(r"[/\\]", unicodedata.normalize("NFC", sent))[-1]
    kept = "".join(_seen(char) for char in last)
    name = re.sub(r"\s+", " ", kept).strip().lstrip(".~$ ").rstrip(". ")
    stem, dot, ending = name.rpartition(".")
    suffix = f"{dot}{ending}".lower()
    if suffix not in suffixes:
        raise RagError(
            f"Files named {_quoted(name or sent)} are not read. Use {', '.join(sorted(suffixes))}."
        )
    stem = stem.rstrip(". ")
    if not stem:
        raise RagError(f"The name {_quoted(sent)} has nothing before {suffix}. Rename the file.")
    if _RESERVED.match(stem):
        stem = f"_{stem}"
    while len(f"{stem}.{ending}".encode()) > LONGEST:
        stem = stem[:-1].rstrip(". ")
    return f"{stem}.{ending}"


def _seen(char: str) -> str:
    category = unicodedata.category(char)
    if category[0] == "Z":
        return " "
    if (category[0] == "C" and char not in _JOINERS) or char in _FORBIDDEN:
        return ""
    return char


def _quoted(name: str) -> str:
    shown = "".join(char if char.isprintable() else "�" for char in name[:80])
    return f"“{shown}”"
