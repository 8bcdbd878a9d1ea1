"""A page that is looked at as HTML: what it is, its picture with the quote marked, its text.

The page's script puts the fragment beside the chat; buttons with ``data-sheet`` say what it does.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from urllib.parse import urlencode

from rag.locale import Catalogue, own_name
from rag.web.page_view import PageImage, PageView, Place, Unavailable
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
class _Shown:
    """What is said of a view.

    ``first`` to ``last`` are the pages shown; ``turned_away``: none of them is cited.
    ``unmarked`` are the quoted words where they were not found on the pictures, else empty.
    """

    title: str
    facts: tuple[str, ...]
    first: int
    last: int
    turned_away: bool
    unmarked: str
    images: tuple[_Picture, ...]
    blocks: tuple[Block, ...]

    @property
    def shown_pages(self) -> str:
        """The number of the page shown, or the first and the last."""
        return f"{self.first}–{self.last}" if self.last > self.first else str(self.first)


def page_view_html(
    view: PageView, place: Place, texts: Catalogue, *, number: int = 0, count: int = 0
) -> str:
    """The fragment for ``view``, which was asked for as ``place``.

    It belongs to the citation ``number`` of ``count`` where these are not 0.
    """
    shown = _Shown(
        title=view.facts.title or view.document,
        facts=_facts(view, texts),
        first=view.shown.number,
        last=view.page_images[-1].page.number if view.page_images else view.shown.number,
        turned_away=bool(view.cited) and place.page not in (None, *view.cited),
        unmarked=_unmarked(view, place),
        images=tuple(_picture(image, view, place) for image in view.page_images),
        blocks=_blocks(view, place),
    )
    return render(
        "page_view.html", texts, view=view, shown=shown, number=number, count=count, problem=""
    )


def problem_html(sentence: str, texts: Catalogue) -> str:
    """A fragment that says why there is no page."""
    return render("page_view.html", texts, problem=sentence, number=0, count=0)


def _facts(view: PageView, texts: Catalogue) -> tuple[str, ...]:
    quality = view.shown.quality
    facts = (
        view.facts.issuer,
        view.facts.date,
        own_name(view.language),
        view.source,
        page_name(view.shown.number, view.shown.label, texts),
        "" if quality is None else texts.page_view.quality.format(quality=f"{quality:.2f}"),
    )
    return tuple(fact for fact in facts if fact)


def _unmarked(view: PageView, place: Place) -> str:
    cited = view.shown.number in view.cited
    if not cited or not view.page_images or any(image.marks for image in view.page_images):
        return ""
    return view.text[place.start - view.start : place.end - view.start]


def _picture(image: PageImage, view: PageView, place: Place) -> _Picture:
    # The file's digest is in the address, so that a browser may keep what it got.
    query = urlencode(
        {
            "document": view.document,
            "page": image.page.number,
            "start": place.start,
            "end": place.end,
            "file": view.sha256[:16],
        }
    )
    return _Picture(
        f"{PICTURE}?{query}",
        image.width,
        image.height,
        image.page.number,
        bool(image.marks),
        json.dumps(image.marks),
    )


def _blocks(view: PageView, place: Place) -> tuple[Block, ...]:
    quoted = view.unavailable is not Unavailable.moved and place.start < place.end
    quote = Quote(place.start - view.start, place.end - view.start, "sheet")
    return passage_blocks(view.text, [quote] if quoted else [])
