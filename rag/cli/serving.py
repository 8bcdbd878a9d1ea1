"""Commands that serve people and programs, and that say who may come in."""

from __future__ import annotations

import sys
from getpass import getpass
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from rag.cli.options import IndexOption, assistant_of, settings_of
from rag.cli.site import make_site_of
from rag.distribution import install_command
from rag.errors import RagError

if TYPE_CHECKING:
    from rag.config import Settings
    from rag.web.access.people import Access

# A picture of a page has about 200 kB.
_KEPT_PICTURES = 64

AuthOption = Annotated[
    Path | None, typer.Option("--auth", metavar="FILE", help="Names and password hashes.")
]


def serve(
    host: Annotated[str | None, typer.Option(help="The address to listen on.")] = None,
    port: Annotated[int | None, typer.Option(min=1, max=65535, help="The port.")] = None,
    auth: AuthOption = None,
    with_mcp: Annotated[
        bool, typer.Option("--mcp", help="Serve tools for programs at /mcp too.")
    ] = False,
    index: IndexOption = None,
) -> None:
    """Serve the web chat."""
    from rag.app import (
        make_assistant,
        make_encoder,
        make_examples,
        make_export,
        make_recorder,
    )
    from rag.cli.console import say
    from rag.page_images import PageImages
    from rag.web.examples import BackgroundExamples
    from rag.web.page_views import ReportPageViews
    from rag.web.server import serve as serve_web

    settings = settings_of(index=index, host=host, port=port, auth=auth)
    access = access_of(settings)
    if with_mcp:
        _require_mcp()
    encoder = make_encoder(settings, say)
    assistant = make_assistant(
        settings, encoder, on_answer=make_recorder(settings, say), report=say
    )
    assistant.index()
    with PageImages(kept=_KEPT_PICTURES) as images:
        serve_web(
            assistant,
            ReportPageViews(assistant.index, images),
            host=settings.host,
            port=settings.port,
            examples=BackgroundExamples(
                make_examples(settings, encoder), lambda: assistant.index().generation
            ),
            export=make_export(assistant, images),
            site=make_site_of(settings, assistant, encoder, access, with_mcp=with_mcp),
        )


def mcp(index: IndexOption = None) -> None:
    """Serve tools for programs on stdin and stdout (Model Context Protocol)."""
    _require_mcp()
    from rag.mcp_server import serve_stdio

    assistant = assistant_of(settings_of(index=index), recorded=True)
    assistant.index()
    serve_stdio(assistant)


def passwd(
    name: Annotated[str, typer.Argument(help="Who may sign in.")],
    auth: AuthOption = None,
) -> None:
    """Make a line of the password file; with --auth or the setting `auth`, in that file."""
    from rag.cli.console import put, say
    from rag.web.access.passwords import check_name, make_hash, write_password

    settings = settings_of(auth=auth)
    check_name(name)
    made = make_hash(_password())
    if settings.auth is None:
        put(f"{name}:{made}")
    else:
        write_password(settings.auth, name, made)
        say(f"{name} may sign in now; the password file is {settings.auth}.")


def access_of(settings: Settings) -> Access:
    """Who may come in, as ``settings`` say; what is dangerous is said on stderr."""
    from rag.cli.console import say
    from rag.web.access.passwords import PasswordFile
    from rag.web.access.people import Access, is_loopback

    local = is_loopback(settings.host)
    proxies = settings.trusted_proxy
    if settings.auth_header and local and not proxies:
        proxies = _LOOPBACK_NETWORKS
    hosts = {*settings.hosts, *(() if not settings.hosts and not local else _LOOPBACK_NAMES)}
    access = Access(
        passwords=PasswordFile(settings.auth) if settings.auth else None,
        header=settings.auth_header or "",
        proxies=proxies,
        hosts=frozenset(name.lower() for name in {*hosts, *([settings.host] if hosts else ())}),
    )
    if access.passwords and access.passwords.warning:
        say(access.passwords.warning)
    if not local and not access.closed:
        also = " and change the library" if settings.library == "edit" else ""
        say(
            f"Anyone who reaches {settings.host} may ask{also}. `rag passwd NAME --auth FILE` and "
            "the setting `auth` let people sign in."
        )
    return access


_LOOPBACK_NETWORKS = ("127.0.0.0/8", "::1/128")
_LOOPBACK_NAMES = ("localhost", "127.0.0.1", "::1")


def _require_mcp() -> None:
    if find_spec("mcp") is None:
        raise RagError(
            f"The package mcp is not installed. Install it with {install_command('mcp')}."
        )


def _password() -> str:
    """Typed twice without being shown, or the first line of what is piped in."""
    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\n")
    first = getpass("Password: ")
    if getpass("Again: ") != first:
        raise RagError("The two are not the same. Try again.")
    return first
