"""A generation on a Milvus server gives what it gives in a folder."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from itertools import product
from pathlib import Path

import numpy as np
import pytest
from concepts import REPORTS, ConceptEncoder, concept_stages
from index_fakes import stages, write
from milvus_tools import LiteServer, build, engine_at, in_folder, needs_milvus, running

from rag.backends.milvus import MilvusEngine
from rag.backends.milvus.loading import current
from rag.errors import IndexUnusable, RagError
from rag.index import FolderEngine, Index
from rag.retrieval.retriever import Filters, Retriever

pytestmark = needs_milvus

QUESTIONS = ["What did the theft cost?", "第七條", "Article 7 board", "السيولة", "被盗损失多少?"]
FILTERS = [
    None,
    Filters(language="ar"),
    Filters(document="theft.zh"),
    Filters(document="theft.zh.txt"),
    Filters(issuer="AUTHORITY"),
    Filters(kind="تقرير"),
    Filters(since="2023"),
    Filters(until="2023-01"),
    Filters(since="2023", until="2023"),
]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiteServer]:
    with running(tmp_path_factory.mktemp("server")) as one:
        yield one


@pytest.fixture(scope="module")
def both(
    server: LiteServer, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Index, Index]]:
    folder = tmp_path_factory.mktemp("both")
    engine = engine_at(server.uri, folder / "index", alias="both")
    build(engine, write(folder / "corpus", REPORTS), concept_stages())
    with in_folder(engine) as one, closing(engine.open()) as other:
        yield one, other


@pytest.fixture
def engine(server: LiteServer, tmp_path: Path, request: pytest.FixtureRequest) -> MilvusEngine:
    """An engine with an alias of its own."""
    alias = f"a{abs(hash(request.node.name))}"
    return engine_at(server.uri, tmp_path / "index", alias=alias)


@pytest.mark.parametrize("mode", ["hybrid", "dense", "bm25"])
def test_searches_find_the_same(both: tuple[Index, Index], mode: str) -> None:
    one, other = (Retriever(index, ConceptEncoder()) for index in both)
    for question, filters in product(QUESTIONS, FILTERS):
        wanted = one.search(question, k=20, mode=mode, filters=filters).hits  # type: ignore[arg-type]
        found = other.search(question, k=20, mode=mode, filters=filters).hits  # type: ignore[arg-type]
        assert [hit.chunk for hit in found] == [hit.chunk for hit in wanted]
        assert [(h.page, h.page_label, h.source) for h in found] == [
            (h.page, h.page_label, h.source) for h in wanted
        ]
        # Weights are float32 there, of 24 bits.
        assert [hit.score for hit in found] == pytest.approx(
            [hit.score for hit in wanted], rel=1e-6
        )


def test_a_filter_that_matches_nothing_gives_nothing(both: tuple[Index, Index]) -> None:
    retriever = Retriever(both[1], ConceptEncoder())
    for filters in (Filters(issuer="nobody"), Filters(document="none"), Filters(since="2030")):
        assert retriever.search("theft", filters=filters).hits == ()


@pytest.mark.parametrize("field", ["language", "document", "issuer", "kind", "since", "until"])
@pytest.mark.parametrize(
    "text",
    ['" or row >= 0 or language == "', "' or 1 == 1", 'a\\" or row >= 0', "\n) or (row >= 0"],
)
def test_a_filter_is_never_part_of_the_expression(
    both: tuple[Index, Index], field: str, text: str
) -> None:
    one, other = (Retriever(index, ConceptEncoder()) for index in both)
    filters = Filters(**{field: text})
    wanted = one.search("theft board", filters=filters, k=50).hits
    assert [h.chunk.id for h in other.search("theft board", filters=filters, k=50).hits] == [
        h.chunk.id for h in wanted
    ]


def test_texts_come_back_to_the_character(engine: MilvusEngine, tmp_path: Path) -> None:
    hostile = "back\\slash \\ud800 \ud800 lone \"quotes\" 'single' {braces} \x00 \U0001f600 ﷺ"
    reports = {
        "a/odd name \\u0041.txt": f"Issuer|kind|2024-02-30\n{hostile}\n\f{hostile} again",
        "long.txt": f"first\n{'長' * 30_000}\nlast",
        "same.txt": "one",
        "same.md": "two",
        "broken.txt": "",
    }
    build(engine, write(tmp_path / "corpus", reports), stages())
    with in_folder(engine) as one, closing(engine.open()) as other:
        assert other.documents() == one.documents()
        assert other.skipped == one.skipped
        assert len(other) == len(one)
        rows = list(range(len(one)))[::-1]
        assert other.chunks(rows) == one.chunks(rows)
        for info in one.documents():
            for name in (info.name, info.source):
                assert other.info(name) == info
                assert other.document(name) == one.document(name)
                assert other.pages(name) == one.pages(name)
            for start in range(info.characters + 1)[:300]:
                assert other.page_of(info.name, start) == one.page_of(info.name, start)
        terms = ["en", "\ud800", "zymurgy", "back\\slash", "en"]
        assert other.known(terms) == one.known(terms)
        with pytest.raises(RagError, match="no document 'none'"):
            other.document("none")
        with pytest.raises(IndexError, match=str(len(one))):
            other.chunks([0, len(one)])


def test_vectors_and_weights_are_those_of_the_folder(both: tuple[Index, Index]) -> None:
    from rag.retrieval.ranking import Question

    (vector,) = ConceptEncoder().encode_queries(["the board"], ["en"])
    signals = []
    for index in both:
        known = index.gather(Question("the board", "en", vector), None, with_terms=True, k=5)
        assert known.rows is None or known.rows.tolist() == list(range(len(index)))
        signals.append(known.signals)
    one, other = signals
    assert np.array_equal(one.cosines, other.cosines)
    assert other.bm25 == pytest.approx(one.bm25, rel=1e-6)
    assert one.spans is None
    # What scales the scores is that of all passages: of the cosines to the last bit.
    assert other.spans[0].low == one.cosines.min()
    assert other.spans[0].high == one.cosines.max()
    assert other.spans[1].low == pytest.approx(one.bm25.min())


def test_an_approximate_index_finds_what_it_can(server: LiteServer, tmp_path: Path) -> None:
    engine = engine_at(server.uri, tmp_path / "index", alias="graph", kind="HNSW", exact_up_to=0)
    lines = [f"passage {n} of the theft and the board" for n in range(300)]
    build(engine, write(tmp_path / "corpus", {"a.txt": "\n".join(lines)}), stages())
    encoder = stages().encoder
    described = [f"a\n{line}" for line in lines[::50]]
    vectors = encoder.encode_passages(described, ["en"] * len(described), None)
    with closing(engine.open()) as index:
        from rag.retrieval.ranking import Question

        for number, vector in zip(range(0, 300, 50), vectors, strict=True):
            known = index.gather(Question("", "en", vector), None, with_terms=False, k=1)
            best = known.rows[int(np.argmax(known.signals.cosines))]
            # A passage's own vector finds it, with a cosine of 1.
            assert best == number
            assert known.signals.cosines.max() == pytest.approx(1, abs=1e-6)


def test_a_swap_leaves_readers_with_what_they_opened(engine: MilvusEngine, tmp_path: Path) -> None:
    corpus = tmp_path / "corpus"
    first = build(engine, write(corpus, {"a.txt": "old text"}), stages())
    with closing(engine.open()) as before:
        second = build(engine, write(corpus, {"a.txt": "new text"}), stages())
        assert not before.is_current()
        assert before.document("a").text == "old text"
        with closing(engine.open()) as after:
            assert (after.generation, after.document("a").text) == (second, "new text")
            assert after.is_current()
    assert engine.generations() == [first, second]


def test_generations_that_are_not_kept_are_removed(engine: MilvusEngine, tmp_path: Path) -> None:
    corpus = tmp_path / "corpus"
    made = [build(engine, write(corpus, {"a.txt": text}), stages()) for text in ("1", "2", "3")]
    assert engine.generations() == made[1:]
    with pytest.raises(IndexUnusable, match="not there"):
        engine.open(generation=made[0])


def test_nothing_changed_loads_nothing(engine: MilvusEngine, tmp_path: Path) -> None:
    corpus = write(tmp_path / "corpus", {"a.txt": "text"})
    assert build(engine, corpus, stages()) == build(engine, corpus, stages())
    assert len(engine.generations()) == 1


def test_rollback_goes_back_on_the_server_and_in_the_folder(
    engine: MilvusEngine, tmp_path: Path
) -> None:
    corpus = tmp_path / "corpus"
    first = build(engine, write(corpus, {"a.txt": "old"}), stages())
    build(engine, write(corpus, {"a.txt": "new"}), stages())
    assert engine.rollback() == first
    assert current(engine.server, engine.alias) == first
    with in_folder(engine) as index:
        assert index.generation == first
    with pytest.raises(RagError, match="no earlier generation"):
        engine.rollback()


def test_rollback_to_what_the_server_lost_changes_nothing(
    engine: MilvusEngine, tmp_path: Path
) -> None:
    corpus = tmp_path / "corpus"
    first = build(engine, write(corpus, {"a.txt": "old"}), stages())
    second = build(engine, write(corpus, {"a.txt": "new"}), stages())
    lost = f"{engine.alias}_{first.replace('-', '_')}_documents"
    engine.server.ask(lambda client, _: client.drop_collection(lost))
    with pytest.raises(RagError, match="not whole on the Milvus server"):
        engine.rollback()
    assert current(engine.server, engine.alias) == second
    with in_folder(engine) as index:
        assert index.generation == second


@pytest.mark.parametrize(
    ("part", "change", "said"),
    [
        ("passages", {"text": "forged"}, "holds other values"),
        ("passages", {"dense": [1.0, 0, 0, 0, 0, 0, 0, 0]}, "holds other values"),
        ("passages", {"sparse": {1: 9.0}}, "holds other values"),
        ("passages", None, "has 1 rows instead of 2"),
        ("terms", {"idf": 9.0}, "holds other values"),
        ("documents", {"content": "Zm9yZ2Vk"}, "holds other values"),
        ("documents", None, "rows instead of"),
    ],
)
def test_verify_finds_what_was_changed(
    engine: MilvusEngine, tmp_path: Path, part: str, change: dict[str, object] | None, said: str
) -> None:
    corpus = write(tmp_path / "corpus", {"a.txt": "first words\nsecond words"})
    generation = build(engine, corpus, stages())
    assert engine.verify() == (generation, [])
    name = f"{engine.alias}_{generation.replace('-', '_')}_{part}"
    key = "row" if part == "passages" else "key"
    where = 'what == "reading"' if part == "documents" else ""
    (row, *_) = engine.server.ask(
        lambda client, _: client.query(name, filter=where, output_fields=["*"], limit=1)
    )
    if change is None:
        engine.server.ask(lambda client, _: client.delete(name, ids=[row[key]]))
    else:
        engine.server.ask(lambda client, _: client.upsert(name, [{**row, **change}]))
    found, problems = engine.verify()
    assert found == generation
    assert len(problems) == 1
    assert name in problems[0]
    assert said in problems[0]


def test_verify_misses_a_collection(engine: MilvusEngine, tmp_path: Path) -> None:
    generation = build(engine, write(tmp_path / "corpus", {"a.txt": "words"}), stages())
    name = f"{engine.alias}_{generation.replace('-', '_')}_terms"
    engine.server.ask(lambda client, _: client.drop_collection(name))
    assert engine.verify() == (generation, [f"The collection {name} is missing."])


def test_another_model_is_refused_and_what_mends_it_named(
    engine: MilvusEngine, tmp_path: Path
) -> None:
    build(engine, write(tmp_path / "corpus", {"a.txt": "words"}), stages())
    engine.open(require=stages().all_fingerprints()).close()
    with pytest.raises(IndexUnusable, match=r"another embedding model.*`rag index`"):
        engine.open(require={"model": "another"})


def test_no_index_yet_is_said(engine: MilvusEngine) -> None:
    with pytest.raises(IndexUnusable, match=r"There is no index.*rag index"):
        engine.open()
    generation, problems = engine.verify()
    assert generation is None
    assert "There is no index" in problems[0]


def test_a_generation_that_was_removed_is_said(engine: MilvusEngine, tmp_path: Path) -> None:
    corpus = tmp_path / "corpus"
    build(engine, write(corpus, {"a.txt": "1"}), stages())
    with closing(engine.open()) as index:
        for text in ("2", "3"):
            build(engine, write(corpus, {"a.txt": text}), stages())
        with pytest.raises(IndexUnusable, match="was removed"):
            index.document("a")
    with pytest.raises(IndexUnusable, match="closed"):
        index.document("a")


def test_an_index_without_passages_of_terms_is_searched(
    engine: MilvusEngine, tmp_path: Path
) -> None:
    without = stages(analyse=lambda *_: [])
    folder = FolderEngine(tmp_path / "other")
    corpus = write(tmp_path / "corpus", {"a.txt": "words\nmore"})
    assert build(engine, corpus, without) == build(folder, corpus, without)
    with closing(engine.open()) as index:
        retriever = Retriever(index, _Queries())
        assert retriever.search("words", mode="bm25").hits == ()
        assert len(retriever.search("words", mode="hybrid").hits) == 1


class _Queries:
    def encode_queries(self, texts: list[str], languages: list[str]) -> object:
        return stages().encoder.encode_passages(texts, languages, None)
