"""All documents and questions of the invented worlds, of every kind."""

from __future__ import annotations

import random
from collections.abc import Iterator

from tools.invented.names import Taken
from tools.invented.posed import Document, Posed
from tools.invented.reports import collections
from tools.invented.rule_questions import rule_collection
from tools.invented.table_questions import table_collection


def everything(
    seed: int, worlds: int, unnamed: float = 0.0
) -> Iterator[tuple[list[Document], list[Posed]]]:
    """The documents and questions of each world, the same for the same seed.

    Names begin with the number of the world. ``unnamed`` is the share of questions on rules that do
    not say whose rules they mean.
    """
    # Of their own, so that one kind stays as it is when another changes.
    of_rules, of_tables = random.Random(f"{seed} rules"), random.Random(f"{seed} tables")
    taken = Taken()
    for number, collection in enumerate(collections(seed, worlds, taken)):
        prefix = f"{number:03}"
        rules = rule_collection(of_rules, prefix, taken, unnamed)
        tables = table_collection(of_tables, prefix, taken)
        documents = [
            *collection.reports,
            *(book.document for book in rules.rulebooks),
            *(bulletin.document for bulletin in tables.bulletins),
        ]
        yield documents, [*collection.asked, *rules.asked, *tables.asked]
