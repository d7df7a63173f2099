"""Small charts as SVG text, without a library: lines on linear or logarithmic axes."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from xml.sax.saxutils import escape

_COLOURS = ("#1f5fa8", "#c2571a", "#3b7d3b", "#7a4fa0", "#555555")
_WIDTH, _HEIGHT = 640, 360
_LEFT, _RIGHT, _TOP, _BOTTOM = 64, 16, 52, 48
# Room for one name of the legend.
_NAME = 130
Points = Sequence[tuple[float, float]]


@dataclass
class Chart:
    """One chart.

    Attributes:
        title: Above it.
        x, y: Names of the axes.
        log_x, log_y: Whether they are logarithmic; points at or under 0 are then left out.
        lines: (name, points, dashed).
        ticks: Labels of the x axis by place; empty for figures.
        shaded: Places on the x axis with a shade behind them, one unit wide.
    """

    title: str
    x: str
    y: str
    log_x: bool = False
    log_y: bool = False
    lines: list[tuple[str, Points, bool]] = field(default_factory=list)
    ticks: Sequence[tuple[float, str]] = ()
    shaded: Sequence[float] = ()

    def line(self, name: str, points: Points, *, dashed: bool = False) -> None:
        """Adds a line."""
        kept = [(x, y) for x, y in points if not ((self.log_x and x <= 0) or (self.log_y and y <= 0))]
        self.lines.append((name, kept, dashed))

    def svg(self) -> str:
        """The chart as a file."""
        every = [point for _, points, _ in self.lines for point in points]
        xs, ys = _Axis([x for x, _ in every], self.log_x), _Axis([y for _, y in every] + ([] if self.log_y else [0.0]), self.log_y)
        inner = (_LEFT, _WIDTH - _RIGHT), (_HEIGHT - _BOTTOM, _TOP)

        def at(x: float, y: float) -> str:
            return f"{_between(xs.share(x), *inner[0]):.1f},{_between(ys.share(y), *inner[1]):.1f}"

        parts = [f'<rect width="{_WIDTH}" height="{_HEIGHT}" fill="#ffffff"/>', _text(_LEFT, 20, self.title, 14, weight="600")]
        for place in self.shaded:
            left, right = (_between(xs.share(place + side), *inner[0]) for side in (-0.5, 0.5))
            parts.append(_box(left, _TOP, right - left, inner[1][0] - _TOP, "#f3dcc8"))
        for value, label in self.ticks or xs.ticks():
            place = _between(xs.share(value), *inner[0])
            parts += [_rule(place, _TOP, place, inner[1][0]), _text(place, inner[1][0] + 16, label, 11, anchor="middle")]
        for value, label in ys.ticks():
            place = _between(ys.share(value), *inner[1])
            parts += [_rule(_LEFT, place, inner[0][1], place), _text(_LEFT - 6, place + 4, label, 11, anchor="end")]
        for number, (name, points, dashed) in enumerate(self.lines):
            colour, dash = _COLOURS[number % len(_COLOURS)], ' stroke-dasharray="5 3"' if dashed else ""
            path = " ".join(at(x, y) for x, y in points)
            parts.append(f'<polyline fill="none" stroke="{colour}" stroke-width="1.8"{dash} points="{path}"/>')
            left = _LEFT + _NAME * number
            parts.append(f'<line x1="{left}" y1="38" x2="{left + 20}" y2="38" stroke="{colour}" stroke-width="2"{dash}/>')
            parts.append(_text(left + 26, 42, name, 11))
        parts.append(_text((_LEFT + _WIDTH - _RIGHT) / 2, _HEIGHT - 10, self.x, 12, anchor="middle"))
        parts.append(f'<g transform="translate(14 {(_TOP + inner[1][0]) / 2}) rotate(-90)">{_text(0, 0, self.y, 12, anchor="middle")}</g>')
        body = "\n".join(parts)
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {_HEIGHT}" width="{_WIDTH}" height="{_HEIGHT}" role="img" '
            f'aria-label="{escape(self.title)}" font-family="sans-serif">\n{body}\n</svg>\n'
        )


class _Axis:
    """Where values lie between the ends of an axis."""

    def __init__(self, values: Sequence[float], log: bool) -> None:
        self._log = log
        low, high = (min(values), max(values)) if values else (0.0, 1.0)
        self.low, self.high = (self._scaled(low), self._scaled(high))
        if self.high <= self.low:
            self.high = self.low + 1.0

    def _scaled(self, value: float) -> float:
        return math.log10(value) if self._log else value

    def share(self, value: float) -> float:
        return (self._scaled(value) - self.low) / (self.high - self.low)

    def ticks(self) -> list[tuple[float, str]]:
        if self._log:
            return [(10.0**power, _told(10.0**power)) for power in range(math.ceil(self.low - 1e-9), math.floor(self.high + 1e-9) + 1)]
        step = 10 ** math.floor(math.log10(self.high - self.low))
        step = next(step * part for part in (0.1, 0.2, 0.5, 1, 2) if (self.high - self.low) / (step * part) <= 8)
        first = math.ceil(self.low / step)
        return [(k * step, _told(k * step)) for k in range(first, math.floor(self.high / step + 1e-9) + 1)]


def _between(share: float, low: float, high: float) -> float:
    return low + min(max(share, 0.0), 1.0) * (high - low)


def _told(value: float) -> str:
    return f"{value:,.0f}" if value >= 10 or value == round(value) else f"{value:.4g}"


def _rule(x1: float, y1: float, x2: float, y2: float) -> str:
    return f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" stroke="#e2e2e2"/>'


def _box(x: float, y: float, width: float, height: float, colour: str) -> str:
    return f'<rect x="{x:.1f}" y="{y:.1f}" width="{width:.2f}" height="{height:.1f}" fill="{colour}"/>'


def _text(x: float, y: float, text: str, size: int, anchor: str = "start", weight: str = "400") -> str:
    style = f'font-size="{size}" fill="#222222" text-anchor="{anchor}" font-weight="{weight}"'
    return f'<text x="{x:.1f}" y="{y:.1f}" {style}>{escape(text)}</text>'
