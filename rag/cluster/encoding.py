"""Texts encoded by actors of a Ray cluster, each of which loads the model once."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from rag.cluster.connection import Cluster
from rag.errors import ModelError, RagError

Floats = NDArray[np.float32]
Block = tuple[Sequence[str], Sequence[str]]
Progress = Callable[[int], None]

_AHEAD = 2
"""Blocks for each actor that are sent before the first comes back."""

_STARTS = 20
"""How often an actor that was lost is started again."""


class PassageEncoder(Protocol):
    """Text to unit vectors."""

    @property
    def fingerprint(self) -> str:
        """Changes whenever the same text would get another vector."""

    @property
    def dimension(self) -> int:
        """The number d of components of a vector."""

    def encode_passages(
        self, texts: Sequence[str], languages: Sequence[str], progress: Progress | None
    ) -> Floats:
        """Unit vectors (len(texts), d)."""


class _Actor:
    """What runs on a worker."""

    def __init__(self, make: Callable[[], PassageEncoder]) -> None:
        self._encoder = make()

    def fingerprint(self) -> str:
        return self._encoder.fingerprint

    def encode(self, texts: Sequence[str], languages: Sequence[str]) -> Floats:
        return self._encoder.encode_passages(texts, languages, None)


class ClusterEncoder:
    """The encoder that ``make`` makes, on every actor; ``own`` is the same here.

    ``actors`` is how many there are, one a machine where None, each with its share of the
    processors and, with ``gpu``, a GPU of its own. They are started when there is something to
    encode.
    """

    def __init__(
        self,
        cluster: Cluster,
        own: PassageEncoder,
        make: Callable[[], PassageEncoder],
        *,
        actors: int | None = None,
        gpu: bool = False,
    ) -> None:
        self._cluster = cluster
        self._own = own
        self._make = make
        self._count = actors
        self._gpu = gpu
        self._actors: list[Any] = []

    @property
    def fingerprint(self) -> str:
        """That of ``own``; actors with another are refused."""
        return self._own.fingerprint

    @property
    def dimension(self) -> int:
        """The number d of components of a vector."""
        return self._own.dimension

    def encode_passages(
        self, texts: Sequence[str], languages: Sequence[str], progress: Progress | None
    ) -> Floats:
        """Unit vectors (len(texts), d), all made by one actor."""
        (vectors,) = self.encode_blocks([(texts, languages)])
        if progress:
            progress(len(texts))
        return vectors

    def encode_blocks(self, blocks: Iterable[Block]) -> Iterator[Floats]:
        """The unit vectors of each block, in their order; several are under way at once.

        A block that was with an actor that died is encoded again, by the one started for it.
        Raises ModelError where the cluster's model is another, RagError where actors are lost
        again and again.
        """
        left = iter(blocks)
        under_way: deque[Any] = deque()
        ray = self._cluster.connect()
        turn = 0
        try:
            for block in left:
                actors = self._started(ray)
                under_way.append(actors[turn % len(actors)].encode.remote(*block))
                turn += 1
                if len(under_way) >= _AHEAD * len(actors):
                    yield self._got(ray, under_way)
            while under_way:
                yield self._got(ray, under_way)
        finally:
            for reference in under_way:
                ray.cancel(reference)

    def _got(self, ray: Any, under_way: deque[Any]) -> Floats:
        try:
            return np.asarray(ray.get(under_way.popleft()), np.float32)
        except ray.exceptions.RayTaskError as error:
            if isinstance(error.cause, RagError):
                raise error.cause from error
            raise RagError(
                f"A worker of the Ray cluster could not encode ({_first_line(error.cause)}). "
                "What was encoded before is kept; run `rag index` again."
            ) from error
        except ray.exceptions.RayError as error:
            raise RagError(
                "The Ray cluster lost the workers that encode, and those started in their place "
                f"({_first_line(error)}). What was encoded before is kept; see that its machines "
                "have memory for the model, and run `rag index` again."
            ) from error

    def _started(self, ray: Any) -> list[Any]:
        if not self._actors:
            count = self._count or self._cluster.machines()
            share = max(1, self._cluster.cores() // count)
            kind = ray.remote(
                num_cpus=share,
                num_gpus=int(self._gpu),
                max_restarts=_STARTS,
                max_task_retries=-1,
                scheduling_strategy="SPREAD",
            )(_Actor)
            self._actors = [kind.remote(self._make) for _ in range(count)]
            references = deque(actor.fingerprint.remote() for actor in self._actors)
            get = partial(self._fingerprint, ray)
            if any(get(reference) != self.fingerprint for reference in references):
                self._actors = []
                raise ModelError(
                    "A machine of the Ray cluster has another embedding model than this one. "
                    "Install the same version there, and set `model` alike."
                )
        return self._actors

    def _fingerprint(self, ray: Any, reference: Any) -> str:
        try:
            return str(ray.get(reference))
        except ray.exceptions.RayError as error:
            cause = getattr(error, "cause", None) or error
            raise RagError(
                f"A worker of the Ray cluster could not load the model ({_first_line(cause)})."
            ) from error


def _first_line(error: object) -> str:
    return next(iter(str(error).strip().splitlines()), type(error).__name__)[:200]
