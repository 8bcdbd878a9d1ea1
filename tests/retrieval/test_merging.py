"""Neighbours of one clause are one passage; boilerplate takes one place."""

from itertools import islice, product
from string import ascii_lowercase

from rag.retrieval.merging import Ranked, join
from rag.schema import Chunk

WORDS = """capital liquidity audit board outsourcing custody wallet drill breach notice exchange
buffer deposit insurer penalty licence remedy scenario supplier recovery threshold""".replace(
    "\n", " "
)
TEXT = "\n".join(f"{number} {WORDS}" for number in range(6))
LINES = TEXT.split("\n")


def passage(row: int, *, document: str = "report", page: int = 1, section: str = "A") -> Ranked:
    start = sum(len(line) + 1 for line in LINES[:row])
    text = LINES[row]
    chunk = Chunk(f"{document}-{row}", document, start, start + len(text), text, "en", (section,))
    return Ranked(chunk, page, (row,))


def spans(ranked: list[Ranked], k: int = 10) -> list[tuple[str, int, int]]:
    joined = join(ranked, lambda _: TEXT, k)
    for one, _ in joined:
        assert one.chunk.text == TEXT[one.chunk.start : one.chunk.end]
    return [(one.chunk.document, min(one.rows), max(one.rows)) for one, _ in joined]


def test_neighbours_become_one_passage_at_the_better_rank() -> None:
    assert spans([passage(2), passage(5), passage(1)]) == [("report", 1, 2), ("report", 5, 5)]


def test_the_position_is_that_of_the_better_one() -> None:
    (first, at), (second, later) = join([passage(0), passage(3), passage(1)], lambda _: TEXT, 10)
    assert (first.rows, at, second.rows, later) == ((0, 1), 0, (3,), 1)


def test_three_are_joined_at_most() -> None:
    found = spans([passage(row) for row in range(5)])
    assert found == [("report", 0, 2), ("report", 3, 4)]


def test_another_page_section_or_report_stays_apart() -> None:
    for other in (passage(1, page=2), passage(1, section="B"), passage(1, document="other")):
        assert len(spans([passage(0), other])) == 2


def test_the_same_terms_are_shown_once_but_other_figures_are_not() -> None:
    again = passage(0, document="last-year")
    other_figures = passage(3, document="next-year")
    assert spans([passage(0), again, other_figures]) == [
        ("report", 0, 0),
        ("next-year", 3, 3),
    ]


def test_no_more_than_asked_for_and_none_for_nothing() -> None:
    assert spans([passage(0), passage(2), passage(4)], k=2) == [("report", 0, 0), ("report", 2, 2)]
    assert spans([]) == []


def test_a_neighbour_ten_places_behind_is_joined_and_one_eleven_behind_is_not() -> None:
    # They have the terms of a better passage, so that they take places and are not shown.
    again = [passage(0, document=f"copy-{number}") for number in range(10)]
    assert spans([passage(0), *again[:9], passage(1)]) == [("report", 0, 1)]
    assert spans([passage(0), *again, passage(1)]) == [("report", 0, 0), ("report", 1, 1)]


def alike(shared: int, own: int) -> int:
    """How many of two passages are shown that share words and have ``own`` more each."""

    def words(kind: str, count: int) -> str:
        letters = islice(product(ascii_lowercase, "klt"), count)
        return " ".join(f"{kind}{first}{last}" for first, last in letters)

    texts = [f"{words('q', shared)} {words(kind, own)}" for kind in "wz"]
    ranked = [
        Ranked(Chunk(str(row), f"report-{row}", 0, len(text), text, "en"), 1, (row,))
        for row, text in enumerate(texts)
    ]
    return len(join(ranked, lambda name: texts[int(name[-1])], 10))


def test_boilerplate_is_what_shares_at_least_95_of_100_terms_and_has_20() -> None:
    assert alike(shared=20, own=0) == 1
    assert alike(shared=19, own=0) == 2  # too few terms to tell
    assert alike(shared=38, own=1) == 1  # 38 of 40 = 0.95
    assert alike(shared=37, own=1) == 2  # 37 of 39 < 0.95
