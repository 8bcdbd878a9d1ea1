"""The fields that every language of the pages around the chat fills (``rag.web.site_texts``)."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from rag.web.text_fields import RIGHT_TO_LEFT


@dataclass(frozen=True, slots=True)
class SiteTexts:
    """Every string of the pages around the chat in one language."""

    language: str
    chat: str
    library: str
    evaluate: str
    sign_in: str
    sign_out: str
    name: str
    password: str
    wrong_password: str
    too_many_tries: str
    too_many_questions: str
    still_answering: str
    library_hint: str
    drop: str
    choose: str
    report: str
    pages: str
    report_language: str
    issuer: str
    kind: str
    date: str
    quality: str
    skipped: str
    reason: str
    remove: str
    remove_sure: str
    replace_sure: str
    bring_up_to_date: str
    uploading: str
    received: str
    read_pages: str
    left_out: str
    building: str
    up_to_date: str
    failed: str
    evaluate_hint: str
    queries: str
    upload_queries: str
    run: str
    running: str
    result: str
    good: str
    bad: str
    noted: str

    @property
    def direction(self) -> str:
        """``"rtl"`` or ``"ltr"``."""
        return "rtl" if self.language in RIGHT_TO_LEFT else "ltr"

    def as_json(self) -> dict[str, Any]:
        """The strings by name, for the pages' scripts."""
        return asdict(self)
