"""Ask regulatory reports in several languages, and prove every word of the answer."""

from rag.distribution import installed_version

__all__ = ["__version__"]

__version__ = installed_version()
