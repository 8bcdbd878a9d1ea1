"""Serving the page until it is told to stop."""

from __future__ import annotations

import errno
import os
import signal
import socket
import sys
import threading
from collections.abc import Callable, Sequence
from types import FrameType
from typing import Any

from rag.errors import RagError
from rag.web.app import build_app, launch_options
from rag.web.pages import ExtraPage
from rag.web.protocol import Assistant, Export, Sheets

_Handler = Callable[[int, FrameType | None], Any] | int | signal.Handlers | None


def serve(
    assistant: Assistant,
    sheets: Sheets,
    *,
    host: str = "127.0.0.1",
    port: int = 7860,
    examples: Sequence[tuple[str, str]] = (),
    export: Export | None = None,
    pages: Sequence[ExtraPage] = (),
) -> None:
    """Serve the web chat until Ctrl-C or SIGTERM; the address goes to stderr.

    ``port`` 0 takes any free one. Raises ``RagError`` where the address cannot be had.
    """
    taken = _free_port(host, port)
    _reach_itself(host)
    app = build_app(assistant, sheets, examples=examples, export=export, pages=pages)
    stop = threading.Event()
    previous = _stop_on_signals(stop)
    try:
        try:
            app.launch(
                server_name=host,
                server_port=taken,
                prevent_thread_lock=True,
                **launch_options(sheets),
            )
        except OSError as error:
            raise RagError(_in_use(host, taken)) from error
        print(f"Serving on http://{_shown(host)}:{taken} (Ctrl-C stops it)", file=sys.stderr)
        # A wait without a limit is not interrupted by signals on every platform.
        while not stop.wait(1):
            pass
    finally:
        app.close(verbose=False)
        for number, handler in previous.items():
            signal.signal(number, handler)


def _reach_itself(host: str) -> None:
    """Keep this process's calls to its own address away from a proxy.

    Gradio calls its server once while starting, and a proxy cannot pass that call on.
    """
    for name in ("NO_PROXY", "no_proxy"):
        kept = [entry for entry in os.environ.get(name, "").split(",") if entry]
        own = [entry for entry in ("localhost", "127.0.0.1", host) if entry not in kept]
        os.environ[name] = ",".join([*kept, *dict.fromkeys(own)])


def _free_port(host: str, port: int) -> int:
    """``port`` if it can be bound on ``host``, or any free one for 0; raises ``RagError``."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except socket.gaierror as error:
            raise RagError(f"The host {host!r} is unknown; try --host 127.0.0.1.") from error
        except (OSError, OverflowError) as error:
            raise RagError(_refusal(host, port, error)) from error
        return int(probe.getsockname()[1])


def _refusal(host: str, port: int, error: OSError | OverflowError) -> str:
    number = error.errno if isinstance(error, OSError) else None
    if number == errno.EADDRINUSE:
        return _in_use(host, port)
    if number == errno.EACCES:
        return f"Port {port} needs more rights; choose one above 1023 with --port."
    if number == errno.EADDRNOTAVAIL:
        return f"This machine has no address {host}; try --host 127.0.0.1."
    return f"Cannot listen on {host}, port {port}: {error}. Choose others with --host and --port."


def _in_use(host: str, port: int) -> str:
    return (
        f"Port {port} on {host} is already in use. Stop the program that uses it, "
        f"or choose another with --port."
    )


def _shown(host: str) -> str:
    """The host as it stands in an address a browser can open."""
    if host in {"0.0.0.0", "::"}:
        return "localhost"
    return f"[{host}]" if ":" in host else host


def _stop_on_signals(stop: threading.Event) -> dict[int, _Handler]:
    """Let SIGINT and SIGTERM set ``stop``; the handlers they had, by number.

    Only the main thread may set handlers; elsewhere whoever started the thread ends it.
    """
    if threading.current_thread() is not threading.main_thread():
        return {}

    def on_signal(number: int, frame: FrameType | None) -> None:
        stop.set()

    return {number: signal.signal(number, on_signal) for number in (signal.SIGINT, signal.SIGTERM)}
