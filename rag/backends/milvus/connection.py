"""The connection to a Milvus server: patience, and errors in words."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator, Sequence
from threading import Lock
from typing import TYPE_CHECKING, Any, TypeVar

from rag.errors import IndexUnusable

if TYPE_CHECKING:
    from pymilvus import MilvusClient

Result = TypeVar("Result")

# Of Milvus 2 and later, and of milvus-lite where it differs.
_MISSING = frozenset({4, 100, 1600})
_NOT_LOADED = 101
_UNREACHABLE = 2
_FIRST_PAUSE, _LONGEST_PAUSE = 0.05, 1.0


class CollectionMissing(Exception):
    """The server has no such collection or alias."""


class Server:
    """A Milvus server at ``uri``, connected to when it is first asked; safe to share by threads.

    Whatever is asked is asked again for up to ``seconds`` while the server cannot be reached, as
    when it is restarted. Raises IndexUnusable where that was not enough, in words for a person.
    """

    def __init__(self, uri: str, *, token: str | None = None, seconds: float = 10.0) -> None:
        self.uri = uri
        self.seconds = seconds
        self._token = token or ""
        self._lock = Lock()
        self._connected: MilvusClient | None = None

    def ask(
        self,
        question: Callable[[MilvusClient, float], Result],
        *,
        load: str = "",
        seconds: float | None = None,
    ) -> Result:
        """What ``question`` gives of the client and the seconds it has.

        A collection ``load`` that the server no longer has in memory is loaded and asked again.
        ``seconds`` stand in for the server's own, for what takes long. Raises
        CollectionMissing and IndexUnusable.
        """
        import grpc
        from pymilvus.exceptions import MilvusException

        allowed = self.seconds if seconds is None else seconds
        end = time.monotonic() + allowed
        pause = _FIRST_PAUSE
        while True:
            try:
                return question(self._client(), max(end - time.monotonic(), 0.1))
            except (MilvusException, grpc.RpcError) as error:
                code = _code(error)
                left = end - time.monotonic()
                if code in _MISSING:
                    raise CollectionMissing(str(error)) from error
                if code == _NOT_LOADED and load and left > 0:
                    self._load(load, left)
                elif not _passing(error, code):
                    raise self._refused(error) from error
                elif left <= pause:
                    raise self._silent(error, allowed) from error
                else:
                    time.sleep(pause)
                    pause = min(2 * pause, _LONGEST_PAUSE)

    def everything(
        self, collection: str, where: str, fields: Sequence[str], *, at_once: int
    ) -> list[dict[str, Any]]:
        """``fields`` of all rows of ``collection`` that meet ``where``; raises as ``ask`` does."""
        return [
            row
            for batch in self.batches(collection, where, fields, at_once=at_once)
            for row in batch
        ]

    def batches(
        self, collection: str, where: str, fields: Sequence[str], *, at_once: int
    ) -> Iterator[list[dict[str, Any]]]:
        """The same, ``at_once`` rows at a time."""
        iterator = self.ask(
            lambda client, seconds: client.query_iterator(
                collection,
                batch_size=at_once,
                filter=where,
                output_fields=list(fields),
                timeout=seconds,
            ),
            load=collection,
        )
        try:
            while rows := self.ask(lambda _client, _seconds: iterator.next(), load=collection):
                yield rows
        finally:
            iterator.close()

    def close(self) -> None:
        """Let go of the connection."""
        with self._lock:
            if self._connected is not None:
                self._connected.close()
            self._connected = None

    def _client(self) -> MilvusClient:
        with self._lock:
            if self._connected is None:
                from pymilvus import MilvusClient

                # It writes tracebacks of what is told to the person here in words.
                logging.getLogger("pymilvus").setLevel(logging.CRITICAL)
                self._connected = MilvusClient(
                    uri=self.uri, token=self._token, timeout=self.seconds
                )
            return self._connected

    def _load(self, collection: str, seconds: float) -> None:
        import grpc
        from pymilvus.exceptions import MilvusException

        try:
            self._client().load_collection(collection, timeout=seconds)
        except (MilvusException, grpc.RpcError) as error:
            if not _passing(error, _code(error)):
                raise self._refused(error) from error

    def _silent(self, error: Exception, seconds: float) -> IndexUnusable:
        return IndexUnusable(
            f"The Milvus server at {self.uri} did not answer within {seconds:g} seconds "
            f"({_said(error)}). See that it runs and that `milvus_uri` is right, give it more time "
            "with `milvus_seconds`, and do the same again: what is on it is unchanged."
        )

    def _refused(self, error: Exception) -> IndexUnusable:
        return IndexUnusable(
            f"The Milvus server at {self.uri} refused what it was asked ({_said(error)}). "
            "See its log; `rag index` loads what it lacks."
        )


def _code(error: Any) -> Any:
    code = error.code
    return code() if callable(code) else code


def _passing(error: Any, code: Any) -> bool:
    """Whether the same may be answered later: no connection, or no answer in time."""
    name = getattr(code, "name", "")
    said = _said(error).lower()
    return (
        code == _UNREACHABLE
        or name in {"UNAVAILABLE", "DEADLINE_EXCEEDED", "CANCELLED"}
        or type(error).__name__ in {"ConnectError", "MilvusUnavailableException"}
        or bool(getattr(error, "retriable", False))
        or "retry timeout" in said
        or "deadline exceeded" in said
        or "closed channel" in said
    )


def _said(error: Any) -> str:
    details = getattr(error, "details", None)
    said = str(details() if callable(details) else getattr(error, "message", error) or error)
    first = said.strip().splitlines()[0] if said.strip() else type(error).__name__
    return first[:200]
