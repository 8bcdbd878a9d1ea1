"""Whether a server still gives what was loaded onto it."""

from __future__ import annotations

from collections.abc import Iterator

from rag.backends.milvus.collections import DOCUMENTS, PARTS, STORED, collection_name
from rag.backends.milvus.connection import CollectionMissing, Server
from rag.backends.milvus.contents import Content, Digest
from rag.backends.milvus.loading import manifest_of

_AT_ONCE = 500


def problems_of(server: Server, alias: str, generation: str) -> list[str]:
    """What is wrong with a generation on the server, a sentence a problem.

    Every row of its collections is read back, vectors and weights too, and counted and digested as
    it was when it was loaded. None at all proves that the server gives all that was loaded and
    nothing else. It proves nothing of the indexes that the server makes of it (those of vectors may
    be approximate), of replicas that did not answer, or of someone who changed rows and manifest
    together.
    """
    loaded = manifest_of(server, alias, generation)
    if loaded is None:
        return [f"Generation {generation} has no manifest: it was not loaded to its end."]
    problems = []
    for part in PARTS:
        name = collection_name(alias, generation, part)
        wanted = loaded.collections[part]
        try:
            found = _read_back(server, name, part)
        except CollectionMissing:
            problems.append(f"The collection {name} is missing.")
            continue
        if found.rows != wanted.rows:
            problems.append(f"{name} has {found.rows} rows instead of {wanted.rows}.")
        elif found.digest != wanted.digest:
            problems.append(f"{name} holds other values than were loaded.")
    return problems


def _read_back(server: Server, name: str, part: str) -> Content:
    digest = Digest()
    # The manifest itself came afterwards.
    where = 'what != "manifest"' if part == DOCUMENTS else ""
    batches: Iterator[list[dict[str, object]]] = server.batches(
        name, where, STORED[part], at_once=_AT_ONCE
    )
    for rows in batches:
        for row in rows:
            digest.add(part, row)
    return digest.content()
