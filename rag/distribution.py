"""What this program is called where packages are installed from, and which version it is."""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, version
from typing import Literal

DISTRIBUTION = "regulatory-rag"
"""The name on PyPI. The package to import and the command are both called ``rag``."""

UNKNOWN_VERSION = "0+unknown"
"""The version of a source tree that was never installed."""

Extra = Literal["llm", "mcp", "milvus", "ocr", "ray"]


def installed_version() -> str:
    """The version of the installed distribution, ``UNKNOWN_VERSION`` where it is not installed."""
    try:
        return version(DISTRIBUTION)
    except PackageNotFoundError:
        return UNKNOWN_VERSION


def install_command(extra: Extra) -> str:
    """The command, in backquotes, that adds the packages of ``extra``."""
    return f"`pip install '{DISTRIBUTION}[{extra}]'`"


__version__ = installed_version()
