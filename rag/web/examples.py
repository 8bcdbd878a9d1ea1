"""Questions to click, answered by the sample reports."""

from __future__ import annotations

EXAMPLES: tuple[tuple[str, str], ...] = ()
