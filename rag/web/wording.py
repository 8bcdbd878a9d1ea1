"""How a page and a citation are worded, wherever they are named."""

from __future__ import annotations

from collections.abc import Mapping

from rag.schema import OCR, Citation, doubtful
from rag.web.texts import Texts


def page_name(number: int, label: str | None, texts: Texts) -> str:
    """The page's number, with the printed one where it differs."""
    if label is None or label == str(number):
        return texts.page.format(page=number)
    return texts.page_printed.format(page=number, label=label)


def citation_name(citation: Citation, texts: Texts, titles: Mapping[str, str]) -> str:
    """A citation in one line, as a screen reader says it."""
    return texts.citation.format(
        id=citation.id,
        document=titles.get(citation.document) or citation.document,
        page=page_name(citation.page, citation.page_label, texts),
    )


def page_warning(quality: float | None, faults: tuple[str, ...], texts: Texts) -> str:
    """What to say beside words from a page that was not read well; nothing where it was."""
    if not doubtful(quality, faults):
        return ""
    return texts.recognised if OCR in faults else texts.badly_read


def interface_attributes(texts: Texts) -> str:
    """The ``lang`` and ``dir`` attributes of the interface's own words, with a space before them.

    Gradio sets its blocks from left to right whatever the page is, so each part says it again.
    """
    return f' lang="{texts.language}" dir="{texts.direction}"'
