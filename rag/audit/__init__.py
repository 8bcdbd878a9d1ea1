"""A record of every answer that can be shown to be whole, and the answers given once more."""

from rag.audit.chain import FIRST, Fault, check, line_hash, sealed
from rag.audit.entry import entry_of
from rag.audit.ledger import Ledger
from rag.audit.verification import Audit, Replayed, audit

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
