"""What parents and workers say to each other: a header of JSON and a body of bytes.

Each stands after its length.
"""

from __future__ import annotations

import json
import os
import struct
from collections.abc import Mapping
from typing import Any, BinaryIO

_LENGTHS = struct.Struct("<II")
LONGEST = 2**30


def send(stream: BinaryIO, header: Mapping[str, Any], body: bytes = b"") -> None:
    """Write one message; OSError when the other end is gone."""
    head = json.dumps(header).encode("ascii")
    stream.write(_LENGTHS.pack(len(head), len(body)) + head)
    stream.write(body)
    stream.flush()


def receive(stream: BinaryIO, *, longest: int = LONGEST) -> tuple[dict[str, Any], bytes] | None:
    """The next message, of up to ``longest`` bytes; None at the end, within a message as well.

    Raises ValueError for what is no message.
    """
    lengths = stream.read(_LENGTHS.size)
    if len(lengths) < _LENGTHS.size:
        return None
    head, body = _LENGTHS.unpack(lengths)
    if head + body > LONGEST:
        raise ValueError("the message is too long")
    content = stream.read(head + body)
    if len(content) < head + body:
        return None
    header = json.loads(content[:head])
    if not isinstance(header, dict):
        raise ValueError("the message has no header")
    return header, content[head:]


def own_output() -> BinaryIO:
    """Standard output for messages alone; what libraries print goes nowhere."""
    mine = os.fdopen(os.dup(1), "wb")
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    return mine
