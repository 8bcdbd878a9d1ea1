"""What a question names: clauses, figures and, in another script, Latin names."""

import numpy as np
import pytest

from rag.retrieval.ranking import specifics_share
from rag.retrieval.sparse import SparseIndex
from rag.retrieval.specifics import specific_terms


@pytest.mark.parametrize(
    ("question", "language", "expected"),
    [
        ("EU 對 B 銀行有何規定？", "zh-Hant", {"eu"}),  # one letter names nothing
        ("DMM Bitcoin 被盗了多少比特币？", "zh-Hans", {"dmm", "bitcoin"}),
        ("ما حكم المادة ٧ بشأن FTX؟", "ar", {"§7", "ftx"}),
        ("What does Rule 4.2 say about Lornia?", "en", {"§4.2", "4.2"}),
        ("Profit in FY2018 of 4,500 million", "en", {"2018", "4500000000"}),
        ("Who chairs the board?", "en", set()),
    ],
)
def test_specific_terms(question: str, language: str, expected: set[str]) -> None:
    assert set(specific_terms(question, language)) == expected


def test_a_passage_gains_the_share_it_has_weighted_by_rarity() -> None:
    filler = [["x"]] * 6
    sparse = SparseIndex.build(
        [["2018", "4500"], ["2018"], ["other"], *filler], k1=0.6, b=0.75, epsilon=0.25
    )
    idf = {known.term: known.idf for known in sparse.known(["2018", "4500"])}
    share = specifics_share(sparse, "2018 and 4,500 and 777", "en")
    assert isinstance(share, np.ndarray)
    total = idf["2018"] + idf["4500"]
    assert share[:3].tolist() == pytest.approx([1.0, idf["2018"] / total, 0.0])


def test_nothing_specific_or_nothing_known_gains_nothing() -> None:
    sparse = SparseIndex.build([["a"], ["b"], ["c"]], k1=0.6, b=0.75, epsilon=0.25)
    assert specifics_share(sparse, "who?", "en") is None
    assert specifics_share(sparse, "2019", "en") is None
