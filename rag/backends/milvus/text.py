"""Texts that a Milvus server takes: UTF-8 throughout, literals in filters, and long ones in parts.

PDFs contain lone surrogates, which no protobuf string may hold: they are escaped with a backslash,
as is the backslash itself.
"""

from __future__ import annotations

import hashlib
import re
from base64 import b64decode, b64encode
from collections.abc import Sequence
from typing import Any

from rag.ingest.codec import packed, unpacked

LONGEST = 65_535
"""Bytes of the longest VARCHAR."""

# A multiple of 3, so that parts can be decoded one by one.
_PART = 48_000
_ESCAPED = re.compile(r"\\(?:\\|u([0-9a-f]{4}))")


def escaped(text: str) -> str:
    """``text`` without lone surrogates; ``unescaped`` gives it back."""
    return text.replace("\\", "\\\\").encode("utf-8", "backslashreplace").decode("utf-8")


def unescaped(text: str) -> str:
    """What ``escaped`` was given."""
    return _ESCAPED.sub(lambda found: chr(int(found[1], 16)) if found[1] else "\\", text)


def literal(text: str) -> str:
    """``escaped(text)`` as a string of Milvus's filter language."""
    inner = escaped(text).replace("\\", "\\\\").replace('"', '\\"')
    # Line ends may not stand in a literal; no stored value that is compared with has one.
    return '"' + re.sub(r"[\r\n]", " ", inner) + '"'


def digest(text: str) -> str:
    """A key of 32 characters for ``text``."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:32]


def parts(value: object) -> list[str]:
    """``value`` (see ``rag.ingest.codec``) as strings that fit a VARCHAR each, one at least."""
    data = packed(value)
    return [b64encode(data[i : i + _PART]).decode("ascii") for i in range(0, len(data), _PART)]


def joined(kind: Any, strings: Sequence[str]) -> Any:
    """The value of type ``kind`` in what ``parts`` gave. Raises ValueError."""
    return unpacked(kind, b"".join(b64decode(one, validate=True) for one in strings))
