"""The folder of reports as people change it in a browser: names, what is taken in, what goes."""

from rag.library.folder import AlreadyThere, CorpusFolder, Reception
from rag.library.names import clean_name

__all__ = ["AlreadyThere", "CorpusFolder", "Reception", "clean_name"]
