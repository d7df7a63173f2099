"""The report of indexes as PDF: every figure stands in it, in both languages, also where there is little to draw."""

import datetime as dt
import io
from typing import Any

import pytest
from pypdf import PdfReader
from reportlab.graphics.shapes import Line, Rect

from sandan.dashboard.i18n import Language
from sandan.dashboard.measures.pdf_report import bars, pdf_report
from sandan.dashboard.measures.sections import sections

NOW = dt.datetime(2025, 5, 1, 4, 0, tzinfo=dt.UTC)


def row(index: str, of: str = "", **more: Any) -> dict[str, Any]:
    return {"index": index, "value": 0.25, "unit": "share", "from": "2025-04-01", "to": "2025-04-30", "n": 12, "definition": f"what {index} is", "list": "", "source": "",
            "of": of, "low": None, "high": None, "origin": "outcomes", "method": "share", "quality": "10 of 12 known", **more}  # fmt: skip


ROWS = [row("order_to_release", "grade:low", unit="hours", value=102.3), row("hit_rate", "grade:low", low=0.1, high=0.4), row("breach_rate", "grade:low", low=0.2, high=0.3),
        row("typology_decay", "typology:quota", value=-0.2, low=-0.5, high=0.1), row("recall_at_budget", "all", value=None), row("revenue_found", unit="CNY", value=1234.5),
        row("missed_breaches", "grade:low", unit="consignments", value=12.5), row("duplicates", list="orders", source="<b>S1 & co</b>")]  # fmt: skip


def _text(rows: list[dict[str, Any]], language: Language) -> str:
    reader = PdfReader(io.BytesIO(pdf_report(rows, NOW, language)))
    return "\n".join(page.extract_text() for page in reader.pages).replace("\n", " ")


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", ("102 h 18 min", "25.0%", "-20.0%", "CNY 1,234.50", "<b>S1 & co</b>", "10 of 12 known", "what hit_rate is", "made 2025-05-01 12:00")),
        ("zh", ("102 小时 18 分", "查获率", "1,234.50 元", "12.5 票", "来源")),
    ],
)  # fmt: skip
def test_every_figure_stands_in_it(language: Language, words: tuple[str, ...]) -> None:
    said = _text(ROWS, language)
    plain = said.replace(" ", "")
    assert [one for one in words if one.replace(" ", "") not in plain] == []


def test_bars_are_as_long_as_their_values_and_intervals_lie_on_them() -> None:
    found = {section.name: section for section in sections(ROWS)}
    hits = found["hits"]
    drawing = bars(hits, hits.rows, "en")
    first, second = [shape for shape in drawing.contents if isinstance(shape, Rect)]
    assert first.width == second.width > 0 and first.fillColor != second.fillColor
    lines = [shape for shape in drawing.contents if isinstance(shape, Line)][1:]
    assert (lines[0].x2 - lines[0].x1) / first.width == pytest.approx(0.3 / 0.25)
    assert lines[0].x1 < first.x + first.width < lines[0].x2
    [decay] = [shape for shape in bars(found["decay"], found["decay"].rows, "en").contents if isinstance(shape, Rect)]
    assert decay.width > 0


def test_few_no_and_very_many_rows_make_a_document() -> None:
    assert "no data" in _text([], "en")
    assert "recall at budget" in _text([row("recall_at_budget", value=None)], "en")
    many = [row("typology_hit_rate", f"typology:t{k}") for k in range(300)]
    said = _text(many, "en")
    assert "t0" in said and "t299" in said
