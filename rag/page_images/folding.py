"""Characters reduced to what our text and a PDF's own have in common."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from rag.readers.characters import mend
from rag.text.fold import fold


@dataclass(frozen=True, slots=True)
class FoldedPieces:
    """Folded text; its character ``i`` comes from the piece number ``pieces[i]``."""

    text: str
    pieces: tuple[int, ...]


def fold_pieces(pieces: Iterable[str]) -> FoldedPieces:
    """Each piece folded, one after another.

    Without white space, hyphens, vowel marks and invisible characters; compatibility forms (NFKC),
    radicals, brackets and quotation marks each as one of their kind.
    """
    chars: list[str] = []
    numbers: list[int] = []
    for number, piece in enumerate(pieces):
        for char in fold_piece(piece):
            chars.append(char)
            numbers.append(number)
    return FoldedPieces("".join(chars), tuple(numbers))


@lru_cache(maxsize=16384)
def fold_piece(piece: str) -> str:
    """One piece as ``fold_pieces`` has it; empty for what does not count."""
    return fold(
        mend(piece), case=False, letters=False, accents=False, marks=True, signs=True, space="none"
    )


def is_dash(char: str) -> bool:
    """Whether ``char`` is a dash or hyphen of any length."""
    return len(char) == 1 and unicodedata.category(char) == "Pd"


def is_sign(char: str) -> bool:
    """Whether ``char`` is a punctuation mark."""
    return len(char) == 1 and unicodedata.category(char).startswith("P")
