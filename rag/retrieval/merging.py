"""Ranked passages to what is shown: neighbours joined, repetitions left out."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from functools import lru_cache

from rag.schema import Chunk
from rag.text.terms import single_terms

_SAME = 0.95
_FEWEST_TERMS = 20
_MOST_JOINED = 3

REACH = 10
"""How many places behind a passage another may stand to be joined with it."""


@dataclass(frozen=True, slots=True)
class Ranked:
    """A passage with its row and page; ``rows`` are those of all the passages joined in it."""

    chunk: Chunk
    page: int
    rows: tuple[int, ...]


def join(
    ranked: Iterable[Ranked], text_of: Callable[[str], str], k: int
) -> list[tuple[Ranked, int]]:
    """At most ``k`` passages, best first, each with the position in ``ranked`` it was found at.

    A passage that adjoins a better one on the same page and under the same headings becomes part of
    it, up to three in all, unless it stands more than ``REACH`` places behind: the first passages
    are the same however many are asked for. One that has the same terms as a better one, numbers
    included, is left out: boilerplate repeated in every report takes one place, not ten.
    ``text_of`` gives the text of a document. No more of ``ranked`` is taken than can matter.
    """
    shown: list[tuple[Ranked, int]] = []
    term_sets: list[frozenset[str]] = []
    for position, candidate in enumerate(ranked):
        neighbour = next(
            (
                number
                for number, (one, found_at) in enumerate(shown)
                if position - found_at <= REACH and _adjoin(one, candidate)
            ),
            None,
        )
        if neighbour is not None:
            one, found_at = shown[neighbour]
            shown[neighbour] = (_joined(one, candidate, text_of), found_at)
            continue
        if len(shown) == k:
            if position - shown[-1][1] >= REACH:
                break
            continue
        own = _term_set(candidate.chunk.text, candidate.chunk.language)
        if len(own) >= _FEWEST_TERMS and any(_alike(own, other) for other in term_sets):
            continue
        shown.append((candidate, position))
        term_sets.append(own)
    return shown


def _adjoin(one: Ranked, other: Ranked) -> bool:
    return (
        one.chunk.document == other.chunk.document
        and one.page == other.page
        and one.chunk.section == other.chunk.section
        and len(one.rows) < _MOST_JOINED
        and (max(one.rows) + 1 == other.rows[0] or min(one.rows) - 1 == other.rows[0])
    )


def _joined(one: Ranked, other: Ranked, text_of: Callable[[str], str]) -> Ranked:
    first, last = sorted((one.chunk, other.chunk), key=lambda chunk: chunk.start)
    text = text_of(first.document)[first.start : last.end]
    chunk = replace(one.chunk, start=first.start, end=last.end, text=text, header=first.header)
    return replace(one, chunk=chunk, rows=(*one.rows, *other.rows))


# Passages that answer one question come up in the next.
@lru_cache(maxsize=1024)
def _term_set(text: str, language: str) -> frozenset[str]:
    return frozenset(single_terms(text, language))


def _alike(one: frozenset[str], other: frozenset[str]) -> bool:
    return len(one & other) >= _SAME * len(one | other)
