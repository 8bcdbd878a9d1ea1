"""Documents in memory, to be found by name as an index finds them."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from pathlib import PurePosixPath

from rag.errors import QueryFileError
from rag.schema import Document


class DocumentTable:
    """Documents held in memory; see ``rag.evaluation.locate.Documents``."""

    def __init__(self, documents: Iterable[Document]) -> None:
        self._by_name: dict[str, list[Document]] = {}
        for document in documents:
            without_suffix = str(PurePosixPath(document.source).with_suffix(""))
            for name in {document.name, document.source, without_suffix}:
                self._by_name.setdefault(_name_key(name), []).append(document)

    def __call__(self, doc: str, /) -> Document:
        """The document of that name; raises QueryFileError where none or several have it."""
        found = self._by_name.get(_name_key(doc), [])
        if len(found) > 1:
            sources = ", ".join(sorted(document.source for document in found))
            raise QueryFileError(f"{doc} may be any of {sources}; give it with its suffix")
        if not found:
            raise QueryFileError(f"no document is called {doc}")
        return found[0]


def _name_key(name: str) -> str:
    return unicodedata.normalize("NFC", name.replace("\\", "/"))
