"""The few words an answer says itself, in the question's language."""

from __future__ import annotations

from collections.abc import Sequence

from rag.llm.client import Failure
from rag.locale import answer_texts, catalogue


def refusal(language: str, reports: int = 0, missing: Sequence[str] = ()) -> str:
    """What is said when the reports have no answer; English for languages without a catalogue.

    ``reports`` is how many were searched, 0 where it is not said; ``missing`` are the words of the
    question that none of them has.
    """
    texts = answer_texts(language)
    said = [texts.refusal]
    if reports:
        said.append(texts.searched.format(reports))
        if missing:
            words = texts.list_separator.join(texts.word.format(word=word) for word in missing)
            said.append(texts.missing.format(words=words))
    return texts.sentence_separator.join(said)


def differing(language: str, values: Sequence[str]) -> str:
    """What is said where reports state other ``values``, each with its mark; empty for none."""
    if not values:
        return ""
    texts = answer_texts(language)
    return texts.differing.format(values=texts.list_separator.join(values))


def unsure(language: str) -> str:
    """What is said where the evidence is enough to answer and not enough to be sure."""
    return answer_texts(language).unsure


def standing_in(failure: Failure, language: str) -> str:
    """Why quotes stand in for a language model's words; English where there is no translation."""
    texts = catalogue(language).llm
    return texts.quoted_instead.format(why=texts.failures[failure])
