"""The Gradio page: it lays out the parts, passes questions on and shows what comes back.

Type hints are not deferred in this module, because Gradio reads them to type its interface.
"""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import gradio as gr
from gradio.events import api as named_interface

from rag.contract_json import AnswerJson, answer_to_json
from rag.errors import RagError
from rag.web.chat import Chat, Turns, View, question_problem
from rag.web.frame import MONO, SANS, asset, heading_html, language_choice_html
from rag.web.negotiation import choose_language
from rag.web.pages import ASK, ExtraPage, navigation_html
from rag.web.parts import PRIVATE, html_part, on_page
from rag.web.protocol import Assistant, Export
from rag.web.texts import TEXTS, Texts, texts_for

CONCURRENT_QUESTIONS = 8
"""Questions answered at once; more wait in a queue."""

WAITING_QUESTIONS = 128
"""Questions that may wait; the next is turned away with a notice."""


def build_app(
    assistant: Assistant,
    *,
    examples: Sequence[tuple[str, str]] = (),
    export: Export | None = None,
    pages: Sequence[ExtraPage] = (),
) -> gr.Blocks:
    """The page and the named interface ``ask``, which returns the JSON of ``rag ask --json``.

    ``examples`` are pairs of language and question, offered while a conversation is empty. With
    ``export`` each answer has a button that downloads its dossier. ``pages`` stand beside the chat,
    each with a link in the heading.
    """
    start = texts_for("en")
    app: gr.Blocks
    with gr.Blocks(
        title=start.title, analytics_enabled=False, fill_width=True, fill_height=True
    ) as app:
        language = gr.State(start.language)
        turns = gr.State(())
        with gr.Row(elem_id="top"):
            heading = html_part("heading", heading_html(start))
            navigation = html_part("navigation", navigation_html(pages, start))
            clear = gr.Button(
                start.clear, elem_id="clear", elem_classes=on_page(ASK), size="sm", scale=0
            )
            choice = html_part("language", language_choice_html(start))
        with gr.Row(elem_id="main", elem_classes=on_page(ASK)):
            with gr.Column(elem_id="chat", scale=3):
                conversation = html_part("conversation")
                status = html_part("status")
                download = html_part("download")
                with gr.Row(elem_id="composer"):
                    box = gr.Textbox(
                        label=start.question,
                        show_label=False,
                        placeholder=start.placeholder,
                        lines=1,
                        max_lines=6,
                        autofocus=True,
                        elem_id="question",
                        container=False,
                    )
                    send = gr.Button(start.send, variant="primary", elem_id="send", scale=0)
            with gr.Column(elem_id="panel", scale=2):
                evidence = html_part("evidence")

        for page in pages:
            with gr.Column(elem_id=f"page-{page.name}", elem_classes=on_page(page.name)):
                page.build(language)

        view = [turns, box, conversation, evidence, status, download]
        dressed = [language, heading, navigation, choice, clear, box, send, conversation, evidence]

        def chat(code: str) -> Chat:
            return Chat(assistant, texts_for(code), examples, export)

        def dress(code: str, held: Turns) -> tuple[Any, ...]:
            texts = texts_for(code)
            shown = chat(code).show(held)
            return (*_frame(texts, pages), shown.conversation, shown.evidence)

        def greet(held: Turns, request: gr.Request) -> tuple[Any, ...]:
            return dress(_requested_language(request), held)

        def choose(held: Turns, event: gr.EventData) -> tuple[Any, ...]:
            return dress(event.language, held)

        # Gradio streams what a generator function yields; a function that returns one it does not.
        def warm_up(held: Turns, code: str) -> Iterator[tuple[Any, ...]]:
            yield from map(_updates, chat(code).warm_up(held))

        def converse(question: str, held: Turns, code: str) -> Iterator[tuple[Any, ...]]:
            yield from map(_updates, chat(code).converse(question, held))

        def pick(held: Turns, code: str, event: gr.EventData) -> Iterator[tuple[Any, ...]]:
            yield from converse(examples[event.index][1], held, code)

        def dossier(held: Turns, code: str, event: gr.EventData) -> Iterator[tuple[Any, ...]]:
            yield from map(_updates, chat(code).dossier(event.index, held))

        def start_again(code: str) -> tuple[Any, ...]:
            shown = chat(code).show(())
            return _updates(View((), "", shown.conversation, shown.evidence, ""))

        app.load(greet, [turns], dressed, **PRIVATE).then(
            warm_up, [turns, language], view, **PRIVATE
        )
        choice.choose(choose, [turns], dressed, **PRIVATE)
        asked = gr.on(
            [box.submit, send.click],
            converse,
            [box, turns, language],
            view,
            # The script holds a question back while one is under way; Gradio's own way would drop
            # one sent in the moment between the last words of an answer and the end of its event.
            trigger_mode="multiple",
            **PRIVATE,
        )
        picked = conversation.example(pick, [turns, language], view, trigger_mode="once", **PRIVATE)
        conversation.dossier(dossier, [turns, language], view, trigger_mode="once", **PRIVATE)
        clear.click(start_again, [language], view, cancels=[asked, picked], **PRIVATE)
        named_interface(
            _ask_interface(assistant),
            api_name="ask",
            api_description="Answers a question; the JSON of `rag ask --json`.",
        )
    app.queue(default_concurrency_limit=CONCURRENT_QUESTIONS, max_size=WAITING_QUESTIONS)
    return app


def page_options() -> dict[str, Any]:
    """What ``gr.mount_gradio_app`` needs so that the page looks and behaves as built."""
    return {
        "theme": gr.themes.Base(font=SANS, font_mono=MONO),
        # Not as ``css``, which Gradio rewrites: it scopes every selector, and those in media
        # queries wrongly.
        "head": f"<style>{asset('style.css')}</style><script>{asset('page.js')}</script>",
        "run_history": False,
        "enable_monitoring": False,
        "footer_links": [],
    }


def _frame(texts: Texts, pages: Sequence[ExtraPage]) -> tuple[Any, ...]:
    """The parts around the conversation, in another language."""
    return (
        texts.language,
        heading_html(texts),
        navigation_html(pages, texts),
        language_choice_html(texts),
        gr.update(value=texts.clear),
        gr.update(
            label=texts.question, placeholder=texts.placeholder, rtl=texts.direction == "rtl"
        ),
        gr.update(value=texts.send),
    )


def _updates(view: View) -> tuple[Any, ...]:
    parts = (
        view.turns, view.box, view.conversation, view.evidence, view.status, view.download,
    )  # fmt: skip
    return tuple(gr.skip() if part is None else part for part in parts)


def _requested_language(request: gr.Request) -> str:
    """The language in the address, or else the one the browser asks for."""
    named = request.query_params.get("lang", "")
    return named if named in TEXTS else choose_language(request.headers.get("accept-language", ""))


def _ask_interface(assistant: Assistant) -> Callable[..., AnswerJson]:
    def ask(question: str, request: gr.Request) -> AnswerJson:
        texts = texts_for(_requested_language(request))
        asked = question.strip()
        problem = question_problem(asked, texts)
        if problem:
            raise gr.Error(problem, print_exception=False)
        try:
            for _ in () if assistant.ready() else assistant.load():
                pass
            return answer_to_json(assistant.ask(asked))
        except RagError as error:
            raise gr.Error(str(error), print_exception=False) from error

    return ask
