"""Fit the model that judges evidence, for the embedding model that the settings name.

    python tools/evidence.py DATA rag/data/evidence.json

DATA is in BEIR's layout (corpus.jsonl, queries.jsonl, qrels/): parallel paragraphs in several
languages, ids LANGUAGE-ARTICLE-PARAGRAPH and LANGUAGE-QUESTION, with the answers in the questions'
"metadata". Each question is asked of its own language's paragraphs, of another's, and of two
languages' together, each time with and without the paragraphs that answer it, without its whole
article, and with other numbers in it. Prints what the fit on the even articles makes of the odd
ones, then fits to all.

The model shipped was fitted to the half of XQuAD (arXiv 1910.11856, CC BY-SA 4.0) in English,
Chinese and Arabic from which no figure in the README comes. Only its weights are kept.
"""

from __future__ import annotations

import argparse
import json
import random
import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import astuple, dataclass
from functools import cache
from math import log
from pathlib import Path

import numpy as np
from sklearn.linear_model import LogisticRegression

from rag.analysis import PAIR_MARK, single_terms, terms
from rag.answering.extraction import candidates, signs_of
from rag.answering.signs import NAMES, Question, Signs
from rag.assembly import make_encoder
from rag.config import load_settings
from rag.encoder import Encoder
from rag.fusion import term_groups
from rag.ranking import Signals, question_terms, rank, specifics_share
from rag.schema import Chunk, Hit, Page, Reading
from rag.sparse import SparseIndex

_CODES = {"zh": "zh-Hans"}
_READ = 8
_CASES = ("answered", "near miss", "off topic", "other numbers")
_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")


@dataclass(frozen=True)
class Paragraph:
    """A paragraph; ``article`` is shared by its neighbours."""

    id: str
    language: str
    article: str
    text: str


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
    """A sentence met when a question was asked."""

    signs: Signs
    own: bool
    answers: bool


@dataclass(frozen=True)
class Trial:
    """One question asked of one pool; ``rows`` by case."""

    article: str
    manner: str
    rows: dict[str, list[Row]]


def language_of(identifier: str) -> str:
    code = identifier.partition("-")[0]
    return _CODES.get(code, code)


def lines(file: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]


def read(data: Path) -> tuple[list[Paragraph], list[Asked]]:
    paragraphs = [
        Paragraph(
            str(e["_id"]), language_of(str(e["_id"])), str(e["_id"]).split("-")[1], str(e["text"])
        )
        for e in lines(data / "corpus.jsonl")
    ]
    relevant: dict[str, set[str]] = {}
    for line in next((data / "qrels").glob("*.tsv")).read_text(encoding="utf-8").splitlines()[1:]:
        query, passage, _ = line.split("\t")
        relevant.setdefault(query, set()).add(passage)
    entries = lines(data / "queries.jsonl")
    answers: dict[str, dict[str, list[str]]] = {}
    for entry in entries:
        code, _, key = str(entry["_id"]).partition("-")
        answers.setdefault(key, {})[language_of(code)] = entry["metadata"]["answers"]  # type: ignore[index]
    asked = [
        Asked(
            str(entry["_id"]), language_of(str(entry["_id"])), str(entry["text"]),
            answers[str(entry["_id"]).partition("-")[2]], frozenset(relevant[str(entry["_id"])]),
            next(iter(relevant[str(entry["_id"])])).split("-")[1],
        )
        for entry in entries
    ]  # fmt: skip
    return paragraphs, asked


class Pool:
    """Some paragraphs, to be searched as an index is."""

    def __init__(self, paragraphs: Sequence[Paragraph], encoder: Encoder) -> None:
        self.paragraphs = paragraphs
        self.languages = np.array([p.language for p in paragraphs])
        texts = [p.text for p in paragraphs]
        self.vectors = encoder.encode_passages(texts, self.languages.tolist())
        self.sparse = SparseIndex.build(
            [terms(p.text, p.language) for p in paragraphs], k1=0.6, b=0.75, epsilon=0.25
        )

    def search(
        self, text: str, language: str, vector: np.ndarray, keep: Callable[[Paragraph], bool]
    ) -> list[Hit]:
        """The passages found for a question among those that ``keep`` lets pass."""
        rows = np.array([i for i, p in enumerate(self.paragraphs) if keep(p)])
        cosines = (self.vectors[rows] @ vector).astype(np.float32)
        bm25 = np.asarray(self.sparse.scores(question_terms(text, language)), np.float32)[rows]
        share = specifics_share(self.sparse, text, language)
        specifics = share[rows] if isinstance(share, np.ndarray) else 0.0
        found, scores = rank(
            Signals(cosines, bm25, specifics), self.languages[rows], language, _READ
        )
        return [
            self._hit(number, self.paragraphs[rows[i]], float(scores[i]), float(cosines[i]))
            for number, i in enumerate(found.tolist(), start=1)
        ]

    @staticmethod
    def _hit(number: int, paragraph: Paragraph, score: float, cosine: float) -> Hit:
        text = paragraph.text
        chunk = Chunk(paragraph.id, paragraph.id, 0, len(text), text, paragraph.language)
        return Hit(number, score, chunk, paragraph.id, 1, cosine=cosine)

    def question(self, text: str, language: str, vector: np.ndarray) -> Question:
        """What sentences are held against."""
        counts = Counter(question_terms(text, language))
        rarest = log(2 * len(self.paragraphs) + 1)
        weights = {
            term.term: counts[term.term] * (max(term.idf, 0.0) if term.frequency else rarest)
            for term in self.sparse.known(sorted(counts))
            if PAIR_MARK not in term.term
        }
        return Question.of(text, vector, weights)


def other_numbers(text: str, chance: random.Random) -> str:
    return _NUMBER.sub(
        lambda m: str(int(re.sub(r"\D", "", m[0])) + chance.choice((-7, -3, 3, 8, 12))), text
    )


def trials(
    paragraphs: Sequence[Paragraph], asked: Sequence[Asked], encoder: Encoder
) -> list[Trial]:
    """Every question, asked of one pool chosen at random, in all cases."""
    chance = random.Random(0)
    languages = sorted({p.language for p in paragraphs})
    encode = cache(lambda text, language: encoder.encode_passages([text], [language])[0])

    @cache
    def pool(names: tuple[str, ...]) -> Pool:
        return Pool([p for p in paragraphs if p.language in names], encoder)

    done = []
    for one in asked:
        other = chance.choice([name for name in languages if name != one.language])
        manner, names = chance.choice(
            [("own", (one.language,)), ("across", (other,)),
             ("mixed", tuple(sorted((one.language, other))))]
        )  # fmt: skip
        changed = other_numbers(one.text, chance)
        cases = {
            "answered": (one.text, lambda p: True),
            "near miss": (one.text, lambda p, one=one: p.id not in one.relevant),
            "off topic": (one.text, lambda p, one=one: p.article != one.article),
            **({"other numbers": (changed, lambda p: True)} if changed != one.text else {}),
        }
        rows = {
            case: ask(pool(names), one, text, keep=keep, encoder=encoder, encode=encode, case=case)
            for case, (text, keep) in cases.items()
        }
        done.append(Trial(one.article, manner, rows))
    return done


def ask(
    pool: Pool, one: Asked, text: str, *, keep: Callable[[Paragraph], bool], encoder: Encoder,
    encode: Callable[[str, str], np.ndarray], case: str,
) -> list[Row]:  # fmt: skip
    vector = encoder.encode_queries([text], [one.language])[0]
    hits = pool.search(text, one.language, vector, keep)
    found = candidates(
        hits, lambda name: Reading(_text_of(hits, name), (Page(1, 0, len(_text_of(hits, name))),))
    )
    signs = signs_of(
        found,
        pool.question(text, one.language, vector),
        analyse=single_terms,
        encode=lambda texts, names: np.stack(
            [encode(t, n) for t, n in zip(texts, names, strict=True)]
        ),
        describe=lambda hit: "",
    )
    (own,) = term_groups([one.language])
    return [
        Row(
            sign,
            bool(term_groups([c.hit.chunk.language])[0] == own),
            case == "answered"
            and c.hit.chunk.id in one.relevant
            and any(answer in c.text for answer in one.answers[c.hit.chunk.language]),
        )
        for c, sign in zip(found, signs, strict=True)
    ]


def _text_of(hits: Sequence[Hit], name: str) -> str:
    return next(hit.chunk.text for hit in hits if hit.chunk.document == name)


Fitted = dict[bool, LogisticRegression]


def fit(done: Sequence[Trial]) -> Fitted:
    models = {}
    for own in (True, False):
        rows = [r for t in done for case in t.rows.values() for r in case if r.own == own]
        signs = np.array([astuple(r.signs) for r in rows])
        models[own] = LogisticRegression(max_iter=5000, C=10).fit(signs, [r.answers for r in rows])
    return models


def best(models: Fitted, rows: Sequence[Row], least: dict[bool, float]) -> float:
    """The greatest log odds of any sentence, above where refusing begins."""
    return max(
        (
            float(models[own].decision_function(np.array([astuple(r.signs) for r in some])).max())
            - least[own]
            for own in (True, False)
            if (some := [r for r in rows if r.own == own])
        ),
        default=-99.0,
    )


def bars(models: Fitted, done: Sequence[Trial], shares: dict[bool, float]) -> dict[bool, float]:
    """The log odds below which these ``shares`` of the answered questions lie."""
    zero = {True: 0.0, False: 0.0}
    return {
        own: float(
            np.quantile(
                [best(models, t.rows["answered"], zero) for t in done if t.manner == manner],
                shares[own],
            )
        )
        for own, manner in ((True, "own"), (False, "across"))
    }


def table(models: Fitted, done: Sequence[Trial], least: dict[bool, float]) -> str:
    rows = [f"{'':8}" + "".join(f"{case:>15}" for case in _CASES) + "   (share answered)"]
    for manner in ("own", "mixed", "across"):
        shares = []
        for case in _CASES:
            some = [t.rows[case] for t in done if t.manner == manner and case in t.rows]
            shares.append(np.mean([best(models, rows_, least) >= 0 for rows_ in some]))
        rows.append(f"{manner:8}" + "".join(f"{share:15.3f}" for share in shares))
    return "\n".join(rows)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument("output", type=Path)
    parser.add_argument("--own", type=float, default=0.05, help="share of questions refused")
    parser.add_argument("--across", type=float, default=0.15, help="the same across languages")
    arguments = parser.parse_args()
    paragraphs, asked = read(arguments.data)
    done = trials(paragraphs, asked, make_encoder(load_settings(), print))
    articles = sorted({t.article for t in done}, key=int)
    even = [t for t in done if articles.index(t.article) % 2 == 0]
    odd = [t for t in done if articles.index(t.article) % 2 == 1]
    models = fit(even)
    chosen = {True: arguments.own, False: arguments.across}
    curve = [dict.fromkeys((True, False), share) for share in (0.02, 0.05, 0.1, 0.2)]
    for shares in (*curve, chosen):
        refused = f"{shares[True]:.0%} own, {shares[False]:.0%} across"
        print(f"\nfitted to even articles, refusing {refused}; odd articles:")
        print(table(models, odd, bars(models, even, shares)))
    models = fit(done)
    least = bars(models, done, chosen)
    fitted = {
        name: {
            **{
                sign: round(float(w), 4)
                for sign, w in zip(NAMES, models[own].coef_[0], strict=True)
            },
            "bias": round(float(models[own].intercept_[0]) - least[own], 4),
        }
        for name, own in (("own", True), ("across", False))
    }
    arguments.output.write_text(json.dumps(fitted, indent=1) + "\n", encoding="utf-8")
    print(f"\nwrote {arguments.output}:\n{json.dumps(fitted, indent=1)}")


if __name__ == "__main__":
    main()
