"""The name that a question asks for, where a sentence has but one that may be it.

Names are seen by what sets them apart: capitals in Latin letters, quotation marks, and in other
scripts the word for what they name (…銀行, …交易所, منصة …). The name of a person in ideographs or
Arabic letters is not seen.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from rag.answering.names import capitalised
from rag.text.fold import fold

_KINDS_EN = (
    r"bank|exchange|platform|firm|company|insurer|provider|vendor|authority|agency|regulator|"
    r"supervisor|fund|institution|auditor|group|office|ministry|city|country|person|bureau|body"
)
_KINDS_HAN = (
    "银行|銀行|交易所|取引所|平台|公司|会社|會社|机构|機構|機関|監督署|監督庁|保险|保険|保險|证券|証券|證券|"
    "基金|業者|业者|当局|當局|委员会|委員會|委員会|事务所|事務所|信託|金庫|プラットフォーム|クラウド"
)
_KINDS_AR = "بنك|مصرف|منصة|شركة|هيئة|بورصة|صندوق|مكتب|وزارة|مؤسسة|مجموعة"

_ASKS = re.compile(
    rf"^\s*(?:who|whom|whose)\b|\b(?:which|what) (?:\w+ ){{0,2}}?(?:{_KINDS_EN})s?\b"
    r"|\bwhat (?:is|was) the name\b"
    r"|谁|誰|哪(?:一)?[家个個所间間]|哪(?:些)?(?:银行|銀行|机构|機構|公司|平台|交易所)|叫什么|名称是|名稱是"
    rf"|どの(?:{_KINDS_HAN})|どこ(?:の|が|に|か|です)|何という|名称は"
    rf"|^\s*(?:و)?من\s+(?:هو|هي|الذي|التي|كان|كانت|قاد|يقود)|(?:أي|اي|أية)\s+(?:{_KINDS_AR})|ما\s+اسم",
    re.IGNORECASE,
)
_NUMBERED = re.compile(r"\s*\d")
_MARKED = re.compile(r"「([^」]{2,30})」|“([^”]{2,40})”|«([^»]{2,40})»|『([^』]{2,30})』")
_HAN = re.compile(
    rf"(?:[\u30a1-\u30fa\u30fc・]{{2,}}|(?<![\u3400-\u9fff])[\u3400-\u9fff]{{2,6}}?)(?:{_KINDS_HAN})"
)
_KATAKANA = re.compile(r"[\u30a1-\u30fa\u30fc]{2,}・[\u30a1-\u30fa\u30fc・]{2,}")
_ARABIC = re.compile(rf"(?<!\w)(?:{_KINDS_AR})\s+(?!ال)[\u0620-\u064a]{{3,}}")


def asks_for_name(question: str) -> bool:
    """Whether what is asked for is who, or which institution."""
    return bool(_ASKS.search(question))


def answering_name(question: str, sentence: str, language: str) -> str:
    """The only name in ``sentence`` that ``question`` does not have, as it stands there.

    Empty where there is none, or more than one to choose from. ``language`` is the sentence's.
    """
    said = "".join(fold(question).split())
    found = {
        fold(name): name
        for name in _names(sentence, language)
        if "".join(fold(name).split()) not in said
    }
    return next(iter(found.values())) if len(found) == 1 else ""


def _names(sentence: str, language: str) -> Iterator[str]:
    for run in capitalised(sentence, language):
        match = re.search(r"[\s&]+".join(map(re.escape, run)), sentence, re.IGNORECASE)
        # A word alone that begins the sentence may be any word.
        opens = match is not None and len(run) == 1 and not sentence[: match.start()].strip()
        # Nor is it a name that counts or numbers what follows: USD 640, Table 4.
        if match and len(match[0]) > 1 and not (opens or _NUMBERED.match(sentence, match.end())):
            yield match[0]
    for groups in _MARKED.findall(sentence):
        yield from filter(None, groups)
    for pattern in (_HAN, _KATAKANA, _ARABIC):
        yield from (found[0] for found in pattern.finditer(sentence))
