"""The index: whole generations, of which one is current. On disk:

::

    current.json                      names the current generation; replaced in one step
    build.lock, build.owner.json      held while a build runs, and by whom
    encoded.partial                   vectors of a build that was interrupted, for the next one
    read.partial                      readings and pages of one, likewise
    hashes.json                       SHA-256 of the reports, by their stamps
    generations/NNNNNN-xxxxxxxx/
        manifest.json                 fingerprints, counts, every file's size and SHA-256
        documents.sqlite              documents, chunks, and what was skipped
        vectors.faiss                 one unit vector a chunk
        bm25/                         one column of scores a term
        terms/                        what they are computed from, for the next build

A reader sees one whole generation or another. Anything else in the folder is left alone.
"""

from rag.index.builder import build
from rag.index.engine import FolderEngine
from rag.index.generations import generations
from rag.index.protocol import Engine
from rag.index.reader import FolderIndex, open_index
from rag.index.stages import BuildReport, Encoder, Progress, Silent, Stages
from rag.index.verification import rollback, verify
from rag.retrieval.catalogue import Counts, DocumentInfo, Manifest, Skipped
from rag.retrieval.protocol import Index

__all__ = [
    "BuildReport",
    "Counts",
    "DocumentInfo",
    "Encoder",
    "Engine",
    "FolderEngine",
    "FolderIndex",
    "Index",
    "Manifest",
    "Progress",
    "Silent",
    "Skipped",
    "Stages",
    "build",
    "generations",
    "open_index",
    "rollback",
    "verify",
]
