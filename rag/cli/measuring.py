"""Commands that hold answers against what they should be."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from rag.cli.options import (
    IndexOption,
    JsonOption,
    ModeOption,
    assistant_of,
    settings_of,
    shown_progress,
)
from rag.errors import RagError

if TYPE_CHECKING:
    from rag.config import Mode


def evaluate(
    queries: Annotated[Path | None, typer.Argument(help="A file of test queries.")] = None,
    beir: Annotated[Path | None, typer.Option(help="A data set in BEIR's layout.")] = None,
    split: Annotated[str | None, typer.Option(help="The split of --beir.")] = None,
    mode: Annotated[
        list[ModeOption] | None, typer.Option("--mode", help="May be given several times.")
    ] = None,
    html: Annotated[Path | None, typer.Option(help="Write a page to look at.")] = None,
    run: Annotated[Path | None, typer.Option(help="Write the ranking in TREC's format.")] = None,
    baseline: Annotated[
        Path | None, typer.Option(help="Compare with this ranking in TREC's format.")
    ] = None,
    fail_under: Annotated[
        list[str] | None,
        typer.Option(
            metavar="METRIC=VALUE",
            help="Exit 1 on anything worse: below VALUE, for a false rate above it.",
        ),
    ] = None,
    index: IndexOption = None,
    as_json: JsonOption = False,
) -> None:
    """Measure retrieval and answers with test queries."""
    from rag.app import make_encoder, measure, measure_beir
    from rag.cli.console import put, put_json, say
    from rag.evaluation.html import write_html
    from rag.evaluation.runs import write_run
    from rag.evaluation.text import render_text
    from rag.evaluation.thresholds import failures, parse_threshold

    if (queries is None) == (beir is None):
        raise typer.BadParameter("Give either a file of test queries or --beir DIR.")
    try:
        thresholds = [parse_threshold(text) for text in fail_under or []]
    except ValueError as error:
        raise typer.BadParameter(str(error)) from error
    settings = settings_of(index=index)
    modes = _modes(mode)
    with shown_progress() as progress:
        if beir is not None:
            report = measure_beir(
                settings,
                make_encoder(settings, say),
                beir,
                split=split,
                modes=modes,
                baseline=baseline,
                progress=progress.starter,
            )
        elif queries is not None:
            report = measure(
                settings,
                assistant_of(settings),
                queries,
                modes=modes,
                baseline=baseline,
                progress=progress.starter,
            )
    first = report.results[0]
    if run is not None:
        write_run(run, first.run, tag=f"rag-{first.mode}")
    if html is not None:
        write_html(html, report, title=str(queries or beir), threshold=settings.evidence)
    if as_json:
        put_json({**report.to_json()})
    else:
        put(render_text(report))
    problems = failures(thresholds, first)
    if problems:
        raise RagError(" ".join(problems))


def audit(
    record: Annotated[Path | None, typer.Argument(help="The file of the record.")] = None,
    head: Annotated[
        str | None, typer.Option(metavar="HASH", help="A head that the record had before.")
    ] = None,
    chain_only: Annotated[
        bool, typer.Option("--chain-only", help="Do not answer the questions again.")
    ] = False,
    index: IndexOption = None,
    as_json: JsonOption = False,
) -> None:
    """Say whether the record is whole, and whether the same answers come out again."""
    from rag.app import make_encoder, make_engine, make_replay
    from rag.audit import audit as check
    from rag.cli.console import put, put_json, render_audit, say

    settings = settings_of(index=index, record=record)
    if settings.record is None:
        raise RagError("No record is kept. Name its file, or set `record`.")
    replay = None if chain_only else make_replay(settings, make_encoder(settings, say))
    with shown_progress() as progress:
        found = check(
            settings.record,
            make_engine(settings),
            replay,
            head=head,
            progress=progress.starter,
        )
    if as_json:
        put_json({**found.as_json()})
    else:
        put(render_audit(found))
    if not found.ok:
        raise RagError(f"The record {settings.record} is not whole, or differs; see above.")


def _modes(chosen: list[ModeOption] | None) -> list[Mode]:
    values: list[Mode] = [choice.value for choice in chosen or []]
    return list(dict.fromkeys(values))
