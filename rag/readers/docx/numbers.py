"""The numbers that Word shows before paragraphs; the file stores only the rules for counting."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from docx.document import Document as WordDocument
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.oxml import parse_xml
from docx.oxml.ns import qn
from lxml import etree

_CHINESE = "零一二三四五六七八九"
_LEGAL = "零壹貳參肆伍陸柒捌玖"
_ROMAN = ((1000, "m"), (900, "cm"), (500, "d"), (400, "cd"), (100, "c"), (90, "xc"), (50, "l"),
          (40, "xl"), (10, "x"), (9, "ix"), (5, "v"), (4, "iv"), (1, "i"))  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Level:
    start: int
    kind: str
    text: str


class Numbering:
    """Counts through a document: ``marker`` must see every paragraph once, in order."""

    def __init__(self, document: WordDocument) -> None:
        self._lists: dict[str, tuple[str, dict[int, _Level]]] = {}
        self._counts: dict[str, dict[int, int]] = {}
        self._styles = _style_numbers(document)
        try:
            root = parse_xml(document.part.part_related_by(RELATIONSHIP_TYPE.NUMBERING).blob)
        except (KeyError, etree.XMLSyntaxError):
            return
        abstract = {
            element.get(qn("w:abstractNumId"), ""): _levels(element)
            for element in root.iterchildren(qn("w:abstractNum"))
        }
        for element in root.iterchildren(qn("w:num")):
            reference = _value(element.find(qn("w:abstractNumId")))
            levels = dict(abstract.get(reference, {}))
            overrides = list(element.iterchildren(qn("w:lvlOverride")))
            for override in overrides:
                depth = _integer(override.get(qn("w:ilvl"), "0"), 0)
                start = override.find(qn("w:startOverride"))
                if depth in levels and start is not None:
                    old = levels[depth]
                    levels[depth] = _Level(_integer(_value(start), old.start), old.kind, old.text)
            # Lists over one definition go on counting unless one starts anew.
            identity = element.get(qn("w:numId"), "")
            counter = f"num {identity}" if overrides else f"abstract {reference}"
            self._lists[identity] = (counter, levels)

    def marker(self, paragraph: etree._Element) -> str:
        """What Word shows before this paragraph: ``"1.2"``, ``"(a)"``, ``"•"`` or nothing."""
        number, depth = self._place(paragraph)
        if number not in self._lists:
            return ""
        counter, levels = self._lists[number]
        level = levels.get(depth)
        if level is None:
            return ""
        counts = self._counts.setdefault(counter, {})
        counts[depth] = counts.get(depth, level.start - 1) + 1
        for deeper in [d for d in counts if d > depth]:
            del counts[deeper]
        if level.kind == "bullet":
            return "•"
        if level.kind == "none":
            return ""

        def shown(match: re.Match[str]) -> str:
            at = int(match.group(1)) - 1
            known = levels.get(at, level)
            return _shown(counts.get(at, known.start), known.kind)

        return re.sub(r"%([1-9])", shown, level.text).strip()

    def _place(self, paragraph: etree._Element) -> tuple[str, int]:
        style = _value(paragraph.find(f"{qn('w:pPr')}/{qn('w:pStyle')}"))
        number, depth = self._styles.get(style, ("", 0))
        own = paragraph.find(f"{qn('w:pPr')}/{qn('w:numPr')}")
        if own is not None:
            number = _value(own.find(qn("w:numId"))) or number
            depth = _integer(_value(own.find(qn("w:ilvl"))), depth)
        return number, depth


def _style_numbers(document: WordDocument) -> dict[str, tuple[str, int]]:
    found = {}
    for style in document.styles.element.iterchildren(qn("w:style")):
        place = style.find(f"{qn('w:pPr')}/{qn('w:numPr')}")
        if place is not None:
            depth = _integer(_value(place.find(qn("w:ilvl"))), 0)
            found[style.get(qn("w:styleId"), "")] = (_value(place.find(qn("w:numId"))), depth)
    return found


def _levels(abstract: etree._Element) -> dict[int, _Level]:
    return {
        _integer(level.get(qn("w:ilvl"), "0"), 0): _Level(
            _integer(_value(level.find(qn("w:start"))), 1),
            _value(level.find(qn("w:numFmt"))) or "decimal",
            _value(level.find(qn("w:lvlText"))),
        )
        for level in abstract.iterchildren(qn("w:lvl"))
    }


def _value(element: etree._Element | None) -> str:
    return str(element.get(qn("w:val"), "")) if element is not None else ""


def _integer(text: str, default: int) -> int:
    return int(text) if re.fullmatch(r"[0-9]{1,6}", text) else default


def _shown(number: int, kind: str) -> str:
    write = _WRITERS.get(kind)
    return write(number) if write and 0 < number < 4000 else str(number)


def _letters(number: int) -> str:
    return chr(ord("a") + (number - 1) % 26) * ((number - 1) // 26 + 1)


def _roman(number: int) -> str:
    parts = []
    for value, sign in _ROMAN:
        parts.append(sign * (number // value))
        number %= value
    return "".join(parts)


def _chinese(number: int, digits: str, ten: str) -> str:
    """Numbers to 99 in Chinese; larger ones in Arabic digits, as lists hardly reach them."""
    if number >= 100 or number < 0:
        return str(number)
    tens, ones = divmod(number, 10)
    if tens == 0:
        return digits[ones]
    head = "" if tens == 1 and digits is _CHINESE else digits[tens]
    return head + ten + (digits[ones] if ones else "")


def _counting(number: int) -> str:
    return _chinese(number, _CHINESE, "十")


def _legal(number: int) -> str:
    return _chinese(number, _LEGAL, "拾")


_WRITERS: dict[str, Callable[[int], str]] = {
    "lowerLetter": _letters,
    "upperLetter": lambda number: _letters(number).upper(),
    "lowerRoman": _roman,
    "upperRoman": lambda number: _roman(number).upper(),
    "decimalZero": lambda number: f"{number:02d}",
    "decimalFullWidth": lambda number: "".join(chr(ord(c) + 0xFEE0) for c in str(number)),
    "chineseCounting": _counting,
    "chineseCountingThousand": _counting,
    "taiwaneseCounting": _counting,
    "taiwaneseCountingThousand": _counting,
    "japaneseCounting": _counting,
    "ideographLegalTraditional": _legal,
    "chineseLegalSimplified": _legal,
    "japaneseLegal": _legal,
}
