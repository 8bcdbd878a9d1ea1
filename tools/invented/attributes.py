"""The attributes: which institutions they concern and what their values look like."""

from __future__ import annotations

from dataclasses import dataclass

from tools.invented.tsv import rows

FIRMS = ("bank", "exchange", "insurer", "payment", "fund")
KINDS = (*FIRMS, "cloud", "agency")

_GROUPS = {"firm": FIRMS, "all": KINDS}
_YEARLESS = frozenset({"head_office"})

# What is said of one of a pair may pass for an answer about the other.
_CONFUSABLE = (
    frozenset({"compensation", "claims_paid"}),
    frozenset({"outage", "availability"}),
    frozenset({"complaints", "whistleblowing"}),
)


@dataclass(frozen=True)
class Attribute:
    """One thing that a report may state about an institution.

    ``value`` is "amount", "count", "percent", "date", "duration", "person", "organisation",
    "place" or "choice". ``low`` and ``high`` bound the number, of an amount in units of 10,000, and
    how many years a date is from that of the report. ``detail`` is a percentage's decimals (empty:
    0 or 1), a duration's units, the list of choices or the kind of organisation.
    """

    key: str
    value: str
    institutions: tuple[str, ...]
    low: float
    high: float
    detail: str

    @property
    def yearless(self) -> bool:
        """Whether it has one value for all time, so that no year is said."""
        return self.value == "date" or self.key in _YEARLESS

    @property
    def numeric(self) -> bool:
        """Whether institutions can be ranked by it."""
        return self.value in ("amount", "count", "percent")


def _attribute(row: dict[str, str]) -> Attribute:
    kinds = _GROUPS.get(row["institutions"]) or tuple(row["institutions"].split(","))
    low, high = float(row["low"] or 0), float(row["high"] or 0)
    return Attribute(row["key"], row["value"], kinds, low, high, row["detail"])


ATTRIBUTES: dict[str, Attribute] = {row["key"]: _attribute(row) for row in rows("attributes")}


def confusable(left: str, right: str) -> bool:
    """Whether what is said of ``right`` may pass for an answer about ``left``."""
    return left != right and any(left in pair and right in pair for pair in _CONFUSABLE)
