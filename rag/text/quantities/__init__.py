"""The one grammar of numbers, money, dates, durations, ordinals and references in text.

``quantities(text, language)`` gives the quantities of a text in order. Whatever is written with a
digit is in exactly one of them, so that nothing is overlooked and nothing counts twice; what is
written in words is taken where it is surely meant as a number.
"""

from __future__ import annotations

from rag.text.quantities.calendar import MONTHS
from rag.text.quantities.numerals import (
    ARABIC_SIZES,
    ENGLISH_WORDS,
    SCALE_WORDS,
    is_number_word,
)
from rag.text.quantities.scan import quantities
from rag.text.quantities.values import Kind, Quantity, Value, of_kind, values_equal, years_named

__all__ = [
    "ARABIC_SIZES",
    "ENGLISH_WORDS",
    "MONTHS",
    "SCALE_WORDS",
    "Kind",
    "Quantity",
    "Value",
    "is_number_word",
    "of_kind",
    "quantities",
    "values_equal",
    "years_named",
]
