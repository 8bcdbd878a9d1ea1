"""The commands. Each is thin: settings, one call, one way of printing."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from typing import Annotated, Any

import typer

from rag import __version__
from rag.cli.asking import ask, search
from rag.cli.corpus import build_index, info, rollback, show, verify
from rag.cli.measuring import audit, evaluate
from rag.cli.serving import mcp, passwd, serve
from rag.errors import RagError

__all__ = ["app", "main"]

app = typer.Typer(
    name="rag",
    help="Ask regulatory reports in several languages, and prove every word of the answer.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _print_version(asked: bool) -> None:
    if asked:
        typer.echo(__version__)
        raise typer.Exit


@app.callback()
def _options(
    version: Annotated[
        bool,
        typer.Option("--version", callback=_print_version, is_eager=True, help="Say the version."),
    ] = False,
) -> None:
    pass


# In the order in which the help lists them.
for name, command in (
    ("index", build_index),
    ("search", search),
    ("ask", ask),
    ("eval", evaluate),
    ("serve", serve),
    ("mcp", mcp),
    ("passwd", passwd),
    ("show", show),
    ("info", info),
    ("verify", verify),
    ("audit", audit),
    ("rollback", rollback),
):
    app.command(name)(command)


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
