"""Writing a file whole or not at all."""

from __future__ import annotations

import os
from pathlib import Path

from rag.errors import RagError


def write_atomically(path: Path, text: str) -> None:
    """Write ``text`` as UTF-8 beside ``path`` and put it in place in one step.

    A reader sees the old file or the new one. Raises RagError where it cannot be written.
    """
    data = text.encode("utf-8")
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with temporary.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    except OSError as error:
        temporary.unlink(missing_ok=True)
        raise RagError(
            f"{path} cannot be written: {error.strerror or error}. "
            "Give a path in a folder that exists and that you may write to."
        ) from error
