"""Content streams, run: every string that a page shows gets its place.

pypdf parses the streams and knows the fonts. Its own assembly of text guesses at lines from the
order of the operators; from places, lines, cells and writing direction can be told.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from pypdf import PageObject
from pypdf.errors import PyPdfError
from pypdf.generic import ContentStream, DictionaryObject, NameObject

from rag.readers.pdf.fonts import DecodedText, FontDecoder
from rag.readers.pdf.glyphs import Collector, Matrix, Piece, State, multiplied
from rag.readers.pdf.operators import Operation, operations

_IDENTITY: Matrix = (1.0, 0.0, 0.0, 1.0, 0.0, 0.0)
# The baseline of vertical writing: down, with the next line to the left.
_DOWN: Matrix = (0.0, -1.0, 1.0, 0.0, 0.0, 0.0)
_MAX_FORM_DEPTH = 12
_MAX_FORMS = 2000
# Forms that show one another many times over could keep a page busy for hours.
_MAX_OPERATIONS = 3_000_000
_LONGEST_ACTUAL_TEXT = 64


class StreamRun:
    """One content stream being run: its graphics state, text matrices and marked content."""

    def __init__(
        self, collector: Collector, resources: DictionaryObject, state: State,
        within: tuple[int, ...] = (),
    ) -> None:  # fmt: skip
        self._collector = collector
        self._resources = resources
        self._state = state
        self._within = within
        self._stack: list[State] = []
        self._marks: list[bool] = []
        self._tm = self._line = _IDENTITY

    def run(self, program: Sequence[Operation]) -> None:
        """Runs every operation; a malformed one is passed over, as viewers do."""
        collector = self._collector
        collector.operations += len(program)
        if collector.operations > _MAX_OPERATIONS:
            return
        for operands, operator in program:
            try:
                _HANDLERS[operator](self, operands)
            except (LookupError, TypeError, ValueError, AttributeError, PyPdfError):
                continue

    def _show(self, operands: Any) -> None:
        data, state = operands[0], self._state
        if state.font is None or isinstance(data, NameObject):
            return
        if isinstance(data, str):
            data = data.encode("latin-1", "replace")
        shown = state.font.decode(bytes(data))
        if state.font.vertical:
            self._show_down(shown)
            return
        advance = shown.width / 1000 * state.size + state.spacing * len(shown.clusters)
        advance = (advance + state.word_spacing * shown.spaces) * state.stretch
        a, b, c, d, e, f = self._tm
        self._tm = (a, b, c, d, e + advance * a, f + advance * b)
        at = (a, b, c, d, e + state.rise * c, f + state.rise * d)
        self._collector.place(shown, at, advance, state)

    def _show_down(self, shown: DecodedText) -> None:
        """Shows glyphs one under another (section 9.7.4.3), as a line turned to run down."""
        state = self._state
        # Every glyph is as high as the type (DW2's default); few files say otherwise.
        advance = (state.size + state.spacing) * len(shown.clusters)
        turned = multiplied(_DOWN, self._tm)
        a, b, c, d, e, f = self._tm
        self._tm = (a, b, c, d, e - advance * c, f - advance * d)
        self._collector.place(shown, turned, advance, state)

    def _show_array(self, operands: Any) -> None:
        unit = -self._state.size * self._state.stretch / 1000
        for item in operands[0]:
            if isinstance(item, (int, float)):
                a, b, c, d, e, f = self._tm
                font = self._state.font
                if font is not None and font.vertical:
                    a, b = c, d
                self._tm = (*self._tm[:4], e + item * unit * a, f + item * unit * b)
            else:
                self._show((item,))

    def _move(self, operands: Any) -> None:
        x, y = float(operands[0]), float(operands[1])
        a, b, c, d, e, f = self._line
        self._line = self._tm = (a, b, c, d, x * a + y * c + e, x * b + y * d + f)

    def _move_and_lead(self, operands: Any) -> None:
        self._state.leading = -float(operands[1])
        self._move(operands)

    def _next_line(self, _: Any) -> None:
        self._move((0, -self._state.leading))

    def _next_line_show(self, operands: Any) -> None:
        if len(operands) > 2:
            self._state.word_spacing = float(operands[0])
            self._state.spacing = float(operands[1])
        self._next_line(())
        self._show(operands[-1:])

    def _text_matrix(self, operands: Any) -> None:
        self._line = self._tm = _matrix(operands)

    def _begin_text(self, _: Any) -> None:
        self._line = self._tm = _IDENTITY

    def _save(self, _: Any) -> None:
        self._stack.append(self._state.saved())

    def _restore(self, _: Any) -> None:
        if self._stack:
            self._state = self._stack.pop()

    def _transform(self, operands: Any) -> None:
        self._state.ctm = multiplied(_matrix(operands), self._state.ctm)

    def _set_font(self, operands: Any) -> None:
        self._state.size = float(operands[1])
        self._state.font = self._collector.font(self._resources, operands[0])

    def _set(self, name: str, operands: Any) -> None:
        setattr(self._state, name, float(operands[0]) / (100 if name == "stretch" else 1))

    def _begin_mark(self, operands: Any) -> None:
        """Notes what marked content says its glyphs stand for (section 14.9.4)."""
        properties = operands[1] if len(operands) > 1 else None
        self._marks.append(False)
        if isinstance(properties, NameObject):
            known: Any = self._resources["/Properties"].get_object()
            properties = known[properties].get_object()
        if isinstance(properties, dict) and "/ActualText" in properties:
            text = _string(properties["/ActualText"])
            if len(text) <= _LONGEST_ACTUAL_TEXT:
                self._marks[-1] = True
                self._collector.actual, self._collector.covered = text, []

    def _end_mark(self, _: Any) -> None:
        if self._marks.pop():
            self._collector.end_mark(self._state)

    def _form(self, operands: Any) -> None:
        forms: Any = self._resources["/XObject"].get_object()
        form = forms[operands[0]].get_object()
        collector = self._collector
        if form.get("/Subtype") != "/Form" or id(form) in self._within:
            return
        if len(self._within) >= _MAX_FORM_DEPTH or collector.forms >= _MAX_FORMS:
            return
        collector.forms += 1
        state = self._state.saved()
        if "/Matrix" in form:
            state.ctm = multiplied(_matrix(form["/Matrix"].get_object()), state.ctm)
        own = form.get("/Resources")
        resources = own.get_object() if own is not None else self._resources
        inner = StreamRun(collector, resources, state, (*self._within, id(form)))
        if id(form) not in collector.programs:
            collector.programs[id(form)] = _program(form, collector.pdf)
        inner.run(collector.programs[id(form)])


_HANDLERS: dict[bytes, Callable[[StreamRun, Any], None]] = {
    b"Tj": StreamRun._show,
    b"TJ": StreamRun._show_array,
    b"'": StreamRun._next_line_show,
    b'"': StreamRun._next_line_show,
    b"Td": StreamRun._move,
    b"TD": StreamRun._move_and_lead,
    b"T*": StreamRun._next_line,
    b"Tm": StreamRun._text_matrix,
    b"BT": StreamRun._begin_text,
    b"q": StreamRun._save,
    b"Q": StreamRun._restore,
    b"cm": StreamRun._transform,
    b"Tf": StreamRun._set_font,
    b"Tc": lambda run, operands: run._set("spacing", operands),
    b"Tw": lambda run, operands: run._set("word_spacing", operands),
    b"Tz": lambda run, operands: run._set("stretch", operands),
    b"TL": lambda run, operands: run._set("leading", operands),
    b"Ts": lambda run, operands: run._set("rise", operands),
    b"BMC": StreamRun._begin_mark,
    b"BDC": StreamRun._begin_mark,
    b"EMC": StreamRun._end_mark,
    b"Do": StreamRun._form,
}


def page_pieces(page: PageObject, pdf: Any, fonts: dict[int, FontDecoder]) -> list[Piece]:
    """The pieces of a page in the order drawn; ``fonts`` is kept between pages of one file."""
    contents = page.get("/Contents")
    if contents is None:
        return []
    collector = Collector(pdf, fonts)
    run = StreamRun(collector, page_resources(page), State(_upright(page)))
    run.run(_program(contents.get_object(), pdf))
    return collector.pieces


def _program(stream: Any, pdf: Any) -> list[Operation]:
    """The operations of a content stream, or of an array of them, that place text."""
    return operations(ContentStream(stream, pdf, "bytes").get_data(), _HANDLERS)


def _matrix(operands: Any) -> Matrix:
    a, b, c, d, e, f = (float(operand) for operand in operands)
    return (a, b, c, d, e, f)


def _string(value: Any) -> str:
    if isinstance(value, bytes):
        if value[:2] in (b"\xfe\xff", b"\xff\xfe"):
            return value.decode("utf-16", "ignore")
        return value.decode("utf-8" if value[:3] == b"\xef\xbb\xbf" else "latin-1", "ignore")
    return str(value).removeprefix("\ufeff")


def page_resources(page: PageObject) -> DictionaryObject:
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
