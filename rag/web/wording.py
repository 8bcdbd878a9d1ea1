"""How a page and a citation are worded, wherever they are named."""

from __future__ import annotations

from collections.abc import Mapping

from rag.locale import Catalogue
from rag.schema import OCR, Citation, doubtful


def page_name(number: int, label: str | None, texts: Catalogue) -> str:
    """The page's number, with the printed one where it differs."""
    if label is None or label == str(number):
        return texts.chat.page.format(page=number)
    return texts.chat.page_printed.format(page=number, label=label)


def citation_name(citation: Citation, texts: Catalogue, titles: Mapping[str, str]) -> str:
    """A citation in one line, as a screen reader says it."""
    return texts.chat.citation.format(
        id=citation.id,
        document=titles.get(citation.document) or citation.document,
        page=page_name(citation.page, citation.page_label, texts),
    )


def page_warning(quality: float | None, faults: tuple[str, ...], texts: Catalogue) -> str:
    """What to say beside words from a page that was not read well; nothing where it was."""
    if not doubtful(quality, faults):
        return ""
    return texts.chat.recognised if OCR in faults else texts.chat.badly_read
