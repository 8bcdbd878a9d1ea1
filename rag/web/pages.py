"""The pages beside the chat: what one is, and the links that lead from one to another."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from rag.locale import Catalogue
from rag.web.rendering import render

ASK = "ask"
"""The name of the chat among the pages."""


@dataclass(frozen=True, slots=True)
class ExtraPage:
    """A page beside the chat.

    ``name`` stands in the address after ``#`` and is ASCII. ``title`` gives what its link says in
    the interface's language. ``build`` makes its parts while the Gradio app is laid out; it gets
    the ``gr.State`` of the interface's language, whose ``change`` it may follow.
    """

    name: str
    title: Callable[[Catalogue], str]
    build: Callable[[Any], None]


def navigation_html(pages: Sequence[ExtraPage], texts: Catalogue) -> str:
    """Links to the chat and to ``pages``; nothing where there is only the chat."""
    if not pages:
        return ""
    links = [(ASK, texts.frame.ask), *((page.name, page.title(texts)) for page in pages)]
    return render("navigation.html", texts, links=links)
