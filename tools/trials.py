"""Questions asked of paragraphs, with and without what answers them.

Data sets are in BEIR's layout (corpus.jsonl, queries.jsonl, qrels/), with the answers in the
questions' "metadata". Ids of paragraphs are ARTICLE-PARAGRAPH, with LANGUAGE- before them where the
same paragraphs stand in several languages; ids of questions are then LANGUAGE-QUESTION.
"""

from __future__ import annotations

import json
import random
import re
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np

from rag.answering.asking import READ, passage_reader, question_of, share_terms
from rag.answering.comparing import Read, features_of
from rag.answering.extraction import Candidate, candidates
from rag.answering.features import Features
from rag.answering.reader import Answers, Reader, reader_of_hits
from rag.encoder import Encoder
from rag.reader_model.model import PassageReading
from rag.retrieval.fusion import group_numbers
from rag.retrieval.ranking import Question, rank, signals_of
from rag.retrieval.sparse import SparseIndex
from rag.schema import Chunk, Document, Facts, Hit, Page, Reading
from rag.text.languages import detect
from rag.text.terms import single_terms, terms

ARTICLES = 120
MANNERS = ("own", "own among all", "across")
ANSWERED = "answered"
OFF_TOPIC = "off topic"
OTHER_NUMBERS, OTHER_NAMES = SWAPPED = ("other numbers", "other names")
_CODES = {"zh": "zh-Hans"}
_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")
_SHORTEST_NAME = 3

Vector = np.ndarray
Keep = Callable[["Paragraph"], bool]


@dataclass(frozen=True)
class Paragraph:
    """A paragraph; ``article`` is shared by its neighbours, ``title`` is what it stands under."""

    id: str
    language: str
    article: str
    text: str
    title: str = ""


@dataclass(frozen=True)
class Asked:
    """A question; ``answers`` by language are those of its translations."""

    id: str
    language: str
    text: str
    answers: dict[str, list[str]]
    relevant: frozenset[str]
    article: str


@dataclass(frozen=True)
class Row:
    """A sentence met when a question was asked; ``own``: it can share the question's terms."""

    features: Features
    own: bool
    answers: bool
    sentence: Candidate


@dataclass(frozen=True)
class Trial:
    """One question asked of one pool; ``rows`` by case."""

    asked: Asked
    manner: str
    rows: dict[str, list[Row]]


def _prefix(identifier: str) -> str:
    code = identifier.partition("-")[0]
    return _CODES.get(code, code) if code.isalpha() else ""


def _plain(identifier: str) -> str:
    return identifier.partition("-")[2] if _prefix(identifier) else identifier


def _lines(file: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]


def read(data: Path) -> tuple[list[Paragraph], list[Asked]]:
    """The paragraphs and questions of one data set."""
    paragraphs = [
        Paragraph(
            str(entry["_id"]),
            _prefix(str(entry["_id"])) or detect(str(entry["text"])),
            f"{data.name} {_plain(str(entry['_id'])).split('-')[0]}",
            str(entry["text"]),
            str(entry.get("title", "")),
        )
        for entry in _lines(data / "corpus.jsonl")
    ]
    by_id = {paragraph.id: paragraph for paragraph in paragraphs}
    relevant: dict[str, set[str]] = {}
    for line in next((data / "qrels").glob("*.tsv")).read_text(encoding="utf-8").splitlines()[1:]:
        query, passage, _ = line.split("\t")
        relevant.setdefault(query, set()).add(passage)
    answers: dict[str, dict[str, list[str]]] = {}
    asked = []
    for entry in _lines(data / "queries.jsonl"):
        name = str(entry["_id"])
        found = relevant[name]
        article = by_id[next(iter(found))]
        language = _prefix(name) or article.language
        own = answers.setdefault(_plain(name), {})
        own[language] = entry["metadata"]["answers"]  # type: ignore[index]
        asked.append(
            Asked(name, language, str(entry["text"]), own, frozenset(found), article.article)
        )
    return paragraphs, asked


def held_out(articles: Iterable[str]) -> frozenset[str]:
    """Every fourth article, which nothing is fitted to."""
    return frozenset(sorted(set(articles))[3::4])


class Pool:
    """Some paragraphs, to be searched as an index is."""

    def __init__(
        self,
        paragraphs: Sequence[Paragraph],
        vectors: Vector,
        encoder: Encoder,
        read: Read,
        answers: Answers | None,
    ) -> None:
        self.paragraphs, self.vectors = paragraphs, vectors
        self._groups = group_numbers([p.language for p in paragraphs])
        self._encoder, self._read = encoder, read
        self._answers = answers
        self._titles = {p.id: p.title for p in paragraphs}
        self._readings = {
            p.id: Reading(p.text, (Page(1, 0, len(p.text)),), facts=Facts(title=p.title))
            for p in paragraphs
        }
        self.sparse = SparseIndex.build(
            [terms(p.text, p.language) for p in paragraphs], k1=0.6, b=0.75, epsilon=0.25
        )

    def ask(self, text: str, language: str, keep: Keep = lambda _: True) -> list[Row]:
        """The sentences met among the paragraphs that ``keep`` lets pass, none called an answer."""
        vector = self._encoder.encode_queries([text], [language])[0]
        hits = self.search(text, language, vector, keep)
        found = candidates(hits, lambda name: self._readings[name])
        features = features_of(
            found,
            question_of(
                text,
                language,
                vector,
                known=self.sparse.known,
                passages=len(self.paragraphs),
                encoder=self._encoder if self._answers is None else None,
            ),
            analyse=_analyse,
            read=self._read,
            answers=None if self._answers is None else self._read_hits,
            describe=lambda hit: self._titles[hit.chunk.document],
        )
        return [
            Row(sign, share_terms(language, c.hit.chunk.language), False, c)
            for c, sign in zip(found, features, strict=True)
        ]

    def search(self, text: str, language: str, vector: Vector, keep: Keep) -> list[Hit]:
        """The passages found among those that ``keep`` lets pass."""
        rows = np.array([i for i, p in enumerate(self.paragraphs) if keep(p)])
        cosines = (self.vectors @ vector).astype(np.float32)
        known = signals_of(Question(text, language, vector), self.sparse, cosines).of(rows)
        found, scores = rank(known, self._groups[rows], language, READ)
        return [
            self._hit(
                number, self.paragraphs[rows[place]], float(score), float(cosines[rows[place]])
            )
            for number, (place, score) in enumerate(zip(found, scores, strict=True), start=1)
        ]

    def _read_hits(self, text: str, hits: Sequence[Hit]) -> list[PassageReading]:
        assert self._answers is not None
        return self._answers(text, hits, self._document)

    def _document(self, name: str) -> Document:
        return Document(name, name, "", "", self._readings[name])

    @staticmethod
    def _hit(number: int, paragraph: Paragraph, score: float, cosine: float) -> Hit:
        text = paragraph.text
        chunk = Chunk(paragraph.id, paragraph.id, 0, len(text), text, paragraph.language)
        return Hit(number, score, chunk, paragraph.id, 1, cosine=cosine)


@cache
def _analyse(text: str, language: str) -> tuple[str, ...]:
    return tuple(single_terms(text, language))


def other_numbers(text: str, chance: random.Random) -> str:
    """``text`` with every number moved a little."""
    return _NUMBER.sub(
        lambda m: str(int(re.sub(r"\D", "", m[0])) + chance.choice((-7, -3, 3, 8, 12))), text
    )


def other_names(
    text: str, names: Sequence[str], others: Sequence[str], chance: random.Random
) -> str:
    """``text`` with the longest of ``names`` in it put in for by one of ``others``."""
    found = [n for n in names if len(n) >= _SHORTEST_NAME and n in text and not _NUMBER.search(n)]
    if not found or not others:
        return text
    return text.replace(max(found, key=len), chance.choice(others))


def _but(relevant: Collection[str]) -> Keep:
    return lambda paragraph: paragraph.id not in relevant


def _outside(article: str) -> Keep:
    return lambda paragraph: paragraph.article != article


def trials(
    data: Path,
    encoder: Encoder,
    most: int,
    chance: random.Random,
    reader: Reader | None = None,
    keep: Callable[[str], bool] = lambda _: True,
) -> Iterator[Trial]:
    """Up to ``most`` questions on up to ``ARTICLES`` articles, each asked in all cases.

    Of a question asked in several languages, what answers it stands in one language alone, its own
    or another; the pool has all languages, or its own alone. Names are those that answer other
    questions, so that none need be known as one.
    """
    paragraphs, asked = read(data)
    articles = sorted({p.article for p in paragraphs if keep(p.article)})
    answers = None if reader is None else reader_of_hits(reader, kept=100_000)
    chosen = set(chance.sample(articles, min(ARTICLES, len(articles))))
    paragraphs = [p for p in paragraphs if p.article in chosen]
    asked = [one for one in asked if one.article in chosen]
    languages = sorted({p.language for p in paragraphs})
    read_tokens = passage_reader(encoder, kept=len(paragraphs))
    vectors = encoder.encode_passages(
        [p.text for p in paragraphs], [p.language for p in paragraphs]
    )
    names: dict[str, dict[str, list[str]]] = {}
    for one in asked:
        names.setdefault(one.language, {}).setdefault(one.article, []).extend(
            answer for answer in one.answers[one.language] if not _NUMBER.search(answer)
        )

    @cache
    def pool(codes: tuple[str, ...]) -> Pool:
        rows = [row for row, p in enumerate(paragraphs) if p.language in codes]
        return Pool([paragraphs[row] for row in rows], vectors[rows], encoder, read_tokens, answers)

    for one in chance.sample(asked, min(most, len(asked))):
        others = [name for name in languages if name != one.language]
        manner = chance.choice(("own", "own among all", "across", "across") if others else ("own",))
        where = pool((one.language,) if manner == "own" else tuple(languages))
        said = chance.choice(others) if manner == "across" else one.language

        def present(p: Paragraph, one: Asked = one, said: str = said) -> bool:
            return p.id not in one.relevant or p.language == said

        numbered = other_numbers(one.text, chance)
        elsewhere = chance.choice([a for a in names[one.language] if a != one.article])
        named = other_names(
            one.text, names[one.language][one.article], names[one.language][elsewhere], chance
        )
        cases: dict[str, tuple[str, Keep]] = {
            ANSWERED: (one.text, present),
            "near miss": (one.text, _but(one.relevant)),
            OFF_TOPIC: (one.text, _outside(one.article)),
        }
        cases |= {OTHER_NUMBERS: (numbered, present)} if numbered != one.text else {}
        cases |= {OTHER_NAMES: (named, present)} if named != one.text else {}
        rows = {case: where.ask(text, one.language, keep) for case, (text, keep) in cases.items()}
        rows[ANSWERED] = [_judged(row, one) for row in rows[ANSWERED]]
        yield Trial(one, manner, rows)


def _judged(row: Row, one: Asked) -> Row:
    chunk = row.sentence.hit.chunk
    answers = one.answers.get(chunk.language, [])
    right = chunk.id in one.relevant and any(answer in row.sentence.text for answer in answers)
    return Row(row.features, row.own, right, row.sentence)
