"""Plots as SVG, drawn by templates."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import ceil, floor
from typing import NamedTuple

from markupsafe import Markup

from rag.evaluation.rendering import render

SERIES = 5
"""Colours and dashes there are (CSS classes ``s0`` … ``s4``); further series begin anew."""

_WIDTH, _HEIGHT = 680, 300
_LEFT, _RIGHT, _TOP, _BOTTOM = 46, 14, 12, 40
_DOT = 9.0
_ROW = 100


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


class _Tick(NamedTuple):
    """A label at a coordinate."""

    at: float
    label: str


class _Curve(NamedTuple):
    """A line through ``points``, each x, y and the value there."""

    name: str
    colour: int
    points: list[tuple[float, float, float]]


class _Dot(NamedTuple):
    point: Point
    x: float
    y: float


class _Row(NamedTuple):
    name: str
    colour: int
    top: int
    base: int
    dots: list[_Dot]


def line_chart(series: Sequence[Series], *, x_label: str, title: str) -> Markup:
    """Lines over 1, 2 …, the vertical axis from 0 to 1.

    Every series must have the same number of values, at least two.
    """
    count = len(series[0].values)

    def x(i: float) -> float:
        return _LEFT + (i - 1) / (count - 1) * (_WIDTH - _LEFT - _RIGHT)

    def y(value: float) -> float:
        return _TOP + (1 - value) * (_HEIGHT - _TOP - _BOTTOM)

    return render(
        "line_chart.svg",
        title=title,
        x_label=x_label,
        width=_WIDTH,
        height=_HEIGHT,
        left=_LEFT,
        right=_WIDTH - _RIGHT,
        bottom=_HEIGHT - _BOTTOM,
        ticks=[_Tick(y(tick / 5), f"{tick / 5:.1f}") for tick in range(6)],
        counts=[_Tick(x(i), str(i)) for i in range(1, count + 1) if i in (1, count) or i % 5 == 0],
        curves=[
            _Curve(
                one.name,
                number % SERIES,
                [(x(i), y(value), value) for i, value in enumerate(one.values, start=1)],
            )
            for number, one in enumerate(series)
        ],
    )


def dot_plot(
    rows: Sequence[tuple[str, Sequence[Point]]],
    *,
    mark: float | None,
    mark_label: str,
    title: str,
) -> Markup:
    """Rows of dots over one horizontal axis; dots that would overlap are stacked.

    ``mark`` is drawn as a line across all rows. The axis covers all values and the mark.
    """
    values = [point.value for _, points in rows for point in points]
    shown = [*values, mark] if mark is not None else values
    low, high = _rounded_out(min(shown), max(shown))

    def x(value: float) -> float:
        return _LEFT + (value - low) / (high - low) * (_WIDTH - _LEFT - _RIGHT)

    ticks = range(round(low * 10), round(high * 10) + 1)
    return render(
        "dot_plot.svg",
        title=title,
        width=_WIDTH,
        height=len(rows) * _ROW + 62,
        left=_LEFT,
        right=_WIDTH - _RIGHT,
        bottom=20 + len(rows) * _ROW,
        ticks=[_Tick(x(tick / 10), f"{tick / 10:.1f}") for tick in ticks],
        rows=[
            _row(name, number, _stacked(points, x, 20 + (number + 1) * _ROW))
            for number, (name, points) in enumerate(rows)
        ],
        mark=None if mark is None else _Tick(x(mark), f"{mark_label} {mark:.2f}"),
    )


def _row(name: str, number: int, dots: list[_Dot]) -> _Row:
    return _Row(name, number % SERIES, 20 + number * _ROW, 20 + (number + 1) * _ROW, dots)


def _stacked(points: Sequence[Point], x: Callable[[float], float], base: int) -> list[_Dot]:
    # Dots stay exactly where their value is, since it matters on which side of a mark they are.
    levels: list[float] = []
    placed: list[tuple[Point, float, int]] = []
    for point in sorted(points, key=lambda point: (point.value, point.label)):
        at = x(point.value)
        free = (level for level, last in enumerate(levels) if at - last >= _DOT)
        level = next(free, len(levels))
        levels[level : level + 1] = [at]
        placed.append((point, at, level))
    step = min(_DOT, (_ROW - 32) / max(len(levels), 1))
    return [_Dot(point, at, base - 5 - level * step) for point, at, level in placed]


def _rounded_out(low: float, high: float) -> tuple[float, float]:
    """The tenths around ``low`` to ``high``, never empty."""
    bottom, top = floor(low * 10 + 1e-9), ceil(high * 10 - 1e-9)
    return bottom / 10, max(top, bottom + 1) / 10
