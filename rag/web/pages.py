"""The pages beside the chat: what one is, and the links that lead from one to another."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

from rag.web.frame_texts import frame_texts
from rag.web.texts import Texts
from rag.web.wording import interface_attributes

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
    title: Callable[[Texts], str]
    build: Callable[[Any], None]


def navigation_html(pages: Sequence[ExtraPage], texts: Texts) -> str:
    """Links to the chat and to ``pages``; nothing where there is only the chat."""
    if not pages:
        return ""
    own = frame_texts(texts.language)
    named = [(ASK, own.ask), *((page.name, page.title(texts)) for page in pages)]
    links = "".join(
        f'<a href="#{escape(name)}" data-page="{escape(name)}">{escape(title)}</a>'
        for name, title in named
    )
    return f'<nav aria-label="{escape(own.pages)}"{interface_attributes(texts)}>{links}</nav>'
