"""Generations from a folder to a server, so that a killed run is gone on with by the next."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from itertools import chain, islice, repeat
from typing import TYPE_CHECKING, Any

from rag.backends.milvus.collections import (
    DOCUMENTS,
    PARTS,
    PASSAGES,
    collection_name,
    generation_of,
    indexes_of,
    schema_of,
)
from rag.backends.milvus.connection import CollectionMissing, Server
from rag.backends.milvus.contents import (
    Content,
    Digest,
    GenerationRecord,
    Row,
    key_of,
    pieces,
    rows_of,
)
from rag.backends.milvus.text import joined, literal
from rag.errors import IndexUnusable
from rag.index import FolderIndex, Progress

if TYPE_CHECKING:
    from pymilvus import MilvusClient

_AT_ONCE = 500
_MANIFEST_PARTS = 8
_SETTLING = 600.0
"""Seconds that flushing and loading may take, which wait for a server's background work."""


def load(server: Server, alias: str, index: FolderIndex, kind: str, progress: Progress) -> None:
    """Put the generation that ``index`` is of on the server, if it is not there whole already.

    Its manifest is written last. Rows that a former run left are kept.
    """
    if manifest_of(server, alias, index.generation) is not None:
        return
    progress.stage("loading", len(index))
    dimension = index.manifest.counts.dimension
    collections: dict[str, Content] = {}
    for part in PARTS:
        name = collection_name(alias, index.generation, part)
        _prepare(server, name, part, dimension, kind)
        advance = progress.advance if part == PASSAGES else _nothing
        collections[part] = _fill(server, name, part, rows_of(index, part), advance)
    rows = list(pieces("manifest", "", GenerationRecord(index.manifest, collections, kind)))
    name = collection_name(alias, index.generation, DOCUMENTS)
    _send(server, name, rows, fresh=False)
    _flush(server, name)


def manifest_of(server: Server, alias: str, generation: str) -> GenerationRecord | None:
    """The manifest of a generation that is whole on the server; None where it is not."""
    name = collection_name(alias, generation, DOCUMENTS)
    keys = [key_of("manifest", part=number) for number in range(_MANIFEST_PARTS)]
    try:
        strings = contents(server, name, keys, consistency="Strong")
    except CollectionMissing:
        return None
    try:
        loaded: GenerationRecord | None = joined(GenerationRecord, strings) if strings else None
    except ValueError as error:
        raise IndexUnusable(
            f"The manifest of generation {generation} on the Milvus server at {server.uri} was "
            "changed. Load it anew: `rag index --rebuild`."
        ) from error
    return loaded


def contents(
    server: Server, name: str, keys: Sequence[str], *, consistency: str = "Bounded"
) -> list[str]:
    """What the documents' collection ``name`` holds under those of ``keys`` there are, in order."""
    found = server.ask(
        lambda client, seconds: client.query(
            name,
            filter=f"key in [{','.join(map(literal, keys))}]",
            output_fields=["key", "content"],
            timeout=seconds,
            consistency_level=consistency,
        ),
        load=name,
    )
    by_key = {row["key"]: row["content"] for row in found}
    return [by_key[key] for key in keys if key in by_key]


def current(server: Server, alias: str) -> str | None:
    """The generation that ``alias`` names; None where there is no such alias."""
    try:
        described = server.ask(
            lambda client, seconds: client.describe_alias(alias, timeout=seconds)
        )
    except CollectionMissing:
        return None
    collection = str(described.get("collection_name") or "")
    return generation_of(alias, collection)


def make_current(server: Server, alias: str, generation: str) -> None:
    """Let ``alias`` name ``generation``, in one step."""
    name = collection_name(alias, generation, PASSAGES)
    if current(server, alias) is None:
        server.ask(lambda client, seconds: client.create_alias(name, alias, timeout=seconds))
    else:
        server.ask(lambda client, seconds: client.alter_alias(name, alias, timeout=seconds))


def stored(server: Server, alias: str) -> dict[str, list[str]]:
    """The collections on the server that are of ``alias``, by generation, whole or not."""
    names = server.ask(lambda client, seconds: client.list_collections(timeout=seconds))
    found: dict[str, list[str]] = {}
    for name in sorted(names):
        if (generation := generation_of(alias, name)) is not None:
            found.setdefault(generation, []).append(name)
    return found


def drop(server: Server, collections: Sequence[str]) -> None:
    """Remove ``collections``."""
    for name in collections:
        server.ask(partial(_drop, name))


def _prepare(server: Server, name: str, part: str, dimension: int, kind: str) -> None:
    """See that the collection is there, indexed and in memory, whatever a former run left."""
    if not server.ask(lambda client, seconds: client.has_collection(name, timeout=seconds)):
        server.ask(
            lambda client, seconds: client.create_collection(
                name,
                schema=schema_of(part, dimension),
                consistency_level="Bounded",
                timeout=seconds,
            )
        )
    there = server.ask(lambda client, seconds: client.list_indexes(name, timeout=seconds))
    for one in indexes_of(part, kind):
        if one["field_name"] not in there:
            server.ask(partial(_index, name, one))
    server.ask(
        lambda client, seconds: client.load_collection(name, timeout=seconds), seconds=_SETTLING
    )


def _fill(
    server: Server, name: str, part: str, rows: Iterator[Row], advance: Callable[[int], None]
) -> Content:
    """Send what the collection lacks of ``rows``; what it holds then."""
    there = count(server, name)
    digest, sent = Digest(), 0
    while batch := list(islice(rows, _AT_ONCE)):
        for row in batch:
            digest.add(part, row)
        sent += len(batch)
        # Batches were sent in this order: of one that was cut off, some rows may be there.
        if sent > there:
            _send(server, name, batch, fresh=sent - len(batch) >= there)
        advance(len(batch))
    _flush(server, name)
    content = digest.content()
    found = count(server, name)
    if found != content.rows:
        drop(server, [name])
        raise IndexUnusable(
            f"The collection {name} on the Milvus server at {server.uri} held {found} rows instead "
            f"of {content.rows} and was removed. The former generation is still served; run "
            "`rag index` again."
        )
    return content


def count(server: Server, name: str) -> int:
    """The rows of a collection, all that were sent included."""
    (row,) = server.ask(
        lambda client, seconds: client.query(
            name, output_fields=["count(*)"], timeout=seconds, consistency_level="Strong"
        ),
        load=name,
    )
    return int(row["count(*)"])


def _send(server: Server, name: str, rows: Sequence[Row], *, fresh: bool) -> None:
    """Add ``rows``; unless ``fresh``, some may be there already."""
    # Replacing costs more than adding, but what is asked again may have arrived the first time.
    ways = chain(["insert"] if fresh else [], repeat("upsert"))
    server.ask(
        lambda client, seconds: getattr(client, next(ways))(name, list(rows), timeout=seconds),
        load=name,
    )


def _flush(server: Server, name: str) -> None:
    server.ask(lambda client, seconds: client.flush(name, timeout=seconds), seconds=_SETTLING)


def _index(name: str, parameters: dict[str, Any], client: MilvusClient, seconds: float) -> None:
    # There is nothing in it yet that would be worth waiting for.
    client.create_index(
        name, client.prepare_index_params(**parameters), timeout=seconds, sync=False
    )


def _drop(name: str, client: MilvusClient, seconds: float) -> None:
    client.drop_collection(name, timeout=seconds)


def _nothing(_: int) -> None: ...
