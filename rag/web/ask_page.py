"""The page to ask on: its parts, and what each event makes of them.

Type hints are not deferred in this module, because Gradio reads them to type its interface.
"""

import time
from collections.abc import Iterator
from dataclasses import dataclass, fields
from typing import Any

import gradio as gr

from rag.locale import Catalogue, catalogue
from rag.retrieval.retriever import Filters
from rag.web.chat import Chat, Turns, View
from rag.web.filtering import FILTER_NAMES, narrowed
from rag.web.frame import keys_html
from rag.web.pages import ASK
from rag.web.parts import PRIVATE, html_part, on_page
from rag.web.protocol import Assistant, Examples, Export

_EVERY = 0.5
_LONGEST_WAIT = 120.0
"""Seconds between two looks for questions to click, and that they are waited for."""


@dataclass(frozen=True, slots=True)
class Parts:
    """The components that a ``View`` fills, each under the name of its field there."""

    turns: gr.State
    filters: gr.State
    box: gr.Textbox
    conversation: gr.HTML
    evidence: gr.HTML
    status: gr.HTML
    download: gr.HTML
    history: gr.HTML
    narrowing: gr.HTML

    def all(self) -> list[Any]:
        """In the order in which ``updates`` gives their values."""
        return [getattr(self, field.name) for field in fields(View)]


class AskPage:
    """Lays the page out in the app that is being built; ``wire`` then says what happens on it."""

    def __init__(
        self,
        assistant: Assistant,
        language: gr.State,
        texts: Catalogue,
        *,
        examples: Examples,
        export: Export | None,
        history: gr.HTML,
    ) -> None:
        self._assistant = assistant
        self._language = language
        self._examples = examples
        self._export = export
        turns, filters = gr.State(()), gr.State(Filters())
        with gr.Row(elem_id="main", elem_classes=on_page(ASK)):
            with gr.Column(elem_id="chat", scale=3):
                conversation = html_part("conversation")
                status = html_part("status")
                download = html_part("download")
                narrowing = html_part("narrowing")
                with gr.Row(elem_id="composer"):
                    box = gr.Textbox(
                        label=texts.chat.question,
                        show_label=False,
                        placeholder=texts.chat.placeholder,
                        lines=1,
                        max_lines=6,
                        autofocus=True,
                        elem_id="question",
                        container=False,
                    )
                    self._send = gr.Button(
                        texts.chat.send, variant="primary", elem_id="send", scale=0
                    )
                self._keys = html_part("keys", keys_html(texts), script=False)
            with gr.Column(elem_id="panel", scale=2):
                # Its script fills it, and nothing else does: what is open stays while answers come.
                html_part("sheet", '<div class="sheet-room" tabindex="-1"></div>', script=False)
                evidence = html_part("evidence")
        self._parts = Parts(
            turns, filters, box, conversation, evidence, status, download, history, narrowing
        )

    def dressed(self) -> list[Any]:
        """The components that say something in the interface's language."""
        parts = self._parts
        return [self._send, self._keys, *parts.all()]

    def dress(self, texts: Catalogue, turns: Turns, filters: Filters) -> tuple[Any, ...]:
        """What they say in another language."""
        chat = self._chat(texts.language)
        shown, narrowing = chat.show(turns), chat.narrow(filters).narrowing
        box = gr.update(
            label=texts.chat.question,
            placeholder=texts.chat.placeholder,
            rtl=texts.direction == "rtl",
        )
        view = View(
            filters=filters,
            conversation=shown.conversation,
            evidence=shown.evidence,
            history=shown.history,
            narrowing=narrowing,
        )
        values = dict(zip((field.name for field in fields(View)), _updates(view), strict=True))
        return (
            gr.update(value=texts.chat.send),
            keys_html(texts),
            *(values | {"box": box}).values(),
        )

    @property
    def held(self) -> list[Any]:
        """What a conversation is made of: its turns and its filters."""
        return [self._parts.turns, self._parts.filters]

    def wire(self, opened: Any, chosen: Any, clear: gr.Button) -> None:
        """Say what happens: on every touch, on ``clear``, and after two events.

        They are that the page was ``opened``, and that a language was ``chosen``.
        """
        parts, view, language = self._parts, self._parts.all(), self._language
        said = [*self.held, language]

        # Gradio streams what a generator function yields; a function that returns one it does not.
        def warm_up(held: Turns, filters: Filters, code: str) -> Iterator[tuple[Any, ...]]:
            yield from map(_updates, self._chat(code).warm_up(held, filters))

        def open_link(
            held: Turns, filters: Filters, code: str, request: gr.Request
        ) -> Iterator[tuple[Any, ...]]:
            question = "" if held else request.query_params.get("q", "")
            yield from map(_updates, self._chat(code).converse(question, held, filters))

        def converse(
            question: str, held: Turns, filters: Filters, code: str
        ) -> Iterator[tuple[Any, ...]]:
            yield from map(_updates, self._chat(code).converse(question, held, filters))

        def pick(
            held: Turns, filters: Filters, code: str, event: gr.EventData
        ) -> Iterator[tuple[Any, ...]]:
            examples = self._examples(code) or ()
            if 0 <= event.index < len(examples):
                yield from converse(examples[event.index][1], held, filters, code)

        def suggest(held: Turns, filters: Filters, code: str) -> Iterator[tuple[Any, ...]]:
            until = time.monotonic() + _LONGEST_WAIT
            while not held and self._examples(code) is None and time.monotonic() < until:
                yield _updates(View())
                time.sleep(_EVERY)
            yield _updates(
                View(conversation=None if held else self._chat(code).show(held).conversation)
            )

        def ask_all(
            held: Turns, filters: Filters, code: str, event: gr.EventData
        ) -> Iterator[tuple[Any, ...]]:
            yield _updates(self._chat(code).narrow(Filters()))
            if 0 <= event.index < len(held):
                yield from converse(held[event.index].question, held, Filters(), code)

        def dossier(
            held: Turns, filters: Filters, code: str, event: gr.EventData
        ) -> Iterator[tuple[Any, ...]]:
            yield from map(_updates, self._chat(code).dossier(event.index, held))

        def narrow(filters: Filters, code: str, event: gr.EventData) -> tuple[Any, ...]:
            wanted = (
                narrowed(filters, event.name, event.value)
                if event.name in FILTER_NAMES
                else Filters()
            )
            return _updates(self._chat(code).narrow(wanted))

        def start_again(code: str) -> tuple[Any, ...]:
            shown = self._chat(code).show(())
            return _updates(
                View(
                    turns=(),
                    box="",
                    conversation=shown.conversation,
                    evidence=shown.evidence,
                    status="",
                    history=shown.history,
                )
            )

        linked = opened.then(warm_up, said, view, **PRIVATE).then(open_link, said, view, **PRIVATE)
        # What comes late must not take the place of a question asked meanwhile.
        suggested = [one.then(suggest, said, view, **PRIVATE) for one in (linked, chosen)]
        asked = gr.on(
            [parts.box.submit, self._send.click],
            converse,
            [parts.box, *said],
            view,
            # The script holds a question back while one is under way; Gradio's own way would drop
            # one sent in the moment between the last words of an answer and the end of its event.
            trigger_mode="multiple",
            cancels=suggested,
            **PRIVATE,
        )
        once = {"trigger_mode": "once", **PRIVATE}
        picked = parts.conversation.example(pick, said, view, **once)
        widened = parts.conversation.unfiltered(ask_all, said, view, **once)
        parts.conversation.dossier(dossier, said, view, **once)
        parts.narrowing.narrow(narrow, [parts.filters, language], view, **PRIVATE)
        parts.status.wake(_nothing, None, None, trigger_mode="multiple", **PRIVATE)
        clear.click(
            start_again,
            [language],
            view,
            cancels=[linked, *suggested, asked, picked, widened],
            **PRIVATE,
        )

    def _chat(self, language: str) -> Chat:
        examples = self._examples(language) or ()
        return Chat(self._assistant, catalogue(language), examples, self._export)


def _nothing() -> None:
    """Any event opens a stream that was closed over the one before."""


def _updates(view: View) -> tuple[Any, ...]:
    parts = (getattr(view, field.name) for field in fields(View))
    return tuple(gr.skip() if part is None else part for part in parts)
