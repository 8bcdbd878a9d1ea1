"""The questions of the session as a list that leads to each."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from rag.web.frame_texts import frame_texts
from rag.web.passage import language_attributes
from rag.web.render import Turn
from rag.web.texts import Texts
from rag.web.wording import interface_attributes


def history_html(turns: Sequence[Turn], texts: Texts) -> str:
    """The questions in the order they were asked; nothing before the first."""
    if not turns:
        return ""
    rows = "".join(_row(number, turn) for number, turn in enumerate(turns))
    return (
        f'<details class="history"{interface_attributes(texts)}>'
        f"<summary>{escape(frame_texts(texts.language).history)} "
        f'<span class="count">{len(turns)}</span></summary><ol>{rows}</ol></details>'
    )


def _row(number: int, turn: Turn) -> str:
    language = turn.answer.language if turn.answer else ""
    return (
        f'<li><button type="button" data-jump="t{number}"{language_attributes(language)}>'
        f"{escape(turn.question)}</button></li>"
    )
