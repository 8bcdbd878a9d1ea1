"""The text that a page shows, as pieces with places: the content stream, interpreted.

pypdf parses the streams. Its own text assembly guesses at lines from the order of the operators;
here every string gets its place on the page, by which lines, cells and writing direction can be
told (PDF 32000-1, sections 8.3 and 9.4).
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass, field
from typing import Any

from pypdf import PageObject
from pypdf.generic import ContentStream, DictionaryObject, IndirectObject, NameObject

from rag.readers.pdf.fonts import FontDecoder, Shown, font_decoder

Matrix = tuple[float, float, float, float, float, float]
_IDENTITY: Matrix = (1.0, 0.0, 0.0, 1.0, 0.0, 0.0)
_MAX_FORM_DEPTH = 12
_MAX_FORMS = 2000
_MAX_PIECES = 200_000
_WORD_GAP = 0.16
_LONGEST_ACTUAL_TEXT = 64


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


@dataclass(slots=True)
class _State:
    """The graphics state that matters to text."""

    ctm: Matrix
    font: FontDecoder | None = None
    size: float = 1.0
    spacing: float = 0.0
    word_spacing: float = 0.0
    stretch: float = 1.0
    leading: float = 0.0
    rise: float = 0.0

    def copy(self) -> _State:
        return _State(self.ctm, self.font, self.size, self.spacing, self.word_spacing,
                      self.stretch, self.leading, self.rise)  # fmt: skip


def multiplied(m: Matrix, n: Matrix) -> Matrix:
    """The matrix that first does ``m``, then ``n``."""
    a, b, c, d, e, f = m
    p, q, r, s, t, u = n
    return (a * p + b * r, a * q + b * s, c * p + d * r, c * q + d * s,
            e * p + f * r + t, e * q + f * s + u)  # fmt: skip


@dataclass(slots=True)
class Interpreter:
    """Runs content streams and collects pieces; ``fonts`` may be shared between pages."""

    pdf: Any
    fonts: dict[int, FontDecoder] = field(default_factory=dict)
    pieces: list[Piece] = field(default_factory=list)
    _forms: int = 0
    _actual: str | None = None
    _covered: list[tuple[float, float, float, float, int]] = field(default_factory=list)

    def run_page(self, page: PageObject) -> list[Piece]:
        """The pieces of a page in the order in which they are drawn."""
        self.pieces = []
        self._forms = 0
        contents = page.get("/Contents")
        if contents is None:
            return []
        stream = ContentStream(contents.get_object(), self.pdf, "bytes")
        self._run(stream, _resources(page), _State(_upright(page)), 0, frozenset())
        return self.pieces

    def _run(
        self, stream: ContentStream, resources: DictionaryObject, state: _State, depth: int,
        within: frozenset[int],
    ) -> None:  # fmt: skip
        stack: list[_State] = []
        marks: list[bool] = []
        tm = line = _IDENTITY
        for operands, operator in stream.operations:
            try:
                if operator == b"Tj":
                    tm = self._show(operands[0], tm, state)
                elif operator == b"Td":
                    line = tm = multiplied(
                        (1, 0, 0, 1, float(operands[0]), float(operands[1])), line
                    )
                elif operator == b"TJ":
                    tm = self._show_array(operands[0], tm, state)
                elif operator == b"Tm":
                    line = tm = _matrix(operands)
                elif operator == b"q":
                    stack.append(state.copy())
                elif operator == b"Q":
                    state = stack.pop() if stack else state
                elif operator == b"cm":
                    state.ctm = multiplied(_matrix(operands), state.ctm)
                elif operator == b"BT":
                    tm = line = _IDENTITY
                elif operator == b"Tf":
                    state.font, state.size = self._font(resources, operands[0]), float(operands[1])
                elif operator in (b"BDC", b"BMC"):
                    marks.append(self._begin_mark(operands, resources))
                elif operator == b"EMC":
                    if marks and marks.pop():
                        self._end_mark(state)
                elif operator in (b"T*", b"'", b'"', b"TD"):
                    if operator == b"TD":
                        state.leading = -float(operands[1])
                        move = (float(operands[0]), float(operands[1]))
                    else:
                        move = (0.0, -state.leading)
                    line = tm = multiplied((1, 0, 0, 1, *move), line)
                    if operator == b'"':
                        state.word_spacing, state.spacing = float(operands[0]), float(operands[1])
                    if operator in (b"'", b'"'):
                        tm = self._show(operands[-1], tm, state)
                elif operator == b"Tc":
                    state.spacing = float(operands[0])
                elif operator == b"Tw":
                    state.word_spacing = float(operands[0])
                elif operator == b"Tz":
                    state.stretch = float(operands[0]) / 100
                elif operator == b"TL":
                    state.leading = float(operands[0])
                elif operator == b"Ts":
                    state.rise = float(operands[0])
                elif operator == b"Do":
                    self._form(operands[0], resources, state, depth, within)
            except (IndexError, TypeError, ValueError, KeyError, AttributeError):
                # A malformed operator is passed over, as viewers do.
                continue

    def _font(self, resources: DictionaryObject, name: Any) -> FontDecoder | None:
        fonts = resources["/Font"].get_object()
        if not isinstance(fonts, DictionaryObject) or name not in fonts:
            return None
        reference = fonts.raw_get(name)
        resource = reference.get_object()
        key = reference.idnum if isinstance(reference, IndirectObject) else -id(resource)
        if key not in self.fonts:
            self.fonts[key] = font_decoder(resource)
        return self.fonts[key]

    def _begin_mark(self, operands: list[Any], resources: DictionaryObject) -> bool:
        """Whether this marked content says what its glyphs stand for (section 14.9.4)."""
        properties = operands[1] if len(operands) > 1 else None
        if isinstance(properties, NameObject):
            known = resources.get("/Properties", {})
            properties = known.get_object().get(properties) if known else None
            properties = properties.get_object() if properties is not None else None
        if not isinstance(properties, dict) or "/ActualText" not in properties:
            return False
        text = _string(properties["/ActualText"])
        if len(text) > _LONGEST_ACTUAL_TEXT:
            return False
        self._actual = text
        self._covered = []
        return True

    def _end_mark(self, state: _State) -> None:
        """Puts the text that was stated where its glyphs were, on the widest one's baseline."""
        text, self._actual = self._actual, None
        if text is None or not self._covered or state.font is None:
            return
        _, _, y, size, turn = max(self._covered, key=lambda glyph: glyph[1] - glyph[0])
        x0 = min(glyph[0] for glyph in self._covered)
        x1 = max(glyph[1] for glyph in self._covered)
        self._add((text,), x0, x1, y, size, state.font, turn)

    def _show_array(self, array: Any, tm: Matrix, state: _State) -> Matrix:
        for item in array:
            if isinstance(item, (int, float)):
                shift = -float(item) / 1000 * state.size * state.stretch
                a, b, c, d, e, f = tm
                tm = (a, b, c, d, e + shift * a, f + shift * b)
            else:
                tm = self._show(item, tm, state)
        return tm

    def _show(self, data: Any, tm: Matrix, state: _State) -> Matrix:
        if state.font is None or isinstance(data, NameObject):
            return tm
        if isinstance(data, str):
            data = data.encode("latin-1", "replace")
        shown = state.font.decode(bytes(data))
        advance = shown.width / 1000 * state.size + state.spacing * len(shown.clusters)
        advance = (advance + state.word_spacing * shown.spaces) * state.stretch
        a, b, c, d, e, f = tm
        if state.rise:
            e, f = e + state.rise * c, f + state.rise * d
        self._place(shown, (a, b, c, d, e, f), advance, state)
        return (a, b, c, d, tm[4] + advance * a, tm[5] + advance * b)

    def _place(self, shown: Shown, tm: Matrix, advance: float, state: _State) -> None:
        if not shown.clusters:
            return
        a, b, c, d, e, f = multiplied(tm, state.ctm)
        # Along the baseline: x to the right, y up, whatever the turn.
        if abs(b) <= 0.05 * abs(a):
            turn, x, y, along, height = (0, e, f, a, d) if a > 0 else (2, -e, -f, -a, -d)
        elif abs(a) <= 0.05 * abs(b):
            turn, x, y, along, height = (1, f, -e, b, -c) if b > 0 else (3, -f, e, -b, c)
        else:
            return  # oblique text is a stamp or a label in a figure
        size = abs(height * state.size)
        if size <= 0 or len(self.pieces) >= _MAX_PIECES:
            return
        font = state.font
        assert font is not None
        end = x + advance * along
        if self._actual is not None:
            self._covered.append((min(x, end), max(x, end), y, size, turn))
        else:
            self._add(shown.clusters, min(x, end), max(x, end), y, size, font, turn)

    def _add(
        self, clusters: tuple[str, ...], x0: float, x1: float, y: float, size: float,
        font: FontDecoder, turn: int,
    ) -> None:  # fmt: skip
        last = self.pieces[-1] if self.pieces else None
        if (
            last is not None
            and last.turn == turn
            and last.bold == font.bold
            and abs(last.y - y) < 0.05 * size
            and abs(last.size - size) < 0.05 * size
        ):
            gap = x0 - last.x1
            if -0.2 * size < gap < _WORD_GAP * size:
                last.clusters.extend(clusters)
                last.x1 = max(last.x1, x1)
                return
            if len(clusters) == 1 and _is_mark(clusters[0]) and last.x0 <= x0 <= last.x1:
                last.clusters[-1] += clusters[0]
                return
        space = font.space / 1000 * size
        self.pieces.append(Piece(list(clusters), x0, x1, y, size, font.bold, turn, space))

    def _form(
        self, name: Any, resources: DictionaryObject, state: _State, depth: int,
        within: frozenset[int],
    ) -> None:  # fmt: skip
        forms = resources["/XObject"].get_object()
        form = forms[name].get_object()
        if form.get("/Subtype") != "/Form" or depth >= _MAX_FORM_DEPTH or id(form) in within:
            return
        self._forms += 1
        if self._forms > _MAX_FORMS:
            return
        inner = state.copy()
        if "/Matrix" in form:
            inner.ctm = multiplied(_matrix(form["/Matrix"].get_object()), inner.ctm)
        own = form.get("/Resources")
        own = own.get_object() if own is not None else resources
        stream = ContentStream(form, self.pdf, "bytes")
        self._run(stream, own, inner, depth + 1, within | {id(form)})


def _is_mark(text: str) -> bool:
    return bool(text) and unicodedata.category(text[0]) == "Mn"


def _matrix(operands: Any) -> Matrix:
    a, b, c, d, e, f = (float(operand) for operand in operands)
    return (a, b, c, d, e, f)


def _string(value: Any) -> str:
    if isinstance(value, bytes):
        if value[:2] in (b"\xfe\xff", b"\xff\xfe"):
            return value.decode("utf-16", "ignore")
        return value.decode("utf-8" if value[:3] == b"\xef\xbb\xbf" else "latin-1", "ignore")
    return str(value).removeprefix("\ufeff")


def _resources(page: PageObject) -> DictionaryObject:
    """The page's resources, inherited where it has none of its own."""
    node: Any = page
    for _ in range(50):
        if "/Resources" in node:
            found = node["/Resources"].get_object()
            return found if isinstance(found, DictionaryObject) else DictionaryObject()
        if "/Parent" not in node:
            break
        node = node["/Parent"].get_object()
    return DictionaryObject()


def _upright(page: PageObject) -> Matrix:
    """From user space to the page as shown: the crop box at the origin, turned as ``/Rotate``."""
    box = page.cropbox
    left, bottom = float(box.left), float(box.bottom)
    width, height = float(box.width), float(box.height)
    shift: Matrix = (1, 0, 0, 1, -left, -bottom)
    turned: dict[int, Matrix] = {
        90: (0, -1, 1, 0, 0, width),
        180: (-1, 0, 0, -1, width, height),
        270: (0, 1, -1, 0, height, 0),
    }
    rotation = int(page.rotation or 0) % 360
    return multiplied(shift, turned[rotation]) if rotation in turned else shift


def page_size(page: PageObject) -> tuple[float, float]:
    """Width and height of the page as shown, in its own units."""
    width, height = float(page.cropbox.width), float(page.cropbox.height)
    return (height, width) if int(page.rotation or 0) % 180 == 90 else (width, height)
