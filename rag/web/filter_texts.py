"""What is said about narrowing a search down, in the interface's five languages."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from rag.web.filtering import FilterName


@dataclass(frozen=True, slots=True)
class FilterTexts:
    """``names`` are those of the filters; ``every`` stands where one is not in force."""

    filters: str
    names: Mapping[FilterName, str]
    every: str
    reports_searched: str
    remove: str
    clear: str
    limited: str
    refused: str
    ask_all: str


FILTER_TEXTS: dict[str, FilterTexts] = {
    "en": FilterTexts(
        filters="Filters",
        names={
            "language": "Language",
            "issuer": "Issuer",
            "kind": "Kind",
            "document": "Report",
            "since": "From",
            "until": "Until",
        },
        every="All",
        reports_searched="Reports searched: {count} of {total}",
        remove="Remove the filter {name}: {value}",
        clear="Remove all filters",
        limited="Limited to",
        refused="Filters are on; other reports may have the answer.",
        ask_all="Ask all reports",
    ),
    "zh-Hans": FilterTexts(
        filters="筛选",
        names={
            "language": "语言",
            "issuer": "发布机构",
            "kind": "类型",
            "document": "报告",
            "since": "起始",
            "until": "截止",
        },
        every="全部",
        reports_searched="检索的报告：{count} / {total}",
        remove="移除筛选条件 {name}：{value}",
        clear="移除全部筛选条件",
        limited="范围",
        refused="已启用筛选条件；答案可能在其他报告中。",
        ask_all="向全部报告提问",
    ),
    "zh-Hant": FilterTexts(
        filters="篩選",
        names={
            "language": "語言",
            "issuer": "發布機關",
            "kind": "類型",
            "document": "報告",
            "since": "起始",
            "until": "截止",
        },
        every="全部",
        reports_searched="檢索的報告：{count} / {total}",
        remove="移除篩選條件 {name}：{value}",
        clear="移除全部篩選條件",
        limited="範圍",
        refused="已啟用篩選條件；答案可能在其他報告中。",
        ask_all="向全部報告提問",
    ),
    "ar": FilterTexts(
        filters="تصفية",
        names={
            "language": "اللغة",
            "issuer": "جهة الإصدار",
            "kind": "النوع",
            "document": "التقرير",
            "since": "من",
            "until": "حتى",
        },
        every="الكل",
        reports_searched="التقارير المشمولة بالبحث: {count} من {total}",
        remove="إزالة عامل التصفية {name}: {value}",
        clear="إزالة كل عوامل التصفية",
        limited="يقتصر على",
        refused="عوامل التصفية مفعّلة؛ وقد تكون الإجابة في تقارير أخرى.",
        ask_all="اسأل كل التقارير",
    ),
    "ja": FilterTexts(
        filters="絞り込み",
        names={
            "language": "言語",
            "issuer": "発行機関",
            "kind": "種類",
            "document": "報告書",
            "since": "開始",
            "until": "終了",
        },
        every="すべて",
        reports_searched="検索対象の報告書：{count} / {total}",
        remove="絞り込みを解除 {name}：{value}",
        clear="絞り込みをすべて解除",
        limited="検索範囲",
        refused="絞り込み中です。ほかの報告書に回答があるかもしれません。",
        ask_all="すべての報告書に質問",
    ),
}


def filter_texts(language: str) -> FilterTexts:
    """The words about filters in ``language``; in English where it is not one of the five."""
    return FILTER_TEXTS.get(language, FILTER_TEXTS["en"])
