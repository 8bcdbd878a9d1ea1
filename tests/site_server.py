"""The whole site on a free port of this machine, in the tests' own process."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import uvicorn
from fakes.web_page_views import FakePageViews

from rag.web.access.passwords import PasswordFile, make_hash, write_password
from rag.web.access.people import Access
from rag.web.site import Served, Site, make_site

PASSWORD = "correct horse"
HTML = {"accept": "text/html"}


@dataclass(frozen=True)
class Running:
    address: str
    served: Served

    def client(self, **more: Any) -> httpx.Client:
        return httpx.Client(base_url=self.address, timeout=30, trust_env=False, **more)

    def signed_in(self, name: str = "anna") -> httpx.Client:
        with self.client() as client:
            answer = client.post("/login", data={"username": name, "password": PASSWORD})
        assert answer.status_code == 200, answer.text
        return self.client(cookies=answer.cookies)


@contextmanager
def running(
    assistant: Any, site: Site | None = None, page_views: Any = None, **more: Any
) -> Iterator[Running]:
    served = make_site(assistant, page_views or FakePageViews(), site or Site(), **more)
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        config = uvicorn.Config(
            served.app, log_level="error", proxy_headers=False, timeout_graceful_shutdown=1
        )
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, args=[[listener]], daemon=True)
        thread.start()
        while not server.started:
            time.sleep(0.01)
        yield Running(f"http://127.0.0.1:{listener.getsockname()[1]}", served)
        served.traffic.closed.set()
        server.should_exit = True
        thread.join(10)


def password_file(folder: Path, *names: str) -> PasswordFile:
    path = folder / "passwords"
    # Cheap hashes: what is tested is who gets in, not how long a guess takes.
    for name in names:
        write_password(path, name, make_hash(PASSWORD, cost=4))
    return PasswordFile(path)


def closed_site(folder: Path, **more: Any) -> Site:
    return Site(access=Access(passwords=password_file(folder, "anna", "bert")), **more)


def ask(client: httpx.Client, question: str) -> str:
    """The events of one question by Gradio's own interface, as text."""
    taken = client.post("/gradio_api/call/v2/ask", json={"question": question})
    if taken.status_code != 200:
        return taken.text
    return client.get(f"/gradio_api/call/v2/ask/{taken.json()['event_id']}").text
