"""Writing a dossier to a file, whole or not at all."""

from __future__ import annotations

import os
import shutil
import tempfile
from contextlib import suppress
from pathlib import Path

from rag.errors import RagError
from rag.export.contents import Dossier
from rag.export.docx import to_docx
from rag.export.html import to_html
from rag.export.markdown import to_markdown
from rag.locale import Catalogue

SUFFIXES = (".docx", ".html", ".md")
"""What a dossier's file may end in; its suffix says what it becomes."""


def rendered(dossier: Dossier, texts: Catalogue, suffix: str) -> bytes:
    """The dossier as one file, ``.docx`` or ``.html``."""
    return to_docx(dossier, texts) if suffix == ".docx" else to_html(dossier, texts)


def write_dossier(
    path: Path, dossier: Dossier, texts: Catalogue, *, overwrite: bool = False
) -> None:
    """Write the dossier to ``path``; the pictures of a ``.md`` go to the folder ``…_files`` beside.

    Raises RagError for another suffix, for a file that exists unless ``overwrite``, and when it
    cannot be written; what was there before is then as it was.
    """
    check_target(path, overwrite=overwrite)
    try:
        if path.suffix.lower() == ".md":
            folder = path.with_name(f"{path.stem}_files")
            content, pictures = to_markdown(dossier, texts, folder.name)
            if pictures:
                _write_folder(folder, dict(pictures))
            _write(path, content)
        else:
            _write(path, rendered(dossier, texts, path.suffix.lower()))
    except OSError as error:
        raise RagError(
            f"The dossier {path} could not be written: {error.strerror or error}. Make room, or "
            "name a place where you may write."
        ) from error


def check_target(path: Path, *, overwrite: bool) -> None:
    """Raises RagError, before anything is done, when a dossier cannot go to ``path``."""
    if path.suffix.lower() not in SUFFIXES:
        raise RagError(f"A dossier ends in {', '.join(SUFFIXES)}; {path.name} does not.")
    if not path.parent.is_dir():
        raise RagError(f"There is no folder {path.parent}. Make it, or name another.")
    beside = path.with_name(f"{path.stem}_files")
    for one in [path, beside] if path.suffix.lower() == ".md" else [path]:
        if one.exists() and not overwrite:
            raise RagError(f"{one} exists. Name another file, or overwrite it with --force.")


def _write(path: Path, content: bytes) -> None:
    descriptor, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    fresh = Path(name)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        fresh.chmod(0o666 & ~_umask())
        fresh.replace(path)
    except BaseException:
        with suppress(OSError):
            fresh.unlink(missing_ok=True)
        raise


def _write_folder(folder: Path, files: dict[str, bytes]) -> None:
    fresh = Path(tempfile.mkdtemp(prefix=f".{folder.name}.", dir=folder.parent))
    try:
        for name, content in files.items():
            (fresh / name).write_bytes(content)
        fresh.chmod(0o777 & ~_umask())
        if folder.exists():
            shutil.rmtree(folder)
        fresh.replace(folder)
    except BaseException:
        shutil.rmtree(fresh, ignore_errors=True)
        raise


def _umask() -> int:
    """The process's own; it can only be read by setting it."""
    mask = os.umask(0)
    os.umask(mask)
    return mask
