"""Building a generation from a corpus, with what the former one already knows."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack, closing
from dataclasses import dataclass
from pathlib import Path

from rag.errors import CorpusError, IndexUnusable
from rag.index.corrections import corrected
from rag.index.generations import building, current_generation, generations, prune
from rag.index.hashing import File, Hashes, hash_files
from rag.index.journal import forget
from rag.index.lock import write_lock
from rag.index.previous_generation import PreviousGeneration
from rag.index.resolution import resolve
from rag.index.sidecars import Corrections, read_corrections
from rag.index.stages import BuildReport, FileNote, Progress, Silent, Stages
from rag.index.walk import clean, walk
from rag.index.writer import GenerationWriter
from rag.ingest import ReadingJournal
from rag.retrieval.catalogue import DetectedFacts, DocumentInfo, Manifest, Skipped
from rag.schema import Chunk, Document

_READ = "read.partial"


def build(
    root: Path,
    corpus: Path,
    stages: Stages,
    *,
    progress: Progress | None = None,
    say: Callable[[str], None] = lambda _: None,
    rebuild: bool = False,
    keep: int = 2,
) -> BuildReport:
    """Bring the index in ``root`` up to date with ``corpus``, a folder or a file.

    What did not change is taken from the current generation, unless ``rebuild`` or damage to it
    forbids. When nothing changed at all, nothing is written. A file that cannot be read is
    skipped. What TOML files beside the reports say holds over what is read of them
    (``rag.index.sidecars``). Otherwise a new generation is built beside the current one and
    swapped in at the end; the one before is kept for ``rollback``, and the latest ``keep`` in all.
    What will take long and is not evident from what changed is told to ``say`` first.

    Raises CorpusError when there is nothing to index or such a TOML file is faulty, RagError when
    another build is running or the disk is full, and whatever the stages raise; the index is then
    as it was.
    """
    started = time.monotonic()
    progress = progress or Silent()
    listing = walk(corpus, stages.suffixes, leave_out=root)
    corrections = read_corrections(listing)
    with ExitStack() as stack:
        stack.enter_context(write_lock(root))
        before = _current(root)
        former = PreviousGeneration.open(root, stages, stack, rebuild=rebuild)
        kept = ReadingJournal(root / _READ, stages.fingerprints["readers"])
        journal = stack.enter_context(kept)
        place = clean(corpus.resolve())
        hashes = Hashes.load(root, place, rebuild=rebuild)
        files, unopened = hash_files(listing.files, hashes, progress)
        skipped = [*listing.skipped, *unopened, *corrections.unused]
        if (
            former.index
            and former.reusable
            and former.index.manifest.corpus == place
            and _nothing_changed(
                former,
                stages,
                files,
                corrections=corrections,
                skipped=skipped,
                journal=journal,
            )
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
                corrections=corrections,
                skipped=skipped,
                journal=journal,
                progress=progress,
                say=say,
            )
            needed = {outcome.manifest.generation, *before}
            others = [name for name in generations(root) if name not in needed]
            prune(root, {*needed, *others[max(0, len(others) + len(needed) - keep) :]})
        journal.discard()
        hashes.save()
    return outcome.report(former, time.monotonic() - started)


@dataclass(frozen=True, slots=True)
class _Outcome:
    """What is in the index now, and which documents in it are other than before."""

    manifest: Manifest
    names: tuple[str, ...]
    skipped: tuple[Skipped, ...]
    updated: frozenset[str] = frozenset()
    encoded: int = 0
    notes: tuple[FileNote, ...] = ()

    def report(self, former: PreviousGeneration, seconds: float) -> BuildReport:
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
            notes=self.notes,
        )


def _nothing_changed(
    former: PreviousGeneration,
    stages: Stages,
    files: Sequence[File],
    *,
    corrections: Corrections,
    skipped: Sequence[Skipped],
    journal: ReadingJournal,
) -> bool:
    if former.changed or not former.corrected_by(corrections.by_source):
        return False
    rest = [one for one in files if not former.holds(one.found, one.sha256)]
    known = {one.source for one in former.skipped}
    if len(files) - len(rest) != len(former.documents) or any(
        one.found.source not in known for one in rest
    ):
        return False
    # What could not be read before may be readable now, unless it was for what is in the file:
    # a right was given, memory is free. What is read here is found in the journal afterwards.
    again = list(resolve(rest, stages, former, corrections, journal))
    still = [one.result for one in again if isinstance(one.result, Skipped)]
    return _sorted([*skipped, *still]) == former.skipped and all(
        one.verdict == former.verdicts.get(one.file.found.source) for one in again
    )


def _write(
    root: Path,
    corpus: str,
    *,
    stages: Stages,
    former: PreviousGeneration,
    files: Sequence[File],
    corrections: Corrections,
    skipped: Sequence[Skipped],
    journal: ReadingJournal,
    progress: Progress,
    say: Callable[[str], None],
) -> _Outcome:
    left_out, updated, names, verdicts = [*skipped], set(), [], []
    notes: list[FileNote] = []
    with building(root) as folder, GenerationWriter(root, folder, stages, former) as writer:
        progress.stage("reading", len(files))
        with closing(resolve(files, stages, former, corrections, journal)) as all_resolved:
            for resolved in all_resolved:
                if resolved.verdict is not None:
                    verdicts.append(resolved.verdict)
                if isinstance(resolved.result, Skipped):
                    left_out.append(resolved.result)
                elif isinstance(resolved.result, DocumentInfo):
                    writer.keep(resolved.result)
                    names.append(resolved.result.name)
                else:
                    document, file = resolved.result, resolved.file
                    if not former.has_read(file.found, file.sha256):
                        notes += [FileNote(document.source, n) for n in document.reading.notes]
                    found, correction = DetectedFacts.of(document), corrections.of(document.source)
                    document = corrected(document, correction)
                    if former.differs(document):
                        updated.add(document.name)
                    writer.add(document, _cut(document, stages), found, correction)
                    names.append(document.name)
                progress.advance()
        if not names:
            raise _nothing_readable(corpus, left_out)
        done = _sorted(left_out)
        manifest, encoded = writer.publish(corpus, done, verdicts, progress, say)
    return _Outcome(manifest, tuple(names), done, frozenset(updated), encoded, tuple(notes))


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


def _nothing_readable(corpus: str, skipped: Sequence[Skipped]) -> CorpusError:
    first = _sorted(skipped)[0]
    return CorpusError(
        f"None of the reports in {corpus} can be read; the first, {first.source}: {first.reason}. "
        "Put readable reports there, or name another folder: `rag index CORPUS`."
    )
