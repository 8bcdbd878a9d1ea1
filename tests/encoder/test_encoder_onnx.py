"""The packaged model under ONNX Runtime: the same meaning as PyTorch, the same bits every time."""

from __future__ import annotations

import hashlib
import multiprocessing
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from cli_tools import Library
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from model_file import HIDDEN, PIECES, POSITIONS, weights
from platformdirs import user_cache_path
from test_packaged import TEXTS, real

from rag.encoder import Encoder, LanguageMeans, Vectors, packaged
from rag.encoder import onnx_backend as onnx
from rag.encoder.backend import placed
from rag.encoder.graph import quantise
from rag.encoder.tokens import Tokens, write_vocabulary
from rag.encoder.weights import Vocabulary, read_weights
from rag.errors import ModelError

REPOSITORY = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a tiny file of weights."""
    folder = tmp_path_factory.mktemp("tiny")
    (folder / "tiny.bin").write_bytes(weights())
    return folder


@pytest.fixture
def cache(place: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A cache of its own; the tiny file of weights is taken for the packaged one."""
    monkeypatch.setattr(packaged, "weights_file", lambda: place / "tiny.bin")
    monkeypatch.setattr(packaged, "WEIGHTS_SHA256", hashlib.sha256(weights()).hexdigest())
    return place / "cache"


def encoder_of(cache: Path, backend: Any = "onnx") -> Encoder:
    return Encoder(cache=cache, backend=backend, means=LanguageMeans())


def encode(encoder: Encoder, texts: list[str]) -> Vectors:
    return encoder.encode_passages(texts, ["und"] * len(texts))


def test_columns_are_rounded_to_7_bits_with_a_scale_of_their_own() -> None:
    # Greatest of the columns 32, 1 and 0: scales 32/64 = 0.5, 1/64 and 1.
    # 32/0.5 = 64, -8/0.5 = -16; 0.5 * 64 = 32, -1 * 64 = -64.
    matrix = np.array([[32, 0.5, 0], [-8, -1, 0]], dtype=np.float32)
    values, scales = quantise(matrix)
    assert scales.tolist() == [0.5, 1 / 64, 1]
    assert values.tolist() == [[64, 32, 0], [-16, -64, 0]]


@given(st.integers(1, 40), st.integers(1, 8), st.integers(0, 2**32 - 1))
def test_rounding_is_off_by_half_a_step_at_most(rows: int, columns: int, seed: int) -> None:
    matrix = np.random.default_rng(seed).normal(size=(rows, columns)).astype(np.float32)
    values, scales = quantise(matrix)
    assert np.all(np.abs(values * scales - matrix) <= scales * 0.5001)
    # A sum of two products with 255, the greatest activation, has to fit into 16 bits.
    assert int(np.abs(values.astype(int)).max()) * 255 * 2 <= 2**15 - 1


def test_the_graph_is_the_model_that_pytorch_runs(cache: Path) -> None:
    texts = ["risk", "風險", "risk 險 風", "險險 risk risk"]
    ours, theirs = (encode(encoder_of(cache, backend), texts) for backend in ("onnx", "torch"))
    assert ours.shape == (len(texts), HIDDEN)
    assert (ours * theirs).sum(axis=1).min() > 0.98
    assert np.allclose(np.linalg.norm(ours, axis=1), 1, atol=1e-5)


def test_the_texts_cut_end_at_the_window(cache: Path) -> None:
    encoder = encoder_of(cache)
    assert encoder.max_tokens == POSITIONS
    assert encoder.count_tokens(["險" * 100, "險"]) == [101, 2]  # the first is ▁
    encoder = Encoder(cache=cache, means=LanguageMeans(), passage_prompt="")
    # 16 places, less two for <s> and </s> and one for ▁, leave 13.
    long, cut, shorter = encode(encoder, ["險" * 100, "險" * 13, "險" * 12])
    assert np.array_equal(long, cut)
    assert not np.array_equal(long, shorter)


tiny_texts = st.text(alphabet="risk 風險?", max_size=30)


@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(tiny_texts, min_size=1, max_size=6), st.randoms(use_true_random=False))
def test_a_vector_depends_on_its_text_alone(cache: Path, texts: list[str], random: Any) -> None:
    encoder = encoder_of(cache)
    alone = {text: encode(encoder, [text])[0] for text in texts}
    random.shuffle(texts)
    for text, vector in zip(texts, encode(encoder, texts), strict=True):
        assert np.array_equal(vector, alone[text])


@real
@pytest.mark.parametrize("processors", [1, 2, 7])
def test_real_vectors_are_the_same_to_the_bit_however_many_run_at_once(
    monkeypatch: pytest.MonkeyPatch, processors: int
) -> None:
    encoder = encoder_of(user_cache_path("rag"))
    alone = np.concatenate([encode(encoder, [text]) for text in TEXTS])
    monkeypatch.setattr(onnx, "processors", lambda: processors)
    assert np.array_equal(encode(encoder, TEXTS), alone)
    assert np.array_equal(encode(encoder, TEXTS[::-1]), alone[::-1])


@real
def test_real_vectors_mean_what_those_of_pytorch_mean() -> None:
    ours, theirs = (
        encode(encoder_of(user_cache_path("rag"), backend), TEXTS) for backend in ("onnx", "torch")
    )
    assert (ours * theirs).sum(axis=1).mean() > 0.995


def test_every_text_is_counted(cache: Path) -> None:
    told: list[int] = []
    texts = ["risk", "險"] * 20
    encoder_of(cache).encode_passages(texts, ["und"] * 40, told.append)
    assert sum(told) == 40


def test_a_progress_that_fails_stops_the_rest(cache: Path) -> None:
    def stop(_: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        encoder_of(cache).encode_passages(["risk"] * 50, ["und"] * 50, stop)


def vocabulary() -> Vocabulary:
    """Pieces that overlap, so that the scores decide; ``qz`` is the least likely of all."""
    pieces = [(piece, 0.0) for piece in PIECES[:4]]
    pieces += [("▁", -3.0), ("a", -4.0), ("b", -4.5), ("ab", -7.0), ("▁ab", -9.0), ("ba", -8.6)]
    pieces += [("▁a", -6.0), ("險", -5.0), ("險a", -8.0), ("aab", -9.9), ("qz", -11.0)]
    return Vocabulary(pieces, bos=0, eos=2, pad=1, unk=3)


@given(st.lists(st.text(alphabet="ab 險qzＡ<s>\u200b\n", max_size=12), max_size=5))
def test_the_pieces_that_occur_give_the_tokens_of_all_pieces(
    tmp_path_factory: pytest.TempPathFactory, texts: list[str]
) -> None:
    folder = tmp_path_factory.mktemp("vocabulary")
    write_vocabulary(vocabulary(), folder)
    whole = packaged.make_tokenizer(vocabulary(), None)
    expected = [whole.encode(text, add_special_tokens=False).ids for text in texts]
    assert Tokens(folder).ids(texts) == expected


@real
@pytest.mark.parametrize("pad", ["", " word" * 4000])
def test_real_tokens_are_those_of_all_pieces(tmp_path: Path, pad: str) -> None:
    """With a few short texts, and with so many that the tokenizer of all the pieces is built."""
    words = read_weights(memoryview(packaged.weights_file().read_bytes())).vocabulary
    write_vocabulary(words, tmp_path)
    whole = packaged.make_tokenizer(words, None)
    texts = [*TEXTS, "a <s> inside </s>b <unk>", "\x00\x01", "  ", "", pad]
    expected = [whole.encode(text, add_special_tokens=False).ids for text in texts]
    assert Tokens(tmp_path).ids(texts) == expected


def test_it_is_made_once_and_said_so(cache: Path, tmp_path: Path) -> None:
    told: list[str] = []
    for _ in range(2):
        onnx.open_onnx(tmp_path, told.append)
    assert told == ["Unpacking the embedding model (once)"]
    (folder,) = tmp_path.iterdir()
    (folder / "model.onnx").write_bytes(b"cut short")
    with pytest.raises(ModelError) as raised:
        onnx.open_onnx(tmp_path, told.append)
    assert f"{folder}" in str(raised.value) and "Delete" in str(raised.value)


@pytest.mark.skipif(sys.platform == "win32", reason="forks, so that the weights stay replaced")
def test_processes_that_make_it_at_once_do_not_disturb_each_other(
    cache: Path, tmp_path: Path
) -> None:
    context = multiprocessing.get_context("fork")
    with context.Pool(4) as pool:
        dimensions = pool.map(_dimension, [tmp_path] * 8, chunksize=1)
    assert dimensions == [HIDDEN] * 8
    assert len(list(tmp_path.iterdir())) == 1


def _dimension(cache: Path) -> int:
    return encoder_of(cache).dimension


HEAVY = ("torch", "transformers", "sentence_transformers", "onnx", "gradio", "lingua", "sklearn")


@real
@pytest.mark.parametrize(
    ("command", "besides"),
    [("search", ("docx", "pypdf", "scipy", "pandas")), ("ask", ("docx", "pypdf", "scipy")),
     ("eval", ()), ("index", ("scipy", "pandas"))],
)  # fmt: skip
def test_commands_start_without_what_they_do_not_need(
    library: Library, tmp_path: Path, command: str, besides: tuple[str, ...]
) -> None:
    index = library.copy(tmp_path)
    (tmp_path / "one.txt").write_text("The register of risks was not reviewed by the board.")
    subject = {"eval": str(library.queries), "index": str(tmp_path / "one.txt")}
    question = subject.get(command, "How many hours did it take to notice the theft?")
    script = (
        "import sys; from rag.cli import main\n"
        "try: main()\n"
        "except SystemExit as ended: assert not ended.code\n"
        "print(*sys.modules, file=sys.stderr)"
    )
    ended = subprocess.run(
        [sys.executable, "-c", script, command, question, "--index", index],
        env={**os.environ, "PYTHONPATH": str(REPOSITORY)},
        cwd=tmp_path,
        capture_output=True,
        check=True,
    )
    imported = set(ended.stderr.decode().split())
    assert "onnxruntime" in imported
    assert imported.isdisjoint({*HEAVY, *besides})


def test_tokens_stand_where_their_characters_do_and_make_up_the_vector(cache: Path) -> None:
    encoder = encoder_of(cache)
    text = "險 risk 險"
    (alone,) = encoder.encode_tokens([text], ["und"], queries=False)
    _, beside = encoder.encode_tokens(["risk", text], ["und"] * 2, queries=False)
    assert np.array_equal(alone.vectors, beside.vectors)
    assert alone.vectors.shape == (len(alone.spans), encoder.dimension)
    assert all(0 <= start < end <= len(text) for start, end in alone.spans.tolist())
    covered = {at for start, end in alone.spans.tolist() for at in range(start, end)}
    assert {at for at, character in enumerate(text) if character != " "} <= covered


def test_the_mean_of_all_tokens_has_length_1() -> None:
    # The mean of (6, 0), (0, 8) and (6, 8) is (4, 16/3), of length 20/3. Of a text after a prompt
    # of two characters only the last token is kept, at its place in the text.
    rows = np.array([[6, 0], [0, 8], [6, 8]], dtype=np.float32)
    found = placed(rows, [(0, 0), (0, 2), (2, 5)], 2)
    assert found.vectors == pytest.approx(np.array([[0.9, 1.2]]))
    assert found.spans.tolist() == [[0, 3]]


def test_no_texts_have_no_tokens(cache: Path) -> None:
    assert encoder_of(cache).encode_tokens([], [], queries=True) == []


@pytest.mark.parametrize(("allowed", "used"), [("1", 1), ("", 8), ("none", 8), ("64", 8), ("0", 8)])
def test_no_more_processors_are_used_than_allowed(
    monkeypatch: pytest.MonkeyPatch, allowed: str, used: int
) -> None:
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: set(range(8)), raising=False)
    monkeypatch.setenv("OMP_NUM_THREADS", allowed)
    assert onnx.processors() == used
