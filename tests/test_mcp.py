"""The tools for programs, used by the protocol's own client over HTTP and over pipes."""

from __future__ import annotations

import os
import sys
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from cli_tools import Library, call
from fakes.web_assistant import FakeAssistant
from site_server import PASSWORD, Running, closed_site, running

anyio = pytest.importorskip("anyio")
mcp = pytest.importorskip("mcp", reason="the extra mcp is not installed")
httpx2 = pytest.importorskip("httpx2")

REPOSITORY = Path(__file__).parents[1]
QUESTION = "How many hours did it take to notice the theft?"
Talk = Callable[[Any], Awaitable[Any]]


@pytest.fixture(scope="module")
def site(library: Library, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    from rag.cli.options import assistant_of, settings_of
    from rag.mcp_server import make_http

    assistant = assistant_of(settings_of(index=library.index))
    folder = tmp_path_factory.mktemp("people")
    made = closed_site(
        folder, questions_per_minute=1, programs=lambda guard: make_http(assistant, guard)
    )
    with running(FakeAssistant(loaded=True), made) as one:
        yield one


def over_http(site: Running, talk: Talk, name: str = "anna", password: str = PASSWORD) -> Any:
    from mcp.client.streamable_http import streamable_http_client

    async def conversation() -> Any:
        http = httpx2.AsyncClient(auth=(name, password), timeout=60, trust_env=False)
        async with (
            http,
            mcp.Client(streamable_http_client(f"{site.address}/mcp", http_client=http)) as client,
        ):
            return await talk(client)

    return anyio.run(conversation)


def test_the_tools_say_what_they_take_and_give(site: Running) -> None:
    async def talk(client: Any) -> Any:
        return (await client.list_tools()).tools

    tools = {tool.name: tool for tool in over_http(site, talk)}
    assert sorted(tools) == ["ask", "search", "show"]
    given = {name: list(tool.output_schema["properties"]) for name, tool in tools.items()}
    assert given["search"] == ["query", "language", "mode", "hits"]
    assert given["ask"][:7] == [
        *("query", "language", "refused", "answer", "sentences", "citations", "generator"),
    ]
    assert tools["search"].input_schema["required"] == ["question"]


def test_what_they_give_is_the_contracts_json(site: Running, library: Library) -> None:
    async def talk(client: Any) -> Any:
        asked = await client.call_tool("ask", {"question": QUESTION})
        found = await client.call_tool("search", {"question": QUESTION, "k": 3, "mode": "bm25"})
        cited = asked.structured_content["citations"][0]
        shown = await client.call_tool("show", {"document": cited["document"]})
        page = await client.call_tool("show", {"document": cited["document"], "page": 1})
        return [one.structured_content for one in (asked, found, shown, page)]

    asked, found, shown, page = over_http(site, talk)
    index = ("--index", library.index)
    assert asked == call("ask", QUESTION, *index, "--json").json
    assert found == call("search", QUESTION, "-k", "3", "--mode", "bm25", *index, "--json").json
    cited = asked["citations"][0]
    assert shown["text"][cited["start"] : cited["end"]] == cited["quote"]
    assert shown["text"] == call("show", cited["document"], *index).out
    assert shown["text"][page["start"] : page["end"]] == page["text"]


def test_what_goes_wrong_is_said_to_the_program(site: Running) -> None:
    async def talk(client: Any) -> Any:
        return [
            await client.call_tool("show", {"document": "no such report"}),
            await client.call_tool("search", {"question": "theft", "k": 0}),
            await client.call_tool("ask", {"question": "x" * 2001}),
        ]

    missing, none, long = over_http(site, talk)
    assert all(one.is_error for one in (missing, none, long))
    assert "no document 'no such report'" in missing.content[0].text
    assert "greater than or equal to 1" in none.content[0].text
    assert "2000" in long.content[0].text


def test_programs_come_through_the_same_door_and_keep_to_the_same_limits(site: Running) -> None:
    async def talk(client: Any) -> Any:
        return [await client.call_tool("ask", {"question": QUESTION}) for _ in range(6)]

    with site.client() as stranger:
        assert stranger.post("/mcp", json={}).status_code == 401
        evil = {"origin": "https://evil.example"}
        assert (
            stranger.post("/mcp", json={}, headers=evil, auth=("bert", PASSWORD)).status_code == 403
        )
    answers = over_http(site, talk, name="bert")
    # One question a minute, five at once: the sixth would come after a minute.
    assert [one.is_error for one in answers] == [False] * 5 + [True]

    assert "many questions" in answers[5].content[0].text


def test_over_pipes(library: Library) -> None:
    from mcp import StdioServerParameters

    command = StdioServerParameters(
        command=sys.executable,
        args=["-m", "rag", "mcp", "--index", str(library.index)],
        env={**os.environ, "PYTHONPATH": str(REPOSITORY)},
    )

    async def conversation() -> Any:
        async with mcp.Client(command) as client:
            return await client.call_tool("ask", {"question": QUESTION})

    answer = anyio.run(conversation)
    assert "19 hours" in answer.structured_content["answer"]
