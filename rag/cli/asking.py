"""Commands that search and answer."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from rag.cli.options import IndexOption, JsonOption, ModeChoice, assistant_of, settings_of


def search(
    question: Annotated[str, typer.Argument(help="The question.")],
    k: Annotated[int | None, typer.Option("-k", min=1, max=1000, help="How many passages.")] = None,
    mode: ModeChoice = None,
    language: Annotated[str | None, typer.Option(help="Only passages in this language.")] = None,
    document: Annotated[str | None, typer.Option(help="Only this document.")] = None,
    issuer: Annotated[str | None, typer.Option(help="Only reports of this issuer.")] = None,
    kind: Annotated[str | None, typer.Option(help="Only reports of this kind.")] = None,
    since: Annotated[str | None, typer.Option(help="Only reports from this date on.")] = None,
    until: Annotated[str | None, typer.Option(help="Only reports up to this date.")] = None,
    index: IndexOption = None,
    as_json: JsonOption = False,
) -> None:
    """Find passages, best first."""
    from rag.cli.console import put, put_json, render_hits
    from rag.json_contract import search_to_json
    from rag.retrieval.retriever import Filters

    settings = settings_of(index=index, mode=mode, passages=k)
    filters = Filters(
        language=language,
        document=document,
        issuer=issuer,
        kind=kind,
        since=since,
        until=until,
    )
    found = assistant_of(settings).search(question, k=settings.passages, filters=filters)
    if as_json:
        put_json({**search_to_json(found.query, found.language, found.mode, found.hits)})
    else:
        put(render_hits(found.hits))


def ask(
    question: Annotated[str, typer.Argument(help="The question.")],
    extractive: Annotated[
        bool, typer.Option("--extractive", help="Answer with sentences of the reports alone.")
    ] = False,
    after: Annotated[
        list[str] | None,
        typer.Option(help="A question asked before this one; may be repeated, oldest first."),
    ] = None,
    export: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Write a dossier too: .docx, .html or .md."),
    ] = None,
    export_language: Annotated[
        str | None, typer.Option(metavar="L", help="The dossier's own language.")
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Overwrite the dossier's file.")] = False,
    mode: ModeChoice = None,
    index: IndexOption = None,
    as_json: JsonOption = False,
) -> None:
    """Answer with cited sentences of the reports, or say that they do not answer."""
    from rag.cli.console import put, put_json, render_answer, say
    from rag.json_contract import answer_to_json

    if export is not None:
        from rag.export import check_target

        check_target(export, overwrite=force)
    assistant = assistant_of(settings_of(index=index, mode=mode), recorded=True)
    answer = assistant.ask(question, history=after or (), extractive=extractive)
    if as_json:
        put_json({**answer_to_json(answer)})
    else:
        put(render_answer(answer))
    if export is not None:
        from rag.app import make_dossier
        from rag.export import write_dossier
        from rag.locale import catalogue

        texts = catalogue(export_language or answer.language)
        write_dossier(export, make_dossier(assistant, answer), texts, overwrite=force)
        say(f"The dossier is in {export}.")
