"""What parent and worker say to each other: a header of JSON and a body of bytes."""

from __future__ import annotations

import json
import struct
from collections.abc import Mapping
from typing import Any, BinaryIO

_LENGTHS = struct.Struct("<II")
_LONGEST = 2**28


def send(stream: BinaryIO, header: Mapping[str, Any], body: bytes = b"") -> None:
    """Write one message; OSError when the other end is gone."""
    head = json.dumps(header).encode("ascii")
    stream.write(_LENGTHS.pack(len(head), len(body)) + head + body)
    stream.flush()


def receive(stream: BinaryIO) -> tuple[dict[str, Any], bytes] | None:
    """The next message; None at the stream's end and for anything that is no message."""
    lengths = stream.read(_LENGTHS.size)
    if len(lengths) < _LENGTHS.size:
        return None
    head, body = _LENGTHS.unpack(lengths)
    if head + body > _LONGEST:
        return None
    content = stream.read(head + body)
    if len(content) < head + body:
        return None
    try:
        header = json.loads(content[:head])
    except ValueError:
        return None
    return (header, content[head:]) if isinstance(header, dict) else None
