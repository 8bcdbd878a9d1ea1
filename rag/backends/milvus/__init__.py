"""The engine for corpora that outgrow one machine: generations in a Milvus server.

A generation is three collections, named after the alias and the generation::

    rag_000007_1a2b3c4d_passages    a row a chunk: text, facts, vector, BM25's scores of its terms
    rag_000007_1a2b3c4d_documents   readings, pages and what is known of documents; the manifest
    rag_000007_1a2b3c4d_terms       what BM25 knows of each term

The alias (``rag``) names the passages of the current generation, so that one step swaps all three;
the manifest is written last, so that a generation without one was left half-written. A reader
keeps to the generation it opened. Building goes on in a folder as without a server
(``rag.index.build``); what is finished there is loaded and swapped in.
"""

from rag.backends.milvus.connection import Server
from rag.backends.milvus.engine import MilvusEngine

__all__ = ["MilvusEngine", "Server"]
