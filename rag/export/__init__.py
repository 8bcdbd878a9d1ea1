"""An answer with everything that proves it, as a file that can be kept and checked."""

from rag.export.contents import Dossier, PagePicture, Proof, gather
from rag.export.files import SUFFIXES, check_target, rendered, write_dossier
from rag.export.wording import WORDINGS, Wording, wording_for

__all__ = [
    "SUFFIXES",
    "WORDINGS",
    "Dossier",
    "PagePicture",
    "Proof",
    "Wording",
    "check_target",
    "gather",
    "rendered",
    "wording_for",
    "write_dossier",
]
