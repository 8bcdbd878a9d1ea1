"""All documents and questions of the invented worlds, of every kind."""

from __future__ import annotations

import random
from collections.abc import Collection, Iterator

from tools.invented.names import Taken
from tools.invented.posed import Document, Posed
from tools.invented.reports import collections
from tools.invented.rule_questions import rule_collection
from tools.invented.table_questions import table_collection

KINDS = ("reports", "rules", "tables")


def everything(
    seed: int, worlds: int, kinds: Collection[str] = KINDS, unnamed: float = 0.0
) -> Iterator[tuple[list[Document], list[Posed]]]:
    """The documents and questions of each world of these ``KINDS``, the same for the same seed.

    Names begin with the number of the world. ``unnamed`` is the share of questions on rules that do
    not say whose rules they mean.
    """
    # Of their own, so that one kind stays as it is when another changes.
    of_rules, of_tables = random.Random(f"{seed} rules"), random.Random(f"{seed} tables")
    taken = Taken()
    reports = collections(seed, worlds, taken) if "reports" in kinds else None
    for number in range(worlds):
        prefix = f"{number:03}"
        documents: list[Document] = []
        posed: list[Posed] = []
        if reports is not None:
            collection = next(reports)
            documents += collection.reports
            posed += collection.asked
        if "rules" in kinds:
            rules = rule_collection(of_rules, prefix, taken, unnamed)
            documents += [book.document for book in rules.rulebooks]
            posed += rules.asked
        if "tables" in kinds:
            tables = table_collection(of_tables, prefix, taken)
            documents += [bulletin.document for bulletin in tables.bulletins]
            posed += tables.asked
        yield documents, posed
