"""The cover of a filing with the United States' Securities and Exchange Commission."""

from __future__ import annotations

import re

from rag.readers.facts.cover_page import is_organisation
from rag.readers.facts.dates import first_date, period_end

_FORM = re.compile(
    r"\bF\s?ORM\s+(10-?\s?[KQ](?:T|405)?|8-?\s?K|20-?\s?F|40-?\s?F|6-?\s?K|S-[1348]|DEF\s?14A|11-?\s?K)"
    r"(\s*/\s*A)?(?![A-Za-z0-9])",
    re.IGNORECASE,
)
_COMMISSION = re.compile(r"securities\s+and\s+exchange\s+commission", re.IGNORECASE)
_REGISTRANT = re.compile(r"\(\s*Exact\s+names?\s+of\s+(?:the\s+)?registrants?", re.IGNORECASE)
_FILE_NUMBER = re.compile(r"commission\s+file\s+(?:number|no\.?)[^\n]*\n", re.IGNORECASE)
_EVENT = re.compile(r"date\s+of\s+earliest\s+event\s+reported\s*\)?\s*:?\s*", re.IGNORECASE)
_REPORT = re.compile(r"date\s+of\s+report\s*", re.IGNORECASE)


def filing_kind(page: str) -> str:
    """``10-K``, ``8-K/A`` and so on, if the page is such a cover; else nothing.

    Other reports name forms too: the form must stand on a line of its own or with the Commission.
    """
    match = _FORM.search(page)
    if match is None:
        return ""
    line_start = page.rfind("\n", 0, match.start()) + 1
    line_end = page.find("\n", match.end())
    line = page[line_start : line_end if line_end >= 0 else len(page)]
    if line.strip() != match.group(0).strip() and not _COMMISSION.search(page):
        return ""
    kind = re.sub(r"\s", "", match.group(1)).upper()
    kind = re.sub(r"^(10|8|20|40|6|11)(?=[KQF])", r"\1-", kind)
    return kind.replace("DEF14A", "DEF 14A") + ("/A" if match.group(2) else "")


def filing_date(page: str, kind: str) -> str:
    """The end of the period reported on; for an 8-K the date of the event."""
    event = _EVENT.search(page)
    of_event = first_date(page[event.end() : event.end() + 40]) if event else ""
    of_period = period_end(page)
    date = (of_event or of_period) if kind.startswith("8-K") else (of_period or of_event)
    if date:
        return date
    report = _REPORT.search(page)
    return first_date(page[report.end() : report.end() + 120]) if report else ""


def registrant(page: str, title: str) -> str:
    """The company's name: what stands just before ``(Exact name of registrant …``.

    Where the cover lacks that line, the name below the commission's file number, else the one
    that the file's title gives before ``filed``.
    """
    match = _REGISTRANT.search(page)
    if match is None:
        number = _FILE_NUMBER.search(page)
        below = page[number.end() :].lstrip().partition("\n")[0] if number else ""
        if is_organisation(below):
            return " ".join(below.split())
        named = re.search(r"\bfor (.{2,80}?) filed\b", title, re.IGNORECASE)
        return named.group(1) if named else ""
    before = [line.strip(" \t_*") for line in page[: match.start()].split("\n")]
    name = next((line for line in reversed(before) if any(map(str.isalpha, line))), "")
    name = re.split(r"\t", name)[0]
    # Where lines ran together, the name is what follows the commission's file number.
    name = re.split(r"(?:file\s+(?:number|no\.?)\s*:?\s*)[0-9\- ]+", name, flags=re.IGNORECASE)[-1]
    return " ".join(name.split()) if 2 <= len(name) <= 100 else ""
