"""Any sentence-transformers model under PyTorch, on the CPU, CUDA or MPS."""

from __future__ import annotations

import hashlib
import logging
import os
import threading
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from rag.encoder import packaged
from rag.encoder.backend import Progress, TokenVectors, Vectors, placed
from rag.errors import ModelError

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

_BATCH = 16
_GROUP = 256


class TorchBackend:
    """Runs texts of like length together; vectors differ in the last bits by what is beside."""

    def __init__(self, transformer: SentenceTransformer) -> None:
        self._transformer = transformer
        self._lock = threading.Lock()
        self.dimension = int(transformer.get_embedding_dimension() or 0)
        self.max_tokens = int(transformer.max_seq_length or 512)
        self.prompts: Mapping[str, str] = {
            name: prompt for name, prompt in (transformer.prompts or {}).items() if prompt
        }

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """See ``Backend``."""
        tokenizer = self._transformer.tokenizer
        fast = getattr(tokenizer, "backend_tokenizer", None)
        if fast is None:
            return [len(tokenizer.tokenize(text)) for text in texts]
        with self._lock:
            fast.no_truncation()
            fast.no_padding()
            encodings = fast.encode_batch_fast(list(texts), add_special_tokens=False)
        return [len(encoding.ids) for encoding in encodings]

    def encode(self, texts: Sequence[str], prompt: str, progress: Progress | None) -> Vectors:
        """See ``Backend``."""
        vectors = np.empty((len(texts), self.dimension), dtype=np.float32)
        # Long texts first: a batch is as slow as its longest, and memory is known at once.
        order = np.argsort([-len(text) for text in texts], kind="stable")
        for at in range(0, len(texts), _GROUP):
            rows = order[at : at + _GROUP]
            with self._lock:
                vectors[rows] = self._transformer.encode(
                    [texts[row] for row in rows],
                    prompt=prompt,
                    batch_size=_BATCH,
                    normalize_embeddings=True,
                    show_progress_bar=False,
                )
            if progress:
                progress(len(rows))
        return vectors

    def encode_tokens(self, texts: Sequence[str], prompt: str) -> list[TokenVectors]:
        """See ``Backend``; no tokens where the model's tokenizer does not say where they stand."""
        fast = getattr(self._transformer.tokenizer, "backend_tokenizer", None)
        if fast is None:
            nothing = np.zeros((0, self.dimension), dtype=np.float32)
            return [placed(nothing, [], 0) for _ in texts]
        with self._lock:
            found = self._transformer.encode(
                list(texts),
                prompt=prompt,
                batch_size=_BATCH,
                output_value="token_embeddings",
                show_progress_bar=False,
            )
            fast.enable_truncation(self.max_tokens)
            fast.no_padding()
            encodings = fast.encode_batch([prompt + text for text in texts])
        return [
            placed(vectors.float().cpu().numpy()[: len(one.offsets)], one.offsets, len(prompt))
            for vectors, one in zip(found, encodings, strict=True)
        ]


def open_torch(model: str, cache: Path, device: str, report: Callable[[str], None]) -> TorchBackend:
    """``model`` on ``device``; raises ModelError with the ways out where it cannot be had."""
    folder = packaged.model_folder(cache, report) if model == packaged.NAME else _find(model)
    if folder:
        os.environ.setdefault("HF_HUB_OFFLINE", "1")
    report("Loading the embedding model")
    return TorchBackend(_load(str(folder or model), model, device))


def fingerprint_of(model: str) -> str:
    """Names the weights of a model that does not come with the installation."""
    folder = _find(model)
    return f"{model}-{_hash_folder(folder) if folder else 'hub'}"


def _load(folder: str, name: str, device: str) -> SentenceTransformer:
    os.environ.setdefault("TOKENIZERS_PARALLELISM", "true")
    os.environ.setdefault("HF_HUB_DISABLE_TELEMETRY", "1")
    os.environ.setdefault("HF_HUB_DISABLE_PROGRESS_BARS", "1")
    try:
        import transformers
        from huggingface_hub import HfApi
        from sentence_transformers import SentenceTransformer

        transformers.utils.logging.set_verbosity_error()  # type: ignore[no-untyped-call]
        transformers.utils.logging.disable_progress_bar()  # type: ignore[no-untyped-call]
        logging.getLogger("sentence_transformers").setLevel(logging.ERROR)
        if not Path(folder).is_dir():
            with suppress(Exception):
                return SentenceTransformer(folder, device=device, local_files_only=True)
            # Asked once, so that a machine without network is told at once and not after retries.
            HfApi().model_info(folder, timeout=10)
        return SentenceTransformer(folder, device=device)
    except ImportError as error:
        raise ModelError(
            f"The embedding model cannot run: {error}. Install the locked packages again "
            '("make install").'
        ) from error
    # The libraries below raise whatever went wrong: OSError, ValueError, RuntimeError, HTTP errors.
    except Exception as error:
        first_line = next(iter(str(error).strip().splitlines()), type(error).__name__)
        raise ModelError(
            f'The model "{name}" is not on this machine and cannot be fetched, or is no '
            f"sentence-transformers model ({first_line[:200]}). Either give model in rag.toml the "
            'path of a folder that holds one, or take the line out (model = "packaged") to use the '
            "model that comes with the installation."
        ) from error


def _find(model: str) -> Path | None:
    path = Path(model).expanduser()
    return path if path.is_dir() else None


def _hash_folder(folder: Path) -> str:
    """Configuration in full; of large weights size, beginning and end."""
    digest = hashlib.sha256()
    for file in sorted(folder.rglob("*")):
        if file.is_file():
            size = file.stat().st_size
            digest.update(f"{file.relative_to(folder).as_posix()}\0{size}\0".encode())
            with file.open("rb") as handle:
                digest.update(handle.read(1 << 20))
                if size > 2 << 20:
                    handle.seek(-(1 << 20), os.SEEK_END)
                    digest.update(handle.read())
    return digest.hexdigest()[:12]
