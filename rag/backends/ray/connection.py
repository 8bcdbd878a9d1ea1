"""A Ray cluster, or one started on this machine for the moment."""

from __future__ import annotations

import logging
import os
import socket
from typing import Any, Self

from rag.errors import RagError

_SECONDS = 10.0


class Cluster:
    """The Ray cluster at ``address``; None starts one here, of ``processors``, and ends it.

    Connected to when it is first asked. Raises RagError where it cannot be reached.
    """

    def __init__(self, address: str | None = None, *, processors: int | None = None) -> None:
        self._address = address
        self._processors = processors
        self._ours = False

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._ours:
            import ray

            ray.shutdown()
            self._ours = False

    def connect(self) -> Any:
        """The module ``ray``, connected."""
        # Ray reports its use to its makers unless told not to.
        os.environ["RAY_USAGE_STATS_ENABLED"] = "0"
        import ray

        if ray.is_initialized():
            return ray
        _require_listener(self._address)
        here: dict[str, Any] = {"num_cpus": self._processors, "include_dashboard": False}
        try:
            ray.init(
                self._address,
                log_to_driver=False,
                logging_level=logging.CRITICAL,
                **({} if self._address else here),
            )
        except (ConnectionError, OSError, RuntimeError, ValueError) as error:
            raise _unreachable(self._address, error) from error
        self._ours = True
        return ray

    def machines(self) -> int:
        """How many machines there are now."""
        return max(1, sum(bool(node["Alive"]) for node in self.connect().nodes()))

    def cores(self) -> int:
        """How many processors all machines have for it."""
        return max(1, int(self.connect().cluster_resources().get("CPU", 1)))


def _require_listener(address: str | None) -> None:
    """Ray itself tries for minutes to reach a cluster that is not there."""
    host, _, port = (address or "").removeprefix("ray://").rpartition(":")
    if not host or not port.isdecimal():
        return
    try:
        socket.create_connection((host, int(port)), timeout=_SECONDS).close()
    except OSError as error:
        raise _unreachable(address, error) from error


def _unreachable(address: str | None, error: Exception) -> RagError:
    first = next(iter(str(error).strip().splitlines()), type(error).__name__)
    where = f"at {address}" if address else "on this machine"
    return RagError(
        f"The Ray cluster {where} cannot be reached ({first[:200]}). See that it runs and that its "
        "version of Ray and Python are those here, or build without `--workers ray`."
    )
