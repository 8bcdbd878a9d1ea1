"""Whatever happens to an index, in any order, it is the one its corpus gives from scratch."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any
from unittest.mock import patch

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
)
from index_fakes import FakeEncoder, analyse, chunk, describe, read, stages, write
from test_index_history import compare

from rag.errors import RagError
from rag.index import BuildReport, Stages, build, open_index, rollback, verify
from rag.index.generations import generations
from rag.retrieval.sparse import Bm25
from rag.schema import Chunk, Document

NAMES = ("a.txt", "a.md", "b.txt", "c/a.txt", "c/d.md")
LINES = ("capital", "risk of loss", "资本 充足", "tier one", "x|y|2024", "capital", "")
names = st.sampled_from(NAMES)
contents = st.lists(st.sampled_from(LINES), min_size=1, max_size=4).map("\n".join)


class Killed(BaseException):
    """No handler of errors catches it."""


def whole(document: Document) -> list[Chunk]:
    """Another way of cutting: all lines but the last are one passage."""
    lines = chunk(document)
    if len(lines) < 3:
        return lines
    first, *_, last = lines
    text = document.text[first.start : last.start]
    return [replace(first, end=last.start, text=text), last]


def failing(work: Callable[..., Any], after: int) -> Callable[..., Any]:
    """``work`` that ends the build when it is called once more than ``after`` times."""
    calls = 0

    def counted(*arguments: Any) -> Any:
        nonlocal calls
        calls += 1
        if calls > after:
            raise Killed
        return work(*arguments)

    return counted


class FailingEncoder(FakeEncoder):
    """Ends the build when it is first asked."""

    def encode_passages(self, texts: Sequence[str], languages: Sequence[str], progress: Any) -> Any:
        raise Killed


class Histories(RuleBasedStateMachine):
    """Changes of corpus and settings, builds whole and interrupted, and ways back."""

    @initialize()
    def begin(self) -> None:
        self.folder = Path(tempfile.mkdtemp())
        # Nothing here is about what a failing power supply leaves.
        self.unsynced = patch("os.fsync")
        self.unsynced.start()
        self.root, self.corpus = self.folder / "index", self.folder / "corpus"
        write(self.corpus, {"z.txt": "capital\nend"})
        self.cutting, self.analysis, self.model, self.bm25 = 1, 1, "fake-1", Bm25()
        self.scratches: dict[str, Path] = {}
        self.tried = 0
        self.build(rebuild=False)

    def teardown(self) -> None:
        self.unsynced.stop()
        shutil.rmtree(self.folder, ignore_errors=True)

    def stages(self) -> Stages:
        mark = f"v{self.analysis}"
        return stages(
            chunk=chunk if self.cutting == 1 else whole,
            analyse=lambda document, one: [*analyse(document, one), mark],
            encoder=FakeEncoder(self.model),
            bm25=self.bm25,
            fingerprints={
                "readers": "1",
                "chunking": str(self.cutting),
                "analysis": str(self.analysis),
            },
        )

    @rule(name=names, content=contents)
    def put(self, name: str, content: str) -> None:
        write(self.corpus, {name: content})

    @rule(name=names)
    def delete(self, name: str) -> None:
        (self.corpus / name).unlink(missing_ok=True)

    @rule(name=names, other=names)
    def rename(self, name: str, other: str) -> None:
        if (self.corpus / name).exists():
            (self.corpus / other).parent.mkdir(exist_ok=True)
            (self.corpus / name).rename(self.corpus / other)

    @rule(cutting=st.sampled_from([1, 2]))
    def cut_otherwise(self, cutting: int) -> None:
        self.cutting = cutting

    @rule(analysis=st.sampled_from([1, 2]), k1=st.sampled_from([0.9, 1.5]))
    def weigh_otherwise(self, analysis: int, k1: float) -> None:
        self.analysis, self.bm25 = analysis, Bm25(k1=k1)

    @rule(model=st.sampled_from(["fake-1", "fake-2"]))
    def encode_otherwise(self, model: str) -> None:
        self.model = model

    @rule(rebuild=st.booleans())
    def build(self, rebuild: bool) -> None:
        self.remember(build(self.root, self.corpus, self.stages(), rebuild=rebuild))

    def remember(self, report: BuildReport) -> None:
        """Build what the current generation must be like from nothing."""
        self.tried += 1
        scratch = self.folder / f"scratch-{self.tried}"
        build(scratch, self.corpus, self.stages())
        self.scratches[report.generation] = scratch

    @rule(
        what=st.sampled_from(["read", "chunk", "analyse", "describe", "encode"]),
        after=st.integers(0, 6),
        rebuild=st.booleans(),
    )
    def build_is_killed(self, what: str, after: int, rebuild: bool) -> None:
        made = self.stages()
        if what == "encode":
            made = replace(made, encoder=FailingEncoder(self.model))
        elif what == "read":
            made = replace(made, read_all=stages(read=failing(read, after)).read_all)
        else:
            work = {"chunk": made.chunk, "analyse": made.analyse, "describe": describe}[what]
            made = replace(made, **{what: failing(work, after)})
        before = generations(self.root)
        try:
            report = build(self.root, self.corpus, made, rebuild=rebuild)
        except Killed:
            assert generations(self.root) == before
        else:
            self.remember(report)

    @precondition(lambda self: len(generations(self.root)) > 1)
    @rule()
    def go_back(self) -> None:
        with open_index(self.root) as index:
            current = index.generation
        earlier = [name for name in generations(self.root) if name < current]
        try:
            assert rollback(self.root) == earlier[-1]
        except RagError:
            assert not earlier

    @invariant()
    def it_is_as_from_scratch(self) -> None:
        generation, problems = verify(self.root)
        assert generation is not None and not problems
        compare(self.root, self.scratches[generation])
        assert len(generations(self.root)) <= 2


TestHistories = Histories.TestCase
TestHistories.settings = settings(deadline=None, max_examples=20, stateful_step_count=12)
