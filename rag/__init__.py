"""Ask regulatory reports in several languages, and prove every word of the answer."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rag.config import Settings
    from rag.errors import RagError
    from rag.library import Rag
    from rag.schema import Answer, Citation, Filters, Hit

    __version__: str

__all__ = [
    "Answer",
    "Citation",
    "Filters",
    "Hit",
    "Rag",
    "RagError",
    "Settings",
    "__version__",
]

_HOMES = {
    "Answer": "rag.schema",
    "Citation": "rag.schema",
    "Filters": "rag.schema",
    "Hit": "rag.schema",
    "Rag": "rag.library",
    "RagError": "rag.errors",
    "Settings": "rag.config",
    "__version__": "rag.distribution",
}


def __getattr__(name: str) -> Any:
    """The public names, imported when they are first used: a model's libraries take seconds."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    found = getattr(import_module(_HOMES[name]), name)
    globals()[name] = found
    return found


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
