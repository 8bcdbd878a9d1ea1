"""The generation that a build starts from, and what of it may be taken over."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from pathlib import Path

from rag.errors import IndexUnusable
from rag.index.corrections import as_read
from rag.index.generations import generation_folder
from rag.index.manifest import TERMS
from rag.index.reader import FolderIndex, open_index
from rag.index.stages import Stages, Verdict
from rag.index.verification import changed_files
from rag.index.walk import Found
from rag.retrieval.catalogue import Correction, DocumentInfo, Skipped
from rag.retrieval.term_counts import TermCounts
from rag.schema import GARBLED, OCR, PICTURE, UNREAD, Chunk, Document

# What readings do not depend on.
_AFTER_READING = frozenset({"chunking", "analysis", "model", "bm25"})
# What a page has that OCR made, or might make better.
_FOR_OCR = frozenset({OCR, PICTURE, GARBLED, UNREAD})


@dataclass(frozen=True, slots=True)
class PreviousGeneration:
    """The current generation before a build; all empty where there is none.

    ``reusable`` says whether anything may be taken over, ``changed`` which fingerprints are not
    the same any more; ``documents`` and ``by_source`` are what it held, by name and by source.
    ``verdicts`` are by source, ``limits`` those in force now.
    """

    index: FolderIndex | None = None
    reusable: bool = False
    changed: frozenset[str] = frozenset()
    documents: Mapping[str, DocumentInfo] = field(default_factory=dict)
    by_source: Mapping[str, DocumentInfo] = field(default_factory=dict)
    skipped: tuple[Skipped, ...] = ()
    verdicts: Mapping[str, Verdict] = field(default_factory=dict)
    limits: str = ""

    @classmethod
    def open(
        cls, root: Path, stages: Stages, stack: ExitStack, *, rebuild: bool
    ) -> PreviousGeneration:
        """Open it until ``stack`` ends, if there is one and every byte is what was written.

        With ``rebuild`` it is only compared with.
        """
        try:
            index = stack.enter_context(open_index(root))
        except IndexUnusable:
            return cls()
        if any(changed_files(generation_folder(root, index.generation), index.manifest)):
            return cls()
        built, fingerprints = index.manifest.fingerprints, stages.all_fingerprints()
        keys = {*built, *fingerprints}
        infos = index.documents()
        return cls(
            index=index,
            reusable=not rebuild,
            changed=frozenset(k for k in keys if built.get(k) != fingerprints.get(k)),
            documents={info.name: info for info in infos},
            by_source={info.source: info for info in infos},
            skipped=index.skipped,
            verdicts={verdict.source: verdict for verdict in index.verdicts},
            limits=stages.limits,
        )

    def holds(self, found: Found, sha256: str) -> bool:
        """Whether a file with these bytes is in it, under the same name, and read as now."""
        return self.has_read(found, sha256) and self.by_source[found.source].name == found.name

    def has_read(self, found: Found, sha256: str) -> bool:
        """Whether it has the document of these bytes, and it would be read the same now."""
        info = self.by_source.get(found.source)
        verdict = self.verdicts.get(found.source)
        return (
            info is not None
            and info.sha256 == sha256
            and self._reads_the_same(info)
            and (verdict is None or verdict.limits == self.limits)
        )

    def refusal(self, found: Found, sha256: str) -> Skipped | None:
        """Why a file with these bytes was skipped, if it would be again."""
        verdict = self.verdicts.get(found.source)
        if not self._reads_as_now or verdict is None or verdict.sha256 != sha256:
            return None
        if verdict.limits not in ("", self.limits):
            return None
        return next((one for one in self.skipped if one.source == found.source), None)

    @property
    def _reads_as_now(self) -> bool:
        return self.reusable and self.changed <= _AFTER_READING

    def _reads_the_same(self, info: DocumentInfo) -> bool:
        """Whether a document would be read now as it was."""
        changed = self.changed - _AFTER_READING
        if self.index is None or not self.reusable or not changed <= {"ocr"}:
            return False
        pages = self.index.pages(info.name) if changed else ()
        return not any(_FOR_OCR & set(page.faults) for page in pages)

    def corrected_by(self, corrections: Mapping[str, Correction]) -> bool:
        """Whether people said the same then of each document, by source, as they do now."""
        nothing = Correction()
        return all(
            info.correction == corrections.get(source, nothing)
            for source, info in self.by_source.items()
        )

    def document(self, found: Found, sha256: str) -> Document | None:
        """The document as read from a file with these bytes, if it would be read the same now."""
        if self.index is None or not self.has_read(found, sha256):
            return None
        info = self.by_source[found.source]
        return replace(as_read(self.index.document(info.name), info.found), name=found.name)

    def kept(self, found: Found, sha256: str, correction: Correction) -> DocumentInfo | None:
        """The document read from a file with these bytes, if all that is stored of it holds now."""
        if "chunking" in self.changed or not self.holds(found, sha256):
            return None
        info = self.by_source[found.source]
        return info if info.correction == correction else None

    def cut(self, info: DocumentInfo) -> tuple[Document, list[Chunk]]:
        """A document it has, and its chunks."""
        assert self.index is not None
        rows = range(info.first_row, info.first_row + info.chunks)
        return self.index.document(info.name), self.index.chunks(rows)

    def term_counts(self) -> TermCounts | None:
        """The terms of its rows, if they would be the same now."""
        if self.index is None or not self.reusable or "analysis" in self.changed:
            return None
        # Its bytes were found to be right when it was opened.
        return TermCounts.load(self.index.folder / TERMS)

    def differs(self, document: Document) -> bool:
        """Whether it held something else under the name of ``document``."""
        info = self.documents.get(document.name)
        if self.index is None or info is None:
            return False
        return info.sha256 != document.sha256 or self.index.document(info.name) != document
