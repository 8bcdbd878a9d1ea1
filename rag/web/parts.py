"""What every page is made with: custom HTML parts, and the marks of events that are its own."""

from __future__ import annotations

from typing import Any

import gradio as gr

from rag.web.frame import asset

PRIVATE: dict[str, Any] = {"api_visibility": "private", "show_progress": "hidden"}
"""For events: no named interface, and no veil over what is about to change."""


def html_part(name: str, value: str = "", *, page: str = "", script: bool = True) -> gr.HTML:
    """A part called ``name``, with the script of that name; shown only on ``page`` where given."""
    return gr.HTML(
        value,
        elem_id=name,
        elem_classes=on_page(page) if page else None,
        js_on_load=asset(f"{name}.js") if script else None,
        apply_default_css=False,
    )


def on_page(name: str) -> list[str]:
    """The classes of what is shown only while the page ``name`` is."""
    return ["of-page", f"of-{name}"]
