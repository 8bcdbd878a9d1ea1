"""A page that is looked at as HTML: what it is, its picture with the quote marked, its text.

The page's script puts the fragment beside the chat; buttons with ``data-sheet`` say what it does.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from urllib.parse import urlencode

from rag.locale import Catalogue, own_name
from rag.web.page_view import Leaf, Place, Sheet, Trouble
from rag.web.passage import Block, Quote, passage_blocks
from rag.web.rendering import render
from rag.web.wording import page_name

PICTURE = "sheet/picture"
"""Where pictures are, relative to the chat's own address."""


@dataclass(frozen=True, slots=True)
class _Picture:
    """A page's picture as the template shows it; ``address`` is relative to the chat's."""

    address: str
    width: int
    height: int
    page: int
    marks: bool
    marks_json: str


@dataclass(frozen=True, slots=True)
class _View:
    """What is said of a sheet.

    ``first`` to ``last`` are the pages shown; ``turned_away``: none of them is cited.
    ``unmarked`` are the quoted words where they were not found on the pictures, else empty.
    """

    title: str
    facts: tuple[str, ...]
    first: int
    last: int
    turned_away: bool
    unmarked: str
    leaves: tuple[_Picture, ...]
    blocks: tuple[Block, ...]

    @property
    def shown_pages(self) -> str:
        """The number of the page shown, or the first and the last."""
        return f"{self.first}–{self.last}" if self.last > self.first else str(self.first)


def sheet_html(
    sheet: Sheet, place: Place, texts: Catalogue, *, number: int = 0, count: int = 0
) -> str:
    """The fragment for ``sheet``, which was asked for as ``place``.

    It belongs to the citation ``number`` of ``count`` where these are not 0.
    """
    view = _View(
        title=sheet.facts.title or sheet.document,
        facts=_facts(sheet, texts),
        first=sheet.shown.number,
        last=sheet.leaves[-1].page.number if sheet.leaves else sheet.shown.number,
        turned_away=bool(sheet.cited) and place.page not in (None, *sheet.cited),
        unmarked=_unmarked(sheet, place),
        leaves=tuple(_picture(leaf, sheet, place) for leaf in sheet.leaves),
        blocks=_blocks(sheet, place),
    )
    return render(
        "page_view.html", texts, sheet=sheet, view=view, number=number, count=count, problem=""
    )


def problem_html(sentence: str, texts: Catalogue) -> str:
    """A fragment that says why there is no page."""
    return render("page_view.html", texts, problem=sentence, number=0, count=0)


def _facts(sheet: Sheet, texts: Catalogue) -> tuple[str, ...]:
    quality = sheet.shown.quality
    facts = (
        sheet.facts.issuer,
        sheet.facts.date,
        own_name(sheet.language),
        sheet.source,
        page_name(sheet.shown.number, sheet.shown.label, texts),
        "" if quality is None else texts.page_view.quality.format(quality=f"{quality:.2f}"),
    )
    return tuple(fact for fact in facts if fact)


def _unmarked(sheet: Sheet, place: Place) -> str:
    cited = sheet.shown.number in sheet.cited
    if not cited or not sheet.leaves or any(leaf.marks for leaf in sheet.leaves):
        return ""
    return sheet.text[place.start - sheet.start : place.end - sheet.start]


def _picture(leaf: Leaf, sheet: Sheet, place: Place) -> _Picture:
    # The file's digest is in the address, so that a browser may keep what it got.
    query = urlencode(
        {
            "document": sheet.document,
            "page": leaf.page.number,
            "start": place.start,
            "end": place.end,
            "file": sheet.sha256[:16],
        }
    )
    return _Picture(
        f"{PICTURE}?{query}",
        leaf.width,
        leaf.height,
        leaf.page.number,
        bool(leaf.marks),
        json.dumps(leaf.marks),
    )


def _blocks(sheet: Sheet, place: Place) -> tuple[Block, ...]:
    quoted = sheet.trouble is not Trouble.moved and place.start < place.end
    quote = Quote(place.start - sheet.start, place.end - sheet.start, "sheet")
    return passage_blocks(sheet.text, [quote] if quoted else [])
