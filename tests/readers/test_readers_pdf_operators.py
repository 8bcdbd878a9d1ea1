"""Content streams to operations: the same that pypdf parses, and nothing malformed stops it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pypdf
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pypdf.generic import ContentStream, DecodedStreamObject, NameObject

from rag.readers.pdf.operators import operations

TEXT = {b"Tj", b"TJ", b"'", b'"', b"Td", b"Tm", b"Tf", b"BT", b"ET", b"BDC", b"EMC", b"cm", b"q"}
CORPUS = Path(__file__).parents[2] / "corpus"


def plain(value: Any) -> Any:
    """A value as Python's own types, whichever classes hold it."""
    if isinstance(value, str):
        return str(value) if isinstance(value, NameObject) else value.encode("latin-1")
    if isinstance(value, bytes):
        return bytes(value)
    if isinstance(value, dict):
        return {str(key): plain(inner) for key, inner in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(inner) for inner in value]
    number = isinstance(value, (int, float)) and not isinstance(value, bool)
    return float(value) if number else value


def by_pypdf(data: bytes) -> Any:
    stream = DecodedStreamObject()
    stream.set_data(data)
    found = ContentStream(stream, None, "bytes").operations
    return plain([operation for operation in found if operation[1] in TEXT])


def ours(data: bytes) -> Any:
    return plain(operations(data, TEXT))


def test_operands_become_values() -> None:
    data = b"/F1 12 Tf 1 0 0 -1.5 .5 +7. Tm [(a) -20 <6263>] TJ"
    assert operations(data, TEXT) == [
        (["/F1", 12.0], b"Tf"),
        ([1.0, 0.0, 0.0, -1.5, 0.5, 7.0], b"Tm"),
        ([[b"a", -20.0, b"bc"]], b"TJ"),
    ]


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        (rb"(a\(b\))", b"a(b)"),
        (rb"(a(b(c))d)", b"a(b(c))d"),
        (rb"(\101\60\0061)", b"A0\x061"),
        (b"(one\\\ntwo)", b"onetwo"),
        (rb"(\n\t\\)", b"\n\t\\"),
        (rb"(%no comment)", b"%no comment"),
        (b"()", b""),
        (b"<4>", b"\x40"),
        (b"<41 4\n2>", b"AB"),
    ],
)
def test_strings(written: bytes, meant: bytes) -> None:
    assert operations(written + b" Tj", TEXT) == [([meant], b"Tj")]


def test_names_with_escapes() -> None:
    assert operations(b"/A#20B 1 Tf", TEXT) == [(["/A B", 1.0], b"Tf")]


def test_what_marked_content_says() -> None:
    data = b"/Span <</ActualText (x) /MCID 3 /K [1 [2]] /B true>> BDC EMC"
    said = {"/ActualText": b"x", "/MCID": 3.0, "/K": [1.0, [2.0]], "/B": True}
    assert operations(data, TEXT) == [(["/Span", said], b"BDC"), ([], b"EMC")]


def test_drawing_is_passed_over_and_takes_its_numbers_with_it() -> None:
    data = b"1 0 0 rg 0 0 m 5 5 l S [3 2] 0 d 10 20 30 40 re f* W n 7 8 Td"
    assert operations(data, TEXT) == [([7.0, 8.0], b"Td")]


def test_an_operator_is_not_the_beginning_of_another() -> None:
    # "m" and "S" draw; "mx" and "Sh" are something else and are passed over as a whole.
    assert operations(b"1 mx 2 Sh 3 4 Td", TEXT) == [([3.0, 4.0], b"Td")]


def test_a_comment_between_operands() -> None:
    assert operations(b"1 % (Tj) \n 2 Td", TEXT) == [([1.0, 2.0], b"Td")]


def test_an_inline_image_is_left_out_whatever_its_bytes() -> None:
    data = b"BT BI /W 2 /H 2 /CS /G /BPC 8 ID (\x00 EI\xff) EI\nQ (a) Tj"
    assert operations(data, TEXT) == [([], b"BT"), ([b"a"], b"Tj")]


def test_an_image_without_an_end_ends_the_page() -> None:
    assert operations(b"(a) Tj BI /W 9 ID \x00\x01\x02", TEXT) == [([b"a"], b"Tj")]


VALUES = st.recursive(
    st.one_of(
        st.integers(-99999, 99999).map(lambda n: str(n).encode()),
        st.decimals(-999, 999, places=3).map(lambda n: str(n).encode()),
        st.text("abcXYZ", min_size=1, max_size=5).map(lambda n: b"/" + n.encode()),
        st.binary(max_size=8).map(lambda n: b"<" + n.hex().encode() + b">"),
        st.text("ab c0+-.", max_size=8).map(lambda n: b"(" + n.encode() + b")"),
        st.just(rb"(a\(b\051(c)d)"),
    ),
    lambda inner: st.lists(inner, max_size=4).map(lambda n: b"[" + b" ".join(n) + b"]"),
    max_leaves=6,
)
DRAWING = [b"m", b"l", b"re", b"f*", b"rg", b"SCN", b"d", b"gs", b"cs", b"W", b"n", b"h"]
OPERATORS = st.sampled_from(sorted(TEXT - {b"BDC"}) + DRAWING)


@given(st.lists(st.tuples(st.lists(VALUES, max_size=7), OPERATORS), max_size=12))
def test_the_same_as_pypdf(program: list[tuple[list[bytes], bytes]]) -> None:
    data = b"\n".join(b" ".join([*operands, operator]) for operands, operator in program)
    assert ours(data) == by_pypdf(data)


@pytest.mark.parametrize("name", ["operational-resilience-2024.ja", "aml-virtual-assets-2022.ar"])
def test_the_same_as_pypdf_on_real_pages(name: str) -> None:
    pdf = pypdf.PdfReader(CORPUS / f"{name}.pdf")
    for page in pdf.pages[:3]:
        stream = page["/Contents"].get_object()
        data = ContentStream(stream, pdf, "bytes").get_data()
        assert len(ours(data)) > 20
        assert ours(data) == by_pypdf(data)


PARTS = rb"[ << ( ) >> ] 1 /a Tj \ < > BI ID EI %".split()


@given(st.lists(st.sampled_from([*PARTS, b" ", b"\n"])))
def test_nothing_malformed_stops_it(parts: list[bytes]) -> None:
    for operands, operator in operations(b"".join(parts), TEXT):
        assert operator in TEXT
        assert isinstance(operands, list)


def test_an_image_within_an_array() -> None:
    assert operations(b"[1 BI ID x\nEI ] 2 3 Td", TEXT) == [([2.0, 3.0], b"Td")]


def test_deep_nesting_ends() -> None:
    assert operations(b"[" * 100_000 + b" Tj (a) Tj", TEXT)[-1] == ([b"a"], b"Tj")


def test_strings_that_never_close_take_no_longer_for_being_many() -> None:
    # Each is looked for to the end of the stream once; the first takes all that follows.
    assert operations(b"(a" * 200_000, TEXT) == []
