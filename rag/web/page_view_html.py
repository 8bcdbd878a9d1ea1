"""A page that is looked at as HTML: what it is, its picture with the quote marked, its text.

The page's script puts the fragment beside the chat; buttons with ``data-sheet`` say what it does.
"""

from __future__ import annotations

import json
from html import escape
from urllib.parse import urlencode

from rag.web.filters_html import language_name
from rag.web.page_view import PageImage, PageView, Place, Unavailable
from rag.web.page_view_texts import PageViewTexts, page_view_texts
from rag.web.passage import Quote, language_attributes, passage_html
from rag.web.texts import Texts
from rag.web.wording import interface_attributes, page_name, page_warning

PICTURE = "sheet/picture"
"""Where pictures are, relative to the chat's own address."""


def page_view_html(
    view: PageView, place: Place, texts: Texts, *, number: int = 0, count: int = 0
) -> str:
    """The fragment for ``view``, which was asked for as ``place``.

    It belongs to the citation ``number`` of ``count`` where these are not 0.
    """
    own = page_view_texts(texts.language)
    cited = view.shown.number in view.cited
    return (
        f'<article class="leafs" aria-label="{escape(own.page_shown)}"'
        f"{interface_attributes(texts)}>"
        f"{_bar(own, number, count)}{_source(view, texts, own)}{_turning(view, own, place)}"
        f"{_notes(view, place, texts, own, cited=cited)}{_pictures(view, place, own)}"
        f"{_text(view, place, own)}</article>"
    )


def problem_html(sentence: str, texts: Texts) -> str:
    """A fragment that says why there is no page."""
    own = page_view_texts(texts.language)
    return (
        f'<article class="leafs" aria-label="{escape(own.page_shown)}"'
        f'{interface_attributes(texts)}>{_bar(own, 0, 0)}<p class="doubt" role="note" dir="auto">'
        f"{escape(sentence)}</p></article>"
    )


def _bar(own: PageViewTexts, number: int, count: int) -> str:
    walk = ""
    if count:
        named = own.citation_of.format(id=number, count=count)
        walk = (
            f"{_button('previous-citation', '‹', own.previous_citation, off=count < 2)}"
            f'<span class="where" role="status">{escape(named)}</span>'
            f"{_button('next-citation', '›', own.next_citation, off=count < 2)}"
        )
    return (
        f'<div class="bar"><div class="walk">{walk}</div>{_button("close", "×", own.close)}</div>'
    )


def _button(action: str, sign: str, name: str, *, off: bool = False, data: str = "") -> str:
    return (
        f'<button type="button" class="sign" data-sheet="{action}"{data} '
        f'aria-label="{escape(name)}" title="{escape(name)}"{" disabled" if off else ""}>'
        f'<span aria-hidden="true">{sign}</span></button>'
    )


def _source(view: PageView, texts: Texts, own: PageViewTexts) -> str:
    title = view.facts.title or view.document
    steps = '<span class="step" aria-hidden="true">›</span>'.join(
        f"<bdi>{escape(heading)}</bdi>" for heading in view.section
    )
    path = f'<p class="section">{steps}</p>' if steps else ""
    quality = view.shown.quality
    facts = [
        view.facts.issuer,
        view.facts.date,
        language_name(view.language),
        view.source,
        page_name(view.shown.number, view.shown.label, texts),
        "" if quality is None else own.quality.format(quality=f"{quality:.2f}"),
    ]
    told = " · ".join(f"<bdi>{escape(fact)}</bdi>" for fact in facts if fact)
    return (
        f'<div class="source"><h2 class="report"><bdi{language_attributes(view.language)}>'
        f'{escape(title)}</bdi></h2>{path}<p class="place">{told}</p></div>'
    )


def _turning(view: PageView, own: PageViewTexts, place: Place) -> str:
    if view.pages < 2:
        return ""
    last = view.page_images[-1].page.number if view.page_images else view.shown.number
    first = view.shown.number
    named = own.page_of.format(page=f"{first}–{last}" if last > first else first, count=view.pages)
    back = (
        f'<button type="button" class="quiet" data-sheet="cited">{escape(own.cited_page)}</button>'
        if view.cited and place.page is not None and place.page not in view.cited
        else ""
    )
    enlarge = (
        f'<button type="button" class="quiet" data-sheet="enlarge" aria-pressed="false">'
        f"{escape(own.enlarge)}</button>"
        if view.page_images
        else ""
    )
    before = _button(
        "page", "‹", own.previous_page, off=first <= 1, data=f' data-page="{first - 1}"'
    )
    after = _button(
        "page", "›", own.next_page, off=last >= view.pages, data=f' data-page="{last + 1}"'
    )
    return (
        f'<div class="turning">{before}<span class="where" role="status">{escape(named)}</span>'
        f"{after}{back}{enlarge}</div>"
    )


def _notes(view: PageView, place: Place, texts: Texts, own: PageViewTexts, *, cited: bool) -> str:
    notes = []
    if view.unavailable is not Unavailable.none:
        notes.append(escape(own.unavailable[view.unavailable]))
    elif (
        view.page_images and cited and not any(page_image.marks for page_image in view.page_images)
    ):
        quote = view.text[place.start - view.start : place.end - view.start]
        notes.append(
            f"{escape(own.unmarked)} <q{language_attributes(view.language)}>{escape(quote)}</q>"
        )
    warning = page_warning(view.shown.quality, view.shown.faults, texts)
    if warning:
        notes.append(escape(warning))
    return "".join(f'<p class="doubt" role="note">{note}</p>' for note in notes)


def _pictures(view: PageView, place: Place, own: PageViewTexts) -> str:
    if not view.page_images:
        return ""
    title = view.facts.title or view.document
    shown = "".join(
        _picture(page_image, view, place, own, title) for page_image in view.page_images
    )
    # Once it is enlarged it can be scrolled, which a keyboard must reach.
    return (
        f'<div class="pictures" tabindex="0" role="group" '
        f'aria-label="{escape(own.page_shown)}">{shown}</div>'
    )


def _picture(
    page_image: PageImage, view: PageView, place: Place, own: PageViewTexts, title: str
) -> str:
    wording = own.marked_picture if page_image.marks else own.picture
    # The file's digest is in the address, so that a browser may keep what it got.
    query = urlencode(
        {
            "document": view.document,
            "page": page_image.page.number,
            "start": place.start,
            "end": place.end,
            "file": view.sha256[:16],
        }
    )
    return (
        f'<img data-src="{escape(f"{PICTURE}?{query}")}" '
        f'width="{page_image.width}" height="{page_image.height}" '
        f'data-page="{page_image.page.number}" data-marks="{escape(json.dumps(page_image.marks))}" '
        f'alt="{escape(wording.format(page=page_image.page.number, document=title))}">'
    )


def _text(view: PageView, place: Place, own: PageViewTexts) -> str:
    quotes = (
        [Quote(place.start - view.start, place.end - view.start, "sheet")]
        if view.unavailable is not Unavailable.moved and place.start < place.end
        else []
    )
    passage = (
        f'<div class="passage"{language_attributes(view.language)}>'
        f"{passage_html(view.text, quotes)}</div>"
    )
    if view.page_images:
        return f"<details><summary>{escape(own.page_text)}</summary>{passage}</details>"
    return f'<h3 class="label">{escape(own.passage)}</h3>{passage}'
