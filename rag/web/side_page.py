"""The pages around the chat as HTML: one frame, with the chat's colours and no inline script."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from html import escape

import gradio as gr
from starlette.requests import HTTPConnection
from starlette.responses import HTMLResponse

from rag.web.access.headers import PAGE_POLICY
from rag.web.access.people import Person
from rag.web.negotiation import requested_language
from rag.web.pages import ExtraPage
from rag.web.parts import PRIVATE, html_part
from rag.web.site_texts import SiteTexts, site_texts_for
from rag.web.texts import texts_for


@dataclass(frozen=True, slots=True)
class Side:
    """A page beside the chat, served at ``address`` and shown within the chat's frame too."""

    address: str
    title: Callable[[SiteTexts], str]


LIBRARY = Side("/library", lambda texts: texts.library)
EVALUATE = Side("/evaluate", lambda texts: texts.evaluate)
_CHAT = Side("/", lambda texts: texts.chat)


def extra_page(side: Side) -> ExtraPage:
    """The page as one of the chat's: what is asked in the chat stays while it is looked at."""

    def shown(language: str) -> str:
        title = escape(side.title(site_texts_for(language)))
        return (
            f'<iframe class="side" src="{side.address}?within=chat&amp;lang={escape(language)}" '
            f'title="{title}" loading="lazy"></iframe>'
        )

    name = side.address.strip("/")

    def build(language: gr.State) -> None:
        part = html_part(f"side-{name}", shown("en"), script=False)
        language.change(shown, [language], [part], **PRIVATE)

    return ExtraPage(name, lambda texts: side.title(site_texts_for(texts.language)), build)


def language_of(request: HTTPConnection) -> str:
    """The language in the address, or else the one the browser asks for."""
    return requested_language(request.query_params, request.headers)


def texts_of(request: HTTPConnection) -> SiteTexts:
    """The texts for who makes the request."""
    return site_texts_for(language_of(request))


def person_of(request: HTTPConnection) -> Person:
    """Who makes the request, as the gate found out."""
    person: Person = request.scope["state"]["person"]
    return person


def frame(
    request: HTTPConnection,
    texts: SiteTexts,
    title: str,
    body: str,
    *,
    sides: Iterable[Side] = (),
    script: str = "",
) -> HTMLResponse:
    """A whole page, or what is shown of it within the chat's own frame.

    ``body`` is HTML already; ``script`` is the name of one of the assets, which is given the texts
    as data of the body.
    """
    within = request.query_params.get("within") == "chat"
    head = texts_for(texts.language).title
    words = escape(json.dumps(texts.as_json(), ensure_ascii=False))
    loaded = f'<script src="/site/{escape(script)}" defer></script>' if script else ""
    top = _out(request, texts) if within else _top(request, texts, head, sides)
    return HTMLResponse(
        f'<!doctype html><html lang="{texts.language}" dir="{texts.direction}"><head>'
        '<meta charset="utf-8"><meta name="viewport" content="width=device-width">'
        f"<title>{escape(title)} · {escape(head)}</title>"
        f'<link rel="stylesheet" href="/site/site.css">{loaded}</head>'
        f'<body data-texts="{words}">{top}<main><h1>{escape(title)}</h1>'
        f"{body}</main></body></html>",
        headers={"content-security-policy": PAGE_POLICY, "cache-control": "no-store"},
    )


def _top(request: HTTPConnection, texts: SiteTexts, head: str, sides: Iterable[Side]) -> str:
    """Where one can go, and signing out where one signed in."""
    here = request.url.path
    links = "".join(
        f'<a href="{side.address}?lang={texts.language}"'
        f"{_CURRENT if side.address == here else ''}>{escape(side.title(texts))}</a>"
        for side in (_CHAT, *sides)
    )
    out = _out(request, texts)
    return f"<header><strong>{escape(head)}</strong><nav>{links}</nav>{out}</header>"


def _out(request: HTTPConnection, texts: SiteTexts) -> str:
    """Signing out, where one signed in."""
    name = person_of(request).name
    if not name:
        return ""
    return (
        f'<form class="out" method="post" action="/logout" target="_top"><button class="quiet">'
        f"{escape(texts.sign_out)} · <bdi>{escape(name)}</bdi></button></form>"
    )


_CURRENT = ' aria-current="page"'
