"""What a report says of itself: title, issuer, kind and date, from metadata and its first page."""

from __future__ import annotations

import re

from rag.readers.dates import first_date, iso_date
from rag.schema import Facts

_JUNK_TITLE = re.compile(
    r"(?:microsoft (?:word|powerpoint|excel)\b.*|(?:new )?(?:document|untitled|title|slide"
    r"|presentation|template|book|report)\s*[0-9]*|無標題|无标题|未命名.*|عنوان|.*\.(?:docx?|pdf|html?|xlsx?|pptx?|indd"
    r"|qxd|txt|tmp|rtf|fm|p65)|[\x21-\x7e]*[-_.][\x21-\x7e]*|[0-9a-f\-]{16,}|[\W\d_]*|.)",
    re.IGNORECASE | re.DOTALL,
)
_FILING = re.compile(
    r"\bF\s?ORM\s+(10-?\s?[KQ](?:T|405)?|8-?\s?K|20-?\s?F|40-?\s?F|6-?\s?K|S-[1348]|DEF\s?14A|11-?\s?K)"
    r"(\s*/\s*A)?(?![A-Za-z0-9])",
    re.IGNORECASE,
)
_REGISTRANT = re.compile(r"\(\s*Exact\s+names?\s+of\s+(?:the\s+)?registrants?", re.IGNORECASE)
_PERIOD = re.compile(
    r"(?:fiscal\s+year|year|quarter(?:ly)?(?:\s+period)?|period|transition\s+period)\s+ended:?\s*",
    re.IGNORECASE,
)
_EVENT = re.compile(r"date\s+of\s+earliest\s+event\s+reported\s*\)?\s*:?\s*", re.IGNORECASE)
_KINDS = (
    (re.compile(r"出國報告|出国报告"), "出國報告"),
    (re.compile(r"\bannual report\b", re.I), "annual report"),
    (re.compile(r"年度報告|年度报告|年報|年报"), "年報"),
    (re.compile(r"التقرير السنوي"), "التقرير السنوي"),
)
_DATE_LABEL = re.compile(
    r"(?:date(?: of (?:issue|publication|report))?|issued|published|(?:報告|报告|發布|发布|公布"
    r"|印發|印发|發行|发行|成文)?日期|(?:發布|发布|公布)時間|تاريخ(?: النشر| الإصدار)?|التاريخ)"
    r"\s*[:：]",
    re.IGNORECASE,
)
_FIRST = 8000


def facts_of(
    first_page: str, *, title: str = "", issuer: str = "", stated_date: str = "", made: str = ""
) -> Facts:
    """Facts from the first page's text and what the file states.

    ``stated_date`` is the date that the file gives as the report's own. ``made`` is when the file
    was made, believed only if the first page names that year too: files are often made later.
    """
    page = first_page[:_FIRST]
    filing = _FILING.search(page)
    kind = _filing_kind(filing) if filing else _kind(page)
    date = _filing_date(page, kind) if filing else ""
    date = date or iso_date(stated_date) or _dated_line(page) or _corroborated(made, page)
    return Facts(
        title=clean_title(title),
        issuer=" ".join(issuer.split()) or (_registrant(page, title) if filing else ""),
        kind=kind,
        date=date,
    )


def clean_title(title: str) -> str:
    """The title on one line, or nothing when it is what a program left there."""
    title = " ".join(title.split())
    title = re.sub(r"^Microsoft Word - ", "", title)
    return "" if len(title) > 300 or _JUNK_TITLE.fullmatch(title) else title


def _filing_kind(match: re.Match[str]) -> str:
    kind = re.sub(r"\s", "", match.group(1)).upper()
    kind = re.sub(r"^(10|8|20|40|6|11)(?=[KQF])", r"\1-", kind)
    return kind.replace("DEF14A", "DEF 14A") + ("/A" if match.group(2) else "")


def _kind(page: str) -> str:
    return next((name for pattern, name in _KINDS if pattern.search(page[:1500])), "")


def _filing_date(page: str, kind: str) -> str:
    for pattern in (_EVENT, _PERIOD) if kind.startswith("8-K") else (_PERIOD, _EVENT):
        for match in pattern.finditer(page):
            if date := first_date(page[match.end() : match.end() + 40]):
                return date
    report = re.search(r"date\s+of\s+report\s*", page, re.IGNORECASE)
    return first_date(page[report.end() : report.end() + 120]) if report else ""


def _dated_line(page: str) -> str:
    """A date that stands by its label, else one on a short line: prose names other dates."""
    lines = [" ".join(line.split()) for line in page.split("\n")][:60]
    for line in lines:
        if _DATE_LABEL.match(line) and (date := first_date(line[:80])):
            return date
    return next((date for line in lines if len(line) <= 40 and (date := first_date(line))), "")


def _registrant(page: str, title: str) -> str:
    """The company's name: what stands just before ``(Exact name of registrant …``.

    Where the cover lacks that line, the name that the file's title gives before ``filed``.
    """
    match = _REGISTRANT.search(page)
    if match is None:
        named = re.search(r"\bfor (.{2,80}?) filed\b", title, re.IGNORECASE)
        return named.group(1) if named else ""
    before = [line.strip(" \t_*") for line in page[: match.start()].split("\n")]
    name = next((line for line in reversed(before) if any(map(str.isalpha, line))), "")
    name = re.split(r"\t", name)[0]
    # Where lines ran together, the name is what follows the commission's file number.
    name = re.split(r"(?:file\s+(?:number|no\.?)\s*:?\s*)[0-9\- ]+", name, flags=re.IGNORECASE)[-1]
    return " ".join(name.split()) if 2 <= len(name) <= 100 else ""


def _corroborated(made: str, page: str) -> str:
    date = iso_date(made)
    return date if date and date[:4] in page else ""
