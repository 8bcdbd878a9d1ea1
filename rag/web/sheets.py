"""The pages around the chat as HTML: one frame, with the chat's colours and no inline script."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from html import escape

from starlette.requests import HTTPConnection
from starlette.responses import HTMLResponse

from rag.web.access.headers import PAGE_POLICY
from rag.web.negotiation import choose_language
from rag.web.site_texts import SITE_TEXTS, SiteTexts, site_texts_for
from rag.web.texts import texts_for


@dataclass(frozen=True, slots=True)
class Place:
    """Where one can go from a page."""

    address: str
    text: str


def language_of(request: HTTPConnection) -> str:
    """The language in the address, or else the one the browser asks for."""
    named = request.query_params.get("lang", "")
    if named in SITE_TEXTS:
        return named
    return choose_language(request.headers.get("accept-language", ""))


def texts_of(request: HTTPConnection) -> SiteTexts:
    """The texts for who makes the request."""
    return site_texts_for(language_of(request))


def frame(
    texts: SiteTexts,
    title: str,
    body: str,
    *,
    places: Iterable[Place] = (),
    here: str = "",
    script: str = "",
    name: str = "",
    policy: str = PAGE_POLICY,
    status: int = 200,
) -> HTMLResponse:
    """A whole page. ``body`` is HTML already; ``script`` the name of one of the assets.

    The texts are given to the script as data of the body; ``name`` is that of who signed in.
    """
    links = "".join(
        f'<a href="{escape(place.address)}"{_current(place.address == here)}>'
        f"{escape(place.text)}</a>"
        for place in places
    )
    out = (
        f'<form method="post" action="/logout"><button class="quiet">{escape(texts.sign_out)}'
        f" · <bdi>{escape(name)}</bdi></button></form>"
        if name
        else ""
    )
    loaded = f'<script src="/site/{escape(script)}" defer></script>' if script else ""
    words = escape(json.dumps(texts.as_json(), ensure_ascii=False))
    head = texts_for(texts.language).title
    return HTMLResponse(
        f'<!doctype html><html lang="{texts.language}" dir="{texts.direction}"><head>'
        f'<meta charset="utf-8"><meta name="viewport" content="width=device-width">'
        f"<title>{escape(title)} · {escape(head)}</title>"
        f'<link rel="stylesheet" href="/site/site.css">{loaded}</head>'
        f'<body data-texts="{words}"><header><strong>{escape(head)}</strong>'
        f"<nav>{links}</nav>{out}</header><main><h1>{escape(title)}</h1>{body}</main></body></html>",
        status,
        {"content-security-policy": policy, "cache-control": "no-store"},
    )


def _current(is_here: bool) -> str:
    return ' aria-current="page"' if is_here else ""
