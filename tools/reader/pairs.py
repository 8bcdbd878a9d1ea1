"""Questions and passages to train the reader model on, as token ids in one file.

    python -m tools.reader.pairs OUT.npz --bench BENCH [--invented FOLDER ...]

``BENCH`` has the public question-answering sets named in docs/reader.md. An ``--invented FOLDER``
was written by ``python -m tools.invented``; its reports are read and cut into passages as the
product does. Part of every set is kept aside, by whole articles, to watch training by; of the
parallel set every fourth article is in neither, so that figures can be had on it.
"""

from __future__ import annotations

import argparse
import gzip
import json
import math
import random
import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np

from rag.reader_model.inputs import HEADING_TOKENS, QUESTION_TOKENS, TableRows, linearise
from rag.text.sentences import sentence_spans

LONGEST_CONTEXT = 400
"""Tokens of the longest passage; longer ones are cut."""

LONGEST_ANSWER = 60
"""Tokens of the longest answer whose place is learnt; of a longer one only that it is there."""

HARD = 12
"""Passages without the answer that are kept for a question, the likest first."""

PARALLEL = ("ar", "de", "el", "en", "es", "hi", "ro", "ru", "th", "tr", "vi", "zh")
MAIN = ("ar", "en", "zh")


@dataclass(frozen=True)
class Context:
    """A passage of the group ``group`` (an article or a collection), as the model reads it."""

    text: str
    heading: str
    group: str
    language: str


@dataclass(frozen=True)
class Question:
    """A question on the contexts of one group.

    ``positives`` are (context, start, end) in characters; ``avoid`` are contexts that may answer
    as well and serve as no negative. ``hard`` are contexts that do not answer, the likest first.
    ``located`` is False where only whole passages are known to answer.
    """

    text: str
    source: str
    language: str
    group: str
    positives: tuple[tuple[int, int, int], ...]
    avoid: frozenset[int] = frozenset()
    hard: tuple[int, ...] = ()
    located: bool = True


@dataclass
class Pool:
    """All contexts and questions."""

    contexts: list[Context] = field(default_factory=list)
    questions: list[Question] = field(default_factory=list)

    def add(self, context: Context) -> int:
        """The number of the context, now the last."""
        self.contexts.append(context)
        return len(self.contexts) - 1


# ── words in common ──


def grams(text: str) -> frozenset[str]:
    """What a text is compared by: words of three letters and more, pairs of CJK characters."""
    folded = unicodedata.normalize("NFKC", text).lower()
    words = re.findall(r"[^\W\u3040-\u9fff]{3,}|\d+", folded)
    runs = re.findall(r"[\u3040-\u9fff]{2,}", folded)
    return frozenset([*words, *(run[i : i + 2] for run in runs for i in range(len(run) - 1))])


def squeezed(text: str) -> str:
    """The text without white space, for finding an answer in it."""
    return re.sub(r"\s", "", unicodedata.normalize("NFKC", text)).lower()


class Ranking:
    """Contexts of one pool by rarity-weighted words in common with a question."""

    def __init__(self, numbered: Sequence[tuple[int, str]]) -> None:
        self._numbers = [number for number, _ in numbered]
        self._grams = [grams(text) for _, text in numbered]
        frequency = Counter(gram for one in self._grams for gram in one)
        self._weight = {
            gram: math.log(1 + len(numbered) / count) for gram, count in frequency.items()
        }
        self._holders: dict[str, list[int]] = defaultdict(list)
        for row, one in enumerate(self._grams):
            for gram in one:
                self._holders[gram].append(row)

    def likest(self, text: str, most: int) -> list[int]:
        """The numbers of the contexts likest to ``text``, at most ``most``."""
        scores: dict[int, float] = defaultdict(float)
        for gram in grams(text):
            holders = self._holders.get(gram, ())
            if len(holders) > 3000:
                continue
            for row in holders:
                scores[row] += self._weight[gram]
        best = sorted(scores, key=lambda row: -scores[row])[:most]
        return [self._numbers[row] for row in best]


# ── sets of questions on paragraphs ──


def read_lines(file: Path) -> list[Any]:
    """The JSON objects of a file, gzip or not."""
    data = file.read_bytes()
    text = (gzip.decompress(data) if file.suffix == ".gz" else data).decode("utf-8")
    return [json.loads(line) for line in text.split("\n") if line]


Article = dict[str, Any]
Convert = Callable[[str], str]


def same(text: str) -> str:
    """The text itself."""
    return text


def regrouped(articles: Sequence[Article], size: int) -> list[Article]:
    """The paragraphs of all articles in groups of ``size``, for sets whose articles are single."""
    paragraphs = [paragraph for article in articles for paragraph in article["paragraphs"]]
    return [
        {"title": "", "paragraphs": paragraphs[at : at + size]}
        for at in range(0, len(paragraphs), size)
    ]


def pieces(context: str, longest: int) -> list[tuple[int, int]]:
    """Spans of at most about ``longest`` characters that end where sentences do."""
    if len(context) <= longest:
        return [(0, len(context))]
    spans: list[tuple[int, int]] = []
    start = end = 0
    for first, last in sentence_spans(context, "en"):
        if end > start and last - start > longest:
            spans.append((start, end))
            start = first
        end = last
    return [*spans, (start, end)]


def add_articles(
    pool: Pool,
    articles: Sequence[Article],
    source: str,
    language: str,
    convert: Convert = same,
    longest: int = 1500,
) -> None:
    """Questions on the paragraphs of articles, each article a group."""
    for number, article in enumerate(articles):
        group = f"{source}/{number}"
        placed: list[list[tuple[int, int, int]]] = []
        for paragraph in article["paragraphs"]:
            text = paragraph["context"]
            spans = pieces(text, longest)
            title = convert(article.get("title") or "")
            placed.append(
                [
                    (pool.add(Context(convert(text[a:b]), title, group, language)), a, b)
                    for a, b in spans
                ]
            )
        numbers = [one for parts in placed for one, _, _ in parts]
        bare = {one: squeezed(pool.contexts[one].text) for one in numbers}
        ranking = Ranking([(one, pool.contexts[one].text) for one in numbers])
        for parts, paragraph in zip(placed, article["paragraphs"], strict=True):
            if len(convert(paragraph["context"])) != len(paragraph["context"]):
                continue
            for asked in paragraph["questions"]:
                question = _question(asked, parts, bare, ranking, convert)
                if question:
                    pool.questions.append(
                        replace(question, source=source, language=language, group=group)
                    )


def _question(
    asked: dict[str, Any],
    spans: Sequence[tuple[int, int, int]],
    bare: dict[int, str],
    ranking: Ranking,
    convert: Convert,
) -> Question | None:
    texts = {squeezed(convert(one["text"])) for one in asked["answers"]} - {""}
    positives = [
        (context, one["start"] - a, one["start"] + len(one["text"]) - a)
        for one in asked["answers"]
        for context, a, b in spans
        if a <= one["start"] and one["start"] + len(one["text"]) <= b
    ]
    if not texts or not positives:
        return None
    avoid = frozenset(one for one, text in bare.items() if any(t in text for t in texts))
    text = convert(asked["question"])
    own = {context for context, _, _ in positives}
    hard = [one for one in ranking.likest(text, HARD + 8) if one not in avoid and one not in own]
    return Question(
        text, "", "", "", tuple(dict.fromkeys(positives)), avoid | own, tuple(hard[:HARD])
    )


# ── the same question in twelve languages ──


def add_parallel(pool: Pool, bench: Path, kept: Callable[[int], bool]) -> None:
    """Questions of one language on paragraphs of another, articles chosen by number."""
    files = {lang: read_lines(bench / f"train/xquad-even.{lang}.jsonl.gz") for lang in PARALLEL}
    for lang, articles in files.items():
        chosen = [one for number, one in enumerate(articles) if kept(number)]
        add_articles(pool, chosen, f"xq-{lang}", lang)
    by_group: dict[str, list[Question]] = defaultdict(list)
    for question in pool.questions:
        if question.source.startswith("xq-"):
            by_group[question.group].append(question)
    # The same article, paragraph and question stand at the same places in all files; a question
    # whose answer could not be placed in some language is found by its place, not its rank.
    for lang in PARALLEL:
        for other in PARALLEL:
            if lang != other:
                _add_crossed(pool, files, kept, lang, other)


def _add_crossed(
    pool: Pool, files: dict[str, list[Article]], kept: Callable[[int], bool], lang: str, other: str
) -> None:
    asked = {
        (n, p, q): question["question"]
        for n, article in enumerate([a for i, a in enumerate(files[lang]) if kept(i)])
        for p, paragraph in enumerate(article["paragraphs"])
        for q, question in enumerate(paragraph["questions"])
    }
    own = {
        (n, p, q): question["question"]
        for n, article in enumerate([a for i, a in enumerate(files[other]) if kept(i)])
        for p, paragraph in enumerate(article["paragraphs"])
        for q, question in enumerate(paragraph["questions"])
    }
    found = {(one.group, one.text): one for one in pool.questions if one.source == f"xq-{other}"}
    for key, text in own.items():
        answered = found.get((f"xq-{other}/{key[0]}", text))
        if answered and key in asked:
            pool.questions.append(
                replace(answered, text=asked[key], language=lang, source=f"cross-{lang}-{other}")
            )


# ── tables of annual reports ──


def add_tables(pool: Pool, entries: Sequence[dict[str, Any]]) -> None:
    """Questions on a table and the paragraphs beside it; a table is cut into pieces of rows."""
    for number, entry in enumerate(entries):
        group = f"tatqa/{number}"
        head = _head_rows(entry["table"])
        rows = entry["table"][head:]
        placed: list[tuple[int, list[tuple[str, int, int]]]] = []
        for at in range(0, len(rows), 14):
            text = "\n".join("\t".join(row) for row in rows[at : at + 14])
            heads = tuple(tuple(row) for row in entry["table"][:head])
            linear = linearise(text, [TableRows(0, len(text), heads)])
            back = {place: i for i, place in enumerate(linear.places) if place >= 0}
            cells, start = [], 0
            for row in rows[at : at + 14]:
                for cell in row:
                    if cell.strip():
                        cells.append((cell.strip(), back[start], back[start + len(cell) - 1] + 1))
                    start += len(cell) + 1
            placed.append((pool.add(Context(linear.text, "", group, "en")), cells))
        paragraphs = [pool.add(Context(one, "", group, "en")) for one in entry["paragraphs"]]
        numbers = [one for one, _ in placed] + paragraphs
        ranking = Ranking([(one, pool.contexts[one].text) for one in numbers])
        for asked in entry["questions"]:
            if asked["answer_type"] != "span" or len(asked["answer"]) != 1:
                continue
            wanted = asked["answer"][0].strip()
            positives = [
                (one, a, b) for one, cells in placed for cell, a, b in cells if cell == wanted
            ]
            if len(positives) > 1:
                continue
            for one in paragraphs if not positives or "text" in asked["answer_from"] else []:
                at = pool.contexts[one].text.find(wanted)
                if at >= 0 and asked["answer_from"] != "table":
                    positives.append((one, at, at + len(wanted)))
            if not positives:
                continue
            bare = squeezed(wanted)
            avoid = {one for one in numbers if bare in squeezed(pool.contexts[one].text)}
            hard = [n for n in ranking.likest(asked["question"], HARD) if n not in avoid]
            pool.questions.append(
                Question(
                    asked["question"],
                    "tatqa",
                    "en",
                    group,
                    tuple(positives),
                    frozenset(avoid),
                    tuple(hard),
                )
            )


def _head_rows(table: Sequence[Sequence[str]]) -> int:
    """How many rows head the table: those before the first with a label or with figures."""
    for number, row in enumerate(table):
        figures = [
            c
            for c in row[1:]
            if re.search(r"\d", c) and not re.fullmatch(r".*\b(?:19|20)\d\d\b.*", c)
        ]
        if row[0].strip() and (figures or number >= 3):
            return number
        if figures:
            return number
    return 1


# ── questions of which only the passages that answer are known ──


def add_beir(
    pool: Pool, folder: Path, source: str, kept: Callable[[int], bool], span: bool
) -> None:
    """A data set in BEIR's layout; ``span``: its questions carry the text of their answers."""
    corpus = read_lines(folder / "corpus.jsonl")
    numbers = {
        one["_id"]: pool.add(Context(one["text"], one.get("title", ""), source, ""))
        for one in corpus
    }
    ranking = Ranking([(number, pool.contexts[number].text) for number in numbers.values()])
    right: dict[str, list[str]] = defaultdict(list)
    for line in (folder / "qrels/dev.tsv").read_text().splitlines()[1:]:
        query, passage, score = line.split("\t")
        if int(score) > 0:
            right[query].append(passage)
    for order, asked in enumerate(read_lines(folder / "queries.jsonl")):
        if not kept(order):
            continue
        positives = []
        for passage in right[asked["_id"]]:
            number = numbers[passage]
            at = -1
            if span:
                text = pool.contexts[number].text
                answer = asked["metadata"]["answers"][0]
                at = text.find(answer)
                if at < 0:
                    continue
                positives.append((number, at, at + len(answer)))
            else:
                positives.append((number, 0, 0))
        if not positives:
            continue
        own = frozenset(number for number, _, _ in positives)
        hard = [n for n in ranking.likest(asked["text"], HARD + 4) if n not in own]
        if span:
            answer = squeezed(asked["metadata"]["answers"][0])
            hard = [n for n in hard if answer not in squeezed(pool.contexts[n].text)]
        pool.questions.append(
            Question(
                asked["text"],
                source,
                asked["metadata"]["lang"],
                source,
                tuple(positives),
                own,
                tuple(hard[:HARD]),
                located=span,
            )
        )


# ── questions that their passage does not answer, made of ones that it does ──

_YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")
_FIGURE = re.compile(r"(?<![\d.,])\d{1,4}(?![\d.,])")
_NAME = re.compile(r"(?<!^)(?<![.!?] )\b[A-ZÀ-ÞĂȘȚŞĞİ][\w’'-]+(?: [A-ZÀ-ÞĂȘȚŞĞİ][\w’'-]+)*")
_KATAKANA = re.compile(r"[ァ-ヴー]{3,}")
_QUOTED = re.compile(r"[「『《“\"]([^」』》”\"]{2,20})[」』》”\"]")


def edited(question: str, others: str, rng: random.Random) -> str | None:
    """The question about another year, number or name; names are taken from the text ``others``."""
    choices: list[str] = []
    for pattern in (_YEAR, _FIGURE):
        found = pattern.search(question)
        if found:
            value = int(found[0])
            changed = value + rng.choice([-7, -4, -3, -2, -1, 1, 2, 3, 5, 8])
            choices.append(
                question[: found.start()] + str(max(1, changed)) + question[found.end() :]
            )
            break
    for pattern in (_QUOTED, _NAME, _KATAKANA):
        names = list(pattern.finditer(question))
        known = {one[pattern.groups] for one in pattern.finditer(others)}
        known = {one for one in known if one not in question}
        if names and known:
            one = rng.choice(names)
            start, end = one.span(pattern.groups)
            choices.append(question[:start] + rng.choice(sorted(known)) + question[end:])
            break
    return rng.choice(choices) if choices else None


def add_edited(pool: Pool, rng: random.Random) -> None:
    """For questions with a year, number or name, one that asks about another."""
    groups: dict[str, list[int]] = defaultdict(list)
    for number, context in enumerate(pool.contexts):
        groups[context.group].append(number)
    bodies: dict[str, str] = {}
    more = []
    for question in pool.questions:
        if not question.located or not question.positives or question.source.startswith("inv"):
            continue
        own = question.positives[0][0]
        group = question.group
        if group not in bodies:
            chosen = (
                groups[group][:60] if len(groups[group]) < 200 else rng.sample(groups[group], 40)
            )
            bodies[group] = " ".join(pool.contexts[one].text for one in chosen)[:20000]
        text = edited(question.text, bodies[group], rng)
        if text and text != question.text:
            more.append(
                replace(
                    question,
                    text=text,
                    source=f"{question.source}+edited",
                    positives=(),
                    avoid=frozenset(),
                    hard=(own, *question.hard[:3]),
                )
            )
    pool.questions += more


# ── invented reports, read and cut as the product does ──


def add_invented(pool: Pool, folder: Path, tokens: Any, seed: int) -> None:
    """Reports and test queries in ``folder``; those of one world are a group."""
    from tools.reader.invented_passages import passages_of, placed_evidence

    rng = random.Random(seed)
    by_world: dict[str, list[str]] = defaultdict(list)
    for file in sorted((folder / "corpus").glob("*.md")):
        by_world[file.name.partition("-")[0]].append(file.name)
    queries: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for query in read_lines(folder / "queries.jsonl"):
        queries[query["id"].partition("-")[0]].append(query)
    for world, names in by_world.items():
        group = f"inv{seed}/{world}"
        passages = [
            passage
            for name in names
            for passage in passages_of(
                folder / "corpus" / name, tokens, rng.choice([90, 160, 240, 320])
            )
        ]
        numbers = [
            pool.add(Context(one.linear.text, one.heading, group, one.language)) for one in passages
        ]
        ranking = Ranking(
            [(n, p.heading + " " + p.linear.text) for n, p in zip(numbers, passages, strict=True)]
        )
        for query in queries[world]:
            positives, avoid = placed_evidence(query, passages)
            if query["evidence"] and not positives:
                continue
            found = tuple((numbers[n], a, b) for n, a, b in positives)
            barred = frozenset(numbers[n] for n in avoid)
            hard = [n for n in ranking.likest(query["query"], 16) if n not in barred]
            rest = [n for n in numbers if n not in barred and n not in hard]
            rng.shuffle(rest)
            hard = [*hard[:6], *rest[: HARD - min(6, len(hard))]]
            kind = "inv" if found else "inv-none"
            pool.questions.append(
                Question(query["query"], kind, query["lang"], group, found, barred, tuple(hard))
            )


# ── to token ids ──


def write(pool: Pool, out: Path, tokens: Any, rng: random.Random) -> None:
    """The pool as arrays; token ids are those of the packaged vocabulary.

    Characters of a passage become tokens by their spans; sentences are kept so that one can be
    taken out. A tenth of the groups of each source, the parallel articles by number, is marked as
    kept aside.
    """
    contexts = tokens.placed([one.text for one in pool.contexts])
    headings = sorted({one.heading for one in pool.contexts})
    heading_ids = tokens.ids(headings)
    heading_of = {text: number for number, text in enumerate(headings)}
    texts = sorted({one.text for one in pool.questions})
    question_ids = tokens.ids(texts)
    question_of = {text: number for number, text in enumerate(texts)}
    groups = sorted({one.group for one in pool.contexts})
    group_of = {name: number for number, name in enumerate(groups)}
    sources = sorted({one.source for one in pool.questions})
    source_of = {name: number for number, name in enumerate(sources)}

    rows: dict[str, list[Any]] = defaultdict(list)
    spans: list[tuple[int, int, int, int, int]] = []
    hard: list[int] = []
    avoid: list[int] = []
    for question in pool.questions:
        own, long = [], False
        for context, start, end in question.positives:
            if not question.located:
                own.append((context, 0, 0, 0, 0))
                continue
            first, last = token_span(contexts[context][1], start, end)
            if last < 0 or last >= LONGEST_CONTEXT:
                continue
            long = long or last - first >= LONGEST_ANSWER
            a, b = sentence_tokens(pool.contexts[context], contexts[context][1], start, end)
            own.append((context, first, last, a, b))
        if question.positives and not own:
            continue
        rows["text"].append(question_of[question.text])
        rows["source"].append(source_of[question.source])
        rows["located"].append(question.located and not long)
        rows["group"].append(group_of[question.group])
        rows["spans"].append(len(own))
        rows["hard"].append(len(question.hard))
        spans += own
        hard += question.hard
        near = {context for context, *_ in own} | set(question.hard)
        listed = sorted(question.avoid) if len(question.avoid) < 400 else sorted(near)
        rows["avoid"].append(len(listed))
        avoid += listed
    aside = {name: _is_aside(name, rng) for name in groups}
    arrays: dict[str, Any] = {
        "sources": np.array(sources),
        "question.text": np.array(rows["text"], np.int32),
        "question.source": np.array(rows["source"], np.int16),
        "question.located": np.array(rows["located"], bool),
        "question.group": np.array(rows["group"], np.int32),
        "question.aside": np.array([aside[groups[g]] for g in rows["group"]], bool),
        "question.spans": np.array(rows["spans"], np.int32),
        "question.hard": np.array(rows["hard"], np.int32),
        "question.avoid": np.array(rows["avoid"], np.int32),
        "spans": np.array(spans, np.int32).reshape(-1, 5),
        "hard": np.array(hard, np.int32),
        "avoid": np.array(avoid, np.int32),
        "context.group": np.array([group_of[one.group] for one in pool.contexts], np.int32),
        "context.heading": np.array([heading_of[one.heading] for one in pool.contexts], np.int32),
        **ragged("context", [ids[:LONGEST_CONTEXT] for ids, _ in contexts]),
        **ragged("heading", [ids[:HEADING_TOKENS] for ids in heading_ids]),
        **ragged("text", [ids[:QUESTION_TOKENS] for ids in question_ids]),
    }
    used = np.unique(np.concatenate([arrays[f"{n}.ids"] for n in ("context", "heading", "text")]))
    arrays["vocabulary"] = np.union1d(used, np.arange(4)).astype(np.int32)
    for name in ("context", "heading", "text"):
        arrays[f"{name}.ids"] = np.searchsorted(arrays["vocabulary"], arrays[f"{name}.ids"]).astype(
            np.uint16 if len(arrays["vocabulary"]) < 65536 else np.int32
        )
    np.savez_compressed(out, **arrays)
    counted = Counter(sources[s].split("-")[0] for s in rows["source"])
    print(
        f"{len(rows['text'])} questions, {len(pool.contexts)} passages, "
        f"{len(arrays['context.ids'])} tokens, {len(arrays['vocabulary'])} pieces: {counted}"
    )


def _is_aside(group: str, rng: random.Random) -> bool:
    source, _, number = group.partition("/")
    if source.startswith("xq-"):
        return int(number) % 9 == 8
    if not number:
        return False
    return rng.random() < 0.04


def ragged(name: str, lists: Sequence[Sequence[int]]) -> dict[str, Any]:
    """Lists of ids as one array and the offsets of the lists in it."""
    ends = np.cumsum([0, *map(len, lists)]).astype(np.int64)
    flat = np.fromiter((i for one in lists for i in one), np.int32, int(ends[-1]))
    return {f"{name}.ids": flat, f"{name}.ends": ends}


def token_span(offsets: Sequence[tuple[int, int]], start: int, end: int) -> tuple[int, int]:
    """The first and last token of the characters ``start:end``; (-1, -1) where there is none."""
    inside = [i for i, (a, b) in enumerate(offsets) if a < end and b > start and b > a]
    return (inside[0], inside[-1]) if inside else (-1, -1)


def sentence_tokens(
    context: Context, offsets: Sequence[tuple[int, int]], start: int, end: int
) -> tuple[int, int]:
    """The tokens (half-open) of the sentences that ``start:end`` lies in."""
    language = context.language or "en"
    spans = [s for s in sentence_spans(context.text, language) if s[0] < end and s[1] > start]
    if not spans:
        return 0, 0
    first, last = token_span(offsets, spans[0][0], spans[-1][1])
    return (first, last + 1) if last >= 0 else (0, 0)


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("out", type=Path)
    parser.add_argument("--bench", type=Path, required=True)
    parser.add_argument("--invented", type=Path, nargs="*", default=[])
    parser.add_argument("--cache", type=Path, default=Path.home() / ".cache/rag")
    parser.add_argument("--seed", type=int, default=7)
    options = parser.parse_args()
    write_pairs(options.out, options.bench, options.invented, options.cache, options.seed)


def write_pairs(out: Path, bench: Path, invented: Sequence[Path], cache: Path, seed: int) -> None:
    """All sets into one file; see the module's text."""
    import opencc

    from tools.reader.invented_passages import open_tokens

    rng = random.Random(seed)
    tokens = open_tokens(cache)
    to_traditional = opencc.OpenCC("s2t").convert
    train = bench / "train"
    pool = Pool()
    add_articles(pool, read_lines(train / "jaquad-train.ja.jsonl.gz"), "jaquad", "ja")
    add_articles(
        pool, regrouped(read_lines(train / "jsquad-valid.ja.jsonl.gz"), 40), "jsquad", "ja"
    )
    cmrc = regrouped(
        read_lines(train / "cmrc2018-dev.zh-Hans.jsonl.gz")
        + read_lines(train / "cmrc2018-trial.zh-Hans.jsonl.gz"),
        60,
    )
    add_articles(pool, cmrc, "cmrc", "zh-Hans")
    add_articles(pool, cmrc, "cmrct", "zh-Hant", to_traditional)
    add_articles(pool, read_lines(train / "arcd.ar.jsonl.gz"), "arcd", "ar")
    add_articles(pool, read_lines(train / "covid-qa.en.jsonl.gz"), "covid", "en", longest=1200)
    add_articles(pool, read_lines(train / "policyqa-dev.en.jsonl.gz"), "policy", "en")
    add_parallel(pool, bench, lambda number: number % 4 != 3)
    tables = read_lines(train / "tatqa-dev.en.jsonl.gz")
    add_tables(pool, tables[::2])
    add_beir(pool, bench / "drcd-dev", "drcd", lambda order: order % 2 == 0, span=True)
    add_beir(pool, bench / "obliqa-dev", "obliqa", lambda order: order % 2 == 0, span=False)
    print("edited", flush=True)
    add_edited(pool, rng)
    for number, folder in enumerate(invented):
        print(folder, flush=True)
        add_invented(pool, folder, tokens, seed + number)
    print("tokens", flush=True)
    write(pool, out, tokens, rng)


if __name__ == "__main__":
    main()
