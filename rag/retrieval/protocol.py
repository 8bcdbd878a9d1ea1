"""What is asked of an index, whichever engine keeps it: a folder, or a Milvus server."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Protocol

import numpy as np
from numpy.typing import NDArray

from rag.retrieval.catalogue import DocumentInfo, Manifest, Skipped
from rag.retrieval.ranking import Gathered, Question
from rag.retrieval.sparse import Known
from rag.schema import Chunk, Document, Filters, Page

if TYPE_CHECKING:
    from rag.retrieval.approximate import CandidateRecall


class Index(Protocol):
    """One generation, open for reading. Every method may be called from several threads at once.

    Rows number the chunks from 0: documents by source, chunks by place. Methods raise IndexUnusable
    when the generation cannot be read any more, and say what to do.
    """

    @property
    def manifest(self) -> Manifest:
        """What the generation is made from and of."""

    @property
    def generation(self) -> str:
        """The name of this generation."""

    @property
    def measured(self) -> CandidateRecall | None:
        """What was measured of the approximate dense search; None where nothing was."""

    @property
    def skipped(self) -> tuple[Skipped, ...]:
        """The files that were left out, and why."""

    def __len__(self) -> int:
        """The number of rows."""

    def close(self) -> None:
        """Let go of it; what is asked after that raises IndexUnusable."""

    def is_current(self) -> bool:
        """Whether this is still the generation that would be opened now."""

    def gather(
        self, question: Question, filters: Filters | None, *, with_terms: bool, k: int
    ) -> Gathered:
        """The passages that may be among the ``k`` best, of those that ``filters`` let pass.

        Terms are asked ``with_terms``, vectors where the question has one. Signals are exact for
        every passage given, whatever chose it.
        """

    def known(self, terms: Sequence[str]) -> tuple[Known, ...]:
        """What the index knows of each of ``terms``, in their order."""

    def documents(self) -> tuple[DocumentInfo, ...]:
        """All documents without their texts, in the order of their rows."""

    def info(self, name: str) -> DocumentInfo:
        """What is known of the document with this name or source. RagError if there is none."""

    def document(self, name: str) -> Document:
        """The document with this name or source. Raises RagError if there is none."""

    def chunks(self, rows: Sequence[int] | NDArray[np.int64]) -> list[Chunk]:
        """The chunks of ``rows``, in their order. Raises IndexError for a row there is not."""

    def pages(self, document: str) -> tuple[Page, ...]:
        """The pages of the document with this name or source. Raises RagError if there is none."""

    def page_of(self, document: str, start: int) -> Page:
        """The page that the offset ``start`` of the document with this name lies on."""
