"""Plain text and Markdown: kept as they are, with pages, headings, tables and facts known."""

import string
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.errors import ReadError
from rag.readers import read_bytes
from rag.readers.facts import clean_title
from rag.readers.facts.dates import first_date, iso_date
from rag.readers.numbering import numbered_heading
from rag.schema import Reading


def read(text: str, suffix: str = ".txt") -> Reading:
    return read_bytes(text.encode("utf-8"), suffix)


def test_text_is_kept_but_for_line_ends():
    assert read("a\r\n\r\nｂ\rc\n").text == "a\n\nｂ\nc\n"


@pytest.mark.parametrize(
    ("text", "codec"),
    [
        ("Décision no 7 de l’autorité: “refusée” – à payer.", "cp1252"),
        ("这是一个关于银行监管的报告,其中说明了资本要求。", "gb18030"),
        ("這是一份關於銀行監理之報告，其中說明資本要求。", "big5"),
        ("金融機関の内部監査の高度化に関するモニタリングレポートです。", "cp932"),
        ("التقرير السنوي للمصرف المركزي حول الاستقرار المالي", "cp1256"),
        ("Rules", "utf-16"),
        ("Rules 規則", "utf-16-le"),
        ("規則 rules", "utf-8-sig"),
    ],
)
def test_the_encoding_is_recognised(text: str, codec: str):
    assert read_bytes(text.encode(codec), ".txt").text == text


def test_form_feeds_end_pages():
    reading = read("one\ftwo\fthree\f")
    assert [reading.text[p.start : p.end] for p in reading.pages] == ["one", "two", "three"]
    assert [p.number for p in reading.pages] == [1, 2, 3]


@pytest.mark.parametrize(
    ("text", "pages"),
    [
        ("one", ["one"]),
        ("one\ftwo", ["one", "two"]),
        ("one\ftwo\f \n", ["one", "two"]),  # nothing follows the last form feed
        ("one\f\ftwo", ["one", "", "two"]),
    ],
)
def test_only_a_blank_page_at_the_end_is_none(text: str, pages: list[str]):
    reading = read(text)
    assert [reading.text[page.start : page.end] for page in reading.pages] == pages
    assert [page.number for page in reading.pages] == list(range(1, len(pages) + 1))


LONG = "Rules on capital and liquidity of banks, of insurers and of their holding companies that "
LONG += "take part in the payment systems"


@pytest.mark.parametrize(("first", "title"), [(LONG[:120], LONG[:120]), (LONG[:121], "1.1 Scope")])
def test_a_first_line_of_120_characters_is_a_title_and_else_the_first_heading(
    first: str, title: str
):
    text = f"{first}\n\n1.1 Scope\n\nText.\n\n1.2 Terms\n\nText.\n"
    assert read(text).facts.title == title


def test_lines_with_as_many_tabs_are_a_table():
    reading = read("Assets\n\nLoans\t1\nBonds\t2\n\nEnd\tof it\n")
    (table,) = reading.tables
    assert reading.text[table.start : table.end] == "Loans\t1\nBonds\t2"


@pytest.mark.parametrize(
    ("line", "heading", "level"),
    [
        ("第一章 總則", "第一章 總則", 1),
        ("第二节 资本", "第二节 资本", 2),
        ("第五條　本法所稱金融機構，指下列機構。", "第五條", 3),
        ("第12条 （定义）", "第12条 （定义）", 3),
        ("壹、會議緣起與目的", "壹、會議緣起與目的", 1),
        ("一、金融科技之影響", "一、金融科技之影響", 2),
        ("（二）監理", "（二）監理", 3),
        ("الفصل الأول: أحكام عامة", "الفصل الأول: أحكام عامة", 1),
        ("المادة 7: تلتزم المصارف بما يلي.", "المادة 7", 3),
        ("Article 7", "Article 7", 3),
        ("Article 9. The authority may ask for more capital.", "Article 9", 3),
        ("PART II", "PART II", 1),
        ("Item 7A. Market Risk", "Item 7A. Market Risk", 2),
        ("ITEM 2 - Properties", "ITEM 2 - Properties", 2),
        ("NOTE 12. INCOME TAXES", "NOTE 12. INCOME TAXES", 3),
        ("Rule 3.2.1", "Rule 3.2.1", 3),
        ("§5 Duties", "§5 Duties", 3),
        ("1. Introduction", "1. Introduction", 1),
        ("3.2.1 Capital requirements", "3.2.1 Capital requirements", 3),
    ],
)
def test_headings_are_known_by_their_numbers(line: str, heading: str, level: int):
    found = numbered_heading(line)
    assert found is not None
    assert (line[: found.end], found.level) == (heading, level)


@pytest.mark.parametrize(
    "line",
    [
        "",
        "12 months after the end of the year",
        "Article 7 of the Regulation requires that banks hold capital.",
        "1. Banks shall hold enough capital against the risks they take, and report it yearly.",
        "壹、會議緣起與目的.....4",
        "參、課程內容摘要\t8",
        "2.5 %",
        "2024 2023 2022",
        "The Section 5 duties",
    ],
)
def test_sentences_figures_and_contents_are_no_headings(line: str):
    assert numbered_heading(line) is None


def test_lone_numbers_rank_below_east_asian_sections():
    reading = read("壹、總說\n\n一、背景\n\n2. 影響\n\n")
    assert [(h.title, h.level) for h in reading.headings] == [
        ("壹、總說", 1),
        ("一、背景", 2),
        ("2. 影響", 4),
    ]


@pytest.mark.parametrize(
    ("text", "date"),
    [
        ("London, 28 June 2024", "2024-06-28"),
        ("June 3rd, 2024 and 4 July 2024", "2024-06-03"),
        ("December 2023", "2023-12"),
        ("2018 年 12 月 3 日", "2018-12-03"),
        ("民國107年12月", "2018-12"),
        ("٢٨ يونيو ٢٠٢٤", "2024-06-28"),
        ("31 February 2024", "2024-02"),
        ("no date", ""),
    ],
)
def test_dates_become_iso(text: str, date: str):
    assert first_date(text) == date


def test_dates_of_pdf_metadata_are_read():
    assert iso_date("D:20230117185754Z") == "2023-01-17"
    assert iso_date("2024-06") == "2024-06"


def test_a_labelled_date_beats_an_earlier_one_and_prose_is_not_searched():
    text = "出國期間：2018 年 11 月 12 日\n\n報告日期：2018 年 12 月\n"
    assert read(text).facts.date == "2018-12"
    prose = "On 25 December 2024 the authority said, in a long line of prose, that all was well."
    assert read(prose).facts.date == ""


@pytest.mark.parametrize(
    "junk", ["untitled", "Document1", "report_final.docx", "0001437749-23-003123", "中", "无标题"]
)
def test_titles_that_programs_leave_are_no_titles(junk: str):
    assert clean_title(junk) == ""


def test_markdown_keeps_its_text_and_knows_headings_and_tables():
    before = "---\ntitle: Annual rules\ndate: 2024-06-28\n---\n# Part *one*\n\n"
    after = "\n\nUnder\n-----\n\n```\n# not a heading\n```\n"
    table = "| a | **b** |\n|---|--:|\n| 1 \\| 2 | `x` |\n|| 3 |"
    reading = read(before + table + after, ".md")
    assert reading.text == before + "a\tb\n1 | 2\tx\n\t3" + after
    assert [(h.title, h.level) for h in reading.headings] == [("Part one", 1), ("Under", 2)]
    assert [reading.text[h.start : h.end] for h in reading.headings] == [
        "# Part *one*",
        "Under\n-----",
    ]
    (span,) = reading.tables
    assert reading.text[span.start : span.end] == "a\tb\n1 | 2\tx\n\t3"
    assert reading.text[span.start : span.header_end] == "a\tb"
    assert (reading.facts.title, reading.facts.date) == ("Annual rules", "2024-06-28")


def test_lists_and_footnotes_of_markdown_stay_where_they_are():
    text = "- one[^1]\n  more\n- two\n\n1. a\n\n2. b\n\n[^1]: note\n"
    reading = read(text, ".md")
    assert (reading.text, reading.headings, reading.tables) == (text, (), ())


def test_text_without_text_is_refused():
    with pytest.raises(ReadError, match="no text"):
        read(" \n\t\n")


PIECES = st.sampled_from(
    ["# ", "第三條　", "1.1 Title\n", "\n\n", "\t", "\f", "| a | b |\n|---|---|\n", "a\tb\n", "- ",
     "```\n", "> ", "المادة 7: ", "\r\n", "x", "。", "12", "===\n", "&amp;", "<b>"]
)  # fmt: skip
TEXTS = st.lists(PIECES | st.text(string.printable, max_size=8), min_size=1, max_size=40)


@given(parts=TEXTS, suffix=st.sampled_from([".txt", ".md"]))
def test_spans_lie_within_the_text_and_pages_follow_one_another(parts: list[str], suffix: str):
    try:
        reading = read("x" + "".join(parts), suffix)
    except ReadError:
        return
    check_spans(reading)


def check_spans(reading: Reading) -> None:
    length = len(reading.text)
    assert reading.pages[0].start >= 0
    assert reading.pages[-1].end <= length
    for page, after in pairwise(reading.pages):
        assert page.start <= page.end <= after.start
        assert not reading.text[page.end : after.start].strip()
    for heading in reading.headings:
        assert 0 <= heading.start < heading.end <= length
        assert heading.level >= 1
        assert heading.title
        assert "\n" not in heading.title
    for table in reading.tables:
        assert 0 <= table.start <= table.header_end <= table.end <= length
        assert table.start < table.end
