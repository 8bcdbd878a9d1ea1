"""The folder of reports as people change it in a browser: names, what is taken in, what goes."""

from rag.web.uploads.folder import AlreadyThere, CorpusFolder, Reception
from rag.web.uploads.names import clean_name

__all__ = ["AlreadyThere", "CorpusFolder", "Reception", "clean_name"]
