"""Settings to parts: the one place that knows how everything is put together."""

from __future__ import annotations

from collections.abc import Callable

from rag import analysis, chunking, readers
from rag.answering import Assistant
from rag.answering.evidence import EvidenceModel
from rag.config import Settings
from rag.encoder import Encoder
from rag.index import Stages
from rag.languages import UNKNOWN, detect
from rag.schema import Chunk, Document
from rag.sparse import Bm25

Report = Callable[[str], None]


def make_encoder(settings: Settings, report: Report = lambda _: None) -> Encoder:
    """The embedding model of ``settings``, not loaded yet; ``report`` is told what takes long."""
    return Encoder(
        settings.model,
        cache=settings.cache,
        device=settings.device,
        backend=settings.backend,
        query_prompt=settings.query_prompt,
        passage_prompt=settings.passage_prompt,
        report=report,
    )


def make_stages(settings: Settings, encoder: Encoder) -> Stages:
    """What ``rag.index.build`` needs to make an index as ``settings`` say."""

    def cut(document: Document) -> list[Chunk]:
        return chunking.chunk_document(
            document,
            max_tokens=min(settings.chunk_tokens, encoder.max_tokens - _CONTEXT_TOKENS),
            count_tokens=encoder.count_tokens,
            detect_language=lambda text: detect(text, document.language),
        )

    return Stages(
        read=readers.read,
        detect_language=lambda text: detect(text, UNKNOWN),
        chunk=cut,
        describe=describe,
        analyse=analysis.terms,
        encoder=encoder,
        suffixes=frozenset(readers.SUFFIXES),
        fingerprints={
            "readers": str(readers.VERSION),
            "chunking": f"{chunking.VERSION}/{settings.chunk_tokens}",
            "analysis": str(analysis.VERSION),
        },
        bm25=Bm25(k1=settings.bm25_k1, b=settings.bm25_b),
    )


def describe(document: Document, chunk: Chunk) -> str:
    """What is encoded and analysed for ``chunk``: its place in the report, then its text."""
    parts = [chunking.context_of(document, chunk), chunk.header, chunk.text]
    return "\n".join(part for part in parts if part)


def make_assistant(settings: Settings, encoder: Encoder) -> Assistant:
    """Search and answers over the index of ``settings``."""
    return Assistant(
        settings.index,
        encoder,
        require=make_stages(settings, encoder).all_fingerprints(),
        mode=settings.mode,
        evidence=EvidenceModel(least=settings.evidence),
    )


# Room for title, section path and table header in the model's window.
_CONTEXT_TOKENS = 96
