"""Building a generation from a corpus, with what the former one already knows."""

from __future__ import annotations

import time
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from rag.errors import CorpusError, IndexUnusable, ReadError
from rag.index.former import Former
from rag.index.generations import building, current_generation, generations, prune
from rag.index.journal import forget
from rag.index.lock import write_lock
from rag.index.manifest import Manifest, file_sha256
from rag.index.stages import BuildReport, Progress, Skipped, Stages
from rag.index.walk import Found, clean, walk
from rag.index.writer import GenerationWriter
from rag.schema import Chunk, Document


def build(
    root: Path,
    corpus: Path,
    stages: Stages,
    *,
    progress: Progress | None = None,
    rebuild: bool = False,
    keep: int = 2,
) -> BuildReport:
    """Bring the index in ``root`` up to date with ``corpus``, a folder or a file.

    What did not change is taken from the current generation, unless ``rebuild`` or damage to it
    forbids. When nothing changed at all, nothing is written. A file that cannot be read is
    skipped. Otherwise a new generation is built beside the current one and swapped in at the
    end; the one before is kept for ``rollback``, and the latest ``keep`` in all.

    Raises CorpusError when there is nothing to index, RagError when another build is running or
    the disk is full, and whatever the stages raise; the index is then as it was.
    """
    started = time.monotonic()
    progress = progress or _Silent()
    listing = walk(corpus, stages.suffixes, leave_out=root)
    with ExitStack() as stack:
        stack.enter_context(write_lock(root))
        before = _current(root)
        former = Former.open(root, stages.all_fingerprints(), stack, rebuild=rebuild)
        files, unopened = _hash(listing.files, progress)
        skipped = [*listing.skipped, *unopened]
        place = clean(corpus.resolve())
        if (
            former.index
            and former.reusable
            and former.index.manifest.corpus == place
            and _nothing_changed(former, stages, files, skipped)
        ):
            outcome = _Outcome(former.index.manifest, tuple(former.documents), former.skipped)
            forget(root)
        else:
            outcome = _write(
                root,
                place,
                stages=stages,
                former=former,
                files=files,
                skipped=skipped,
                progress=progress,
            )
            needed = {outcome.manifest.generation, *before}
            others = [name for name in generations(root) if name not in needed]
            prune(root, {*needed, *others[max(0, len(others) + len(needed) - keep) :]})
    return outcome.report(former, time.monotonic() - started)


@dataclass(frozen=True, slots=True)
class _File:
    """A file of the corpus and the SHA-256 of its bytes."""

    found: Found
    sha256: str


@dataclass(frozen=True, slots=True)
class _Outcome:
    """What is in the index now, and which documents in it are other than before."""

    manifest: Manifest
    names: tuple[str, ...]
    skipped: tuple[Skipped, ...]
    updated: frozenset[str] = frozenset()
    encoded: int = 0

    def report(self, former: Former, seconds: float) -> BuildReport:
        before, now = set(former.documents), set(self.names)
        counts = self.manifest.counts
        return BuildReport(
            added=tuple(sorted(now - before)),
            updated=tuple(sorted(self.updated)),
            unchanged=tuple(sorted((now & before) - self.updated)),
            removed=tuple(sorted(before - now)),
            skipped=self.skipped,
            documents=counts.documents,
            pages=counts.pages,
            chunks=counts.chunks,
            chunks_encoded=self.encoded,
            seconds=round(seconds, 3),
            generation=self.manifest.generation,
        )


class _Silent:
    def stage(self, name: str, total: int) -> None: ...

    def advance(self, count: int = 1) -> None: ...


def _hash(found: Sequence[Found], progress: Progress) -> tuple[list[_File], list[Skipped]]:
    progress.stage("hashing", len(found))
    files, skipped = [], []
    for one in found:
        try:
            files.append(_File(one, file_sha256(one.path)))
        except OSError as error:
            skipped.append(Skipped(one.source, _cannot_open(error)))
        progress.advance()
    return files, skipped


def _nothing_changed(
    former: Former, stages: Stages, files: Sequence[_File], skipped: Sequence[Skipped]
) -> bool:
    if former.changed:
        return False
    rest = [one for one in files if not former.holds(one.found, one.sha256)]
    known = {one.source for one in former.skipped}
    if len(files) - len(rest) != len(former.documents) or any(
        one.found.source not in known for one in rest
    ):
        return False
    # What could not be read before may be readable now: a right was given, memory is free.
    again = [_read(one, stages) for one in rest]
    return _sorted([*skipped, *(one for one in again if isinstance(one, Skipped))]) == (
        former.skipped
    )


def _write(
    root: Path,
    corpus: str,
    *,
    stages: Stages,
    former: Former,
    files: Sequence[_File],
    skipped: Sequence[Skipped],
    progress: Progress,
) -> _Outcome:
    left_out, updated, names = [*skipped], set(), []
    reuse = former.index if former.reusable else None
    with building(root) as folder, GenerationWriter(root, folder, stages, reuse) as writer:
        progress.stage("reading", len(files))
        for file in files:
            document = former.document(file.found, file.sha256)
            chunks = former.chunks(file.found, file.sha256)
            if document is None:
                made = _read(file, stages)
                if isinstance(made, Skipped):
                    left_out.append(made)
                    progress.advance()
                    continue
                document = made
                if former.differs(document):
                    updated.add(document.name)
            writer.add(document, _cut(document, stages) if chunks is None else chunks)
            names.append(document.name)
            progress.advance()
        if not names:
            raise _nothing_readable(corpus, left_out)
        done = _sorted(left_out)
        manifest, encoded = writer.publish(corpus, done, progress)
    return _Outcome(manifest, tuple(names), done, frozenset(updated), encoded)


def _read(file: _File, stages: Stages) -> Document | Skipped:
    found = file.found
    try:
        reading = stages.read(found.path)
        if file_sha256(found.path) != file.sha256:
            return Skipped(found.source, "was changed while it was being read")
    except ReadError as error:
        return Skipped(found.source, clean(str(error)))
    except OSError as error:
        return Skipped(found.source, _cannot_open(error))
    except MemoryError:
        return Skipped(found.source, "needs more memory than there is")
    except RecursionError:
        return Skipped(found.source, "is nested too deeply")
    language = stages.detect_language(reading.text)
    return Document(found.name, found.source, file.sha256, language, reading)


def _cut(document: Document, stages: Stages) -> list[Chunk]:
    chunks = sorted(stages.chunk(document), key=lambda chunk: (chunk.start, chunk.end))
    for chunk in chunks:
        place = slice(chunk.start, chunk.end)
        if chunk.document != document.name or document.text[place] != chunk.text:
            raise ValueError(f"chunk {chunk.id} is not a span of {document.name}")
    return chunks


def _current(root: Path) -> list[str]:
    try:
        return [current_generation(root)]
    except IndexUnusable:
        return []


def _sorted(skipped: Sequence[Skipped]) -> tuple[Skipped, ...]:
    return tuple(sorted(skipped, key=lambda one: (one.source, one.reason)))


def _cannot_open(error: OSError) -> str:
    return f"cannot be opened: {error.strerror or clean(str(error))}"


def _nothing_readable(corpus: str, skipped: Sequence[Skipped]) -> CorpusError:
    first = _sorted(skipped)[0]
    return CorpusError(
        f"None of the reports in {corpus} can be read; the first, {first.source}: {first.reason}. "
        "Put readable reports there, or name another folder: `rag index CORPUS`."
    )
