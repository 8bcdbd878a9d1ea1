"""The Gradio app: a heading, the page to ask on, the pages beside it, the named interface.

Type hints are not deferred in this module, because Gradio reads them to type its interface.
"""

from collections.abc import Sequence
from typing import Any

import gradio as gr

from rag.locale import Catalogue, catalogue
from rag.retrieval.retriever import Filters
from rag.web.ask_page import AskPage
from rag.web.chat import Turns
from rag.web.filtering import filters_of
from rag.web.frame import MONO, SANS, heading_html, language_choice_html, scripts, style
from rag.web.interface import add_interface
from rag.web.negotiation import requested_language
from rag.web.page_view_routes import page_view_routes
from rag.web.pages import ASK, ExtraPage, navigation_html
from rag.web.parts import PRIVATE, html_part, on_page
from rag.web.protocol import Assistant, Examples, Export, PageViews, no_examples

CONCURRENT_QUESTIONS = 8
"""Questions answered at once; more wait in a queue."""

WAITING_QUESTIONS = 128
"""Questions that may wait; the next is turned away with a notice."""


def build_app(
    assistant: Assistant,
    page_views: PageViews,
    *,
    examples: Examples = no_examples,
    export: Export | None = None,
    pages: Sequence[ExtraPage] = (),
) -> gr.Blocks:
    """The app, with the named interface ``ask``, ``search`` and ``show``.

    ``examples`` gives what is offered while a conversation is empty. With
    ``export`` each answer has a button that downloads its dossier. ``pages`` stand beside the chat,
    each with a link in the heading.
    """
    start = catalogue("en")
    app: gr.Blocks
    with gr.Blocks(
        title=start.chat.title, analytics_enabled=False, fill_width=True, fill_height=True
    ) as app:
        language = gr.State(start.language)
        with gr.Row(elem_id="top"):
            heading = html_part("heading", heading_html(start))
            navigation = html_part("navigation", navigation_html(pages, start))
            history = html_part("history", page=ASK)
            clear = gr.Button(
                start.chat.clear, elem_id="clear", elem_classes=on_page(ASK), size="sm", scale=0
            )
            choice = html_part("language", language_choice_html(start))
        asking = AskPage(
            assistant, language, start, examples=examples, export=export, history=history
        )
        for page in pages:
            with gr.Column(elem_id=f"page-{page.name}", elem_classes=on_page(page.name)):
                page.build(language)

        dressed = [language, heading, navigation, choice, clear, *asking.dressed()]

        def dress(code: str, held: Turns, filters: Filters) -> tuple[Any, ...]:
            texts = catalogue(code)
            return (*_frame(texts, pages), *asking.dress(texts, held, filters))

        def greet(held: Turns, filters: Filters, request: gr.Request) -> tuple[Any, ...]:
            code = requested_language(request.query_params, request.headers)
            # A link to a question says what it is limited to.
            return dress(code, held, filters if held else filters_of(request.query_params))

        def choose(held: Turns, filters: Filters, event: gr.EventData) -> tuple[Any, ...]:
            return dress(event.language, held, filters)

        opened = app.load(greet, asking.held, dressed, **PRIVATE)
        chosen = choice.choose(choose, asking.held, dressed, **PRIVATE)
        asking.wire(opened, chosen, clear)
        add_interface(assistant, page_views)
    app.queue(default_concurrency_limit=CONCURRENT_QUESTIONS, max_size=WAITING_QUESTIONS)
    return app


def page_options(page_views: PageViews, *, judged: bool = False) -> dict[str, Any]:
    """What ``gr.mount_gradio_app`` needs so that the page looks and behaves as built.

    ``judged``: citations can be judged.
    """
    return {
        "theme": gr.themes.Base(font=SANS, font_mono=MONO),
        # Not as ``css``, which Gradio rewrites: it scopes every selector, and those in media
        # queries wrongly.
        "head": f"<style>{style()}</style><script>{scripts(judged=judged)}</script>",
        "app_kwargs": {"routes": page_view_routes(page_views)},
        # The page's own addresses are Python's to answer.
        "ssr_mode": False,
        "run_history": False,
        "enable_monitoring": False,
        "footer_links": [],
    }


def _frame(texts: Catalogue, pages: Sequence[ExtraPage]) -> tuple[Any, ...]:
    """The parts around the pages, in another language."""
    return (
        texts.language,
        heading_html(texts),
        navigation_html(pages, texts),
        language_choice_html(texts),
        gr.update(value=texts.chat.clear),
    )
