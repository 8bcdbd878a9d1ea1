"""What stands around a page that is looked at, in the interface's five languages."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from rag.web.page_view import Unavailable


@dataclass(frozen=True, slots=True)
class PageViewTexts:
    """``unavailable``: why a page is shown as text; ``unmarked``: why nothing on it is marked."""

    page_shown: str
    page_of: str
    close: str
    show: str
    citation_of: str
    previous_citation: str
    next_citation: str
    previous_page: str
    next_page: str
    cited_page: str
    enlarge: str
    marked_picture: str
    picture: str
    page_text: str
    passage: str
    quality: str
    failed: str
    unmarked: str
    unavailable: Mapping[Unavailable, str]


PAGE_VIEW_TEXTS: dict[str, PageViewTexts] = {
    "en": PageViewTexts(
        page_shown="The cited page",
        page_of="page {page} of {count}",
        close="Close the page",
        show="Show the page",
        citation_of="Citation {id} of {count}",
        previous_citation="Previous citation",
        next_citation="Next citation",
        previous_page="Previous page",
        next_page="Next page",
        cited_page="Back to the cited page",
        enlarge="Enlarge",
        marked_picture="Page {page} of “{document}”, with the quoted words marked",
        picture="Page {page} of “{document}”",
        page_text="The text of this page",
        passage="The passage in its surroundings",
        quality="Extraction quality: {quality}",
        failed="The page could not be fetched. The passage stands below; try the page again.",
        unmarked=(
            "The quoted words were not found on the picture, so the whole page is shown without "
            "a mark. Look for them here:"
        ),
        unavailable={
            Unavailable.gone: (
                "The report's file is not where it was when it was indexed. The passage is shown "
                "as it was read then."
            ),
            Unavailable.changed: (
                "The report's file is another one than was indexed. The passage is shown as it "
                "was read then."
            ),
            Unavailable.undrawable: (
                "This page cannot be drawn. The passage is shown as it was read."
            ),
            Unavailable.moved: (
                "The index was changed since this answer was given, and the quoted words are not "
                "at their place any more. Ask the question again."
            ),
        },
    ),
    "zh-Hans": PageViewTexts(
        page_shown="所引页面",
        page_of="第 {page} 页，共 {count} 页",
        close="关闭原页",
        show="查看原页",
        citation_of="引用 {id}，共 {count} 处",
        previous_citation="上一处引用",
        next_citation="下一处引用",
        previous_page="上一页",
        next_page="下一页",
        cited_page="回到所引页面",
        enlarge="放大",
        marked_picture="《{document}》第 {page} 页，所引文字已标出",
        picture="《{document}》第 {page} 页",
        page_text="本页文字",
        passage="所引段落及其上下文",
        quality="提取质量：{quality}",
        failed="无法取得该页。所引段落见下方，请稍后再试。",
        unmarked="未能在页面图像上找到所引文字，故显示整页而不作标记。所引文字为：",
        unavailable={
            Unavailable.gone: "报告文件已不在建立索引时的位置。以下为当时读取的段落。",
            Unavailable.changed: "报告文件与建立索引时的文件不同。以下为当时读取的段落。",
            Unavailable.undrawable: "该页无法绘制。以下为读取的段落。",
            Unavailable.moved: "作答之后索引已有变更，所引文字已不在原处。请重新提问。",
        },
    ),
    "zh-Hant": PageViewTexts(
        page_shown="所引頁面",
        page_of="第 {page} 頁，共 {count} 頁",
        close="關閉原頁",
        show="查看原頁",
        citation_of="引用 {id}，共 {count} 處",
        previous_citation="上一處引用",
        next_citation="下一處引用",
        previous_page="上一頁",
        next_page="下一頁",
        cited_page="回到所引頁面",
        enlarge="放大",
        marked_picture="《{document}》第 {page} 頁，所引文字已標出",
        picture="《{document}》第 {page} 頁",
        page_text="本頁文字",
        passage="所引段落及其上下文",
        quality="擷取品質：{quality}",
        failed="無法取得該頁。所引段落見下方，請稍後再試。",
        unmarked="未能在頁面影像上找到所引文字，故顯示整頁而不作標記。所引文字為：",
        unavailable={
            Unavailable.gone: "報告檔案已不在建立索引時的位置。以下為當時讀取的段落。",
            Unavailable.changed: "報告檔案與建立索引時的檔案不同。以下為當時讀取的段落。",
            Unavailable.undrawable: "該頁無法繪製。以下為讀取的段落。",
            Unavailable.moved: "作答之後索引已有變更，所引文字已不在原處。請重新提問。",
        },
    ),
    "ar": PageViewTexts(
        page_shown="الصفحة المستشهد بها",
        page_of="الصفحة {page} من {count}",
        close="إغلاق الصفحة",
        show="عرض الصفحة",
        citation_of="الاستشهاد {id} من {count}",
        previous_citation="الاستشهاد السابق",
        next_citation="الاستشهاد التالي",
        previous_page="الصفحة السابقة",
        next_page="الصفحة التالية",
        cited_page="العودة إلى الصفحة المستشهد بها",
        enlarge="تكبير",
        marked_picture="الصفحة {page} من «{document}»، والكلمات المقتبسة معلَّمة",
        picture="الصفحة {page} من «{document}»",
        page_text="نص هذه الصفحة",
        passage="المقطع في سياقه",
        quality="جودة الاستخراج: {quality}",
        failed="تعذر جلب الصفحة. المقطع مبين أدناه؛ حاول مرة أخرى لاحقًا.",
        unmarked=(
            "لم يُعثر على الكلمات المقتبسة في صورة الصفحة، ولذلك تظهر الصفحة كاملة بلا تعليم. "
            "والكلمات هي:"
        ),
        unavailable={
            Unavailable.gone: (
                "لم يعد ملف التقرير في مكانه عند الفهرسة. يظهر المقطع كما قُرئ حينها."
            ),
            Unavailable.changed: "ملف التقرير غير الملف الذي فُهرس. يظهر المقطع كما قُرئ حينها.",
            Unavailable.undrawable: "يتعذر رسم هذه الصفحة. يظهر المقطع كما قُرئ.",
            Unavailable.moved: (
                "تغيّر الفهرس بعد هذه الإجابة، ولم تعد الكلمات المقتبسة في مكانها. أعد طرح السؤال."
            ),
        },
    ),
    "ja": PageViewTexts(
        page_shown="引用元のページ",
        page_of="{page} / {count} ページ",
        close="ページを閉じる",
        show="ページを表示",
        citation_of="引用 {id} / {count}",
        previous_citation="前の引用",
        next_citation="次の引用",
        previous_page="前のページ",
        next_page="次のページ",
        cited_page="引用ページに戻る",
        enlarge="拡大",
        marked_picture="「{document}」{page} ページ。引用箇所に印を付けています",
        picture="「{document}」{page} ページ",
        page_text="このページの文字",
        passage="引用箇所とその前後",
        quality="抽出品質：{quality}",
        failed="ページを取得できませんでした。引用箇所は下に表示しています。後でもう一度お試しください。",
        unmarked="引用された文字をページ画像上で見つけられないため、印を付けずに全体を表示しています。引用文：",
        unavailable={
            Unavailable.gone: (
                "報告書のファイルが元の場所にありません。索引作成時に読み取った箇所を表示します。"
            ),
            Unavailable.changed: (
                "報告書のファイルが変わっています。索引作成時に読み取った箇所を表示します。"
            ),
            Unavailable.undrawable: "このページは描画できません。読み取った箇所を表示します。",
            Unavailable.moved: (
                "索引が変更され、引用文が元の位置にありません。もう一度質問してください。"
            ),
        },
    ),
}


def page_view_texts(language: str) -> PageViewTexts:
    """The words around a page in ``language``; in English where it is not one of the five."""
    return PAGE_VIEW_TEXTS.get(language, PAGE_VIEW_TEXTS["en"])
