"""One question of a conversation, from asking to the answer shown, as a series of views.

Nothing here knows Gradio: a view is what the page shows next, and is plain text and HTML.
"""

from __future__ import annotations

import base64
import logging
from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from markupsafe import Markup

from rag.errors import RagError
from rag.locale import Catalogue
from rag.retrieval.retriever import Filters
from rag.schema import Answer
from rag.web.conversation import Turn, conversation_html
from rag.web.evidence import evidence_html
from rag.web.filters_html import filters_html, titles_of
from rag.web.history import history_html
from rag.web.protocol import Assistant, Export, Report
from rag.web.rendering import render

QUESTION_LIMIT = 2000
"""Characters of the longest question that is searched."""

KEPT_TURNS = 40
"""Turns of a conversation that stay on the page; older ones leave it."""

_REMEMBERED = 6
"""Former questions that a follow-up may lean on."""

_SHOWN_OF_LONG_QUESTION = 160

_DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"

_log = logging.getLogger(__name__)

Turns = tuple[Turn, ...]


@dataclass(frozen=True, slots=True)
class View:
    """What the page shows next; None leaves a part as it is.

    ``filters`` limit the next question. ``box`` is the text in the question's field; the other
    texts are HTML.
    """

    turns: Turns | None = None
    filters: Filters | None = None
    box: str | None = None
    conversation: str | None = None
    evidence: str | None = None
    status: str | None = None
    download: str | None = None
    history: str | None = None
    narrowing: str | None = None


@dataclass(frozen=True, slots=True)
class Chat:
    """The conversation's side of the page, in one interface language.

    ``examples`` are pairs of language and question.
    """

    assistant: Assistant
    texts: Catalogue
    examples: Sequence[tuple[str, str]] = ()
    export: Export | None = None

    def show(self, turns: Turns) -> View:
        """The page as it stands after ``turns``."""
        return View(
            conversation=self._conversation(turns),
            evidence=self._evidence(turns),
            history=history_html(turns, self.texts),
        )

    def narrow(self, filters: Filters) -> View:
        """The page with ``filters`` for the next question."""
        narrowing = filters_html(self._reports(), filters, self.texts)
        return View(filters=filters, narrowing=narrowing)

    def warm_up(self, turns: Turns, filters: Filters) -> Iterator[View]:
        """Load what answers need, saying so, and then list the reports; nothing where that is done.

        What is listed already may have been narrowed down meanwhile.
        """
        if self.assistant.ready():
            yield View()
            return
        try:
            yield from self._load()
            yield replace(self.narrow(filters), status="", evidence=self._evidence(turns))
        except RagError as error:
            yield View(status=status_html(str(error), self.texts, problem=True))
        except Exception:
            _log.exception("loading failed")
            yield View(status=status_html(self.texts.chat.unexpected, self.texts, problem=True))

    def converse(
        self, question: str, turns: Turns, filters: Filters | None = None
    ) -> Iterator[View]:
        """Answer ``question`` after ``turns``; an empty one changes nothing.

        ``filters`` limit what is searched. A failure becomes a turn with a sentence about it;
        nothing is raised.
        """
        question = question.strip()
        if not question:
            yield View()
            return
        too_long = question_problem(question, self.texts)
        if too_long:
            shown = question[:_SHOWN_OF_LONG_QUESTION] + "…"
            yield self._settled((*turns, Turn(shown, problem=too_long)))
            return
        filters = filters or Filters()
        pending = (*turns, Turn(question, filters=filters))[-KEPT_TURNS:]
        yield View(
            turns=pending,
            box="",
            conversation=self._conversation(pending),
            status=status_html(self.texts.chat.searching, self.texts),
            history=history_html(pending, self.texts),
        )
        try:
            yield from self._load()
            yield View(status=status_html(self.texts.chat.searching, self.texts))
            answer = yield from self._answered(question, pending)
        except RagError as error:
            yield self._settled(_with_problem(pending, str(error)))
        except Exception:
            _log.exception("answering failed")
            yield self._settled(_with_problem(pending, self.texts.chat.unexpected))
        else:
            answered = Turn(question, answer, filters=filters)
            yield from self._set_out((*pending[:-1], answered), answer)

    def _answered(self, question: str, pending: Turns) -> Generator[View, None, Answer]:
        """The views while an answer is written, and the answer."""
        history = [_asked(turn) for turn in pending[:-1] if turn.answer][-_REMEMBERED:]
        filters = pending[-1].filters
        for part in self.assistant.ask_stream(question, history=history, filters=filters):
            if isinstance(part, Answer):
                return part
            draft = (*pending[:-1], replace(pending[-1], draft=part))
            yield View(
                turns=draft,
                conversation=self._conversation(draft),
                status=status_html(self.texts.chat.writing, self.texts),
            )
        raise RuntimeError("the assistant gave no answer")

    def dossier(self, number: int, turns: Turns) -> Iterator[View]:
        """Hand over the dossier of the answer of turn ``number``, from 0; a failure is a notice."""
        turn = turns[number] if 0 <= number < len(turns) else Turn("")
        answer = turn.answer
        if answer is None or self.export is None:
            yield View()
            return
        yield View(status=status_html(self.texts.chat.drawing_up, self.texts))
        try:
            content = self.export(answer, turn.filters, self.texts.language)
        except RagError as error:
            yield View(status=status_html(str(error), self.texts, problem=True))
        except Exception:
            _log.exception("the dossier failed")
            yield View(status=status_html(self.texts.chat.unexpected, self.texts, problem=True))
        else:
            yield View(status="", download=download_html(content, datetime.now(UTC)))

    def _set_out(self, turns: Turns, answer: Answer) -> Iterator[View]:
        for count in range(1, len(answer.sentences)):
            yield View(turns=turns, conversation=self._conversation(turns, sentences=count))
        yield replace(self._settled(turns), status=spoken_html(answer.text))

    def _settled(self, turns: Turns) -> View:
        kept = turns[-KEPT_TURNS:]
        return replace(self.show(kept), turns=kept, status="")

    def _load(self) -> Iterator[View]:
        if self.assistant.ready():
            return
        sentences = {"index": self.texts.chat.loading_index, "model": self.texts.chat.loading_model}
        for step in self.assistant.load():
            if step != "done":
                yield View(
                    status=status_html(sentences.get(step, self.texts.chat.loading), self.texts)
                )

    def _conversation(self, turns: Turns, sentences: int | None = None) -> str:
        return conversation_html(
            turns,
            self.texts,
            titles=titles_of(self._reports()),
            examples=self.examples,
            sentences=sentences,
            dossiers=self.export is not None,
        )

    def _evidence(self, turns: Turns) -> str:
        reports = self._reports()
        return evidence_html(turns, self.texts, reports=reports, titles=titles_of(reports))

    def _reports(self) -> Sequence[Report]:
        return self.assistant.documents() if self.assistant.ready() else ()


def question_problem(question: str, texts: Catalogue) -> str:
    """Why a question cannot be asked, as a sentence; empty when it can."""
    if len(question) <= QUESTION_LIMIT:
        return ""
    return texts.chat.too_long.format(len(question), limit=QUESTION_LIMIT)


def status_html(sentence: str, texts: Catalogue, *, problem: bool = False) -> str:
    """What is going on, or what stands in the way."""
    return render("status.html", texts, sentence=sentence, problem=problem)


def spoken_html(sentence: str) -> str:
    """Text that only a screen reader says, so that it announces the answer once it is there."""
    return str(Markup('<p class="visually-hidden" dir="auto">{}</p>').format(sentence))


def download_html(content: bytes, made: datetime) -> str:
    """A Word file for the page's script to hand to the browser."""
    data = base64.b64encode(content).decode("ascii")
    name = f"dossier-{made:%Y%m%d-%H%M%S}.docx"
    span = Markup('<span data-name="{}" data-type="{}" data-content="{}"></span>')
    return str(span.format(name, _DOCX, data))


def _asked(turn: Turn) -> str:
    """The question as it was searched for, so that a third may follow a second."""
    return (turn.answer.searched if turn.answer else "") or turn.question


def _with_problem(turns: Turns, problem: str) -> Turns:
    return (*turns[:-1], replace(turns[-1], problem=problem, draft=""))
