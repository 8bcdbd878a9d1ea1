"""Words for numbers, folded as by ``rag.text.terms.fold``: Arabic without hamza forms and marks."""

from __future__ import annotations

_ENGLISH = """one two three four five six seven eight nine ten eleven twelve thirteen fourteen
    fifteen sixteen seventeen eighteen nineteen"""
_ENGLISH_TENS = "twenty thirty forty fifty sixty seventy eighty ninety"

ENGLISH_WORDS: dict[str, int] = {
    **{word: number for number, word in enumerate(_ENGLISH.split(), 1)},
    **{word: 10 * number for number, word in enumerate(_ENGLISH_TENS.split(), 2)},
    "hundred": 100,
    "dozen": 12,
}

_ARABIC_FORMS: tuple[tuple[int, str], ...] = (
    (2, "اثنان اثنين اثنتان اثنتين"),
    (3, "ثلاثه ثلاث"),
    (4, "اربعه اربع"),
    (5, "خمسه خمس"),
    (6, "سته ست"),
    (7, "سبعه سبع"),
    (8, "ثمانيه ثماني ثمان"),
    (9, "تسعه تسع"),
    (10, "عشره عشر"),
    (20, "عشرون عشرين"),
    (30, "ثلاثون ثلاثين"),
    (40, "اربعون اربعين"),
    (50, "خمسون خمسين"),
    (60, "ستون ستين"),
    (70, "سبعون سبعين"),
    (80, "ثمانون ثمانين"),
    (90, "تسعون تسعين"),
    (100, "مايه ميه"),
    (200, "مايتان مايتين ميتان ميتين"),
)

ARABIC_WORDS: dict[str, int] = {
    form: number for number, forms in _ARABIC_FORMS for form in forms.split()
}

ARABIC_DUALS: dict[str, int] = {
    "الفان": 2 * 10**3,
    "الفين": 2 * 10**3,
    "مليونان": 2 * 10**6,
    "مليونين": 2 * 10**6,
    "ملياران": 2 * 10**9,
    "مليارين": 2 * 10**9,
}
"""Two of a size, which Arabic says in one word."""

_SCALES: tuple[tuple[int, str], ...] = (
    (10**3, "thousand thousands tausend الف الاف الفا"),
    (10**6, "million millions mio millionen millones مليون ملايين مليونا"),
    (10**9, "billion billions mrd milliarden milliard milliards مليار مليارات مليارا بليون"),
    (10**12, "trillion trillions تريليون تريليونات"),
)

SCALE_WORDS: dict[str, int] = {word: size for size, words in _SCALES for word in words.split()}
