"""Signing in and out: a form in five languages, without any script."""

from __future__ import annotations

import math
from html import escape
from urllib.parse import urlencode

from fastapi import APIRouter
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response

from rag.web.access.people import Access, client_address
from rag.web.access.sessions import COOKIE
from rag.web.frame import asset
from rag.web.side_page import texts_of
from rag.web.site_texts import SITE_TEXTS, SiteTexts
from rag.web.texts import texts_for

_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'self'; "
    "frame-ancestors 'none'"
)


def signing_in(access: Access) -> APIRouter:
    """The routes ``/login`` and ``/logout``.

    A program may post the form too (fields ``username`` and ``password``): what does not ask for
    HTML is answered with JSON, as Gradio's own clients expect.
    """
    router = APIRouter(include_in_schema=False)

    @router.get("/login")
    def form(request: Request) -> Response:
        if not access.passwords:
            return RedirectResponse("/", 303)
        return _page(request, texts_of(request))

    @router.post("/login")
    async def sign_in(request: Request) -> Response:
        texts = texts_of(request)
        values = await request.form(max_files=0, max_fields=10)
        name, password = str(values.get("username", "")), str(values.get("password", ""))
        address = client_address(request.scope)
        wait = access.failures.wait(name, address)
        if wait:
            sentence = texts.too_many_tries.format(seconds=math.ceil(wait))
            return _refusal(request, texts, sentence, 429, name)
        cookie = await run_in_threadpool(access.sign_in, name, password, address)
        if cookie is None:
            return _refusal(request, texts, texts.wrong_password, 401, name)
        done: Response = JSONResponse({"success": True})
        if _wants_html(request):
            done = RedirectResponse(_local(str(values.get("next", "/"))), 303)
        done.set_cookie(
            COOKIE,
            cookie,
            max_age=access.sessions.lasts,
            path="/",
            httponly=True,
            samesite="lax",
            secure=request.url.scheme == "https",
        )
        return done

    @router.post("/logout")
    def sign_out() -> Response:
        done = RedirectResponse("/login", 303)
        done.delete_cookie(COOKIE, path="/", httponly=True, samesite="lax")
        # What the browser kept of the reports goes with the person.
        done.headers["clear-site-data"] = '"cache", "storage"'
        return done

    return router


def _refusal(request: Request, texts: SiteTexts, sentence: str, status: int, name: str) -> Response:
    if _wants_html(request):
        return _page(request, texts, sentence, status, name)
    return JSONResponse({"detail": sentence}, status)


def _page(
    request: Request, texts: SiteTexts, problem: str = "", status: int = 200, name: str = ""
) -> Response:
    onward = _local(request.query_params.get("next", "/"))
    others = " ".join(
        f'<a lang="{code}" href="/login?{escape(urlencode({"lang": code, "next": onward}))}">'
        f"{escape(texts_for(code).language_name)}</a>"
        for code in SITE_TEXTS
    )
    alert = f'<p class="problem" role="alert">{escape(problem)}</p>' if problem else ""
    address = escape(f"/login?{urlencode({'lang': texts.language, 'next': onward})}")
    return HTMLResponse(
        f'<!doctype html><html lang="{texts.language}" dir="{texts.direction}"><head>'
        '<meta charset="utf-8"><meta name="viewport" content="width=device-width">'
        f"<title>{escape(texts.sign_in)}</title><style>{asset('site.css')}</style></head>"
        f'<body class="login"><main><h1>{escape(texts_for(texts.language).title)}</h1>{alert}'
        f'<form method="post" action="{address}">'
        f'<input type="hidden" name="next" value="{escape(onward)}">'
        f'<label>{escape(texts.name)}<input name="username" autocomplete="username" required '
        f'dir="auto" value="{escape(name)}" autofocus></label>'
        f'<label>{escape(texts.password)}<input name="password" type="password" '
        'autocomplete="current-password" required></label>'
        f"<button>{escape(texts.sign_in)}</button></form>"
        f'<p class="languages">{others}</p></main></body></html>',
        status,
        {"content-security-policy": _POLICY, "cache-control": "no-store"},
    )


def _wants_html(request: Request) -> bool:
    return "text/html" in request.headers.get("accept", "")


def _local(address: str) -> str:
    """``address`` where it is a path of this server; the chat otherwise."""
    plain = address.isprintable() and "\\" not in address
    return address if plain and address.startswith("/") and address[1:2] != "/" else "/"
