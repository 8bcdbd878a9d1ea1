"""Facts that people state beside the reports: what holds, what is refused, what a change costs."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from index_fakes import files_of, read, stages, write

from rag.cli.overview import overview, render_overview
from rag.errors import CorpusError
from rag.index import DocumentInfo, build, open_index
from rag.schema import Chunk, Document, Facts, Reading

REPORT = "Office|report|2020\nalpha"


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    return write(tmp_path / "corpus", {"a.txt": REPORT, "sub/b.txt": REPORT, "sub/c.md": REPORT})


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return tmp_path / "index"


def described(document: Document, chunk: Chunk) -> str:
    """As the real stages do, with the report's facts."""
    facts = document.reading.facts
    return f"{facts.title} {facts.issuer}\n{chunk.text}"


def infos(root: Path) -> dict[str, DocumentInfo]:
    with open_index(root) as index:
        return {info.name: info for info in index.documents()}


def test_a_sidecar_corrects_its_report_and_only_that(corpus: Path, root: Path) -> None:
    write(
        corpus,
        {"a.toml": 'title = "Annual  report"\ndate = 2024-06-28\nlanguage = "zh_TW"\nkind = ""\n'},
    )
    report = build(root, corpus, stages())
    assert report.skipped == ()
    found = infos(root)
    assert found["a"].facts == Facts("Annual report", "Office", "", "2024-06-28")
    assert found["a"].language == "zh-Hant"
    assert found["a"].found.facts == Facts("", "Office", "report", "2020")
    assert found["a"].found.language == "en"
    assert found["sub/b"].facts == Facts("", "Office", "report", "2020")
    with open_index(root) as index:
        assert index.document("a").reading.facts == found["a"].facts
        assert index.document("a").language == "zh-Hant"


def test_the_nearest_statement_of_each_key_holds(corpus: Path, root: Path) -> None:
    write(
        corpus,
        {
            "corpus.toml": (
                'issuer = "all"\nkind = "all"\ndate = "2001"\n'
                '["sub/b"]\nkind = "exact"\n'
                '["**/*.txt"]\nissuer = "text"\nkind = "text"\n'
                '["sub/*"]\nissuer = "folder"\n'
            ),
            "sub/b.txt.toml": "date = 2003\n",
        },
    )
    build(root, corpus, stages())
    found = infos(root)
    assert found["a"].facts == Facts("", "text", "text", "2001")
    # The later of two patterns; a name before any pattern; the report's own file before all.
    assert found["sub/b"].facts == Facts("", "folder", "exact", "2003")
    assert found["sub/c"].facts == Facts("", "folder", "all", "2001")
    assert found["sub/b"].correction.origins == {
        "issuer": "corpus.toml",
        "kind": "corpus.toml",
        "date": "sub/b.txt.toml",
    }


@pytest.mark.parametrize(
    ("pattern", "sources"),
    [
        ("*.txt", {"a"}),
        ("sub/*.txt", {"sub/b"}),
        ("**", {"a", "sub/b", "sub/c"}),
        ("**/*.txt", {"a", "sub/b"}),
        ("?.txt", {"a"}),
        ("s*/?.md", {"sub/c"}),
        ("sub/c.md", {"sub/c"}),
        ("sub/c", {"sub/c"}),
    ],
)
def test_patterns_stay_within_a_folder_unless_doubled(
    corpus: Path, root: Path, pattern: str, sources: set[str]
) -> None:
    write(corpus, {"corpus.toml": f'["{pattern}"]\ntitle = "x"\n'})
    build(root, corpus, stages())
    assert {name for name, info in infos(root).items() if info.facts.title} == sources


def test_changes_of_facts_are_updates_that_read_nothing_again(corpus: Path, root: Path) -> None:
    seen: list[str] = []

    def watched(path: Path) -> Reading:
        seen.append(path.name)
        return read(path)

    parts = stages(read=watched, describe=described)
    first = build(root, corpus, parts)
    before = files_of(root)
    seen.clear()

    write(corpus, {"a.toml": 'issuer = "Ministry"'})
    second = build(root, corpus, parts)
    assert (second.updated, second.unchanged) == (("a",), ("sub/b", "sub/c"))
    # Both chunks of a are another text for the model now; no others are.
    assert (second.chunks_encoded, seen) == (2, [])
    with open_index(root) as index:
        assert list(index.rows_where(issuer="ministry")) == [0, 1]

    again = build(root, corpus, parts)
    assert (again.updated, again.generation) == ((), second.generation)

    (corpus / "a.toml").unlink()
    third = build(root, corpus, parts)
    assert (third.updated, seen) == (("a",), [])
    assert infos(root)["a"].facts.issuer == "Office"
    # What was found is back, to the byte.
    database = f"generations/{first.generation}/documents.sqlite"
    assert files_of(root)[database.replace(first.generation, third.generation)] == before[database]


def test_another_language_cuts_the_report_anew(corpus: Path, root: Path) -> None:
    cut: list[str] = []
    whole = stages().chunk

    def watched(document: Document) -> Any:
        cut.append(f"{document.name} {document.language}")
        return whole(document)

    build(root, corpus, stages(chunk=watched))
    cut.clear()
    write(corpus, {"sub/c.toml": 'language = "ar"'})
    build(root, corpus, stages(chunk=watched))
    assert cut == ["sub/c ar"]


def test_stating_what_was_found_is_no_update(corpus: Path, root: Path) -> None:
    build(root, corpus, stages())
    write(corpus, {"a.toml": 'issuer = "Office"'})
    report = build(root, corpus, stages())
    assert report.updated == ()
    assert infos(root)["a"].correction.origins == {"issuer": "a.toml"}


def test_all_faults_are_named_at_once_and_nothing_is_read(corpus: Path, root: Path) -> None:
    build(root, corpus, stages())
    before = files_of(root)

    def fail(_: Path) -> Reading:
        raise AssertionError("read in spite of faults")

    write(
        corpus,
        {
            "new.txt": "new",
            "a.toml": 'title = "x"\n\nisuer = "Office"\nkind = 3\n',
            "sub/b.toml": 'date = "2024-02-30"\nlanguage = "klingon"\n',
            "sub/c.toml": "title = Annual\n",
            "corpus.toml": '["a"]\nyear = 2024\n[sub.b]\ntitle = "x"\n',
        },
    )
    with pytest.raises(CorpusError) as caught:
        build(root, corpus, stages(read=fail))
    message = str(caught.value)
    assert message.startswith(
        "There are 7 faults in the facts beside the reports; nothing was read"
    )
    for part in (
        "a.toml, line 3: the key isuer is unknown. Did you mean issuer?",
        "a.toml, line 4: kind must be text in quotes, not a number.",
        "sub/b.toml, line 1: date = 2024-02-30 is no date. Write 2024, 2024-06 or 2024-06-28",
        'sub/b.toml, line 2: language = "klingon" is no language that is known. Use one of en,',
        "sub/c.toml, line 1: this is no TOML",
        "corpus.toml, line 2: the key year is unknown. The keys are title, issuer, kind, date",
        "corpus.toml, line 3: the table [b] has no meaning here.",
    ):
        assert part in message
    assert files_of(root) == before


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"title = '\xff'", "a.toml, it cannot be read as TOML: it is not UTF-8 text"),
        (b"title = 'x'\ntitle = 'y'", "this is no TOML"),
        (b"x = " + b"[" * 100_000, "TOML"),
        (b"date = true", "line 1: date = True is no date"),
        (b"date = 10:30:00", "line 1: date = a date or time is no date"),
        (b"date = '2024-13'", "is no date"),
        (b"title = ['x']", "title must be text in quotes, not a list"),
        (b"[title]\nx = 1", "line 1: title must be text in quotes, not a table"),
        (b"['b.txt']\ntitle = 'x'", "line 1: the table [b.txt] has no meaning here"),
        (b"language = ''", "no language"),
        (b"#" + b"x" * (1 << 20), "more than 1048576 bytes"),
    ],
)
def test_faults_say_where_they_are(corpus: Path, root: Path, content: bytes, words: str) -> None:
    (corpus / "a.toml").write_bytes(content)
    with pytest.raises(CorpusError) as caught:
        build(root, corpus, stages())
    assert words in str(caught.value)
    assert str(caught.value).startswith("a.toml, ") and str(caught.value).endswith("was read.")
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("content", "date"),
    [
        (b"date = '2024'", "2024"),
        (b"date = 2024", "2024"),
        (b"date = '2024-06'", "2024-06"),
        (b"date = 2024-06-28T10:00:00Z", "2024-06-28"),
        (b"date = ''", ""),
        (b"\xef\xbb\xbfdate = '1999-12-31'\r\n", "1999-12-31"),
    ],
)
def test_dates_have_any_precision(corpus: Path, root: Path, content: bytes, date: str) -> None:
    (corpus / "a.toml").write_bytes(content)
    build(root, corpus, stages())
    assert infos(root)["a"].facts.date == date


def test_a_sidecar_without_its_report_is_mentioned(corpus: Path, root: Path) -> None:
    # What is meant for other programs is not read, however odd, once it speaks for no report.
    write(corpus, {"x.toml": "odd =", "sub/corpus.toml": "", "rag.toml": "", "corpus.toml": (
        '["none.txt"]\ntitle = "x"\n["*.pdf"]\ntitle = "x"\n'
    )})  # fmt: skip
    report = build(root, corpus, stages())
    assert [(one.source, one.reason) for one in report.skipped] == [
        ("corpus.toml", 'has a table "*.pdf" in line 3 that no report fits'),
        ("corpus.toml", 'has a table "none.txt" in line 1 that no report fits'),
        (
            "sub/corpus.toml",
            "speaks for no report: only the corpus.toml at the top of the corpus holds for all",
        ),
        ("x.toml", "speaks for no report: none beside it is called x"),
    ]
    assert build(root, corpus, stages()).generation == report.generation


def test_two_reports_of_one_stem_need_their_whole_names(corpus: Path, root: Path) -> None:
    write(corpus, {"a.md": REPORT, "a.toml": 'title = "which?"'})
    with pytest.raises(CorpusError, match=r"a\.toml could be meant for each of a\.md, a\.txt\."):
        build(root, corpus, stages())
    (corpus / "a.toml").unlink()
    write(corpus, {"a.md.toml": 'title = "one"', "a.txt.toml": 'title = "two"'})
    build(root, corpus, stages())
    assert [infos(root)[name].facts.title for name in ("a.md", "a.txt")] == ["one", "two"]


def test_two_files_cannot_speak_for_one_report(corpus: Path, root: Path) -> None:
    write(corpus, {"a.toml": 'title = "x"', "a.txt.toml": 'title = "y"'})
    with pytest.raises(CorpusError, match=r"a\.txt\.toml and a\.toml both speak for a\.txt"):
        build(root, corpus, stages())


def test_a_corpus_of_one_file_has_its_sidecar_too(corpus: Path, root: Path) -> None:
    write(corpus, {"sub/b.toml": 'title = "x"', "sub/z.toml": "bad", "sub/corpus.toml": (
        'issuer = "y"\n["c"]\ntitle = "z"'
    )})  # fmt: skip
    report = build(root, corpus / "sub/b.txt", stages())
    assert report.skipped == ()
    assert infos(root)["b"].facts == Facts("x", "y", "report", "2020")


def test_accented_names_match_however_they_are_stored(tmp_path: Path, root: Path) -> None:
    corpus = write(tmp_path / "corpus", {"re\u0301sume\u0301.txt": REPORT})
    write(corpus, {"corpus.toml": '["résumé.txt"]\ntitle = "x"'})
    build(root, corpus, stages())
    assert [info.facts.title for info in infos(root).values()] == ["x"]


def test_info_says_where_each_fact_is_from(corpus: Path, root: Path) -> None:
    write(corpus, {"a.toml": 'title = "Rules"\nissuer = ""\nlanguage = "ar"'})
    build(root, corpus, stages())
    with open_index(root) as index:
        said = overview(index)
    report = said["reports"][0]
    assert (report["title"], report["issuer"], report["date"]) == ("Rules", "", "2020")
    assert report["origins"] == {
        "title": "a.toml",
        "issuer": "a.toml",
        "kind": "reader",
        "date": "reader",
        "language": "a.toml",
    }
    assert report["found"] == {"title": "", "issuer": "Office", "language": "en"}
    lines = render_overview(said).splitlines()
    first = lines.index("a.txt  [ar, 1 page]")
    assert lines[first + 1 : first + 6] == [
        "    title    Rules  (a.toml; the reader found none)",
        '    issuer   -  (a.toml; the reader found "Office")',
        "    kind     report  (reader)",
        "    date     2020  (reader)",
        '    language ar  (a.toml; the reader found "en")',
    ]
