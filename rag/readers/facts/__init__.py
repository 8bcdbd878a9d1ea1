"""What a report says of itself: title, issuer, kind and date, from metadata and its first page.

The date is the end of the period that a periodic report covers, where its cover names one, and
else the day the report was published.
"""

from __future__ import annotations

import re
from dataclasses import replace

from rag.readers.facts.cover_page import cover_lines, issuer_on, title_on
from rag.readers.facts.dates import first_date, iso_date, only_year, period_end
from rag.readers.facts.report_kinds import is_only_kind, kind_named
from rag.readers.facts.sec_filings import filing_date, filing_kind, registrant
from rag.schema import Facts

_JUNK_TITLE = re.compile(
    r"(?:microsoft (?:word|powerpoint|excel)\b.*|powerpoint[- ]\w*"
    r"|(?:new )?(?:document|untitled|title|slide|presentation|template|book|sheet|workbook|report)"
    r"\s*[0-9]*|(?:演示文稿|簡報|プレゼンテーション)\s*[0-9]*|無標題|无标题|未命名.*|عنوان"
    r"|.*\.(?:docx?|pdf|html?|xlsx?|pptx?|indd|qxd|txt|tmp|rtf|fm|p65)"
    r"|[\x21-\x7e]*[-_.][\x21-\x7e]*|[0-9a-f\-]{16,}|[\W\d_]*|.)",
    re.IGNORECASE | re.DOTALL,
)
_DATE_LABEL = re.compile(
    r"(?:date(?: of (?:issue|publication|report))?|issued|published|(?:報告|报告|發布|发布|公布"
    r"|印發|印发|發行|发行|成文)?日期|(?:發布|发布|公布)時間|تاريخ(?: النشر| الإصدار)?|التاريخ)"
    r"\s*[:：]",
    re.IGNORECASE,
)
_NAMED_DATE = re.compile(
    r"(?<![0-9])((?:19|20)[0-9]{2})(?:([-_.])(0[1-9]|1[0-2])(?:\2(0[1-9]|[12][0-9]|3[01]))?)?(?![0-9])"
)
_FIRST = 8000
_PERIOD_LINE = 100


def facts_of(
    first_page: str,
    *,
    title: str = "",
    issuer: str = "",
    author: str = "",
    stated_date: str = "",
    made: str = "",
) -> Facts:
    """Facts from the first page's text and what the file states.

    ``issuer`` and ``stated_date`` are what the file gives as the report's own; ``author`` is who
    made the file, often a program or a typist. ``made`` is when the file was made, believed only
    if the first page names that year too: files are often made later.
    """
    page = first_page[:_FIRST]
    title, issuer = clean_title(title), " ".join(issuer.split())
    if form := filing_kind(page):
        date = filing_date(page, form) or _published(page, stated_date, made)
        return Facts(title, issuer or registrant(page, title), form, date)
    lines = cover_lines(page)
    if not title or is_only_kind(title):
        title = clean_title(title_on(lines)) or title
    return Facts(
        title=title,
        issuer=issuer or issuer_on(lines, title, author),
        kind=kind_named(title, lines),
        date=_covered(title, lines) or _published(page, stated_date, made) or _titled(title),
    )


def with_name(facts: Facts, stem: str) -> Facts:
    """``facts`` with the date that the file's name gives, where the report gives none."""
    found = {match.group(0) for match in _NAMED_DATE.finditer(stem)}
    if facts.date or len(found) != 1:
        return facts
    return replace(facts, date=iso_date(re.sub("[_.]", "-", found.pop())))


def clean_title(title: str) -> str:
    """The title on one line, or nothing when it is what a program left there."""
    title = " ".join(title.split())
    title = re.sub(r"^Microsoft Word - ", "", title)
    return "" if len(title) > 300 or _JUNK_TITLE.fullmatch(title) else title


def _covered(title: str, lines: list[str]) -> str:
    """The end of the period that the title or a line of the cover says the report is for."""
    short = (line for line in (title, *lines) if len(line) <= _PERIOD_LINE)
    return next(filter(None, map(period_end, short)), "")


def _titled(title: str) -> str:
    """The year in a title; a first sentence that stands for one may name any."""
    return "" if title.endswith((".", "。")) else only_year(title)


def _published(page: str, stated_date: str, made: str) -> str:
    return iso_date(stated_date) or _dated_line(page) or _corroborated(made, page)


def _dated_line(page: str) -> str:
    """A date that stands by its label, else one on a short line: prose names other dates."""
    lines = [" ".join(line.split()) for line in page.split("\n")][:60]
    for line in lines:
        if _DATE_LABEL.match(line) and (date := first_date(line[:80])):
            return date
    return next((date for line in lines if len(line) <= 40 and (date := first_date(line))), "")


def _corroborated(made: str, page: str) -> str:
    date = iso_date(made)
    return date if date and date[:4] in page else ""
