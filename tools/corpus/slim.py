"""Make embedded CJK fonts small.

WeasyPrint keeps the glyph numbers of the full font, so that each subset carries some 60,000 empty
glyphs (about 140 KB when compressed). A CFF font names its glyphs by CID, which is what the page
refers to: glyphs that no page uses can go, as long as the names of the others stay.
"""

from __future__ import annotations

import io
import re
from typing import Any

from fontTools import subset
from fontTools.ttLib import TTFont
from pypdf import PdfWriter
from pypdf.generic import NameObject, StreamObject

_USED = re.compile(rb"<([0-9A-Fa-f]{4})> <[0-9A-Fa-f]*>")


def slim_fonts(writer: PdfWriter) -> None:
    """Replace every OpenType CFF font of the file by the CFF of the glyphs that are used.

    Raises RuntimeError when the font is not keyed by CID, or a used glyph is not in it.
    """
    for page in writer.pages:
        resources: Any = page["/Resources"]
        for font in resources.get("/Font", {}).values():
            _slim(writer, font.get_object())


def _slim(writer: PdfWriter, font: Any) -> None:
    if "/DescendantFonts" not in font:
        return
    descriptor = font["/DescendantFonts"][0]["/FontDescriptor"]
    stream = descriptor.get("/FontFile3")
    if stream is None or stream.get_object()["/Subtype"] != "/OpenType":
        return
    used = {int(code, 16) for code in _USED.findall(font["/ToUnicode"].get_data())} - {0}
    small = StreamObject()
    small.set_data(_used_cff(stream.get_object().get_data(), used))
    compressed = small.flate_encode(level=9)
    compressed[NameObject("/Subtype")] = NameObject("/CIDFontType0C")
    # The old stream's place is taken, so that it does not stay in the file unused.
    writer._replace_object(stream.indirect_reference, compressed)


def _used_cff(opentype: bytes, used: set[int]) -> bytes:
    font = TTFont(io.BytesIO(opentype))
    top = font["CFF "].cff.topDictIndex[0]
    if not hasattr(top, "ROS"):
        raise RuntimeError("an embedded CFF font is not keyed by CID")
    names = [f"cid{number:05d}" for number in sorted(used)]
    order = font.getGlyphOrder()
    if any(order[number] != name for number, name in zip(sorted(used), names, strict=True)):
        raise RuntimeError("an embedded CFF font names its glyphs differently from their numbers")
    options = subset.Options(notdef_outline=True, desubroutinize=False, hinting=False)
    options.drop_tables += ["vmtx", "vhea", "VORG"]
    subsetter = subset.Subsetter(options)
    subsetter.populate(glyphs=names)
    subsetter.subset(font)
    return bytes(font["CFF "].compile(font))
