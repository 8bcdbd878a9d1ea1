"""HTML from templates: what is filled in is text, and is escaped."""

from __future__ import annotations

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from rag.locale import direction


def environment(package: str) -> Environment:
    """The templates in the folder ``templates`` of ``package``.

    Values are escaped unless they are ``Markup``; a name that was not given is an error. The filter
    ``language_attributes`` is at hand.
    """
    made = Environment(
        loader=PackageLoader(package),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    made.filters["language_attributes"] = language_attributes
    return made


def language_attributes(language: str) -> Markup:
    """The ``lang`` and ``dir`` attributes of a piece of text, with a space before them.

    ``dir`` is ``auto`` where the language is unknown or set from left to right, so that a line in
    another script still falls the right way.
    """
    lang = Markup(' lang="{}"').format(language) if language else Markup()
    return lang + Markup(' dir="{}"').format("rtl" if direction(language) == "rtl" else "auto")
