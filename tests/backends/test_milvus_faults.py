"""A server that is away, slow, restarted or lost in the middle of things."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from index_fakes import stages, write
from milvus_tools import (
    LiteServer,
    Watched,
    build,
    engine_at,
    free_port,
    in_folder,
    needs_milvus,
    running,
    silent_proxy,
)

from rag.backends.milvus import MilvusEngine
from rag.backends.milvus.collections import collection_name
from rag.backends.milvus.loading import count, current, manifest_of
from rag.errors import IndexUnusable, RagError
from rag.index import generations

pytestmark = needs_milvus

# Two batches and a half.
MANY = 1250
BEFORE = {"a.txt": "the former words"}
AFTER = {"a.txt": "\n".join(f"the new words {n}" for n in range(MANY))}


@pytest.fixture
def server(tmp_path: Path) -> Iterator[LiteServer]:
    with running(tmp_path / "server") as one:
        yield one


@pytest.fixture
def engine(server: LiteServer, tmp_path: Path) -> MilvusEngine:
    """An engine whose server serves a generation, over a corpus that has changed since."""
    one = engine_at(server.uri, tmp_path / "index")
    build(one, write(tmp_path / "corpus", BEFORE), stages())
    write(tmp_path / "corpus", AFTER)
    return one


def text_served(engine: MilvusEngine) -> str:
    with closing(engine.open()) as index:
        return index.document("a").text


def is_whole(engine: MilvusEngine) -> bool:
    """Whether what is served is all of what the folder has."""
    with in_folder(engine) as index:
        return engine.verify() == (index.generation, []) and text_served(engine) == AFTER["a.txt"]


def test_a_server_that_is_not_there_is_said_before_anything_is_built(tmp_path: Path) -> None:
    uri = f"http://127.0.0.1:{free_port()}"
    engine = engine_at(uri, tmp_path / "index", seconds=0.5)
    said = rf"{uri} did not answer within 0.5 seconds.*See that it runs"
    with pytest.raises(IndexUnusable, match=said):
        build(engine, write(tmp_path / "corpus", BEFORE), stages())
    assert generations(engine.root) == []
    with pytest.raises(IndexUnusable, match=said):
        engine.open()
    assert engine.verify()[0] is None


def test_a_server_that_falls_silent_is_said(engine: MilvusEngine, server: LiteServer) -> None:
    # Connecting takes some hundred bytes; the manifest of a generation more than a thousand.
    with silent_proxy(server.port, lets_pass=1500) as port:
        slow = engine_at(f"http://127.0.0.1:{port}", engine.root, seconds=1.0)
        with pytest.raises(IndexUnusable, match=r"did not answer within 1 seconds"):
            text_served(slow)
    assert text_served(engine) == BEFORE["a.txt"]


def test_a_restart_is_waited_for(engine: MilvusEngine, server: LiteServer) -> None:
    with closing(engine.open()) as index:
        server.kill()
        late = threading.Timer(1.0, server.start, kwargs={"wait": False})
        late.start()
        # Asked while there is no server; it comes back with nothing in memory.
        assert index.document("a").text == BEFORE["a.txt"]
        assert [chunk.text for chunk in index.chunks([0])] == ["the former words"]
        late.join()


def test_a_restart_while_a_generation_is_loaded_is_waited_for(
    engine: MilvusEngine, server: LiteServer, tmp_path: Path
) -> None:
    def restart() -> None:
        server.kill()
        server.start()

    build(engine, tmp_path / "corpus", stages(), progress=Watched(500, restart))
    assert is_whole(engine)


def test_a_server_lost_while_loading_leaves_the_former_generation_and_a_rerun_finishes(
    engine: MilvusEngine, server: LiteServer, tmp_path: Path
) -> None:
    former = current(engine.server, engine.alias)
    hasty = engine_at(server.uri, engine.root, seconds=1.0)
    with pytest.raises(RagError, match=r"former generation is still served.*goes on"):
        build(hasty, tmp_path / "corpus", stages(), progress=Watched(500, server.kill))
    server.start()
    assert text_served(engine) == BEFORE["a.txt"]
    half = generations(engine.root)[-1]
    assert half != former
    assert manifest_of(engine.server, engine.alias, half) is None
    with pytest.raises(IndexUnusable, match=r"not loaded to its end.*rag index"):
        engine.open(generation=half)
    assert count(engine.server, collection_name("rag", half, "passages")) in (500, 1000)
    assert build(engine, tmp_path / "corpus", stages()) == half
    assert is_whole(engine)


def test_a_build_that_was_killed_while_loading_is_gone_on_with(
    engine: MilvusEngine, tmp_path: Path
) -> None:
    # A child of its own: its process is lost with all it had in memory.
    child = os.fork()
    if child == 0:
        try:
            mine = engine_at(engine.server.uri, engine.root)
            build(
                mine,
                tmp_path / "corpus",
                stages(),
                progress=Watched(1000, lambda: os.kill(os.getpid(), signal.SIGKILL)),
            )
        finally:
            os._exit(70)
    _, status = os.waitpid(child, 0)
    assert os.waitstatus_to_exitcode(status) == -signal.SIGKILL
    assert text_served(engine) == BEFORE["a.txt"]
    (half,) = set(generations(engine.root)) - {current(engine.server, engine.alias)}
    assert count(engine.server, collection_name("rag", half, "passages")) == 1000
    build(engine, tmp_path / "corpus", stages())
    assert is_whole(engine)


def test_rows_that_do_not_belong_there_are_not_served(
    engine: MilvusEngine, server: LiteServer, tmp_path: Path
) -> None:
    def add() -> None:
        name = collection_name("rag", generations(engine.root)[-1], "passages")
        rows = engine.server.ask(
            lambda client, _: client.query(name, filter="row == 0", output_fields=["*"])
        )
        stranger = [{**rows[0], "row": 10**6}]
        engine.server.ask(lambda client, _: client.insert(name, stranger))

    with pytest.raises(RagError, match=rf"held {MANY + 1} rows instead of {MANY}.*still served"):
        build(engine, tmp_path / "corpus", stages(), progress=Watched(1000, add))
    assert text_served(engine) == BEFORE["a.txt"]
    build(engine, tmp_path / "corpus", stages())
    assert is_whole(engine)


def test_what_a_later_corpus_replaced_before_it_was_served_is_removed(
    engine: MilvusEngine, server: LiteServer, tmp_path: Path
) -> None:
    hasty = engine_at(server.uri, engine.root, seconds=1.0)
    with pytest.raises(RagError):
        build(hasty, tmp_path / "corpus", stages(), progress=Watched(500, server.kill))
    server.start()
    corpus = write(tmp_path / "corpus", {"a.txt": "the latest words"})
    latest = build(engine, corpus, stages(), keep=2)
    assert text_served(engine) == "the latest words"
    names = engine.server.ask(lambda client, _: client.list_collections())
    # Of the one that was left half-written, which the folder still has, nothing was taken away.
    assert set(engine.generations()) == {latest}
    assert {name.rpartition("_")[0] for name in names} <= {
        f"rag_{name.replace('-', '_')}" for name in generations(engine.root)
    }


def test_questions_go_on_while_a_generation_is_loaded(engine: MilvusEngine, tmp_path: Path) -> None:
    seen: list[str] = []
    done = threading.Event()

    def ask() -> None:
        while not done.is_set():
            seen.append(text_served(engine))
            time.sleep(0.05)

    asking = threading.Thread(target=ask)
    asking.start()
    try:
        build(engine_at(engine.server.uri, engine.root), tmp_path / "corpus", stages())
    finally:
        done.set()
        asking.join()
    # One whole text or the other, and never back.
    assert set(seen) <= {BEFORE["a.txt"], AFTER["a.txt"]}
    assert seen == sorted(seen, key=[BEFORE["a.txt"], AFTER["a.txt"]].index)
    assert seen[0] == BEFORE["a.txt"]
