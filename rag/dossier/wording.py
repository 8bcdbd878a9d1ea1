"""The dossier's own words in five languages."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Wording:
    """Every string of a dossier in one language; ``{…}`` are filled with ``str.format``."""

    language: str
    title: str
    question: str
    made: str
    filters: str
    no_filters: str
    filter_names: Mapping[str, str]
    answer: str
    quote: str
    report: str
    source: str
    page: str
    printed: str
    section: str
    quote_language: str
    sha256: str
    characters: str
    quality: str
    marked: str
    unmarked: str
    no_picture: str
    origin: str
    generation: str
    built: str
    generator: str
    extractive: str
    fingerprints: str
    versions: str
    notice: str
    colon: str = ": "

    @property
    def rtl(self) -> bool:
        """Whether it is set from right to left."""
        return self.language == "ar"


_ENGLISH = Wording(
    language="en",
    title="Dossier of an answer",
    question="Question",
    made="Drawn up",
    filters="Limited to",
    no_filters="all reports",
    filter_names={
        "language": "language",
        "document": "document",
        "issuer": "issuer",
        "kind": "kind",
        "since": "from",
        "until": "up to",
    },
    answer="Answer",
    quote="Quote {id}",
    report="Report",
    source="File",
    page="Page",
    printed="{page} (printed “{label}”)",
    section="Section",
    quote_language="Language of the quote",
    sha256="SHA-256 of the file",
    characters="Characters of the extracted text",
    quality="Quality of the page's text, 0 to 1",
    marked="Page {page}; the quote is marked in yellow.",
    unmarked="Page {page}, whole: the quote's place on it could not be determined.",
    no_picture="There is no picture of the page: {reason}",
    origin="How the answer came about",
    generation="Generation of the index",
    built="Index built",
    generator="Written by",
    extractive="no one: quoted from the reports",
    fingerprints="The index was made with",
    versions="Versions",
    notice="Compare each quote with its report before relying on the answer.",
)
_SIMPLIFIED = Wording(
    language="zh-Hans",
    title="答案卷宗",
    question="问题",
    made="制作时间",
    filters="限定范围",
    no_filters="全部报告",
    filter_names={
        "language": "语言",
        "document": "文件",
        "issuer": "发布机构",
        "kind": "类型",
        "since": "起始日期",
        "until": "截止日期",
    },
    answer="答案",
    quote="引文 {id}",
    report="报告",
    source="文件",
    page="页",
    printed="{page}（印刷页码“{label}”）",
    section="章节",
    quote_language="引文语言",
    sha256="文件的 SHA-256",
    characters="在提取文本中的字符位置",
    quality="该页文本质量（0 至 1）",
    marked="第 {page} 页，引文以黄色标出。",
    unmarked="第 {page} 页全页：无法确定引文在页面上的位置。",
    no_picture="没有页面图像：{reason}",
    origin="答案的来历",
    generation="索引版本",
    built="索引建立时间",
    generator="撰写者",
    extractive="无：直接引自报告",
    fingerprints="索引所用组件",
    versions="程序版本",
    notice="采用答案之前，请将每条引文与报告原文核对。",
    colon="：",
)
_TRADITIONAL = Wording(
    language="zh-Hant",
    title="答案卷宗",
    question="問題",
    made="製作時間",
    filters="限定範圍",
    no_filters="全部報告",
    filter_names={
        "language": "語言",
        "document": "文件",
        "issuer": "發布機構",
        "kind": "類型",
        "since": "起始日期",
        "until": "截止日期",
    },
    answer="答案",
    quote="引文 {id}",
    report="報告",
    source="檔案",
    page="頁",
    printed="{page}（印刷頁碼「{label}」）",
    section="章節",
    quote_language="引文語言",
    sha256="檔案的 SHA-256",
    characters="在擷取文字中的字元位置",
    quality="該頁文字品質（0 至 1）",
    marked="第 {page} 頁，引文以黃色標出。",
    unmarked="第 {page} 頁全頁：無法確定引文在頁面上的位置。",
    no_picture="沒有頁面圖像：{reason}",
    origin="答案的來歷",
    generation="索引版本",
    built="索引建立時間",
    generator="撰寫者",
    extractive="無：直接引自報告",
    fingerprints="索引所用元件",
    versions="程式版本",
    notice="採用答案之前，請將每則引文與報告原文核對。",
    colon="：",
)
_ARABIC = Wording(
    language="ar",
    title="ملف إثبات الإجابة",
    question="السؤال",
    made="تاريخ الإعداد",
    filters="نطاق البحث",
    no_filters="جميع التقارير",
    filter_names={
        "language": "اللغة",
        "document": "المستند",
        "issuer": "الجهة المصدرة",
        "kind": "النوع",
        "since": "من تاريخ",
        "until": "حتى تاريخ",
    },
    answer="الإجابة",
    quote="الاقتباس {id}",
    report="التقرير",
    source="الملف",
    page="الصفحة",
    printed="{page} (المطبوع «{label}»)",
    section="القسم",
    quote_language="لغة الاقتباس",
    sha256="بصمة الملف SHA-256",
    characters="مواضع الأحرف في النص المستخرج",
    quality="جودة نص الصفحة، من 0 إلى 1",
    marked="الصفحة {page}، والاقتباس مظلل بالأصفر.",
    unmarked="الصفحة {page} كاملة: تعذر تحديد موضع الاقتباس فيها.",
    no_picture="لا توجد صورة للصفحة: {reason}",
    origin="كيف نشأت الإجابة",
    generation="إصدار الفهرس",
    built="تاريخ بناء الفهرس",
    generator="صياغة",
    extractive="لا أحد: مقتبسة من التقارير",
    fingerprints="بُني الفهرس باستخدام",
    versions="إصدارات البرنامج",
    notice="قارن كل اقتباس بتقريره قبل الاعتماد على الإجابة.",
)
_JAPANESE = Wording(
    language="ja",
    title="回答の証拠書類",
    question="質問",
    made="作成日時",
    filters="対象の限定",
    no_filters="すべての報告書",
    filter_names={
        "language": "言語",
        "document": "文書",
        "issuer": "発行者",
        "kind": "種類",
        "since": "この日以降",
        "until": "この日まで",
    },
    answer="回答",
    quote="引用 {id}",
    report="報告書",
    source="ファイル",
    page="ページ",
    printed="{page}（印刷表記「{label}」）",
    section="章節",
    quote_language="引用の言語",
    sha256="ファイルの SHA-256",
    characters="抽出した本文での文字位置",
    quality="ページの本文の品質（0～1）",
    marked="{page} ページ。引用箇所を黄色で示しています。",
    unmarked="{page} ページ全体。引用箇所の位置を特定できませんでした。",
    no_picture="ページの画像はありません：{reason}",
    origin="回答の作成経緯",
    generation="索引の世代",
    built="索引の作成日時",
    generator="作成者",
    extractive="なし（報告書からの引用）",
    fingerprints="索引の作成に用いたもの",
    versions="バージョン",
    notice="回答を利用する前に、各引用を報告書の原文と照合してください。",
    colon="：",
)

WORDINGS = {one.language: one for one in (_ENGLISH, _SIMPLIFIED, _TRADITIONAL, _ARABIC, _JAPANESE)}


def wording_for(language: str) -> Wording:
    """The wording in ``language``; in English where it is not one of the five."""
    return WORDINGS.get(language, _ENGLISH)


def language_name(code: str, wording: Wording) -> str:
    """What a language is called in the wording's own; the code where that is not known."""
    names = _NAMES.get(code)
    return names[list(WORDINGS).index(wording.language)] if names else code


# By code, each in the order of ``WORDINGS``.
_NAMES = {
    "en": ("English", "英语", "英語", "الإنجليزية", "英語"),
    "zh-Hans": ("Simplified Chinese", "简体中文", "簡體中文", "الصينية المبسطة", "簡体字中国語"),
    "zh-Hant": ("Traditional Chinese", "繁体中文", "繁體中文", "الصينية التقليدية", "繁体字中国語"),
    "ar": ("Arabic", "阿拉伯语", "阿拉伯語", "العربية", "アラビア語"),
    "ja": ("Japanese", "日语", "日語", "اليابانية", "日本語"),
    "ko": ("Korean", "韩语", "韓語", "الكورية", "韓国語"),
    "th": ("Thai", "泰语", "泰語", "التايلاندية", "タイ語"),
    "hi": ("Hindi", "印地语", "印地語", "الهندية", "ヒンディー語"),
    "el": ("Greek", "希腊语", "希臘語", "اليونانية", "ギリシャ語"),
    "he": ("Hebrew", "希伯来语", "希伯來語", "العبرية", "ヘブライ語"),
    "fa": ("Persian", "波斯语", "波斯語", "الفارسية", "ペルシア語"),
    "ur": ("Urdu", "乌尔都语", "烏爾都語", "الأردية", "ウルドゥー語"),
    "ru": ("Russian", "俄语", "俄語", "الروسية", "ロシア語"),
    "uk": ("Ukrainian", "乌克兰语", "烏克蘭語", "الأوكرانية", "ウクライナ語"),
    "bg": ("Bulgarian", "保加利亚语", "保加利亞語", "البلغارية", "ブルガリア語"),
    "de": ("German", "德语", "德語", "الألمانية", "ドイツ語"),
    "fr": ("French", "法语", "法語", "الفرنسية", "フランス語"),
    "es": ("Spanish", "西班牙语", "西班牙語", "الإسبانية", "スペイン語"),
    "it": ("Italian", "意大利语", "義大利語", "الإيطالية", "イタリア語"),
    "pt": ("Portuguese", "葡萄牙语", "葡萄牙語", "البرتغالية", "ポルトガル語"),
    "nl": ("Dutch", "荷兰语", "荷蘭語", "الهولندية", "オランダ語"),
    "ro": ("Romanian", "罗马尼亚语", "羅馬尼亞語", "الرومانية", "ルーマニア語"),
    "tr": ("Turkish", "土耳其语", "土耳其語", "التركية", "トルコ語"),
    "vi": ("Vietnamese", "越南语", "越南語", "الفيتنامية", "ベトナム語"),
    "id": ("Indonesian", "印度尼西亚语", "印尼語", "الإندونيسية", "インドネシア語"),
    "pl": ("Polish", "波兰语", "波蘭語", "البولندية", "ポーランド語"),
}
