"""Serve the web chat with the fake assistant on the port named, or else on a free one.

Run by the tests as a program.
"""

from __future__ import annotations

import sys

from fakes.web_assistant import EXAMPLES, FakeAssistant
from fakes.web_page_views import FakePageViews
from rag.web.server import serve

serve(
    FakeAssistant(),
    FakePageViews(),
    host="127.0.0.1",
    port=int(sys.argv[1]) if len(sys.argv) > 1 else 0,
    examples=lambda _: EXAMPLES,
    export=lambda answer, filters, language: f"{language}: {answer.query}".encode(),
)
