"""The packaged model's tokenizer, without half a second of start-up for a single question.

Building the tokenizer of 250,000 pieces takes longer than a search. A text's best segmentation
depends on those pieces alone that occur in it (Kudo 2018, arXiv 1804.10959), so a tokenizer of
these few gives the same tokens; they are found in a sorted table that is mapped, not read.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from rag.encoder.packaged import make_tokenizer
from rag.encoder.weights import Vocabulary

if TYPE_CHECKING:
    from tokenizers import Tokenizer

_PIECES, _IDS, _SCORES, _SPECIAL = "pieces.npy", "ids.npy", "scores.npy", "special.npy"
_ENOUGH = 10_000


def write_vocabulary(vocabulary: Vocabulary, folder: Path) -> None:
    """Write the table of pieces into ``folder``: sorted pieces, their ids, scores by id."""
    pieces = np.array([piece.encode() for piece, _ in vocabulary.pieces])
    order = np.argsort(pieces, kind="stable")
    special = [vocabulary.bos, vocabulary.eos, vocabulary.pad, vocabulary.unk]
    np.save(folder / _PIECES, pieces[order])
    np.save(folder / _IDS, order.astype(np.int32))
    np.save(folder / _SCORES, np.array([score for _, score in vocabulary.pieces], np.float64))
    np.save(folder / _SPECIAL, np.array(special, dtype=np.int32))


class Tokens:
    """Texts to ids by the table in ``folder``; special tokens are left out, nothing is cut."""

    def __init__(self, folder: Path) -> None:
        self._pieces: NDArray[np.bytes_] = np.load(folder / _PIECES, mmap_mode="r")
        self._ids: NDArray[np.int32] = np.load(folder / _IDS, mmap_mode="r")
        self._scores: NDArray[np.float64] = np.load(folder / _SCORES)
        self.bos, self.eos, self._pad, self._unk = map(int, np.load(folder / _SPECIAL))
        self._lock = threading.Lock()
        self._seen = 0

    def ids(self, texts: Sequence[str]) -> list[list[int]]:
        """The ids of each text."""
        if self._is_little(texts):
            return self._ids_by_few(texts)
        encodings = self._whole.encode_batch_fast(list(texts), add_special_tokens=False)
        return [encoding.ids for encoding in encodings]

    def placed(self, texts: Sequence[str]) -> list[tuple[list[int], list[tuple[int, int]]]]:
        """The ids of each text and the characters that each stands for."""
        if self._is_little(texts):
            tokenizer, numbers = self._few(texts)
            found = tokenizer.encode_batch(list(texts), add_special_tokens=False)
            return [([numbers[place] for place in one.ids], one.offsets) for one in found]
        found = self._whole.encode_batch(list(texts), add_special_tokens=False)
        return [(one.ids, one.offsets) for one in found]

    def _is_little(self, texts: Sequence[str]) -> bool:
        """Whether the tokenizer of all the pieces does not pay yet."""
        self._seen += sum(map(len, texts))
        if self._seen > _ENOUGH or "_tokenizer" in self.__dict__:
            return False
        # A special token in a text splits it; then other pieces are needed than occur in it.
        return not any(special in text for text in texts for special in self._special_pieces)

    @property
    def _whole(self) -> Tokenizer:
        with self._lock:
            return self._tokenizer

    @cached_property
    def _tokenizer(self) -> Tokenizer:
        by_id = np.empty_like(self._pieces)
        by_id[self._ids] = self._pieces
        return self._make(range(len(by_id)), [piece.decode() for piece in by_id.tolist()])

    @cached_property
    def _special_pieces(self) -> dict[str, int]:
        special = (self.bos, self.eos, self._pad, self._unk)
        where = np.flatnonzero(np.isin(self._ids, special))
        return {bytes(self._pieces[at]).decode(): int(self._ids[at]) for at in where}

    @cached_property
    def _always(self) -> dict[int, str]:
        """Special pieces, and the least likely one: it sets what an unknown character costs."""
        least = int(np.argmin(self._scores))
        where = int(np.flatnonzero(self._ids == least)[0])
        pieces = {number: piece for piece, number in self._special_pieces.items()}
        return pieces | {least: bytes(self._pieces[where]).decode()}

    @cached_property
    def _splitter(self) -> Tokenizer:
        """Normalises and splits as the whole tokenizer does."""
        return self._make(list(self._always), list(self._always.values()))

    def _ids_by_few(self, texts: Sequence[str]) -> list[list[int]]:
        tokenizer, numbers = self._few(texts)
        encodings = tokenizer.encode_batch_fast(list(texts), add_special_tokens=False)
        return [[numbers[place] for place in encoding.ids] for encoding in encodings]

    def _few(self, texts: Sequence[str]) -> tuple[Tokenizer, list[int]]:
        """A tokenizer of the pieces that occur in ``texts``, and the number of each."""
        splitter = self._splitter
        words = {
            word
            for text in texts
            for word, _ in splitter.pre_tokenizer.pre_tokenize_str(
                splitter.normalizer.normalize_str(text)
            )
        }
        pieces = self._always | self._occurring(words)
        numbers = sorted(pieces)
        return self._make(numbers, [pieces[number] for number in numbers]), numbers

    def _occurring(self, words: Iterable[str]) -> dict[int, str]:
        """The pieces that occur in ``words``, by id."""
        longest = self._pieces.dtype.itemsize
        parts = {
            word[start:end].encode()
            for word in words
            for start in range(len(word))
            for end in range(start + 1, min(len(word), start + longest) + 1)
        }
        sought = np.array(sorted(part for part in parts if len(part) <= longest))
        if not len(sought):
            return {}
        places = np.minimum(np.searchsorted(self._pieces, sought), len(self._pieces) - 1)
        found = places[self._pieces[places] == sought]
        return {int(self._ids[at]): bytes(self._pieces[at]).decode() for at in found}

    def _make(self, numbers: Sequence[int], pieces: Sequence[str]) -> Tokenizer:
        """A tokenizer of ``pieces``, whose ids are ``numbers``, ascending."""
        place = {number: at for at, number in enumerate(numbers)}
        scored = list(zip(pieces, self._scores[list(numbers)].tolist(), strict=True))
        special = (place[number] for number in (self.bos, self.eos, self._pad, self._unk))
        return make_tokenizer(Vocabulary(scored, *special), None)
