"""What kind of value a question asks for, told by its question words."""

from __future__ import annotations

import re
from collections.abc import Sequence

from rag.text.quantities import Kind

Kinds = frozenset[Kind]

_COUNTED: Kinds = frozenset({"number", "percent", "money", "duration"})
_PERCENT: Kinds = frozenset({"percent", "number"})
_MONEY: Kinds = frozenset({"money", "number"})
_WHEN: Kinds = frozenset({"date", "year", "period", "time", "duration"})
_YEAR: Kinds = frozenset({"year", "date", "period"})
_CLOCK: Kinds = frozenset({"time", "date"})
_DURATION: Kinds = frozenset({"duration", "number", "date"})
_NUMBER: Kinds = frozenset({"number"})

# The first that matches decides: the narrower before the wider.
_ASKED: tuple[tuple[Kinds, str], ...] = (
    (
        _PERCENT,
        r"\b(?:what|which) (?:\w+ ){0,3}?(?:percentage|per cent|percent|proportion|share|ratio|rate|fraction)\b"
        r"|\bhow (?:high|low) (?:is|was|were|are) the \w+ (?:ratio|rate)",
    ),
    (
        _YEAR,
        r"\b(?:what|which) (?:\w+ )?(?:year|decade|century)\b",
    ),
    (
        _CLOCK,
        r"\bat what (?:time|hour)\b|\bwhat time\b",
    ),
    (
        _WHEN,
        r"\bwhen (?:is|was|were|are|did|do|does|will|must|should|can|has|have|had)\b"
        r"|^when\b|\bby when\b|\b(?:what|which) (?:\w+ )?(?:date|day|month|deadline)\b",
    ),
    (
        _DURATION,
        r"\bhow (?:long|soon|quickly|fast|old|fresh|often|frequently)\b"
        r"|\bhow many (?:\w+ )?(?:seconds|minutes|hours|days|weeks|months|years)\b"
        r"|\b(?:maximum|minimum|longest|shortest) (?:length|period|duration|time|downtime)\b",
    ),
    (
        _COUNTED,
        r"\bhow (?:much|large|big|high|tall|far|deep|wide|heavy)\b",
    ),
    (
        _NUMBER,
        r"\bhow many\b|\bwhat (?:is|was|were|are) the (?:total |average |highest |lowest )?number\b"
        r"|\bwhat number\b",
    ),
    (
        _COUNTED,
        r"\bwhat (?:is|was|were|are) the (?:\w+ ){0,3}?(?:amount|fine|penalty|cost|price|loss|revenue|income|profit|value|size|population|limit|threshold|ratio|rate|percentage|proportion|share|total|budget|fee)\b"
        r"|\bwhat (?:\w+ )?(?:amount|fine|penalty|sum|price)\b",
    ),
    (
        _PERCENT,
        r"比例|比率|占比|百分之|百分比|几成|幾成|[占佔]多少|多大比|率(?:是|為|为|有|达|達|平均)*(?:多少|多高|多低|几|幾|何)"
        r"|何\s*[%％割]|何パーセント",
    ),
    (
        _YEAR,
        r"哪(?:一)?年|哪個年|哪个年|幾年(?:成立|出生|發生|开始|開始|發布)|何年(?!間)|いつの年",
    ),
    (
        _CLOCK,
        r"几点|幾點|何時(?!間)",
    ),
    (
        _WHEN,
        r"什么时候|什麼時候|何时|何時(?!間)|哪(?:一)?(?:天|日|月)|几月|幾月|几号|幾號|いつ|何月|何日(?!間|で|以内|か)"
        r"|期限は",
    ),
    (
        _DURATION,
        r"多久|多长时间|多長時間|多少(?:天|日|小时|小時|分钟|分鐘|年|个月|個月|工作日)|几(?:天|日|小时|个月|年|分钟)"
        r"|幾(?:天|日|小時|個月|年|分鐘)|何(?:時間|分|日|年間|か月|ヶ月|カ月|週間|営業日)|どのくらいの(?:時間|期間)"
        r"|どれ(?:くらい|ほど)の(?:時間|期間)|何日",
    ),
    (
        _MONEY,
        r"多少(?:钱|錢|元|億|亿|萬|万)|いくら|何円|金额|金額",
    ),
    (
        _COUNTED,
        r"多少|几|幾|多高|多大|多重|多远|多遠|何(?:人|件|先|社|名|個|回|台|カ所|か所|倍|メートル|行|億|万|点|本|種)"
        r"|どれだけ|どれくらい|どのくらい|いくつ|の(?:数|件数|金額|総額|割合)は|(?:人|件|社|総)?数は",
    ),
    (
        _PERCENT,
        r"(?:ما|كم)\s+(?:هي\s+|كانت\s+|بلغت\s+|تراجعت\s+)?(?:ال)?(?:نسبة|معدل|حصة)"
        r"|النسبة المئوية",
    ),
    (
        _YEAR,
        r"(?:أي|اي)\s+(?:عام|سنة)",
    ),
    (
        _CLOCK,
        r"(?:أي|اي)\s+ساعة",
    ),
    (
        _WHEN,
        r"(?:^|\s)متى|(?:أي|اي)\s+(?:تاريخ|يوم|شهر)|ما\s+(?:هو\s+)?(?:تاريخ|موعد)",
    ),
    (
        _DURATION,
        r"كم\s+(?:من\s+)?(?:يوم\w*|ساعة|دقيقة|شهر\w*|سنة|عام\w*|أسبوع\w*|الوقت|استغرق\w*)"
        r"|ما\s+(?:هي\s+)?(?:ال)?(?:مهلة|مدة|فترة)",
    ),
    (
        _COUNTED,
        r"(?:^|\s|[وبل])كم(?:\s|$)|ما\s+(?:هو\s+|هي\s+)?(?:ال)?(?:عدد|غرامة|مبلغ|قيمة|حجم|تكلفة|سعر|خسارة)",
    ),
)  # fmt: skip
_QUESTIONS: Sequence[tuple[Kinds, re.Pattern[str]]] = tuple(
    (kinds, re.compile(pattern, re.IGNORECASE)) for kinds, pattern in _ASKED
)


def expected(question: str) -> Kinds:
    """The kinds of value one of which answers ``question``; empty where it asks for no value."""
    for kinds, pattern in _QUESTIONS:
        if pattern.search(question):
            return kinds
    return frozenset()
