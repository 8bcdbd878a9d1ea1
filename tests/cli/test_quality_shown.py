"""The quality of pages is kept in the index and said wherever words of a doubtful page stand."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from fakes.web_assistant import ANSWERS, EXAMPLES, REPORTS
from index_fakes import read, stages, write

from rag.cli.console import render_answer, render_build, render_hits
from rag.cli.overview import overview, render_overview
from rag.index import Stages, build, open_index
from rag.json_contract import answer_to_json, build_to_json, search_to_json
from rag.locale import INTERFACE_LANGUAGES, catalogue
from rag.schema import Answer, Reading
from rag.web.conversation import Turn
from rag.web.evidence import evidence_html

ANSWER = ANSWERS[dict(EXAMPLES)["en"]]


def reader(faults: dict[str, tuple[float | None, tuple[str, ...]]]) -> Callable[[Path], Reading]:
    """A reader that judges files by name; others are healthy."""

    def judged(path: Path) -> Reading:
        reading = read(path)
        quality, found = faults.get(path.name, (1.0, ()))
        pages = tuple(replace(p, quality=quality, faults=found) for p in reading.pages)
        return replace(reading, pages=pages, notes=(f"Note on {path.name}.",) if found else ())

    return judged


def ocr_stages(read_with: Callable[[Path], Reading], ocr: str) -> Stages:
    fingerprints = {"readers": "1", "chunking": "1", "analysis": "1", "ocr": ocr}
    return stages(read=read_with, fingerprints=fingerprints)


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    return write(tmp_path / "corpus", {"good.txt": "alpha one", "scan.txt": "beta one"})


def test_pages_keep_their_quality_and_the_build_says_what_was_noted(corpus, tmp_path):
    root = tmp_path / "index"
    report = build(root, corpus, stages(read=reader({"scan.txt": (0.42, ("garbled", "ocr"))})))
    assert build_to_json(report)["notes"] == [{"source": "scan.txt", "note": "Note on scan.txt."}]
    assert "scan.txt: Note on scan.txt." in render_build(report).splitlines()
    with open_index(root) as index:
        page = index.page_of("scan", 0)
        assert (page.quality, page.faults) == (0.42, ("garbled", "ocr"))
        assert index.document("scan").reading.pages == index.pages("scan")
    # Nothing was read again, so that nothing is noted again.
    again = build(root, corpus, stages(read=reader({"scan.txt": (0.42, ("garbled", "ocr"))})))
    assert again.notes == ()


def test_the_overview_names_the_worst_pages_in_words(corpus, tmp_path):
    root = tmp_path / "index"
    build(root, corpus, stages(read=reader({"scan.txt": (0.42, ("ocr", "garbled"))})))
    with open_index(root) as index:
        described = overview(index)
    good, scan = described["reports"]
    assert good["quality"] == {"mean": 1.0, "lowest": 1.0, "pages_with_faults": 0}
    assert scan["quality"] == {"mean": 0.42, "lowest": 0.42, "pages_with_faults": 1}
    assert scan["worst_pages"] == [{"page": 1, "quality": 0.42, "faults": ["ocr", "garbled"]}]
    lines = render_overview(described).splitlines()
    assert "    page 1 (0.42): its text is garbled; recognised from a picture" in lines
    assert sum("quality" in line for line in lines) == 1
    assert "good.txt  [en, 1 page]" in lines


def test_another_ocr_reads_again_only_what_it_may_read_better(corpus, tmp_path):
    root = tmp_path / "index"
    opened: list[str] = []
    judge = reader({"scan.txt": (0.0, ("picture",))})

    def watched(path: Path) -> Reading:
        opened.append(path.name)
        return judge(path)

    build(root, corpus, ocr_stages(watched, "off"))
    assert sorted(opened) == ["good.txt", "scan.txt"]
    opened.clear()
    build(root, corpus, ocr_stages(watched, "off"))
    assert opened == []
    report = build(root, corpus, ocr_stages(watched, "tesseract 5"))
    assert opened == ["scan.txt"]
    assert report.unchanged == ("good", "scan")
    opened.clear()
    build(root, corpus, replace(ocr_stages(watched, "tesseract 5"), fingerprints={"readers": "2"}))
    assert sorted(opened) == ["good.txt", "scan.txt"]


def doubted(quality: float | None, faults: tuple[str, ...]) -> Answer:
    return replace(
        ANSWER,
        citations=tuple(replace(c, quality=quality, faults=faults) for c in ANSWER.citations),
        hits=tuple(replace(h, quality=quality, faults=faults) for h in ANSWER.hits),
    )


@pytest.mark.parametrize(
    ("quality", "faults", "words"),
    [
        (0.95, ("ocr",), "recognised from a picture"),
        (0.79, ("disagreement",), "not read well"),
        (0.8, ("disagreement",), ""),
        (1.0, (), ""),
        (None, (), ""),
        (None, ("empty",), ""),
    ],
)
def test_only_words_of_doubtful_pages_are_marked(quality, faults, words):
    answer = doubted(quality, faults)
    for shown in (render_answer(answer), render_hits(answer.hits)):
        assert ("check it against the page" in shown) == bool(words)
        assert words in shown
    html = evidence_html(
        [Turn("?", answer)],
        catalogue("en"),
        reports=REPORTS,
        titles={r.name: r.title for r in REPORTS},
    )
    assert ('class="doubt"' in html) == bool(words)
    assert words in html


@pytest.mark.parametrize("language", INTERFACE_LANGUAGES)
def test_the_warning_is_in_the_language_of_the_interface(language):
    texts = catalogue(language)
    html = evidence_html([Turn("?", doubted(0.9, ("ocr",)))], texts, reports=(), titles={})
    assert texts.chat.recognised in html
    assert texts.chat.badly_read not in html
    html = evidence_html([Turn("?", doubted(0.1, ("garbled",)))], texts, reports=(), titles={})
    assert texts.chat.badly_read in html
    others = [catalogue(code) for code in INTERFACE_LANGUAGES if code != language]
    assert all(texts.chat.recognised != other.chat.recognised for other in others)


def test_json_gives_quality_and_faults():
    answer = answer_to_json(doubted(0.42, ("ocr",)))
    assert {(c["quality"], *c["faults"]) for c in answer["citations"]} == {(0.42, "ocr")}
    (hit, *_) = search_to_json("q", "en", "hybrid", ANSWER.hits)["hits"]
    assert (hit["quality"], hit["faults"]) == (None, [])
