"""East Asian text set in columns: glyphs one under another become lines that run down."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rag.readers.pdf.glyphs import Piece

_SHORTEST = 6
_WIDE = ("\u2e80", "\uffef")


def columns_turned(pieces: Sequence[Piece]) -> list[Piece]:
    """The pieces, each run of single East Asian glyphs down the page as one turned piece.

    A turned piece is what a font for vertical writing gives: its baseline runs down, and the next
    line stands to its left. Runs are short of a table's column of marks: its cells are set apart.
    """
    turned: list[Piece] = []
    for run in _runs(pieces):
        if len(run) < _SHORTEST:
            turned.extend(run)
            continue
        first, last = run[0], run[-1]
        clusters = [cluster for piece in run for cluster in piece.clusters]
        turned.append(
            Piece(
                clusters, -(first.y + first.size), -last.y, first.x0, first.size,
                first.bold, 3, first.space,
            )
        )  # fmt: skip
    return turned


def _runs(pieces: Sequence[Piece]) -> Iterator[list[Piece]]:
    run: list[Piece] = []
    for piece in pieces:
        if run and not _under(run[-1], piece):
            yield run
            run = []
        run.append(piece)
    if run:
        yield run


def _under(above: Piece, piece: Piece) -> bool:
    """Whether a glyph is the next of a column."""
    return (
        len(piece.clusters) == 1
        and len(above.clusters) == 1
        and piece.turn == above.turn == 0
        and abs(piece.x0 - above.x0) < 0.3 * piece.size
        and 0.8 * piece.size < above.y - piece.y < 1.45 * piece.size
        and _is_wide(piece)
        and _is_wide(above)
        and piece.bold == above.bold
    )


def _is_wide(piece: Piece) -> bool:
    return _WIDE[0] <= piece.clusters[0][:1] <= _WIDE[1]
