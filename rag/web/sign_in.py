"""Signing in and out: a form in the interface's languages, without any script."""

from __future__ import annotations

import math

from fastapi import APIRouter
from markupsafe import Markup
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response

from rag.locale import INTERFACE_LANGUAGES, Catalogue
from rag.web.access.people import Access, client_address
from rag.web.access.sessions import COOKIE
from rag.web.frame import asset
from rag.web.rendering import render
from rag.web.side_page import texts_of

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
            sentence = texts.site.too_many_tries.format(math.ceil(wait))
            return _refusal(request, texts, sentence, 429, name)
        cookie = await run_in_threadpool(access.sign_in, name, password, address)
        if cookie is None:
            return _refusal(request, texts, texts.site.wrong_password, 401, name)
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


def _refusal(request: Request, texts: Catalogue, sentence: str, status: int, name: str) -> Response:
    if _wants_html(request):
        return _page(request, texts, sentence, status, name)
    return JSONResponse({"detail": sentence}, status)


def _page(
    request: Request, texts: Catalogue, problem: str = "", status: int = 200, name: str = ""
) -> Response:
    made = render(
        "login.html",
        texts,
        style=Markup(asset("site.css")),
        problem=problem,
        name=name,
        onward=_local(request.query_params.get("next", "/")),
        languages=INTERFACE_LANGUAGES,
    )
    return HTMLResponse(
        made, status, {"content-security-policy": _POLICY, "cache-control": "no-store"}
    )


def _wants_html(request: Request) -> bool:
    return "text/html" in request.headers.get("accept", "")


def _local(address: str) -> str:
    """``address`` where it is a path of this server; the chat otherwise."""
    plain = address.isprintable() and "\\" not in address
    return address if plain and address.startswith("/") and address[1:2] != "/" else "/"
