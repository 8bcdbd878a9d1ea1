"""What judges evidence is fitted to the ranking that the product serves."""

from __future__ import annotations

import numpy as np
import pytest
from concepts import ConceptEncoder

from rag.answering.asking import READ, passage_reader
from rag.retrieval.fusion import fuse, term_groups
from rag.retrieval.ranking import UNSPACED_TERM_WEIGHT, question_terms
from tools.trials import Paragraph, Pool

TEXTS = [
    ("zh-Hans", "交易所被盗损失四千万元。"),
    ("ja", "取引所の損失は四千万円であった。"),
    ("zh-Hans", "董事会没有审查登记册。"),
    ("ja", "盗難の損失を取締役会が審査した。"),
    ("ar", "السيولة لدى البنك كافية."),
    ("zh-Hans", "资本充足。"),
]
QUESTION = "盗难损失审查"


@pytest.fixture(scope="module")
def pool() -> Pool:
    encoder = ConceptEncoder()
    paragraphs = [
        Paragraph(str(number), language, "a", text) for number, (language, text) in enumerate(TEXTS)
    ]
    vectors = encoder.encode_passages([text for _, text in TEXTS], [code for code, _ in TEXTS])
    read = passage_reader(encoder)  # type: ignore[arg-type]
    return Pool(paragraphs, vectors, encoder, read, None)  # type: ignore[arg-type]


def test_languages_that_share_terms_are_ranked_as_one(pool: Pool) -> None:
    (vector,) = ConceptEncoder().encode_queries([QUESTION], ["zh-Hans"])
    cosines = (pool.vectors @ vector).astype(np.float32)
    bm25 = pool.sparse.scores(question_terms(QUESTION, "zh-Hans")).astype(np.float32)
    languages = [code for code, _ in TEXTS]
    wanted, scores = fuse(cosines, bm25, term_groups(languages), UNSPACED_TERM_WEIGHT, READ)
    apart, _ = fuse(cosines, bm25, np.array(languages), UNSPACED_TERM_WEIGHT, READ)
    assert wanted.tolist() != apart.tolist()
    hits = pool.search(QUESTION, "zh-Hans", vector, lambda _: True)
    assert [int(hit.chunk.id) for hit in hits] == wanted.tolist()
    assert [hit.score for hit in hits] == pytest.approx(scores)
    assert [hit.cosine for hit in hits] == pytest.approx(cosines[wanted])


def test_what_is_left_out_is_not_found(pool: Pool) -> None:
    (vector,) = ConceptEncoder().encode_queries([QUESTION], ["zh-Hans"])
    hits = pool.search(QUESTION, "zh-Hans", vector, lambda one: one.id != "0")
    assert sorted(int(hit.chunk.id) for hit in hits) == [1, 2, 3, 4, 5]
