"""What the pages around the chat say, in the interface's five languages.

Sentences with ``{…}`` are filled with ``str.format``; numbers stand after their noun.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from rag.web.text_fields import RIGHT_TO_LEFT


@dataclass(frozen=True, slots=True)
class SiteTexts:
    """Every string of the pages around the chat in one language."""

    language: str
    chat: str
    library: str
    evaluate: str
    sign_in: str
    sign_out: str
    name: str
    password: str
    wrong_password: str
    too_many_tries: str
    too_many_questions: str
    still_answering: str
    library_hint: str
    drop: str
    choose: str
    report: str
    pages: str
    report_language: str
    issuer: str
    kind: str
    date: str
    quality: str
    skipped: str
    reason: str
    remove: str
    remove_sure: str
    replace_sure: str
    bring_up_to_date: str
    uploading: str
    received: str
    read_pages: str
    left_out: str
    building: str
    up_to_date: str
    failed: str
    evaluate_hint: str
    queries: str
    upload_queries: str
    run: str
    running: str
    result: str
    good: str
    bad: str
    noted: str

    @property
    def direction(self) -> str:
        """``"rtl"`` or ``"ltr"``."""
        return "rtl" if self.language in RIGHT_TO_LEFT else "ltr"

    def as_json(self) -> dict[str, Any]:
        """The strings by name, for the pages' scripts."""
        return asdict(self)


_ENGLISH = SiteTexts(
    language="en",
    chat="Chat",
    library="Library",
    evaluate="Evaluate",
    sign_in="Sign in",
    sign_out="Sign out",
    name="Name",
    password="Password",
    wrong_password="Name and password do not fit. Try again.",
    too_many_tries="Too many tries. Wait a moment; seconds: {seconds}.",
    too_many_questions="You have asked many questions in a short time. Ask again in a moment; "
    "seconds: {seconds}.",
    still_answering="Your former questions are still being answered. Wait for one of them.",
    library_hint="The reports that answers come from, and files that could not be read.",
    drop="Drop reports here to add them",
    choose="Choose files",
    report="Report",
    pages="Pages",
    report_language="Language",
    issuer="Issuer",
    kind="Kind",
    date="Date",
    quality="Quality",
    skipped="Not read",
    reason="Reason",
    remove="Remove",
    remove_sure="Delete {name} from the library? The file is deleted for good.",
    replace_sure="There is a report called {name} already. Replace it?",
    bring_up_to_date="Bring the index up to date",
    uploading="Sending",
    received="Received",
    read_pages="Read; pages: {pages}",
    left_out="Left out: {reason}",
    building="Indexing",
    up_to_date="The index is up to date.",
    failed="That did not work: {reason}",
    evaluate_hint="Measure retrieval and answers with a file of test queries.",
    queries="Test queries",
    upload_queries="Send a file",
    run="Run",
    running="Running",
    result="Result",
    good="This passage answers the question",
    bad="This passage does not answer the question",
    noted="Noted",
)

_SIMPLIFIED = SiteTexts(
    language="zh-Hans",
    chat="问答",
    library="报告库",
    evaluate="评测",
    sign_in="登录",
    sign_out="退出",
    name="姓名",
    password="密码",
    wrong_password="姓名与密码不符，请重试。",
    too_many_tries="尝试次数过多，请稍候再试，秒数：{seconds}。",
    too_many_questions="您在短时间内提问过多，请稍候再问，秒数：{seconds}。",
    still_answering="您之前的问题仍在作答，请等其中一个完成。",
    library_hint="答案所依据的报告，以及未能读取的文件。",
    drop="将报告拖放到此处即可添加",
    choose="选择文件",
    report="报告",
    pages="页数",
    report_language="语言",
    issuer="发布机构",
    kind="类型",
    date="日期",
    quality="质量",
    skipped="未读取",
    reason="原因",
    remove="删除",
    remove_sure="要从报告库中删除 {name} 吗？文件将被永久删除。",
    replace_sure="已有名为 {name} 的报告。要替换它吗？",
    bring_up_to_date="更新索引",
    uploading="正在上传",
    received="已收到",
    read_pages="已读取，页数：{pages}",
    left_out="未收录：{reason}",
    building="正在建立索引",
    up_to_date="索引已是最新。",
    failed="操作未成功：{reason}",
    evaluate_hint="用一份测试问题文件评测检索与作答。",
    queries="测试问题",
    upload_queries="上传文件",
    run="运行",
    running="正在运行",
    result="结果",
    good="此段落回答了问题",
    bad="此段落没有回答问题",
    noted="已记录",
)

_TRADITIONAL = SiteTexts(
    language="zh-Hant",
    chat="問答",
    library="報告庫",
    evaluate="評測",
    sign_in="登入",
    sign_out="登出",
    name="姓名",
    password="密碼",
    wrong_password="姓名與密碼不符，請再試一次。",
    too_many_tries="嘗試次數過多，請稍候再試，秒數：{seconds}。",
    too_many_questions="您在短時間內提問過多，請稍候再問，秒數：{seconds}。",
    still_answering="您先前的問題仍在作答，請等其中一個完成。",
    library_hint="答案所依據的報告，以及未能讀取的檔案。",
    drop="將報告拖放到此處即可新增",
    choose="選擇檔案",
    report="報告",
    pages="頁數",
    report_language="語言",
    issuer="發布機構",
    kind="類型",
    date="日期",
    quality="品質",
    skipped="未讀取",
    reason="原因",
    remove="刪除",
    remove_sure="要從報告庫中刪除 {name} 嗎？檔案將永久刪除。",
    replace_sure="已有名為 {name} 的報告。要取代它嗎？",
    bring_up_to_date="更新索引",
    uploading="正在上傳",
    received="已收到",
    read_pages="已讀取，頁數：{pages}",
    left_out="未收錄：{reason}",
    building="正在建立索引",
    up_to_date="索引已是最新。",
    failed="操作未成功：{reason}",
    evaluate_hint="以一份測試問題檔評測檢索與作答。",
    queries="測試問題",
    upload_queries="上傳檔案",
    run="執行",
    running="正在執行",
    result="結果",
    good="此段落回答了問題",
    bad="此段落沒有回答問題",
    noted="已記錄",
)

_ARABIC = SiteTexts(
    language="ar",
    chat="المحادثة",
    library="مكتبة التقارير",
    evaluate="التقييم",
    sign_in="تسجيل الدخول",
    sign_out="تسجيل الخروج",
    name="الاسم",
    password="كلمة المرور",
    wrong_password="الاسم وكلمة المرور غير متطابقين. حاول مرة أخرى.",
    too_many_tries="محاولات كثيرة. انتظر قليلًا؛ الثواني: {seconds}.",
    too_many_questions="طرحت أسئلة كثيرة في وقت قصير. أعد السؤال بعد قليل؛ الثواني: {seconds}.",
    still_answering="ما زالت أسئلتك السابقة قيد الإجابة. انتظر اكتمال أحدها.",
    library_hint="التقارير التي تستند إليها الإجابات، والملفات التي تعذرت قراءتها.",
    drop="أفلت التقارير هنا لإضافتها",
    choose="اختر ملفات",
    report="التقرير",
    pages="الصفحات",
    report_language="اللغة",
    issuer="الجهة المصدرة",
    kind="النوع",
    date="التاريخ",
    quality="الجودة",
    skipped="لم تُقرأ",
    reason="السبب",
    remove="حذف",
    remove_sure="هل تريد حذف {name} من المكتبة؟ سيُحذف الملف نهائيًا.",
    replace_sure="يوجد تقرير باسم {name}. هل تريد استبداله؟",
    bring_up_to_date="تحديث الفهرس",
    uploading="جارٍ الإرسال",
    received="استُلم",
    read_pages="قُرئ؛ الصفحات: {pages}",
    left_out="استُبعد: {reason}",
    building="جارٍ الفهرسة",
    up_to_date="الفهرس محدَّث.",
    failed="لم ينجح ذلك: {reason}",
    evaluate_hint="قياس البحث والإجابات بملف من أسئلة الاختبار.",
    queries="أسئلة الاختبار",
    upload_queries="إرسال ملف",
    run="تشغيل",
    running="جارٍ التشغيل",
    result="النتيجة",
    good="هذا المقطع يجيب عن السؤال",
    bad="هذا المقطع لا يجيب عن السؤال",
    noted="سُجِّل",
)

_JAPANESE = SiteTexts(
    language="ja",
    chat="質問",
    library="報告書一覧",
    evaluate="評価",
    sign_in="ログイン",
    sign_out="ログアウト",
    name="名前",
    password="パスワード",
    wrong_password="名前とパスワードが一致しません。もう一度お試しください。",
    too_many_tries="試行回数が多すぎます。しばらくお待ちください。秒数：{seconds}",
    too_many_questions="短時間に多くの質問がありました。しばらくしてから質問してください。"
    "秒数：{seconds}",
    still_answering="前の質問に回答しています。いずれかが終わるまでお待ちください。",
    library_hint="回答の根拠となる報告書と、読み取れなかったファイルです。",
    drop="ここに報告書をドロップすると追加されます",
    choose="ファイルを選択",
    report="報告書",
    pages="ページ数",
    report_language="言語",
    issuer="発行者",
    kind="種類",
    date="日付",
    quality="品質",
    skipped="読み取れなかったもの",
    reason="理由",
    remove="削除",
    remove_sure="{name} を一覧から削除しますか。ファイルは完全に削除されます。",
    replace_sure="{name} という報告書が既にあります。置き換えますか。",
    bring_up_to_date="索引を更新",
    uploading="送信中",
    received="受信済み",
    read_pages="読み取り済み、ページ数：{pages}",
    left_out="対象外：{reason}",
    building="索引を作成しています",
    up_to_date="索引は最新です。",
    failed="実行できませんでした：{reason}",
    evaluate_hint="テスト用の質問ファイルで検索と回答を測定します。",
    queries="テスト用の質問",
    upload_queries="ファイルを送信",
    run="実行",
    running="実行しています",
    result="結果",
    good="この箇所は質問に答えている",
    bad="この箇所は質問に答えていない",
    noted="記録しました",
)

SITE_TEXTS = {
    texts.language: texts for texts in (_ENGLISH, _SIMPLIFIED, _TRADITIONAL, _ARABIC, _JAPANESE)
}


def site_texts_for(language: str) -> SiteTexts:
    """The texts in ``language``; in English where it is not one of the five."""
    return SITE_TEXTS.get(language, _ENGLISH)
