"""Ask regulatory reports in several languages, and prove every word of the answer."""

from rag.distribution import __version__

__all__ = ["__version__"]
