"""The years that a text names, in common reckoning."""

from __future__ import annotations

import re
from functools import lru_cache

from rag.answering.values import plain_digits

_ERAS = {"民國": 1911, "民国": 1911, "令和": 2018, "平成": 1988, "昭和": 1925}
_YEAR = re.compile(
    r"(?P<era>民國|民国|令和|平成|昭和)\s*(?P<count>\d{1,3}|元)\s*年"
    r"|(?P<han>[一二][〇零一二三四五六七八九]{3})年"
    r"|(?<![\d.,])(?P<year>(?:19|20)\d\d)(?![\d%]|[.,]\d)"
)
_HAN = str.maketrans("〇零一二三四五六七八九", "00123456789")


@lru_cache(maxsize=4096)
def years(text: str) -> frozenset[int]:
    """Years from 1900 to 2099, those of Japanese eras and of the Republic of China, 二〇二三年."""
    return frozenset(map(_year, _YEAR.finditer(plain_digits(text))))


def _year(found: re.Match[str]) -> int:
    if found["era"]:
        return _ERAS[found["era"]] + (1 if found["count"] == "元" else int(found["count"]))
    return int(found["year"] or found["han"].translate(_HAN))
