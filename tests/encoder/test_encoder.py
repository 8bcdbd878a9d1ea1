"""Texts to unit vectors: prompts, means, order, and models that cannot be had."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import numpy as np
import pytest
from numpy.typing import NDArray

from rag.encoder import Encoder, LanguageMeans, load_means, save_means, unit
from rag.encoder.torch_backend import TorchBackend
from rag.errors import ConfigError, ModelError

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer


def vector(*values: float) -> NDArray[np.float32]:
    return np.array(values, dtype=np.float32)


def test_the_mean_of_the_language_is_subtracted_and_the_length_made_1() -> None:
    means = LanguageMeans(passages={"en": vector(0.6, 0.0), "ar": vector(0.0, 0.8)})
    texts = np.array([[0.6, 0.8], [0.6, 0.8]], dtype=np.float32)
    # en: (0.6 - 0.6, 0.8 - 0) = (0, 0.8), of length 1: (0, 1).
    # ar: (0.6 - 0, 0.8 - 0.8) = (0.6, 0), of length 1: (1, 0).
    removed = means.remove(texts, ["en", "ar"], queries=False)
    assert np.allclose(removed, [[0, 1], [1, 0]], atol=1e-6)


def test_a_language_without_a_mean_gets_that_of_all() -> None:
    means = LanguageMeans(passages={"en": vector(0.6, 0.0), "ar": vector(0.0, 0.8)})
    # ((0.6, 0) + (0, 0.8)) / 2 = (0.3, 0.4); (0.6, 0.8) - (0.3, 0.4) = (0.3, 0.4), length 0.5.
    removed = means.remove(np.array([[0.6, 0.8]], dtype=np.float32), ["th"], queries=False)
    assert np.allclose(removed, [[0.6, 0.8]], atol=1e-6)


def test_questions_and_passages_have_means_of_their_own() -> None:
    means = LanguageMeans(queries={"en": vector(0.6, 0.0)}, passages={"en": vector(0.0, 0.8)})
    text = np.array([[0.6, 0.8]], dtype=np.float32)
    assert np.allclose(means.remove(text, ["en"], queries=True), [[0, 1]], atol=1e-6)
    assert np.allclose(means.remove(text, ["en"], queries=False), [[1, 0]], atol=1e-6)


def test_without_means_vectors_stay() -> None:
    text = np.array([[0.6, 0.8]], dtype=np.float32)
    assert LanguageMeans().remove(text, ["en"], queries=True) is text


def test_rows_become_unit_length_and_zeros_stay() -> None:
    # 3² + 4² = 5²
    rows = np.array([[3, 4], [0, 0]], dtype=np.float32)
    assert np.allclose(unit(rows), [[0.6, 0.8], [0, 0]])


def test_means_come_back_from_their_file(tmp_path: Path) -> None:
    means = LanguageMeans({"en": vector(0.5, 0.25)}, {"zh-Hant": vector(-0.5, 0.125)})
    save_means(means, tmp_path / "means.npz")
    again = load_means(tmp_path / "means.npz")
    assert again.queries["en"].tolist() == [0.5, 0.25]
    assert again.passages["zh-Hant"].tolist() == [-0.5, 0.125]
    assert again.fingerprint() == means.fingerprint()
    assert again.fingerprint() != LanguageMeans().fingerprint()


def test_a_file_of_means_that_is_missing_or_broken_is_named(tmp_path: Path) -> None:
    file = tmp_path / "means.npz"
    with pytest.raises(ModelError, match=r"means\.npz.*rag\.toml"):
        load_means(file)
    file.write_bytes(b"no archive")
    with pytest.raises(ModelError, match=r"means\.npz"):
        load_means(file)


class FakeTransformer:
    """Vectors that tell the text's length and whether a prompt stood before it."""

    max_seq_length = 512

    def __init__(self, prompts: dict[str, str]) -> None:
        self.prompts = prompts
        self.asked: list[tuple[str, str]] = []

    def get_embedding_dimension(self) -> int:
        return 2

    def encode(self, texts: Sequence[str], *, prompt: str, **_: Any) -> NDArray[np.float32]:
        self.asked += [(prompt, text) for text in texts]
        return unit(np.array([[len(text), 1.0] for text in texts], dtype=np.float32))


def encoder_of(fake: FakeTransformer, tmp_path: Path, **settings: Any) -> Encoder:
    made = Encoder("fake", cache=tmp_path, means=LanguageMeans(), **settings)
    made._loaded = TorchBackend(cast("SentenceTransformer", fake))
    return made


def test_questions_and_passages_have_prompts_of_their_own(tmp_path: Path) -> None:
    fake = FakeTransformer({"query": "query: ", "document": "passage: "})
    encoder = encoder_of(fake, tmp_path)
    encoder.encode_queries(["a"], ["en"])
    encoder.encode_passages(["b"], ["en"])
    assert fake.asked == [("query: ", "a"), ("passage: ", "b")]


def test_prompts_that_were_set_beat_the_models_own(tmp_path: Path) -> None:
    fake = FakeTransformer({"query": "query: ", "document": "passage: "})
    encoder = encoder_of(fake, tmp_path, query_prompt="Q ", passage_prompt="")
    encoder.encode_queries(["a"], ["en"])
    encoder.encode_passages(["b"], ["en"])
    assert fake.asked == [("Q ", "a"), ("", "b")]


def test_a_model_without_prompts_gets_none(tmp_path: Path) -> None:
    fake = FakeTransformer({})
    encoder_of(fake, tmp_path).encode_queries(["a"], ["en"])
    assert fake.asked == [("", "a")]


def test_rows_come_back_in_the_order_of_the_texts_and_are_counted(tmp_path: Path) -> None:
    texts = ["x" * (7 * i % 600 + 1) for i in range(600)]
    told: list[int] = []
    encoder = encoder_of(FakeTransformer({}), tmp_path)
    vectors = encoder.encode_passages(texts, ["en"] * len(texts), told.append)
    expected = unit(np.array([[len(text), 1.0] for text in texts], dtype=np.float32))
    assert np.array_equal(vectors, expected)
    assert sum(told) == 600


def test_no_texts_give_no_rows(tmp_path: Path) -> None:
    encoder = encoder_of(FakeTransformer({}), tmp_path)
    assert encoder.encode_passages([], []).shape == (0, 2)
    assert encoder.count_tokens([]) == []


def test_the_fingerprint_changes_with_whatever_changes_vectors(tmp_path: Path) -> None:
    folder = tmp_path / "model"
    folder.mkdir()
    (folder / "config.json").write_text("{}")

    def fingerprint(**settings: Any) -> str:
        return Encoder(str(folder), cache=tmp_path, **settings).fingerprint

    first = fingerprint()
    assert first == fingerprint()
    means = LanguageMeans(passages={"en": vector(1, 0)})
    others = [
        fingerprint(query_prompt="Q "),
        fingerprint(passage_prompt=""),
        fingerprint(means=means),
    ]
    (folder / "config.json").write_text('{"changed": 1}')
    assert len({first, *others, fingerprint(), Encoder(cache=tmp_path).fingerprint}) == 6


def test_the_fingerprint_names_what_runs_the_model(tmp_path: Path) -> None:
    auto, onnx, torch, cuda = (
        Encoder(cache=tmp_path, **settings).fingerprint
        for settings in ({}, {"backend": "onnx"}, {"backend": "torch"}, {"device": "cuda:0"})
    )
    assert auto == onnx
    assert torch == cuda
    assert onnx != torch


@pytest.mark.parametrize("settings", [{"model": "some/model"}, {"device": "cuda"}])
def test_what_onnx_cannot_run_is_refused(tmp_path: Path, settings: dict[str, str]) -> None:
    with pytest.raises(ConfigError) as raised:
        Encoder(cache=tmp_path, backend="onnx", **settings)  # type: ignore[arg-type]
    message = str(raised.value)
    assert all(f'{name} = "{value}"' in message for name, value in settings.items())
    assert "rag.toml" in message and '"torch"' in message


@pytest.mark.parametrize("content", [None, {"broken": True}])
def test_a_model_that_cannot_be_had_names_both_ways_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, content: dict[str, bool] | None
) -> None:
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    folder = tmp_path / "model"
    if content is not None:
        folder.mkdir()
        (folder / "modules.json").write_text(json.dumps(content))
    name = str(folder) if content else "nobody/no-such-model"
    with pytest.raises(ModelError) as raised:
        Encoder(name, cache=tmp_path).load()
    message = str(raised.value)
    assert name in message
    assert "rag.toml" in message and "folder" in message
    assert 'model = "packaged"' in message
    assert "\n" not in message
