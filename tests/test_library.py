"""The library: what its page of documentation says runs, and gives what the commands give."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import FrozenInstanceError
from pathlib import Path
from typing import Any

import pytest
from cli_tools import REPOSITORY, Library
from cli_tools import Rag as Commands

import rag
from rag import Answer, Citation, Filters, Hit, Rag, RagError, Settings

QUESTION = "How many hours did it take to notice the theft?"
NOBODY = "Who won the chess championship in Reykjavik?"


@pytest.fixture
def reports(library: Library, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Rag:
    monkeypatch.chdir(tmp_path)
    return Rag(library.index)


def test_the_lines_of_the_page_run(
    library: Library,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    (lines,) = re.findall(
        r"```python\n(.*?)```", (REPOSITORY / "docs" / "library.md").read_text("utf-8"), re.DOTALL
    )
    library.copy(tmp_path).rename(tmp_path / "index")
    shutil.copytree(library.corpus, tmp_path / "corpus")
    shutil.copy(library.queries, tmp_path / "queries.jsonl")
    monkeypatch.chdir(tmp_path)
    found: dict[str, Any] = {}
    exec(compile(lines, "library.md", "exec"), found)
    assert found["built"].documents == library.report["documents"]
    assert "19 hours" in found["answer"].text
    assert found["answer"].citations
    said = capsys.readouterr().out.splitlines()
    assert said[0].startswith(f"{library.report['documents']} reports, ")
    assert [line[:2] for line in said[1:] if line[:2] in {"1 ", "2 ", "3 "}] == ["1 ", "2 ", "3 "]
    assert said[-1] == "1.0"


def test_it_gives_what_the_commands_give(reports: Rag, library: Library, rag: Commands) -> None:
    found = reports.search(QUESTION, k=2, filters=Filters(language="EN"))
    asked = ("search", QUESTION, "-k", "2", "--language", "en", "--json")
    wanted = rag(*asked, "--index", library.index).json
    assert [(one.chunk.document, one.score) for one in found.hits] == [
        (one["document"], one["score"]) for one in wanted["hits"]
    ]
    answer = reports.ask(QUESTION)
    assert answer.text == rag("ask", QUESTION, "--index", library.index, "--json").json["answer"]
    assert reports.ask(NOBODY).refused
    measured = reports.evaluate(library.queries, modes=["bm25"]).to_json()
    command = ("eval", library.queries, "--mode", "bm25", "--index", library.index, "--json")
    assert {**rag(*command).json, "seconds": 0} == {**measured, "seconds": 0}


def test_results_are_frozen_values(reports: Rag) -> None:
    answer = reports.ask(QUESTION)
    assert isinstance(answer, Answer)
    assert isinstance(answer.hits[0], Hit)
    citation = answer.citations[0]
    assert isinstance(citation, Citation)
    report = next(one for one in reports.reports() if one.name == citation.document)
    text = reports.document(report.source).text
    assert text[citation.start : citation.end] == citation.quote
    with pytest.raises(FrozenInstanceError):
        citation.quote = ""  # type: ignore[misc]


def test_the_settings_given_hold(library: Library, tmp_path: Path) -> None:
    settings = Settings(mode="bm25", passages=1, record=tmp_path / "record.jsonl")
    reports = Rag(library.index, settings=settings)
    found = reports.search(QUESTION)
    assert (found.mode, len(found.hits)) == ("bm25", 1)
    reports.ask(QUESTION)
    reports.evaluate(library.queries)
    (entry,) = (tmp_path / "record.jsonl").read_text("utf-8").splitlines()
    assert json.loads(entry)["question"] == QUESTION


def test_what_fails_says_what_to_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(RagError, match="rag index"):
        Rag("nowhere").ask("What?")
    (tmp_path / "rag.toml").write_text('mode = "psychic"\n', "utf-8")
    with pytest.raises(RagError, match="psychic"):
        Rag("nowhere")


def test_it_stays_with_its_folders_when_the_working_folder_changes(
    library: Library, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "elsewhere").mkdir()
    library.copy(tmp_path)
    monkeypatch.chdir(tmp_path)
    reports = Rag("copy", settings=Settings(record=Path("record.jsonl")))
    monkeypatch.chdir(tmp_path / "elsewhere")
    answer = reports.ask(QUESTION)
    assert "19 hours" in answer.text
    assert (tmp_path / "record.jsonl").exists()
    assert not list((tmp_path / "elsewhere").iterdir())
    # One more, made anew, has the same answer, beside the first and after it.
    assert Rag(tmp_path / "copy").ask(QUESTION) == answer
    del reports
    assert Rag(tmp_path / "copy").ask(QUESTION) == answer


def test_threads_over_two_have_the_answers_that_one_has(reports: Rag, library: Library) -> None:
    questions = [QUESTION, NOBODY, "哪一家銀行的流動性覆蓋率最低?", "\udcff"]
    alone = [reports.ask(question) for question in questions]
    order = [number // 2 % 4 for number in range(20)]
    both = [Rag(library.index), Rag(library.index)]
    with ThreadPoolExecutor(20) as pool:
        jobs = [pool.submit(both[i % 2].ask, questions[order[i]]) for i in range(20)]
        found = [job.result(timeout=200) for job in jobs]
    assert found == [alone[place] for place in order]


def test_importing_it_loads_no_large_library() -> None:
    code = (
        "import sys, rag; "
        "print(sorted(set(sys.modules) & set('torch faiss gradio numpy pydantic'.split()))); "
        "print(rag.__version__, rag.RagError.__name__, rag.Hit.__name__); "
        "print(sorted(set(sys.modules) & set('torch faiss gradio numpy pydantic'.split())))"
    )
    said = subprocess.run(
        [sys.executable, "-c", code], cwd=REPOSITORY, capture_output=True, text=True, check=True
    ).stdout.splitlines()
    assert said[0] == said[2] == "[]"
    assert said[1].split()[1:] == ["RagError", "Hit"]


def test_its_names_are_those_it_lists() -> None:
    assert {name for name in rag.__all__ if not hasattr(rag, name)} == set()
    assert set(rag.__all__) <= set(dir(rag))
    with pytest.raises(AttributeError, match="Nothing"):
        _ = rag.Nothing
