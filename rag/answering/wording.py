"""The few words an answer says itself, in the question's language."""

from __future__ import annotations

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


def refusal(language: str) -> str:
    """What is said when the reports have no answer; English for languages not in the table."""
    return _REFUSALS.get(language, _REFUSALS["en"])
