"""The page's frame: heading, choice of language and the theme's fonts and colours."""

from __future__ import annotations

from html import escape
from pathlib import Path

from rag.web.frame_texts import frame_texts
from rag.web.texts import TEXTS, Texts
from rag.web.wording import interface_attributes

ASSETS = Path(__file__).parent / "assets"
"""The folder of style sheets and scripts."""

# In order: later ones say more exactly what earlier ones said.
_STYLES = ("style.css", "navigation.css", "narrowing.css", "page_view.css", "narrow.css")
_SCRIPTS = ("page.js", "composer.js", "page_view.js", "keyboard.js", "connection.js")

SANS = [
    "system-ui",
    "-apple-system",
    "Segoe UI",
    "Roboto",
    "Helvetica Neue",
    "Noto Sans",
    "Arial",
    "sans-serif",
]
"""Fonts that a reader's own machine has; nothing is fetched."""

MONO = ["ui-monospace", "SFMono-Regular", "Menlo", "Consolas", "Noto Sans Mono", "monospace"]


def heading_html(texts: Texts) -> str:
    """Title and subtitle; its data tell the script which language and direction the page has."""
    own = frame_texts(texts.language)
    return (
        f'<header class="masthead" data-language="{texts.language}" '
        f'data-direction="{texts.direction}" data-title="{escape(texts.title)}" '
        f'data-lost="{escape(own.lost)}" data-hint="{escape(own.lost_hint)}"'
        f"{interface_attributes(texts)}>"
        f"<h1>{escape(texts.title)}</h1><p>{escape(texts.tagline)}</p></header>"
    )


def language_choice_html(texts: Texts) -> str:
    """A list of the interface's languages, each under its own name."""
    options = "".join(
        f'<option value="{code}" lang="{code}"{" selected" if code == texts.language else ""}>'
        f"{escape(other.language_name)}</option>"
        for code, other in TEXTS.items()
    )
    return f'<select aria-label="{escape(texts.interface_language)}">{options}</select>'


def keys_html(texts: Texts) -> str:
    """Which keys do what."""
    keys = {"slash": "/", "left": "←", "right": "→", "escape": "Esc"}
    told = escape(frame_texts(texts.language).keys).format(
        **{name: f"<kbd>{key}</kbd>" for name, key in keys.items()}
    )
    return f'<p class="keys"{interface_attributes(texts)}>{told}</p>'


def style() -> str:
    """The page's style sheet."""
    return "\n".join(asset(name) for name in _STYLES)


def scripts(*, judged: bool = False) -> str:
    """What the whole page does, beside the scripts of its parts; one scope holds it all.

    ``judged``: citations can be judged.
    """
    names = (*_SCRIPTS, *(["judging.js"] if judged else []))
    return "\n".join(["(() => {", *(asset(name) for name in names), "})();"])


def asset(name: str) -> str:
    """The text of a style sheet or script of ``assets``."""
    return (ASSETS / name).read_text(encoding="utf-8")
