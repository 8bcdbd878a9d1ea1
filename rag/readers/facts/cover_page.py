"""The lines at the top of a report's first page: whose it is, what it is called."""

from __future__ import annotations

import re

from rag.readers.facts.dates import first_date
from rag.readers.facts.report_kinds import is_only_kind, kind_named
from rag.text.fold import fold

_LINES = 25
_LONGEST = 120
_ORGANISATION = (
    r"authority|bank|commission|office|agency|board|council|ministry|department|treasury"
    r"|committee|bureau|institute|fund|association|corporation|company|inc\.?|plc|ltd\.?|limited"
    r"|llc|group|exchange|organi[sz]ation|federation|inspectorate|regulator|cent(?:re|er)|unit"
    r"|banque|autorité|ministère|bundesanstalt|bundesbank|banco|ministerio|autoridad|comisión"
)
_LATIN = re.compile(rf"(?<!\w)(?:{_ORGANISATION})(?!\w)", re.IGNORECASE)
_SMALL = frozenset(
    [
        "of",
        "the",
        "and",
        "for",
        "on",
        "in",
        "at",
        "de",
        "la",
        "le",
        "du",
        "des",
        "et",
        "y",
        "del",
        "für",
        "und",
        "der",
        "die",
        "&",
        "–",
    ]
)
_EAST_ASIAN = re.compile(
    r"(?!第)(?:(?:株式会社|財團法人|公益財団法人)[^\d\s，。、：:]{2,30}|[^\d\s，。、；：:「」『』《》]{1,36}"
    r"(?:署|局|委[員员][會会]|協[會会]|协会|公[會会]|庁|厅|廳|部|省|[銀银]行|中心|[辦办]公室|公司|株式会社"
    r"|交易所|取引所|[機机][構构关關]|院|[處处]|府|公社|[當当]局))"
)
_ARABIC = re.compile(
    r"(?:ال)?(?:هيئة|بنك|مصرف|وزارة|مؤسسة|سلطة|لجنة|مجلس|وحدة|مكتب|ديوان|دائرة|صندوق|جهاز|اتحاد"
    r"|جمعية|شركة|مجموعة|بورصة|مديرية|إدارة|وكالة|مركز|معهد)(?:\s[\u0621-\u0652\s]{2,70})?"
)
_KOREAN = re.compile(r"[가-힣\s]{0,20}(?:위원회|감독원|은행|공사|협회)")
_LABEL = re.compile(
    r"(?:issuer|issued by|issuing (?:authority|body)|publisher|published by|prepared by"
    r"|服[務务][機机][關关]|[發发]布[機机單单][構构關关位]|[發发]文[機机單单][關关位]|[編编][製制][機机單单][關关位]"
    r"|発行[者元]|公表[者元]|発行機関"
    r"|الجهة المصدرة|جهة الإصدار|صادر عن|الناشر)\s*[:：]\s*(\S.{1,99})",
    re.IGNORECASE,
)
_LABELLED = re.compile(
    r"(?:[^\s:：]{0,8}(?:[機机][關关構构]|[單单]位|日期|[時时][間间]|姓名|[職职][稱称]|[國国]家|期[間间]|文[號号]"
    r"|[編编][號号]|[電电][話话]|受文者|主旨|年月日)"
    r"|(?:date|author|ref(?:erence)?|contact|to|from|version|status|issued|published|prepared"
    r"|(?:ال)?تاريخ|(?:ال)?جهة|(?:ال)?مرجع|(?:ال)?رقم|إعداد)(?: \w+){0,3})\s*[:：]\s*\S",
    re.IGNORECASE,
)
_REFERENCE = re.compile(
    r"第\s*[0-9]{1,12}\s*[號号]|[〔\[［][0-9]{4}[〕\]］]\s*[0-9]+\s*[號号]|\S+/[0-9]{2,4}(?:/|$)"
)
_SOFTWARE = re.compile(
    r"microsoft|adobe|apache|libreoffice|openoffice|python|openpyxl|wkhtml|acrobat|administrator"
    r"|user|admin|owner|google|apple", re.IGNORECASE
)  # fmt: skip
_ABBREVIATED = re.compile(r"\b(?:Inc|Ltd|Co|Corp|[A-Z])\.$", re.IGNORECASE)
_SENTENCE_END = re.compile(r"[.。！!?？؟](?:[\"'”’」』)）]*)$")


def cover_lines(page: str) -> list[str]:
    """The lines before the first prose of a page, each on one line without marks of Markdown."""
    lines = []
    for raw in page.split("\n"):
        line = " ".join(raw.strip(" \t#*_>").split())
        if not line:
            continue
        if len(line) > _LONGEST or (len(line) > 60 and _SENTENCE_END.search(line)):
            break
        lines.append(line)
        if len(lines) == _LINES:
            break
    return lines


def is_organisation(line: str) -> bool:
    """Whether a line is the name of an authority, a firm or a body, and nothing else."""
    line = line.strip()
    if not 2 <= len(line) <= 90 or line[-1] in ":：;；。":
        return False
    if any(pattern.fullmatch(line) for pattern in (_EAST_ASIAN, _ARABIC, _KOREAN)):
        return True
    words = [word for word in re.split(r"[\s,]+", line) if word not in _SMALL]
    return (
        2 <= len(words) <= 12
        and _LATIN.search(line) is not None
        and all(word[0].isupper() or word[0] in "(&" for word in words if word)
        and not any(character.isdigit() for character in line)
        and not kind_named(words[0])
        and (line[-1] != "." or _ABBREVIATED.search(line) is not None)
    )


def issuer_on(lines: list[str], title: str, author: str) -> str:
    """Whose report it is: a labelled name, the file's author if the cover agrees, a name alone.

    ``author`` is who the file's metadata says made it: often a program or a typist, so that it
    must be a body's name, and gives way to one that stands on the cover.
    """
    for line in lines:
        if match := _LABEL.match(line):
            return match.group(1).strip()
    author = " ".join(author.split())
    folded = [_folded(line) for line in lines]
    if author and _folded(author) in folded:
        return author
    whole = _folded(title)
    for line in lines:
        if is_organisation(line) and _folded(line) not in whole:
            return line
    return author if is_organisation(author) and not _SOFTWARE.search(author) else ""


def title_on(lines: list[str]) -> str:
    """What stands above the issuer, date or labels of a cover; nothing where there are none."""
    found: list[str] = []
    for line in lines:
        if is_only_kind(line) and not found:
            continue
        if (
            is_organisation(line)
            or _LABELLED.match(line)
            or _REFERENCE.search(line)
            or (len(line) <= 40 and first_date(line))
        ):
            if found:
                return " ".join(found) if len(found) <= 3 else found[0]
            continue
        found.append(line)
    return ""


def _folded(text: str) -> str:
    return fold(text, letters=False, accents=False, space="none")
