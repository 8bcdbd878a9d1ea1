"""The record of answers: a chain of lines, the file they are added to, and what an audit says."""

from __future__ import annotations

import hashlib
import json
import multiprocessing
import threading
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.audit import FIRST, Ledger, check, line_hash, sealed
from rag.audit.ledger import read_lines
from rag.errors import RagError

VALUES = st.dictionaries(
    st.sampled_from(["question", "answer", "score", "passages"]),
    st.one_of(st.text(), st.integers(), st.floats(allow_nan=False, allow_infinity=False)),
    max_size=3,
)
ENTRIES = st.lists(VALUES, min_size=2, max_size=6)


def chain(entries) -> list[bytes]:
    lines: list[bytes] = []
    for number, values in enumerate(entries, start=1):
        lines.append(sealed(values, number, line_hash(lines[-1]) if lines else FIRST))
    return lines


def test_a_line_carries_the_hash_of_the_one_before_and_its_own():
    first, second = chain([{"answer": "a"}, {"answer": "ب"}])
    assert first == (
        b'{"answer":"a","number":1,"previous":"' + b"0" * 64 + b'","sha256":"'
        + hashlib.sha256(
            b'{"answer":"a","number":1,"previous":"' + b"0" * 64 + b'"}'
        ).hexdigest().encode() + b'"}'
    )  # fmt: skip
    assert json.loads(second)["previous"] == hashlib.sha256(first).hexdigest()
    assert check([first, second]) == []


@given(ENTRIES)
def test_a_whole_chain_has_no_fault_and_each_of_its_heads_is_known(entries):
    lines = chain(entries)
    assert check(lines) == []
    for line in lines:
        assert check(lines, line_hash(line)) == []
    assert check(lines, FIRST) == []


@given(ENTRIES, st.data())
def test_any_byte_that_is_changed_shows(entries, data):
    lines = chain(entries)
    number = data.draw(st.integers(0, len(lines) - 1))
    place = data.draw(st.integers(0, len(lines[number]) - 1))
    byte = data.draw(st.integers(0, 255).filter(lambda b: b not in (lines[number][place], 10)))
    lines[number] = lines[number][:place] + bytes([byte]) + lines[number][place + 1 :]
    faults = check(lines)
    assert faults
    assert faults[0].line == number + 1


@given(ENTRIES, st.data())
def test_any_line_that_is_taken_out_shows_but_the_last_one_only_by_the_head(entries, data):
    lines = chain(entries)
    head = line_hash(lines[-1])
    number = data.draw(st.integers(0, len(lines) - 1))
    rest = lines[:number] + lines[number + 1 :]
    if number < len(lines) - 1:
        faults = check(rest)
        assert faults[0].line == number + 1
        assert "1 entry is missing" in faults[0].what
    else:
        assert check(rest) == []
        assert "taken from the end" in check(rest, head)[0].what


@given(ENTRIES, VALUES, st.data())
def test_any_line_that_is_put_in_shows(entries, values, data):
    lines = chain(entries)
    number = data.draw(st.integers(0, len(lines) - 1))
    before = line_hash(lines[number - 1]) if number else FIRST
    forged = sealed(values, number + 1, before)
    faults = check([*lines[:number], forged, *lines[number:]])
    assert faults
    assert faults[0].line in (number + 1, number + 2)


@given(ENTRIES, st.data())
def test_lines_that_change_places_show(entries, data):
    lines = chain(entries)
    one = data.draw(st.integers(0, len(lines) - 2))
    other = data.draw(st.integers(one + 1, len(lines) - 1))
    lines[one], lines[other] = lines[other], lines[one]
    faults = check(lines)
    assert faults
    assert faults[0].line == one + 1


@given(ENTRIES, VALUES, st.data())
def test_a_line_written_anew_with_a_fitting_hash_shows_by_the_one_after_it(entries, values, data):
    lines = chain(entries)
    number = data.draw(st.integers(0, len(lines) - 2))
    before = line_hash(lines[number - 1]) if number else FIRST
    forged = sealed({**values, "forged": True}, number + 1, before)
    faults = check([*lines[:number], forged, *lines[number + 1 :]])
    assert [fault.line for fault in faults] == [number + 2]
    assert f"Line {number + 1} was changed" in faults[0].what


def test_the_first_broken_line_is_named_with_what_was_done():
    lines = chain([{"answer": text} for text in "abcde"])
    changed = [*lines[:2], lines[2].replace(b'"c"', b'"x"'), *lines[3:]]
    assert [(f.line, "was changed" in f.what) for f in check(changed)] == [(3, True)]
    assert "2 entries are missing" in check([lines[0], *lines[3:]])[0].what
    assert "before which it stands" in check([lines[0], lines[2], lines[1], *lines[3:]])[0].what
    assert "no entry" in check([*lines[:2], b"{}", *lines[2:]])[0].what
    assert "did not stand between" in check([*lines[:2], lines[0], *lines[2:]])[-1].what


def test_names_of_the_chain_and_what_json_cannot_hold_are_refused():
    for values in ({"number": 1}, {"score": float("nan")}):
        with pytest.raises(ValueError):
            sealed(values, 1, FIRST)


def test_entries_are_added_and_the_head_is_given(tmp_path: Path):
    ledger = Ledger(tmp_path / "deep" / "record.jsonl")
    heads = [ledger.append({"question": text}) for text in ("a", "\ud800", "ج")]
    lines, rest = read_lines(ledger.path)
    assert rest == b""
    assert [line_hash(line) for line in lines] == heads
    assert check(lines, heads[0]) == []


def test_a_line_larger_than_what_is_read_at_once_is_followed(tmp_path: Path):
    ledger = Ledger(tmp_path / "record.jsonl")
    for length in (70_000, 1, 140_000, 65_536, 1):
        ledger.append({"answer": "x" * length})
    lines, _ = read_lines(ledger.path)
    assert check(lines) == []
    assert len(lines) == 5


@given(st.integers(0, 10_000))
def test_a_torn_last_line_is_moved_aside_and_named_by_the_next_entry(cut: int):
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        said: list[str] = []
        ledger = Ledger(Path(folder) / "record.jsonl", said.append)
        for text in ("a", "b"):
            ledger.append({"answer": text})
        whole = ledger.path.read_bytes()
        first = whole.index(b"\n") + 1
        # From the first byte of the second line to the last one before its line feed is left out.
        length = 1 + cut % (len(whole) - first - 2)
        torn = whole[first : first + length]
        ledger.path.write_bytes(whole[:first] + torn)
        ledger.append({"answer": "c"})
        lines, rest = read_lines(ledger.path)
        about = json.loads(lines[1])["torn"]
        assert (len(lines), rest, check(lines)) == (2, b"", [])
        assert (ledger.path.parent / about["file"]).read_bytes() == torn
        assert about["sha256"] == hashlib.sha256(torn).hexdigest()
        assert len(said) == 1


def test_a_line_that_lost_nothing_but_its_end_stays(tmp_path: Path):
    ledger = Ledger(tmp_path / "record.jsonl")
    ledger.append({"answer": "a"})
    ledger.path.write_bytes(ledger.path.read_bytes().rstrip(b"\n"))
    ledger.append({"answer": "b"})
    lines, _ = read_lines(ledger.path)
    assert [json.loads(line)["answer"] for line in lines] == ["a", "b"]
    assert check(lines) == []


def test_nothing_is_added_after_a_last_line_that_was_changed(tmp_path: Path):
    ledger = Ledger(tmp_path / "record.jsonl")
    ledger.append({"answer": "a"})
    ledger.path.write_bytes(ledger.path.read_bytes().replace(b'"a"', b'"x"'))
    before = ledger.path.read_bytes()
    with pytest.raises(RagError, match="rag audit"):
        ledger.append({"answer": "b"})
    assert ledger.path.read_bytes() == before


def _write_many(path: Path, name: int) -> None:
    threads = [
        threading.Thread(target=Ledger(path).append, args=({"writer": f"{name} {number}"},))
        for number in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def test_threads_of_several_processes_write_one_chain(tmp_path: Path):
    path = tmp_path / "record.jsonl"
    context = multiprocessing.get_context("fork")
    writers = [context.Process(target=_write_many, args=(path, name)) for name in range(3)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    lines, rest = read_lines(path)
    assert rest == b""
    assert check(lines) == []
    assert {json.loads(line)["writer"] for line in lines} == {
        f"{name} {number}" for name in range(3) for number in range(8)
    }


def test_what_cannot_be_written_raises_and_leaves_the_record(tmp_path: Path):
    folder = tmp_path / "record.jsonl"
    folder.mkdir()
    with pytest.raises(RagError, match="An answer is not given without its entry"):
        Ledger(folder).append({"answer": "a"})
    with pytest.raises(RagError, match="cannot be read"):
        read_lines(tmp_path / "none")
