"""The questions of the session as a list that leads to each."""

from __future__ import annotations

from collections.abc import Sequence

from rag.locale import Catalogue
from rag.web.conversation import Turn
from rag.web.rendering import render


def history_html(turns: Sequence[Turn], texts: Catalogue) -> str:
    """The questions in the order they were asked; nothing before the first."""
    return render("history.html", texts, turns=turns) if turns else ""
