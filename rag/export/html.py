"""A dossier as one HTML file that loads nothing: pictures are inside, scripts cannot run."""

from __future__ import annotations

import base64
from collections.abc import Iterable
from html import escape

from rag.export.contents import Dossier, PagePicture, Proof
from rag.export.facts import (
    caption,
    heading_facts,
    notices,
    origin_facts,
    proof_facts,
    sentence_text,
)
from rag.export.wording import Wording
from rag.text.languages import LANGUAGES

_STYLE = """
body { font: 16px/1.6 system-ui, "Noto Sans", "Noto Sans CJK SC", "Noto Naskh Arabic", sans-serif;
  color: #1c2430; max-width: 52rem; margin: 2.5rem auto; padding: 0 1.25rem; }
h1 { font-size: 1.5rem; border-bottom: 3px solid #1f4e79; padding-bottom: .5rem; }
h2 { font-size: 1.15rem; color: #1f4e79; margin: 2rem 0 .5rem; break-after: avoid; }
.question { font-size: 1.15rem; font-weight: 600; white-space: pre-wrap; }
.answer p { margin: .4rem 0; white-space: pre-wrap; }
blockquote { margin: .75rem 0; padding: .75rem 1rem; background: #fffbe6; white-space: pre-wrap;
  border-inline-start: 4px solid #d69e00; overflow-wrap: anywhere; }
table { border-collapse: collapse; width: 100%; font-size: .9rem; }
th { text-align: start; vertical-align: top; font-weight: 600; width: 13rem; color: #46505e; }
th, td { padding: .3rem .6rem .3rem 0; border-bottom: 1px solid #dfe4ea; overflow-wrap: anywhere; }
[dir=rtl] th, [dir=rtl] td { padding: .3rem 0 .3rem .6rem; }
figure { margin: 1rem 0; break-inside: avoid; }
figure img { max-width: 100%; border: 1px solid #b8c0ca; }
figcaption, .notice { color: #46505e; font-size: .9rem; }
@media print { body { margin: 0; max-width: none; } }
"""


def to_html(dossier: Dossier, wording: Wording) -> bytes:
    """The dossier as HTML in UTF-8."""
    answer = dossier.answer
    direction = "rtl" if wording.rtl else "ltr"
    sentences = "".join(
        f"<p{_attributes(_language_of(dossier, ids) or answer.language)}>"
        f"{_text(sentence_text(sentence, wording))} "
        f"{''.join(f'<sup>[{number}]</sup>' for number in ids)}</p>"
        for sentence in answer.sentences
        for ids in [sentence.citations]
    )
    warnings = "".join(
        f'<p class="notice"{_attributes(language)}>{_text(notice)}</p>'
        for notice, language in notices(dossier, wording)
    )
    return (
        f'<!doctype html>\n<html lang="{wording.language}" dir="{direction}"><head>'
        '<meta charset="utf-8"><meta name="viewport" content="width=device-width">'
        '<meta http-equiv="Content-Security-Policy" content="default-src \'none\'; '
        "img-src data:; style-src 'unsafe-inline'\">"
        f"<title>{_text(wording.title)}</title><style>{_STYLE}</style></head><body>"
        f"<h1>{_text(wording.title)}</h1>"
        f"<h2>{_text(wording.question)}</h2>"
        f'<p class="question"{_attributes(answer.language)}>{_text(answer.query)}</p>'
        f"{_table(heading_facts(dossier, wording))}"
        f'<h2>{_text(wording.answer)}</h2><div class="answer">{sentences or _text(answer.text)}'
        f"</div>{warnings}"
        f"{''.join(_proof(proof, wording) for proof in dossier.proofs)}"
        f"<h2>{_text(wording.origin)}</h2>{_table(origin_facts(dossier, wording))}"
        "</body></html>\n"
    ).encode("utf-8", "replace")


def _proof(proof: Proof, wording: Wording) -> str:
    citation = proof.citation
    problem = wording.no_picture.format(reason=proof.problem) if proof.problem else ""
    return (
        f"<section><h2>{_text(wording.quote.format(id=citation.id))}</h2>"
        f"<blockquote{_attributes(citation.language)}>{_text(citation.quote)}</blockquote>"
        f"{_table(proof_facts(proof, wording))}"
        f"{''.join(_figure(picture, wording) for picture in proof.pictures)}"
        f"{f'<p>{_text(problem)}</p>' if problem else ''}</section>"
    )


def _figure(picture: PagePicture, wording: Wording) -> str:
    words = _text(caption(picture, wording))
    data = base64.b64encode(picture.png).decode("ascii")
    return (
        f'<figure><img src="data:image/png;base64,{data}" width="{picture.width}" '
        f'height="{picture.height}" alt="{words}" style="height: auto">'
        f"<figcaption>{words}</figcaption></figure>"
    )


def _table(facts: Iterable[tuple[str, str]]) -> str:
    rows = "".join(
        f'<tr><th scope="row">{_text(label)}</th><td><bdi>{_text(value)}</bdi></td></tr>'
        for label, value in facts
    )
    return f"<table>{rows}</table>"


def _text(text: str) -> str:
    return escape(text)


def _language_of(dossier: Dossier, ids: Iterable[int]) -> str:
    """The language of the first of these citations, since a sentence may be its quote."""
    if dossier.answer.generator != "extractive":
        return ""
    wanted = set(ids)
    return next((c.language for c in dossier.answer.citations if c.id in wanted), "")


def _attributes(language: str) -> str:
    lang = f' lang="{escape(language)}"' if language else ""
    info = LANGUAGES.get(language)
    return f'{lang} dir="{"rtl" if info and info.rtl else "auto"}"'
