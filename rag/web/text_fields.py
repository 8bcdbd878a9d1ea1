"""What the interface says: the fields that every language fills (``rag.web.texts``)."""

from __future__ import annotations

from dataclasses import dataclass

RIGHT_TO_LEFT = frozenset({"ar", "fa", "he", "ur"})
"""Codes of languages whose text is set from right to left."""


@dataclass(frozen=True, slots=True)
class Texts:
    """Every string of the interface in one language; ``language`` is its BCP 47 tag."""

    language: str
    language_name: str
    title: str
    tagline: str
    question: str
    placeholder: str
    send: str
    clear: str
    interface_language: str
    conversation: str
    welcome: str
    welcome_hint: str
    examples: str
    evidence: str
    evidence_empty: str
    sources: str
    closest: str
    others: str
    refused: str
    failed: str
    quoted: str
    written_by: str
    page: str
    page_printed: str
    citation: str
    back: str
    copy: str
    copied: str
    dossier: str
    reports: str
    pages_count: str
    loading: str
    loading_index: str
    loading_model: str
    searching: str
    drawing_up: str
    too_long: str
    unexpected: str
    notice: str
    writing: str
    searched: str
    checked: str
    unverified: str
    recognised: str
    badly_read: str

    @property
    def direction(self) -> str:
        """``"rtl"`` or ``"ltr"``."""
        return "rtl" if self.language in RIGHT_TO_LEFT else "ltr"
