"""The library: an index of reports from Python, by the same parts as the commands have."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from rag.answering.assistant import Report
from rag.app import bring_up_to_date, make_assistant, make_encoder, make_recorder, measure
from rag.config import Mode, Settings, load_settings
from rag.evaluation.result import EvaluationReport
from rag.index import BuildReport, Progress, Silent
from rag.retrieval.retriever import Retrieved
from rag.schema import Answer, Document, Filters


class Rag:
    """Reports that are indexed, searched, asked and measured; safe to share by threads.

    ``index`` is the folder of the index, which need not be there yet. What is not given is as the
    commands have it: ``settings``, or else ``RAG_*``, ``rag.toml`` and the defaults. Nothing is
    opened before it is needed, and a new generation of the index is searched once it is there. The
    folders of index, cache and record are those that their names meant when it was made. ``say`` is
    told in a sentence what takes long.

    Every method may raise RagError, whose text says what to do; ConfigError, which is one, comes
    of settings that contradict one another.
    """

    def __init__(
        self,
        index: str | Path | None = None,
        *,
        settings: Settings | None = None,
        say: Callable[[str], None] = lambda _: None,
    ) -> None:
        folder = None if index is None else Path(index)
        if settings is None:
            settings = load_settings(index=folder)
        elif folder is not None:
            settings = settings.model_copy(update={"index": folder})
        self.settings = settings = _anchored(settings)
        self._say = say
        self._encoder = make_encoder(settings, say)
        self._assistant = make_assistant(
            settings, self._encoder, on_answer=make_recorder(settings, say), report=say
        )
        # Questions of a test are nobody's, and no part of a record.
        self._unrecorded = make_assistant(settings, self._encoder)

    def index(
        self,
        corpus: str | Path | None = None,
        *,
        rebuild: bool = False,
        progress: Progress | None = None,
    ) -> BuildReport:
        """Build the index from a folder or file of reports, or bring it up to date with it.

        Without ``corpus`` it is that of the settings. ``rebuild`` takes nothing from before. The
        index in use stays whole until the new one replaces it.
        """
        settings = self.settings
        if corpus is not None:
            settings = settings.model_copy(update={"corpus": Path(corpus)})
        return bring_up_to_date(
            settings,
            self._encoder,
            progress=progress or Silent(),
            say=self._say,
            rebuild=rebuild,
        )

    def search(
        self,
        question: str,
        *,
        k: int | None = None,
        mode: Mode | None = None,
        filters: Filters | None = None,
    ) -> Retrieved:
        """The ``k`` best passages, in ``hits``; fewer where fewer pass the filters.

        Without ``k`` and ``mode`` they are the settings' ``passages`` and ``mode``.
        """
        wanted = self.settings.passages if k is None else k
        return self._assistant.search(question, k=wanted, mode=mode, filters=filters)

    def ask(
        self,
        question: str,
        *,
        history: Sequence[str] = (),
        filters: Filters | None = None,
        extractive: bool = False,
        mode: Mode | None = None,
    ) -> Answer:
        """An answer, each sentence cited, or a refusal.

        ``history`` are the questions asked before this one, oldest first. With ``extractive`` only
        sentences of the reports are given, even where the settings name a language model. Passages
        are found by ``mode``, or that of the settings.
        """
        return self._assistant.ask(
            question, history=history, filters=filters, extractive=extractive, mode=mode
        )

    def evaluate(self, queries: str | Path, *, modes: Sequence[Mode] = ()) -> EvaluationReport:
        """Measure retrieval and answers with a file of test queries.

        ``results`` has a result for each of ``modes``; without them, for that of the settings.
        """
        return measure(
            self.settings,
            self._unrecorded,
            Path(queries),
            modes=modes,
            progress=lambda _name, _total: lambda _count: None,
        )

    def reports(self) -> tuple[Report, ...]:
        """The reports in the index, by source."""
        return self._assistant.documents()

    def document(self, name: str) -> Document:
        """The report with this name or source: its ``text`` is what offsets count."""
        return self._assistant.index().document(name)


def _anchored(settings: Settings) -> Settings:
    """``settings`` whose folders stay the same ones when the program changes its working folder."""
    paths = {"index": settings.index, "cache": settings.cache, "record": settings.record}
    return settings.model_copy(
        update={name: path.absolute() for name, path in paths.items() if path is not None}
    )
