"""An answer as a chart: which columns it takes, what is drawn, what is said where something is not."""

import datetime as dt

import pytest

from sandan.dashboard.answers.chart import BARS, LINE, MOST_BARS, chart, columns_of
from sandan.graph.store.base import QueryResult

DAY = dt.date(2025, 4, 1)


def result(columns: str, *rows: tuple[object, ...]) -> QueryResult:
    return QueryResult(tuple(columns.split()), list(rows), truncated=False)


@pytest.mark.parametrize(
    ("columns", "rows", "default"),
    [
        ("name n", [("a", 1), ("b", 2)], (0, 1)),
        ("n name", [(1, "a"), (2, None)], (1, 0)),
        ("name day n", [("a", DAY, 1)], (1, 2)),
        ("score n", [(0.5, 1), (0.7, 2)], (1, 0)),  # a share is no label
        ("year n", [(2024, 1), (2025, 2)], (0, 1)),
        ("name flag", [("a", True)], None),
        ("name n", [("a", None)], None),
        ("node n", [({"_label": "Order", "id": "x"}, 1)], None),
        ("name", [("a",)], None),
        ("n name", [], None),
    ],
)
def test_a_chart_takes_labels_and_numbers(columns: str, rows: list[tuple[object, ...]], default: tuple[int, int] | None) -> None:
    assert columns_of(result(columns, *rows)).default == default


def test_each_row_has_a_bar_of_its_own_in_the_answer_s_order() -> None:
    figure, notes = chart(result("name share", ("b", 0.5), ("a", 0.25), ("b", 0.5), (None, 1.0), ("c", None)), 0, 1, BARS, "en")
    [trace] = figure["data"]
    assert (trace["type"], trace["x"], trace["y"]) == ("bar", [0, 1, 2, 3], [0.5, 0.25, 0.5, 1.0])
    assert figure["layout"]["xaxis"]["ticktext"] == ["b", "a", "b", "(none)"]
    assert notes == ["1 rows without a value are left out."]


def test_a_line_follows_the_days() -> None:
    rows = [(DAY + dt.timedelta(days=n), n) for n in (2, 0, 1)]
    figure, notes = chart(result("day n", *rows, (None, 7)), 0, 1, LINE, "zh")
    assert figure["data"][0]["x"] == ["2025-04-01", "2025-04-02", "2025-04-03"] and figure["data"][0]["y"] == [0, 1, 2]
    assert notes == ["未画出缺少数值的 1 行。"]
    moment = dt.datetime(2025, 4, 1, 17, tzinfo=dt.UTC)
    assert chart(result("at n", (moment, 1)), 0, 1, LINE, "en")[0]["data"][0]["x"] == ["2025-04-02 01:00:00"], "Beijing time"


def test_too_many_rows_for_bars_are_cut_and_it_is_said() -> None:
    figure, notes = chart(result("name n", *((f"n{i}", i) for i in range(MOST_BARS + 1))), 0, 1, BARS, "en")
    assert len(figure["data"][0]["y"]) == MOST_BARS and notes == [f"Too many for bars: the first {MOST_BARS} of 61 rows are shown."]


def test_markup_in_a_label_is_text_and_a_long_one_is_cut() -> None:
    figure, _ = chart(result("name n", ("<b>&</b>", 1), ("x" * 90, 2)), 0, 1, BARS, "en")
    assert figure["layout"]["xaxis"]["ticktext"] == ["&lt;b&gt;&amp;&lt;/b&gt;", "x" * 39 + "…"]
