"""The errors a caller can act on.

Every message is one or two sentences for a person: what happened, where, and what to do.
Only the faces (``cli`` and ``web``) turn them into exit codes or notices.
"""


class RagError(Exception):
    """The root of all expected failures; its text is fit to be shown as it is."""


class ConfigError(RagError):
    """A setting is unknown, has the wrong type or contradicts another."""


class ReadError(RagError):
    """A file cannot be read as a report; the text is the reason without the file's name."""


class CorpusError(RagError):
    """The corpus as a whole cannot be indexed: missing, empty, or nothing in it readable."""


class ModelError(RagError):
    """The embedding model cannot be found, fetched or trusted."""


class IndexUnusable(RagError):
    """The index is missing, damaged, or was built by another version or with another model."""


class QueryFileError(RagError):
    """A file of test queries is malformed or does not fit the corpus."""
