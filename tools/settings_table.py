"""Write docs/settings.md anew from the settings' own descriptions.

python -m tools.settings_table
"""

from __future__ import annotations

from pathlib import Path

from pydantic.fields import FieldInfo

from rag.config import Settings

FILE = Path(__file__).parents[1] / "docs" / "settings.md"
_HEAD = """# Settings

Flags of a command beat `RAG_…` in the environment (`RAG_INDEX=/srv/index`), which beat `rag.toml`
in the working folder (`index = "/srv/index"`), which beats the defaults. A name that is no setting
is an error. This page is made by `python -m tools.settings_table`.

| setting | default | what it is |
|---|---|---|
"""


def page() -> str:
    """The page, from the fields of ``Settings`` in their order."""
    rows = [
        f"| `{name}` | {_default(field)} | {_cell(field.description or '')} |"
        for name, field in Settings.model_fields.items()
    ]
    return _HEAD + "\n".join(rows) + "\n"


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


def _default(field: FieldInfo) -> str:
    if field.is_required() or field.default_factory is not None:
        return "the user's cache folder" if field.annotation is Path else ""
    if field.default is None or field.default == ():
        return ""
    return f"`{field.default}`"


if __name__ == "__main__":
    FILE.write_text(page(), encoding="utf-8")
