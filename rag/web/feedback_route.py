"""What people think of a citation, on its way to where it is kept."""

from __future__ import annotations

from typing import Protocol

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import JSONResponse, Response

from rag.errors import RagError
from rag.evaluation.feedback import CitedQuote
from rag.web.chat import QUESTION_LIMIT
from rag.web.page_view import checksum
from rag.web.protocol import PageViews


class Feedback(Protocol):
    """Keeps judgements of citations."""

    def judge(self, question: str, citation: CitedQuote, good: bool) -> None:
        """Keep whether ``citation`` answers ``question``; raises RagError where it cannot."""


class Judgement(BaseModel):
    """What the page sends."""

    model_config = ConfigDict(extra="forbid", strict=True)

    question: str = Field(min_length=1, max_length=QUESTION_LIMIT)
    document: str = Field(max_length=4096)
    start: int = Field(ge=0)
    end: int = Field(ge=0)
    check: int = Field(ge=0)
    good: bool


def feedback_route(feedback: Feedback, page_views: PageViews) -> APIRouter:
    """The route ``/feedback``. Quotes are taken from ``page_views``: no other words are kept."""
    router = APIRouter(include_in_schema=False)

    @router.post("/feedback")
    def judge(said: Judgement) -> Response:
        try:
            quote = page_views.text(said.document, None).text[said.start : said.end]
            if checksum(quote) != said.check:
                raise RagError("The report was changed since. Ask again, and judge the new answer.")
            citation = CitedQuote(said.document, said.start, said.end, quote)
            feedback.judge(said.question, citation, said.good)
        except RagError as error:
            return JSONResponse({"detail": str(error)}, 422)
        return Response(status_code=204)

    return router
