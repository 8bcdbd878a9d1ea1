"""An answer with everything that proves it, as a file that can be kept and checked."""

from rag.export.contents import Dossier, PagePicture, Proof, gather
from rag.export.files import SUFFIXES, check_target, rendered, write_dossier

__all__ = [
    "SUFFIXES",
    "Dossier",
    "PagePicture",
    "Proof",
    "check_target",
    "gather",
    "rendered",
    "write_dossier",
]
