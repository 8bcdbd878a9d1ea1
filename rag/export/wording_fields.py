"""What a dossier says: the fields that every language fills (``rag.export.wording``)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Wording:
    """Every string of a dossier in one language; ``{…}`` are filled with ``str.format``."""

    language: str
    title: str
    question: str
    searched: str
    made: str
    filters: str
    no_filters: str
    filter_names: Mapping[str, str]
    answer: str
    unverified: str
    quote: str
    report: str
    source: str
    page: str
    printed: str
    section: str
    quote_language: str
    sha256: str
    characters: str
    quality: str
    recognised: str
    badly_read: str
    marked: str
    unmarked: str
    no_picture: str
    origin: str
    generation: str
    built: str
    generator: str
    extractive: str
    checks: str
    checked: str
    fingerprints: str
    versions: str
    notice: str
    colon: str = ": "

    @property
    def rtl(self) -> bool:
        """Whether it is set from right to left."""
        return self.language == "ar"
