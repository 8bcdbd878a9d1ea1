"""Sentences of the reports as an answer, each with the quote that it is, or a refusal."""

from __future__ import annotations

from collections.abc import Sequence

from rag.answering.extraction import Candidate
from rag.answering.leading import contradicting
from rag.answering.wording import differing, refusal
from rag.answering.writing import Sources
from rag.documents.sections import Sections
from rag.index import Index
from rag.retrieval.retriever import Retrieved
from rag.schema import Answer, Citation, Sentence


def sources(index: Index) -> Sources:
    """Where the words of an answer from ``index`` come from."""

    def title_of(name: str) -> str:
        facts = index.info(name).facts
        return " · ".join(filter(None, [facts.title, facts.issuer, facts.date])) or name

    return Sources(
        reading_of=lambda name: index.document(name).reading,
        title_of=title_of,
        cite=lambda number, item, span: _cite(number, item, span, index),
    )


def refused(found: Retrieved, evidence: float, *, reports: int, missing: tuple[str, ...]) -> Answer:
    """A refusal after what was ``found``; ``evidence``, 0 to 1, is what its best sentence had.

    ``reports`` were searched; ``missing`` are the words of the question that none of them has.
    """
    text = refusal(found.language, reports, missing)
    return Answer(
        query=found.query,
        language=found.language,
        refused=True,
        text=text,
        sentences=(Sentence(text, ()),),
        citations=(),
        hits=found.hits,
        generator="extractive",
        evidence=evidence,
        reports=reports,
        missing=missing,
    )


def quoted(
    found: Retrieved,
    chosen: Sequence[Candidate],
    leads: Sequence[str],
    evidence: float,
    index: Index,
) -> Answer:
    """The ``chosen`` sentences, at least one, as an answer, each with its citations.

    Beside itself each cites its table's header and the line that leads to its table or list.
    ``leads`` are what each of them answers with, empty where that is not certain. The first is set
    before its sentence; others are named where they contradict it.
    """
    citations: dict[tuple[str, tuple[int, int]], Citation] = {}
    sentences: list[Sentence] = []
    marks: list[int] = []
    for item in chosen:
        ids = []
        for span in filter(None, [(item.start, item.end), item.header, item.lead]):
            key = (item.hit.chunk.document, span)
            if key not in citations:
                citations[key] = _cite(len(citations) + 1, item, span, index)
            ids.append(citations[key].id)
        marks.append(ids[0])
        if not sentences and leads[0] not in {"", item.text}:
            sentences.append(Sentence(leads[0], tuple(ids)))
        sentences.append(Sentence(item.text, tuple(ids)))
    return Answer(
        query=found.query,
        language=found.language,
        refused=False,
        text="\n".join(sentence.text for sentence in sentences),
        sentences=tuple(sentences),
        citations=tuple(citations.values()),
        hits=found.hits,
        generator="extractive",
        evidence=evidence,
        notice=differing(
            found.language,
            [f"{leads[place]} [{marks[place]}]" for place in contradicting(chosen, leads)],
        ),
    )


def _cite(number: int, item: Candidate, span: tuple[int, int], index: Index) -> Citation:
    chunk, (start, end) = item.hit.chunk, span
    reading = index.document(chunk.document).reading
    page = index.page_of(chunk.document, start)
    return Citation(
        id=number,
        document=chunk.document,
        source=item.hit.source,
        page=page.number,
        page_label=page.label,
        start=start,
        end=end,
        quote=reading.text[start:end],
        section=Sections(reading.headings).at(start),
        language=chunk.language,
        quality=page.quality,
        faults=page.faults,
    )
