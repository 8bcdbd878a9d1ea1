"""What kind of report a title or a line of its cover names, in the languages of regulators.

Kinds have one English name whatever the report's language, so that one filter finds them all. What
exists under one law alone keeps its own name: ``10-K``, ``出國報告``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

# Name of the kind; how Latin, East Asian and Arabic covers call it.
_KINDS: tuple[tuple[str, str, str, str], ...] = (
    (
        "annual report",
        r"annual (?:financial )?(?:report|review|accounts|statements)|report and accounts",
        r"年度[报報]告|年[报報]|年次報告書|有価証券報告書|アニュアル・?レポート",
        r"التقرير السنوي|تقرير سنوي",
    ),
    (
        "interim report",
        r"(?:interim|quarterly|half-?year(?:ly)?|semi-?annual) (?:financial )?report",
        r"半年度[报報]告|中期[报報]告|季度[报報]告|中[报報]|季[报報]|半期報告書|四半期報告書|決算短信",
        r"(?:التقرير|تقرير) (?:ال)?(?:نصف السنوي|ربع السنوي|مرحلي)",
    ),
    (
        "financial stability report",
        r"financial stability (?:report|review)",
        r"金融[稳穩]定[报報]告|金融システムレポート|金融システム報告",
        r"تقرير الاستقرار المالي",
    ),
    (
        "guidelines",
        r"guidelines?|guidance|supervisory statement|principles for",
        r"指引|指南|指[导導]原[则則]|指[导導]意[见見]|ガイドライン|指針",
        r"(?:ال)?إرشادات|(?:ال)?مبادئ (?:ال)?توجيهية|(?:ال)?دليل (?:ال)?إرشادي",
    ),
    ("circular", r"circular", r"通函|函釋", r"(?:ال)?تعميم"),
    (
        "notice",
        r"notice|notification",
        r"通知書?|通[报報]|通告|公告|告示|お知らせ",
        r"(?:ال)?إشعار|(?:ال)?إعلان",
    ),
    (
        "decision",
        r"decision",
        r"[决決]定[书書]?|裁[决決]書?|[处處]分[书書]|裁[处處][书書]",
        r"(?:ال)?قرار",
    ),
    (
        "order",
        r"(?<!in )order(?! to\b)",
        r"命令書?|行政処分",
        r"أمر (?:إداري|تنفيذي)|(?:ال)?مرسوم",
    ),
    (
        "consultation paper",
        r"consultation (?:paper|document|report)|consultative document|discussion paper"
        r"|public consultation",
        r"[征徵]求意[见見]稿|[咨諮][询詢]文件|意見募集|パブリック・?コメント|市中協議文書",
        r"(?:ال)?(?:ورقة|وثيقة|مسودة) (?:ال)?(?:استشارية|تشاورية)",
    ),
    (
        "code",
        r"code of (?:conduct|practice|ethics)|governance code|(?:stewardship|banking) code",
        r"守[则則]|行[为為]准[则則]|コーポレートガバナンス・?コード|行動規範",
        r"(?:ال)?(?:مدونة|ميثاق)",
    ),
    ("rulebook", r"rulebook|handbook", r"手册|手冊|規則集", r"كتاب القواعد"),
    (
        "rules",
        r"rules|regulations?",
        r"[办辦]法|[规規][则則]|[规規]定|[准準][则則]|[细細][则則]|府令|省令",
        r"(?:ال)?قواعد|(?:ال)?لائحة|(?:ال)?لوائح|(?:ال)?تعليمات",
    ),
    (
        "minutes",
        r"minutes",
        r"[会會][议議](?:[纪紀]要|[纪紀記记][录錄録])|[议議]事[录錄録]|議事要旨",
        r"محضر",
    ),
    (
        "press release",
        r"(?:press|media|news) release",
        r"新[闻聞]稿|報道発表|プレス・?リリース",
        r"بيان صحفي|(?:ال)?بيان (?:ال)?صحفي",
    ),
    (
        "thematic review",
        r"thematic (?:review|report|inspection)",
        r"主[题題][检檢][视視]|[专專][题題][检檢][视視]|テーマ別(?:検査|モニタリング)",
        r"(?:ال)?(?:فحص|مراجعة) (?:ال)?موضوعي(?:ة)?",
    ),
    (
        "inspection report",
        r"(?:inspection|examination) report|inspection findings",
        r"[检檢][查][报報]告|検査報告書?|検査結果",
        r"تقرير (?:ال)?(?:تفتيش|فحص)",
    ),
    (
        "audit report",
        r"(?:audit|auditor's|auditors') report",
        r"[审審][计計][报報]告|查核[报報]告書?|監査報告書?",
        r"تقرير (?:ال)?(?:تدقيق|مراجعة|مدقق|مراقب)",
    ),
    ("policy statement", r"policy statement", r"政策[声聲]明", r"بيان (?:ال)?سياسة"),
    ("bulletin", r"bulletin", r"公[报報]|月[报報]|季刊", r"(?:ال)?نشرة"),
    ("digest", r"digest", "摘要集", r"خلاصة وافية"),
    ("working paper", r"working paper", r"工作[论論]文|ワーキング・?ペーパー", "ورقة عمل"),
    ("出國報告", r"(?!)", r"出[國国][报報]告", r"(?!)"),
)
_GENERIC = (("report", r"report", r"[报報]告[书書]?|レポート|白皮?[书書]", r"(?:ال)?تقرير"),)
_SHORT = 60


def _compiled(
    kinds: Iterable[tuple[str, str, str, str]],
) -> tuple[tuple[str, re.Pattern[str], re.Pattern[str]], ...]:
    return tuple(
        (
            name,
            re.compile(rf"\b(?:{latin})\b|(?<!\w)(?:{arabic})(?!\w)", re.IGNORECASE),
            re.compile(east_asian),
        )
        for name, latin, east_asian, arabic in kinds
    )


_NAMED = _compiled(_KINDS)
_ANY = _compiled(_GENERIC)


def kind_named(title: str, cover: Iterable[str] = ()) -> str:
    """The kind that the title names, else the first that a short line of the cover does."""
    if kind := _head(title, _NAMED):
        return kind
    for line in cover:
        if len(line) <= _SHORT and (kind := _head(line, _NAMED)):
            return kind
    return _head(title, _ANY)


def is_only_kind(line: str) -> bool:
    """Whether a line says what kind of report it heads and nothing of its subject."""
    bare = re.sub(r"[（(][^（）()]*[）)]", "", line).strip(" :：-–—")
    return any(pattern.fullmatch(bare) for _, *patterns in (*_NAMED, *_ANY) for pattern in patterns)


def _head(text: str, kinds: tuple[tuple[str, re.Pattern[str], re.Pattern[str]], ...]) -> str:
    """The kind whose word is the head of the phrase.

    East Asian titles end in it (年報編製準則 are rules), others begin with it (Guidelines on
    annual reports).
    """
    last = [
        (match.end(), match.end() - match.start(), name)
        for name, _, pattern in kinds
        for match in pattern.finditer(text)
    ]
    if last:
        return max(last)[2]
    first = [
        (match.start(), match.start() - match.end(), name)
        for name, pattern, _ in kinds
        if (match := pattern.search(text))
    ]
    return min(first)[2] if first else ""
