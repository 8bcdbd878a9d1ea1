"""The gate before a small application: what it counts, how much it lets in, and for whom."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from prometheus_client import CollectorRegistry
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from starlette.testclient import TestClient

from rag.web.access import gate
from rag.web.access.buckets import Buckets
from rag.web.access.gate import Gate
from rag.web.access.people import Access
from rag.web.access.traffic import Traffic

LIMIT = 100


async def measure(request: Request) -> PlainTextResponse:
    """How many bytes came."""
    return PlainTextResponse(str(len(await request.body())))


@pytest.fixture
def client(monkeypatch: pytest.MonkeyPatch) -> Iterator[TestClient]:
    monkeypatch.setattr(gate, "BODY_LIMIT", LIMIT)
    routes = [
        Route(path, measure, methods=["GET", "HEAD", "POST", "PUT", "DELETE"])
        for path in ("/ask", "/upload/report", "/login")
    ]
    guarded = Gate(
        Starlette(routes=routes),
        Access(),
        Traffic(CollectorRegistry()),
        requests=Buckets(5, 60, now=lambda: 0.0),
        too_many=lambda _person, seconds: f"wait {seconds:g}",
        large=("/upload/",),
    )
    with TestClient(guarded) as made:
        yield made


def test_what_is_looked_at_is_not_counted_and_what_is_sent_is(client: TestClient) -> None:
    for _ in range(20):
        assert client.get("/ask").status_code == 200
        assert client.head("/ask").status_code == 200
    sent = [client.request(m, "/ask") for m in ("POST", "PUT", "DELETE", "POST", "POST", "POST")]
    assert [answer.status_code for answer in sent] == [200] * 5 + [429]
    # One token comes back in a second; a client is told to wait a whole one beyond that.
    assert sent[-1].json() == {"detail": "wait 1"}
    assert sent[-1].headers["retry-after"] == "2"
    assert client.get("/ask").status_code == 200


def test_the_paths_that_are_open_are_not_counted(client: TestClient) -> None:
    assert {client.post("/login").status_code for _ in range(20)} == {200}


@pytest.mark.parametrize("chunked", [False, True])
@pytest.mark.parametrize(
    ("path", "size", "status"),
    [
        ("/ask", LIMIT, 200),
        ("/ask", LIMIT + 1, 413),
        ("/upload/report", 10 * LIMIT, 200),
    ],
)
def test_a_body_up_to_the_limit_passes_whether_its_length_is_told_or_not(
    client: TestClient, path: str, size: int, status: int, chunked: bool
) -> None:
    body = b"x" * size
    parts = iter([body[: size // 2], body[size // 2 :]])
    answer = client.post(path, content=parts if chunked else body)
    assert answer.status_code == status
    if status == 200:
        assert answer.text == str(size)
