"""The report's templates."""

from __future__ import annotations

from functools import cache

from jinja2 import Environment
from markupsafe import Markup

from rag.evaluation.text import figure
from rag.templating import environment


def render(template: str, **values: object) -> Markup:
    """The template filled in."""
    return Markup(_environment().get_template(template).render(**values).strip())


@cache
def _environment() -> Environment:
    made = environment("rag.evaluation")
    made.filters["figure"] = figure
    # A coordinate of a plot.
    made.filters["px"] = "{:.1f}".format
    return made
