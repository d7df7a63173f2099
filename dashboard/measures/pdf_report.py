"""The indexes of a period as PDF on A4: plots, tables, and what each figure rests on."""

import datetime as dt
import io
from collections.abc import Sequence
from typing import Any

from reportlab.graphics.shapes import Drawing, Line, Rect, String
from reportlab.lib import colors
from reportlab.lib.pagesizes import A4, landscape
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.platypus import Flowable, SimpleDocTemplate

from sandan.dashboard.case_report import FONT, HEAD, HINT, TITLE, paragraph, ruled_table
from sandan.dashboard.components.run_summary import beijing
from sandan.dashboard.i18n import Language, text
from sandan.dashboard.measures.plots import COLOURS, drawn
from sandan.dashboard.measures.sections import HEADS, Row, Section, cells, days, described, index_name, part_name, sections, shown

_WIDTHS = (34, 40, 28, 46, 16, 20, 20, 59)
_NAMES, _BARS, _STEP = 62 * mm, 150 * mm, 4.6 * mm
_INK = colors.HexColor("#1b2733")
# One drawing must fit a page; what is below stands in the table.
_MOST_BARS = 28


def pdf_report(rows: Sequence[Row], now: dt.datetime, language: Language) -> bytes:
    """The report.

    Args:
        rows: Of `sandan.jobs.terminal.measure.measure_rows`, in that language.
        now: When the figures were made.
        language: Of the words.
    """
    if FONT not in pdfmetrics.getRegisteredFontNames():
        pdfmetrics.registerFont(UnicodeCIDFont(FONT))
    made = f"{days(rows, language)}; {text('measures_made', language, at=beijing(now))}"
    title = text("measures", language)
    parts: list[Flowable] = [paragraph(title, TITLE), paragraph(made, HINT)]
    for section in sections(rows):
        parts += _section(section, language)
    target = io.BytesIO()
    size = landscape(A4)
    document = SimpleDocTemplate(
        target, pagesize=size, leftMargin=17 * mm, rightMargin=17 * mm, topMargin=14 * mm, bottomMargin=16 * mm, title=title,
        author="sandan", lang="zh-CN" if language == "zh" else "en",
    )  # fmt: skip

    def foot(canvas: Any, page: Any) -> None:
        canvas.setFont(FONT, 7.5)
        canvas.setFillColor(colors.HexColor("#52637a"))
        canvas.drawString(17 * mm, 9 * mm, f"sandan · {title} · {made}")
        canvas.drawRightString(size[0] - 17 * mm, 9 * mm, str(page.page))

    document.build(parts, onFirstPage=foot, onLaterPages=foot)
    return target.getvalue()


def _section(section: Section, language: Language) -> list[Flowable]:
    parts: list[Flowable] = [paragraph(section.title(language), HEAD)]
    if section.indexes and (rows := drawn(section)):
        parts.append(bars(section, rows[:_MOST_BARS], language))
    table = [[text(name, language) for name in HEADS], *(cells(row, language) for row in section.rows)]
    parts.append(ruled_table(table, _WIDTHS))
    parts += [paragraph(f"{name} · {words}", HINT) for name, words in described(section, language)]
    return parts


def bars(section: Section, rows: Sequence[Row], language: Language) -> Drawing:
    """Horizontal bars from nought, each with its interval as a line and its value beside it."""
    height = _STEP * (len(rows) + 1)
    drawing = Drawing(_NAMES + _BARS + 45 * mm, height + 3 * mm)
    ends = [end for row in rows for end in (row["value"], row["low"], row["high"]) if end is not None]
    low, high = min(0.0, *ends), max(0.0, *ends)
    scale = _BARS / ((high - low) or 1.0)

    def at(value: float) -> float:
        return float(_NAMES + (value - low) * scale)

    drawing.add(Line(at(0), 0, at(0), height, strokeColor=_INK, strokeWidth=0.5))
    several = len({row["index"] for row in rows}) > 1
    for place, row in enumerate(rows):
        y = height - (place + 1.5) * _STEP + 1 * mm
        colour = colors.HexColor(COLOURS[section.indexes.index(row["index"]) % len(COLOURS)])
        left, right = sorted((at(0), at(row["value"])))
        drawing.add(Rect(left, y, right - left, _STEP * 0.62, fillColor=colour, strokeColor=None))
        if row["low"] is not None and row["high"] is not None:
            middle = y + _STEP * 0.31
            drawing.add(Line(at(row["low"]), middle, at(row["high"]), middle, strokeColor=_INK, strokeWidth=0.9))
        name = part_name(row, language) + (f" · {index_name(row, language)}" if several else "")
        drawing.add(String(_NAMES - 2 * mm, y + 1, name[:44], fontName=FONT, fontSize=7, textAnchor="end"))
        furthest = at(max(row["value"], row["high"] or row["value"], 0.0))
        drawing.add(String(furthest + 2 * mm, y + 1, shown(row, row["value"], language), fontName=FONT, fontSize=7))
    return drawing
