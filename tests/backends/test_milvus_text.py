"""Texts as a Milvus server takes them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.backends.milvus.collections import collection_name, generation_of
from rag.backends.milvus.filters import expression
from rag.backends.milvus.text import digest, escaped, joined, literal, parts, unescaped
from rag.schema import Filters

# Lone surrogates too, which no encoder of UTF-8 takes.
anything = st.text(st.characters(exclude_categories=()))


@given(anything)
def test_what_is_escaped_comes_back(text: str) -> None:
    safe = escaped(text)
    safe.encode("utf-8")
    assert unescaped(safe) == text


@given(anything)
def test_a_literal_ends_where_it_should(text: str) -> None:
    inner = literal(text)[1:-1]
    # Whatever is left after the escapes is neither a quote nor a line end.
    rest = inner.replace("\\\\", "").replace('\\"', "")
    assert '"' not in rest
    assert not rest.endswith("\\")
    assert not {"\n", "\r"} & set(rest)


def test_literals_are_those_of_the_filter_language() -> None:
    assert literal('say "no"') == r'"say \"no\""'
    # Escaped once as text, once as a literal.
    assert literal("a\\b") == r'"a\\\\b"'
    assert literal("\ud800") == r'"\\ud800"'


def test_long_values_are_cut_into_parts_that_fit() -> None:
    # Digits of a pseudo-random sequence hardly shrink.
    value = "".join(digest(str(n)) for n in range(8000))
    strings = parts(value)
    assert len(strings) > 2
    assert max(map(len, strings)) <= 65_535
    assert joined(str, strings) == value
    with pytest.raises(ValueError, match="cut off"):
        joined(str, strings[:-1])


def test_collections_name_their_generation() -> None:
    name = collection_name("rag", "000012-0a1b2c3d", "terms")
    assert name == "rag_000012_0a1b2c3d_terms"
    assert generation_of("rag", name) == "000012-0a1b2c3d"
    # Another index on the same server, whose name begins alike.
    assert generation_of("rag", "rag_test_000012_0a1b2c3d_terms") is None
    assert generation_of("rag_test", name) is None
    assert generation_of("rag", "notes") is None


def test_filters_as_an_expression() -> None:
    assert expression(Filters(), None) == ""
    both = Filters(language="ar", since="2023")
    assert expression(both, None) == (
        '(language == "ar") and (date_to != "" and date_to >= "2023-00-00")'
    )
    # A document that there is not: no key is in an empty list.
    assert expression(Filters(document="x"), []) == "(document_key in [])"
    assert expression(Filters(document="x"), ["x"]) == f'(document_key in ["{digest("x")}"])'
    assert expression(Filters(issuer="ＣＢＭ  Bank", until="2023-06"), None) == (
        '(issuer == "cbm bank") and (date_from != "" and date_from <= "2023-06-99")'
    )
