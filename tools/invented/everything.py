"""All documents and questions of the invented worlds, of every kind."""

from __future__ import annotations

import random
from collections.abc import Iterator

from tools.invented.names import Taken
from tools.invented.posed import Document, Posed
from tools.invented.reports import collections
from tools.invented.rule_questions import rule_collection


def everything(
    seed: int, worlds: int, unnamed: float = 0.0
) -> Iterator[tuple[list[Document], list[Posed]]]:
    """The documents and questions of each world, the same for the same seed.

    Names begin with the number of the world. ``unnamed`` is the share of questions on rules that do
    not say whose rules they mean.
    """
    # Of its own, so that reports stay the same whatever else there is.
    rng = random.Random(f"{seed} rules")
    taken = Taken()
    for number, collection in enumerate(collections(seed, worlds, taken)):
        rules = rule_collection(rng, f"{number:03}", taken, unnamed)
        documents = [*collection.reports, *(book.document for book in rules.rulebooks)]
        yield documents, [*collection.asked, *rules.asked]
