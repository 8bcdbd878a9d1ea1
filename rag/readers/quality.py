"""How far the text of a page can be trusted, judged from the text and a second reader's.

The score is a product of three shares, each from 0 to 1: how much of the text is characters at
all, how much of it any language would write, and how far a second reader agrees. All are pure
functions; what they were set by is said beside each constant.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import pairwise

from rag.readers.characters import mend
from rag.schema import DISAGREEMENT, EMPTY, GARBLED, OCR, PICTURE, SCRIPT, Page, Reading
from rag.text.function_words import FUNCTION_WORDS
from rag.text.languages import script_of

# A page is faulty when more than this share is wrong. Of 565 healthy pages (filings, the sample
# corpus, articles in 13 languages) none has more than 0.007 that is no text, 0.08 that no language
# writes, or 0.002 that a second reader has otherwise; pages whose character map was removed have
# 0.12 or more of the first, pages whose map was shuffled 0.5 or more of the second.
_MOST_BROKEN = 0.02
_MOST_IMPLAUSIBLE = 0.15
_MOST_DISAGREEMENT = 0.01
# One wrong character in ten makes most words wrong; in forty, one word in eight.
_BROKEN_COST = 10.0
_IMPLAUSIBLE_COST = 2.0
_DISAGREEMENT_COST = 4.0
_ALIEN_COST = 0.3
_SPOKEN = 0.08
_FEW = 3
# Words, or pairs of letters, below which a share of them says little.
_ENOUGH = 20
_ENOUGH_ARABIC = 60
# Of the words of Arabic prose 0.44 to 0.69 are function words or carry the article; with a wrong
# character map at most 0.04 are.
_ARABIC_GRAMMAR = 0.3
# A page has more text than this, or the picture that fills it is what it says.
_CAPTION = 120

_NO_TEXT = frozenset({"Cc", "Cn", "Co", "Cs"})
_LAID_OUT = frozenset("\n\t\f\r\v")
_CID = re.compile(r"\(cid:[0-9]+\)")
_LATIN_WORD = re.compile(r"[A-Za-z\u00c0-\u024f\u1e00-\u1eff]{4,}")
_VOWEL = re.compile(r"[aeiouyAEIOUY\u00c0-\u024f\u1e00-\u1eff]")
_ASCII_LETTER = re.compile(r"[A-Za-z]")
_INNER_CASE = re.compile(r"[a-z][A-Z]")
_ARABIC_WORD = re.compile("[\u0620-\u065f\u0670-\u06d3]{2,}")
_PERSIAN_URDU = re.compile("[پچژگکیٹڈڑںےہ]")
_ARTICLES = ("ال", "وال", "بال", "كال", "فال", "لل")
_SPACED = re.compile(r"(?<![^\W\d_])[^\W\d_](?: [^\W\d_]){3,}(?![^\W\d_])")
_WORD = re.compile(r"[^\W\d_]{2,}")
# UTF-8 taken for Windows-1252: a leading byte, then as many following bytes as it asks for.
_FOLLOWING = (
    "[\u0080-\u00bf\u20ac\u201a\u0192\u201e\u2026\u2020\u2021\u02c6\u2030\u0160\u2039\u0152\u017d"
    "\u2018\u2019\u201c\u201d\u2022\u2013\u2014\u02dc\u2122\u0161\u203a\u0153\u017e\u0178]"
)
_MOJIBAKE = re.compile(f"[Â-ß]{_FOLLOWING}|[à-ï]{_FOLLOWING}{{2}}|[ð-ô]{_FOLLOWING}{{3}}")
_LEADERS = re.compile(r"(?:[.…·‥．・] ?){3,}")
_CJK = frozenset({"han", "kana", "hangul", "latin"})


@dataclass(frozen=True, slots=True)
class QualitySignals:
    """What was measured of a page; shares are from 0 to 1.

    ``characters`` counts what is visible. ``broken`` is the share of code points that stand for no
    text, ``implausible`` that of words no language writes. ``disagreement`` compares with a second
    reader, ``confidence`` is OCR's own; None where there was none. ``pictured`` says that pictures
    fill the page, ``recognised`` that its text was read from a picture, here or by who made the
    file.
    """

    characters: int
    broken: float = 0.0
    implausible: float = 0.0
    disagreement: float | None = None
    confidence: float | None = None
    pictured: bool = False
    recognised: bool = False


def text_signals(text: str, raw: str = "") -> QualitySignals:
    """The signs that the text alone gives; ``raw`` are the code points before they were mended."""
    visible = sum(not character.isspace() for character in text)
    return QualitySignals(
        characters=visible,
        broken=max(broken_share(text), _removed_share(raw)),
        implausible=implausible_share(text),
    )


def broken_share(text: str) -> float:
    """The share of visible characters that are none, 0 to 1.

    That is replacement characters, private use, unassigned and control codes, lone surrogates,
    ``(cid:12)``, combining marks without a letter, and UTF-8 read as Windows-1252.
    """
    if text.isascii() and text.isprintable() and "(cid:" not in text:
        return 0.0
    counts = Counter(text)
    visible = sum(count for c, count in counts.items() if not c.isspace())
    bad = sum(count for c, count in counts.items() if _is_no_text(c))
    bad += sum(len(match.group()) for match in _CID.finditer(text))
    bad += sum(len(match.group()) for match in _MOJIBAKE.finditer(text))
    bad += _lone_marks(text, counts)
    return min(1.0, bad / visible) if visible > 0 else 0.0


def _removed_share(raw: str) -> float:
    """The share of control codes and the like, which are gone once the text is mended."""
    if raw.isascii() and raw.isprintable():
        return 0.0
    counts = Counter(raw)
    visible = sum(count for c, count in counts.items() if not c.isspace())
    codes = ("Cc", "Cs")
    bad = sum(n for c, n in counts.items() if unicodedata.category(c) in codes and not c.isspace())
    return bad / visible if visible else 0.0


@lru_cache(maxsize=65536)
def _is_no_text(character: str) -> bool:
    if character in _LAID_OUT:
        return False
    return character == "\ufffd" or unicodedata.category(character) in _NO_TEXT


def _lone_marks(text: str, counts: Counter[str]) -> int:
    """Combining marks at the start of a word."""
    marks = [c for c in counts if unicodedata.category(c) == "Mn"]
    if not marks:
        return 0
    return len(re.findall(rf"(?:^|(?<=\s))[{re.escape(''.join(marks))}]", text))


def implausible_share(text: str) -> float:
    """The share of words that no language writes, 0 to 1; 0 where there are few words.

    Latin words of four letters and more without a vowel or a plain letter or with capitals inside,
    letters set apart by spaces, words whose letters are of several scripts, and Arabic that has
    hardly a function word or an article.
    """
    shares = [_unspoken_share(text), _mixed_share(text), _ungrammatical_share(text)]
    letters = sum(map(len, _WORD.findall(text)))
    spaced = sum(len(match.group()) // 2 + 1 for match in _SPACED.finditer(text))
    if spaced + letters >= _ENOUGH:
        shares.append(spaced / (spaced + letters))
    return max(shares)


def _unspoken_share(text: str) -> float:
    words = _LATIN_WORD.findall(text)
    if len(words) < _ENOUGH:
        return 0.0
    bad = sum(
        not _VOWEL.search(word) or not _ASCII_LETTER.search(word) or bool(_INNER_CASE.search(word))
        for word in words
    )
    return bad / len(words)


def _ungrammatical_share(text: str) -> float:
    """How far Arabic text falls short of the function words and articles that prose has."""
    words = _ARABIC_WORD.findall(text)
    # Persian and Urdu have other function words and no article.
    if len(words) < _ENOUGH_ARABIC or sum(map(bool, map(_PERSIAN_URDU.search, words))) > 3:
        return 0.0
    known = FUNCTION_WORDS["ar"]
    found: int = sum(word in known or word.startswith(_ARTICLES) for word in words)
    return max(0.0, 1 - found / len(words) / _ARABIC_GRAMMAR)


def _mixed_share(text: str) -> float:
    """The share of pairs of neighbouring letters, one of them beyond Latin, of two scripts."""
    if text.isascii():
        return 0.0
    pairs = Counter(pairwise(text))
    mixed = total = 0
    for (first, second), count in pairs.items():
        if first.isascii() and second.isascii():
            continue
        one, other = script_of(first), script_of(second)
        if (one or first.isalpha()) and (other or second.isalpha()):
            total += count
            if one != other and not {one, other} <= _CJK:
                mixed += count
    return mixed / total if total >= _ENOUGH else 0.0


def disagreement_of(ours: str, theirs: str) -> float | None:
    """How far two readings of one page differ in their characters, 0 to 1; None without text.

    The larger of the share of ours that is not in theirs and of theirs that is not in ours,
    counted as bags: readers may put cells, columns and right-to-left text in other orders. White
    space, marks, hyphens, control codes and the dots that lead to a page number are left out, and
    compatibility forms are folded.
    """
    mine, other = _bag(ours), _bag(theirs)
    if not mine and not other:
        return None
    common = sum((mine & other).values())
    most = max(sum(mine.values()), sum(other.values()))
    if most - common < _FEW:
        return 0.0
    least = min(sum(mine.values()), sum(other.values()))
    return 1.0 - min(common / most, common / least if least else 0.0)


def _bag(text: str) -> Counter[str]:
    folded: Counter[str] = Counter()
    for character, count in Counter(_LEADERS.sub("", text)).items():
        for part in _folded(character):
            folded[part] += count
    return folded


@lru_cache(maxsize=65536)
def _folded(character: str) -> str:
    plain = unicodedata.normalize("NFKD", mend(character))
    return "".join(c for c in plain if unicodedata.category(c)[0] not in "MCZ" and c not in "-‐‑")


def quality_of(
    signs: QualitySignals, *, alien: bool = False
) -> tuple[float | None, tuple[str, ...]]:
    """Quality and faults of a page with these signs; ``alien``: in another script than the report.

    The quality is the product of (1 - 10 broken), (1 - 2 (implausible - 0.08)),
    (1 - 4 disagreement) and OCR's confidence, each held to 0 to 1. Another script counts only
    beside another sign, since a report may have an appendix in another language.
    """
    if signs.confidence is None and signs.characters <= _CAPTION and signs.pictured:
        return (0.5 if signs.characters else 0.0), (PICTURE,)
    if not signs.characters and not signs.disagreement:
        return None, (EMPTY,)
    disagreement = signs.disagreement or 0.0
    shares = (
        1 - _BROKEN_COST * signs.broken,
        1 - _IMPLAUSIBLE_COST * max(0.0, signs.implausible - _SPOKEN),
        1 - _DISAGREEMENT_COST * disagreement,
        1.0 if signs.confidence is None else signs.confidence,
    )
    quality = math.prod(min(1.0, max(0.0, share)) for share in shares)
    faults = []
    if signs.broken > _MOST_BROKEN or signs.implausible > _MOST_IMPLAUSIBLE:
        faults.append(GARBLED)
    if disagreement > _MOST_DISAGREEMENT:
        faults.append(DISAGREEMENT)
    if alien and (faults or quality < 1.0 - _DISAGREEMENT_COST * _MOST_DISAGREEMENT):
        faults.append(SCRIPT)
        quality *= 1 - _ALIEN_COST
    if signs.recognised:
        faults.append(OCR)
    return round(quality, 3), tuple(faults)


def script_group(text: str) -> str:
    """The script most letters of ``text`` are in, Chinese and Japanese as one; ``""`` without."""
    counts = Counter[str]()
    for character, count in Counter(text).items():
        script = script_of(character)
        if script:
            counts["cjk" if script in ("han", "kana") else script] += count
    return max(counts, key=lambda name: (counts[name], name), default="")


def with_quality(reading: Reading) -> Reading:
    """``reading`` with the pages quality_of, by their text alone, that have no quality yet."""
    return replace(reading, pages=tuple(_judged_pages(reading.pages, reading.text)))


def _judged_pages(pages: Iterable[Page], text: str) -> Iterable[Page]:
    for page in pages:
        if page.quality is not None or page.faults:
            yield page
            continue
        quality, faults = quality_of(text_signals(text[page.start : page.end]))
        yield replace(page, quality=quality, faults=faults)
