"""Headings known by how reports number them, in the languages of regulators."""

from __future__ import annotations

import re
from dataclasses import dataclass

_CJK_NUMBER = r"[0-9０-９〇零一二三四五六七八九十百千两兩]{1,6}"
_ARABIC_NUMBER = r"(?:[0-9٠-٩]{1,4}|[\u0621-\u064A]{3,12}(?: [\u0621-\u064A]{3,12})?)"
_ROMAN_OR_NUMBER = r"(?:[0-9]{1,3}[A-Z]?|[IVXLC]{1,7}|[A-Z])"


def _compiled(pattern: str, flags: int = 0) -> re.Pattern[str]:
    return re.compile(pattern, flags)


# Markers whose whole line is the heading, outermost kinds first.
_LINES: tuple[tuple[re.Pattern[str], int], ...] = (
    (_compiled(rf"第\s*{_CJK_NUMBER}\s*[編编部篇]"), 1),
    (_compiled(rf"第\s*{_CJK_NUMBER}\s*章"), 1),
    (_compiled(rf"第\s*{_CJK_NUMBER}\s*[節节]"), 2),
    (_compiled(r"[壹貳贰參叁肆伍陸陆柒捌玖拾]{1,3}[、．.]"), 1),
    (_compiled(r"[一二三四五六七八九十]{1,3}[、．]"), 2),
    (_compiled(r"[（(][一二三四五六七八九十]{1,3}[）)]"), 3),
    (
        _compiled(
            r"(?:附件|附錄|附录|別紙|别表|別表)\s*[0-9０-９一二三四五六七八九十]{0,3}(?=[\s:：、]|$)"
        ),
        1,
    ),
    (_compiled(rf"(?:الباب|الجزء)\s+{_ARABIC_NUMBER}(?=[\s:：.\-–]|$)"), 1),
    (_compiled(rf"الفصل\s+{_ARABIC_NUMBER}(?=[\s:：.\-–]|$)"), 1),
    (_compiled(rf"(?:القسم|المبحث|المطلب)\s+{_ARABIC_NUMBER}(?=[\s:：.\-–]|$)"), 2),
    (
        _compiled(
            r"(?:أولا|ثانيا|ثالثا|رابعا|خامسا|سادسا|سابعا|ثامنا|تاسعا|عاشرا)[ً]?[ً]?\s*[:：.\-–]"
        ),
        2,
    ),
    (
        _compiled(
            rf"(?:PART|CHAPTER|TITLE|Part|Chapter|Title|Annex|ANNEX|Appendix|APPENDIX"
            rf"|Schedule|SCHEDULE)\s+{_ROMAN_OR_NUMBER}(?=[\s.:–—-]|$)"
        ),
        1,
    ),
    (_compiled(r"(?:ITEM|Item)\s+[0-9]{1,2}[A-C]?(?:\.[0-9]{2})?\s*[.:–—-]"), 2),
    (_compiled(r"(?:NOTE|Note)\s+[0-9]{1,2}[A-Z]?\s*[.:–—-]\s*\S"), 3),
    (
        _compiled(
            rf"(?:Section|SECTION)\s+(?:{_ROMAN_OR_NUMBER}|[0-9]+(?:\.[0-9]+)*)(?=[\s.:–—-]|$)"
        ),
        2,
    ),
)
# Markers of provisions: a short line is the heading; else the marker alone, before its text.
_PROVISIONS: tuple[tuple[re.Pattern[str], int], ...] = (
    (
        _compiled(
            rf"第\s*{_CJK_NUMBER}\s*[條条](?:之{_CJK_NUMBER}|の{_CJK_NUMBER})?(?=[\s\u3000（(【:：]|$)"
        ),
        3,
    ),
    (_compiled(rf"(?:المادة|مادة)\s*[（(]?\s*{_ARABIC_NUMBER}\s*[）)]?(?=\s*[:：.\-–—]|$)"), 3),
    (
        _compiled(
            r"(?:Article|ARTICLE|Rule|RULE|Regulation|Principle)\s+[0-9]+[A-Za-z]?(?:\.[0-9]+)*(?=\s*[:–—-]|\s*\.(?!\d)|$)"
        ),
        3,
    ),
    (_compiled(r"§+\s*[0-9]+[a-z]?(?:[.\-][0-9]+)*(?=[.:]?\s|$)"), 3),
)
_LONE_MARK = _compiled(r"\S+\s+\S+\s*[:：]")
_ARTICLE_TITLED = _compiled(r"(?:Article|ARTICLE|Rule|RULE|Principle)\s+[0-9]+[A-Za-z]?\s+[A-Z]")
_DECIMAL = _compiled(r"([0-9]{1,2}(?:[.．][0-9]{1,3}){0,4})([.．])?[\s\u3000]+(?=\S)")
_CONTENTS_ENTRY = _compiled(r"(?:\.{3,}|…{1,}|·{3,}|\t|\s{3,})\s*[0-9ivxlc٠-٩]{1,5}\s*$|\.{4,}")
_ENDS_SENTENCE = _compiled(r"[。；;，,!！?؟،؛]$|[^.A-Z][.]$")
# What introduces a list or a table is a clause, not a heading.
_INTRODUCES = _compiled(r"[^\u2e80-\uffef][:：]$|(?:如下|下列|以下|とおり)[:：]$")
_MAX_WIDTH = 90
LONE_BELOW = 4
# A line can be as long as a file; what tells an entry of a table of contents is at its end.
_REACH = 120
_EAST_ASIAN = _compiled(r"[壹貳贰參叁肆伍陸柒捌玖拾一二三四五六七八九十（(]")


def is_contents_entry(line: str) -> bool:
    """Whether a line is an entry of a table of contents: dots or a gap, and a page's number."""
    return _CONTENTS_ENTRY.search(line[-_REACH:]) is not None


def is_east_asian(line: str) -> bool:
    """Whether a numbered heading is numbered 壹、 一、 or （一）."""
    return _EAST_ASIAN.match(line) is not None


@dataclass(frozen=True, slots=True)
class Numbered:
    """A heading found at the start of a line: ``line[:end]`` is it, ``level`` 1 the outermost.

    ``lone`` says that its number is a single decimal one, as in ``2. Scope``: its level is
    ``LONE_BELOW`` in documents whose sections are numbered 壹、 一、 （一）.
    """

    end: int
    level: int
    lone: bool = False


def _width(line: str) -> int:
    """Columns the line takes: East Asian characters count twice."""
    return sum(2 if "\u2e80" <= character <= "\uffef" else 1 for character in line)


def numbered_heading(line: str, widest: int = _MAX_WIDTH) -> Numbered | None:
    """The heading that a line is by its number, or None.

    ``line`` is one line without surrounding white space, a heading only if it takes at most
    ``widest`` columns. Lines of a table of contents are not
    headings, nor are sentences that begin with a number.
    """
    if not line or is_contents_entry(line):
        return None
    short = len(line) <= widest and _width(line) <= widest and not _ENDS_SENTENCE.search(line[-2:])
    for pattern, level in _PROVISIONS:
        if match := pattern.match(line):
            whole = short and (line[-1] not in ":：" or match.end() >= len(line) - 1)
            return Numbered(len(line) if whole else match.end(), level)
    if not short or (_INTRODUCES.search(line[-_REACH:]) and not _LONE_MARK.fullmatch(line)):
        return None
    for pattern, level in _LINES:
        if pattern.match(line):
            return Numbered(len(line), level)
    if _ARTICLE_TITLED.match(line):
        return Numbered(len(line), 3)
    return _decimal_heading(line)


def _decimal_heading(line: str) -> Numbered | None:
    match = _DECIMAL.match(line)
    if match is None:
        return None
    parts = re.split(r"[.．]", match.group(1))
    title = line[match.end() :]
    if any(len(part) > 1 and part.startswith("0") for part in parts):
        return None
    # A lone number needs its point and a title; "12 months" and "3. see below" are no headings.
    if len(parts) == 1 and (match.group(2) is None or _width(title) > 60):
        return None
    if not (title[0].isalpha() and (not title[0].islower())):
        return None
    if sum(character.isalpha() for character in title) * 2 < len(title.replace(" ", "")):
        return None
    return Numbered(len(line), min(len(parts), 6), lone=len(parts) == 1)
