"""Small PDFs for the readers' tests, made of the content streams that a test writes."""

import io
from collections.abc import Mapping, Sequence

from pypdf import PdfWriter
from pypdf.generic import (
    ArrayObject,
    DecodedStreamObject,
    DictionaryObject,
    NameObject,
    NumberObject,
    TextStringObject,
)

WIDTH, HEIGHT = 600, 800


def latin(text: str, x: float, y: float, size: float = 12, font: str = "F1") -> str:
    """Operators that show Latin text with its baseline's start at (x, y)."""
    escaped = text.replace("\\", "\\\\").replace("(", "\\(").replace(")", "\\)")
    return f"BT /{font} {size} Tf 1 0 0 1 {x} {y} Tm ({escaped}) Tj ET\n"


def glyphs(codes: Sequence[int], x: float, y: float, size: float = 10) -> str:
    """Operators that show glyphs of the composite font ``F3``, each as wide as the size."""
    shown = "".join(f"{code:04X}" for code in codes)
    return f"BT /F3 {size} Tf 1 0 0 1 {x} {y} Tm <{shown}> Tj ET\n"


def down(codes: Sequence[int], x: float, y: float, size: float = 10) -> str:
    """Operators that show glyphs of the vertical font ``F4`` one under another from (x, y)."""
    return glyphs(codes, x, y, size).replace("/F3", "/F4")


def pdf(
    pages: Sequence[str],
    *,
    characters: Mapping[int, str] | None = None,
    title: str = "",
    labels: Sequence[tuple[int, str, int]] = (),
    outline: Sequence[tuple[str, int, int]] = (),
    password: str | None = None,
    rotate: int = 0,
) -> bytes:
    """A PDF with one page a content stream.

    ``F1`` is Helvetica, ``F2`` its bold, ``F3`` a composite font whose codes stand for
    ``characters`` and ``F4`` the same for vertical writing. ``labels`` are (page from
    0, style, first number); ``outline`` entries are (title, page from 0, level from 1).
    """
    writer = PdfWriter()
    fonts = DictionaryObject(
        {
            NameObject("/F1"): _helvetica("Helvetica"),
            NameObject("/F2"): _helvetica("Helvetica-Bold"),
            NameObject("/F3"): _composite(writer, characters or {}, "/Identity-H"),
            NameObject("/F4"): _composite(writer, characters or {}, "/Identity-V"),
        }
    )
    for content in pages:
        page = writer.add_blank_page(WIDTH, HEIGHT)
        page[NameObject("/Resources")] = DictionaryObject({NameObject("/Font"): fonts})
        stream = DecodedStreamObject()
        stream.set_data(content.encode("latin-1"))
        page[NameObject("/Contents")] = writer._add_object(stream)
        if rotate:
            page.rotate(rotate)
    if title:
        writer.add_metadata({"/Title": title})
    for first, style, start in labels:
        writer.set_page_label(first, len(pages) - 1, style=style, start=start)
    parents: dict[int, object] = {}
    for name, page_number, level in outline:
        parents[level] = writer.add_outline_item(
            title=name, page_number=page_number, parent=parents.get(level - 1)
        )
    if password is not None:
        writer.encrypt(password, algorithm="AES-256")
    buffer = io.BytesIO()
    writer.write(buffer)
    return buffer.getvalue()


def _helvetica(name: str) -> DictionaryObject:
    return DictionaryObject(
        {
            NameObject("/Type"): NameObject("/Font"),
            NameObject("/Subtype"): NameObject("/Type1"),
            NameObject("/BaseFont"): NameObject(f"/{name}"),
            NameObject("/Encoding"): NameObject("/WinAnsiEncoding"),
        }
    )


def _composite(writer: PdfWriter, characters: Mapping[int, str], encoding: str) -> DictionaryObject:
    lines = [
        f"<{code:04X}> <{text.encode('utf-16-be').hex().upper()}>"
        for code, text in characters.items()
    ]
    stream = DecodedStreamObject()
    stream.set_data(
        (
            "/CIDInit /ProcSet findresource begin 12 dict begin begincmap\n"
            "1 begincodespacerange <0000> <FFFF> endcodespacerange\n"
            f"{len(lines)} beginbfchar\n" + "\n".join(lines) + "\nendbfchar\nendcmap end end"
        ).encode("ascii")
    )
    descendant = DictionaryObject(
        {
            NameObject("/Type"): NameObject("/Font"),
            NameObject("/Subtype"): NameObject("/CIDFontType2"),
            NameObject("/BaseFont"): NameObject("/Composite"),
            NameObject("/CIDSystemInfo"): DictionaryObject(
                {
                    NameObject("/Registry"): TextStringObject("Adobe"),
                    NameObject("/Ordering"): TextStringObject("Identity"),
                    NameObject("/Supplement"): NumberObject(0),
                }
            ),
            NameObject("/DW"): NumberObject(1000),
        }
    )
    return DictionaryObject(
        {
            NameObject("/Type"): NameObject("/Font"),
            NameObject("/Subtype"): NameObject("/Type0"),
            NameObject("/BaseFont"): NameObject("/Composite"),
            NameObject("/Encoding"): NameObject(encoding),
            NameObject("/DescendantFonts"): ArrayObject([descendant]),
            NameObject("/ToUnicode"): writer._add_object(stream),
        }
    )
