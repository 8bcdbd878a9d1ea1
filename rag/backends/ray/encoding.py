"""Texts encoded by actors of a Ray cluster, each of which loads the model once."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import chain, cycle
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from rag.backends.ray.connection import Cluster
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
    encode, and ended after it.
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
        first = next(left, None)
        if first is None:
            return
        ray = self._cluster.connect()
        actors = self._start(ray)
        try:
            self._compare(ray, actors)
            under_way: deque[Any] = deque()
            for actor, block in zip(cycle(actors), chain([first], left), strict=False):
                under_way.append(actor.encode.remote(*block))
                if len(under_way) >= _AHEAD * len(actors):
                    yield self._got(ray, under_way)
            while under_way:
                yield self._got(ray, under_way)
        finally:
            for actor in actors:
                ray.kill(actor)

    def _got(self, ray: Any, under_way: deque[Any]) -> Floats:
        try:
            return np.asarray(ray.get(under_way.popleft()), np.float32)
        except ray.exceptions.RayTaskError as error:
            if isinstance(error.cause, RagError):
                raise error.cause from error
            raise RagError(
                f"A worker of the Ray cluster could not encode ({_reason(error)}). "
                "What was encoded before is kept; run `rag index` again."
            ) from error
        except ray.exceptions.RayError as error:
            raise RagError(
                "The Ray cluster lost the workers that encode, and those started in their place "
                f"({_reason(error)}). What was encoded before is kept; see that its machines "
                "have memory for the model, and run `rag index` again."
            ) from error

    def _start(self, ray: Any) -> list[Any]:
        count = self._count or self._cluster.machines()
        kind = ray.remote(
            num_cpus=max(1, self._cluster.cores() // count),
            num_gpus=int(self._gpu),
            max_restarts=_STARTS,
            max_task_retries=-1,
            scheduling_strategy="SPREAD",
        )(_Actor)
        return [kind.remote(self._make) for _ in range(count)]

    def _compare(self, ray: Any, actors: Sequence[Any]) -> None:
        """Wait until every actor has loaded its model, and see that it is this one."""
        try:
            found = ray.get([actor.fingerprint.remote() for actor in actors])
        except ray.exceptions.RayError as error:
            raise RagError(
                "A worker of the Ray cluster could not load the embedding model "
                f"({_reason(error)}). See that this package and the model are on every machine."
            ) from error
        if any(one != self.fingerprint for one in found):
            raise ModelError(
                "A machine of the Ray cluster has another embedding model than this one. "
                "Install the same version there, and set `model` alike."
            )


def _reason(error: Exception) -> str:
    """The last line of a traceback from another machine, which says what went wrong."""
    lines = str(error).strip().splitlines()
    return lines[-1].strip()[:200] if lines else type(error).__name__
