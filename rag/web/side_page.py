"""The pages around the chat: one frame, with the chat's colours and no inline script."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass

import gradio as gr
from markupsafe import Markup
from starlette.requests import HTTPConnection
from starlette.responses import HTMLResponse

from rag.locale import Catalogue, catalogue
from rag.web.access.headers import PAGE_POLICY
from rag.web.access.people import Person
from rag.web.negotiation import requested_language
from rag.web.pages import ExtraPage
from rag.web.parts import PRIVATE, html_part
from rag.web.rendering import render


@dataclass(frozen=True, slots=True)
class Side:
    """A page beside the chat, served at ``address`` and shown within the chat's frame too."""

    address: str
    title: Callable[[Catalogue], str]


LIBRARY = Side("/library", lambda texts: texts.site.library)
EVALUATE = Side("/evaluate", lambda texts: texts.site.evaluate)
_CHAT = Side("/", lambda texts: texts.site.chat)


def extra_page(side: Side) -> ExtraPage:
    """The page as one of the chat's: what is asked in the chat stays while it is looked at."""

    def framed(language: str) -> str:
        shown = Markup('<iframe class="side" src="{}" title="{}" loading="lazy"></iframe>')
        address = f"{side.address}?within=chat&lang={language}"
        return str(shown.format(address, side.title(catalogue(language))))

    name = side.address.strip("/")

    def build(language: gr.State) -> None:
        part = html_part(f"side-{name}", framed("en"), script=False)
        language.change(framed, [language], [part], **PRIVATE)

    return ExtraPage(name, side.title, build)


def language_of(request: HTTPConnection) -> str:
    """The language in the address, or else the one the browser asks for."""
    return requested_language(request.query_params, request.headers)


def texts_of(request: HTTPConnection) -> Catalogue:
    """The texts for who makes the request."""
    return catalogue(language_of(request))


def person_of(request: HTTPConnection) -> Person:
    """Who makes the request, as the gate found out."""
    person: Person = request.scope["state"]["person"]
    return person


def side_page(
    request: HTTPConnection,
    template: str,
    title: str,
    *,
    sides: Iterable[Side] = (),
    script: str = "",
    **values: object,
) -> HTMLResponse:
    """A whole page, or what is shown of it within the chat's own frame.

    ``template`` fills the frame, with ``values``; ``script`` is the name of one of the assets.
    """
    texts = texts_of(request)
    words = {name: getattr(texts.site, name) for name in _SCRIPT_TEXTS}
    made = render(
        template,
        texts,
        title=title,
        script=script,
        script_texts=json.dumps({"language": texts.language, **words}, ensure_ascii=False),
        within=request.query_params.get("within") == "chat",
        here=request.url.path,
        links=[(side.address, side.title(texts)) for side in (_CHAT, *sides)],
        person=person_of(request),
        **values,
    )
    headers = {"content-security-policy": PAGE_POLICY, "cache-control": "no-store"}
    return HTMLResponse(made, headers=headers)


# What the pages' scripts say.
_SCRIPT_TEXTS = ("failed", "received", "remove_sure", "replace_sure", "uploading")
