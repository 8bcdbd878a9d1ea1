"""What the frame around the pages says, in the interface's five languages."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class FrameTexts:
    """``pages`` names the links between pages, ``ask`` is the chat's; ``history`` lists questions.

    ``keys`` says which keys do what. ``lost`` and ``lost_hint`` stand where the server is away.
    """

    pages: str
    ask: str
    history: str
    copy_link: str
    keys: str
    lost: str
    lost_hint: str


FRAME_TEXTS: dict[str, FrameTexts] = {
    "en": FrameTexts(
        pages="Pages",
        ask="Ask",
        history="Questions asked",
        copy_link="Copy link",
        keys="{slash} to ask · {left} {right} between citations · {escape} closes the page",
        lost="The server does not answer",
        lost_hint="The page tries again by itself and keeps your question.",
    ),
    "zh-Hans": FrameTexts(
        pages="页面",
        ask="提问",
        history="已提的问题",
        copy_link="复制链接",
        keys="{slash} 提问 · {left} {right} 切换引用 · {escape} 关闭原页",
        lost="服务器没有响应",
        lost_hint="页面会自动重试，并保留您的问题。",
    ),
    "zh-Hant": FrameTexts(
        pages="頁面",
        ask="提問",
        history="已提的問題",
        copy_link="複製連結",
        keys="{slash} 提問 · {left} {right} 切換引用 · {escape} 關閉原頁",
        lost="伺服器沒有回應",
        lost_hint="頁面會自動重試，並保留您的問題。",
    ),
    "ar": FrameTexts(
        pages="الصفحات",
        ask="اسأل",
        history="الأسئلة السابقة",
        copy_link="نسخ الرابط",
        keys="{slash} للسؤال · {left} {right} للتنقل بين الاستشهادات · {escape} لإغلاق الصفحة",
        lost="الخادم لا يستجيب",
        lost_hint="تعيد الصفحة المحاولة تلقائيًا وتحتفظ بسؤالك.",
    ),
    "ja": FrameTexts(
        pages="ページ一覧",
        ask="質問",
        history="これまでの質問",
        copy_link="リンクをコピー",
        keys="{slash} 質問欄へ · {left} {right} 引用を移動 · {escape} ページを閉じる",
        lost="サーバーが応答しません",
        lost_hint="自動的に再接続します。質問は保持されます。",
    ),
}


def frame_texts(language: str) -> FrameTexts:
    """The frame in ``language``; in English where it is not one of the five."""
    return FRAME_TEXTS.get(language, FRAME_TEXTS["en"])
