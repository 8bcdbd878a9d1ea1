"""Evidence is found at its place in the original text, or told to be missing."""

from __future__ import annotations

import unicodedata
from pathlib import Path

import pytest
from document_table import DocumentTable
from hypothesis import given
from hypothesis import strategies as st

from rag.errors import QueryFileError
from rag.evaluation.folding import fold, fold_hard
from rag.evaluation.locate import Located, locate
from rag.evaluation.matching import inexact_match
from rag.evaluation.queries import Evidence, Query, Reference, read_queries
from rag.schema import Document, Page, Reading

SHARED = Path(__file__).resolve().parents[3] / "shared"


def document(text: str, name: str = "report", *, pages: tuple[Page, ...] = ()) -> Document:
    reading = Reading(text, pages or (Page(1, 0, len(text)),))
    return Document(name, f"{name}.pdf", "0" * 64, "en", reading)


def asking(*references: Reference, id: str = "q1") -> Query:
    return Query(id, "?", "en", (), tuple(Evidence((r,)) for r in references))


def located(text: str, quote: str) -> Located:
    return locate([asking(Reference("report", quote=quote))], DocumentTable([document(text)]))


def spans(text: str, quote: str) -> tuple[tuple[int, int], ...]:
    return located(text, quote).items["q1"][0].places[0].spans


def test_white_space_and_width_do_not_matter_and_offsets_are_the_originals() -> None:
    text = "前言。金融庁は\n 2024 年　６月に公表した。"
    ((start, end),) = spans(text, "金融庁は2024年6月")
    assert text[start:end] == "金融庁は\n 2024 年　６月"


def test_every_occurrence_counts() -> None:
    assert spans("ab ab a b", "ab") == ((0, 2), (3, 5), (6, 9))
    assert spans("aaa", "aa") == ((0, 2), (1, 3))


def test_a_ligature_or_accent_is_covered_whole() -> None:
    assert spans("the oﬃce", "off") == ((4, 6),)
    text = "cafe\u0301 x"
    assert spans(text, "café") == ((0, 5),)
    # The plain letter is another letter than the accented one.
    assert spans("e\u0301 or e", "e") == ((6, 7),)


def test_kangxi_radicals_are_the_characters_they_look_like() -> None:
    assert spans("令和6年⽇本⾦融庁", "日本金融庁") == ((4, 9),)


words = st.text(
    alphabet=st.characters(
        codec="utf-8", categories=["Lu", "Ll", "Lo", "Nd", "Po"], exclude_characters="\u0640"
    ),
    min_size=1,
    max_size=30,
)


@given(before=words, quote=words, after=words, data=st.data())
def test_inserted_white_space_and_wide_forms_never_hide_a_quote(
    before: str, quote: str, after: str, data: st.DataObject
) -> None:
    def disguised(char: str) -> str:
        wide = chr(ord(char) + 0xFEE0) if "!" <= char <= "~" else char
        return data.draw(st.sampled_from([char, wide])) + data.draw(
            st.sampled_from(["", " ", "\n", "\u3000", "\u00a0"])
        )

    # Separators keep the neighbours from composing with the quote.
    head, middle = f"{before}|", "".join(map(disguised, quote))
    text = f"{head}{middle}|{after}"
    found = located(text, quote)
    assert found.notes == ()
    folded = fold(quote).text
    for start, end in found.items["q1"][0].places[0].spans:
        assert not text[start].isspace()
        assert not text[end - 1].isspace()
        assert folded in fold(text[start:end]).text
    inserted = (len(head), len(head) + len(middle))
    assert any(
        inserted[0] <= start < end <= inserted[1]
        for start, end in found.items["q1"][0].places[0].spans
    )


@given(st.text())
def test_folding_is_nfkc_without_white_space_and_maps_forward(text: str) -> None:
    folded = fold(text)
    assert folded.text == "".join(unicodedata.normalize("NFKC", text).split())
    assert len(folded.text) == len(folded.starts) == len(folded.ends)
    for i, char in enumerate(folded.text):
        start, end = folded.span(i, i + 1)
        assert 0 <= start < end <= len(text)
        assert char in unicodedata.normalize("NFKC", text[start:end])
    assert list(folded.starts) == sorted(folded.starts)


def test_pages() -> None:
    text = "one\ftwo\f"
    pages = (Page(1, 0, 3), Page(2, 4, 7), Page(3, 8, 8))
    table = DocumentTable([document(text, pages=pages)])
    found = locate([asking(Reference("report.pdf", page=2))], table)
    (item,) = found.items["q1"]
    assert item.kind == "page"
    assert item.places[0].spans == ((4, 7),)
    assert item.met_by("report", 6, 9)
    assert not item.met_by("report", 0, 4)
    assert not item.met_by("report", 7, 8)
    blank = locate([asking(Reference("report", page=3))], table)
    assert "page has no text" in blank.notes[0]


def test_the_language_is_that_of_the_place() -> None:
    table = DocumentTable([document("English. 中文。")])
    queries = [asking(Reference("report", quote="中文"), Reference("report", quote="English"))]
    by_default = locate(queries, table)
    assert [item.places[0].language for item in by_default.items["q1"]] == ["en", "en"]
    mixed = locate(queries, table, lambda _, offset: "zh-Hans" if offset >= 9 else "en")
    assert [item.places[0].language for item in mixed.items["q1"]] == ["zh-Hans", "en"]


def test_documents_by_name_source_and_without_suffix() -> None:
    twins = [
        Document(f"a.{suffix}", f"a.{suffix}", suffix * 3, "en", Reading("x", (Page(1, 0, 1),)))
        for suffix in ("pdf", "docx")
    ]
    table = DocumentTable([*twins, document("y", "sub/b.v1")])
    assert table("sub/b.v1") is table("sub/b.v1.pdf")
    assert table("a.docx") is twins[1]
    with pytest.raises(QueryFileError, match=r"a\.docx, a\.pdf"):
        table("a")
    decomposed = unicodedata.normalize("NFD", "résumé")
    assert DocumentTable([document("z", decomposed)])("résumé").text == "z"


@pytest.mark.parametrize(
    ("text", "quote", "shown", "remark"),
    [
        (
            "He said: “the bank’s ratio, then”.",
            'the bank"s ratio then',
            "the bank’s ratio, then",
            "punctuation",
        ),
        ("وَزارَةُ المــاليّة اليابانية", "وزارة المالية اليابانية", None, "punctuation"),
        (
            "The agency found that\nAnnual Report 2024  17\nthirty banks had no plan.",
            "The agency found that thirty banks had no plan",
            None,
            "other text in between",
        ),
        (
            "The supervisor expects every insti tution to tast its recovery plan.",
            "expects every institution to test its recovery plan",
            None,
            "alike",
        ),
        (
            "العملات721 زعمت الشركة أن مجموعات المتسللين “سرقت\n.2017 المشفرة من اليابان منذ عام\n"
            "مليون دولار",
            "سرقت 721 مليون دولار من العملات المشفرة من اليابان منذ عام 2017",
            None,
            "in another order",
        ),
    ],
)
def test_what_extraction_does_to_a_quote_is_found_and_told(
    text: str, quote: str, shown: str | None, remark: str
) -> None:
    padding = "Some other sentence of the report. " * 5
    found = located(padding + text + padding, quote)
    assert len(found.notes) == 1
    assert remark in found.notes[0]
    assert "Query q1" in found.notes[0]
    places = found.items["q1"][0].places[0].spans
    assert all(len(padding) <= start < end <= len(padding) + len(text) for start, end in places)
    if shown is not None:
        start, end = places[0]
        assert (padding + text)[start:end] == shown


@pytest.mark.parametrize(
    ("text", "quote"),
    [
        ("Capital rose to 12.8 per cent in the year.", "Capital rose to 12.3 per cent in the year"),
        ("The loss was 5000 yen on the whole day.", "The loss was 5,100 yen on the whole day"),
        ("The threshold is 35 million euros a year.", "The threshold is 3.5 million euros a year"),
        (
            "The threshold is 3.25 million euros a year.",
            "The threshold is 3.5 million euros a year",
        ),
        ("Prices fell by 50 per cent in the quarter.", "Prices fell by 5 per cent in the quarter"),
        ("Prices fell by 15 per cent in the quarter.", "Prices fell by 5 per cent in the quarter"),
        ("Prices fell by 105 per cent in the quarter", "Prices fell by 15 per cent in the quarter"),
        ("In 2024 the quarter had prices 5 15 per cent that fell", "prices fell 51 in the quarter"),
        ("Banks must report at once.", "Insurers may disclose within a quarter"),
        ("short", "shirt"),
        ("", "anything at all"),
    ],
)
def test_another_figure_or_other_words_are_not_the_quote(text: str, quote: str) -> None:
    with pytest.raises(QueryFileError, match="the quote is not in the document's text"):
        located(text, quote)


def test_all_problems_are_collected_the_first_ten_named() -> None:
    table = DocumentTable([document("text", pages=(Page(1, 0, 4),))])
    queries = [
        asking(Reference("nowhere", quote="x"), id="gone"),
        asking(Reference("report", page=2), id="far"),
        asking(Reference("report", quote="absent words"), id="absent"),
        *(asking(Reference("report", quote=f"missing {i}"), id=f"m{i}") for i in range(9)),
    ]
    with pytest.raises(QueryFileError) as raised:
        locate(queries, table)
    message = str(raised.value)
    assert "12 in all" in message
    assert "query gone, “x” in nowhere: no document is called nowhere" in message
    assert "query far, page 2 of report: the document has pages 1 to 1" in message
    assert "query absent, “absent words” in report" in message
    assert "m6" in message
    assert "m7" not in message
    assert "and 2 more" in message


def test_an_alternative_that_is_missing_is_a_note_while_another_is_there() -> None:
    either = Evidence(
        (Reference("report", quote="absent words"), Reference("report", quote="text"))
    )
    query = Query("q1", "?", "en", (), (either,))
    found = locate([query], DocumentTable([document("text")]))
    assert [place.spans for place in found.items["q1"][0].places] == [((0, 4),)]
    assert "absent words" in found.notes[0]


@pytest.mark.shared
def test_all_evidence_of_the_development_queries_is_exact_in_their_texts() -> None:
    folder = SHARED / "reports"
    if not folder.is_dir():
        pytest.skip("the development data is not beside the checkout")
    texts = {path.stem: path.read_text("utf-8") for path in folder.glob("text/*.txt")}
    queries = read_queries(folder / "queries.jsonl")
    table = DocumentTable([document(text, name) for name, text in texts.items()])
    found = locate(queries, table)
    assert found.notes == ()
    assert sum(query.answerable for query in queries) == 31
    for query in queries:
        for item in found.items[query.id]:
            for place in item.places:
                for start, end in place.spans:
                    cut = fold(texts[place.document][start:end]).text
                    quotes = [fold(r.quote or "").text for r in item.evidence.alternatives]
                    assert cut in quotes


@pytest.mark.parametrize("tight_first", [False, True])
def test_of_places_with_the_words_in_another_order_the_tightest_is_taken(
    tight_first: bool,
) -> None:
    words = ("delta", "alpha", "charlie", "bravo")
    loose = "bravo one two alpha three four delta five six charlie"
    tight = "alpha charlie delta bravo"
    first, second = (tight, loose) if tight_first else (loose, tight)
    beginning = "It begins with some other words, " * 5
    text = f"{beginning}{first} and more words about nothing in particular {second} at the end"
    match = inexact_match(fold(" ".join(words)), words, fold_hard(fold(text)))
    assert match is not None
    ((start, end),) = match.spans
    assert text[start:end] == tight
