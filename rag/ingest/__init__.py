"""Files read in parallel, each within limits of time and memory.

The readers themselves know nothing of processes; here their steps (opening a file, its pages,
putting it together) are shared among some. A page that costs too much is left out and named, a
file that does is refused, and the rest is read as if they were not there.
"""

from rag.ingest.journal import ReadingJournal
from rag.ingest.outcome import Limits, Outcome, Source
from rag.ingest.pool import ReadingPool

__all__ = ["Limits", "Outcome", "ReadingJournal", "ReadingPool", "Source"]
