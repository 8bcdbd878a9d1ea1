"""A server on loopback that speaks OpenAI's chat interface and says what a test wants it to."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Reply = Callable[[BaseHTTPRequestHandler, dict[str, Any]], None]


@dataclass
class Server:
    """Where it listens, and what it was sent."""

    url: str
    requests: list[dict[str, Any]] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)


@contextmanager
def serve(*replies: Reply) -> Iterator[Server]:
    """A server that gives each of ``replies`` once, and the last of them from then on."""
    left = list(replies)

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            length = int(self.headers["content-length"])
            request = json.loads(self.rfile.read(length))
            server.requests.append(request)
            server.headers.append(dict(self.headers))
            reply = left.pop(0) if len(left) > 1 else left[0]
            try:
                reply(self, request)
            except (BrokenPipeError, ConnectionResetError):
                self.close_connection = True

        def log_message(self, *_: object) -> None:
            """Nothing goes to stderr."""

    http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    http.daemon_threads = True
    server = Server(f"http://127.0.0.1:{http.server_port}/v1")
    threading.Thread(target=http.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    try:
        yield server
    finally:
        http.shutdown()
        http.server_close()


def event(content: str | None, finish: str | None = None) -> bytes:
    """One event of a stream."""
    delta = {} if content is None else {"content": content}
    chunk = {
        "id": "1",
        "object": "chat.completion.chunk",
        "created": 0,
        "model": "scripted",
        "choices": [{"index": 0, "delta": delta, "finish_reason": finish}],
    }
    return b"data: " + json.dumps(chunk).encode() + b"\n\n"


def begin(handler: BaseHTTPRequestHandler) -> None:
    handler.send_response(200)
    handler.send_header("content-type", "text/event-stream")
    handler.end_headers()


def says(text: str | Callable[[dict[str, Any]], str], *, pieces: int = 7) -> Reply:
    """A whole reply, ``pieces`` characters at a time; ``text`` may depend on the request."""

    def reply(handler: BaseHTTPRequestHandler, request: dict[str, Any]) -> None:
        whole = text if isinstance(text, str) else text(request)
        begin(handler)
        for at in range(0, len(whole), pieces):
            handler.wfile.write(event(whole[at : at + pieces]))
        handler.wfile.write(event(None, "stop") + b"data: [DONE]\n\n")

    return reply


def breaks_off(text: str) -> Reply:
    """A stream without an end."""

    def reply(handler: BaseHTTPRequestHandler, _: dict[str, Any]) -> None:
        begin(handler)
        handler.wfile.write(event(text))
        handler.close_connection = True

    return reply


def status(code: int, body: str = "{}", **headers: str) -> Reply:
    """A failure; ``retry_after`` becomes the header Retry-After."""

    def reply(handler: BaseHTTPRequestHandler, _: dict[str, Any]) -> None:
        handler.send_response(code)
        for name, value in headers.items():
            handler.send_header(name.replace("_", "-"), value)
        handler.send_header("content-length", str(len(body.encode())))
        handler.end_headers()
        handler.wfile.write(body.encode())

    return reply


def raw(parts: Iterable[bytes], *, pause: float = 0.0, times: int = 1) -> Reply:
    """Bytes as they are, each after ``pause`` seconds."""

    def reply(handler: BaseHTTPRequestHandler, _: dict[str, Any]) -> None:
        begin(handler)
        for _ in range(times):
            for part in parts:
                time.sleep(pause)
                handler.wfile.write(part)
                handler.wfile.flush()

    return reply
