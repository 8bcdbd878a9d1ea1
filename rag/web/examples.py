"""Questions to click, for the sample reports: one a language, and one across languages."""

from __future__ import annotations

EXAMPLES: tuple[tuple[str, str], ...] = (
    ("en", "What does Rule 4.2 of the Lornia rulebook say about sub-contracting?"),
    ("en", "How much was stolen from Japanese targets since 2017, according to Elliptic?"),
    ("zh-Hans", "恒舟平台被盗时，联网钱包里放了客户资产的几成？"),
    ("zh-Hant", "委外檢查報告第二十三條規定中斷後多久要通知主管機關？"),
    ("ar", "كم كان حجم صندوق حماية العملاء الذي استُخدم بعد سرقة خليج؟"),
    ("ja", "ハヤテ・コインの課長は全部でいくら着服したか。"),
)
"""Language and question."""
