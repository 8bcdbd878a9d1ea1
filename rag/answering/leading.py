"""The value or name that a question asks for, set before the sentence that states it.

It is led with only where nothing is left to choose: one of a kind asked for in the sentence, or one
column of the table that fits the question best. Otherwise the sentence speaks for itself.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from rag.answering.extraction import Candidate
from rag.answering.features import Question, numbers
from rag.answering.grounding import Ground, specifics
from rag.answering.naming import answering_name, asks_for_name
from rag.documents.tables import CellPlace, cell_at
from rag.schema import Reading, Table
from rag.text.quantities import Quantity, quantities, values_equal
from rag.text.terms import single_terms

_BETWEEN = " · "
_ALIKE = 0.6
"""The share of the words of the shorter sentence that another one on the same matter has."""

_NUMBERING = re.compile(r"\s*[(（]?(?:\d+(?:\.\d+)*|第.{1,6}?[條条章節节項项])[)）.、]?(?=\s)")
_LOOSE = frozenset({"number", "year"})
_AROUND_NAMES = " \t\n,.;:，。、；：،؛"
_LONGEST_NAME = 80


def leading(sentence: Candidate, question: Question, reading: Reading) -> str:
    """What ``sentence`` of the report ``reading`` answers with; empty where it is not certain.

    Of a table it is the row's label, the headers of the column and the cell. It has a letter or
    digit: marks alone say nothing.
    """
    lead = _lead(sentence, question, reading)
    return lead if any(character.isalnum() for character in lead) else ""


def _lead(sentence: Candidate, question: Question, reading: Reading) -> str:
    table = _table(sentence, reading)
    if table is not None:
        another = names_another(sentence, question, reading)
        return "" if another else _cell(sentence, question, reading.text, table)
    if question.kinds:
        return _value(sentence, question)
    return _name(sentence, question) if asks_for_name(question.text) else ""


def _value(sentence: Candidate, question: Question) -> str:
    """The only value of a kind asked for, of those in what a reader model takes for the answer."""
    found = _narrowest(question, sentence.text, sentence.hit.chunk.language)
    if sentence.answer is not None:
        found = _read(found, sentence)
    if not found or not all(values_equal(value, found[0]) for value in found):
        return ""
    value = found[0]
    return sentence.text[value.start : value.end].strip()


def _name(sentence: Candidate, question: Question) -> str:
    if sentence.answer is not None:
        return _read_name(sentence)
    said = sentence.text[_numbering(sentence.text) :]
    return answering_name(question.text, said, sentence.hit.chunk.language)


def names_another(sentence: Candidate, question: Question, reading: Reading) -> bool:
    """Whether it is a row without a name of the question that other rows of its table have."""
    table = _table(sentence, reading)
    if table is None:
        return False
    row = f"{sentence.header_text}\n{sentence.text}"
    whole = f"{row}\n{reading.text[table.start : table.end]}"
    return question.unnamed(row) > question.unnamed(whole)


def _table(sentence: Candidate, reading: Reading) -> Table | None:
    return next((t for t in reading.tables if t.start <= sentence.start < t.end), None)


def needed_lead(sentence: Candidate, question: Question) -> Candidate:
    """``sentence`` without the line above its table or list where that adds nothing asked for."""
    if sentence.lead is None:
        return sentence
    language = sentence.hit.chunk.language
    own = frozenset(single_terms(f"{sentence.header_text}\n{sentence.text}", language))
    lead = frozenset(single_terms(sentence.lead_text, language))
    if question.share(own | lead) > question.share(own):
        return sentence
    return replace(sentence, lead=None, lead_text="")


def contradicting(chosen: Sequence[Candidate], leads: Sequence[str]) -> list[int]:
    """The places among ``chosen`` of sentences whose ``leads`` contradict that of the first.

    They are of other reports in the same language, say nearly the same words, and neither sentence
    bears out what the other leads with; then the first place is given too. Empty where none does.
    """
    if not chosen or not leads[0]:
        return []
    first = chosen[0]
    found = [
        place
        for place, (other, lead) in enumerate(zip(chosen, leads, strict=True))
        if lead
        and other.hit.chunk.document != first.hit.chunk.document
        and other.hit.chunk.language == first.hit.chunk.language
        and _alike(first, other)
        and _lacks(other, leads[0])
        and _lacks(first, lead)
    ]
    return [0, *found] if found else []


def _alike(one: Candidate, other: Candidate) -> bool:
    language = one.hit.chunk.language
    words, others = (
        {term for term in single_terms(c.text, language) if not any(x.isdigit() for x in term)}
        for c in (one, other)
    )
    return len(words & others) >= _ALIKE * max(1, min(len(words), len(others)))


def _lacks(sentence: Candidate, lead: str) -> bool:
    language = sentence.hit.chunk.language
    return bool(specifics(lead, language).missing([Ground(sentence.text, language)]))


def _numbering(text: str) -> int:
    """Where the number of its clause ends that a sentence begins with; 0 without one."""
    found = _NUMBERING.match(text)
    return found.end() if found else 0


def _narrowest(question: Question, text: str, language: str) -> Sequence[Quantity]:
    """The values asked for; plain numbers only where there is nothing more like it."""
    start = _numbering(text)
    found = [value for value in question.answering(text, language) if value.start >= start]
    exact = [v for v in found if v.kind in question.kinds and v.kind not in _LOOSE]
    if {"money", "duration"} <= question.kinds and all(v.kind == "duration" for v in exact):
        # "How much" asks for a sum or a number of anything; a time is no likelier than a number.
        return [v for v in found if v.kind != "year"]
    return exact if exact and question.kinds & _LOOSE else found


def _read(values: Sequence[Quantity], sentence: Candidate) -> list[Quantity]:
    """Those of ``values`` that lie in what the reader model takes for the answer."""
    if sentence.answer is None:
        return []
    start, end = (place - sentence.start for place in sentence.answer)
    return [value for value in values if value.start < end and value.end > start]


def _read_name(sentence: Candidate) -> str:
    """What the reader model takes for the name asked for; empty where it is no short phrase."""
    if sentence.answer is None:
        return ""
    start, end = (place - sentence.start for place in sentence.answer)
    name = sentence.text[start:end].strip(_AROUND_NAMES)
    return name if len(name) <= _LONGEST_NAME and name != sentence.text.strip() else ""


def _cell(sentence: Candidate, question: Question, text: str, table: Table) -> str:
    cells = _cells(sentence, text, table)
    filled = [cell for cell in cells if any(c.isdigit() for c in text[cell.start : cell.end])]
    exact = question.kinds - _LOOSE
    language = sentence.hit.chunk.language
    fitting = [
        cell
        for cell in filled
        if any(v.kind in exact for v in quantities(text[cell.start : cell.end], language))
    ]
    filled = fitting or filled
    if sentence.answer is not None:
        start, end = sentence.answer
        fits = [_fit(cell, question, language) for cell in filled]
        filled = [
            cell
            for cell, fit in zip(filled, fits, strict=True)
            if cell.start < end and cell.end > start and fit == max(fits)
        ]
    if len(filled) > 1:
        fits = [_fit(cell, question, language) for cell in filled]
        filled = [c for c, fit in zip(filled, fits, strict=True) if fit == max(fits)]
    if len(filled) != 1:
        return ""
    (cell,) = filled
    named = [cell.row_label.strip(), *(header.strip() for header in cell.headers)]
    what, value = _BETWEEN.join(filter(None, named)), text[cell.start : cell.end].strip()
    return f"{what}: {value}" if what else value


def _cells(sentence: Candidate, text: str, table: Table) -> list[CellPlace]:
    """The cells of the row beside its label."""
    found: list[CellPlace] = []
    at = sentence.start
    while at < sentence.end:
        cell = cell_at(text, table, at)
        if cell is not None and cell.column > 0:
            found.append(cell)
        at = cell.end if cell is not None else at + 1
    return found


def _fit(cell: CellPlace, question: Question, language: str) -> float:
    """How much of the question the headers of a cell say."""
    headers = " ".join(cell.headers)
    return question.share(frozenset(single_terms(headers, language))) + len(
        question.numbers & numbers(headers, language)
    )
