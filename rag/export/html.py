"""A dossier as one HTML file that loads nothing: pictures are inside, scripts cannot run."""

from __future__ import annotations

import base64
from functools import cache

from jinja2 import Template

from rag.export.contents import Dossier
from rag.export.facts import (
    caption,
    heading_facts,
    notices,
    origin_facts,
    proof_facts,
    sentence_language,
    sentence_text,
)
from rag.locale import Catalogue
from rag.templating import environment


def to_html(dossier: Dossier, texts: Catalogue) -> bytes:
    """The dossier as HTML in UTF-8."""
    made = _template().render(dossier=dossier, texts=texts).strip()
    return f"{made}\n".encode("utf-8", "replace")


@cache
def _template() -> Template:
    made = environment("rag.export")
    made.filters["base64"] = lambda data: base64.b64encode(data).decode("ascii")
    made.globals |= {
        function.__name__: function
        for function in (
            caption,
            heading_facts,
            notices,
            origin_facts,
            proof_facts,
            sentence_language,
            sentence_text,
        )
    }
    return made.get_template("dossier.html")
