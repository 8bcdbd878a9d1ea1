"""What the web chat needs from the program behind it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Protocol

from rag.schema import Answer

Export = Callable[[Answer, str], bytes]
"""An answer and the interface's language to its dossier as a Word file; may raise ``RagError``."""


class Report(Protocol):
    """A report of the index, as the reader sees it listed."""

    @property
    def name(self) -> str:
        """What citations call it."""

    @property
    def title(self) -> str:
        """What the report calls itself; empty where it does not say."""

    @property
    def language(self) -> str:
        """The code of the language most of it is in."""

    @property
    def pages(self) -> int:
        """How many pages it has, 1 and up."""

    @property
    def format(self) -> str:
        """The kind of file, such as ``"pdf"``."""


class Assistant(Protocol):
    """Answers questions from an index.

    Every method may be called from several threads at once. Each may raise ``RagError``, whose
    text is shown to the person who asked.
    """

    def ready(self) -> bool:
        """Whether the index is open and the model loaded, so that a question is answered now."""

    def load(self) -> Iterator[str]:
        """Open the index and load the model, naming each step before it is taken.

        Yields ``"index"``, ``"model"`` and at last ``"done"``; cheap when all is loaded already.
        """

    def ask(self, question: str) -> Answer:
        """Answer one question."""

    def ask_stream(self, question: str, *, history: Sequence[str] = ()) -> Iterator[str | Answer]:
        """Answer a question after the former ones: text as it grows, at last the answer.

        Texts are what has been checked so far; the answer may be another than they began.
        """

    def documents(self) -> Sequence[Report]:
        """List the reports in the index; possible once it is loaded."""
