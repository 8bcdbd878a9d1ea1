"""Commands about the index: building it, and what is in it."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from rag.cli.options import (
    IndexOption,
    JsonOption,
    WorkersOption,
    settings_of,
    shown_progress,
)
from rag.errors import RagError


def build_index(
    corpus: Annotated[Path | None, typer.Argument(help="A folder or file of reports.")] = None,
    index: IndexOption = None,
    rebuild: Annotated[bool, typer.Option("--rebuild", help="Take nothing from before.")] = False,
    workers: Annotated[
        WorkersOption | None, typer.Option(help="What reads and encodes: this machine, or Ray.")
    ] = None,
    address: Annotated[
        str | None, typer.Option(help="The Ray cluster; without it one is started here.")
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Build the index, or bring it up to date."""
    from rag.app import bring_up_to_date, make_encoder
    from rag.cli.console import put, put_json, render_build, say
    from rag.json_contract import build_to_json

    settings = settings_of(index=index, corpus=corpus, workers=workers, ray_address=address)
    with shown_progress() as progress:
        report = bring_up_to_date(
            settings, make_encoder(settings, say), progress=progress, say=say, rebuild=rebuild
        )
    if as_json:
        put_json({**build_to_json(report)})
    else:
        put(render_build(report))


def show(
    document: Annotated[str, typer.Argument(help="The document's name.")],
    page: Annotated[int | None, typer.Option(min=1, help="Only this page, from 1.")] = None,
    index: IndexOption = None,
) -> None:
    """Print the text that was extracted, exactly as offsets count it."""
    from rag.app import make_engine
    from rag.documents.pages import page_text

    found = make_engine(settings_of(index=index)).open().document(document)
    text = page_text(found, page).text
    sys.stdout.buffer.write(text.encode("utf-8", "surrogatepass"))
    sys.stdout.flush()


def info(index: IndexOption = None, as_json: JsonOption = False) -> None:
    """Say what is in the index."""
    from rag.app import make_engine
    from rag.cli.console import put, put_json
    from rag.cli.overview import overview, render_overview

    described = overview(make_engine(settings_of(index=index)).open())
    if as_json:
        put_json({**described})
    else:
        put(render_overview(described))


def verify(index: IndexOption = None, as_json: JsonOption = False) -> None:
    """Say whether every byte of the index is what was built."""
    from rag.app import make_engine
    from rag.cli.console import put, put_json
    from rag.json_contract import VerifyJson

    generation, problems = make_engine(settings_of(index=index)).verify()
    if as_json:
        put_json({**VerifyJson(ok=not problems, generation=generation, problems=problems)})
    elif not problems:
        put(f"Generation {generation} is whole.")
    if problems:
        raise RagError(" ".join(problems))


def rollback(index: IndexOption = None) -> None:
    """Go back to the generation before."""
    from rag.app import make_engine
    from rag.cli.console import put

    put(f"Generation {make_engine(settings_of(index=index)).rollback()} is current now.")
