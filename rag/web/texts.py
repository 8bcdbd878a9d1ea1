"""The interface's own words in five languages.

Sentences with ``{…}`` are filled with ``str.format``. Numbers stand after their noun, because the
plural of five languages does not fit in one sentence.
"""

from __future__ import annotations

from rag.web.text_fields import RIGHT_TO_LEFT, Texts

__all__ = ["RIGHT_TO_LEFT", "TEXTS", "Texts", "texts_for"]

_ENGLISH = Texts(
    language="en",
    language_name="English",
    title="Report Q&A",
    tagline="Answers from regulatory reports, every sentence with its source",
    question="Your question",
    placeholder="Ask about the reports…",
    send="Ask",
    clear="New conversation",
    interface_language="Language of the interface",
    conversation="Conversation",
    welcome="What do the reports say?",
    welcome_hint=(
        "Ask in English, Chinese, Arabic or Japanese. Each number in an answer leads to the "
        "report, the page and the words it rests on."
    ),
    examples="For example",
    evidence="Evidence",
    evidence_empty="The passages behind an answer will appear here.",
    sources="Cited passages",
    closest="Closest passages",
    others="Other passages consulted",
    refused="Not answered by the reports",
    failed="The question could not be answered",
    quoted="Quoted from the reports",
    written_by="Written by {name} from the passages cited",
    page="page {page}",
    page_printed="page {page} (printed “{label}”)",
    citation="Citation {id}: {document}, {page}",
    back="Back to the answer",
    copy="Copy citation",
    copied="Copied",
    dossier="Download dossier",
    reports="Reports in the index",
    pages_count="Pages: {count}",
    loading="Getting ready…",
    loading_index="Opening the index…",
    loading_model="Loading the language model; the first time takes a little longer…",
    searching="Searching the reports…",
    drawing_up="Drawing up the dossier…",
    too_long=(
        "The question has {count} characters; at most {limit} can be searched at once. "
        "Please shorten it to the point you need."
    ),
    unexpected=(
        "An unexpected fault stopped this answer. Ask again; if it happens once more, the "
        "server's log says why."
    ),
    notice="Check the cited words before relying on an answer.",
    writing="Writing and checking each sentence…",
    searched="Searched for:",
    checked="Sentences borne out: {kept}, marked: {marked}, taken out: {removed}",
    unverified="not borne out",
    recognised="The text of this page was recognised from a picture; check it against the page.",
    badly_read="The text of this page was not read well; check it against the page.",
)

_SIMPLIFIED = Texts(
    language="zh-Hans",
    language_name="简体中文",
    title="报告问答",
    tagline="从监管报告中作答，句句有出处",
    question="您的问题",
    placeholder="就报告内容提问…",
    send="提问",
    clear="新对话",
    interface_language="界面语言",
    conversation="对话",
    welcome="报告里怎么说？",
    welcome_hint="可用中文、英文、阿拉伯文或日文提问。点按答案中的编号，即可查看所依据的报告、页码和原文。",
    examples="例如",
    evidence="依据",
    evidence_empty="答案所依据的段落将显示在这里。",
    sources="引用段落",
    closest="最接近的段落",
    others="其他查阅过的段落",
    refused="报告中没有答案",
    failed="无法回答该问题",
    quoted="摘自报告原文",
    written_by="由 {name} 根据所引段落撰写",
    page="第 {page} 页",
    page_printed="第 {page} 页（印刷页码“{label}”）",
    citation="引用 {id}：{document}，{page}",
    back="回到答案",
    copy="复制引用",
    copied="已复制",
    dossier="下载卷宗",
    reports="索引中的报告",
    pages_count="页数：{count}",
    loading="正在准备…",
    loading_index="正在打开索引…",
    loading_model="正在加载语言模型，首次需要稍等片刻…",
    searching="正在检索报告…",
    drawing_up="正在制作卷宗…",
    too_long="问题共 {count} 个字符，一次最多检索 {limit} 个字符。请缩短为要点后再问。",
    unexpected="发生意外故障，未能作答。请再问一次；若再次出现，服务器日志中有原因。",
    notice="采用答案之前，请核对所引原文。",
    writing="正在撰写并逐句核对…",
    searched="检索的问题：",
    checked="获证实的句子：{kept}，标注：{marked}，删去：{removed}",
    unverified="未获证实",
    recognised="本页文字由图像识别而来，请与原页核对。",
    badly_read="本页文字提取质量较低，请与原页核对。",
)

_TRADITIONAL = Texts(
    language="zh-Hant",
    language_name="繁體中文",
    title="報告問答",
    tagline="從監理報告中作答，句句有出處",
    question="您的問題",
    placeholder="就報告內容提問…",
    send="提問",
    clear="新對話",
    interface_language="介面語言",
    conversation="對話",
    welcome="報告裡怎麼說？",
    welcome_hint="可用中文、英文、阿拉伯文或日文提問。點選答案中的編號，即可查看所依據的報告、頁碼與原文。",
    examples="例如",
    evidence="依據",
    evidence_empty="答案所依據的段落將顯示於此。",
    sources="引用段落",
    closest="最接近的段落",
    others="其他查閱過的段落",
    refused="報告中沒有答案",
    failed="無法回答此問題",
    quoted="摘自報告原文",
    written_by="由 {name} 根據所引段落撰寫",
    page="第 {page} 頁",
    page_printed="第 {page} 頁（印刷頁碼「{label}」）",
    citation="引用 {id}：{document}，{page}",
    back="回到答案",
    copy="複製引用",
    copied="已複製",
    dossier="下載卷宗",
    reports="索引中的報告",
    pages_count="頁數：{count}",
    loading="正在準備…",
    loading_index="正在開啟索引…",
    loading_model="正在載入語言模型，首次需要稍候片刻…",
    searching="正在檢索報告…",
    drawing_up="正在製作卷宗…",
    too_long="問題共 {count} 個字元，一次最多檢索 {limit} 個字元。請縮短為要點後再問。",
    unexpected="發生意外故障，未能作答。請再問一次；若再次出現，伺服器記錄中有原因。",
    notice="採用答案之前，請核對所引原文。",
    writing="正在撰寫並逐句核對…",
    searched="檢索的問題：",
    checked="獲證實的句子：{kept}，標註：{marked}，刪去：{removed}",
    unverified="未獲證實",
    recognised="本頁文字由影像辨識而來，請與原頁核對。",
    badly_read="本頁文字擷取品質較低，請與原頁核對。",
)

_ARABIC = Texts(
    language="ar",
    language_name="العربية",
    title="أسئلة التقارير",
    tagline="إجابات من التقارير الرقابية، ولكل جملة مصدرها",
    question="سؤالك",
    placeholder="اسأل عن محتوى التقارير…",
    send="اسأل",
    clear="محادثة جديدة",
    interface_language="لغة الواجهة",
    conversation="المحادثة",
    welcome="ماذا تقول التقارير؟",
    welcome_hint=(
        "اسأل بالعربية أو الإنجليزية أو الصينية أو اليابانية. كل رقم في الإجابة يقودك إلى "
        "التقرير والصفحة والكلمات التي تستند إليها."
    ),
    examples="على سبيل المثال",
    evidence="الأدلة",
    evidence_empty="ستظهر هنا المقاطع التي تستند إليها الإجابة.",
    sources="المقاطع المستشهد بها",
    closest="أقرب المقاطع",
    others="مقاطع أخرى جرى الاطلاع عليها",
    refused="لا تجيب التقارير عن هذا السؤال",
    failed="تعذرت الإجابة عن السؤال",
    quoted="مقتبس من التقارير",
    written_by="صاغه {name} من المقاطع المستشهد بها",
    page="الصفحة {page}",
    page_printed="الصفحة {page} (المطبوع «{label}»)",
    citation="الاستشهاد {id}: {document}، {page}",
    back="العودة إلى الإجابة",
    copy="نسخ الاستشهاد",
    copied="نُسخ",
    dossier="تنزيل ملف الإثبات",
    reports="التقارير المفهرسة",
    pages_count="الصفحات: {count}",
    loading="جارٍ التحضير…",
    loading_index="جارٍ فتح الفهرس…",
    loading_model="جارٍ تحميل نموذج اللغة، وقد يستغرق ذلك وقتًا أطول في المرة الأولى…",
    searching="جارٍ البحث في التقارير…",
    drawing_up="جارٍ إعداد ملف الإثبات…",
    too_long=(
        "يتألف السؤال من {count} حرفًا، والحد الأقصى للبحث {limit} حرف. "
        "يُرجى اختصاره إلى ما تحتاج إليه."
    ),
    unexpected=(
        "حال خلل غير متوقع دون هذه الإجابة. أعد السؤال؛ وإن تكرر الأمر فسببه في سجل الخادم."
    ),
    notice="تحقق من الكلمات المستشهد بها قبل الاعتماد على أي إجابة.",
    writing="جارٍ الكتابة والتحقق من كل جملة…",
    searched="السؤال الذي جرى البحث عنه:",
    checked="الجمل المثبتة: {kept}، المعلَّمة: {marked}، المحذوفة: {removed}",
    unverified="غير مثبتة",
    recognised="استُخرج نص هذه الصفحة من صورة بالتعرف الضوئي؛ قارنه بالصفحة نفسها.",
    badly_read="لم يُستخرج نص هذه الصفحة جيدًا؛ قارنه بالصفحة نفسها.",
)

_JAPANESE = Texts(
    language="ja",
    language_name="日本語",
    title="報告書 Q&A",
    tagline="規制・監督の報告書から、一文ごとに出典を添えて回答します",
    question="質問",
    placeholder="報告書について質問する…",
    send="質問する",
    clear="新しい会話",
    interface_language="表示言語",
    conversation="会話",
    welcome="報告書には何と書かれていますか。",
    welcome_hint=(
        "日本語、英語、中国語、アラビア語で質問できます。回答中の番号を押すと、"
        "根拠となる報告書、ページ、原文を確認できます。"
    ),
    examples="質問の例",
    evidence="根拠",
    evidence_empty="回答の根拠となる箇所がここに表示されます。",
    sources="引用箇所",
    closest="最も近い箇所",
    others="その他に参照した箇所",
    refused="報告書に回答がありません",
    failed="質問に回答できませんでした",
    quoted="報告書からの引用",
    written_by="引用箇所をもとに {name} が作成",
    page="{page} ページ",
    page_printed="{page} ページ（印刷表記「{label}」）",
    citation="引用 {id}：{document}、{page}",
    back="回答に戻る",
    copy="引用をコピー",
    copied="コピーしました",
    dossier="証拠書類をダウンロード",
    reports="索引にある報告書",
    pages_count="ページ数：{count}",
    loading="準備しています…",
    loading_index="索引を開いています…",
    loading_model="言語モデルを読み込んでいます。初回は少し時間がかかります…",
    searching="報告書を検索しています…",
    drawing_up="証拠書類を作成しています…",
    too_long=(
        "質問は {count} 文字あります。一度に検索できるのは {limit} 文字までです。"
        "要点に絞ってください。"
    ),
    unexpected=(
        "予期しない障害により回答できませんでした。もう一度質問してください。"
        "繰り返す場合は、サーバーのログに理由があります。"
    ),
    notice="回答を利用する前に、引用された原文を確認してください。",
    writing="作成し、一文ずつ確認しています…",
    searched="検索した質問：",
    checked="裏付けのある文：{kept}、印付き：{marked}、削除：{removed}",
    unverified="裏付けなし",
    recognised="このページの文字は画像から認識したものです。原本のページと照合してください。",
    badly_read="このページの文字は正しく読み取れていないおそれがあります。原本のページと照合してください。",
)

TEXTS = {
    texts.language: texts for texts in (_ENGLISH, _SIMPLIFIED, _TRADITIONAL, _ARABIC, _JAPANESE)
}


def texts_for(language: str) -> Texts:
    """The interface in ``language``; in English where it is not one of the five."""
    return TEXTS.get(language, _ENGLISH)
