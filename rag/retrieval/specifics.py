"""What a question asks for by its very name or number.

Clause numbers, figures and dates mean the same in every language, as do names in Latin letters
within another script: a passage that has them may be found by them even where its other words
cannot be those of the question.
"""

from __future__ import annotations

from rag.text.languages import LANGUAGES, script_of
from rag.text.terms import CLAUSE_MARK, PAIR_MARK, terms


def specific_terms(question: str, language: str) -> tuple[str, ...]:
    """The terms of ``question`` that name one thing in any language, each once.

    They are clause numbers, numbers of two digits or more and, in a question of another script,
    words in Latin letters. Names in a question of Latin script are left to BM25: other scripts
    spell them their own way, so that they would favour the question's own language.
    """
    info = LANGUAGES.get(language)
    latin = info is None or info.script == "latin"
    return tuple(
        term
        for term in dict.fromkeys(terms(question, language))
        if PAIR_MARK not in term
        and (
            term.startswith(CLAUSE_MARK)
            or sum(character.isdigit() for character in term) >= 2
            or (not latin and len(term) >= 2 and script_of(term[0]) == "latin")
        )
    )
