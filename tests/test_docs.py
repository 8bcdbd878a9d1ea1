"""What the documents say is so: the settings there are, the commands and the files they name."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from cli_tools import REPOSITORY, call

from tools.settings_table import FILE, page

PAGES = [
    REPOSITORY / "README.md",
    REPOSITORY / "CHANGELOG.md",
    REPOSITORY / "CONTRIBUTING.md",
    REPOSITORY / "bench" / "README.md",
    *sorted((REPOSITORY / "docs").glob("*.md")),
]
COMMANDS = sorted(
    {found for one in PAGES for found in re.findall(r"\brag ([a-z]+)\b", one.read_text("utf-8"))}
    - {"the", "import"}
)


def test_the_page_of_settings_is_that_of_the_settings() -> None:
    assert FILE.read_text("utf-8") == page(), "run python -m tools.settings_table"


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_that_is_named_exists(command: str) -> None:
    assert call(command, "--help").code == 0


@pytest.mark.parametrize("file", PAGES, ids=lambda file: str(file.relative_to(REPOSITORY)))
def test_every_file_that_is_named_exists(file: Path) -> None:
    text = file.read_text("utf-8")
    for target in re.findall(r"\]\(([^)#:]+)\)", text):
        assert (file.parent / target).exists(), target
    for module in re.findall(r"python -m ((?:bench|tools)(?:\.\w+)+)", text):
        place = REPOSITORY / module.replace(".", "/")
        assert place.with_suffix(".py").exists() or (place / "__main__.py").exists(), module
    for script in re.findall(r"\b((?:bench|tools|rag)/[\w/]+\.\w+)", text):
        assert (REPOSITORY / script).exists(), script
