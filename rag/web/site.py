"""The whole application that is served: the chat, the pages around it, and the gate before all."""

from __future__ import annotations

import math
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractContextManager, asynccontextmanager
from dataclasses import dataclass, field

import gradio as gr
from fastapi import FastAPI
from gradio.context import LocalContext
from prometheus_client import CollectorRegistry, disable_created_metrics
from starlette.applications import Starlette
from starlette.responses import FileResponse, Response
from starlette.types import ASGIApp

from rag.locale import catalogue
from rag.web.access.buckets import Buckets
from rag.web.access.gate import Gate
from rag.web.access.people import CURRENT, Access, Person
from rag.web.access.traffic import Traffic
from rag.web.app import build_app, page_options
from rag.web.evaluate_page import EvaluateSite, evaluate_page
from rag.web.feedback_route import Feedback, feedback_route
from rag.web.frame import ASSETS
from rag.web.health import Held, health
from rag.web.job import Job
from rag.web.library_page import LibrarySite, library_page
from rag.web.metered_assistant import Meter, MeteredAssistant
from rag.web.pages import ExtraPage
from rag.web.protocol import Assistant, Examples, Export, PageViews, no_examples
from rag.web.side_page import EVALUATE, LIBRARY, Side, extra_page
from rag.web.sign_in import signing_in

Guard = Callable[[], AbstractContextManager[Callable[[bool], None]]]
"""Counts and limits the question that is asked within; what it gives is told of a refusal."""

Programs = Callable[[Guard], Starlette]
"""Makes what other programs talk to, each of their questions asked within the guard."""

_ASSETS = frozenset({"site.css", "library.js", "evaluate.js"})


@dataclass(frozen=True, slots=True)
class Site:
    """What is served besides the chat, and to whom.

    ``questions_per_minute`` are those of one person, 0 for any number. ``held`` tells what the
    index has.
    """

    access: Access = field(default_factory=Access)
    questions_per_minute: int = 60
    held: Callable[[], Held] | None = None
    library: LibrarySite | None = None
    evaluation: EvaluateSite | None = None
    feedback: Feedback | None = None
    programs: Programs | None = None


@dataclass(frozen=True, slots=True)
class Served:
    """An application, what tells how busy it is, and the work that goes on behind it."""

    app: ASGIApp
    traffic: Traffic
    meter: Meter
    jobs: tuple[Job, ...] = ()


def make_site(
    assistant: Assistant,
    page_views: PageViews,
    site: Site,
    *,
    examples: Examples = no_examples,
    export: Export | None = None,
    pages: Sequence[ExtraPage] = (),
) -> Served:
    """Everything behind one gate."""
    # When a counter began would stand in a series of its own beside each.
    disable_created_metrics()  # type: ignore[no-untyped-call]
    registry = CollectorRegistry()
    traffic = Traffic(registry)
    meter = Meter(question_buckets(site.questions_per_minute), wait_sentence, registry)
    metered = MeteredAssistant(assistant, meter, asking)

    def held() -> Held:
        reports = assistant.documents()
        return Held("", len(reports), sum(report.pages for report in reports), 0)

    app = FastAPI(openapi_url=None)
    app.include_router(signing_in(site.access))
    app.include_router(health(assistant.ready, site.held or held, traffic, registry))

    @app.get("/site/{name}")
    def asset(name: str) -> Response:
        return FileResponse(ASSETS / name) if name in _ASSETS else Response(status_code=404)

    sides = _sides(site)
    jobs = (Job(), Job())
    if site.library is not None:
        app.include_router(library_page(site.library, jobs[0], sides))
    if site.evaluation is not None:
        app.include_router(evaluate_page(site.evaluation, jobs[1], sides))
    if site.feedback is not None:
        app.include_router(feedback_route(site.feedback, page_views))
    if site.programs is not None:
        _add(app, site.programs(lambda: meter.question(asking())))
    gr.mount_gradio_app(
        app,
        build_app(
            metered,
            page_views,
            examples=examples,
            export=export,
            pages=[*(extra_page(side) for side in sides), *pages],
        ),
        path="/",
        **page_options(page_views, judged=site.feedback is not None),
    )
    gate = Gate(
        app,
        site.access,
        traffic,
        requests=request_buckets(site.questions_per_minute),
        too_many=wait_sentence,
        large=("/library/files/",),
    )
    return Served(gate, traffic, meter, jobs)


def _sides(site: Site) -> tuple[Side, ...]:
    library = (LIBRARY,) if site.library is not None else ()
    return (*library, EVALUATE) if site.evaluation is not None else library


def question_buckets(per_minute: int) -> Buckets:
    """Questions of a person: a quarter of a minute's at once, at least five."""
    return Buckets(max(5, per_minute // 4) if per_minute else 0, per_minute)


def request_buckets(per_minute: int) -> Buckets:
    """What a person may send: each question takes a request, and the page sends some by itself.

    Never so much at once that one person fills the queue of waiting questions.
    """
    return Buckets(60 if per_minute else 0, 2 * per_minute + 60)


def wait_sentence(person: Person, wait: float) -> str:
    """What is said to who asks too much, ``wait`` seconds too soon; 0 where too much at once."""
    texts = catalogue(person.language).site
    if not wait:
        return texts.still_answering
    return texts.too_many_questions.format(math.ceil(wait))


def asking() -> Person:
    """Whose question is being answered."""
    # Gradio answers in tasks of its own, which know the request that asked.
    request = LocalContext.request.get(None)
    if request is not None and request.request is not None:
        person = request.request.scope.get("state", {}).get("person")
        if isinstance(person, Person):
            return person
    return CURRENT.get() or Person("", "unknown")


def _add(app: FastAPI, other: Starlette) -> None:
    """Serve the routes of ``other`` too, alive as long as ``app`` is."""
    app.router.routes.extend(other.routes)
    own = app.router.lifespan_context

    @asynccontextmanager
    async def both(one: FastAPI) -> AsyncIterator[None]:
        async with own(one), other.router.lifespan_context(other):
            yield

    app.router.lifespan_context = both
