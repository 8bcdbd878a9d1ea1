"""Fonts of a PDF: from the bytes of a string to characters and widths.

pypdf knows encodings, character maps and widths; the class that holds them is not part of its
published interface, so that nothing outside this file touches it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from pypdf.generic import DictionaryObject, NullObject
from pypdf.generic._font import Font as PdfFont

_BOLD = re.compile(r"bold|black|heavy|semibd|demi|w[789]\b|,b", re.IGNORECASE)
_MEMO = 4096


@dataclass(frozen=True, slots=True)
class DecodedText:
    """A string of a content stream, decoded.

    ``clusters`` holds the characters of each glyph; ``widths`` its advance in thousandths of the
    font size. ``spaces`` counts the single-byte code 32, to which word spacing applies.
    """

    clusters: tuple[str, ...]
    widths: tuple[float, ...]
    width: float
    spaces: int


@dataclass(slots=True)
class FontDecoder:
    """Decodes the strings shown in one font; remembers the short ones, which come back often."""

    bold: bool
    space: float
    _font: PdfFont | None
    _scale: float = 1.0
    vertical: bool = False
    _memo: dict[bytes, DecodedText] = field(default_factory=dict)

    def decode(self, data: bytes) -> DecodedText:
        """Characters and widths of a string; unknown codes of unreadable fonts give nothing."""
        known = self._memo.get(data)
        if known is not None:
            return known
        shown = self._decode(data)
        if len(data) <= 64 and len(self._memo) < _MEMO:
            self._memo[data] = shown
        return shown

    def _decode(self, data: bytes) -> DecodedText:
        font = self._font
        if font is None:
            return DecodedText(tuple(map(chr, data)), (500.0,) * len(data), 500.0 * len(data), 0)
        spaces = 0
        if isinstance(font.encoding, str):
            try:
                codes = data.decode(font.encoding, "surrogatepass")
            except (UnicodeDecodeError, LookupError):
                codes = data.decode("latin-1" if len(data) % 2 else "utf-16-be", "replace")
            characters = list(codes)
        else:
            codes = data.decode("latin-1")
            characters = [font.encoding.get(byte, chr(byte)) for byte in data]
            spaces = data.count(32)
        clusters = tuple([_text(font.character_map.get(c, c)) for c in characters])
        default = _number(font.character_widths.get("default", 500))
        table = font.character_widths
        widths = tuple([_number(table.get(code, default)) * self._scale for code in codes])
        return DecodedText(clusters, widths, sum(widths), spaces)


def font_decoder(resource: Any) -> FontDecoder:
    """The decoder for a font's dictionary; one that reads bytes as Latin-1 where it is broken."""
    try:
        font = PdfFont.from_font_resource(resource)
    except Exception:  # malformed fonts raise whatever their parts make pypdf meet
        return FontDecoder(bold=False, space=250.0, _font=None)
    scale = 1.0
    if font.sub_type == "Type3" and isinstance(resource, DictionaryObject):
        matrix = resource.get("/FontMatrix", NullObject()).get_object()
        scale = abs(_number(matrix[0])) * 1000 if isinstance(matrix, list) and matrix else 1.0
    weight = _number(font.font_descriptor.weight)
    return FontDecoder(
        bold=bool(_BOLD.search(font.name)) or weight >= 600,
        space=_number(font.space_width) * scale or 250.0,
        _font=font,
        _scale=scale or 1.0,
        vertical=_is_vertical(resource),
    )


def _is_vertical(resource: Any) -> bool:
    """Whether the font writes from top to bottom (section 9.7.5)."""
    encoding = resource.get("/Encoding", NullObject()).get_object()
    if isinstance(encoding, DictionaryObject):
        return _number(encoding.get("/WMode", 0)) == 1
    return isinstance(encoding, str) and encoding.endswith("-V")


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _number(value: Any) -> float:
    return float(value) if isinstance(value, (int, float)) else 0.0
