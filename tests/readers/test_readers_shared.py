"""Extraction of real reports, compared with the texts from which their PDFs were printed."""

import difflib
import unicodedata
from pathlib import Path

import pytest
from test_readers_text import check_spans

from rag.readers import read

SHARED = Path(__file__).resolve().parents[3] / "shared"
REPORTS = SHARED / "reports"
FILINGS = SHARED / "bench" / "filings-dev" / "corpus"

pytestmark = [
    pytest.mark.shared,
    pytest.mark.skipif(
        not REPORTS.is_dir(), reason="the development data is not beside the checkout"
    ),
]


def folded(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).split())


@pytest.mark.parametrize(
    ("name", "least"),
    [
        ("fsa-internal-audit-2024.zh-Hans", 0.999),
        ("fsc-apec-fintech-cyber-2018.zh-Hant", 0.998),
        ("g7-japan-crypto-2023.ar", 0.999),
    ],
)
def test_pdfs_agree_with_the_text_they_were_printed_from(name: str, least: float):
    truth = folded((REPORTS / "text" / f"{name}.txt").read_text("utf-8"))
    reading = read(REPORTS / "pdf" / f"{name}.pdf")
    matcher = difflib.SequenceMatcher(None, truth, folded(reading.text), autojunk=False)
    assert matcher.ratio() >= least
    check_spans(reading)


def test_the_report_s_sections_and_date_are_known():
    reading = read(REPORTS / "pdf" / "fsc-apec-fintech-cyber-2018.zh-Hant.pdf")
    levels = {heading.title: heading.level for heading in reading.headings}
    assert levels["壹、會議緣起與目的"] == 1
    assert levels["二、區塊鏈技術(blockchain)對金融交易之影響"] == 2
    assert reading.facts.date == "2018-12"
    assert len(reading.pages) == 25


@pytest.mark.skipif(not FILINGS.is_dir(), reason="the filings are not beside the checkout")
def test_a_filing_s_facts_and_tables_are_read():
    reading = read(FILINGS / "PEPSICO_2023_8K_dated-2023-05-05.pdf")
    facts = reading.facts
    assert (facts.kind, facts.issuer, facts.date) == ("8-K", "PepsiCo, Inc.", "2023-05-03")
    assert "Segun Agbaje\t1,005,178,935\t12,334,137\t2,634,817\t172,969,325\n" in reading.text
    check_spans(reading)
