"""The web's templates, and what all of them may call."""

from __future__ import annotations

from functools import cache

from jinja2 import Environment
from markupsafe import Markup

from rag.locale import Catalogue, own_name
from rag.templating import environment
from rag.web.page_view import checksum
from rag.web.wording import citation_name, page_name, page_warning


def render(template: str, texts: Catalogue, **values: object) -> str:
    """The template filled in, its own words in the language of ``texts``."""
    return _environment().get_template(template).render(texts=texts, **values).strip()


def interface_attributes(texts: Catalogue) -> Markup:
    """The ``lang`` and ``dir`` attributes of the interface's own words, with a space before them.

    Gradio sets its blocks from left to right whatever the page is, so each part says it again.
    """
    return Markup(' lang="{}" dir="{}"').format(texts.language, texts.direction)


@cache
def _environment() -> Environment:
    made = environment("rag.web")
    made.globals |= {
        "checksum": checksum,
        "citation_name": citation_name,
        "interface_attributes": interface_attributes,
        "page_name": page_name,
        "page_warning": page_warning,
    }
    made.filters["own_name"] = own_name
    return made
