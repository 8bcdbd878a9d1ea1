"""The page's frame: heading, choice of language and the theme's fonts and colours."""

from __future__ import annotations

from pathlib import Path

from markupsafe import Markup

from rag.locale import INTERFACE_LANGUAGES, Catalogue
from rag.web.rendering import render

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


def heading_html(texts: Catalogue) -> str:
    """Title and subtitle; its data tell the script which language and direction the page has."""
    return render("heading.html", texts)


def language_choice_html(texts: Catalogue) -> str:
    """A list of the interface's languages, each under its own name."""
    return render("language_choice.html", texts, languages=INTERFACE_LANGUAGES)


def keys_html(texts: Catalogue) -> str:
    """Which keys do what."""
    keys = {"slash": "/", "left": "←", "right": "→", "escape": "Esc"}
    told = Markup("<kbd>{}</kbd>")
    marked = {name: told.format(key) for name, key in keys.items()}
    return render("keys.html", texts, told=Markup.escape(texts.frame.keys).format(**marked))


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
