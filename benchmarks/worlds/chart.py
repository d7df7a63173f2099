"""Line charts for the documents, as SVG files that are the same bytes for the same values."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import matplotlib as mpl
from matplotlib.figure import Figure

Points = Sequence[tuple[float, float]]
_COLOURS = ("#1f5fa8", "#c2571a", "#3b7d3b", "#7a4fa0", "#555555")
_STYLE = {
    "svg.fonttype": "none", "svg.hashsalt": "sandan", "font.family": "sans-serif", "font.size": 9, "axes.titlesize": 11,
    "axes.titleweight": "bold", "axes.titlelocation": "left", "axes.spines.top": False, "axes.spines.right": False, "axes.grid": True,
    "grid.color": "#e2e2e2", "axes.axisbelow": True,
}  # fmt: skip


@dataclass
class Chart:
    """One chart.

    Attributes:
        title: Above it.
        x, y: Names of the axes.
        log_x, log_y: Whether they are logarithmic; points at or under 0 are then left out.
        lines: (name, points, dashed).
        ticks: Labels of the x axis by position; empty for figures.
        shaded: Positions on the x axis with a shade behind them, one unit wide.
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

    def write(self, path: Path) -> None:
        """Writes the chart as an SVG file."""
        with mpl.rc_context(_STYLE):
            figure = Figure(figsize=(6.4, 3.6), layout="constrained")
            axes = figure.add_subplot(title=self.title, xlabel=self.x, ylabel=self.y)
            for position in self.shaded:
                axes.axvspan(position - 0.5, position + 0.5, color="#f3dcc8", linewidth=0)
            for number, (name, points, dashed) in enumerate(self.lines):
                xs, ys = zip(*points, strict=True) if points else ((), ())
                axes.plot(xs, ys, label=name, color=_COLOURS[number % len(_COLOURS)], linestyle="--" if dashed else "-", linewidth=1.6)
            if self.log_x:
                axes.set_xscale("log")
            if self.log_y:
                axes.set_yscale("log")
            else:
                axes.set_ylim(bottom=0)
            if self.ticks:
                axes.set_xticks([at for at, _ in self.ticks], [label for _, label in self.ticks])
            axes.legend(frameon=False)
            figure.savefig(path, format="svg", metadata={"Date": None})
