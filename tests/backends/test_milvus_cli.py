"""Two lines of rag.toml: the same commands say the same, served by a Milvus server."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest
from cli_tools import Library, Rag
from milvus_tools import free_port, needs_milvus

EMBEDDED = {"RAG_ENGINE": "embedded"}


def close(one: Any, other: Any) -> bool:
    """Whether two JSON values are the same, numbers to the precision of what a server keeps."""
    if isinstance(one, dict):
        return one.keys() == other.keys() and all(close(one[key], other[key]) for key in one)
    if isinstance(one, list):
        return len(one) == len(other) and all(map(close, one, other))
    if isinstance(one, float):
        return one == pytest.approx(other, rel=1e-5)
    return bool(one == other)


@needs_milvus
def test_the_commands_say_the_same_on_both_engines(rag: Rag, library: Library) -> None:
    shutil.copytree(library.index, rag.place / "index")
    settings = f'corpus = "{library.corpus.as_posix()}"\nengine = "milvus"\nmilvus_uri = "rag.db"\n'
    (rag.place / "rag.toml").write_text(settings, "utf-8")
    built = rag("index", "--json").json
    assert built["chunks_encoded"] == 0
    assert built["generation"] == library.report["generation"]
    for command in (
        ["search", "How many hours did it take to notice the theft?", "--json"],
        ["search", "覆蓋率", "--language", "zh-Hant", "--json"],
        ["search", "Article 7", "--mode", "bm25", "-k", "3", "--json"],
        ["ask", "How many hours did it take to notice the theft?", "--json"],
        ["ask", "Who won the chess championship in Reykjavik?", "--json"],
        ["info", "--json"],
        ["verify", "--json"],
    ):
        found, wanted = rag(*command), rag(*command, **EMBEDDED)
        assert found.code == wanted.code == 0, found.err
        assert close(found.json, wanted.json), command
    show = ["show", "theft-review.en"]
    assert rag(*show).out == rag(*show, **EMBEDDED).out
    assert "no earlier generation" in rag.fails("rollback")
    # What is asked needs no folder.
    shutil.rmtree(rag.place / "index")
    assert "19 hours" in rag("ask", "How many hours did it take to notice the theft?").out


@needs_milvus
def test_a_server_that_is_away_is_said(rag: Rag, tmp_path: Path) -> None:
    uri = f"http://127.0.0.1:{free_port()}"
    away = {"RAG_ENGINE": "milvus", "RAG_MILVUS_URI": uri, "RAG_MILVUS_SECONDS": "0.3"}
    for command in (["search", "x"], ["info"], ["verify"], ["index", str(tmp_path)]):
        assert f"server at {uri} did not answer within 0.3" in rag.fails(*command, **away)


def test_a_missing_package_is_named(rag: Rag, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("rag.app.find_spec", lambda _: None)
    complaint = rag.fails("info", RAG_ENGINE="milvus", RAG_MILVUS_URI="http://127.0.0.1:1")
    assert "pip install 'regulatory-rag[milvus]'" in complaint


def test_the_server_must_be_named(rag: Rag) -> None:
    assert "needs milvus_uri" in rag.fails("info", RAG_ENGINE="milvus")
    assert "RAG_MILVUS_ALIAS" in rag.fails("info", RAG_MILVUS_ALIAS="no-hyphens")
