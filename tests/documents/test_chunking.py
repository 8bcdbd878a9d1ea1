"""Documents to passages: exact spans that follow the report's structure."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from rag.documents.chunking import CountTokens, chunk_document, context_of
from rag.schema import Chunk, Document, Facts, Heading, Page, Reading, Table


def count(texts: Sequence[str]) -> list[int]:
    """A token for each word; ideographs are words by themselves."""
    return [
        sum(1 if len(w) == 1 or w.isascii() else len(w) for w in text.split()) for text in texts
    ]


def document(
    text: str,
    *,
    pages: Sequence[tuple[int, int]] = (),
    headings: Sequence[Heading] = (),
    tables: Sequence[Table] = (),
    title: str = "",
    language: str = "en",
) -> Document:
    spans = pages or [(0, len(text))]
    reading = Reading(
        text,
        tuple(Page(number, *span) for number, span in enumerate(spans, 1)),
        tuple(headings),
        tuple(tables),
        Facts(title),
    )
    return Document("report", "report.txt", "0" * 64, language, reading)


def letters(texts: Sequence[str]) -> list[int]:
    """A token for each character that is no white space: parts add up to the whole."""
    return [len("".join(text.split())) for text in texts]


def chunks_of(made: Document, max_tokens: int = 8, tokens: CountTokens = count) -> list[Chunk]:
    return chunk_document(
        made, max_tokens=max_tokens, count_tokens=tokens, detect_language=lambda _: made.language
    )


def headed(text: str, *titles: tuple[str, int]) -> list[Heading]:
    return [Heading(text.index(t), text.index(t) + len(t), level, t) for t, level in titles]


def test_lines_are_packed_up_to_the_size_wanted() -> None:
    # 3 + 3 tokens fit into 8, the third line's 3 do not.
    made = chunks_of(document("a b c\nd e f\ng h i\n"))
    assert [chunk.text for chunk in made] == ["a b c\nd e f", "g h i"]
    assert [(chunk.start, chunk.end) for chunk in made] == [(0, 11), (12, 17)]


def test_a_passage_never_crosses_a_page() -> None:
    text = "a b\nc d"
    assert [c.text for c in chunks_of(document(text, pages=[(0, 4), (4, 7)]))] == ["a b", "c d"]


def test_a_line_that_two_pages_share_is_cut_where_the_page_begins() -> None:
    text = "one two three four"
    made = chunks_of(document(text, pages=[(0, 8), (8, 18)]))
    assert [chunk.text for chunk in made] == ["one two", "three four"]


def test_a_heading_begins_a_passage_and_names_its_section() -> None:
    text = "Part A\nfirst\nDetail\nsecond\nPart B\nthird"
    headings = headed(text, ("Part A", 1), ("Detail", 2), ("Part B", 1))
    made = chunks_of(document(text, headings=headings))
    assert [(chunk.text, chunk.section) for chunk in made] == [
        ("Part A\nfirst", ("Part A",)),
        ("Detail\nsecond", ("Part A", "Detail")),
        ("Part B\nthird", ("Part B",)),
    ]


def test_headings_without_text_between_them_stay_with_what_follows() -> None:
    text = "Part A\nDetail\nsecond"
    made = chunks_of(document(text, headings=headed(text, ("Part A", 1), ("Detail", 2))))
    assert [(chunk.text, chunk.section) for chunk in made] == [(text, ("Part A", "Detail"))]


def test_a_heading_at_the_foot_of_a_page_stays_there() -> None:
    text = "Part A\nsecond"
    made = document(text, pages=[(0, 7), (7, 13)], headings=headed(text, ("Part A", 1)))
    assert [(c.text, c.section) for c in chunks_of(made)] == [
        ("Part A", ("Part A",)),
        ("second", ("Part A",)),
    ]


def test_text_before_the_first_heading_has_no_section() -> None:
    text = "preface\nPart A\nfirst"
    made = chunks_of(document(text, headings=headed(text, ("Part A", 1))))
    assert [(chunk.text, chunk.section) for chunk in made] == [
        ("preface", ()),
        ("Part A\nfirst", ("Part A",)),
    ]


def test_later_pieces_of_a_table_carry_its_header() -> None:
    text = "Year\tLoss\n2021\t1 2 3 4\n2022\t5 6 7 8\nAfter the table"
    table = Table(0, text.index("After"), text.index("2021"))
    made = chunks_of(document(text, tables=[table]))
    assert [(chunk.text, chunk.header) for chunk in made] == [
        ("Year\tLoss\n2021\t1 2 3 4", ""),
        ("2022\t5 6 7 8\nAfter the table", "Year\tLoss"),
    ]


def test_a_long_paragraph_is_cut_between_sentences() -> None:
    text = "The board met in May. It approved the plan. Nothing else was decided then."
    assert [chunk.text for chunk in chunks_of(document(text), 9)] == [
        "The board met in May. It approved the plan.",
        "Nothing else was decided then.",
    ]


def test_a_long_sentence_is_cut_between_words() -> None:
    made = chunks_of(document("a b c d e f g h i j"), 4)
    assert [chunk.text for chunk in made] == ["a b c d", "e f g h", "i j"]


def test_ideographs_are_cut_without_spaces() -> None:
    text = "董事會沒有審查外包合約登記冊也沒有評估風險"
    made = chunks_of(document(text, language="zh-Hant"), 8)
    assert "".join(chunk.text for chunk in made) == text
    assert max(count([chunk.text for chunk in made])) <= 8


def test_a_word_longer_than_the_limit_stays_whole() -> None:
    made = chunk_document(
        document("x" * 50),
        max_tokens=10,
        count_tokens=lambda texts: [len(text) for text in texts],
        detect_language=lambda _: "en",
    )
    assert [chunk.text for chunk in made] == ["x" * 50]


def test_nothing_on_the_page_gives_no_passage() -> None:
    assert chunks_of(document("")) == []
    assert chunks_of(document(" \n\t\n ")) == []


def test_the_language_is_that_of_the_passage() -> None:
    made = chunk_document(
        document("one\ntwo", pages=[(0, 4), (4, 7)]),
        max_tokens=9,
        count_tokens=count,
        detect_language=lambda text: {"one": "en", "two": "de"}[text],
    )
    assert [chunk.language for chunk in made] == ["en", "de"]


def test_ids_come_from_content_and_place() -> None:
    first = chunks_of(document("same\nsame", pages=[(0, 5), (5, 9)]))
    assert len({chunk.id for chunk in first}) == 2
    again = chunks_of(document("same\nsame", pages=[(0, 5), (5, 9)]))
    assert [chunk.id for chunk in again] == [chunk.id for chunk in first]


def test_the_context_names_report_and_section_but_not_what_the_passage_says() -> None:
    text = "Part A\nDetail\nsecond"
    headings = headed(text, ("Part A", 1), ("Detail", 2))
    made = document(text, headings=headings, title="Review 2024")
    (chunk,) = chunks_of(made)
    assert context_of(made, chunk) == "Review 2024 > Detail"


def test_a_report_without_a_title_goes_by_its_name() -> None:
    made = document("text")
    assert context_of(made, chunks_of(made)[0]) == "report"


def test_a_long_context_keeps_title_and_innermost_heading() -> None:
    made = document("text", title="Title")
    chunk = Chunk("id", "report", 0, 4, "text", "en", ("outer " * 9, "middle " * 9, "inner"))
    assert context_of(made, chunk, 20) == "Title > inner"


def test_a_context_of_just_the_length_allowed_is_whole() -> None:
    made = document("text", title="Title")
    chunk = Chunk("id", "report", 0, 4, "text", "en", ("outer", "inner"))
    # 5 + 3 + 5 + 3 + 5 = 21 characters.
    assert context_of(made, chunk, 21) == "Title > outer > inner"
    assert context_of(made, chunk, 20) == "Title > inner"


@st.composite
def documents(draw: st.DrawFn) -> Document:
    """Documents with pages, headings and tables anywhere that the schema allows."""
    lines = draw(
        st.lists(
            st.text("ab .。条款م\t", max_size=30) | st.just("long words " * 9),
            min_size=1,
            max_size=12,
        )
    )
    text = "\n".join(lines)
    starts = [0]
    for line in lines[:-1]:
        starts.append(starts[-1] + len(line) + 1)
    edges = sorted(draw(st.sets(st.integers(0, len(text)), max_size=4)) | {0, len(text)})
    pages = list(pairwise(edges)) or [(0, 0)]
    headings, tables = [], []
    for start, line in zip(starts, lines, strict=True):
        kind = draw(st.sampled_from(["text", "text", "heading", "table"]))
        if kind == "heading" and line.strip():
            title = " ".join(line.split())
            headings.append(Heading(start, start + len(line), draw(st.integers(1, 3)), title))
        elif kind == "table" and line:
            header_end = start + draw(st.integers(0, len(line)))
            tables.append(Table(start, start + len(line), header_end))
    return document(text, pages=pages, headings=headings, tables=tables)


@given(documents(), st.integers(3, 40))
def test_passages_are_spans_in_order_that_leave_out_white_space_alone(
    made: Document, max_tokens: int
) -> None:
    chunks = chunks_of(made, max_tokens, letters)
    text = made.text
    assert all(text[chunk.start : chunk.end] == chunk.text for chunk in chunks)
    edges = [0, *(edge for chunk in chunks for edge in (chunk.start, chunk.end)), len(text)]
    assert edges == sorted(edges)
    gaps = [text[end:start] for end, start in zip(edges[::2], edges[1::2], strict=True)]
    assert not "".join(gaps).strip()
    for chunk in chunks:
        assert any(p.start <= chunk.start and chunk.end <= p.end for p in made.reading.pages)
        words = chunk.text.split()
        assert letters([chunk.text])[0] <= max_tokens or len(words) == 1
    assert len({chunk.id for chunk in chunks}) == len(chunks)
