"""Each word of a question held against each of a passage, by meaning and whatever the language.

This is late interaction (ColBERT; Khattab and Zaharia 2020, arXiv 2004.12832) with the token
vectors of the embedding model as they are: a passage that is about the question's subject but lacks
what it names is near it as a whole, and yet has no match for one of its words.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rag.answering.conversation_words import ASKING
from rag.encoder import TokenVectors, unit
from rag.text.fold import fold
from rag.text.function_words import FUNCTION_CHARACTERS, FUNCTION_WORDS
from rag.text.languages import LANGUAGES

EncodeTokens = Callable[[Sequence[str], Sequence[str]], Sequence[TokenVectors]]
"""Texts and their languages to the tokens of each."""

Vectors = NDArray[np.float32]
Places = NDArray[np.int64]

# Arabic vowel marks belong to the word.
_WORD = re.compile(r"(?:[^\W_]|[\u0640\u064b-\u065f\u0670])+(?:['’][^\W_]+)*")
_HIRAGANA = re.compile("[\u3041-\u309f]")


@dataclass(frozen=True, slots=True)
class PassageTokens:
    """A passage below what it stands under.

    ``vectors`` (t, d) are of its tokens; ``spans`` (t, 2) are their characters in the passage,
    negative for those of the lines above it.
    """

    vectors: Vectors
    spans: Places

    def within(self, spans: Sequence[tuple[int, int]]) -> NDArray[np.bool_]:
        """Which tokens, (t,), have a character in one of ``spans``."""
        starts, ends = self.spans[:, 0], self.spans[:, 1]
        inside = np.zeros(len(self.spans), dtype=np.bool_)
        for start, end in spans:
            inside |= (starts < end) & (ends > start)
        return inside


def read_passages(
    passages: Sequence[tuple[str, str, str]], encode: EncodeTokens
) -> list[PassageTokens]:
    """The tokens of passages, each given as the lines above it, its text and its language.

    What is longer than the model's window is read in pieces.
    """
    above = [f"{lines}\n" if lines else "" for lines, _, _ in passages]
    texts = [lines + text for lines, (_, text, _) in zip(above, passages, strict=True)]
    languages = [language for _, _, language in passages]
    found: list[list[TokenVectors]] = [[] for _ in passages]
    left = [(row, 0) for row, text in enumerate(texts) if text.strip()]
    while left:
        pieces = encode([texts[row][at:] for row, at in left], [languages[row] for row, _ in left])
        following = []
        for (row, at), piece in zip(left, pieces, strict=True):
            if not len(piece.spans):
                continue
            found[row].append(TokenVectors(piece.vectors, piece.spans + at))
            until = at + int(piece.spans[-1, 1])
            if texts[row][until:].strip():
                following.append((row, until))
        left = following
    return [_joined(parts, len(lines)) for parts, lines in zip(found, above, strict=True)]


def _joined(parts: Sequence[TokenVectors], above: int) -> PassageTokens:
    if not parts:
        return PassageTokens(np.zeros((0, 0), np.float32), np.zeros((0, 2), np.int64))
    return PassageTokens(
        np.concatenate([part.vectors for part in parts]),
        np.concatenate([part.spans for part in parts]) - above,
    )


def content_tokens(text: str, language: str, tokens: TokenVectors) -> Vectors:
    """Unit vectors (n, d) of the tokens of a question that are no function or question words.

    All of them where no other is left.
    """
    empty = idle_characters(text, language)
    kept = [not bool(empty[start:end].all()) for start, end in tokens.spans.tolist()]
    chosen = tokens.vectors[np.array(kept, dtype=np.bool_)] if any(kept) else tokens.vectors
    return unit(chosen)


def idle_characters(text: str, language: str) -> NDArray[np.bool_]:
    """For each character whether it says nothing of what is asked for."""
    empty = np.array([not character.isalnum() for character in text], dtype=np.bool_)
    info = LANGUAGES.get(language)
    if info is None or info.spaced:
        idle = {fold(word) for word in FUNCTION_WORDS.get(language, ())} | ASKING.get(
            language, frozenset()
        )
        for match in _WORD.finditer(text):
            if fold(match[0]) in idle:
                empty[match.start() : match.end()] = True
        return empty
    plain = [fold(character) for character in text]
    # Folding may lengthen a character; then no question word is looked for.
    folded = "".join(plain) if all(len(character) == 1 for character in plain) else ""
    for word in ASKING["ja" if language == "ja" else "zh"]:
        at = folded.find(word)
        while at >= 0:
            empty[at : at + len(word)] = True
            at = folded.find(word, at + 1)
    for place, character in enumerate(text):
        # What is written in hiragana alone ties Japanese words together.
        if character in FUNCTION_CHARACTERS or (language == "ja" and _HIRAGANA.match(character)):
            empty[place] = True
    return empty


def best_matches(words: Vectors, tokens: Vectors) -> Vectors:
    """For each of ``words`` (n, d) its greatest cosine with ``tokens`` (t, d), all of unit length.

    0 where there are no tokens.
    """
    if not len(tokens):
        return np.zeros(len(words), dtype=np.float32)
    return np.asarray((words @ tokens.T).max(axis=1), dtype=np.float32)
