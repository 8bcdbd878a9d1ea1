"""The text that a page shows, as pieces with places (PDF 32000-1, sections 8.3 and 9.4)."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from pypdf.generic import DictionaryObject, IndirectObject

from rag.readers.pdf.fonts import DecodedText, FontDecoder, font_decoder
from rag.readers.pdf.operators import Operation

Matrix = tuple[float, float, float, float, float, float]
_MAX_PIECES = 100_000
_WORD_GAP = 0.16


@dataclass(slots=True)
class Piece:
    """Glyphs that follow one another on a baseline without a gap, in the page's own units.

    ``clusters`` are in the order shown, along the baseline. ``size`` is the height of the font.
    ``turn`` counts quarter turns of the baseline against the page's, anticlockwise.
    """

    clusters: list[str]
    x0: float
    x1: float
    y: float
    size: float
    bold: bool
    turn: int
    space: float


class GlyphPosition(NamedTuple):
    """Where glyphs lie, as in ``Piece``."""

    x0: float
    x1: float
    y: float
    size: float
    turn: int


@dataclass(slots=True)
class State:
    """The graphics state that matters to text."""

    ctm: Matrix
    font: FontDecoder | None = None
    size: float = 1.0
    spacing: float = 0.0
    word_spacing: float = 0.0
    stretch: float = 1.0
    leading: float = 0.0
    rise: float = 0.0

    def saved(self) -> State:
        """A copy; ``q`` and ``Q`` come by the thousand, and ``copy.copy`` is ten times slower."""
        return State(
            self.ctm, self.font, self.size, self.spacing,
            self.word_spacing, self.stretch, self.leading, self.rise,
        )  # fmt: skip


def multiplied(m: Matrix, n: Matrix) -> Matrix:
    """The matrix that first does ``m``, then ``n``."""
    a, b, c, d, e, f = m
    p, q, r, s, t, u = n
    return (a * p + b * r, a * q + b * s, c * p + d * r, c * q + d * s,
            e * p + f * r + t, e * q + f * s + u)  # fmt: skip


@dataclass(slots=True)
class Collector:
    """Collects the pieces of one page from all its streams; ``fonts`` may be shared by pages."""

    pdf: Any
    fonts: dict[int, FontDecoder]
    pieces: list[Piece] = field(default_factory=list)
    forms: int = 0
    operations: int = 0
    programs: dict[int, list[Operation]] = field(default_factory=dict)
    actual: str | None = None
    covered: list[GlyphPosition] = field(default_factory=list)

    def font(self, resources: DictionaryObject, name: Any) -> FontDecoder | None:
        """The font that the resources know by this name."""
        fonts: Any = resources["/Font"].get_object()
        if not isinstance(fonts, DictionaryObject) or name not in fonts:
            return None
        reference = fonts.raw_get(name)
        resource = reference.get_object()
        key = reference.idnum if isinstance(reference, IndirectObject) else -id(resource)
        if key not in self.fonts:
            self.fonts[key] = font_decoder(resource)
        return self.fonts[key]

    def place(self, shown: DecodedText, tm: Matrix, advance: float, state: State) -> None:
        """Puts a decoded string where the matrices say."""
        a, b, c, d, e, f = multiplied(tm, state.ctm)
        # Along the baseline: x to the right, y up, whatever the turn.
        if abs(b) <= 0.05 * abs(a):
            turn, x, y, along, height = (0, e, f, a, d) if a > 0 else (2, -e, -f, -a, -d)
        elif abs(a) <= 0.05 * abs(b):
            turn, x, y, along, height = (1, f, -e, b, -c) if b > 0 else (3, -f, e, -b, c)
        else:
            return  # oblique text is a stamp or a label in a figure
        size = abs(height * state.size)
        if size <= 0 or not shown.clusters or state.font is None:
            return
        end = x + advance * along
        placed = GlyphPosition(min(x, end), max(x, end), y, size, turn)
        if self.actual is not None:
            self.covered.append(placed)
        else:
            self.add(shown.clusters, placed, state.font)

    def end_mark(self, state: State) -> None:
        """Puts the text that was stated where its glyphs were, on the widest one's baseline."""
        text, self.actual = self.actual, None
        if text is None or not self.covered or state.font is None:
            return
        widest = max(self.covered, key=lambda placed: placed.x1 - placed.x0)
        x0 = min(placed.x0 for placed in self.covered)
        x1 = max(placed.x1 for placed in self.covered)
        self.add((text,), widest._replace(x0=x0, x1=x1), state.font)

    def add(self, clusters: tuple[str, ...], placed: GlyphPosition, font: FontDecoder) -> None:
        """Adds glyphs to the last piece if they go on from it, else as a new one."""
        x0, x1, y, size, turn = placed
        last = self.pieces[-1] if self.pieces else None
        if (
            last is not None
            and last.turn == turn
            and last.bold == font.bold
            and abs(last.y - y) < 0.05 * size
            and abs(last.size - size) < 0.05 * size
        ):
            if -0.2 * size < x0 - last.x1 < _WORD_GAP * size:
                last.clusters.extend(clusters)
                last.x1 = max(last.x1, x1)
                return
            if len(clusters) == 1 and _is_mark(clusters[0]) and last.x0 <= x0 <= last.x1:
                # Where letters are drawn as they are read, the mark comes after its letter;
                # where they are drawn from the left, it comes before it, at the end of a run.
                if len(last.clusters) == 1 and x0 < last.x1 - 0.25 * size:
                    last.clusters[-1] += clusters[0]
                else:
                    last.clusters.extend(clusters)
                return
        if len(self.pieces) < _MAX_PIECES:
            space = font.space / 1000 * size
            self.pieces.append(Piece(list(clusters), x0, x1, y, size, font.bold, turn, space))


def _is_mark(text: str) -> bool:
    return bool(text) and unicodedata.category(text[0]) == "Mn"
