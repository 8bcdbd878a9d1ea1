"""Whether a text states an expected answer, however it writes numbers and dates."""

from __future__ import annotations

from rag.text.fold import fold
from rag.text.quantities import Quantity, quantities, values_equal

_AMOUNTS = frozenset({"number", "percent", "money", "duration"})


def states(text: str, language: str, expected: str, expected_language: str) -> bool:
    """Whether ``text`` states ``expected``, in its words or by its value.

    In its words: it occurs after NFKC, without white space and case, every script's digits as 0
    to 9. By its value: where it is a quantity and nothing else, the text has the same one written
    otherwise, 2,500,000 for "2.5 million". A date may say more than the one expected; a plain
    number may be of any unit.
    """
    if _plain(expected) in _plain(text):
        return True
    wanted = _alone(expected, expected_language)
    if wanted is None:
        return False
    return any(_bears_out(found, wanted) for found in quantities(text, language))


def _plain(text: str) -> str:
    return fold(text, letters=False, accents=False, space="none")


def _alone(text: str, language: str) -> Quantity | None:
    """The quantity that ``text`` is, but for signs around it; None where it says more."""
    found = quantities(text, language)
    if len(found) != 1:
        return None
    rest = text[: found[0].start] + text[found[0].end :]
    return None if any(character.isalnum() for character in rest) else found[0]


def _bears_out(found: Quantity, wanted: Quantity) -> bool:
    if values_equal(found, wanted):
        return True
    if wanted.kind == "number" and found.kind in _AMOUNTS:
        return (found.value, found.until) == (wanted.value, wanted.until)
    if wanted.kind in {"date", "year"} and found.kind == "date" and not found.hijri:
        return not wanted.hijri and str(found.value).startswith(f"{wanted.value}-")
    return False
