"""A dossier as Markdown, with its pictures as files beside it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from rag.export.contents import Dossier, Proof
from rag.export.facts import (
    caption,
    heading_facts,
    notices,
    origin_facts,
    proof_facts,
    sentence_text,
)
from rag.locale import Catalogue
from rag.schema import Sentence

_SPECIAL = re.compile(r"([\\`*_\[\]<>!|&~])")
# What makes a block of a line that begins with it.
_BLOCK = re.compile(r"^(\d+(?=[.)])|(?=[#+\-=]))")


def to_markdown(
    dossier: Dossier, texts: Catalogue, folder: str
) -> tuple[bytes, tuple[tuple[str, bytes], ...]]:
    """The dossier as Markdown in UTF-8, and the pictures it expects in ``folder`` beside it.

    Quotes stand in fenced blocks, where nothing in them is markup and no character is changed.
    """
    pictures: list[tuple[str, bytes]] = []
    blocks = [
        f"# {_text(texts.dossier.title)}",
        f"## {_text(texts.dossier.question)}",
        _fenced(dossier.answer.query),
        _list(heading_facts(dossier, texts)),
        f"## {_text(texts.dossier.answer)}",
        *(_sentence(sentence, texts) for sentence in dossier.answer.sentences),
        *(f"*{_text(notice)}*" for notice, _ in notices(dossier, texts)),
    ]
    for proof in dossier.proofs:
        blocks += _proof(proof, texts, folder, pictures)
    blocks += [f"## {_text(texts.dossier.origin)}", _list(origin_facts(dossier, texts))]
    return ("\n\n".join(blocks) + "\n").encode("utf-8", "replace"), tuple(pictures)


def _proof(
    proof: Proof, texts: Catalogue, folder: str, pictures: list[tuple[str, bytes]]
) -> Iterator[str]:
    yield f"## {_text(texts.dossier.quote.format(id=proof.citation.id))}"
    yield _fenced(proof.citation.quote)
    yield _list(proof_facts(proof, texts))
    for picture in proof.pictures:
        name = f"quote-{proof.citation.id}-page-{picture.number}.png"
        pictures.append((name, picture.png))
        yield f"![{_text(caption(picture, texts))}](<{folder}/{name}>)"
        yield _text(caption(picture, texts))
    if proof.problem:
        yield _text(texts.dossier.no_picture.format(reason=proof.problem))


def _sentence(sentence: Sentence, texts: Catalogue) -> str:
    marks = "".join(f"[{number}]" for number in sentence.citations)
    return _text(f"{sentence_text(sentence, texts)} {marks}")


def _list(facts: Iterable[tuple[str, str]]) -> str:
    return "\n".join(f"- **{_text(label)}**: {_text(value)}" for label, value in facts)


def _fenced(text: str) -> str:
    longest = max((len(run) for run in re.findall(r"`+", text)), default=0)
    fence = "`" * max(3, longest + 1)
    return f"{fence}text\n{text}\n{fence}"


def _text(text: str) -> str:
    return _BLOCK.sub(r"\1\\", _SPECIAL.sub(r"\\\1", " ".join(text.split())))
