"""What each policy caught, week by week, as SVG."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd
from reportlab.graphics import renderSVG
from reportlab.graphics.shapes import Drawing, Line, PolyLine, String
from reportlab.lib import colors

from sandan.record.errors import OutputError

_WIDTH, _HEIGHT, _LEFT, _UNDER = 760, 320, 64, 36
_COLOURS = ("#1f5a8c", "#c08a00", "#6c757d")
# Weeks of which the mean is drawn: single weeks hide what changes.
_SMOOTH = 4
PLOTS = {"hits": "Breaches found a week", "revenue": "Revenue found a week, CNY"}


def draw_weeks(weeks: Sequence[pd.DataFrame], column: str) -> Drawing:
    """Lines of one column, a policy each, as the mean of four weeks.

    Args:
        weeks: Of each policy, `sandan.jobs.simulation.loop.WEEK_COLUMNS`.
        column: `hits` or `revenue`.
    """
    drawing = Drawing(_WIDTH, _HEIGHT)
    lines = [of[column].rolling(_SMOOTH, min_periods=1).mean().to_numpy(float) for of in weeks]
    most = max((float(line.max()) for line in lines if len(line)), default=0.0) or 1.0
    right, top = _WIDTH - 16, _HEIGHT - 44
    drawing.add(String(_LEFT, _HEIGHT - 16, f"{PLOTS[column]} (mean of {_SMOOTH} weeks)", fontSize=12))
    drawing.add(Line(_LEFT, _UNDER, right, _UNDER))
    for tick in np.linspace(0, most, 5):
        y = _UNDER + (top - _UNDER) * tick / most
        drawing.add(Line(_LEFT, y, right, y, strokeColor=colors.HexColor("#dde4ea")))
        drawing.add(String(_LEFT - 6, y - 3, f"{tick:,.4g}", fontSize=9, textAnchor="end"))
    for place, (of, line) in enumerate(zip(weeks, lines, strict=True)):
        colour = colors.HexColor(_COLOURS[place % len(_COLOURS)])
        xs = _LEFT + (right - _LEFT) * np.arange(len(line)) / max(len(line) - 1, 1)
        ys = _UNDER + (top - _UNDER) * line / most
        points = [float(one) for pair in zip(xs, ys, strict=True) for one in pair]
        drawing.add(PolyLine(points, strokeColor=colour, strokeWidth=2))
        drawing.add(String(_LEFT + 150 * place, _HEIGHT - 32, f"— {of.policy.iloc[0]}", fontSize=10, fillColor=colour))
    drawing.add(String((_LEFT + right) / 2, 10, f"weeks 1 to {len(lines[0])}", fontSize=9, textAnchor="middle"))
    return drawing


def write_plots(weeks: Sequence[pd.DataFrame], folder: Path) -> None:
    """Write a plot of each of `PLOTS`.

    Raises:
        OutputError: The folder cannot be written.
    """
    try:
        for column in PLOTS:
            (folder / f"{column}.svg").write_text(renderSVG.drawToString(draw_weeks(weeks, column)), encoding="utf-8")
    except OSError as exc:
        raise OutputError(f"{folder}: cannot write ({exc.strerror or exc}); name another folder") from exc
