"""The few words an answer says itself, in the question's language."""

from __future__ import annotations

from collections.abc import Sequence

from rag.llm.client import Failure

_REFUSALS = {
    "en": "The reports do not answer this question.",
    "zh-Hans": "这些报告没有回答这个问题。",
    "zh-Hant": "這些報告沒有回答這個問題。",
    "ar": "لا تجيب التقارير عن هذا السؤال.",
    "ja": "これらの報告書には、この質問への答えがありません。",
    "de": "Die Berichte beantworten diese Frage nicht.",
    "fr": "Les rapports ne répondent pas à cette question.",
    "es": "Los informes no responden a esta pregunta.",
}


_SEARCHED = {
    "en": "Reports searched: {count}.",
    "zh-Hans": "已检索报告{count}份。",
    "zh-Hant": "已檢索報告{count}份。",
    "ar": "عدد التقارير التي جرى البحث فيها: {count}.",
    "ja": "検索した報告書：{count}件。",
    "de": "Durchsuchte Berichte: {count}.",
    "fr": "Rapports consultés : {count}.",
    "es": "Informes consultados: {count}.",
}

_MISSING = {
    "en": "None of them has: {words}.",
    "zh-Hans": "其中都没有出现：{words}。",
    "zh-Hant": "其中都沒有出現：{words}。",
    "ar": "لا يرد في أي منها: {words}.",
    "ja": "どの報告書にもない語：{words}。",
    "de": "In keinem kommt vor: {words}.",
    "fr": "Aucun ne contient : {words}.",
    "es": "Ninguno contiene: {words}.",
}

_LISTED = {
    "zh-Hans": ("“{}”", "、"),
    "zh-Hant": ("「{}」", "、"),
    "ja": ("「{}」", "、"),
    "ar": ("«{}»", "، "),
    "de": ("„{}“", ", "),
    "fr": ("« {} »", ", "),
    "es": ("«{}»", ", "),
}


def refusal(language: str, reports: int = 0, missing: Sequence[str] = ()) -> str:
    """What is said when the reports have no answer; English for languages not in the table.

    ``reports`` is how many were searched, 0 where it is not said; ``missing`` are the words of the
    question that none of them has.
    """
    known = language if language in _REFUSALS else "en"
    said = [_REFUSALS[known]]
    if reports:
        said.append(_SEARCHED[known].format(count=reports))
        if missing:
            marks, between = _LISTED.get(known, ("“{}”", ", "))
            words = between.join(marks.format(word) for word in missing)
            said.append(_MISSING[known].format(words=words))
    return ("" if known in {"zh-Hans", "zh-Hant", "ja"} else " ").join(said)


_DIFFERING = {
    "en": "The reports contradict each other: {values}.",
    "zh-Hans": "各报告说法不一：{values}。",
    "zh-Hant": "各報告說法不一：{values}。",
    "ar": "تختلف التقارير فيما بينها: {values}.",
    "ja": "報告書によって異なります：{values}。",
    "de": "Die Berichte widersprechen sich: {values}.",
    "fr": "Les rapports se contredisent : {values}.",
    "es": "Los informes se contradicen: {values}.",
}


def differing(language: str, values: Sequence[str]) -> str:
    """What is said where reports state other ``values``, each with its mark; empty for none."""
    if not values:
        return ""
    known = language if language in _DIFFERING else "en"
    _, between = _LISTED.get(known, ("", ", "))
    return _DIFFERING[known].format(values=between.join(values))


_UNSURE = {
    "en": "The evidence is weak: check that the quotes answer the question.",
    "zh-Hans": "证据较弱：请核对引文是否确实回答了问题。",
    "zh-Hant": "證據較弱：請核對引文是否確實回答了問題。",
    "ar": "الأدلة ضعيفة: تحقق من أن الاقتباسات تجيب عن السؤال.",
    "ja": "根拠が弱いため、引用が質問の答えになっているか確かめてください。",
    "de": "Die Belege sind schwach: Prüfen Sie, ob die Zitate die Frage beantworten.",
    "fr": "Les indices sont faibles : vérifiez que les citations répondent à la question.",
    "es": "Los indicios son débiles: compruebe que las citas responden a la pregunta.",
}


def unsure(language: str) -> str:
    """What is said where the evidence is enough to answer and not enough to be sure."""
    return _UNSURE.get(language, _UNSURE["en"])


_STANDING_IN = {
    "en": "{why} The answer is therefore quoted from the reports.",
    "zh-Hans": "{why}因此，答案直接摘自报告原文。",
    "zh-Hant": "{why}因此，答案直接摘自報告原文。",
    "ar": "{why} ولذلك اقتُبست الإجابة من التقارير مباشرة.",
    "ja": "{why}そのため、報告書の原文をそのまま引用して回答します。",
}

_WHY: dict[Failure, dict[str, str]] = {
    "unreachable": {
        "en": "The language model's server cannot be reached.",
        "zh-Hans": "无法连接语言模型的服务器。",
        "zh-Hant": "無法連線至語言模型的伺服器。",
        "ar": "تعذر الاتصال بخادم نموذج اللغة.",
        "ja": "言語モデルのサーバーに接続できません。",
    },
    "slow": {
        "en": "The language model did not answer in time.",
        "zh-Hans": "语言模型未能及时作答。",
        "zh-Hant": "語言模型未能及時作答。",
        "ar": "لم يُجب نموذج اللغة في الوقت المحدد.",
        "ja": "言語モデルが時間内に応答しませんでした。",
    },
    "busy": {
        "en": "The language model's server has too many requests.",
        "zh-Hans": "语言模型的服务器请求过多。",
        "zh-Hant": "語言模型的伺服器請求過多。",
        "ar": "لدى خادم نموذج اللغة طلبات كثيرة جدًا.",
        "ja": "言語モデルのサーバーが混み合っています。",
    },
    "refused": {
        "en": "The language model's server does not accept the key.",
        "zh-Hans": "语言模型的服务器不接受该密钥。",
        "zh-Hant": "語言模型的伺服器不接受該金鑰。",
        "ar": "لا يقبل خادم نموذج اللغة مفتاح الوصول.",
        "ja": "言語モデルのサーバーがキーを受け付けません。",
    },
    "failed": {
        "en": "The language model's server reported a fault.",
        "zh-Hans": "语言模型的服务器报告了故障。",
        "zh-Hant": "語言模型的伺服器回報了故障。",
        "ar": "أبلغ خادم نموذج اللغة عن عطل.",
        "ja": "言語モデルのサーバーが障害を報告しました。",
    },
    "garbled": {
        "en": "The language model's server sent something that is no answer.",
        "zh-Hans": "语言模型的服务器返回的内容无法读取。",
        "zh-Hant": "語言模型的伺服器傳回的內容無法讀取。",
        "ar": "أرسل خادم نموذج اللغة ما لا يمكن قراءته.",
        "ja": "言語モデルのサーバーから読み取れない内容が返されました。",
    },
    "empty": {
        "en": "The language model wrote nothing.",
        "zh-Hans": "语言模型没有写出任何内容。",
        "zh-Hant": "語言模型沒有寫出任何內容。",
        "ar": "لم يكتب نموذج اللغة شيئًا.",
        "ja": "言語モデルは何も書きませんでした。",
    },
    "cut": {
        "en": "The language model's answer broke off.",
        "zh-Hans": "语言模型的答案中途中断。",
        "zh-Hant": "語言模型的答案中途中斷。",
        "ar": "انقطعت إجابة نموذج اللغة قبل نهايتها.",
        "ja": "言語モデルの回答が途中で途切れました。",
    },
    "repetition": {
        "en": "The language model repeated itself without end.",
        "zh-Hans": "语言模型不断重复同样的内容。",
        "zh-Hant": "語言模型不斷重複同樣的內容。",
        "ar": "ظل نموذج اللغة يكرر نفسه بلا نهاية.",
        "ja": "言語モデルが同じ内容を繰り返し続けました。",
    },
    "uncited": {
        "en": "The language model named no source for what it wrote.",
        "zh-Hans": "语言模型没有为其内容注明出处。",
        "zh-Hant": "語言模型沒有為其內容註明出處。",
        "ar": "لم يذكر نموذج اللغة مصدرًا لما كتبه.",
        "ja": "言語モデルの回答には出典がありませんでした。",
    },
    "language": {
        "en": "The language model answered in another language.",
        "zh-Hans": "语言模型用了另一种语言作答。",
        "zh-Hant": "語言模型用了另一種語言作答。",
        "ar": "أجاب نموذج اللغة بلغة أخرى.",
        "ja": "言語モデルが別の言語で回答しました。",
    },
    "unproven": {
        "en": "Nothing the language model wrote is borne out by the passages it cites.",
        "zh-Hans": "语言模型所写的内容，没有一句能由其所引段落证实。",
        "zh-Hant": "語言模型所寫的內容，沒有一句能由其所引段落證實。",
        "ar": "لا تثبت المقاطع المستشهد بها شيئًا مما كتبه نموذج اللغة.",
        "ja": "言語モデルが書いた内容は、引用された箇所では一つも裏付けられませんでした。",
    },
}


def standing_in(failure: Failure, language: str) -> str:
    """Why quotes stand in for a language model's words; English where there is no translation."""
    known = language if language in _STANDING_IN else "en"
    return _STANDING_IN[known].format(why=_WHY[failure][known])
