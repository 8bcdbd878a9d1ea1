"""A page that is looked at as HTML: what it is, its picture with the quote marked, its text.

The page's script puts the fragment beside the chat; buttons with ``data-sheet`` say what it does.
"""

from __future__ import annotations

import json
from html import escape
from urllib.parse import urlencode

from rag.web.filters_html import language_name
from rag.web.page_view import Leaf, Place, Sheet, Trouble
from rag.web.page_view_texts import SheetTexts, sheet_texts
from rag.web.passage import Quote, language_attributes, passage_html
from rag.web.texts import Texts
from rag.web.wording import interface_attributes, page_name, page_warning

PICTURE = "sheet/picture"
"""Where pictures are, relative to the chat's own address."""


def sheet_html(sheet: Sheet, place: Place, texts: Texts, *, number: int = 0, count: int = 0) -> str:
    """The fragment for ``sheet``, which was asked for as ``place``.

    It belongs to the citation ``number`` of ``count`` where these are not 0.
    """
    own = sheet_texts(texts.language)
    cited = sheet.shown.number in sheet.cited
    return (
        f'<article class="leafs" aria-label="{escape(own.page_shown)}"'
        f"{interface_attributes(texts)}>"
        f"{_bar(own, number, count)}{_source(sheet, texts, own)}{_turning(sheet, own, place)}"
        f"{_notes(sheet, place, texts, own, cited=cited)}{_pictures(sheet, place, own)}"
        f"{_text(sheet, place, own)}</article>"
    )


def problem_html(sentence: str, texts: Texts) -> str:
    """A fragment that says why there is no page."""
    own = sheet_texts(texts.language)
    return (
        f'<article class="leafs" aria-label="{escape(own.page_shown)}"'
        f'{interface_attributes(texts)}>{_bar(own, 0, 0)}<p class="doubt" role="note" dir="auto">'
        f"{escape(sentence)}</p></article>"
    )


def _bar(own: SheetTexts, number: int, count: int) -> str:
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


def _source(sheet: Sheet, texts: Texts, own: SheetTexts) -> str:
    title = sheet.facts.title or sheet.document
    steps = '<span class="step" aria-hidden="true">›</span>'.join(
        f"<bdi>{escape(heading)}</bdi>" for heading in sheet.section
    )
    path = f'<p class="section">{steps}</p>' if steps else ""
    quality = sheet.shown.quality
    facts = [
        sheet.facts.issuer,
        sheet.facts.date,
        language_name(sheet.language),
        sheet.source,
        page_name(sheet.shown.number, sheet.shown.label, texts),
        "" if quality is None else own.quality.format(quality=f"{quality:.2f}"),
    ]
    told = " · ".join(f"<bdi>{escape(fact)}</bdi>" for fact in facts if fact)
    return (
        f'<div class="source"><h2 class="report"><bdi{language_attributes(sheet.language)}>'
        f'{escape(title)}</bdi></h2>{path}<p class="place">{told}</p></div>'
    )


def _turning(sheet: Sheet, own: SheetTexts, place: Place) -> str:
    if sheet.pages < 2:
        return ""
    last = sheet.leaves[-1].page.number if sheet.leaves else sheet.shown.number
    first = sheet.shown.number
    named = own.page_of.format(page=f"{first}–{last}" if last > first else first, count=sheet.pages)
    back = (
        f'<button type="button" class="quiet" data-sheet="cited">{escape(own.cited_page)}</button>'
        if sheet.cited and place.page is not None and place.page not in sheet.cited
        else ""
    )
    enlarge = (
        f'<button type="button" class="quiet" data-sheet="enlarge" aria-pressed="false">'
        f"{escape(own.enlarge)}</button>"
        if sheet.leaves
        else ""
    )
    before = _button(
        "page", "‹", own.previous_page, off=first <= 1, data=f' data-page="{first - 1}"'
    )
    after = _button(
        "page", "›", own.next_page, off=last >= sheet.pages, data=f' data-page="{last + 1}"'
    )
    return (
        f'<div class="turning">{before}<span class="where" role="status">{escape(named)}</span>'
        f"{after}{back}{enlarge}</div>"
    )


def _notes(sheet: Sheet, place: Place, texts: Texts, own: SheetTexts, *, cited: bool) -> str:
    notes = []
    if sheet.trouble is not Trouble.none:
        notes.append(escape(own.troubles[sheet.trouble]))
    elif sheet.leaves and cited and not any(leaf.marks for leaf in sheet.leaves):
        quote = sheet.text[place.start - sheet.start : place.end - sheet.start]
        notes.append(
            f"{escape(own.unmarked)} <q{language_attributes(sheet.language)}>{escape(quote)}</q>"
        )
    warning = page_warning(sheet.shown.quality, sheet.shown.faults, texts)
    if warning:
        notes.append(escape(warning))
    return "".join(f'<p class="doubt" role="note">{note}</p>' for note in notes)


def _pictures(sheet: Sheet, place: Place, own: SheetTexts) -> str:
    if not sheet.leaves:
        return ""
    title = sheet.facts.title or sheet.document
    shown = "".join(_picture(leaf, sheet, place, own, title) for leaf in sheet.leaves)
    # Once it is enlarged it can be scrolled, which a keyboard must reach.
    return (
        f'<div class="pictures" tabindex="0" role="group" '
        f'aria-label="{escape(own.page_shown)}">{shown}</div>'
    )


def _picture(leaf: Leaf, sheet: Sheet, place: Place, own: SheetTexts, title: str) -> str:
    wording = own.marked_picture if leaf.marks else own.picture
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
    return (
        f'<img data-src="{escape(f"{PICTURE}?{query}")}" '
        f'width="{leaf.width}" height="{leaf.height}" '
        f'data-page="{leaf.page.number}" data-marks="{escape(json.dumps(leaf.marks))}" '
        f'alt="{escape(wording.format(page=leaf.page.number, document=title))}">'
    )


def _text(sheet: Sheet, place: Place, own: SheetTexts) -> str:
    quotes = (
        [Quote(place.start - sheet.start, place.end - sheet.start, "sheet")]
        if sheet.trouble is not Trouble.moved and place.start < place.end
        else []
    )
    passage = (
        f'<div class="passage"{language_attributes(sheet.language)}>'
        f"{passage_html(sheet.text, quotes)}</div>"
    )
    if sheet.leaves:
        return f"<details><summary>{escape(own.page_text)}</summary>{passage}</details>"
    return f'<h3 class="label">{escape(own.passage)}</h3>{passage}'
