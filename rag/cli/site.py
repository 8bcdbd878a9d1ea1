"""From settings to what is served besides the chat."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

    from rag.answering import Assistant
    from rag.config import Settings
    from rag.encoder import Encoder
    from rag.web.access.people import Access, Person
    from rag.web.evaluate_page import EvaluateSite
    from rag.web.health import Held
    from rag.web.library_page import LibrarySite
    from rag.web.site import Programs, Site

    Allowed = Callable[[Person], bool]

FEEDBACK_FILE = "feedback.jsonl"
"""The file of judgements of citations, in the folder of the index."""


def make_site_of(
    settings: Settings,
    assistant: Assistant,
    encoder: Encoder,
    access: Access,
    *,
    with_mcp: bool,
) -> Site:
    """The library, the evaluation, the feedback and the tools, as ``settings`` say.

    ``encoder`` is the one that ``assistant`` has: no model is loaded twice.
    """
    from rag.evaluation.feedback import FeedbackFile
    from rag.web.site import Site

    def may_edit(person: Person) -> bool:
        """Without signing in nobody is told apart, and all may who may come in."""
        named = not access.closed or person.name in settings.editors
        return settings.library == "edit" and named

    return Site(
        access=access,
        questions_per_minute=settings.questions_per_minute,
        held=lambda: _held(assistant),
        library=(
            None if settings.library == "off" else _library(settings, assistant, encoder, may_edit)
        ),
        evaluation=_evaluation(settings, encoder, may_edit) if settings.library == "edit" else None,
        feedback=FeedbackFile(settings.index / FEEDBACK_FILE, assistant.index),
        programs=_programs(assistant) if with_mcp else None,
    )


def _library(
    settings: Settings, assistant: Assistant, encoder: Encoder, may_edit: Allowed
) -> LibrarySite:
    from rag.app import bring_up_to_date
    from rag.cli.console import say
    from rag.cli.overview import overview
    from rag.readers import SUFFIXES, format_of
    from rag.web.library_page import LibrarySite
    from rag.web.uploads import CorpusFolder

    def build(progress: Any) -> object:
        return bring_up_to_date(settings, encoder, progress=progress, say=say)

    return LibrarySite(
        folder=CorpusFolder(
            settings.corpus, format_of, suffixes=SUFFIXES, largest=settings.upload_mb << 20
        ),
        describe=lambda: overview(assistant.index()),
        build=build,
        may_edit=may_edit,
    )


def _evaluation(settings: Settings, encoder: Encoder, may_edit: Allowed) -> EvaluateSite:
    from rag import app
    from rag.evaluation.html import render_html
    from rag.web.evaluate_page import EvaluateSite

    def files() -> dict[str, Path]:
        folders = (settings.corpus, settings.index)
        found = [file for folder in folders if folder.is_dir() for file in folder.glob("*.jsonl")]
        return {file.name: file for file in sorted(found, key=lambda file: file.name)}

    # Questions of a test are nobody's, and no part of a record.
    asked = app.make_assistant(settings, encoder)

    def measure(path: Path, name: str, progress: Any) -> str:
        report = app.measure(settings, asked, path, progress=progress.starter)
        return render_html(report, title=name, threshold=settings.evidence)

    return EvaluateSite(files=files, measure=measure, may_edit=may_edit)


def _held(assistant: Assistant) -> Held:
    from rag.web.health import Held

    manifest = assistant.index().manifest
    counts = manifest.counts
    return Held(manifest.generation, counts.documents, counts.pages, counts.chunks)


def _programs(assistant: Assistant) -> Programs:
    from rag.mcp_server import make_http

    return lambda guard: make_http(assistant, guard)
