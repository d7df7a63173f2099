"""An answer as a chart: a column of labels beside a column of numbers, as bars, or as a line over dates."""

import datetime as dt
import html
from dataclasses import dataclass
from typing import Any

from sandan.dashboard.i18n import Language, text
from sandan.dashboard.theme import FONT, INK
from sandan.graph.store.base import QueryResult
from sandan.record.values.moment import BEIJING

MOST_BARS = 60
BARS, LINE = "bars", "line"
_LONGEST_LABEL = 40
_COLOUR = "#0072B2"


@dataclass(frozen=True, slots=True)
class Columns:
    """Which columns a chart can take.

    Attributes:
        labels: Places of columns of texts, days or whole numbers.
        numbers: Places of columns of numbers.
        dates: Places of columns of days or times.
    """

    labels: tuple[int, ...]
    numbers: tuple[int, ...]
    dates: tuple[int, ...]

    @property
    def default(self) -> tuple[int, int] | None:
        """The columns of labels and of numbers that one begins with; None where no chart can be made."""
        for number in reversed(self.numbers):  # a statement counts in its last column
            found = [*self.dates, *(one for one in self.labels if one not in self.numbers), *self.labels]
            if others := [one for one in found if one != number]:
                return others[0], number
        return None


def columns_of(result: QueryResult) -> Columns:
    """The columns of an answer that a chart can take."""
    labels, numbers, dates = [], [], []
    for place in range(len(result.columns)):
        values = [row[place] for row in result.rows if row[place] is not None]
        if not values:
            continue
        if all(isinstance(value, int | float) and not isinstance(value, bool) for value in values):
            numbers.append(place)
        if all(isinstance(value, dt.date) for value in values):
            dates.append(place)
        if all(isinstance(value, str | int | dt.date) for value in values):
            labels.append(place)
    return Columns(tuple(labels), tuple(numbers), tuple(dates))


def chart(result: QueryResult, label: int, number: int, kind: str, language: Language) -> tuple[dict[str, Any], list[str]]:
    """The chart as plotly takes it, and what is to be said of it.

    Args:
        result: The answer.
        label: Place of the column of labels.
        number: Place of the column of numbers.
        kind: `bars`, one for each row in the answer's order, or `line`, over the days of the column of labels.
        language: Of the words.
    """
    rows = [(row[label], row[number]) for row in result.rows if row[number] is not None and (kind == BARS or row[label] is not None)]
    notes = [text("answer_chart_without", language, n=len(result.rows) - len(rows))] if len(rows) < len(result.rows) else []
    trace: dict[str, Any]
    if kind == LINE:
        rows.sort(key=lambda row: str(row[0]))
        trace = {"type": "scatter", "mode": "lines+markers", "x": [_label(one, language) for one, _ in rows], "line": {"color": _COLOUR}}
        axis: dict[str, Any] = {"type": "date"}
    else:
        if len(rows) > MOST_BARS:
            notes.append(text("answer_chart_first", language, n=MOST_BARS, total=f"{len(rows):,}"))
            rows = rows[:MOST_BARS]
        words = [_label(one, language) for one, _ in rows]
        # Each row has a bar of its own: what is called alike is not added up, since a sum of averages would be nonsense.
        trace = {"type": "bar", "x": list(range(len(rows))), "marker": {"color": _COLOUR}, "customdata": words}
        axis = {"tickmode": "array", "tickvals": list(range(len(rows))), "ticktext": words, "automargin": True}
    trace |= {"y": [value for _, value in rows], "hovertemplate": ("%{x}" if kind == LINE else "%{customdata}") + " · %{y}<extra></extra>"}
    names = [_label(result.columns[place], language) for place in (label, number)]
    layout = {
        "height": 420, "margin": {"l": 60, "r": 12, "t": 12, "b": 90}, "font": {"family": FONT, "size": 12, "color": INK},
        "paper_bgcolor": "rgba(0,0,0,0)", "plot_bgcolor": "rgba(0,0,0,0)", "showlegend": False,
        "xaxis": {**axis, "title": {"text": names[0]}, "fixedrange": True},
        "yaxis": {"title": {"text": names[1]}, "gridcolor": "#e3e9ee", "rangemode": "tozero", "fixedrange": True},
    }  # fmt: skip
    return {"data": [trace], "layout": layout}, notes


def _label(value: object, language: Language) -> str:
    if value is None:
        return text("answer_chart_no_label", language)
    if isinstance(value, dt.datetime):
        return value.astimezone(BEIJING).strftime("%Y-%m-%d %H:%M:%S")
    # What stands between < and > is markup to plotly: a text of the data is none.
    words = html.escape(str(value), quote=False)
    return words if len(words) <= _LONGEST_LABEL else f"{words[: _LONGEST_LABEL - 1]}…"
