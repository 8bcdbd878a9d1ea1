"""The collections of a generation: names, fields, indexes."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from rag.backends.milvus.text import LONGEST

if TYPE_CHECKING:
    from pymilvus import CollectionSchema

PASSAGES, DOCUMENTS, TERMS = "passages", "documents", "terms"
PARTS = (PASSAGES, DOCUMENTS, TERMS)
"""The collections of a generation."""

KEYS = {PASSAGES: "row", DOCUMENTS: "key", TERMS: "key"}
"""The field that tells the rows of each apart."""

STORED = {
    PASSAGES: (
        *("row", "id", "document", "document_key", "start", "stop", "language", "issuer", "kind"),
        *("date_from", "date_to", "text", "about", "dense", "sparse"),
    ),
    DOCUMENTS: ("key", "what", "content"),
    TERMS: ("key", "number", "idf", "frequency"),
}
"""The fields of each that hold something."""

KEY = 128
"""The longest key of a document or term, in bytes."""

NO_TERMS = 0
"""The dimension of passages without terms; term ``n`` has dimension ``n + 1``.

A sparse vector must hold something.
"""

UNUSED = "unused"
"""A vector of collections that need none: a server wants one in each."""


def collection_name(alias: str, generation: str, part: str) -> str:
    """The name of a collection of a generation."""
    return f"{alias}_{generation.replace('-', '_')}_{part}"


def generation_of(alias: str, collection: str) -> str | None:
    """The generation that ``collection`` is a part of; None where it is none of the alias's."""
    pattern = rf"{re.escape(alias)}_(\d{{6,}})_([0-9a-f]{{8}})_(?:{'|'.join(PARTS)})"
    found = re.fullmatch(pattern, collection)
    return f"{found[1]}-{found[2]}" if found else None


def schema_of(part: str, dimension: int) -> CollectionSchema:
    """The fields of the collection ``part``; ``dimension`` is that of the passages' vectors."""
    from pymilvus import DataType, MilvusClient

    schema = MilvusClient.create_schema(auto_id=False, enable_dynamic_field=False)

    def add(names: Sequence[str], kind: Any, **more: Any) -> None:
        for name in names:
            schema.add_field(name, kind, is_primary=name == KEYS[part], **more)

    if part == PASSAGES:
        add(["row", "start", "stop"], DataType.INT64)
        add(["id", "document_key"], DataType.VARCHAR, max_length=KEY)
        add(["language", "date_from", "date_to"], DataType.VARCHAR, max_length=64)
        add(["document", "issuer", "kind", "text", "about"], DataType.VARCHAR, max_length=LONGEST)
        add(["dense"], DataType.FLOAT_VECTOR, dim=dimension)
        add(["sparse"], DataType.SPARSE_FLOAT_VECTOR)
        return schema
    add(["key"], DataType.VARCHAR, max_length=KEY)
    if part == DOCUMENTS:
        add(["what"], DataType.VARCHAR, max_length=16)
        add(["content"], DataType.VARCHAR, max_length=LONGEST)
    else:
        add(["number", "frequency"], DataType.INT64)
        add(["idf"], DataType.DOUBLE)
    add([UNUSED], DataType.FLOAT_VECTOR, dim=2)
    return schema


def indexes_of(part: str, kind: str) -> list[dict[str, Any]]:
    """What the server indexes in ``part``; ``kind`` is how vectors are, ``FLAT`` or ``HNSW``.

    Sparse vectors are searched exactly whatever ``kind``.
    """
    if part != PASSAGES:
        return [{"field_name": UNUSED, "index_type": "FLAT", "metric_type": "IP"}]
    dense: dict[str, Any] = {"field_name": "dense", "index_type": kind, "metric_type": "IP"}
    if kind == "HNSW":
        dense["params"] = {"M": 32, "efConstruction": 256}
    algorithm = {"inverted_index_algo": "TAAT_NAIVE"}
    return [
        dense,
        {
            **{"field_name": "sparse", "index_type": "SPARSE_INVERTED_INDEX"},
            **{"metric_type": "IP", "params": algorithm},
        },
        {"field_name": "document_key", "index_type": "INVERTED"},
    ]
