"""A drawing of ``bench.scale``'s figures: time and memory against size, both axes logarithmic."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

_WIDTH, _HEIGHT, _LEFT, _TOP, _BOTTOM = 340, 260, 56, 34, 40
_PANELS = (
    ("One question, ms", (("median_ms", "median"), ("p99_ms", "99 of 100"))),
    ("Memory, MB", (("serving_mb", "serving"), ("build_mb", "building"))),
    ("Build without encoding, s", (("build_s", "by the clock"),)),
)
_COLOURS = ("#1f6feb", "#d1242f")


def plot(results: Sequence[Mapping[str, Any]]) -> str:
    """The SVG of ``results``, each with its ``size``."""
    panels = [
        f'<g transform="translate({number * _WIDTH} 0)">{_panel(title, lines, results)}</g>'
        for number, (title, lines) in enumerate(_PANELS)
    ]
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {len(_PANELS) * _WIDTH} {_HEIGHT}" '
        'font-family="system-ui, sans-serif" font-size="11" fill="#444">'
        f'<rect width="100%" height="100%" fill="#fff"/>{"".join(panels)}</svg>\n'
    )


def _panel(
    title: str, lines: Sequence[tuple[str, str]], results: Sequence[Mapping[str, Any]]
) -> str:
    values = [one[key] for one in results for key, _ in lines if one.get(key)]
    across = _decades([one["size"] for one in results])
    upward = _decades(values or [1])
    parts = [f'<text x="{_LEFT}" y="18" font-size="13" fill="#111">{escape(title)}</text>']
    for exponent in range(across[0], across[1] + 1):
        x = _place(10.0**exponent, across, _LEFT, _WIDTH - 16)
        parts.append(_line(x, _TOP, x, _HEIGHT - _BOTTOM))
        parts.append(_text(x, _HEIGHT - _BOTTOM + 16, f"{10**exponent:,}", "middle"))
    for exponent in range(upward[0], upward[1] + 1):
        y = _place(10.0**exponent, upward, _HEIGHT - _BOTTOM, _TOP)
        parts.append(_line(_LEFT, y, _WIDTH - 16, y))
        parts.append(_text(_LEFT - 6, y + 4, f"{10.0**exponent:g}", "end"))
    parts.append(_text((_LEFT + _WIDTH) / 2, _HEIGHT - 6, "passages", "middle"))
    for number, (key, name) in enumerate(lines):
        colour = _COLOURS[number]
        points = [
            (
                _place(one["size"], across, _LEFT, _WIDTH - 16),
                _place(one[key], upward, _HEIGHT - _BOTTOM, _TOP),
            )
            for one in results
            if one.get(key)
        ]
        path = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
        parts.append(f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="2"/>')
        parts += [f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3" fill="{colour}"/>' for x, y in points]
        parts.append(
            f'<text x="{_LEFT + 8}" y="{_TOP + 14 + 14 * number}" fill="{colour}">{name}</text>'
        )
    return "".join(parts)


def _decades(values: Sequence[float]) -> tuple[int, int]:
    low, high = math.floor(math.log10(min(values))), math.ceil(math.log10(max(values)))
    return low, max(high, low + 1)


def _place(value: float, decades: tuple[int, int], start: float, end: float) -> float:
    share = (math.log10(value) - decades[0]) / (decades[1] - decades[0])
    return start + share * (end - start)


def _line(x1: float, y1: float, x2: float, y2: float) -> str:
    return f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" stroke="#e5e5e5"/>'


def _text(x: float, y: float, text: str, anchor: str) -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">{text}</text>'
