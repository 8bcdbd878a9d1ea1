"""What a report is: title, issuer, kind and date, in the languages of regulators."""

import re
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from rag.readers import read
from rag.readers.facts import facts_of, with_name
from rag.readers.facts.cover_page import is_organisation, title_on
from rag.readers.facts.dates import first_date, only_year, period_end
from rag.readers.facts.report_kinds import is_only_kind, kind_named
from rag.readers.pdf import assembled, document_facts, layouts
from rag.schema import Facts

ROOT = Path(__file__).resolve().parents[2]
FILINGS = ROOT.parent / "shared" / "bench" / "filings-dev" / "corpus"
REPORTS = ROOT.parent / "shared" / "reports"
sys.path.insert(0, str(ROOT))

from tools.corpus.source import Source, read_all  # noqa: E402


@pytest.mark.parametrize(
    ("title", "kind"),
    [
        ("Annual Report and Accounts 2023", "annual report"),
        ("Guidelines on annual reports", "guidelines"),
        ("Financial Stability Review", "financial stability report"),
        ("Consultation paper on guidelines for outsourcing", "consultation paper"),
        ("Minutes of the meeting of 3 May", "minutes"),
        ("Code of Conduct for Auditors", "code"),
        ("Steps taken in order to end a breach", ""),
        ("Consent order against Northgate Exchange", "order"),
        ("Report on supervision", "report"),
        ("Reporting by banks", ""),
        ("2023年年度报告", "annual report"),
        ("年報編製準則", "rules"),
        ("金融穩定報告", "financial stability report"),
        ("关于银行流动性的通知", "notice"),
        ("行政处罚决定书", "decision"),
        ("商业银行资本管理办法（征求意见稿）", "consultation paper"),
        ("董事會會議紀錄", "minutes"),
        ("新闻稿", "press release"),
        ("出國報告", "出國報告"),
        ("金融システムレポート", "financial stability report"),
        ("第三者委託に関するガイドライン", "guidelines"),
        ("議事要旨", "minutes"),
        ("2024年3月期 決算短信", "interim report"),
        ("التقرير السنوي 2023", "annual report"),
        ("تقرير الاستقرار المالي", "financial stability report"),
        ("تعميم رقم 5 بشأن الحوكمة", "circular"),
        ("قرار مجلس الإدارة", "decision"),
        ("إرشادات الأمن السيبراني", "guidelines"),
        ("محضر الاجتماع", "minutes"),
    ],
)
def test_kinds_have_one_name_in_all_languages(title: str, kind: str):
    assert kind_named(title) == kind


def test_a_short_line_of_the_cover_names_the_kind_where_the_title_does_not():
    assert kind_named("Capital and liquidity", ["Bank of X", "Circular 3/2024"]) == "circular"
    prose = "This notice is part of a longer sentence that speaks of what other notices say."
    assert kind_named("Capital and liquidity", [prose]) == ""


@pytest.mark.parametrize(
    "line", ["出國報告（出國類別：其他）", "Annual Report", "通知", "التقرير السنوي"]
)
def test_a_line_that_is_only_a_kind(line: str):
    assert is_only_kind(line)
    assert not is_only_kind(f"{line} 2024 on banks")


@pytest.mark.parametrize(
    "name",
    [
        "Central Bank of Meridia",
        "Office of the Superintendent of Banks",
        "Sample Holdings Limited",
        "金融監督管理委員會",
        "澜海金融监督局",
        "蒼海国金融監督庁",
        "株式会社ミナト",
        "البنك المركزي لجمهورية النخيل",
        "هيئة أسواق الأصول",
    ],
)
def test_names_of_bodies(name: str):
    assert is_organisation(name)


@pytest.mark.parametrize(
    "line",
    [
        "Internal audit at a bank",
        "Report of the Board",
        "Bank of X issued 3 orders",
        "The Authority.",
        "第一部",
        "銀行は、委員会",
        "Bank",
        "تلزم المادة المصرف",
        "",
    ],
)
def test_other_lines_are_no_names_of_bodies(line: str):
    assert not is_organisation(line)


@pytest.mark.parametrize(
    ("text", "date"),
    [
        ("令和6年3月31日", "2024-03-31"),
        ("令和元年5月", "2019-05"),
        ("平成30年12月1日", "2018-12-01"),
        ("民國112年6月30日", "2023-06-30"),
        ("二〇二四年六月二十八日", "2024-06-28"),
        ("二○二三年十月十日", "2023-10-10"),
        ("２０２４年６月", "2024-06"),
        ("١٥ يونيو ٢٠٢١", "2021-06-15"),
        ("15 محرم 1445هـ الموافق 2 أغسطس 2023م", "2023-08-02"),
        ("15/01/1445هـ", ""),
        ("30 حزيران/يونيو 2023", "2023-06-30"),
        ("1 كانون الثاني 2022", "2022-01-01"),
        ("1 كانون الأول 2022", "2022-12-01"),
        ("5 تشرين الثاني 2022", "2022-11-05"),
        ("28th of June 2024", "2024-06-28"),
    ],
)
def test_dates_of_other_calendars(text: str, date: str):
    assert first_date(text) == date


@pytest.mark.parametrize(
    ("text", "date"),
    [
        ("For the fiscal year ended June 30, 2023", "2023-06-30"),
        ("Annual report for the year ended 31 March 2024", "2024-03-31"),
        ("for the six months ended 30 September 2023", "2023-09-30"),
        ("2024年3月期 決算短信", "2024-03"),
        ("令和6年3月期", "2024-03"),
        ("截至2023年12月31日止年度", "2023-12-31"),
        ("自2023年4月1日至2024年3月31日", "2024-03-31"),
        ("للسنة المالية المنتهية في 31 ديسمبر 2023", "2023-12-31"),
        ("the year ended well", ""),
    ],
)
def test_ends_of_periods(text: str, date: str):
    assert period_end(text) == date


@pytest.mark.parametrize(
    ("title", "year"),
    [
        ("Annual Report 2023", "2023"),
        ("Annual Report 2022-23", "2023"),
        ("Audits 2021 and 2022", ""),
        ("令和5年度 検査結果", "2023"),
        ("民國112年度年報", "2023"),
        ("2023年度报告", "2023"),
        ("Form 20245", ""),
    ],
)
def test_the_year_of_a_title(title: str, year: str):
    assert only_year(title) == year


def test_the_period_comes_before_the_day_of_publication():
    cover = "Annual Report\nfor the year ended 31 March 2024\n\nThe Prudential Authority\n"
    cover += "30 July 2024\n"
    assert facts_of(cover, title="Annual Report of the Authority") == Facts(
        "Annual Report of the Authority", "The Prudential Authority", "annual report", "2024-03-31"
    )


def test_prose_gives_no_facts():
    prose = (
        "In the year ended 31 March 2024 the Authority and the Central Bank of Meridia issued a "
        "notice to banks, and the Form 10-K of one firm was read.\n"
    )
    assert facts_of(prose) == Facts()


@pytest.mark.parametrize(
    ("author", "issuer"),
    [
        ("Prudential Authority of X", "Prudential Authority of X"),
        ("J. Smith", ""),
        ("Microsoft Corporation", ""),
        ("python-docx", ""),
    ],
)
def test_who_made_the_file_is_believed_where_it_is_a_body(author: str, issuer: str):
    assert facts_of("Some text of a page\n", title="Rules", author=author).issuer == issuer


def test_a_body_on_the_cover_comes_before_who_made_the_file():
    cover = "Rules on capital\n\nCentral Bank of Meridia\n2 March 2023\n"
    found = facts_of(cover, title="Rules on capital", author="Print Shop Limited")
    assert found.issuer == "Central Bank of Meridia"
    labelled = facts_of(
        "Rules\nIssued by: Financial Court\nCentral Bank of Meridia\n", title="Rules"
    )
    assert labelled.issuer == "Financial Court"


def test_the_title_of_a_cover_ends_where_other_facts_begin():
    cover = "出國報告（出國類別：其他）\n參加研討會\n服務機關：金融監督管理委員會\n"
    cover += "報告日期：2018 年 12 月\n"
    assert facts_of(cover) == Facts("參加研討會", "金融監督管理委員會", "出國報告", "2018-12")


@pytest.mark.parametrize(
    ("stem", "date"),
    [
        ("report-2023", "2023"),
        ("report_2023-06", "2023-06"),
        ("2023.06.28-notice", "2023-06-28"),
        ("2022-2023", ""),
        ("ISO20222x12345", ""),
        ("plain", ""),
    ],
)
def test_a_file_s_name_gives_the_date_where_the_report_does_not(stem: str, date: str):
    assert with_name(Facts(), stem).date == date
    assert with_name(Facts(date="1999"), stem).date == "1999"


SOURCES = read_all()


@pytest.mark.parametrize("source", SOURCES, ids=lambda source: source.document)
def test_facts_of_the_sample_reports(source: Source):
    facts = read(ROOT / "corpus" / source.output).facts
    assert (facts.title, facts.issuer, facts.date) == (source.title, source.issuer, source.date)


def first_pages(path: Path) -> Facts:
    """The facts of a PDF from its first pages alone: reading all takes long."""
    data = path.read_bytes()
    described = document_facts(data)
    part = replace(described, pages=min(3, described.pages), labels=described.labels[:3])
    return with_name(assembled(layouts(data, range(part.pages)), part).facts, path.stem)


@pytest.mark.shared
@pytest.mark.skipif(not FILINGS.is_dir(), reason="the filings are not beside the checkout")
def test_facts_of_filings_agree_with_their_names():
    for path in sorted(FILINGS.glob("*.pdf")):
        company, year, form = re.match(
            r"([A-Z]+)_(\d{4})(?:Q\d)?_(\w+?)(?:_|\.)", path.name
        ).groups()
        facts = first_pages(path)
        assert re.sub(r"^THE|\W", "", facts.issuer.upper()).startswith(company), path.name
        assert facts.kind.replace("-", "") == form, path.name
        # Fiscal years end in their calendar year or begin in the one before.
        assert int(year) - int(facts.date[:4]) in (0, 1), path.name
        assert len(facts.date) == len("2024-06-28"), path.name


@pytest.mark.shared
@pytest.mark.skipif(not REPORTS.is_dir(), reason="the development data is not beside the checkout")
@pytest.mark.parametrize("suffix", ["pdf", "txt"])
def test_facts_of_a_report_by_an_authority(suffix: str):
    folder = REPORTS / ("pdf" if suffix == "pdf" else "text")
    facts = read(folder / f"fsc-apec-fintech-cyber-2018.zh-Hant.{suffix}").facts
    assert facts == Facts(
        "參加「APEC 金融監理人員訓練倡議 – Fintech 及網路安全研討會」報告",
        "金融監督管理委員會",
        "出國報告",
        "2018-12",
    )


@pytest.mark.parametrize(("length", "named"), [(90, True), (91, False)])
def test_the_name_of_a_body_has_90_characters_at_most(length: int, named: bool):
    name = "Central Bank of "
    assert is_organisation(name + "M" + "e" * (length - len(name) - 1)) is named


@pytest.mark.parametrize(
    ("above", "title"),
    [
        (["Rules on", "Capital and", "Liquidity"], "Rules on Capital and Liquidity"),
        # So many lines are no title of one sentence: the first is taken.
        (["Rules on Capital", "Part one", "Part two", "Part three"], "Rules on Capital"),
    ],
)
def test_three_lines_of_a_cover_can_be_one_title(above: list[str], title: str):
    assert title_on([*above, "Central Bank of Meridia"]) == title
