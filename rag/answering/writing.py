"""Answers in a language model's words, each sentence checked before anybody sees it.

Whatever goes wrong, the answer quoted from the reports stands in, and says why.
"""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from rag.answering.extraction import Candidate, Encode
from rag.answering.grounding import REASONS, Ground, claims, specifics
from rag.answering.proving import Nearness, Prover, Readings, Verdict
from rag.answering.wording import refusal, standing_in
from rag.config import Unverified
from rag.llm import prompts
from rag.llm.client import Failure, GenerationError, LanguageModel
from rag.llm.prompts import Shown
from rag.schema import Answer, Checks, Citation, Hit, Sentence
from rag.text.languages import detect

Cite = Callable[[int, Candidate, tuple[int, int]], Citation]
"""From a citation's number, a sentence and a span of its report to the citation."""

_LONGEST_REWRITTEN = 400
_LEAST_LETTERS = 24
_ENDS = frozenset(".!?。！？؟]］】\n")

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Sources:
    """Where an answer's words come from: readings and titles by document, and citations."""

    reading_of: Readings
    title_of: Callable[[str], str]
    cite: Cite


class Writer:
    """Asks ``model`` and proves what it says; safe to share by threads.

    It is shown the first ``passages``. ``unverified``: sentences that are not borne out are taken
    out, or stay with a mark.
    """

    def __init__(
        self,
        model: LanguageModel,
        encode: Encode,
        *,
        unverified: Unverified,
        passages: int,
        nearness: Nearness | None = None,
    ) -> None:
        self._model = model
        self._encode = encode
        self._unverified: Unverified = unverified
        self._passages = passages
        self._nearness = nearness or Nearness()

    def write(self, extracted: Answer, sources: Sources) -> Iterator[str | Answer]:
        """The answer's proven text as it grows, and at the end the answer.

        ``extracted`` is the answer quoted from the reports: its question and hits are used, and it
        is what is given, with a notice, where the model's cannot be had or nothing in it is borne
        out. Nothing is raised for what a server does.
        """
        hits = extracted.hits[: self._passages]
        shown = [_shown(hit, sources.title_of) for hit in hits]
        asked = extracted.searched or extracted.query
        prompt = prompts.answering(asked, extracted.language, shown)
        prover = Prover(hits, shown, sources.reading_of, self._encode, self._nearness)
        text, sent = "", ""
        try:
            for piece in self._model.stream(prompt.messages):
                text += piece
                if not _ENDS.isdisjoint(piece):
                    whole = _kept_text(self._verdicts(text, extracted.language, prover)[:-1])
                    if whole != sent:
                        yield (sent := whole)
        except GenerationError as error:
            yield self._instead(extracted, error.failure, ())
            return
        yield self._finished(text, prompt.refusal, extracted, prover, sources)

    def rewrite(self, followup: str, history: Sequence[str]) -> str | None:
        """``followup`` as a question that needs no ``history``.

        None where the model fails, answers instead of asking, or brings in a number or a name that
        nobody asked about.
        """
        language = detect(followup)
        try:
            pieces = self._model.stream(prompts.rewriting(followup, history, language))
            text = "".join(pieces).strip()
        except GenerationError as error:
            _log.warning("the question was not rewritten by the model: %s", error.failure)
            return None
        fits = bool(text) and "\n" not in text and len(text) <= _LONGEST_REWRITTEN
        if not fits or _base(detect(text, language)) != _base(language):
            return None
        asked = Ground("\n".join((*history, followup)), language)
        return None if specifics(text, language).missing([asked]) else text

    def _verdicts(self, text: str, language: str, prover: Prover) -> list[Verdict]:
        return [prover.judge(claim, language) for claim in claims(text, language)]

    def _finished(
        self, text: str, refused: str, extracted: Answer, prover: Prover, sources: Sources
    ) -> Answer:
        language = extracted.language
        if text.strip().strip("\"'`*.。[] ") == refused:
            said = refusal(language)
            return replace(
                extracted,
                refused=True,
                text=said,
                sentences=(Sentence(said, ()),),
                citations=(),
                generator=f"llm:{self._model.name}",
            )
        verdicts = self._verdicts(text.replace(refused, ""), language, prover)
        failure = _unusable(verdicts, language)
        if failure:
            return self._instead(extracted, failure, verdicts)
        return _answer(extracted, verdicts, self._unverified, self._model.name, sources.cite)

    def _instead(self, extracted: Answer, failure: Failure, verdicts: Sequence[Verdict]) -> Answer:
        _log.warning("the model %s gave no answer: %s", self._model.name, failure)
        return replace(
            extracted,
            notice=standing_in(failure, extracted.language),
            checks=_checks(verdicts, "remove") if verdicts else None,
        )


def _shown(hit: Hit, title_of: Callable[[str], str]) -> Shown:
    chunk = hit.chunk
    return Shown(title_of(chunk.document), chunk.section, chunk.header, chunk.text)


def _unusable(verdicts: Sequence[Verdict], language: str) -> Failure | None:
    """Why nothing of an answer can be used."""
    if not verdicts:
        return "empty"
    written = " ".join(verdict.claim.text for verdict in verdicts)
    letters = sum(character.isalpha() for character in written)
    if letters >= _LEAST_LETTERS and _base(detect(written, language)) != _base(language):
        return "language"
    if not any(verdict.claim.cited for verdict in verdicts):
        return "uncited"
    return None if any(not verdict.reasons for verdict in verdicts) else "unproven"


def _answer(
    extracted: Answer, verdicts: Sequence[Verdict], unverified: Unverified, name: str, cite: Cite
) -> Answer:
    shown = [v for v in verdicts if not v.reasons or unverified == "mark"]
    citations: dict[tuple[str, tuple[int, int]], Citation] = {}
    sentences = []
    for verdict in shown:
        ids = []
        for quote in verdict.quotes:
            for span in [(quote.start, quote.end), *([quote.header] if quote.header else [])]:
                key = (quote.hit.chunk.document, span)
                if key not in citations:
                    citations[key] = cite(len(citations) + 1, quote, span)
                ids.append(citations[key].id)
        sentences.append(
            Sentence(verdict.claim.text, tuple(dict.fromkeys(ids)), unverified=verdict.reasons)
        )
    return replace(
        extracted,
        refused=False,
        text="\n".join(sentence.text for sentence in sentences),
        sentences=tuple(sentences),
        citations=tuple(citations.values()),
        generator=f"llm:{name}",
        checks=_checks(verdicts, unverified),
    )


def _checks(verdicts: Sequence[Verdict], unverified: Unverified) -> Checks:
    failed = [verdict for verdict in verdicts if verdict.reasons]
    counts = Counter(reason for verdict in failed for reason in verdict.reasons)
    return Checks(
        kept=len(verdicts) - len(failed),
        marked=len(failed) if unverified == "mark" else 0,
        removed=len(failed) if unverified == "remove" else 0,
        reasons=tuple((reason, counts[reason]) for reason in REASONS if counts[reason]),
    )


def _kept_text(verdicts: Sequence[Verdict]) -> str:
    return "\n".join(verdict.claim.text for verdict in verdicts if not verdict.reasons)


def _base(language: str) -> str:
    return language.partition("-")[0]
