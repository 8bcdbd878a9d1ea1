"""The setting ``reader`` from the command line: who loads it, and what is said where it fails."""

from __future__ import annotations

import json
import logging
import shutil
from pathlib import Path
from typing import Any

import pytest
from cli_tools import Library, Rag

from rag import app
from rag.config import Settings
from rag.encoder import packaged
from rag.errors import ModelError
from rag.reader_model import model
from rag.reader_model.model import adapter_fingerprint, reader_folder

QUESTION = "How many hours did it take to notice the theft?"


def never(*_: Any, **__: Any) -> Any:
    raise AssertionError("the reader model is loaded")


def entries(file: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in file.read_text("utf-8").splitlines()]


def test_what_asks_nothing_loads_no_reader(
    rag: Rag, library: Library, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("open_reader", "ReaderModel", "adapter_fingerprint"):
        monkeypatch.setattr(model, name, never)
    where = ("--index", library.copy(tmp_path))
    for command in (("search", QUESTION), ("info",), ("index", library.corpus), ("verify",)):
        result = rag(*command, *where)
        assert result.code == 0, result.err


@pytest.mark.parametrize("empty_folder", [False, True])
def test_a_reader_that_is_no_model_is_named_in_one_sentence(
    rag: Rag, library: Library, tmp_path: Path, empty_folder: bool
) -> None:
    (tmp_path / "empty").mkdir()
    name = str(tmp_path / "empty") if empty_folder else "nonsense"
    complaint = rag.fails("ask", QUESTION, "--index", library.index, RAG_READER=name)
    assert f'The reader "{name}" cannot be loaded' in complaint
    assert '"none"' in complaint
    assert rag("search", QUESTION, "--index", library.index, RAG_READER=name).code == 0


def test_a_reader_that_was_cut_off_in_the_cache_is_named_and_made_anew(
    rag: Rag, library: Library, tmp_path: Path
) -> None:
    own = Settings().cache
    cache = tmp_path / "cache"
    for folder in own.glob("multilingual*onnx*"):
        shutil.copytree(folder, cache / folder.name)
    ask = ("ask", QUESTION, "--index", library.index, "--json")
    whole = rag(*ask, RAG_CACHE=str(cache))
    assert "Unpacking the reader model (once)" in whole.err
    folder = reader_folder(cache)
    cut = (folder / "reader.onnx").read_bytes()[:1_000_000]
    shutil.rmtree(folder)
    shutil.copytree(reader_folder(own), folder) if reader_folder(own).is_dir() else folder.mkdir()
    (folder / "reader.onnx").write_bytes(cut)
    model_of = model.ReaderModel
    with pytest.MonkeyPatch.context() as patch:
        # The model of this folder was kept by the first call.
        patch.setattr("cli_tools._loaders", lambda: [(model, "ReaderModel", model_of)])
        complaint = rag.fails(*ask, RAG_CACHE=str(cache))
        assert str(folder) in complaint
        assert "Delete that folder" in complaint
        shutil.rmtree(folder)
        assert rag(*ask, RAG_CACHE=str(cache)).json == whole.json


def test_without_the_wheel_another_embedding_model_answers_without_the_reader(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def missing() -> Path:
        raise ModelError("no wheel")

    monkeypatch.setattr(packaged, "weights_file", missing)
    app._say_without_reader.cache_clear()
    settings = Settings(model="FOLDER", cache=tmp_path)
    with caplog.at_level(logging.WARNING):
        assert app.make_reader(settings) is None
        assert app.make_reader(settings) is None
    assert len(caplog.records) == 1
    assert 'reader = "none"' in caplog.text
    assert app.reader_used(settings) == {"reader": "none", "reader_weights": None}
    made = reader_folder(tmp_path)
    made.mkdir()
    (made / "reader.onnx").write_bytes(b"")
    assert app.reader_in_force(settings) == "auto"


def test_those_of_one_process_share_the_packaged_reader(tmp_path: Path) -> None:
    settings = Settings(cache=tmp_path)
    reader = app.make_reader(settings)
    assert app.make_reader(settings.model_copy(update={"mode": "bm25"})) is reader
    assert app.make_reader(Settings(cache=tmp_path / "other")) is not reader
    assert app.make_reader(Settings(reader="none")) is None


def test_the_record_has_the_reader_and_answers_are_repeated_with_it(
    rag: Rag, library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    where = ("--index", library.index)
    for reader in ("auto", "none"):
        assert rag("ask", QUESTION, *where, RAG_RECORD="on", RAG_READER=reader).code == 0
    read, unread = entries(rag.place / "record.jsonl")
    assert read["settings"]["reader"] == "auto"
    assert read["settings"]["reader_weights"] == adapter_fingerprint()
    assert (unread["settings"]["reader"], unread["settings"]["reader_weights"]) == ("none", None)
    assert read["evidence"] != unread["evidence"]
    for now in ("auto", "none"):
        result = rag("audit", *where, "--json", RAG_RECORD="on", RAG_READER=now)
        assert [one["outcome"] for one in result.json["replayed"]] == ["same", "same"], result
    monkeypatch.setattr(model, "adapter_fingerprint", lambda _=None: "f" * 12)
    result = rag("audit", *where, "--json", RAG_RECORD="on")
    first, second = result.json["replayed"]
    assert (first["outcome"], second["outcome"]) == ("unusable", "same")
    assert adapter_fingerprint() in first["details"][0]
    assert "f" * 12 in first["details"][0]


def test_a_record_without_the_reader_is_of_answers_without_one(
    library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[Settings] = []
    monkeypatch.setattr(app, "make_assistant", lambda settings, *_, **__: made.append(settings))
    settings = Settings(index=library.index)
    replay = app.make_replay(settings, app.make_encoder(settings))
    replay("generation", {"mode": "dense"})
    assert [(one.mode, one.reader) for one in made] == [("dense", "none")]
