"""What corpora of many machines cost, computed from what was measured on one.

    python -m bench.scale_costs [NAME=VALUE …]

Prints the unit costs, each with the command that it is from or "assumed", and what 1, 10 and 100
million passages need on Milvus Distributed; and what runs out first. Any of them can be set, such
as ``gpu_passages=900``, the passages a second that one GPU encodes: no GPU was at hand, so that
their hours are given only where that is set.
"""

from __future__ import annotations

import argparse
import math
from collections.abc import Mapping
from dataclasses import dataclass

from bench.measuring import table

SIZES = (1_000_000, 10_000_000, 100_000_000)
_GB = 2**30
_HOUR = 3600


@dataclass(frozen=True)
class Unit:
    """A unit cost: its value, what it is of, and where it is from."""

    value: float
    what: str
    source: str


UNITS: Mapping[str, Unit] = {
    "pages": Unit(14, "pages read a second by a core", "a plain loop over pypdf; bench.reading"),
    "passages_a_page": Unit(2.5, "passages a page", "corpus/: 157 of 63 pages"),
    "encode": Unit(26.7, "passages encoded a second by a core", "bench.encoding"),
    "gpu_passages": Unit(0, "passages encoded a second by a GPU", "not measured"),
    "build_ms": Unit(1.3, "ms a passage for the rest of a build", "bench.scale, a million"),
    "build_bytes": Unit(3480, "bytes of memory a passage while building", "bench.scale, a million"),
    "disk_bytes": Unit(3440, "bytes of disk a passage in the folder", "bench.scale, a million"),
    "load_ms": Unit(1.5, "ms a passage to load, milvus-lite's own share in it", "bench.engines"),
    "vector": Unit(1536, "bytes of a vector", "384 float32"),
    "graph": Unit(272, "bytes of its links in HNSW", "M = 32, two lists of 4 bytes and the next"),
    "terms": Unit(105, "terms a passage", "bench.engines' reports"),
    "term_bytes": Unit(8, "bytes of a term and its weight", "uint32 and float32"),
    "text": Unit(740, "bytes of text and facts a passage", "bench.engines' reports"),
    "documents": Unit(251, "bytes a passage of readings and pages, packed", "bench.engines'"),
    "overhead": Unit(1.3, "times that in the server's memory", "assumed"),
    "graph_ms": Unit(1.0, "ms of a core to search a graph of 50,000, ef 512", "assumed"),
    "weights_ms": Unit(1.1, "ms of a core to add the weights of a million", "bench.bm25"),
    "client_ms": Unit(134, "ms of a core where the question is asked", "bench.engines latency"),
    "encoder_ms": Unit(5.9, "ms of a core to encode a question", "bench.question"),
    "questions": Unit(20, "questions a second to be answered", "assumed"),
    "segment": Unit(1_000_000, "passages a segment, each searched by itself", "assumed"),
    "node_gb": Unit(64, "GB of memory of a node", "assumed"),
    "node_cores": Unit(16, "cores of a node", "assumed"),
    "replicas": Unit(2, "copies in memory, so that a node may fail", "assumed"),
    "hours": Unit(24, "hours that a build may take", "assumed"),
}


@dataclass(frozen=True)
class Need:
    """What a corpus of some size needs."""

    size: int
    read_hours: float
    encode_hours: float
    gpu_hours: float
    index_hours: float
    load_hours: float
    build_gb: float
    disk_gb: float
    memory_gb: float
    build_nodes: int
    query_nodes: int
    asking_nodes: int
    questions_a_node: float


def need(size: int, values: Mapping[str, float]) -> Need:
    """The needs of ``size`` passages; hours are of one core, or of one GPU."""
    v = values
    stored = v["vector"] + v["graph"] + v["terms"] * v["term_bytes"] + v["text"] + v["documents"]
    memory = size * stored * v["overhead"] / _GB
    segments = max(1.0, size / v["segment"])
    # A graph's time grows with the logarithm of its size.
    graph = v["graph_ms"] * math.log2(min(size, v["segment"])) / math.log2(50_000)
    server_ms = segments * graph + v["weights_ms"] * size / 1e6
    asking_ms = v["client_ms"] + v["encoder_ms"]
    read = size / v["passages_a_page"] / v["pages"] / _HOUR
    encode = size / v["encode"] / _HOUR
    cores = v["questions"] * server_ms / 1000
    by_memory = v["replicas"] * memory / v["node_gb"]
    return Need(
        size=size,
        read_hours=read,
        encode_hours=encode,
        gpu_hours=size / v["gpu_passages"] / _HOUR if v["gpu_passages"] else 0.0,
        index_hours=size * v["build_ms"] / 1000 / _HOUR,
        load_hours=size * v["load_ms"] / 1000 / _HOUR,
        build_gb=size * v["build_bytes"] / _GB,
        disk_gb=size * (v["disk_bytes"] + stored) / _GB,
        memory_gb=memory,
        build_nodes=math.ceil((read + encode) / v["hours"] / v["node_cores"]),
        query_nodes=math.ceil(max(by_memory, cores / v["node_cores"])),
        asking_nodes=math.ceil(v["questions"] * asking_ms / 1000 / v["node_cores"]),
        questions_a_node=1000 * v["node_cores"] / asking_ms,
    )


def first_to_break(needs: Need, values: Mapping[str, float]) -> str:
    """What of one node runs out most, in times what it has."""
    times = {
        "memory of the machine that builds": needs.build_gb / values["node_gb"],
        "hours to encode on one node": needs.encode_hours / values["node_cores"] / values["hours"],
        "hours to load, one after another": needs.load_hours / values["hours"],
        "memory to serve": needs.memory_gb / values["node_gb"],
        "cores to ask": values["questions"] / needs.questions_a_node,
    }
    name = max(times, key=lambda key: times[key])
    return f"{name} ({times[name]:.1f} times one node)"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("set", nargs="*", metavar="NAME=VALUE")
    values = {name: unit.value for name, unit in UNITS.items()}
    for one in parser.parse_args().set:
        name, _, value = one.partition("=")
        if name not in values:
            raise SystemExit(f"{name} is none of {', '.join(values)}.")
        values[name] = float(value)
    print(
        table(
            ["name", "value", "what", "from"],
            [[name, f"{values[name]:g}", unit.what, unit.source] for name, unit in UNITS.items()],
        )
    )
    needs = [need(size, values) for size in SIZES]
    rows = [
        ["reading, hours of a core", *(f"{n.read_hours:,.1f}" for n in needs)],
        ["encoding, hours of a core", *(f"{n.encode_hours:,.0f}" for n in needs)],
        ["… or of a GPU", *(f"{n.gpu_hours:,.1f}" if n.gpu_hours else "?" for n in needs)],
        ["the rest of a build, hours", *(f"{n.index_hours:,.1f}" for n in needs)],
        ["memory of the machine that builds, GB", *(f"{n.build_gb:,.0f}" for n in needs)],
        ["loading, hours", *(f"{n.load_hours:,.1f}" for n in needs)],
        ["disk, folder and server, GB", *(f"{n.disk_gb:,.0f}" for n in needs)],
        ["memory to serve one copy, GB", *(f"{n.memory_gb:,.0f}" for n in needs)],
        ["nodes to read and encode in time", *(str(n.build_nodes) for n in needs)],
        ["query nodes", *(str(n.query_nodes) for n in needs)],
        ["nodes that ask", *(str(n.asking_nodes) for n in needs)],
        ["questions a second of a node that asks", *(f"{n.questions_a_node:.0f}" for n in needs)],
        ["breaks first", *(first_to_break(n, values) for n in needs)],
    ]
    print()
    print(table(["", *(f"{size:,}" for size in SIZES)], rows))
    core = values["pages"], values["encode"]
    print(
        f"\nA core-hour reads {core[0] * _HOUR:,.0f} pages or encodes {core[1] * _HOUR:,.0f} "
        "passages; both together "
        f"{_HOUR / (1 / values['pages'] + values['passages_a_page'] / values['encode']):,.0f} "
        "pages."
    )


if __name__ == "__main__":
    main()
