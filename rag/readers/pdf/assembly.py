"""Layouts of all pages to one reading."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from rag.errors import ReadError
from rag.readers.builder import BLOCK, ReadingBuilder
from rag.readers.facts import clean_title, facts_of
from rag.readers.pdf.blocks import Block, Grid, blocks_of
from rag.readers.pdf.continuation import columns_joined, feet_apart, separator
from rag.readers.pdf.headers_footers import without_margins
from rag.readers.pdf.headings import Style, heading_of, list_items, style_of
from rag.readers.pdf.joining import Words, joined_lines, words_of
from rag.readers.pdf.opening import PdfProperties
from rag.readers.pdf.paragraphs import Paragraph
from rag.readers.pdf.rows import PageLayout
from rag.readers.quality import quality_of, script_group
from rag.schema import GARBLED, PICTURE, UNREAD, Facts, Page, Reading

_TITLE_AMONG = 8
_EMPTY = PageLayout(0.0, 0.0, (), False)


def assembled(
    layouts: Sequence[PageLayout | None],
    described: PdfProperties,
    *,
    advice: str = "",
    notes: Sequence[str] = (),
) -> Reading:
    """One reading of the pages in order; raises ReadError when none of them has text.

    ``advice`` says what to do about pages that are pictures; ``notes`` are added to the reading's.
    """
    if not any(layout and layout.rows for layout in layouts):
        if all(layout is None for layout in layouts):
            raise ReadError("Its pages are damaged and cannot be read. Copy it again.")
        remedy = (
            " ".join(filter(None, [*notes, advice])) or "Recognise the text (OCR) and give that."
        )
        raise ReadError(f"It has no text layer: its pages are pictures. {remedy}")
    whole = [layout or _EMPTY for layout in layouts]
    pages = without_margins(whole, described.labels)
    words = words_of([line.text for page in pages for row in page.rows for line in row.lines])
    blocks = [columns_joined(blocks_of(page, words)) for page in pages]
    context = _DocumentContext(described, style_of(blocks), words)
    parts = [feet_apart(page_blocks, context.style.body) for page_blocks in blocks]
    builder = ReadingBuilder()
    before: Sequence[Block] = ()
    for number, (main, feet) in enumerate(parts):
        after = parts[number + 1][0] if number + 1 < len(parts) else []
        # Footnotes stay on their page, yet not within a paragraph that goes on over its end.
        last = main[-1:] if separator(main, after) != BLOCK else []
        ordered = [*main[: len(main) - len(last)], *feet, *last]
        _add_page(builder, ordered, number, context, (before, main))
        before = main
    reading = builder.build()
    return Reading(
        text=reading.text,
        pages=_judged_pages(reading, layouts),
        headings=reading.headings,
        tables=reading.tables,
        facts=_facts(reading, blocks, described, words),
        notes=(*_notes(layouts, advice), *notes),
    )


@dataclass(frozen=True, slots=True)
class _DocumentContext:
    """What the whole document settles for each of its pages."""

    described: PdfProperties
    style: Style
    words: Words


def _table_goes_on(before: Sequence[Block], grid: Grid) -> bool:
    """Whether a table at a page's top goes on with the one at the end of the page before."""
    last = before[-1] if before else None
    if not isinstance(last, Grid) or len(last.rows) < 2 or grid.header_rows:
        return False
    return len(last.rows[0]) == len(grid.rows[0])


def _add_page(
    builder: ReadingBuilder, blocks: Sequence[Block], number: int, context: _DocumentContext,
    turn: tuple[Sequence[Block], Sequence[Block]],
) -> None:  # fmt: skip
    """Adds a page's blocks; ``turn`` holds the main blocks of the page before and of this one."""
    labels = context.described.labels
    first = BLOCK
    if blocks and turn[1] and blocks[0] is turn[1][0]:
        first = separator(*turn)
    items = list_items(blocks, context.style)
    builder.start_page(labels[number] if labels else None)
    for index, block in enumerate(blocks):
        if isinstance(block, Grid):
            if len(block.rows) > 1:
                goes_on = index == 0 and _table_goes_on(turn[0], block)
                builder.table(block.rows, block.header_rows, goes_on=goes_on)
            else:
                builder.paragraph("\t".join(block.rows[0]))
            continue
        text = joined_lines(block.lines, context.words)
        if not text:
            continue
        between = first if index == 0 else BLOCK if block.apart else "\n"
        span = builder.paragraph(text, between)
        outline = context.described.outline
        found = None if index in items else heading_of(block, text, number, context.style, outline)
        if span is not None and found is not None and between:
            length, level = found
            builder.mark_heading(span[0], span[0] + length, level, text[:length])


def _facts(
    reading: Reading, blocks: Sequence[Sequence[Block]], described: PdfProperties,
    words: Words,
) -> Facts:  # fmt: skip
    title = clean_title(described.title)
    first = reading.text[reading.pages[0].start : reading.pages[0].end]
    facts = facts_of(first, title=title, author=described.author, made=described.made)
    # The largest type on a filing's cover is the authority's name or the form's.
    if title or facts.kind[:1].isdigit():
        return facts
    largest = clean_title(_largest(blocks[0] if blocks else (), words))
    return replace(facts, title=largest) if largest else facts


def _largest(blocks: Sequence[Block], words: Words) -> str:
    """The text in the largest type at the top of the first page, if larger than the rest."""
    paragraphs = [block for block in blocks if isinstance(block, Paragraph)]
    if not paragraphs:
        return ""
    top = max(paragraphs[:_TITLE_AMONG], key=lambda paragraph: paragraph.size)
    common = sorted(paragraph.size for paragraph in paragraphs)[len(paragraphs) // 2]
    text = joined_lines(top.lines, words)
    # What ends in a colon introduces what follows it.
    return text if top.size > 1.15 * common and text[-1:] not in (":", "：") else ""


def _judged_pages(reading: Reading, layouts: Sequence[PageLayout | None]) -> tuple[Page, ...]:
    """The pages with what their signs come to, also beside the script of the whole report."""
    main = script_group(reading.text)
    pages = []
    for page, layout in zip(reading.pages, layouts, strict=True):
        quality: float | None = 0.0
        faults: tuple[str, ...] = (UNREAD,)
        if layout is not None and layout.signs is not None:
            own = script_group(reading.text[page.start : page.end])
            quality, faults = quality_of(layout.signs, alien=own not in ("", main))
        pages.append(replace(page, quality=quality, faults=faults))
    return tuple(pages)


def _notes(layouts: Sequence[PageLayout | None], advice: str) -> list[str]:
    shown = [(n, layout.signs) for n, layout in enumerate(layouts, start=1) if layout is not None]
    faults = {n: quality_of(signs)[1] for n, signs in shown if signs is not None}
    unread = [n for n, layout in enumerate(layouts, start=1) if layout is None]
    pictures = [n for n, found in faults.items() if PICTURE in found]
    garbled = [n for n, found in faults.items() if GARBLED in found]
    recognised = [n for n, signs in shown if signs is not None and signs.confidence is not None]
    notes = []
    if unread:
        notes.append(f"{pages_named(unread)} could not be read: damaged.")
    if pictures:
        has = "has" if len(pictures) == 1 else "have"
        notes.append(f"{pages_named(pictures)} {has} no text layer. {advice}".rstrip())
    if garbled:
        verb, whose = ("is", "its") if len(garbled) == 1 else ("are", "their")
        notes.append(
            f"{pages_named(garbled)} {verb} garbled: {whose} text layer does not say what the page "
            f"shows. {advice}".rstrip()
        )
    if recognised:
        was = "was" if len(recognised) == 1 else "were"
        notes.append(f"{pages_named(recognised)} {was} recognised from pictures (OCR).")
    return notes


def pages_named(numbers: Sequence[int]) -> str:
    """Pages as a person writes them: ``Page 3``, ``Pages 3-5 and 9``."""
    spans: list[list[int]] = []
    for number in numbers:
        if spans and number == spans[-1][1] + 1:
            spans[-1][1] = number
        else:
            spans.append([number, number])
    parts = [str(a) if a == b else f"{a}-{b}" for a, b in spans]
    text = parts[0] if len(parts) == 1 else ", ".join(parts[:-1]) + " and " + parts[-1]
    return f"{'Page' if len(numbers) == 1 else 'Pages'} {text}"
