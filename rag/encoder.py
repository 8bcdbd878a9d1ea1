"""Text to unit vectors: questions and passages apart, each language's mean removed.

Multilingual encoders place the texts of one language together, whatever they say, so that a pool of
several languages ranks the question's own language first. The offset is nearly the same for all
texts of a language; subtracting its mean and normalising again makes languages comparable
(README, figures).
"""

from __future__ import annotations

import hashlib
import json
import logging
import os
import threading
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from rag import packaged
from rag.errors import ModelError

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

Vectors = NDArray[np.float32]
Progress = Callable[[int], None]

_MEANS_FILE = Path(__file__).parent / "data" / "language-means.npz"
_BATCH = 16
_GROUP = 256


@dataclass(frozen=True, slots=True)
class LanguageMeans:
    """Mean vectors by language, of questions and of passages apart; each of shape (dimension,).

    A language that has none gets the mean of all the languages.
    """

    queries: Mapping[str, Vectors] = field(default_factory=dict)
    passages: Mapping[str, Vectors] = field(default_factory=dict)

    def remove(self, vectors: Vectors, languages: Sequence[str], *, queries: bool) -> Vectors:
        """``vectors`` (n, dimension) less the mean of each one's language, of unit length again."""
        means = self.queries if queries else self.passages
        if not means:
            return vectors
        common = np.mean(np.stack(list(means.values())), axis=0)
        offsets = np.stack([means.get(language, common) for language in languages])
        return unit(vectors - offsets)

    def fingerprint(self) -> str:
        """A hash of all the means, short; the same for the same numbers."""
        digest = hashlib.sha256()
        for means in (self.queries, self.passages):
            for language in sorted(means):
                digest.update(language.encode() + means[language].tobytes())
        return digest.hexdigest()[:12]


def unit(vectors: Vectors) -> Vectors:
    """Rows of length 1; a row of zeros stays one."""
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    return np.asarray(vectors / np.maximum(lengths, 1e-12), dtype=np.float32)


def load_means(file: Path = _MEANS_FILE) -> LanguageMeans:
    """The means shipped for the packaged model; none where the file is missing."""
    if not file.is_file():
        return LanguageMeans()
    with np.load(file, allow_pickle=False) as arrays:
        split: dict[str, dict[str, Vectors]] = {"query": {}, "passage": {}}
        for key in arrays.files:
            kind, language = key.split("/", 1)
            split[kind][language] = arrays[key].astype(np.float32)
    return LanguageMeans(split["query"], split["passage"])


class Encoder:
    """A sentence-transformers model, loaded when it is first needed; safe to share by threads.

    Vectors are float32 of shape (n, ``dimension``) and unit length, so their inner product is the
    cosine, from -1 to 1, higher is nearer.
    """

    def __init__(
        self,
        model: str = packaged.NAME,
        *,
        cache: Path,
        device: str = "cpu",
        query_prompt: str | None = None,
        passage_prompt: str | None = None,
        means: LanguageMeans | None = None,
        report: Callable[[str], None] = lambda _: None,
    ) -> None:
        self.model = model
        self._cache = cache
        self._device = device
        self._prompts = {"query": query_prompt, "passage": passage_prompt}
        self._report = report
        self._lock = threading.Lock()
        shipped = model == packaged.NAME
        self._means = means if means is not None else load_means() if shipped else LanguageMeans()

    @property
    def dimension(self) -> int:
        """Components of a vector."""
        return int(self._transformer.get_embedding_dimension() or 0)

    @property
    def max_tokens(self) -> int:
        """The model's window, special tokens counted."""
        return int(self._transformer.max_seq_length or 512)

    @cached_property
    def fingerprint(self) -> str:
        """Names weights, prompts and means: equal fingerprints give equal vectors."""
        if self.model == packaged.NAME:
            weights = f"{packaged.NAME}-{packaged.WEIGHTS_SHA256[:12]}"
        else:
            folder = _find_folder(self.model)
            weights = f"{self.model}-{_hash_folder(folder) if folder else 'hub'}"
        prompts = json.dumps(self._prompts, sort_keys=True)
        return f"{weights}/{self._means.fingerprint()}/{prompts}"

    def load(self) -> None:
        """Load the model now; raises ModelError with the ways out where it cannot be had."""
        _ = self._transformer

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """The number of the model's tokens in each text, special tokens left out."""
        if not texts:
            return []
        tokenizer = self._transformer.tokenizer
        fast = getattr(tokenizer, "backend_tokenizer", None)
        if fast is not None:
            with self._lock:
                fast.no_truncation()
                fast.no_padding()
                encodings = fast.encode_batch_fast(list(texts), add_special_tokens=False)
            return [len(encoding.ids) for encoding in encodings]
        return [len(tokenizer.tokenize(text)) for text in texts]

    def encode_queries(self, texts: Sequence[str], languages: Sequence[str]) -> Vectors:
        """Vectors of questions; ``languages`` has the language of each."""
        return self._encode(texts, languages, "query", None)

    def encode_passages(
        self, texts: Sequence[str], languages: Sequence[str], progress: Progress | None = None
    ) -> Vectors:
        """Vectors of passages; ``progress`` is told how many more are done."""
        return self._encode(texts, languages, "passage", progress)

    def _encode(
        self, texts: Sequence[str], languages: Sequence[str], kind: str, progress: Progress | None
    ) -> Vectors:
        if not texts:
            return np.zeros((0, self.dimension), dtype=np.float32)
        transformer = self._transformer
        prompt = self._prompt(kind)
        raw = np.empty((len(texts), self.dimension), dtype=np.float32)
        # Long texts first: a batch is as slow as its longest, and memory is known at once.
        order = np.argsort([-len(text) for text in texts], kind="stable")
        for at in range(0, len(texts), _GROUP):
            rows = order[at : at + _GROUP]
            with self._lock:
                raw[rows] = transformer.encode(
                    [texts[row] for row in rows],
                    prompt=prompt,
                    batch_size=_BATCH,
                    normalize_embeddings=True,
                    show_progress_bar=False,
                )
            if progress:
                progress(len(rows))
        return self._means.remove(raw, languages, queries=kind == "query")

    def _prompt(self, kind: str) -> str:
        own = self._prompts[kind]
        if own is not None:
            return own
        names = ("query",) if kind == "query" else ("document", "passage", "corpus")
        prompts = self._transformer.prompts or {}
        return next((text for name in names if (text := prompts.get(name))), "")

    @cached_property
    def _transformer(self) -> SentenceTransformer:
        with self._lock:
            if "_loaded" not in self.__dict__:
                self.__dict__["_loaded"] = self._load()
            transformer: SentenceTransformer = self.__dict__["_loaded"]
            return transformer

    def _load(self) -> SentenceTransformer:
        if self.model == packaged.NAME:
            os.environ.setdefault("HF_HUB_OFFLINE", "1")
            folder: str | Path = packaged.model_folder(self._cache, self._report)
        else:
            found = _find_folder(self.model)
            folder = found or self.model
            if found:
                os.environ.setdefault("HF_HUB_OFFLINE", "1")
        self._report("Loading the embedding model")
        return _open(str(folder), self.model, self._device)


def _open(folder: str, name: str, device: str) -> SentenceTransformer:
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


def _find_folder(model: str) -> Path | None:
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


def save_means(means: LanguageMeans, file: Path) -> None:
    """Write ``means`` as an .npz that ``load_means`` reads; half precision is enough."""
    arrays: dict[str, Any] = {
        f"{kind}/{language}": vector.astype(np.float16)
        for kind, group in (("query", means.queries), ("passage", means.passages))
        for language, vector in sorted(group.items())
    }
    np.savez_compressed(file, **arrays)
