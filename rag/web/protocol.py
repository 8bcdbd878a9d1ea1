"""What the web chat needs from the program behind it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from typing import Protocol

from rag.config import Mode
from rag.retrieval.retriever import Filters
from rag.schema import Answer, Facts, Hit, PageText
from rag.web.page_view import PageView, Place

Export = Callable[[Answer, Filters, str], bytes]
"""An answer, what its search was limited to and the interface's language to its dossier.

The dossier is a Word file; making it may raise ``RagError``.
"""


Examples = Callable[[str], Sequence[tuple[str, str]] | None]
"""A page's language to questions to click, with their languages; None while they are made."""


def no_examples(language: str) -> Sequence[tuple[str, str]]:
    """No questions, whatever the ``language``."""
    del language
    return ()


class Report(Protocol):
    """A report of the index, as the reader sees it listed."""

    @property
    def name(self) -> str:
        """What citations call it."""

    @property
    def source(self) -> str:
        """The path of its file, relative to the corpus."""

    @property
    def title(self) -> str:
        """What the report calls itself; empty where it does not say."""

    @property
    def facts(self) -> Facts:
        """What it says of itself."""

    @property
    def language(self) -> str:
        """The code of the language most of it is in."""

    @property
    def languages(self) -> Collection[str]:
        """The codes of all languages that passages of it are in."""

    @property
    def pages(self) -> int:
        """How many pages it has, 1 and up."""

    @property
    def format(self) -> str:
        """The kind of file, such as ``"pdf"``."""


class Found(Protocol):
    """What a search found."""

    @property
    def query(self) -> str:
        """The question."""

    @property
    def language(self) -> str:
        """The question's language."""

    @property
    def mode(self) -> Mode:
        """How it was searched for."""

    @property
    def hits(self) -> Sequence[Hit]:
        """The passages, best first."""


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

    def ask(self, question: str, *, filters: Filters | None = None) -> Answer:
        """Answer one question."""

    def ask_stream(
        self, question: str, *, history: Sequence[str] = (), filters: Filters | None = None
    ) -> Iterator[str | Answer]:
        """Answer a question after the former ones: text as it grows, at last the answer.

        Texts are what has been checked so far; the answer may be another than they began.
        """

    def search(
        self,
        question: str,
        *,
        k: int = 10,
        mode: Mode | None = None,
        filters: Filters | None = None,
    ) -> Found:
        """Find the ``k`` best passages."""

    def documents(self) -> Sequence[Report]:
        """List the reports in the index; possible once it is loaded."""


class PageViews(Protocol):
    """The pages of the reports, to be looked at; safe to share by threads.

    ``RagError`` where there is no such report or page.
    """

    def page_view(self, place: Place) -> PageView:
        """What is to be shown of the place: pictures of its pages, or else its text."""

    def picture(self, place: Place) -> bytes:
        """The picture, as PNG, of the one page ``place.page``, its quote marked."""

    def text(self, document: str, page: int | None) -> PageText:
        """The text of a page, from 1, or of the whole report, as offsets count it."""
