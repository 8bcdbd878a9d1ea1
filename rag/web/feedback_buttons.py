"""The buttons that say whether a citation answers the question (``assets/judging.js``)."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from rag.schema import Citation
from rag.web.render import place_attributes
from rag.web.site_texts import site_texts_for

_THUMB = (
    '<svg viewBox="0 0 24 24" width="16" height="16" aria-hidden="true"><path fill="none" '
    'stroke="currentColor" stroke-width="2" stroke-linejoin="round" d="{path}"/></svg>'
)
_UP = "M7 10v11M7 11l4-8c2 0 3 1 3 3l-1 4h6c1.5 0 2 1 2 2l-2 7c-.4 1-1 1.5-2 1.5H3V11z"
_DOWN = "M7 14V3M7 13l4 8c2 0 3-1 3-3l-1-4h6c1.5 0 2-1 2-2l-2-7c-.4-1-1-1.5-2-1.5H3V13z"


def judging_html(citations: Sequence[Citation], question: str, language: str) -> str:
    """Two buttons a citation. They are seen only where a server keeps what is said."""
    texts = site_texts_for(language)
    several = len(citations) > 1
    parts = []
    for citation in citations:
        number = f" {citation.id}" if several else ""
        buttons = "".join(
            f'<button type="button" class="quiet" data-judge="{good}" aria-pressed="false" '
            f'title="{escape(said)}" aria-label="{escape(said)}{number}">'
            f"{_THUMB.format(path=path)}</button>"
            for good, said, path in (("true", texts.good, _UP), ("false", texts.bad, _DOWN))
        )
        parts.append(
            f'<span class="judging"{place_attributes(citation)} '
            f'data-question="{escape(question)}" data-noted="{escape(texts.noted)}" '
            f'data-failed="{escape(texts.failed)}">{number}{buttons}'
            '<span class="judged" role="status"></span></span>'
        )
    return "".join(parts)
