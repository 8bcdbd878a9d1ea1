"""Which language a text is in, and the one table of what differs between languages.

Codes are ISO 639-1, but for Chinese, where the script is part of the code: ``zh-Hans`` and
``zh-Hant``. ``UNKNOWN`` stands for text without letters.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from dataclasses import dataclass
from functools import lru_cache
from importlib.util import find_spec
from typing import TYPE_CHECKING

from rag.text.function_words import FUNCTION_WORDS

if TYPE_CHECKING:
    from lingua import LanguageDetector

UNKNOWN = "und"

# Languages that are told apart with all care, of those that a quick look leaves open.
_LIKELY = 3


@dataclass(frozen=True, slots=True)
class LanguageInfo:
    """``stemmer`` is the Snowball algorithm for a language's words, empty where there is none.

    ``script`` is as ``script_of`` names it; ``spaced``: words are set apart by spaces.
    """

    stemmer: str = ""
    script: str = "latin"
    spaced: bool = True


LANGUAGES: dict[str, LanguageInfo] = {
    "en": LanguageInfo("english"),
    "zh-Hans": LanguageInfo(script="han", spaced=False),
    "zh-Hant": LanguageInfo(script="han", spaced=False),
    "ar": LanguageInfo("arabic", script="arabic"),
    "ja": LanguageInfo(script="han", spaced=False),
    "ko": LanguageInfo(script="hangul"),
    "th": LanguageInfo(script="thai", spaced=False),
    "hi": LanguageInfo("hindi", script="devanagari"),
    "el": LanguageInfo("greek", script="greek"),
    "he": LanguageInfo(script="hebrew"),
    "fa": LanguageInfo("persian", script="arabic"),
    "ur": LanguageInfo(script="arabic"),
    "ru": LanguageInfo("russian", script="cyrillic"),
    "uk": LanguageInfo(script="cyrillic"),
    "bg": LanguageInfo(script="cyrillic"),
    "de": LanguageInfo("german"),
    "fr": LanguageInfo("french"),
    "es": LanguageInfo("spanish"),
    "it": LanguageInfo("italian"),
    "pt": LanguageInfo("portuguese"),
    "nl": LanguageInfo("dutch"),
    "ro": LanguageInfo("romanian"),
    "tr": LanguageInfo("turkish"),
    "vi": LanguageInfo(),
    "id": LanguageInfo("indonesian"),
    "pl": LanguageInfo("polish"),
}

_LATIN = tuple(code for code, info in LANGUAGES.items() if info.script == "latin")
_CYRILLIC = tuple(code for code, info in LANGUAGES.items() if info.script == "cyrillic")
_UNAMBIGUOUS = {"hangul": "ko", "thai": "th", "devanagari": "hi", "greek": "el", "hebrew": "he"}
# One ideograph says about as much as this many letters of an alphabet.
_IDEOGRAPH_WEIGHT = 3
_SAMPLE_CHARACTERS = 4000
_WORD = re.compile(r"[^\W\d_]+")
_SCRIPT_RANGES = (
    ("kana", 0x3041, 0x30FF),
    ("kana", 0x31F0, 0x31FF),
    ("kana", 0xFF66, 0xFF9D),
    ("han", 0x3400, 0x4DBF),
    ("han", 0x4E00, 0x9FFF),
    ("han", 0xF900, 0xFAFF),
    ("han", 0x20000, 0x3FFFF),
    ("hangul", 0x1100, 0x11FF),
    ("hangul", 0xAC00, 0xD7AF),
    ("arabic", 0x0600, 0x06FF),
    ("arabic", 0x0750, 0x077F),
    ("arabic", 0xFB50, 0xFDFF),
    ("arabic", 0xFE70, 0xFEFF),
    ("hebrew", 0x0590, 0x05FF),
    ("devanagari", 0x0900, 0x097F),
    ("thai", 0x0E00, 0x0E7F),
    ("greek", 0x0370, 0x03FF),
    ("greek", 0x1F00, 0x1FFF),
    ("cyrillic", 0x0400, 0x052F),
)
_PERSIAN_LETTERS = frozenset("پچژگ")
_URDU_LETTERS = frozenset("ٹڈڑںےہ")


def normalise_code(code: str) -> str:
    """The table's code for what people write: ``zh``, ``zh-TW``, ``zh_cn``, ``EN`` and so on."""
    parts = code.strip().replace("_", "-").lower().split("-")
    if parts[0] == "zh":
        traditional = {"hant", "tw", "hk", "mo"}
        return "zh-Hant" if traditional.intersection(parts[1:]) else "zh-Hans"
    return parts[0]


@lru_cache(maxsize=8192)
def script_of(character: str) -> str:
    """The script of a letter by its block, ``"latin"`` for Latin, ``""`` for anything else."""
    code = ord(character)
    for name, first, last in _SCRIPT_RANGES:
        if first <= code <= last:
            return name if unicodedata.category(character)[0] in "LM" else ""
    if character.isalpha() and "LATIN" in unicodedata.name(character, ""):
        return "latin"
    return ""


def detect(text: str, default: str = UNKNOWN) -> str:
    """The language most of ``text`` is in, a code of ``LANGUAGES``.

    Scripts decide first; Latin and Cyrillic text is told apart by function words and, only where
    those are silent, by the ``lingua`` library. ``default`` is returned for text without letters
    and preferred where the text itself leaves the choice open (Chinese without a character that is
    Simplified or Traditional only, a Latin name).
    """
    sample = text if len(text) <= _SAMPLE_CHARACTERS else _sample(text)
    counts = Counter(filter(None, map(script_of, sample)))
    if not counts:
        return default
    han, kana = counts.pop("han", 0), counts.pop("kana", 0)
    if han + kana:
        counts["cjk"] = _IDEOGRAPH_WEIGHT * (han + kana)
    script = max(counts, key=lambda name: (counts[name], name))
    if script == "cjk":
        return _detect_cjk(sample, han, kana, default)
    if script in _UNAMBIGUOUS:
        return _UNAMBIGUOUS[script]
    if script == "arabic":
        return _detect_arabic_script(sample)
    candidates = _CYRILLIC if script == "cyrillic" else _LATIN
    return _detect_by_words(sample, candidates, default)


def _sample(text: str) -> str:
    """Beginning, middle and end, so that an English abstract does not decide for a report."""
    third = _SAMPLE_CHARACTERS // 3
    middle = len(text) // 2
    return text[:third] + text[middle : middle + third] + text[-third:]


def _detect_cjk(text: str, han: int, kana: int, default: str) -> str:
    # Chinese reports name Japanese companies in kana; Japanese text has far more than that.
    if kana and kana >= 0.08 * (han + kana):
        return "ja"
    simplified_only, traditional_only, japanese_only = _variant_characters()
    simplified = sum(character in simplified_only for character in text)
    traditional = sum(character in traditional_only for character in text)
    japanese = sum(character in japanese_only for character in text)
    if japanese and not simplified and japanese >= traditional / 4:
        return "ja"
    if simplified == traditional:
        return default if default in {"zh-Hans", "zh-Hant", "ja"} else "zh-Hans"
    return "zh-Hans" if simplified > traditional else "zh-Hant"


@lru_cache(maxsize=1)
def _variant_characters() -> tuple[frozenset[str], frozenset[str], frozenset[str]]:
    """Ideographs used in Simplified Chinese only, in Traditional only, in Japanese only."""
    ideographs = [chr(code) for code in range(0x4E00, 0xA000)]
    to_simplified = convert_each(ideographs, "t2s")
    to_traditional = convert_each(ideographs, "s2t")
    from_japanese = convert_each(ideographs, "jp2t")
    simplified, traditional, japanese = set(), set(), set()
    for character, simple, full, old in zip(
        ideographs, to_simplified, to_traditional, from_japanese, strict=True
    ):
        if simple != character:
            traditional.add(character)
        elif full != character and old == character:
            simplified.add(character)
        elif old != character and full == character:
            japanese.add(character)
    # Written in Traditional text as well: 后 (queen), 里 (mile), 台, 面, 干 and their like.
    simplified -= set("后里台面干征松谷丑几了余准出制千升卷只吁合同向吊周咸喂回困仆曲朱杯板")
    # Standard in Taiwan or Hong Kong too.
    japanese -= set("研真為衛歳偽概即郎餅説顔隠温毎併群峰裏")
    return frozenset(simplified), frozenset(traditional), frozenset(japanese)


def convert_each(characters: list[str], conversion: str) -> list[str]:
    """Each character converted by itself with OpenCC's ``conversion``, such as ``"t2s"``."""
    import opencc

    # A line each, so that no phrase of neighbours is taken for a word.
    converted: list[str] = opencc.OpenCC(conversion).convert("\n".join(characters)).split("\n")
    return converted


def _detect_arabic_script(text: str) -> str:
    letters = set(text)
    if letters & _URDU_LETTERS:
        return "ur"
    return "fa" if letters & _PERSIAN_LETTERS else "ar"


def _detect_by_words(text: str, candidates: tuple[str, ...], default: str) -> str:
    words = [word.lower() for word in _WORD.findall(text)]
    fallback = default if default in candidates else candidates[0]
    hits = {
        language: sum(word in FUNCTION_WORDS[language] for word in words)
        for language in candidates
        if language in FUNCTION_WORDS
    }
    ranked = sorted(hits, key=lambda language: -hits[language])
    best, second = ranked[0], ranked[1] if len(ranked) > 1 else ranked[0]
    decisive = hits[best] >= 2 and hits[best] >= 0.1 * len(words)
    if decisive and (best == second or hits[best] >= 1.5 * hits[second]):
        return best
    # Where a report's language is known, a few of its words are enough, or a few words at all:
    # loading lingua takes longer than reading the report.
    known = default in hits
    if known and hits[default] >= max(1, 0.05 * len(words), hits[best]):
        return default
    letters = sum(map(len, words))
    if letters < (60 if known else 20) and not any(ord(character) > 0x7F for character in text):
        return fallback
    return _detect_with_lingua(text, candidates, fallback)


def _detect_with_lingua(text: str, candidates: tuple[str, ...], fallback: str) -> str:
    if find_spec("lingua") is None:
        # It has no wheels for the newest Pythons; the lock leaves it out there.
        return fallback
    # Its full models take seconds to load: the small ones choose the few that are needed.
    likely = [code for code, _ in _confidences(text, candidates, small=True)[:_LIKELY]]
    chosen = tuple(sorted({*likely, fallback}))
    code, confidence = _confidences(text, chosen, small=False)[0]
    return code if confidence >= 0.5 else fallback


def _confidences(text: str, candidates: tuple[str, ...], *, small: bool) -> list[tuple[str, float]]:
    values = _lingua(candidates, small).compute_language_confidence_values(text)
    return [(value.language.iso_code_639_1.name.lower(), value.value) for value in values]


@lru_cache(maxsize=256)
def _lingua(candidates: tuple[str, ...], small: bool) -> LanguageDetector:
    from lingua import IsoCode639_1, LanguageDetectorBuilder

    codes = [getattr(IsoCode639_1, code.upper()) for code in candidates]
    builder = LanguageDetectorBuilder.from_iso_codes_639_1(*codes)
    return (builder.with_low_accuracy_mode() if small else builder).build()
