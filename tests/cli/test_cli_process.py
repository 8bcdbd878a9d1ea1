"""``rag`` as a process of its own: what the operating system and other programs see."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from cli_tools import Library, Rag
from model_file import weights

from rag import __version__
from rag.encoder import packaged

REPOSITORY = Path(__file__).parents[2]


def start(*arguments: str | Path, **environment: str) -> subprocess.CompletedProcess[bytes]:
    """Run ``python -m rag``."""
    return subprocess.run(
        [sys.executable, "-m", "rag", *arguments],
        env={**os.environ, "PYTHONPATH": str(REPOSITORY), **environment},
        capture_output=True,
        stdin=subprocess.DEVNULL,
        check=False,
    )


def test_stdout_has_the_json_and_nothing_else(library: Library) -> None:
    question = "How many hours did it take to notice the theft?"
    ended = start("ask", question, "--index", library.index, "--json")
    assert ended.returncode == 0, ended.stderr
    answer = json.loads(ended.stdout.decode("utf-8"))
    assert answer["refused"] is False
    assert b"Traceback" not in ended.stderr


def test_what_fails_exits_1_with_one_sentence(tmp_path: Path) -> None:
    ended = start("info", "--index", tmp_path / "none")
    assert ended.returncode == 1
    assert ended.stdout == b""
    (line,) = ended.stderr.decode().splitlines()
    assert line.startswith("rag: ") and "rag index" in line


def test_a_terminal_without_unicode_gets_what_it_can_show(library: Library) -> None:
    plain = {"PYTHONIOENCODING": "ascii"}
    arguments = ("--index", library.index, "--mode", "bm25", "-k", "1")
    ended = start("search", "流動性", *arguments, "--json", **plain)
    assert ended.returncode == 0, ended.stderr
    assert "流動性" in json.loads(ended.stdout.decode("ascii"))["hits"][0]["text"]


def test_a_reader_that_goes_away_is_no_fault(library: Library) -> None:
    command = f'"{sys.executable}" -m rag show theft-review.en --index "{library.index}" | true'
    environment = {**os.environ, "PYTHONPATH": str(REPOSITORY)}
    ended = subprocess.run(command, shell=True, env=environment, capture_output=True, check=False)
    assert b"Traceback" not in ended.stderr and b"Exception" not in ended.stderr


def test_a_model_that_is_not_there_names_both_ways_out(rag: Rag, library: Library) -> None:
    message = rag.fails(
        "index", library.corpus, "--index", "index",
        RAG_MODEL="nobody/no-such-model", HF_HUB_OFFLINE="1",
    )  # fmt: skip
    assert "nobody/no-such-model" in message
    assert "folder" in message and 'model = "packaged"' in message


def test_another_model_refuses_the_index_and_builds_its_own(
    rag: Rag, library: Library, tmp_path: Path
) -> None:
    folder = tmp_path / "tiny model"
    folder.mkdir()
    packaged.write_folder(memoryview(weights()), folder)
    index = library.copy(rag.place)
    message = rag.fails("search", "theft", "--index", index, RAG_MODEL=str(folder))
    assert "another embedding model" in message and "rag index" in message
    corpus = rag.place / "corpus"
    corpus.mkdir()
    (corpus / "one.txt").write_text("The risk was not reviewed.")
    small = {"RAG_MODEL": str(folder), "RAG_CHUNK_TOKENS": "32"}
    built = rag("index", corpus, "--index", index, "--json", **small)
    assert built.code == 0, built.err
    assert built.json["added"] == ["one"]
    assert rag("search", "risk", "--index", index, **small).code == 0


def test_nothing_reaches_for_the_network(
    rag: Rag, library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    import socket

    def refuse(*_: object) -> None:
        raise AssertionError("a connection was tried")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    (rag.place / "corpus").mkdir()
    (rag.place / "corpus" / "one.txt").write_text("The risk was not reviewed by the board.")
    assert rag("index", "corpus", "--index", "index").code == 0
    assert rag("ask", "Was the risk reviewed by the board?", "--index", "index").code == 0


def test_the_version_is_that_of_the_package() -> None:
    ended = start("--version")
    assert (ended.returncode, ended.stdout.decode().strip()) == (0, __version__)
