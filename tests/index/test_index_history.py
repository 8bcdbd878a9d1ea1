"""However an index came about, it is the one that its corpus gives from scratch."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from index_fakes import FakeEncoder, stages, write

from rag.index import build, open_index

lines = st.sampled_from(["capital", "risk of loss", "资本", "tier one", "x|y|2024", ""])
contents = st.lists(lines, max_size=4).map("\n".join)
names = st.sampled_from(["a.txt", "a.md", "b.txt", "c/a.txt", "c/d.md"])
corpora = st.dictionaries(names, contents, max_size=4).map(lambda c: c | {"z.txt": "capital\nend"})


@settings(deadline=None, max_examples=40)
@given(history=st.lists(corpora, min_size=2, max_size=4))
def test_changes_one_by_one_give_the_index_built_from_scratch(
    tmp_path_factory: pytest.TempPathFactory, history: list[dict[str, str]]
) -> None:
    folder = tmp_path_factory.mktemp("history")
    corpus = folder / "corpus"
    known: set[str] = set()
    for files in history:
        shutil.rmtree(corpus, ignore_errors=True)
        report = build(folder / "grown", write(corpus, files), stages())
        now = {*report.added, *report.updated, *report.unchanged}
        assert known - now == set(report.removed) and now - known == set(report.added)
        assert len(now) == report.documents
        known = now
    build(folder / "scratch", corpus, stages())
    compare(folder / "grown", folder / "scratch")


def compare(grown: Path, scratch: Path) -> None:
    """The same documents, chunks, rankings and scores, to the last bit."""
    with open_index(grown) as one, open_index(scratch) as other:
        assert one.documents() == other.documents()
        assert one.skipped == other.skipped
        rows = range(len(other))
        assert one.chunks(rows) == other.chunks(rows)
        assert one.generation[6:] == other.generation[6:]
        for query in (["capital"], ["risk", "资本", "capital"]):
            for left, right in zip(
                one.sparse.search(query, 9), other.sparse.search(query, 9), strict=True
            ):
                assert np.array_equal(left, right)
        asked = FakeEncoder().vector("a question", "en")[None]
        for left, right in zip(
            one.dense.search(asked, 9), other.dense.search(asked, 9), strict=True
        ):
            assert np.array_equal(left, right)
