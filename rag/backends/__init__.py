"""Engines for more than one machine: a Milvus server that serves, a Ray cluster that builds."""
