"""The commands. Each is thin: settings, one call, one way of printing."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from rag.errors import RagError

if TYPE_CHECKING:
    from rag.answering import Assistant
    from rag.config import Mode, Settings
    from rag.console import Progress

app = typer.Typer(
    name="rag",
    help="Ask regulatory reports in several languages, and prove every word of the answer.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


class ModeOption(StrEnum):
    """How passages are found."""

    hybrid = "hybrid"
    dense = "dense"
    bm25 = "bm25"


IndexOption = Annotated[
    Path | None, typer.Option("--index", metavar="DIR", help="The folder of the index.")
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print one JSON object.")]
ModeChoice = Annotated[ModeOption | None, typer.Option("--mode", help="How passages are found.")]


@app.command("index")
def build_index(
    corpus: Annotated[Path | None, typer.Argument(help="A folder or file of reports.")] = None,
    index: IndexOption = None,
    rebuild: Annotated[bool, typer.Option("--rebuild", help="Take nothing from before.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Build the index, or bring it up to date."""
    from rag import index as indexing
    from rag.assembly import make_encoder, make_stages
    from rag.console import put, put_json, render_build, say

    settings = _settings(index=index, corpus=corpus)
    encoder = make_encoder(settings, say)
    with _progress() as progress:
        report = indexing.build(
            settings.index,
            settings.corpus,
            make_stages(settings, encoder),
            progress=progress,
            rebuild=rebuild,
            keep=settings.generations,
        )
    if as_json:
        put_json(report.as_json())
    else:
        put(render_build(report))


@app.command()
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
    from rag.console import put, put_json, render_hits
    from rag.contract_json import search_to_json
    from rag.languages import normalise_code
    from rag.retrieval import Filters

    settings = _settings(index=index, mode=mode, passages=k)
    filters = Filters(
        language=normalise_code(language) if language else None,
        document=document,
        issuer=issuer,
        kind=kind,
        since=since,
        until=until,
    )
    found = _assistant(settings).search(question, k=settings.passages, filters=filters)
    if as_json:
        put_json({**search_to_json(found.query, found.language, found.mode, found.hits)})
    else:
        put(render_hits(found.hits))


@app.command()
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
    index: IndexOption = None,
    as_json: JsonOption = False,
) -> None:
    """Answer with cited sentences of the reports, or say that they do not answer."""
    from rag.console import put, put_json, render_answer, say
    from rag.contract_json import answer_to_json

    if export is not None:
        from rag.dossier import check_target

        check_target(export, overwrite=force)
    assistant = _assistant(_settings(index=index), recorded=True)
    answer = assistant.ask(question, history=after or (), extractive=extractive)
    if as_json:
        put_json({**answer_to_json(answer)})
    else:
        put(render_answer(answer))
    if export is not None:
        from rag.assembly import make_dossier
        from rag.dossier import wording_for, write_dossier

        wording = wording_for(export_language or answer.language)
        write_dossier(export, make_dossier(assistant, answer), wording, overwrite=force)
        say(f"The dossier is in {export}.")


@app.command("eval")
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
        typer.Option(metavar="METRIC=VALUE", help="Exit 1 below this; may be repeated."),
    ] = None,
    index: IndexOption = None,
    as_json: JsonOption = False,
) -> None:
    """Measure retrieval and answers with test queries."""
    from rag.assembly import make_encoder
    from rag.console import put, put_json, say
    from rag.evaluation.html import write_html
    from rag.evaluation.result import compare
    from rag.evaluation.runs import write_run
    from rag.evaluation.session import measure_beir, measure_queries
    from rag.evaluation.text import render_text
    from rag.evaluation.thresholds import failures, parse_threshold
    from rag.sparse import Bm25

    if (queries is None) == (beir is None):
        raise typer.BadParameter("Give either a file of test queries or --beir DIR.")
    try:
        thresholds = [parse_threshold(text) for text in fail_under or []]
    except ValueError as error:
        raise typer.BadParameter(str(error)) from error
    settings = _settings(index=index)
    modes = _modes(mode, settings.mode)
    with _progress() as progress:
        if beir is not None:
            results = measure_beir(
                beir,
                make_encoder(settings, say),
                split=split,
                modes=modes,
                baseline=baseline,
                cache=settings.index / "beir",
                bm25=Bm25(k1=settings.bm25_k1, b=settings.bm25_b),
                progress=progress.starter,
            )
        elif queries is not None:
            results = measure_queries(
                _assistant(settings),
                queries,
                modes=modes,
                baseline=baseline,
                progress=progress.starter,
            )
    report = compare(results)
    if run is not None:
        write_run(run, results[0].run, tag=f"rag-{modes[0]}")
    if html is not None:
        write_html(html, report, title=str(queries or beir), threshold=settings.evidence)
    if as_json:
        put_json(report.to_json())
    else:
        put(render_text(report))
    problems = failures(thresholds, results[0])
    if problems:
        raise RagError(" ".join(problems))


@app.command()
def serve(
    host: Annotated[str | None, typer.Option(help="The address to listen on.")] = None,
    port: Annotated[int | None, typer.Option(min=1, max=65535, help="The port.")] = None,
    index: IndexOption = None,
) -> None:
    """Serve the web chat."""
    os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"
    from rag.assembly import make_export
    from rag.web.examples import EXAMPLES
    from rag.web.server import serve as serve_web

    settings = _settings(index=index, host=host, port=port)
    assistant = _assistant(settings, recorded=True)
    assistant.index()
    serve_web(
        assistant,
        host=settings.host,
        port=settings.port,
        examples=EXAMPLES,
        export=make_export(assistant),
    )


@app.command()
def show(
    document: Annotated[str, typer.Argument(help="The document's name.")],
    page: Annotated[int | None, typer.Option(min=1, help="Only this page, from 1.")] = None,
    index: IndexOption = None,
) -> None:
    """Print the text that was extracted, exactly as offsets count it."""
    from rag.index import open_index

    found = open_index(_settings(index=index).index).document(document)
    text = found.text
    if page is not None:
        pages = found.reading.pages
        if page > len(pages):
            raise RagError(f"{found.source} has {len(pages)} pages; there is no page {page}.")
        text = text[pages[page - 1].start : pages[page - 1].end]
    sys.stdout.buffer.write(text.encode("utf-8", "surrogatepass"))
    sys.stdout.flush()


@app.command()
def info(index: IndexOption = None, as_json: JsonOption = False) -> None:
    """Say what is in the index."""
    from rag.console import put, put_json
    from rag.index import open_index
    from rag.overview import overview, render_overview

    described = overview(open_index(_settings(index=index).index))
    if as_json:
        put_json(described)
    else:
        put(render_overview(described))


@app.command()
def verify(index: IndexOption = None, as_json: JsonOption = False) -> None:
    """Say whether every byte of the index is what was built."""
    from rag.console import put, put_json
    from rag.index import verify as check

    generation, problems = check(_settings(index=index).index)
    if as_json:
        put_json({"ok": not problems, "generation": generation, "problems": problems})
    elif not problems:
        put(f"Generation {generation} is whole.")
    if problems:
        raise RagError(" ".join(problems))


@app.command()
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
    from rag.assembly import make_encoder, make_replay
    from rag.console import put, put_json, render_audit, say
    from rag.recording import audit as check

    settings = _settings(index=index, record=record)
    if settings.record is None:
        raise RagError("No record is kept. Name its file, or set `record`.")
    replay = None if chain_only else make_replay(settings, make_encoder(settings, say))
    with _progress() as progress:
        found = check(settings.record, settings.index, replay, head=head, progress=progress.starter)
    if as_json:
        put_json(found.as_json())
    else:
        put(render_audit(found))
    if not found.ok:
        raise RagError(f"The record {settings.record} is not whole, or differs; see above.")


@app.command()
def rollback(index: IndexOption = None) -> None:
    """Go back to the generation before."""
    from rag.console import put
    from rag.index import rollback as go_back

    put(f"Generation {go_back(_settings(index=index).index)} is current now.")


def _modes(chosen: list[ModeOption] | None, default: Mode) -> list[Mode]:
    values: list[Mode] = [choice.value for choice in chosen or []]
    return list(dict.fromkeys(values)) or [default]


def _settings(**flags: Any) -> Settings:
    from rag.config import load_settings

    return load_settings(**flags)


def _assistant(settings: Settings, *, recorded: bool = False) -> Assistant:
    from rag.assembly import make_assistant, make_encoder, make_keep
    from rag.console import say

    keep = make_keep(settings, say) if recorded else None
    return make_assistant(settings, make_encoder(settings, say), keep=keep)


@contextmanager
def _progress() -> Iterator[Progress]:
    from rag.console import Progress

    progress = Progress()
    try:
        yield progress
    finally:
        progress.close()


def main() -> None:
    """Run the command line; exits 0, 1 with one sentence on stderr, or 2 for wrong usage."""
    sys.exit(_guarded(app))


def _guarded(run: Callable[[], Any]) -> int:
    try:
        run()
    except RagError as error:
        print(f"rag: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("rag: stopped", file=sys.stderr)
        return 130
    except BrokenPipeError:
        # The reader of the output went away, as with `| head`.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except OSError as error:
        where = f" ({error.filename})" if error.filename else ""
        print(f"rag: {error.strerror or error}{where}", file=sys.stderr)
        return 1
    except Exception as error:
        if os.environ.get("RAG_DEBUG"):
            raise
        print(
            f"rag: This should not have happened ({type(error).__name__}: {error}). "
            "RAG_DEBUG=1 shows where it did.",
            file=sys.stderr,
        )
        return 1
    return 0
