"""Reports made by script with the word frequencies and the spread of vectors of real ones.

Text: every passage is strung together from phrases of real passages of its language, three to eight
words long (ideographs: characters), so that words and pairs of words are as frequent as in reports
and, where phrases meet, pairs appear that were not there before, as they do in more text. Each
report draws half of its phrases from a few passages of its own, its subject, and after one phrase
in ten a name made for it stands, so that the vocabulary grows with the corpus.

Vectors: real passages are encoded once, their mean and covariance are taken, and how near passages
of one report are to one another. A report's centre is drawn from the normal distribution of that
mean and of the covariance's share between reports, its passages around it with the share within;
all are scaled to length 1. They therefore lie in as few directions as real ones and in clusters
by report, but are otherwise as unlike as chance makes them.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from rag import readers
from rag.app import make_encoder, make_stages
from rag.config import load_settings
from rag.encoder import Encoder
from rag.errors import ReadError
from rag.index.walk import walk
from rag.schema import Document
from rag.text.languages import detect
from rag.text.terms import PAIR_MARK, terms

REPOSITORY = Path(__file__).parents[1]
PASSAGES_A_REPORT = 100
PASSAGES_A_PAGE = 4

_PHRASE = (3, 8)
_PHRASES = (10, 28)
_SUBJECT = 0.5
_MADE_UP = 0.1
_ENCODED = 1500
_NEARNESS = 0.6
"""Cosine of a made question and its passage; real ones have 0.5 to 0.7."""

Vectors = NDArray[np.float32]
_TOKEN = re.compile(r"[\u3041-\u30ff\u3400-\u9fff]|[^\s\u3041-\u30ff\u3400-\u9fff]+")
_IDEOGRAPH = re.compile(r"[\u3041-\u30ff\u3400-\u9fff]")


@dataclass(frozen=True, eq=False)
class Source:
    """A real passage: the report it is from, its language and its words or ideographs."""

    report: str
    language: str
    text: str
    words: tuple[str, ...]

    @cached_property
    def pieces(self) -> tuple[tuple[str, ...], ...]:
        """The terms of every word, the pair with the word before among them."""
        found, before = [], ""
        for word in self.words:
            own = terms(word, self.language)
            last = own[-1] if own else ""
            glue = "" if _IDEOGRAPH.match(word) else PAIR_MARK
            found.append((*own, f"{before}{glue}{last}") if before and last else tuple(own))
            before = last
        return tuple(found)


def sources(texts: Path | None = None) -> list[Source]:
    """The passages of corpus/ and of the ``*.jsonl`` in ``texts``, objects with a ``text``."""
    settings = load_settings()
    stages = make_stages(settings, make_encoder(settings))
    found = []
    for file in walk(REPOSITORY / "corpus", stages.suffixes).files:
        try:
            reading = readers.read(file.path)
        except ReadError:
            continue
        language = stages.detect_language(reading.text)
        document = Document(file.name, file.source, "", language, reading)
        found += [
            _source(file.name, chunk.text, chunk.language) for chunk in stages.chunk(document)
        ]
    for path in sorted(texts.rglob("corpus.jsonl")) if texts else ():
        for line in path.read_text("utf-8").splitlines():
            text = json.loads(line)["text"]
            found.append(_source(f"{path.parent.name}/{len(found) // 8}", text, detect(text)))
    return [source for source in found if len(source.words) >= 20]


def _source(report: str, text: str, language: str) -> Source:
    return Source(report, language, text, tuple(_TOKEN.findall(text)))


@dataclass(frozen=True, slots=True)
class Spread:
    """How real vectors lie: ``mean`` (d,), ``root`` (d, d) of the covariance, ``within`` 0 to 1.

    ``within`` is the share of the variance inside a report.
    """

    mean: Vectors
    root: Vectors
    within: float

    @classmethod
    def of(cls, found: Sequence[Source], encoder: Encoder, cache: Path) -> Spread:
        """That of about ``_ENCODED`` passages; kept in ``cache``."""
        chosen = [found[i] for i in np.linspace(0, len(found) - 1, _ENCODED).astype(int)]
        chosen = list(dict.fromkeys(chosen))
        file = (
            cache
            / "bench"
            / "synthetic"
            / f"{encoder.fingerprint[:24]}-{len(chosen)}.npy".replace("/", "-")
        )
        if file.is_file():
            vectors = np.load(file)
        else:
            vectors = encoder.encode_passages(
                [source.text for source in chosen], [source.language for source in chosen]
            )
            file.parent.mkdir(parents=True, exist_ok=True)
            np.save(file, vectors)
        mean = vectors.mean(axis=0)
        rest = vectors - mean
        values, directions = np.linalg.eigh(np.cov(rest, rowvar=False))
        root = directions * np.sqrt(np.maximum(values, 0))
        reports = np.unique([source.report for source in chosen], return_inverse=True)[1]
        sums = np.zeros((reports.max() + 1, rest.shape[1]))
        np.add.at(sums, reports, rest)
        sizes = np.bincount(reports)
        # Products of different passages of one report, of all the report's pairs.
        pairs = (sizes * (sizes - 1)).sum()
        shared = ((sums**2).sum() - (rest**2).sum()) / max(pairs, 1) / (rest**2).sum(axis=1).mean()
        return cls(
            mean.astype(np.float32), root.T.astype(np.float32), float(1 - np.clip(shared, 0, 1))
        )

    def draw(self, random: np.random.Generator, n: int) -> Vectors:
        """``n`` vectors around 0 with this covariance."""
        return random.standard_normal((n, len(self.root)), np.float32) @ self.root


class Synthetic:
    """A corpus of ``passages`` made-up passages; the same for the same sources."""

    def __init__(self, found: Sequence[Source], spread: Spread, passages: int) -> None:
        self.passages = passages
        self.reports = max(1, passages // PASSAGES_A_REPORT)
        self._found = found
        self._spread = spread
        self._languages = sorted({source.language for source in found})

    @cached_property
    def _by_language(self) -> dict[str, list[Source]]:
        return {
            language: [source for source in self._found if source.language == language]
            for language in self._languages
        }

    def size(self, report: int) -> int:
        """Passages of this report."""
        return self.passages // self.reports + (report < self.passages % self.reports)

    def texts(self, report: int) -> tuple[str, list[str], list[list[str]]]:
        """The report's language, its passages and the terms of each."""
        random = np.random.default_rng((1, report))
        # A language is as frequent as its passages, but the rarer ones are not lost.
        weights = np.array([len(self._by_language[one]) for one in self._languages]) ** 0.5
        language = str(random.choice(self._languages, p=weights / weights.sum()))
        pool = self._by_language[language]
        subject = [pool[i] for i in random.integers(0, len(pool), 4)]
        names = [f"{_NAMES[a]}{_NAMES[b]}{c}" for a, b, c in random.integers(0, 20, (30, 3))]
        made = [self._passage(random, pool, subject, names) for _ in range(self.size(report))]
        return language, [text for text, _ in made], [found for _, found in made]

    def _passage(
        self,
        random: np.random.Generator,
        pool: Sequence[Source],
        subject: Sequence[Source],
        names: Sequence[str],
    ) -> tuple[str, list[str]]:
        phrases = int(random.integers(*_PHRASES))
        own = (random.random(phrases) < _SUBJECT).tolist()
        made_up = (random.random(phrases) < _MADE_UP).tolist()
        words: list[str] = []
        found: list[str] = []
        for i, (which, size, where, name) in enumerate(random.random((phrases, 4)).tolist()):
            among = subject if own[i] else pool
            source = among[int(which * len(among))]
            length = _PHRASE[0] + int(size * (_PHRASE[1] - _PHRASE[0] + 1))
            start = int(where * max(1, len(source.words) - length))
            words += source.words[start : start + length]
            for piece in source.pieces[start : start + length]:
                found += piece
            if made_up[i]:
                words.append(names[int(name * len(names))])
                found.append(words[-1].lower())
        glue = "" if _IDEOGRAPH.match(words[0]) else " "
        return glue.join(words), found

    def vectors(self, report: int) -> Vectors:
        """The unit vectors of the report's passages."""
        random = np.random.default_rng((2, report))
        spread = self._spread
        centre = spread.mean + np.sqrt(1 - spread.within) * spread.draw(random, 1)
        found = centre + np.sqrt(spread.within) * spread.draw(random, self.size(report))
        return np.asarray(found / np.linalg.norm(found, axis=1, keepdims=True), np.float32)

    def questions(self, count: int) -> Iterator[tuple[str, Vectors]]:
        """Questions about passages here and there, and a vector near the passage's for each."""
        random = np.random.default_rng(3)
        for _ in range(count):
            report = int(random.integers(self.reports))
            _, texts, _ = self.texts(report)
            place = int(random.integers(len(texts)))
            words = _TOKEN.findall(texts[place])
            start = int(random.integers(max(1, len(words) - 12)))
            taken = words[start : start + int(random.integers(5, 13))]
            glue = "" if _IDEOGRAPH.match(taken[0]) else " "
            other = self._spread.mean + self._spread.draw(random, 1)[0]
            passage = self.vectors(report)[place]
            other -= (other @ passage) * passage
            other /= np.linalg.norm(other)
            vector = _NEARNESS * passage + np.sqrt(1 - _NEARNESS**2) * other
            yield glue.join(taken) + "?", vector.astype(np.float32)


_NAMES = ["Alba", "Bern", "Caro", "Dorn", "Elva", "Faro", "Gant", "Hale", "Iver", "Jona"]
_NAMES += ["Kemp", "Lorn", "Mira", "Nord", "Orsa", "Pell", "Quin", "Rost", "Sona", "Tavi"]


def load_synthetic(passages: int, texts: Path | None = None) -> Synthetic:
    """The corpus with ``passages`` passages, after corpus/ and the texts in ``texts``."""
    settings = load_settings()
    found = sources(texts)
    spread = Spread.of(found, make_encoder(settings), settings.cache)
    return Synthetic(found, spread, passages)
