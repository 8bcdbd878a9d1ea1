"""Messages over a pipe: a header of JSON and a body of bytes, each after its length."""

from __future__ import annotations

import json
import struct
from collections.abc import Mapping
from typing import Any, BinaryIO

_LENGTHS = struct.Struct("<II")
_LONGEST = 2**30


def send(stream: BinaryIO, header: Mapping[str, Any], body: bytes = b"") -> None:
    """Write one message; OSError when the other end is gone."""
    head = json.dumps(header).encode("ascii")
    stream.write(_LENGTHS.pack(len(head), len(body)) + head)
    stream.write(body)
    stream.flush()


def receive(stream: BinaryIO) -> tuple[dict[str, Any], bytes] | None:
    """The next message; None at the end, within a message as well. ValueError for no message."""
    lengths = stream.read(_LENGTHS.size)
    if len(lengths) < _LENGTHS.size:
        return None
    head, body = _LENGTHS.unpack(lengths)
    if head + body > _LONGEST:
        raise ValueError("the message is too long")
    content = stream.read(head + body)
    if len(content) < head + body:
        return None
    header = json.loads(content[:head])
    if not isinstance(header, dict):
        raise ValueError("the message has no header")
    return header, content[head:]
