"""Lines of one paragraph or cell as running text, as each language joins them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from rag.readers.pdf.lines import Line

_WIDE = re.compile("[\u2e80-\ua4cf\uf900-\ufaff\uff00-\uffef\U00020000-\U0003ffff]")
_WORD = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")
_HEAD = re.compile(r"([^\W\d_]+)[-\u2010]$")
_TAIL = re.compile(r"[^\W\d_]+")


@dataclass(frozen=True, slots=True)
class Words:
    """What a document's own words say about hyphens at line ends.

    ``known`` are its words in lower case, compounds with their hyphen; ``divides`` says whether it
    divides words at line ends at all.
    """

    known: frozenset[str] = frozenset()
    divides: bool = False

    def keeps_hyphen(self, first: str, second: str) -> bool:
        """Whether a hyphen between two halves at a line end belongs to the word."""
        first, second = first.lower(), second.lower()
        if first + second in self.known:
            return False
        if f"{first}-{second}" in self.known or not self.divides:
            return True
        return first in self.known and second in self.known


def is_wide(text: str) -> bool:
    """Whether a text begins with an East Asian character."""
    return _WIDE.match(text.lstrip()) is not None


def words_of(lines: Sequence[str]) -> Words:
    """Collects words, all but those broken at line ends, and finds whether any are divided."""
    known = set(_whole_words(lines))
    ends = [match.group(1).lower() for line in lines if (match := _HEAD.search(line.rstrip()))]
    heads = [i for i, line in enumerate(lines[:-1]) if _HEAD.search(line.rstrip())]
    divided = 0
    for i in heads:
        head, tail = _HEAD.search(lines[i].rstrip()), _TAIL.match(lines[i + 1].lstrip())
        if head and tail and (head.group(1) + tail.group()).lower() in known:
            divided += 1
    # A few chance finds, such as "in-" before "come", are no habit.
    return Words(frozenset(known), divided >= 2 and divided * 4 >= len(ends))


def _whole_words(lines: Iterable[str]) -> Iterable[str]:
    for line in lines:
        text = line.strip().lower()
        for match in _WORD.finditer(text):
            if match.end() < len(text) - 1 and not text.startswith("-", match.end()):
                yield match.group()
                if "-" in match.group():
                    yield from match.group().split("-")


def joined_lines(lines: Sequence[Line], words: Words) -> str:
    """The lines as one text without line ends."""
    text = ""
    for line in lines:
        text = joined(text, line.text, words) if text else line.text
    return text.replace("\xad", "").strip()


def joined(before: str, after: str, words: Words) -> str:
    """Two lines of one paragraph as one.

    No space between East Asian characters; one elsewhere. A hyphen at the end of the first goes
    if it only divides a word, as the document's own words tell.
    """
    head, tail = before.rstrip(), after.lstrip()
    if not head or not tail:
        return head or tail
    return _hyphenated(head, tail, words) or head + space_between(before, after) + tail


def _hyphenated(head: str, tail: str, words: Words) -> str:
    """The two joined over a hyphen or a soft hyphen; nothing where none ends the first."""
    if head.endswith("\xad"):
        return head[:-1] + tail
    broken = _HEAD.search(head)
    if broken is None:
        return head + tail if head[-1] == "/" and head[-2:-1].isalnum() else ""
    follow = _TAIL.match(tail)
    if follow and follow.group()[0].islower():
        kept = words.keeps_hyphen(broken.group(1), follow.group())
        return head + tail if kept else head[:-1] + tail
    return head + tail if tail[0].isalnum() else ""


def space_between(before: str, after: str) -> str:
    """The space that two lines of one paragraph need between them; neither may be blank."""
    head, tail = before.rstrip()[-1], after.lstrip()[0]
    wide = (_WIDE.match(head) is not None) + (_WIDE.match(tail) is not None)
    if wide == 2:
        return ""
    if wide == 1:
        return " " if before[-1].isspace() or after[0].isspace() else ""
    return " "
