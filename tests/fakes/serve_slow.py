"""Serve the web chat with an assistant that takes its time: run by the tests as a program.

Arguments: seconds an answer takes, seconds that a stop lets it finish.
"""

from __future__ import annotations

import sys
import time

from fakes.web_assistant import FakeAssistant
from fakes.web_page_views import FakePageViews
from rag.retrieval.retriever import Filters
from rag.schema import Answer
from rag.web.server import serve


class Slow(FakeAssistant):
    def ask(self, question: str, *, filters: Filters | None = None) -> Answer:
        print("asked", file=sys.stderr, flush=True)
        time.sleep(float(sys.argv[1]))
        return super().ask(question, filters=filters)


serve(Slow(loaded=True), FakePageViews(), host="127.0.0.1", port=0, stop_seconds=float(sys.argv[2]))
