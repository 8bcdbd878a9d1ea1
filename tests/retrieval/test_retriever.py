"""Questions to passages, over an index with a model whose vectors are known."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from concepts import ConceptEncoder, open_reports
from numpy.typing import NDArray

from rag.errors import RagError
from rag.index import Index
from rag.retrieval.ranking import Signals, rank
from rag.retrieval.retriever import MAX_QUESTION, Filters, Retriever
from rag.schema import Hit


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Index]:
    with open_reports(tmp_path_factory.mktemp("retrieval")) as opened:
        yield opened


@pytest.fixture(scope="module")
def retriever(index: Index) -> Retriever:
    return Retriever(index, ConceptEncoder())


def scores(*values: float) -> NDArray[np.float32]:
    return np.array(values, dtype=np.float32)


def test_dense_ranks_by_cosine_across_languages(retriever: Retriever) -> None:
    hits = retriever.search("What did the theft cost?", mode="dense", k=20).hits
    assert {hit.chunk.document for hit in hits[:3]} >= {"theft.en", "theft.zh"}
    assert [hit.score for hit in hits] == [hit.cosine for hit in hits]
    assert [hit.score for hit in hits] == sorted((hit.score for hit in hits), reverse=True)
    assert all(hit.bm25 is None for hit in hits)


def test_bm25_finds_only_passages_with_a_term(retriever: Retriever) -> None:
    found = retriever.search("theft", mode="bm25", k=20)
    assert {hit.chunk.document for hit in found.hits} == {"theft.en"}
    assert all(hit.bm25 and hit.bm25 > 0 and hit.cosine is None for hit in found.hits)
    assert found.vector is None
    assert retriever.search("zymurgy", mode="bm25").hits == ()


def test_a_clause_is_found_in_another_script(retriever: Retriever) -> None:
    assert "Article 7" in retriever.search("第七條", mode="bm25").hits[0].chunk.text


def test_hybrid_tells_both_scores(retriever: Retriever) -> None:
    found = retriever.search("theft", k=3)
    assert found.mode == "hybrid"
    assert all(hit.cosine is not None and hit.bm25 is not None for hit in found.hits)
    assert "theft" in found.hits[0].chunk.text


def test_ranks_count_from_1_and_no_passage_comes_twice(retriever: Retriever, index: Index) -> None:
    hits = retriever.search("board", k=1000).hits
    assert [hit.rank for hit in hits] == list(range(1, len(hits) + 1))
    spans = [(hit.chunk.document, hit.chunk.start, hit.chunk.end) for hit in hits]
    assert len(set(spans)) == len(spans)
    for row in range(len(index)):
        (chunk,) = index.chunks([row])
        assert any(d == chunk.document and a <= chunk.start < chunk.end <= b for d, a, b in spans)


def test_the_first_k_are_those_of_a_longer_list(retriever: Retriever) -> None:
    every = retriever.search("the board and the theft", k=100).hits
    assert retriever.search("the board and the theft", k=2).hits == every[:2]


def test_the_page_is_where_the_passage_begins(retriever: Retriever, index: Index) -> None:
    only = Filters(document="theft.en")
    hits = retriever.search("board of the bank", k=20, filters=only).hits
    text = index.document("theft.en").text
    for hit in hits:
        assert text[hit.chunk.start : hit.chunk.end] == hit.chunk.text
        page = 1 + text[: hit.chunk.start].count("\f")
        assert (hit.page, hit.page_label) == (page, f"p. {page}")
    assert {hit.page for hit in hits} == {1, 2}


@pytest.mark.parametrize(
    ("filters", "documents"),
    [
        (Filters(language="ar"), {"liquidity.ar"}),
        (Filters(language="zh-Hans"), {"theft.zh"}),
        (Filters(document="theft.zh"), {"theft.zh"}),
        (Filters(document="theft.zh.txt"), {"theft.zh"}),
        (Filters(issuer="authority"), {"theft.en"}),
        (Filters(kind="تقرير"), {"liquidity.ar"}),
        (Filters(since="2023"), {"theft.en", "theft.zh"}),
        (Filters(until="2023-01"), {"liquidity.ar", "theft.zh"}),
        (Filters(since="2023", until="2023"), {"theft.zh"}),
    ],
)
@pytest.mark.parametrize("mode", ["hybrid", "dense"])
def test_filters_let_only_their_passages_pass(
    retriever: Retriever, filters: Filters, documents: set[str], mode: str
) -> None:
    hits = retriever.search("board 董事会 مجلس", k=100, mode=mode, filters=filters).hits  # type: ignore[arg-type]
    assert {hit.chunk.document for hit in hits} == documents


@pytest.mark.parametrize("mode", ["hybrid", "dense", "bm25"])
@pytest.mark.parametrize(
    "filters",
    [
        Filters(language="th"),
        Filters(document="nowhere.en"),
        Filters(issuer="nobody"),
        Filters(since="2030"),
    ],
)
def test_a_filter_that_matches_nothing_gives_nothing(
    retriever: Retriever, filters: Filters, mode: str
) -> None:
    assert retriever.search("the theft", mode=mode, filters=filters).hits == ()  # type: ignore[arg-type]


@pytest.mark.parametrize("question", ["", " \n\t "])
def test_an_empty_question_is_refused(retriever: Retriever, question: str) -> None:
    with pytest.raises(RagError, match="empty"):
        retriever.search(question)


def test_an_endless_question_is_refused(retriever: Retriever) -> None:
    with pytest.raises(RagError, match=str(MAX_QUESTION)):
        retriever.search("x" * (MAX_QUESTION + 1))


def test_white_space_in_a_question_does_not_matter(retriever: Retriever) -> None:
    plain, spaced = retriever.search("the theft"), retriever.search("  the\n theft ")
    assert (plain.query, plain.hits) == (spaced.query, spaced.hits)


def test_the_language_is_that_of_the_question(retriever: Retriever) -> None:
    assert retriever.search("被盗损失多少?").language == "zh-Hans"
    assert retriever.search("كم بلغت السيولة؟").language == "ar"


def test_the_same_question_has_the_same_answer(retriever: Retriever) -> None:
    def hits() -> tuple[Hit, ...]:
        return retriever.search("liquidity and capital", k=100).hits

    assert hits() == hits()


def test_ranking_with_one_side_alone() -> None:
    groups = np.array(["en", "ar", "en"])
    found, own = rank(Signals(scores(0.1, 0.3, 0.2), None), groups, "en", 2)
    assert (found.tolist(), own.tolist()) == ([1, 2], scores(0.3, 0.2).tolist())
    # Without any of the terms a passage has a score of 0 and is not found.
    found, own = rank(Signals(None, scores(0, 3, 5)), groups, "en", 3)
    assert (found.tolist(), own.tolist()) == ([2, 1], [5, 3])
    with pytest.raises(ValueError, match="neither"):
        rank(Signals(None, None), groups, "en", 1)


def test_what_is_asked_for_by_name_lifts_a_passage() -> None:
    groups = np.array(["en", "en"])
    both = Signals(scores(0.5, 0.49), scores(1, 1), scores(0, 1))
    found, boosted = rank(both, groups, "en", 2)
    # 0.49 + 0.08 is more than 0.5.
    assert found.tolist() == [1, 0]
    assert boosted.tolist() == pytest.approx([0.57, 0.5])
    found, plain = rank(Signals(both.cosines, both.bm25), groups, "en", 2)
    assert found.tolist() == [0, 1]
    assert plain.tolist() == pytest.approx([0.5, 0.49])


def test_questions_asked_at_once_get_their_own_answers(retriever: Retriever) -> None:
    questions = ["What did the theft cost?", "board", "第七條", "السيولة", "capital", "被盗"] * 20
    alone = [retriever.search(question).hits for question in questions]
    with ThreadPoolExecutor(8) as pool:
        together = [found.hits for found in pool.map(retriever.search, questions)]
    assert together == alone


def test_the_filters_of_one_question_are_not_those_of_the_next(retriever: Retriever) -> None:
    filters = [Filters(language="ar"), None, Filters(document="theft.zh"), Filters(since="2023")]
    alone = [retriever.search("board", filters=one, k=50).hits for one in filters]
    with ThreadPoolExecutor(8) as pool:
        found = pool.map(lambda one: retriever.search("board", filters=one, k=50), filters * 20)
        assert [one.hits for one in found] == alone * 20
