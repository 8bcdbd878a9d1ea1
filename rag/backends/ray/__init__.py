"""Reading and encoding on the machines of a Ray cluster; everything else stays where the build is.

Files are read in tasks, texts encoded in actors that load the model once. What comes back goes to
the journals of the build, so that a driver that dies goes on where it was; what a worker that died
was at is done again by another. Ray's core does this; Ray Data would add pyarrow and conversions,
and leave what is done once and in which order to the driver all the same (bench/scale.md).

Every machine needs this package in the same version and the corpus under the same path.
"""

from rag.backends.ray.connection import Cluster
from rag.backends.ray.encoding import ClusterEncoder
from rag.backends.ray.reading import ClusterReading

__all__ = ["Cluster", "ClusterEncoder", "ClusterReading"]
