"""Questions to answers: sentences of the reports, each with its citation, or a refusal."""

from rag.answering.assistant import Assistant
from rag.answering.writing import Writer

__all__ = ["Assistant", "Writer"]
