"""Serving the site until it is told to stop, and then letting answers under way finish."""

from __future__ import annotations

import asyncio
import errno
import logging
import os
import signal
import socket
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import uvicorn

from rag.errors import RagError
from rag.web.pages import ExtraPage
from rag.web.protocol import Assistant, Examples, Export, PageViews, no_examples
from rag.web.site import Served, Site, make_site

STOP_SECONDS = 30.0
"""How long a server that is told to stop lets answers finish."""

_AFTER = 3
"""Seconds that connections then have to end."""

_log = logging.getLogger(__name__)


def serve(
    assistant: Assistant,
    page_views: PageViews,
    *,
    host: str,
    port: int,
    examples: Examples = no_examples,
    export: Export | None = None,
    pages: Sequence[ExtraPage] = (),
    site: Site | None = None,
    stop_seconds: float = STOP_SECONDS,
) -> None:
    """Serve the web chat until Ctrl-C or SIGTERM; the address goes to stderr.

    ``port`` 0 takes any free one. New questions are then turned away, and those under way have
    ``stop_seconds`` to be answered; a second signal ends them. Raises ``RagError`` where the
    address cannot be had.
    """
    with _listening(host, port) as listener:
        served = make_site(
            assistant, page_views, site or Site(), examples=examples, export=export, pages=pages
        )
        threading.Thread(target=_load, args=[assistant], daemon=True).start()
        config = uvicorn.Config(
            served.app,
            log_level="error",
            access_log=False,
            # The gate looks at these headers, which are trusted from some addresses alone.
            proxy_headers=False,
            server_header=False,
            timeout_graceful_shutdown=_AFTER,
        )
        taken = int(listener.getsockname()[1])
        _Server(config, served, f"http://{_shown(host)}:{taken}", stop_seconds).run([listener])


class _Server(uvicorn.Server):
    """Says its address, and waits for answers before it lets go of connections."""

    def __init__(
        self, config: uvicorn.Config, served: Served, address: str, stop_seconds: float
    ) -> None:
        super().__init__(config)
        self._served = served
        self._address = address
        self._stop_seconds = stop_seconds

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Stop on SIGINT and SIGTERM, which are then no reason to end otherwise than well.

        Only the main thread may set handlers; elsewhere whoever started the thread ends it.
        """
        if threading.current_thread() is not threading.main_thread():
            yield
            return
        signals = (signal.SIGINT, signal.SIGTERM)
        previous = {number: signal.signal(number, self._on_signal) for number in signals}
        try:
            yield
        finally:
            for number, handler in previous.items():
                signal.signal(number, handler)

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """As uvicorn's; then the address is said."""
        await super().startup(sockets)
        if self.started:
            print(f"Serving on {self._address} (Ctrl-C stops it)", file=sys.stderr, flush=True)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Wait for what is under way, then end as uvicorn does."""
        self._served.traffic.stopping = True
        watch = threading.Timer(self._stop_seconds + 2 * _AFTER, _give_up)
        watch.daemon = True
        watch.start()
        await self._drained()
        for job in self._served.jobs:
            await asyncio.to_thread(job.stop)
        self._served.traffic.closed.set()
        await super().shutdown(sockets)
        if self._busy():
            _give_up()

    async def _drained(self) -> None:
        """Return when nothing is under way, time is up or another signal came."""
        loop = asyncio.get_running_loop()
        until = loop.time() + self._stop_seconds
        quiet = 0
        # A question that was taken is for a moment in no request: it must be quiet for a while.
        while quiet < 3 and loop.time() < until and not self.force_exit:
            quiet = 0 if self._busy() else quiet + 1
            await asyncio.sleep(0.1)

    def _busy(self) -> bool:
        return bool(self._served.traffic.under_way or self._served.meter.in_flight)

    def _on_signal(self, number: int, frame: Any) -> None:
        self.force_exit = self.should_exit
        self.should_exit = True


def _give_up() -> None:
    """End although answers are being made: a thread that computes cannot be ended otherwise."""
    print("Stopped before every answer was done.", file=sys.stderr, flush=True)
    os._exit(0)


def _load(assistant: Assistant) -> None:
    """Open the index and load the model, so that the server becomes ready by itself."""
    try:
        for _ in () if assistant.ready() else assistant.load():
            pass
    except RagError as error:
        print(f"Not ready: {error}", file=sys.stderr, flush=True)
    except Exception:
        _log.exception("loading failed")


@contextmanager
def _listening(host: str, port: int) -> Iterator[socket.socket]:
    """A socket that listens on ``host`` and ``port``; raises ``RagError``."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as listener:
        if os.name == "posix":
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((host, port))
            listener.listen(128)
        except socket.gaierror as error:
            raise RagError(f"The host {host!r} is unknown; try --host 127.0.0.1.") from error
        except (OSError, OverflowError) as error:
            raise RagError(_refusal(host, port, error)) from error
        yield listener


def _refusal(host: str, port: int, error: OSError | OverflowError) -> str:
    number = error.errno if isinstance(error, OSError) else None
    if number == errno.EADDRINUSE:
        return (
            f"Port {port} on {host} is already in use. Stop the program that uses it, "
            f"or choose another with --port."
        )
    if number == errno.EACCES:
        return f"Port {port} needs more rights; choose one above 1023 with --port."
    if number == errno.EADDRNOTAVAIL:
        return f"This machine has no address {host}; try --host 127.0.0.1."
    return f"Cannot listen on {host}, port {port}: {error}. Choose others with --host and --port."


def _shown(host: str) -> str:
    """The host as it stands in an address a browser can open."""
    if host in {"0.0.0.0", "::"}:
        return "localhost"
    return f"[{host}]" if ":" in host else host
