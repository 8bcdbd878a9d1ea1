"""A record of every answer that can be shown to be whole, and the answers given once more."""

from rag.recording.audit import Audit, Replayed, audit
from rag.recording.chain import FIRST, Fault, check, line_hash, sealed
from rag.recording.entry import entry_of
from rag.recording.ledger import Ledger

__all__ = [
    "FIRST",
    "Audit",
    "Fault",
    "Ledger",
    "Replayed",
    "audit",
    "check",
    "entry_of",
    "line_hash",
    "sealed",
]
