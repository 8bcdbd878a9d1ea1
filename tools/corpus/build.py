"""Build the sample corpus from its sources: ``python -m tools.corpus.build [NAME …]``.

A NAME picks the sources whose file name begins with it. Needs WeasyPrint with Pango and the
fonts that ``styles/`` names; the same versions of these give the same bytes.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from .source import Source, SourceError, read_all

CORPUS = Path(__file__).parents[2] / "corpus"


def build_text(source: Source) -> bytes:
    """Plain text: title and imprint above the body."""
    head = (source.title, source.issuer, source.reference, source.date_line, "", source.note, "")
    return ("\n".join(head) + "\n" + source.body).encode("utf-8")


def build_markdown(source: Source) -> bytes:
    """Markdown with the title as its first heading."""
    imprint = "  \n".join(p for p in (source.issuer, source.reference, source.date_line) if p)
    return f"# {source.title}\n\n{imprint}\n\n> {source.note}\n\n{source.body}".encode()


def build_html(source: Source) -> bytes:
    """A page for browsers."""
    from .page import web_page

    return web_page(source).encode("utf-8")


def _pdf(source: Source) -> bytes:
    try:
        from .pdf import build_pdf
    except (ImportError, OSError) as error:
        raise SourceError(
            f"{source.output} cannot be printed: {error}. "
            "Install what tools/corpus/README.md names."
        ) from error

    return build_pdf(source)


def _docx(source: Source) -> bytes:
    from .word import build_docx

    return build_docx(source)


BUILDERS: dict[str, Callable[[Source], bytes]] = {
    "pdf": _pdf,
    "docx": _docx,
    "html": build_html,
    "md": build_markdown,
    "txt": build_text,
}


def main(names: Sequence[str]) -> int:
    """Build the named reports, or all; 0 when every one was written."""
    # Font subsets carry a time stamp, which is taken from here.
    os.environ.setdefault("SOURCE_DATE_EPOCH", "1704067200")
    try:
        chosen = [s for s in read_all() if not names or s.path.name.startswith(tuple(names))]
        for source in chosen:
            target = CORPUS / source.output
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(BUILDERS[source.format](source))
            print(f"{source.output}: {target.stat().st_size / 1024:.0f} KB", file=sys.stderr)
    except SourceError as error:
        print(error, file=sys.stderr)
        return 1
    if not chosen:
        print(f"No source begins with {' or '.join(names)}.", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
