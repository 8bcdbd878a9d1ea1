"""Plots as SVG text, without any library; all text in them is escaped."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from html import escape
from math import ceil, floor

SERIES = 5
"""Colours and dashes there are (CSS classes ``s0`` … ``s4``); further series begin anew."""

_WIDTH, _HEIGHT = 680, 300
_LEFT, _RIGHT, _TOP, _BOTTOM = 46, 14, 12, 40
_DOT = 9.0


@dataclass(frozen=True, slots=True)
class Series:
    """A line: ``values[i]``, 0 to 1, at ``i + 1``."""

    name: str
    values: Sequence[float]


@dataclass(frozen=True, slots=True)
class Point:
    """A dot at ``value``; ``label`` is told on hovering."""

    value: float
    label: str


def line_chart(series: Sequence[Series], *, x_label: str, title: str) -> str:
    """Lines over 1, 2 …, the vertical axis from 0 to 1.

    Every series must have the same number of values, at least two.
    """
    count = len(series[0].values)

    def x(i: float) -> float:
        return _LEFT + (i - 1) / (count - 1) * (_WIDTH - _LEFT - _RIGHT)

    def y(value: float) -> float:
        return _TOP + (1 - value) * (_HEIGHT - _TOP - _BOTTOM)

    parts = [_opening(_HEIGHT, title)]
    for tick in range(6):
        at = y(tick / 5)
        parts.append(f'<line class="grid" x1="{_LEFT}" x2="{_WIDTH - _RIGHT}" {_ys(at, at)}/>')
        parts.append(_label(_LEFT - 8, at + 4, f"{tick / 5:.1f}", "end"))
    parts += [
        _label(x(i), _HEIGHT - _BOTTOM + 18, str(i))
        for i in range(1, count + 1)
        if i in (1, count) or i % 5 == 0
    ]
    parts.append(_label((_LEFT + _WIDTH - _RIGHT) / 2, _HEIGHT - 4, x_label))
    for number, one in enumerate(series):
        points = " ".join(f"{x(i):.1f},{y(v):.1f}" for i, v in enumerate(one.values, start=1))
        parts.append(f'<polyline class="line s{number % SERIES}" points="{points}"/>')
        parts += [
            f'<circle class="dot s{number % SERIES}" cx="{x(i):.1f}" cy="{y(v):.1f}" r="3">'
            f"<title>{escape(one.name)}, first {i}: {v:.3f}</title></circle>"
            for i, v in enumerate(one.values, start=1)
        ]
    parts.append("</svg>")
    return "".join(parts)


def dot_plot(
    rows: Sequence[tuple[str, Sequence[Point]]],
    *,
    mark: float | None,
    mark_label: str,
    title: str,
) -> str:
    """Rows of dots over one horizontal axis; dots that would overlap are stacked.

    ``mark`` is drawn as a line across all rows. The axis covers all values and the mark.
    """
    values = [point.value for _, points in rows for point in points]
    shown = [*values, mark] if mark is not None else values
    low, high = _rounded_out(min(shown), max(shown))
    row_height = 100
    height = len(rows) * row_height + 62

    def x(value: float) -> float:
        return _LEFT + (value - low) / (high - low) * (_WIDTH - _LEFT - _RIGHT)

    parts = [_opening(height, title)]
    bottom = 20 + len(rows) * row_height
    for tick in range(round(low * 10), round(high * 10) + 1):
        at = x(tick / 10)
        parts.append(f'<line class="grid" x1="{at:.1f}" x2="{at:.1f}" {_ys(20, bottom)}/>')
        parts.append(_label(at, bottom + 18, f"{tick / 10:.1f}"))
    for number, (name, points) in enumerate(rows):
        base = 20 + (number + 1) * row_height
        parts.append(f'<line class="axis" x1="{_LEFT}" x2="{_WIDTH - _RIGHT}" {_ys(base, base)}/>')
        parts.append(_label(_LEFT + 4, base - row_height + 18, f"{name} ({len(points)})", "start"))
        parts += _stacked(points, x, base, row_height - 32, number)
    if mark is not None:
        at = x(mark)
        parts.append(f'<line class="mark" x1="{at:.1f}" x2="{at:.1f}" {_ys(16, bottom)}/>')
        parts.append(_label(at, 11, f"{mark_label} {mark:.2f}"))
    parts.append("</svg>")
    return "".join(parts)


def _stacked(
    points: Sequence[Point], x: Callable[[float], float], base: float, room: float, number: int
) -> list[str]:
    # Dots stay exactly where their value is, since it matters on which side of a mark they are.
    levels: list[float] = []
    placed: list[tuple[Point, float, int]] = []
    for point in sorted(points, key=lambda point: (point.value, point.label)):
        at = x(point.value)
        free = (level for level, last in enumerate(levels) if at - last >= _DOT)
        level = next(free, len(levels))
        levels[level : level + 1] = [at]
        placed.append((point, at, level))
    step = min(_DOT, room / max(len(levels), 1))
    return [
        f'<circle class="dot s{number % SERIES}" cx="{at:.1f}" '
        f'cy="{base - 5 - level * step:.1f}" r="4">'
        f"<title>{escape(point.label)}: {point.value:.3f}</title></circle>"
        for point, at, level in placed
    ]


def _rounded_out(low: float, high: float) -> tuple[float, float]:
    """The tenths around ``low`` to ``high``, never empty."""
    bottom, top = floor(low * 10 + 1e-9), ceil(high * 10 - 1e-9)
    return bottom / 10, max(top, bottom + 1) / 10


def _opening(height: int, title: str) -> str:
    return (
        f'<svg viewBox="0 0 {_WIDTH} {height}" role="img" direction="ltr" '
        f'aria-label="{escape(title)}">'
    )


def _ys(first: float, second: float) -> str:
    return f'y1="{first:.1f}" y2="{second:.1f}"'


def _label(x: float, y: float, text: str, anchor: str = "middle") -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">{escape(text)}</text>'
