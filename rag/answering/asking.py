"""A question and the passages found for it, made ready for sentences to be judged."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Sequence
from functools import partial

import numpy as np
from numpy.typing import NDArray

from rag.answering.cache import Remembered
from rag.answering.comparing import Read
from rag.answering.features import Question
from rag.answering.interaction import content_tokens, read_passages
from rag.encoder import Encoder, TokenVectors
from rag.retrieval.fusion import term_groups
from rag.retrieval.ranking import question_terms
from rag.retrieval.sparse import Known
from rag.text.terms import PAIR_MARK

READ = 8
"""Passages that sentences are taken from."""

READ_BEFORE = 128
"""Passages whose tokens are remembered; the longest are half a megabyte each."""

Look = Callable[[Sequence[str]], Sequence[Known]]
"""What an index knows of terms, in their order."""


def question_of(
    text: str,
    language: str,
    vector: NDArray[np.float32],
    *,
    known: Look,
    passages: int,
    encoder: Encoder | None,
) -> Question:
    """What sentences are held against; a term that the index lacks is worth the most.

    ``vector`` (d,) is the question's, ``passages`` the number of those in the index. Without an
    ``encoder`` the question's words have no vectors: a reader model needs none.
    """
    counts = Counter(question_terms(text, language))
    terms = [term for term in known(sorted(counts)) if PAIR_MARK not in term.term]
    rarest = math.log(2 * passages + 1)
    words = np.zeros((0, len(vector)), dtype=np.float32)
    if encoder is not None:
        (tokens,) = encoder.encode_tokens([text], [language], queries=True)
        words = content_tokens(text, language, tokens)
    return Question.of(
        text,
        language,
        vector,
        words=words,
        weights={
            term.term: counts[term.term] * (max(term.idf, 0.0) if term.frequency else rarest)
            for term in terms
        },
        unknown=frozenset(term.term for term in terms if not term.frequency),
    )


def passage_reader(encoder: Encoder, kept: int = READ_BEFORE) -> Read:
    """Reads passages to their tokens, and remembers the ``kept`` last; safe to share by threads."""
    encode = partial(_passage_tokens, encoder)
    return Remembered(partial(read_passages, encode=encode), kept=kept)


def share_terms(one: str, other: str) -> bool:
    """Whether texts in these two languages can have terms in common."""
    groups = term_groups([one, other])
    return bool(groups[0] == groups[1])


def _passage_tokens(
    encoder: Encoder, texts: Sequence[str], languages: Sequence[str]
) -> Sequence[TokenVectors]:
    return encoder.encode_tokens(texts, languages, queries=False)
