"""The report of indexes: one file that loads nothing, with every figure and what it rests on."""

import datetime as dt
import re
import subprocess
import sys
from html.parser import HTMLParser
from typing import Any

import pytest

from sandan.dashboard.measures.html_report import html_report

NOW = dt.datetime(2025, 5, 1, 4, 0, tzinfo=dt.UTC)


def row(index: str, of: str = "", **more: Any) -> dict[str, Any]:
    return {"index": index, "value": 0.25, "unit": "share", "from": "2025-04-01", "to": "2025-04-30", "n": 12, "definition": f"what {index} is", "list": "", "source": "",
            "of": of, "low": None, "high": None, "origin": "outcomes", "method": "share", "quality": "10 of 12 known", **more}  # fmt: skip


class _Read(HTMLParser):
    """Texts of cells and of terms, and what the page would load."""

    def __init__(self) -> None:
        super().__init__()
        self.texts: list[str] = []
        self.loads: list[str] = []
        self.tags: list[str] = []
        self._stack: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.loads += [value or "" for name, value in attrs if name in ("src", "href", "data", "srcset")]
        self._stack.append(tag)

    def handle_endtag(self, tag: str) -> None:
        while self._stack and self._stack.pop() != tag:
            pass

    def handle_data(self, data: str) -> None:
        if self._stack and self._stack[-1] in ("td", "dt", "dd", "h2", "th", "p"):
            self.texts.append(data)


def _read(page: str) -> _Read:
    reader = _Read()
    reader.feed(page)
    return reader


ROWS = [row("hit_rate", "grade:low", low=0.1, high=0.4), row("breach_rate", "grade:low", value=0.02, low=0.01, high=0.05), row("order_to_release", "all", unit="hours", value=102.3),
        row("recall_at_budget", "all", value=None), row("completeness", list="orders", value=0.97), row("duplicates", list="orders", source="S1")]  # fmt: skip


def report(rows: list[dict[str, Any]], now: dt.datetime) -> str:
    return html_report(rows, now, "en")


def test_every_figure_stands_in_it_with_its_definition_origin_method_and_quality() -> None:
    read = _read(report(ROWS, NOW))
    for one in ROWS:
        assert any(f"what {one['index']} is. Origin: outcomes. Method: share." in text for text in read.texts)
    for words in ("hit rate", "order to release", "recall at budget", "duplicates"):
        assert words in read.texts
    assert "102 h 18 min" in read.texts and "10 of 12 known" in read.texts and any("made 2025-05-01 12:00" in text for text in read.texts)
    assert "25.0%" in read.texts and "10.0% – 40.0%" in read.texts and "Low risk" in read.texts
    assert "2025-04-01 to 2025-04-30" in report(ROWS, NOW)


def test_it_speaks_chinese() -> None:
    page = html_report(ROWS, NOW, "zh")
    read = _read(page)
    assert '<html lang="zh-CN">' in page
    assert {"放行时间", "查获率", "低风险", "102 小时 18 分"} <= set(read.texts)
    assert not {"hit rate", "Low risk", "Origin"} & set(read.texts)


def test_it_loads_nothing_and_has_a_plot_for_each_section() -> None:
    page = report(ROWS, NOW)
    assert _read(page).loads == []
    assert page.count("Plotly.newPlot(") - page.split("<body>")[0].count("Plotly.newPlot(") == 3  # what has no value is not drawn
    assert "plotly.min.js" not in page.split("<body>")[1]


@pytest.mark.parametrize("hostile", ["<script>alert(1)</script>", "</table><img src=x onerror=alert(1)>", "<a href='http://x'>x</a>"])
def test_what_senders_wrote_is_text(hostile: str) -> None:
    page = report([row("completeness", list="orders", source=hostile), row("superseded", list="orders", source=hostile)], NOW)
    body = page.split("<body>")[1]
    assert hostile not in body
    assert hostile in "".join(_read(page).texts) and not {"img", "a"} & set(_read(body).tags)


def test_few_or_no_rows_make_a_page() -> None:
    assert "no data" in report([], NOW) and re.search(r"<h2>Time to release</h2>", report(ROWS[2:3], NOW))


def test_lists_have_their_names_in_a_program_that_shows_no_page() -> None:
    program = (
        "from sandan.dashboard.measures.sections import part_name\n"
        "print(part_name({'of': 'all', 'list': 'inventory_items', 'source': ''}, 'en'))"
    )
    said = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert said.stdout.strip() == "Lines of declarations"
