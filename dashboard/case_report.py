"""A case as a printable document: what it is about, with the pictures of its clusters, its notes and what was done."""

import datetime as dt
import io
from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from xml.sax.saxutils import escape

from reportlab.graphics.shapes import Circle, Drawing, Line, Rect, String
from reportlab.lib import colors
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.platypus import Flowable, Paragraph, SimpleDocTemplate, Spacer, Table, TableStyle

from sandan.algorithms.results.results import Results
from sandan.algorithms.wording.render import because, operator_reasons, strongest_first, summary
from sandan.dashboard.address import Scene
from sandan.dashboard.components.run_summary import beijing, findings_of, run_of
from sandan.dashboard.i18n import Language, text, word
from sandan.dashboard.network.network_view import Picture, picture_of
from sandan.dashboard.theme import GLYPHS, GRADE_COLOURS
from sandan.dashboard.views import money, typology_names
from sandan.record.app.database import moment
from sandan.record.catalog.keys import CONSIGNMENT_KEY_SQL
from sandan.record.errors import NothingScored, StoreError, UnknownId
from sandan.record.settings import Settings

# One of the fonts that every PDF reader brings for Chinese: nothing has to be installed or embedded.
FONT = "STSong-Light"
BODY = ParagraphStyle("body", fontName=FONT, fontSize=9, leading=13, wordWrap="CJK")
HINT = ParagraphStyle("hint", parent=BODY, textColor=colors.HexColor("#52637a"), fontSize=8, leading=11)
TITLE = ParagraphStyle("title", parent=BODY, fontSize=17, leading=22, spaceAfter=2 * mm)
HEAD = ParagraphStyle("head", parent=BODY, fontSize=12, leading=16, spaceBefore=5 * mm, spaceAfter=1.5 * mm)
_GRID = colors.HexColor("#dde4ea")
_MOST_CONSIGNMENTS, _MOST_REASONS = 200, 3
_PICTURE = (176 * mm, 92 * mm)


def case_report(settings: Settings, case: Mapping[str, Any], who: str, language: Language, now: dt.datetime | None = None) -> bytes:
    """The report of a case, PDF on A4. Persons stand in it masked, as on the pages.

    Args:
        settings: The home.
        case: From `Cases.whole`.
        who: For whom it is made: it stands on every page.
        language: Of the words.
        now: When; None: now.
    """
    if FONT not in pdfmetrics.getRegisteredFontNames():
        pdfmetrics.registerFont(UnicodeCIDFont(FONT))
    made = text("report_made", language, who=who, at=beijing(now or dt.datetime.now(dt.UTC)))
    parts: list[Flowable] = [paragraph(f"{case['case_id']} · {case['title']}", TITLE), *_facts(case, language)]
    try:
        parts += _subjects(settings, run_of(settings, None), case, language)
    except NothingScored:
        parts.append(paragraph(text("report_no_run", language), HINT))
    parts += _log(case, language)
    target = io.BytesIO()
    document = SimpleDocTemplate(
        target, pagesize=A4, leftMargin=17 * mm, rightMargin=17 * mm, topMargin=16 * mm, bottomMargin=17 * mm,
        title=f"{text('case', language)} {case['case_id']}", author=who, lang="zh-CN" if language == "zh" else "en",
    )  # fmt: skip

    def foot(canvas: Any, page: Any) -> None:
        canvas.setFont(FONT, 7.5)
        canvas.setFillColor(colors.HexColor("#52637a"))
        canvas.drawString(17 * mm, 9 * mm, made)
        canvas.drawRightString(A4[0] - 17 * mm, 9 * mm, str(page.page))

    document.build(parts, onFirstPage=foot, onLaterPages=foot)
    return target.getvalue()


def paragraph(words: str, style: ParagraphStyle = BODY) -> Paragraph:
    """Words as a paragraph, line breaks kept."""
    # What people write is text, never the little markup that a paragraph knows.
    return Paragraph(escape(words).replace("\n", "<br/>"), style)


def ruled_table(rows: Iterable[Sequence[str]], widths: Sequence[float], *, head: bool = True) -> Table:
    """A table with lines between its rows; widths in mm. Its head stands on every page."""
    cells = [[paragraph(cell) for cell in row] for row in rows]
    style = [("VALIGN", (0, 0), (-1, -1), "TOP"), ("LINEBELOW", (0, 0), (-1, -1), 0.4, _GRID), ("TOPPADDING", (0, 0), (-1, -1), 2)]
    if head:
        style.append(("BACKGROUND", (0, 0), (-1, 0), colors.HexColor("#f3f6f9")))
    return Table(cells, colWidths=[width * mm for width in widths], style=TableStyle(style), repeatRows=int(head), hAlign="LEFT")


def _facts(case: Mapping[str, Any], language: Language) -> list[Flowable]:
    rows = [
        [text("case_state", language), word("case", case["state"], language)],
        [text("case_assigned", language), case["assigned_to"] or ""],
        [text("case_opened", language), f"{beijing(moment(case['opened_at']))} · {case['opened_by']}"],
        [text("case_changed", language), beijing(moment(case["changed_at"]))],
    ]
    return [ruled_table(rows, (32, 144), head=False)]


def _subjects(settings: Settings, results: Results, case: Mapping[str, Any], language: Language) -> list[Flowable]:
    of_kind = {kind: [one for one in case["subjects"] if one["kind"] == kind] for kind in ("cluster", "operator", "consignment")}
    parts: list[Flowable] = []
    for one in of_kind["cluster"]:
        parts += _cluster(settings, results, one["subject"], language)
    for one in of_kind["operator"]:
        parts += _operator(results, one["subject"], one["shown"], language)
    return parts + _consignments(results, [one["subject"] for one in of_kind["consignment"]], language)


def _cluster(settings: Settings, results: Results, cluster: str, language: Language) -> list[Flowable]:
    parts: list[Flowable] = [paragraph(text("case_of_cluster", language, cluster=cluster), HEAD)]
    rows = results.query("SELECT * FROM clusters WHERE cluster_id = $cluster", cluster=cluster)
    if not rows:
        return [*parts, paragraph(text("report_gone", language), HINT)]
    names = ("、" if language == "zh" else ", ").join(typology_names(rows[0]["typologies"], language))
    parts += [paragraph(names), paragraph(summary(rows[0], language))]
    try:
        parts += [Spacer(1, 2 * mm), draw(picture_of(settings, results, Scene(cluster=cluster)), language)]
    except (StoreError, UnknownId):
        parts.append(paragraph(text("report_no_picture", language), HINT))
    return parts


def _operator(results: Results, subject: str, shown: str, language: Language) -> list[Flowable]:
    role, _, code = subject.partition(":")
    rows = results.query("SELECT * FROM operators WHERE role = $role AND code = $code", role=role, code=code)
    parts: list[Flowable] = [paragraph(f"{word('role', role, language)} {shown} ({code})", HEAD)]
    if not rows:
        return [*parts, paragraph(text("report_gone", language), HINT)]
    parts.append(paragraph(f"{_graded(rows[0]['grade'], language)} · {rows[0]['score']:.2f}"))
    return parts + [paragraph(f"· {reason}") for reason in operator_reasons(rows[0], language, labels=True)]


def _consignments(results: Results, keys: Sequence[str], language: Language) -> list[Flowable]:
    if not keys:
        return []
    rows = results.query(
        f"SELECT *, {CONSIGNMENT_KEY_SQL} AS full_key FROM alerts WHERE list_contains($keys, {CONSIGNMENT_KEY_SQL}) "
        "ORDER BY file_row_number LIMIT $most",
        keys=list(keys), most=_MOST_CONSIGNMENTS,
    )  # fmt: skip
    findings = findings_of(results, {row["consignment_id"] for row in rows})
    head = [text(name, language) for name in ("col_number", "grade", "col_score", "col_value", "report_reasons")]
    body = [
        [
            row["order_no"] or row["logistics_no"] or row["full_key"],
            _graded(row["grade"], language),
            f"{row['score']:.2f}",
            money(row["declared_cny"]),
            "\n".join(because(one, language) for one in strongest_first(findings.get(row["consignment_id"], ()))[:_MOST_REASONS])
            or text("no_reason", language),
        ]
        for row in rows
    ]
    parts: list[Flowable] = [
        paragraph(text("report_consignments", language, n=len(keys)), HEAD),
        ruled_table([head, *body], (38, 20, 13, 21, 84)),
    ]
    left = len(set(keys)) - len(rows)
    return parts + ([paragraph(text("report_left_out", language, n=left), HINT)] if left > 0 else [])


def _graded(grade: str, language: Language) -> str:
    return f"{GLYPHS.get(grade, '')} {word('grade', grade, language)}".strip()


def _log(case: Mapping[str, Any], language: Language) -> list[Flowable]:
    parts: list[Flowable] = [paragraph(text("case_notes", language), HEAD)]
    notes = [[beijing(moment(one["at"])), one["by"], one["text"]] for one in case["notes"]]
    parts.append(ruled_table(notes, (32, 24, 120), head=False) if notes else paragraph(text("case_no_notes", language), HINT))
    parts.append(paragraph(text("case_files", language), HEAD))
    files = [[beijing(moment(one["at"])), one["by"], one["name"]] for one in case["files"]]
    parts.append(ruled_table(files, (32, 24, 120), head=False) if files else paragraph(text("case_no_files", language), HINT))
    done = [[beijing(moment(row["at"])), row["actor"], word("change", row["detail"]["change"], language)] for row in case["history"]]
    return [*parts, paragraph(text("case_history", language), HEAD), *([ruled_table(done, (32, 24, 120), head=False)] if done else [])]


def draw(picture: Picture, language: Language) -> Drawing:
    """The picture of a network: consignments as squares in the colour of their grade, what they share as circles."""
    width, height = _PICTURE
    drawing, margin = Drawing(width, height), 16
    places = {node.id: picture.at[node.id] for node in picture.network.nodes}
    if not places:
        return drawing
    left, right = min(x for x, _ in places.values()), max(x for x, _ in places.values())
    low, high = min(y for _, y in places.values()), max(y for _, y in places.values())
    scale = min((width - 2 * margin) / max(right - left, 1), (height - 2 * margin) / max(high - low, 1))

    def at(node_id: str) -> tuple[float, float]:
        x, y = places[node_id]
        # In a PDF the second coordinate grows upwards, on a page downwards.
        return margin + (x - left) * scale, height - margin - (y - low) * scale

    for edge in picture.network.edges:
        drawing.add(Line(*at(edge.source), *at(edge.target), strokeColor=colors.HexColor("#a9b8c6"), strokeWidth=0.6))
    for node in picture.network.nodes:
        x, y = at(node.id)
        if node.is_item:
            drawing.add(Rect(x - 3.5, y - 3.5, 7, 7, fillColor=colors.HexColor(GRADE_COLOURS.get(node.grade, "#7A95AB")), strokeColor=None))
        else:
            drawing.add(Circle(x, y, 4.5, fillColor=colors.HexColor("#12304a"), strokeColor=None))
            words = f"{word('node', node.kind, language)} {node.label}"
            drawing.add(String(x, y - 11, words[:28], fontName=FONT, fontSize=6, textAnchor="middle"))
    return drawing
