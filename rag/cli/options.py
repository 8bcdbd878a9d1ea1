"""What the commands share: options, and from them the settings, the assistant, the progress."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from rag.answering import Assistant
    from rag.cli.console import Progress
    from rag.config import Settings


class ModeOption(StrEnum):
    """How passages are found."""

    hybrid = "hybrid"
    dense = "dense"
    bm25 = "bm25"


class WorkersOption(StrEnum):
    """What reads and encodes."""

    local = "local"
    ray = "ray"


IndexOption = Annotated[
    Path | None, typer.Option("--index", metavar="DIR", help="The folder of the index.")
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print one JSON object.")]
ModeChoice = Annotated[ModeOption | None, typer.Option("--mode", help="How passages are found.")]


def settings_of(**flags: Any) -> Settings:
    """The settings in force; a flag that is None was not given."""
    from rag.config import load_settings

    return load_settings(**flags)


def assistant_of(settings: Settings, *, recorded: bool = False) -> Assistant:
    """Search and answers; ``recorded``: answers go to the record, where one is kept."""
    from rag.app import make_assistant, make_encoder, make_recorder
    from rag.cli.console import say

    on_answer = make_recorder(settings, say) if recorded else None
    return make_assistant(settings, make_encoder(settings, say), on_answer=on_answer, report=say)


@contextmanager
def shown_progress() -> Iterator[Progress]:
    """Progress on stderr, taken away at the end."""
    from rag.cli.console import Progress

    progress = Progress()
    try:
        yield progress
    finally:
        progress.close()
